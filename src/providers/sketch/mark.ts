import { createRequire } from "node:module";
import { GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas";

const FAMILY = "Easel Sans";
let isRegistered = false;

/** Loads the packaged font once; slim systems have none of their own. */
function registerFont(): void {
  if (isRegistered) return;
  GlobalFonts.registerFromPath(
    createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
    FAMILY,
  );
  isRegistered = true;
}

/** The word in the corner that says what this is: a drawn sketch, not the work of a model. */
export function drawMark(ctx: SKRSContext2D, width: number, height: number): void {
  registerFont();
  const size = Math.max(11, Math.round(Math.min(width, height) * 0.0175));
  ctx.save();
  ctx.font = `${size}px "${FAMILY}"`;
  ctx.textAlign = "right";
  ctx.textBaseline = "alphabetic";
  ctx.lineJoin = "round";
  ctx.lineWidth = size * 0.24;
  ctx.strokeStyle = "rgba(20,20,35,.5)";
  ctx.fillStyle = "rgba(255,255,255,.82)";
  ctx.strokeText("sketch", width - size, height - size * 0.9);
  ctx.fillText("sketch", width - size, height - size * 0.9);
  ctx.restore();
}

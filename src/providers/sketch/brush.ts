import type { SKRSContext2D } from "@napi-rs/canvas";
import { css, darker, hex, lighter, type Rgb } from "./colour.ts";
import type { Random } from "./random.ts";

export type Point = readonly [x: number, y: number];

/**
 * What a subject is drawn with. Its space is one unit high: the feet stand at (0, 0), the top is near (0, -1).
 * Colours are given as in white light; the light of the scene is laid over the finished subject.
 */
export interface Brush {
  readonly ctx: SKRSContext2D;
  /** The colour that the prompt named for this subject. */
  readonly colour: Rgb | undefined;
  readonly accents: readonly [Rgb, Rgb, Rgb, Rgb];
  readonly random: Random;
  readonly isDark: boolean;
  sway(turns: number, phase?: number): number;
}

export type Sprite = (brush: Brush) => void;

export function tone(colour: Rgb | string): Rgb {
  return typeof colour === "string" ? hex(colour) : colour;
}

/** An ellipse with a soft volume: light from the upper left. */
export function round(
  brush: Brush,
  x: number,
  y: number,
  rx: number,
  ry: number,
  colour: Rgb | string,
  turn = 0,
): void {
  const { ctx } = brush;
  const base = tone(colour);
  const reach = Math.max(rx, ry);
  const fill = ctx.createRadialGradient(x - rx * 0.35, y - ry * 0.45, reach * 0.1, x, y, reach * 1.15);
  fill.addColorStop(0, css(lighter(base, 0.22)));
  fill.addColorStop(0.55, css(base));
  fill.addColorStop(1, css(darker(base, 0.26)));
  ctx.fillStyle = fill;
  ctx.beginPath();
  ctx.ellipse(x, y, rx, ry, turn, 0, 7);
  ctx.fill();
}

/** The same without volume: eyes, spots, windows. */
export function dot(
  brush: Brush,
  x: number,
  y: number,
  rx: number,
  ry: number,
  colour: Rgb | string,
  alpha = 1,
  turn = 0,
): void {
  brush.ctx.fillStyle = css(tone(colour), alpha);
  brush.ctx.beginPath();
  brush.ctx.ellipse(x, y, rx, ry, turn, 0, 7);
  brush.ctx.fill();
}

/** A closed shape through the points; `smooth` rounds its corners. Shaded from top to bottom. */
export function shape(brush: Brush, points: readonly Point[], colour: Rgb | string, smooth = true): void {
  const { ctx } = brush;
  const base = tone(colour);
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const [, y] of points) {
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const fill = ctx.createLinearGradient(0, top, 0, bottom);
  fill.addColorStop(0, css(lighter(base, 0.14)));
  fill.addColorStop(1, css(darker(base, 0.2)));
  ctx.fillStyle = fill;
  trace(ctx, points, smooth);
  ctx.fill();
}

export function trace(ctx: SKRSContext2D, points: readonly Point[], smooth = true): void {
  ctx.beginPath();
  const count = points.length;
  points.forEach((point, index) => {
    const next = points[(index + 1) % count] ?? point;
    if (!smooth) {
      if (index === 0) ctx.moveTo(point[0], point[1]);
      else ctx.lineTo(point[0], point[1]);
      return;
    }
    const middleX = (point[0] + next[0]) / 2;
    const middleY = (point[1] + next[1]) / 2;
    if (index === 0) {
      const last = points[count - 1] ?? point;
      ctx.moveTo((last[0] + point[0]) / 2, (last[1] + point[1]) / 2);
    }
    ctx.quadraticCurveTo(point[0], point[1], middleX, middleY);
  });
  ctx.closePath();
}

/** An open line, rounded at its ends: tails, limbs, ropes. */
export function stroke(
  brush: Brush,
  points: readonly Point[],
  width: number,
  colour: Rgb | string,
  alpha = 1,
): void {
  const { ctx } = brush;
  ctx.strokeStyle = css(tone(colour), alpha);
  ctx.lineWidth = width;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.beginPath();
  points.forEach((point, index) => {
    const next = points[index + 1];
    if (index === 0) ctx.moveTo(point[0], point[1]);
    else if (next)
      ctx.quadraticCurveTo(point[0], point[1], (point[0] + next[0]) / 2, (point[1] + next[1]) / 2);
    else ctx.lineTo(point[0], point[1]);
  });
  ctx.stroke();
}

export function box(
  brush: Brush,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: Rgb | string,
  radius = 0,
): void {
  const { ctx } = brush;
  const base = tone(colour);
  const fill = ctx.createLinearGradient(x, y, x + width, y + height * 0.4);
  fill.addColorStop(0, css(lighter(base, 0.13)));
  fill.addColorStop(1, css(darker(base, 0.2)));
  ctx.fillStyle = fill;
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, radius);
  ctx.fill();
}

/** A window: lamplight at night, sky by day. */
export function pane(brush: Brush, x: number, y: number, width: number, height: number, radius = 0): void {
  const { ctx } = brush;
  ctx.fillStyle = brush.isDark ? "#ffd98a" : "#4d6478";
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, radius);
  ctx.fill();
  ctx.strokeStyle = brush.isDark ? "rgba(90,60,30,.8)" : "rgba(255,255,255,.75)";
  ctx.lineWidth = Math.min(width, height) * 0.1;
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(x + width / 2, y);
  ctx.lineTo(x + width / 2, y + height);
  ctx.moveTo(x, y + height / 2);
  ctx.lineTo(x + width, y + height / 2);
  ctx.stroke();
}

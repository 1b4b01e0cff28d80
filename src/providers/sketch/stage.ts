import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { css, mix, type Rgb, under } from "./colour.ts";
import { createNoise, type Noise } from "./noise.ts";
import { choosePalette, type Palette } from "./palette.ts";
import { createRandom, hashText, type Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** Everything a layer needs to paint one moment of one scene. */
export interface Stage {
  readonly canvas: Canvas;
  readonly ctx: SKRSContext2D;
  readonly width: number;
  readonly height: number;
  /** The shorter side in pixels; sizes are fractions of it. */
  readonly unit: number;
  /** Where the ground or the water meets the sky, in pixels from the top. */
  readonly horizon: number;
  readonly scene: Scene;
  readonly palette: Palette;
  readonly noise: Noise;
  /** The moment of the loop, 0 (included) to 1 (excluded). */
  readonly moment: number;
  /** The place of sun or moon. */
  readonly lamp: { readonly x: number; readonly y: number };
  /** The same numbers for the same label at every moment, so that nothing jumps between frames. */
  random(label: string): Random;
  /** A full turn, `turns` times a loop: `sway(1)` goes -1 to 1 and back once. */
  sway(turns: number, phase?: number): number;
  /** A colour in the light of the scene; `depth` 0 is near, 1 is lost in the haze. */
  lit(colour: Rgb, depth?: number): Rgb;
}

const HORIZONS = {
  sea: 0.56,
  lake: 0.56,
  underwater: 0.86,
  mountains: 0.7,
  forest: 0.7,
  city: 0.74,
  desert: 0.62,
} as const;

export function createStage(scene: Scene, width: number, height: number, moment: number): Stage {
  const canvas = createCanvas(width, height);
  const random = (label: string) => createRandom(hashText(label, scene.seed));
  const choice = random("stage");
  const known: Readonly<Record<string, number>> = HORIZONS;
  const portrait = height > width ? 0.06 : 0;
  const horizon = Math.round(
    height * ((known[scene.setting] ?? 0.66) + portrait + choice.between(-0.03, 0.03)),
  );
  const palette = choosePalette(scene, random("palette"));
  const low = scene.time === "sunset" || scene.time === "dawn";
  const side = choice.chance(0.5) ? choice.between(0.16, 0.36) : choice.between(0.64, 0.84);
  const rise = Math.sin(2 * Math.PI * moment) * 0.012;
  return {
    canvas,
    ctx: canvas.getContext("2d"),
    width,
    height,
    unit: Math.min(width, height),
    horizon,
    scene,
    palette,
    noise: createNoise(hashText("noise", scene.seed)),
    moment,
    lamp: {
      x: width * side,
      y: horizon * ((low ? choice.between(0.66, 0.8) : choice.between(0.2, 0.34)) - rise),
    },
    random,
    sway: (turns, phase = 0) => Math.sin(2 * Math.PI * (turns * moment + phase)),
    lit: (colour, depth = 0) => {
      const isWhite = Math.min(...colour) > 225;
      const light = isWhite && !palette.isDark ? mix(palette.light, [246, 248, 255], 0.5) : palette.light;
      return mix(under(colour, light), palette.haze, isWhite ? depth * 0.6 : depth);
    },
  };
}

/** A vertical gradient between two heights. */
export function vertical(stage: Pick<Stage, "ctx">, top: number, bottom: number, colours: readonly Rgb[]) {
  const gradient = stage.ctx.createLinearGradient(0, top, 0, bottom);
  colours.forEach((colour, index) => {
    gradient.addColorStop(colours.length > 1 ? index / (colours.length - 1) : 0, css(colour));
  });
  return gradient;
}

/** A soft round light. */
export function glow(
  ctx: SKRSContext2D,
  x: number,
  y: number,
  radius: number,
  colour: Rgb,
  alpha: number,
): void {
  const gradient = ctx.createRadialGradient(x, y, 0, x, y, radius);
  gradient.addColorStop(0, css(colour, alpha));
  gradient.addColorStop(0.4, css(colour, alpha * 0.35));
  gradient.addColorStop(1, css(colour, 0));
  ctx.fillStyle = gradient;
  ctx.fillRect(x - radius, y - radius, radius * 2, radius * 2);
}

/**
 * Paints a rectangle from a function of each point, at a fraction of its size and then smoothly enlarged:
 * clouds, rock and water at a few milliseconds. `shade` answers colour and opacity (0 to 1), or nothing.
 */
export function paintField(
  ctx: SKRSContext2D,
  area: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  step: number,
  shade: (x: number, y: number) => readonly [colour: Rgb, alpha: number] | undefined,
): void {
  const columns = Math.max(2, Math.ceil(area.width / step));
  const rows = Math.max(2, Math.ceil(area.height / step));
  const field = createCanvas(columns, rows);
  const fieldContext = field.getContext("2d");
  const image = fieldContext.createImageData(columns, rows);
  const data = image.data;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const result = shade((column + 0.5) / columns, (row + 0.5) / rows);
      if (!result) continue;
      const at = (row * columns + column) * 4;
      data[at] = result[0][0];
      data[at + 1] = result[0][1];
      data[at + 2] = result[0][2];
      data[at + 3] = result[1] * 255;
    }
  }
  fieldContext.putImageData(image, 0, 0);
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(field, area.x, area.y, area.width, area.height);
}

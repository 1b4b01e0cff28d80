import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { css, luminance, type Rgb } from "./colour.ts";
import type { Noise } from "./noise.ts";
import { createRandom } from "./random.ts";
import type { Effect } from "./styles.ts";

interface Sheet {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly unit: number;
  readonly noise: Noise;
  readonly seed: number;
}

/** Runs a style's effects over a finished painting, in place. */
export function finish(canvas: Canvas, effects: readonly Effect[], noise: Noise, seed: number): void {
  const ctx = canvas.getContext("2d");
  const { width, height } = canvas;
  const unit = Math.min(width, height);
  for (const effect of effects) {
    if (effect.kind === "strokes") {
      strokes(canvas, effect.length, effect.density, noise, seed);
      continue;
    }
    const image = ctx.getImageData(0, 0, width, height);
    apply(effect, { data: image.data, width, height, unit, noise, seed });
    ctx.putImageData(image, 0, 0);
  }
}

function apply(effect: Exclude<Effect, { kind: "strokes" }>, sheet: Sheet): void {
  switch (effect.kind) {
    case "tone":
      return tone(sheet, effect.saturation, effect.contrast, effect.brightness);
    case "grain":
      return grain(sheet, effect.amount);
    case "vignette":
      return vignette(sheet, effect.amount);
    case "wobble":
      return wobble(sheet, effect.amount * sheet.unit);
    case "paper":
      return paper(sheet, effect.amount);
    case "levels":
      return levels(sheet, effect.count);
    case "outline":
      return outline(sheet, effect.amount);
    case "hatching":
      return hatching(sheet);
    case "neon":
      return neon(sheet);
    case "blueprint":
      return blueprint(sheet);
    case "pixels":
      return pixels(sheet, effect.across, effect.count);
    case "sepia":
      return sepia(sheet, effect.amount);
  }
}

/** Calls `change` with the offset, column and row of every pixel. */
function everyPixel(sheet: Sheet, change: (at: number, x: number, y: number) => void): void {
  let at = 0;
  for (let y = 0; y < sheet.height; y++) {
    for (let x = 0; x < sheet.width; x++) {
      change(at, x, y);
      at += 4;
    }
  }
}

function scale(data: Uint8ClampedArray, at: number, factor: number, add = 0): void {
  data[at] = (data[at] ?? 0) * factor + add;
  data[at + 1] = (data[at + 1] ?? 0) * factor + add;
  data[at + 2] = (data[at + 2] ?? 0) * factor + add;
}

function tone({ data }: Sheet, saturation: number, contrast: number, brightness: number): void {
  for (let at = 0; at < data.length; at += 4) {
    const red = data[at] ?? 0;
    const green = data[at + 1] ?? 0;
    const blue = data[at + 2] ?? 0;
    const grey = luminance(red, green, blue);
    const bent = (value: number) =>
      ((grey + (value - grey) * saturation - 128) * contrast + 128) * brightness;
    data[at] = bent(red);
    data[at + 1] = bent(green);
    data[at + 2] = bent(blue);
  }
}

function grain({ data, seed }: Sheet, amount: number): void {
  let state = seed | 1;
  for (let at = 0; at < data.length; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    scale(data, at, 1, (((state >>> 8) & 255) / 255 + ((state >>> 16) & 255) / 255 - 1) * amount);
  }
}

function vignette(sheet: Sheet, amount: number): void {
  const { data, width, height } = sheet;
  everyPixel(sheet, (at, x, y) => {
    const dx = x / width - 0.5;
    const dy = y / height - 0.5;
    const far = (dx * dx + dy * dy) * 2;
    scale(data, at, 1 - far * far * amount * 1.2 - far * amount * 0.15);
  });
}

/** Edges that wander like a wet brush. */
function wobble(sheet: Sheet, reach: number): void {
  const { data, width, height, noise, unit } = sheet;
  const source = data.slice();
  const cell = 4;
  const columns = Math.ceil(width / cell) + 1;
  const rows = Math.ceil(height / cell) + 1;
  const shiftX = new Float32Array(columns * rows);
  const shiftY = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = (column * cell * 26) / unit;
      const y = (row * cell * 26) / unit;
      shiftX[row * columns + column] = (noise.layered(x, y, 2) - 0.5) * 2 * reach;
      shiftY[row * columns + column] = (noise.layered(x + 71, y + 13, 2) - 0.5) * 2 * reach;
    }
  }
  everyPixel(sheet, (at, x, y) => {
    const place = ((y / cell) | 0) * columns + ((x / cell) | 0);
    const fromX = Math.max(0, Math.min(width - 1, (x + (shiftX[place] ?? 0)) | 0));
    const fromY = Math.max(0, Math.min(height - 1, (y + (shiftY[place] ?? 0)) | 0));
    const from = (fromY * width + fromX) * 4;
    data[at] = source[from] ?? 0;
    data[at + 1] = source[from + 1] ?? 0;
    data[at + 2] = source[from + 2] ?? 0;
  });
}

/** Paper: fibres and granulation, paint pooling by noise, bare paper at the ragged rim. */
function paper(sheet: Sheet, amount: number): void {
  const { data, width, height, noise, unit } = sheet;
  const white: Rgb = [250, 247, 240];
  everyPixel(sheet, (at, x, y) => {
    const u = x / unit;
    const v = y / unit;
    const fibre = noise.at(u * 260, v * 260) - 0.5 + (noise.at(u * 90 + 30, v * 90) - 0.5) * 0.6;
    const pool = noise.layered(u * 5, v * 5, 2) - 0.5;
    const rim = Math.min(x, y, width - 1 - x, height - 1 - y) / unit;
    const bare = Math.max(0, Math.min(1, 1 - (rim - 0.012 - pool * 0.05) * 55)) * (amount > 0.5 ? 1 : 0);
    const wash = Math.min(1, 0.05 + amount * 0.1 + Math.max(0, pool) * amount * 0.55 + bare);
    for (let channel = 0; channel < 3; channel++) {
      const value = (data[at + channel] ?? 0) * (1 + pool * amount * -0.12);
      data[at + channel] = (value + ((white[channel] ?? 0) - value) * wash) * (1 + fibre * amount * 0.11);
    }
  });
}

function levels({ data }: Sheet, count: number): void {
  const step = 255 / (count - 1);
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => Math.round(value / step) * step);
  for (let at = 0; at < data.length; at += 4) {
    const red = data[at] ?? 0;
    const green = data[at + 1] ?? 0;
    const blue = data[at + 2] ?? 0;
    const grey = Math.max(1, luminance(red, green, blue));
    const factor = (table[Math.round(grey)] ?? 0) / grey;
    data[at] = (table[red] ?? 0) * 0.35 + red * factor * 0.65;
    data[at + 1] = (table[green] ?? 0) * 0.35 + green * factor * 0.65;
    data[at + 2] = (table[blue] ?? 0) * 0.35 + blue * factor * 0.65;
  }
}

/** How hard the picture changes at each pixel (Sobel over brightness), 0 to about 1. */
function edges(sheet: Sheet): Float32Array {
  const { data, width, height } = sheet;
  const grey = new Float32Array(width * height);
  for (let place = 0; place < grey.length; place++) {
    const at = place * 4;
    // Red against blue counts, too: a fox on grass is as bright as the grass.
    grey[place] =
      luminance(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0) +
      ((data[at] ?? 0) - (data[at + 1] ?? 0)) * 0.45;
  }
  const result = new Float32Array(width * height);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const place = y * width + x;
      const value = (shift: number) => grey[place + shift] ?? 0;
      const across =
        value(1 - width) +
        2 * value(1) +
        value(1 + width) -
        value(-1 - width) -
        2 * value(-1) -
        value(width - 1);
      const down =
        value(width - 1) +
        2 * value(width) +
        value(width + 1) -
        value(-width - 1) -
        2 * value(-width) -
        value(1 - width);
      result[place] = Math.min(1, Math.sqrt(across * across + down * down) / 420);
    }
  }
  return result;
}

function outline(sheet: Sheet, amount: number): void {
  const found = edges(sheet);
  for (let place = 0; place < found.length; place++) {
    const edge = Math.max(0, (found[place] ?? 0) - 0.07);
    if (edge > 0) scale(sheet.data, place * 4, Math.max(0.12, 1 - edge * amount * 1.6));
  }
}

/** Pen and ink: contours, and hatching that crosses where it is dark; a breath of the colour stays. */
function hatching(sheet: Sheet): void {
  const { data, unit, noise } = sheet;
  const found = edges(sheet);
  const gap = unit / 150;
  everyPixel(sheet, (at, x, y) => {
    const red = data[at] ?? 0;
    const green = data[at + 1] ?? 0;
    const blue = data[at + 2] ?? 0;
    const dark = 1 - luminance(red, green, blue) / 255;
    const shake = (noise.at((x * 9) / unit, (y * 9) / unit) - 0.5) * gap * 1.6;
    const line = (value: number) => Math.abs((((((value + shake) / gap) % 1) + 1) % 1) - 0.5) * 2;
    let ink = Math.min(1, Math.max(0, (found[at >> 2] ?? 0) - 0.05) * 3.4);
    if (dark > 0.34) ink = Math.max(ink, line(x + y) > 1 - (dark - 0.34) * 1.1 ? 0.85 : 0);
    if (dark > 0.56) ink = Math.max(ink, line(x - y) > 1 - (dark - 0.56) * 1.2 ? 0.85 : 0);
    if (dark > 0.78) ink = Math.max(ink, line(y * 1.4) > 1 - (dark - 0.78) * 1.6 ? 0.9 : 0);
    const paperTone = 1 + (noise.at((x * 190) / unit, (y * 190) / unit) - 0.5) * 0.035;
    data[at] = ((246 * 0.8 + red * 0.2) * (1 - ink) + 28 * ink) * paperTone;
    data[at + 1] = ((240 * 0.8 + green * 0.2) * (1 - ink) + 27 * ink) * paperTone;
    data[at + 2] = ((226 * 0.8 + blue * 0.2) * (1 - ink) + 40 * ink) * paperTone;
  });
}

/** Night with every contour a tube of light. */
function neon(sheet: Sheet): void {
  const { data, width, height } = sheet;
  const found = edges(sheet);
  const soft = blurred(found, width, height, Math.max(2, Math.round(sheet.unit / 130)));
  everyPixel(sheet, (at, x, y) => {
    const red = data[at] ?? 0;
    const green = data[at + 1] ?? 0;
    const blue = data[at + 2] ?? 0;
    const most = Math.max(red, green, blue, 1);
    const least = Math.min(red, green, blue);
    const vivid = (value: number) => Math.max(0, (value - least * 0.75) / Math.max(40, most - least * 0.75));
    const sweep = x / width + y / height;
    const line = Math.min(1, Math.max(0, (found[at >> 2] ?? 0) - 0.045) * 3.2);
    const halo = Math.min(1.1, (soft[at >> 2] ?? 0) * 4.2);
    const hueRed = vivid(red) * 0.55 + 0.5 * (0.5 + 0.5 * Math.sin(sweep * 3 + 0.4));
    const hueGreen = vivid(green) * 0.55 + 0.28 * (0.5 + 0.5 * Math.sin(sweep * 3 + 3.4));
    const hueBlue = vivid(blue) * 0.4 + 0.62;
    data[at] = red * 0.17 + 10 + 255 * hueRed * (halo * 0.62 + line * 0.8) + line * 50;
    data[at + 1] = green * 0.13 + 4 + 255 * hueGreen * (halo * 0.62 + line * 0.8) + line * 60;
    data[at + 2] = blue * 0.22 + 26 + 255 * hueBlue * (halo * 0.55 + line * 0.7) + line * 60;
  });
}

/** A box blur, twice, in both directions. */
function blurred(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  let from = values;
  for (let pass = 0; pass < 2; pass++) {
    for (const [length, count, step, stride] of [
      [width, height, 1, width],
      [height, width, width, 1],
    ] as const) {
      const to = new Float32Array(values.length);
      for (let line = 0; line < count; line++) {
        const start = line * stride;
        let sum = 0;
        for (let place = -radius; place < length; place++) {
          if (place + radius < length) sum += from[start + (place + radius) * step] ?? 0;
          if (place - radius - 1 >= 0) sum -= from[start + (place - radius - 1) * step] ?? 0;
          if (place >= 0) to[start + place * step] = sum / (radius * 2 + 1);
        }
      }
      from = to;
    }
  }
  return from;
}

function blueprint(sheet: Sheet): void {
  const { data, unit, noise } = sheet;
  const found = edges(sheet);
  const grid = Math.round(unit / 24);
  everyPixel(sheet, (at, x, y) => {
    const shade = luminance(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0) / 255;
    const line = Math.min(1, Math.max(0, (found[at >> 2] ?? 0) - 0.045) * 4);
    const ruled =
      x % grid === 0 || y % grid === 0 ? (x % (grid * 4) === 0 || y % (grid * 4) === 0 ? 0.2 : 0.1) : 0;
    const wear = (noise.layered((x * 5) / unit, (y * 5) / unit, 3) - 0.5) * 16;
    const white = Math.min(1, line * 0.92 + ruled);
    data[at] = (20 + shade * 26 + wear) * (1 - white) + 234 * white;
    data[at + 1] = (66 + shade * 42 + wear) * (1 - white) + 244 * white;
    data[at + 2] = (138 + shade * 46 + wear) * (1 - white) + 252 * white;
  });
}

const BAYER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];

/** Large square pixels in few colours with ordered dither. */
function pixels(sheet: Sheet, across: number, count: number): void {
  const { data, width, height, unit } = sheet;
  const size = Math.max(2, Math.round(unit / across));
  const step = 255 / (count - 1);
  const source = data.slice();
  for (let top = 0; top < height; top += size) {
    for (let left = 0; left < width; left += size) {
      const right = Math.min(width, left + size);
      const bottom = Math.min(height, top + size);
      const dither = ((BAYER[((top / size) & 3) * 4 + ((left / size) & 3)] ?? 0) / 16 - 0.47) * step * 0.55;
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) sum += source[(y * width + x) * 4 + channel] ?? 0;
        const value = Math.round((sum / ((right - left) * (bottom - top)) + dither) / step) * step;
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) data[(y * width + x) * 4 + channel] = value;
      }
    }
  }
}

function sepia({ data }: Sheet, amount: number): void {
  for (let at = 0; at < data.length; at += 4) {
    const grey = luminance(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    data[at] = (data[at] ?? 0) * (1 - amount) + (grey * 1.07 + 18) * amount;
    data[at + 1] = (data[at + 1] ?? 0) * (1 - amount) + (grey * 0.93 + 8) * amount;
    data[at + 2] = (data[at + 2] ?? 0) * (1 - amount) + grey * 0.72 * amount;
  }
}

/** Repaints the picture with thousands of short strokes that follow the shapes. */
function strokes(canvas: Canvas, length: number, density: number, noise: Noise, seed: number): void {
  const { width, height } = canvas;
  const unit = Math.min(width, height);
  const ctx = canvas.getContext("2d");
  const source = ctx.getImageData(0, 0, width, height).data;
  const random = createRandom(seed ^ 0x51ed270b);
  const bright = (x: number, y: number) => {
    const at =
      (Math.max(0, Math.min(height - 1, y | 0)) * width + Math.max(0, Math.min(width - 1, x | 0))) * 4;
    return luminance(source[at] ?? 0, source[at + 1] ?? 0, source[at + 2] ?? 0);
  };
  const sheet = createCanvas(width, height);
  const brush = sheet.getContext("2d");
  brush.drawImage(canvas, 0, 0);
  brush.lineCap = "round";
  for (const [pass, share] of [
    [1.8, 0.22],
    [1, 0.36],
    [0.5, 0.42],
  ] as const) {
    const count = Math.round(((width * height) / (unit * unit)) * 17000 * density * share);
    for (let index = 0; index < count; index++) {
      const x = random.next() * width;
      const y = random.next() * height;
      const reach = unit * 0.006;
      const slopeX = bright(x + reach, y) - bright(x - reach, y);
      const slopeY = bright(x, y + reach) - bright(x, y - reach);
      const steep = Math.hypot(slopeX, slopeY);
      if (pass < 1 && steep < 10 && random.chance(0.7)) continue;
      const flow = noise.layered((x * 3) / unit, (y * 3) / unit, 2) * Math.PI * 2;
      const angle = steep > 14 ? Math.atan2(slopeX, -slopeY) : flow;
      const half = (unit * length * pass * (0.6 + random.next() * 0.6)) / 2;
      const at = ((y | 0) * width + (x | 0)) * 4;
      const change = (random.next() - 0.5) * 26;
      brush.strokeStyle = css(
        [(source[at] ?? 0) + change, (source[at + 1] ?? 0) + change, (source[at + 2] ?? 0) + change],
        0.86,
      );
      brush.lineWidth = unit * 0.0062 * pass;
      brush.beginPath();
      brush.moveTo(x - Math.cos(angle) * half, y - Math.sin(angle) * half);
      brush.lineTo(x + Math.cos(angle) * half, y + Math.sin(angle) * half);
      brush.stroke();
    }
  }
  ctx.drawImage(sheet, 0, 0);
}

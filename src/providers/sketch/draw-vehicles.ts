// biome-ignore-all format: outlines read best as pairs of coordinates in a row
import { type Brush, box, dot, pane, round, type Sprite, shape, stroke } from "./brush.ts";
import { css, darker, hex, lighter } from "./colour.ts";

const boat: Sprite = (brush) => {
  const hull = brush.colour ?? hex("8a4b33");
  const sail = brush.colour ? hex("fbf6ea") : hex("fdf3e0");
  const { ctx } = brush;
  ctx.save();
  ctx.rotate(brush.sway(1) * 0.045);
  stroke(brush, [[0, -0.14], [0, -1]], 0.022, "5b4331");
  const belly = 0.05 + brush.sway(1, 0.2) * 0.012;
  shape(brush, [[0.03, -0.95], [0.24 + belly, -0.6], [0.4, -0.24], [0.03, -0.22]], sail, false);
  shape(brush, [[0.03, -0.5], [0.3 + belly, -0.5], [0.36, -0.36], [0.03, -0.36]], brush.accents[0], false);
  shape(brush, [[-0.03, -0.9], [-0.2, -0.56], [-0.36, -0.24], [-0.03, -0.22]], darker(sail, 0.08), false);
  shape(brush, [[0, -1], [0.14, -0.98 + brush.sway(3) * 0.01], [0, -0.94]], brush.accents[0], false);
  shape(
    brush,
    [[-0.52, -0.17], [0.56, -0.17], [0.5, -0.08], [0.36, 0.04], [-0.36, 0.04], [-0.46, -0.06]],
    hull,
    false,
  );
  shape(brush, [[-0.53, -0.18], [0.57, -0.18], [0.55, -0.14], [-0.51, -0.14]], lighter(hull, 0.55), false);
  for (const x of [-0.26, -0.06, 0.14])
    dot(brush, x, -0.07, 0.024, 0.024, brush.isDark ? "ffdf9a" : "f3e6cf");
  ctx.restore();
  for (let line = 0; line < 4; line++)
    stroke(
      brush,
      [[-0.6 + line * 0.07, 0.05 + line * 0.02], [0, 0.07 + line * 0.02], [0.62 - line * 0.05, 0.05 + line * 0.02]],
      0.012,
      "ffffff",
      0.32,
    );
};

const rocket: Sprite = (brush) => {
  const body = hex("f0f1f4");
  const paint = brush.colour ?? hex("dc4a3c");
  const { ctx } = brush;
  ctx.save();
  ctx.translate(0, -0.5);
  ctx.rotate(0.32 + brush.sway(1) * 0.03);
  ctx.translate(0, 0.5 + brush.sway(1, 0.25) * 0.02);
  for (let flame = 0; flame < 3; flame++) {
    const tall = 0.5 - flame * 0.14 + brush.sway(5, flame / 3) * 0.05;
    const wide = 0.1 - flame * 0.028;
    shape(
      brush,
      [[-wide, -0.16], [-wide * 1.1, tall * 0.3], [0, tall], [wide * 1.1, tall * 0.3], [wide, -0.16]],
      flame === 0 ? "f4752b" : flame === 1 ? "fdb43c" : "fff3bf",
    );
  }
  for (const side of [-1, 1])
    shape(
      brush,
      [[side * 0.12, -0.46], [side * 0.34, -0.2], [side * 0.33, -0.04], [side * 0.1, -0.18]],
      paint,
      false,
    );
  shape(brush, [
    [0, -1.1], [-0.12, -0.94], [-0.19, -0.6], [-0.16, -0.26], [-0.1, -0.14], [0.1, -0.14], [0.16, -0.26],
    [0.19, -0.6], [0.12, -0.94],
  ], body);
  shape(brush, [[0, -1.1], [-0.11, -0.93], [-0.135, -0.8], [0.135, -0.8], [0.11, -0.93]], paint);
  box(brush, -0.175, -0.38, 0.35, 0.05, paint, 0.01);
  dot(brush, 0, -0.62, 0.098, 0.098, darker(paint, 0.2));
  round(brush, 0, -0.62, 0.074, 0.074, "5fb4e4");
  dot(brush, -0.025, -0.645, 0.022, 0.015, "ffffff", 0.85, -0.6);
  box(brush, -0.03, -0.3, 0.06, 0.26, darker(paint, 0.15), 0.025);
  ctx.restore();
};

function wheel(brush: Brush, x: number, radius: number): void {
  dot(brush, x, -radius, radius, radius, "26262d");
  dot(brush, x, -radius, radius * 0.55, radius * 0.55, "c9ced6");
  for (let spoke = 0; spoke < 5; spoke++) {
    const angle = (spoke / 5) * 6.283 + brush.sway(1) * 2;
    stroke(
      brush,
      [[x, -radius], [x + Math.cos(angle) * radius * 0.5, -radius + Math.sin(angle) * radius * 0.5]],
      radius * 0.12,
      "7b828e",
    );
  }
}

const car: Sprite = (brush) => {
  const paint = brush.colour ?? brush.accents[0];
  const bounce = brush.sway(4) * 0.006;
  const { ctx } = brush;
  ctx.save();
  ctx.translate(0, bounce);
  shape(
    brush,
    [[-0.48, -0.42], [-0.34, -0.82], [-0.06, -0.88], [0.28, -0.84], [0.56, -0.46]],
    darker(paint, 0.08),
    false,
  );
  shape(
    brush,
    [[-0.4, -0.45], [-0.3, -0.76], [-0.03, -0.8], [-0.03, -0.45]],
    brush.isDark ? "ffe6ad" : "a9d3e8",
    false,
  );
  shape(
    brush,
    [[0.03, -0.45], [0.03, -0.8], [0.24, -0.77], [0.46, -0.45]],
    brush.isDark ? "ffe6ad" : "bfe0ee",
    false,
  );
  shape(brush, [
    [-0.82, -0.14], [-0.84, -0.36], [-0.66, -0.48], [0.56, -0.48], [0.84, -0.4], [0.88, -0.16],
    [0.8, -0.1], [-0.76, -0.1],
  ], paint);
  stroke(brush, [[-0.78, -0.27], [0.82, -0.27]], 0.018, lighter(paint, 0.55), 0.85);
  dot(brush, 0.8, -0.34, 0.05, 0.045, "fff3c0");
  dot(brush, -0.8, -0.34, 0.035, 0.05, "ff6b55");
  box(brush, -0.03, -0.4, 0.1, 0.025, "e9ecef", 0.01);
  ctx.restore();
  wheel(brush, -0.46, 0.155);
  wheel(brush, 0.5, 0.155);
  if (brush.isDark) {
    ctx.save();
    ctx.globalCompositeOperation = "screen";
    const beam = ctx.createLinearGradient(0.8, 0, 1.7, 0);
    beam.addColorStop(0, css([255, 240, 180], 0.65));
    beam.addColorStop(1, css([255, 240, 180], 0));
    ctx.fillStyle = beam;
    ctx.beginPath();
    ctx.moveTo(0.8, -0.38);
    ctx.lineTo(1.7, -0.5);
    ctx.lineTo(1.7, 0.05);
    ctx.lineTo(0.8, -0.3);
    ctx.fill();
    ctx.restore();
  }
};

const train: Sprite = (brush) => {
  const paint = brush.colour ?? brush.accents[3];
  for (let x = -1.9; x < 1.3; x += 0.16) box(brush, x, -0.02, 0.09, 0.035, "5b4433");
  stroke(brush, [[-1.95, -0.02], [1.3, -0.02]], 0.02, "8d9097");
  for (let carriage = 0; carriage < 2; carriage++) {
    const x = -1.85 + carriage * 0.78;
    box(brush, x, -0.6, 0.72, 0.46, carriage ? brush.accents[1] : brush.accents[0], 0.05);
    box(brush, x - 0.02, -0.63, 0.76, 0.06, "4a4048", 0.03);
    for (let window = 0; window < 3; window++) pane(brush, x + 0.07 + window * 0.21, -0.5, 0.15, 0.16, 0.02);
    wheel(brush, x + 0.16, 0.09);
    wheel(brush, x + 0.56, 0.09);
  }
  box(brush, -0.26, -0.82, 0.42, 0.68, paint, 0.03);
  box(brush, -0.31, -0.86, 0.52, 0.06, "3a3440", 0.02);
  pane(brush, -0.16, -0.74, 0.22, 0.2, 0.02);
  box(brush, 0.12, -0.56, 0.72, 0.38, darker(paint, 0.12), 0.16);
  for (const x of [0.3, 0.52]) box(brush, x, -0.56, 0.03, 0.38, "e3b04b");
  box(brush, 0.62, -0.84, 0.11, 0.3, "3a3440", 0.01);
  box(brush, 0.59, -0.87, 0.17, 0.06, "3a3440", 0.02);
  shape(brush, [[0.8, -0.16], [1.06, 0], [0.74, 0]], "a8443a", false);
  dot(brush, 0.85, -0.4, 0.05, 0.06, "fff0b5");
  for (const x of [0.02, 0.36, 0.66]) wheel(brush, x, 0.13);
  for (let puff = 0; puff < 8; puff++) {
    const rise = puff / 8;
    dot(
      brush,
      0.67 - rise * 0.95,
      -0.96 - rise * 0.3 + brush.sway(2, rise) * 0.02,
      0.06 + rise * 0.11,
      0.05 + rise * 0.09,
      "ffffff",
      0.62 * (1 - rise),
    );
  }
};

const balloon: Sprite = (brush) => {
  const cloth = brush.colour ?? brush.accents[0];
  const { ctx } = brush;
  ctx.save();
  ctx.translate(0, brush.sway(1) * 0.02);
  for (const x of [-0.09, 0.09])
    stroke(brush, [[x * 2.2, -0.32], [x, -0.1]], 0.009, "5b4a3a");
  round(brush, 0, -0.66, 0.36, 0.37, cloth);
  shape(brush, [[-0.31, -0.5], [0.31, -0.5], [0.13, -0.24], [-0.13, -0.24]], cloth);
  ctx.save();
  ctx.beginPath();
  ctx.ellipse(0, -0.66, 0.36, 0.37, 0, 0, 7);
  ctx.clip();
  for (const x of [-0.24, 0, 0.24])
    dot(brush, x, -0.62, x === 0 ? 0.09 : 0.055, 0.44, lighter(brush.accents[1], 0.2), 0.9);
  dot(brush, 0, -0.6, 0.4, 0.045, brush.accents[2], 0.9);
  ctx.restore();
  shape(brush, [[-0.105, -0.12], [0.105, -0.12], [0.08, 0], [-0.08, 0]], "8d5f38", false);
  for (const y of [-0.09, -0.05])
    stroke(brush, [[-0.09, y], [0.09, y]], 0.008, "5b3b22", 0.7);
  if (brush.isDark) dot(brush, 0, -0.2, 0.03, 0.05, "ffd27a");
  ctx.restore();
};

const plane: Sprite = (brush) => {
  const paint = brush.colour ?? hex("f2f4f7");
  const trim = brush.accents[0];
  const { ctx } = brush;
  ctx.save();
  ctx.rotate(-0.1 + brush.sway(1) * 0.025);
  shape(brush, [[-0.66, -0.52], [-0.86, -0.86], [-0.7, -0.86], [-0.44, -0.54]], trim, false);
  shape(brush, [[-0.02, -0.52], [-0.26, -0.76], [-0.14, -0.77], [0.24, -0.54]], darker(paint, 0.2), false);
  shape(
    brush,
    [[-0.84, -0.5], [-0.5, -0.58], [0.5, -0.6], [0.82, -0.48], [0.9, -0.4], [0.6, -0.33], [-0.3, -0.34]],
    paint,
  );
  for (let x = -0.4; x < 0.5; x += 0.1)
    box(brush, x, -0.5, 0.05, 0.055, brush.isDark ? "ffe29a" : "53708c", 0.015);
  shape(brush, [[0.64, -0.53], [0.8, -0.48], [0.66, -0.45]], "3f5b75", false);
  stroke(brush, [[-0.7, -0.42], [0.82, -0.4]], 0.02, trim);
  shape(brush, [[0.1, -0.42], [-0.36, -0.04], [-0.2, -0.04], [0.38, -0.4]], darker(paint, 0.14), false);
  ctx.restore();
};

const ufo: Sprite = (brush) => {
  const metal = brush.colour ?? hex("8f9bb0");
  const { ctx } = brush;
  ctx.save();
  ctx.translate(brush.sway(1) * 0.02, -0.35);
  const beam = ctx.createLinearGradient(0, -0.3, 0, 0.9);
  beam.addColorStop(0, css([150, 255, 200], 0.7));
  beam.addColorStop(1, css([150, 255, 200], 0));
  ctx.fillStyle = beam;
  ctx.beginPath();
  ctx.moveTo(-0.16, -0.3);
  ctx.lineTo(0.16, -0.3);
  ctx.lineTo(0.46, 0.9);
  ctx.lineTo(-0.46, 0.9);
  ctx.fill();
  round(brush, 0, -0.48, 0.26, 0.2, "9fe3f0");
  dot(brush, -0.08, -0.55, 0.06, 0.03, "ffffff", 0.8, -0.5);
  round(brush, 0, -0.38, 0.58, 0.13, metal);
  dot(brush, 0, -0.33, 0.4, 0.06, darker(metal, 0.5));
  for (let light = 0; light < 7; light++) {
    const x = -0.42 + light * 0.14;
    dot(
      brush,
      x,
      -0.37 + Math.abs(light - 3) * -0.008,
      0.03,
      0.026,
      brush.sway(2, light / 7) > 0 ? "fff2a8" : brush.accents[0],
    );
  }
  ctx.restore();
};

export const VEHICLES = { boat, rocket, car, train, balloon, plane, ufo } satisfies Readonly<
  Record<string, Sprite>
>;

// biome-ignore-all format: outlines read best as pairs of coordinates in a row
import { type Brush, box, dot, round, type Sprite, shape, stroke } from "./brush.ts";
import { darker, hex, lighter, type Rgb } from "./colour.ts";

const SKIN: readonly [string, ...string[]] = ["f1c9a5", "d9a071", "a8704a", "7a4c33", "f6d7bd"];
const HAIR: readonly [string, ...string[]] = ["2b2019", "5a3a22", "8a5a2b", "c8964a", "1d1b22"];

/** A simple figure seen from behind or the side of life: coat, scarf, hair in the wind. */
function figure(brush: Brush, x: number, size: number, coat: Rgb): void {
  const { ctx, random } = brush;
  ctx.save();
  ctx.translate(x, 0);
  ctx.scale(size, size);
  const skin = hex(random.pick(SKIN));
  const hair = hex(random.pick(HAIR));
  const long = random.chance(0.5);
  const breath = brush.sway(1, random.next()) * 0.006;
  const wind = brush.sway(1, random.next()) * 0.03;
  for (const side of [-1, 1]) {
    shape(
      brush,
      [[side * 0.01, -0.42], [side * 0.02, -0.03], [side * 0.085, -0.03], [side * 0.1, -0.42]],
      "3a4052",
      false,
    );
    shape(
      brush,
      [[side * 0.015, -0.06], [side * 0.015, 0], [side * 0.13, 0], [side * 0.09, -0.06]],
      "4a3226",
      false,
    );
  }
  if (long)
    shape(brush, [
      [-0.1, -0.98], [-0.16, -0.8], [-0.17 - wind, -0.56], [0.17 - wind, -0.56], [0.16, -0.8],
      [0.1, -0.98],
    ], hair);
  for (const side of [-1, 1]) {
    stroke(
      brush,
      [[side * 0.11, -0.68], [side * 0.19, -0.52], [side * 0.19, -0.36]],
      0.075,
      darker(coat, 0.16),
    );
    dot(brush, side * 0.19, -0.335, 0.033, 0.037, skin);
  }
  shape(brush, [
    [-0.1, -0.74 - breath], [-0.14, -0.66], [-0.11, -0.5], [-0.18, -0.24], [0.18, -0.24], [0.11, -0.5],
    [0.14, -0.66], [0.1, -0.74 - breath],
  ], coat, false);
  stroke(brush, [[0, -0.7], [0, -0.26]], 0.008, darker(coat, 0.4), 0.6);
  box(brush, -0.035, -0.8, 0.07, 0.1, darker(skin, 0.12), 0.02);
  round(brush, 0, -0.88, 0.105, 0.12, skin);
  shape(brush, [
    [-0.12, -0.84], [-0.14, -0.98], [-0.06, -1.05], [0.06, -1.05], [0.14, -0.98], [0.12, -0.84],
    [0.09, -0.95], [-0.02, -0.97], [-0.09, -0.94],
  ], hair);
  for (const side of [-1, 1]) {
    dot(brush, side * 0.04, -0.865, 0.012, 0.015, "241a18");
    dot(brush, side * 0.06, -0.835, 0.02, 0.012, "e0806a", 0.4);
  }
  stroke(brush, [[-0.025, -0.822], [0, -0.812], [0.025, -0.822]], 0.009, "8a4a3a");
  const scarf = brush.accents[random.whole(0, 1) === 0 ? 1 : 2];
  shape(brush, [[-0.095, -0.785], [0.095, -0.785], [0.115, -0.7], [-0.115, -0.7]], scarf);
  shape(
    brush,
    [[0.03, -0.75], [0.13 + wind, -0.68], [0.18 + wind * 2, -0.5], [0.1 + wind, -0.52], [0.01, -0.7]],
    darker(scarf, 0.1),
  );
  ctx.restore();
}

const person: Sprite = (brush) => figure(brush, 0, 1, brush.colour ?? brush.accents[0]);

const couple: Sprite = (brush) => {
  figure(brush, -0.2, 1, brush.colour ?? brush.accents[0]);
  figure(brush, 0.2, 0.93, brush.accents[3]);
};

const astronaut: Sprite = (brush) => {
  const suit = brush.colour ? lighter(brush.colour, 0.35) : hex("eef1f5");
  const { ctx } = brush;
  ctx.save();
  ctx.translate(0, -0.5);
  ctx.rotate(brush.sway(1) * 0.06);
  ctx.translate(0, 0.5);
  box(brush, -0.23, -0.72, 0.46, 0.46, darker(suit, 0.25), 0.06);
  for (const side of [-1, 1]) {
    stroke(brush, [[side * 0.1, -0.3], [side * 0.13, -0.16], [side * 0.12, -0.05]], 0.15, suit);
    dot(brush, side * 0.14, -0.02, 0.1, 0.045, darker(suit, 0.35));
    stroke(
      brush,
      [[side * 0.16, -0.62], [side * 0.32, -0.52], [side * (0.32 + brush.sway(1) * 0.02), -0.36 + (side > 0 ? -0.3 : 0)]],
      0.13,
      suit,
    );
    dot(brush, side * 0.33, side > 0 ? -0.68 : -0.34, 0.06, 0.06, brush.accents[0]);
  }
  shape(
    brush,
    [[-0.18, -0.7], [-0.22, -0.4], [-0.16, -0.24], [0.16, -0.24], [0.22, -0.4], [0.18, -0.7]],
    suit,
  );
  box(brush, -0.09, -0.52, 0.18, 0.13, darker(suit, 0.2), 0.02);
  dot(brush, -0.045, -0.47, 0.02, 0.02, brush.accents[0]);
  dot(brush, 0.01, -0.47, 0.02, 0.02, brush.accents[1]);
  dot(brush, 0.055, -0.435, 0.014, 0.014, brush.accents[2]);
  round(brush, 0, -0.83, 0.2, 0.19, suit);
  round(brush, 0.01, -0.825, 0.15, 0.135, "1d2b4d");
  dot(brush, -0.05, -0.875, 0.055, 0.03, "bfe4ff", 0.75, -0.5);
  dot(brush, 0.07, -0.77, 0.05, 0.02, brush.accents[1], 0.5, -0.4);
  ctx.restore();
};

const robot: Sprite = (brush) => {
  const metal = brush.colour ?? hex("9fb0bf");
  const dark = darker(metal, 0.4);
  const nod = brush.sway(1) * 0.012;
  for (const side of [-1, 1]) {
    box(brush, side * 0.12 - 0.055, -0.26, 0.11, 0.22, dark, 0.03);
    box(brush, side * 0.13 - 0.1, -0.07, 0.2, 0.07, metal, 0.03);
    const lift = side > 0 ? brush.sway(2) * 0.06 : 0;
    stroke(brush, [[side * 0.24, -0.56], [side * 0.37, -0.5], [side * 0.38, -0.34 - lift]], 0.07, dark);
    round(brush, side * 0.385, -0.31 - lift, 0.06, 0.06, metal);
    round(brush, side * 0.25, -0.57, 0.07, 0.07, metal);
  }
  box(brush, -0.24, -0.64, 0.48, 0.42, metal, 0.07);
  box(brush, -0.15, -0.55, 0.3, 0.2, dark, 0.03);
  for (let light = 0; light < 3; light++) {
    const on = brush.sway(2, light / 3) > 0 ? 1 : 0.35;
    dot(
      brush,
      -0.09 + light * 0.09,
      -0.49,
      0.026,
      0.026,
      brush.accents[light === 0 ? 0 : light === 1 ? 1 : 2],
      on,
    );
  }
  for (let bar = 0; bar < 4; bar++)
    box(brush, -0.11 + bar * 0.06, -0.43, 0.035, 0.05, lighter(metal, 0.2), 0.008);
  box(brush, -0.06, -0.7, 0.12, 0.08, dark, 0.02);
  box(brush, -0.21, -0.97 + nod, 0.42, 0.29, metal, 0.08);
  box(brush, -0.16, -0.91 + nod, 0.32, 0.16, "15202c", 0.06);
  for (const side of [-1, 1]) {
    dot(brush, side * 0.075, -0.83 + nod, 0.06, 0.06, "5fe7ff", 0.25);
    dot(brush, side * 0.075, -0.83 + nod, 0.038, 0.038 * (brush.sway(1, 0.4) > 0.97 ? 0.15 : 1), "8ff3ff");
    box(brush, side * 0.235 - 0.025, -0.88 + nod, 0.05, 0.11, dark, 0.015);
  }
  stroke(brush, [[0, -0.97 + nod], [0, -1.07 + nod]], 0.018, dark);
  round(brush, 0, -1.09 + nod, 0.035, 0.035, brush.accents[0]);
};

const snowman: Sprite = (brush) => {
  const snow = "f4f8fd";
  stroke(brush, [[-0.2, -0.52], [-0.38, -0.66], [-0.46, -0.74]], 0.022, "5b4330");
  stroke(brush, [[0.2, -0.52], [0.38, -0.64], [0.46, -0.62]], 0.022, "5b4330");
  round(brush, 0, -0.24, 0.31, 0.26, snow);
  round(brush, 0, -0.56, 0.22, 0.2, snow);
  round(brush, 0, -0.81, 0.155, 0.145, snow);
  shape(
    brush,
    [[-0.15, -0.73], [0.15, -0.73], [0.17, -0.66], [-0.17, -0.66]],
    brush.colour ?? brush.accents[0],
  );
  shape(
    brush,
    [[0.06, -0.7], [0.17, -0.48], [0.08, -0.46], [0, -0.66]],
    darker(brush.colour ?? brush.accents[0], 0.15),
  );
  for (const y of [-0.6, -0.5, -0.3]) dot(brush, 0, y, 0.02, 0.02, "25252c");
  for (const x of [-0.055, 0.055]) dot(brush, x, -0.85, 0.02, 0.022, "1d1d22");
  shape(brush, [[0, -0.82], [0.17, -0.79], [0, -0.77]], "ef8a2b", false);
  box(brush, -0.19, -0.95, 0.38, 0.04, "2a2a33", 0.02);
  box(brush, -0.12, -1.13, 0.24, 0.2, "2a2a33", 0.02);
  box(brush, -0.12, -1, 0.24, 0.045, brush.accents[0]);
};

export const FIGURES = { person, couple, astronaut, robot, snowman } satisfies Readonly<
  Record<string, Sprite>
>;

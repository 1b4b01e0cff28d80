// biome-ignore-all format: outlines read best as pairs of coordinates in a row
import { type Brush, box, dot, pane, round, type Sprite, shape, stroke } from "./brush.ts";
import { css, darker, hex, lighter } from "./colour.ts";

function smoke(brush: Brush, x: number, y: number): void {
  for (let puff = 0; puff < 6; puff++) {
    const rise = puff / 6;
    dot(
      brush,
      x + rise * 0.12 + brush.sway(1, rise) * 0.025,
      y - rise * 0.3,
      0.03 + rise * 0.045,
      0.025 + rise * 0.04,
      "ffffff",
      0.34 * (1 - rise),
    );
  }
}

const house: Sprite = (brush) => {
  const wall = brush.colour ?? hex("efe0c6");
  const roof = brush.colour ? darker(brush.colour, 0.5) : brush.accents[0];
  box(brush, 0.2, -0.92, 0.1, 0.3, "8d5b49");
  smoke(brush, 0.25, -0.96);
  box(brush, -0.42, -0.5, 0.84, 0.5, wall);
  shape(brush, [[-0.52, -0.46], [-0.3, -0.86], [0.3, -0.86], [0.52, -0.46]], roof, false);
  for (let row = 1; row < 5; row++)
    stroke(
      brush,
      [[-0.5 + row * 0.045, -0.48 - row * 0.08], [0.5 - row * 0.045, -0.48 - row * 0.08]],
      0.008,
      darker(roof, 0.5),
      0.5,
    );
  shape(brush, [[-0.3, -0.44], [-0.12, -0.74], [0.06, -0.44]], lighter(wall, 0.1), false);
  stroke(brush, [[-0.34, -0.42], [-0.12, -0.77], [0.1, -0.42]], 0.035, darker(roof, 0.2));
  dot(brush, -0.12, -0.55, 0.05, 0.05, brush.isDark ? "ffd98a" : "53687a");
  pane(brush, -0.34, -0.36, 0.15, 0.17, 0.01);
  pane(brush, 0.2, -0.36, 0.15, 0.17, 0.01);
  box(brush, -0.06, -0.32, 0.17, 0.32, darker(brush.accents[3], 0.1), 0.02);
  dot(brush, 0.085, -0.16, 0.012, 0.012, "f4d58a");
  box(brush, -0.09, -0.02, 0.23, 0.03, "a79c90");
  for (let bush = 0; bush < 7; bush++)
    round(
      brush,
      bush < 4 ? -0.42 + bush * 0.08 : -0.1 + bush * 0.08,
      -0.035,
      0.065,
      0.06,
      bush % 2 ? "5f8f4b" : "4d7d43",
    );
};

const castle: Sprite = (brush) => {
  const stone = brush.colour ? lighter(brush.colour, 0.2) : hex("b9b3ad");
  const roof = brush.colour ? darker(brush.colour, 0.35) : brush.accents[3];
  const crown = (x: number, y: number, width: number) => {
    for (let tooth = 0; tooth < Math.round(width / 0.05); tooth += 2)
      box(brush, x + tooth * 0.05, y - 0.035, 0.05, 0.045, stone);
  };
  const tower = (x: number, width: number, height: number, cone: number) => {
    box(brush, x - width / 2, -height, width, height, stone);
    box(brush, x - width * 0.58, -height, width * 1.16, 0.05, darker(stone, 0.12));
    shape(
      brush,
      [[x - width * 0.68, -height], [x, -height - cone], [x + width * 0.68, -height]],
      roof,
      false,
    );
    stroke(brush, [[x, -height - cone], [x, -height - cone - 0.1]], 0.009, "4a4048");
    const wave = brush.sway(3, x) * 0.015;
    shape(
      brush,
      [[x, -height - cone - 0.1], [x + 0.1, -height - cone - 0.08 + wave], [x, -height - cone - 0.045]],
      brush.accents[0],
      false,
    );
    for (let level = 0; level < 3; level++) {
      const y = -height + 0.1 + level * height * 0.26;
      box(brush, x - 0.016, y, 0.032, 0.07, brush.isDark ? "ffd98a" : "3b3a47", 0.016);
    }
  };
  tower(-0.16, 0.17, 0.72, 0.22);
  tower(0.2, 0.15, 0.62, 0.2);
  tower(0.02, 0.2, 0.86, 0.26);
  box(brush, -0.44, -0.36, 0.88, 0.36, stone);
  crown(-0.44, -0.36, 0.88);
  tower(-0.46, 0.18, 0.5, 0.2);
  tower(0.46, 0.18, 0.54, 0.2);
  for (let mark = 0; mark < 26; mark++)
    box(
      brush,
      -0.4 + brush.random.next() * 0.76,
      -0.32 + brush.random.next() * 0.28,
      0.035,
      0.014,
      darker(stone, 0.12),
      0.004,
    );
  box(brush, -0.09, -0.24, 0.18, 0.24, "4a3428", 0.08);
  box(brush, -0.09, -0.12, 0.18, 0.12, "4a3428");
  for (const x of [-0.045, 0, 0.045])
    stroke(brush, [[x, -0.21], [x, 0]], 0.008, "22180f");
};

const lighthouse: Sprite = (brush) => {
  const band = brush.colour ?? hex("d1433a");
  const { ctx } = brush;
  shape(
    brush,
    [[-0.42, 0.03], [-0.36, -0.09], [-0.12, -0.15], [0.16, -0.15], [0.34, -0.08], [0.46, 0.03]],
    "6b6a70",
  );
  shape(brush, [[-0.3, 0.03], [-0.16, -0.08], [0.04, 0.03]], "85848b");
  box(brush, 0.14, -0.25, 0.2, 0.15, "efe8dc");
  shape(brush, [[0.11, -0.24], [0.24, -0.34], [0.37, -0.24]], darker(band, 0.2), false);
  for (let part = 0; part < 5; part++) {
    const low = 0.13 + part * 0.13;
    const wide = (height: number) => 0.14 - height * 0.075;
    shape(brush, [
      [-wide(low), -low], [-wide(low + 0.13), -low - 0.132], [wide(low + 0.13), -low - 0.132],
      [wide(low), -low],
    ], part % 2 ? "f5f1e8" : band, false);
  }
  ctx.save();
  const fade = ctx.createLinearGradient(-0.13, 0, 0.14, 0);
  fade.addColorStop(0, "rgba(255,255,255,.2)");
  fade.addColorStop(0.5, "rgba(255,255,255,0)");
  fade.addColorStop(1, "rgba(20,20,50,.34)");
  ctx.fillStyle = fade;
  ctx.fillRect(-0.14, -0.78, 0.28, 0.65);
  ctx.restore();
  pane(brush, -0.025, -0.36, 0.05, 0.075, 0.02);
  pane(brush, -0.022, -0.62, 0.044, 0.07, 0.02);
  box(brush, -0.125, -0.81, 0.25, 0.035, "3b3d47", 0.01);
  box(brush, -0.07, -0.93, 0.14, 0.12, "ffe9a6");
  stroke(brush, [[-0.12, -0.81], [-0.12, -0.87]], 0.008, "3b3d47");
  stroke(brush, [[0.12, -0.81], [0.12, -0.87]], 0.008, "3b3d47");
  shape(brush, [[-0.095, -0.92], [0, -1.03], [0.095, -0.92]], darker(band, 0.25), false);
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  const swing = brush.sway(1) * 0.12;
  for (const side of [-1, 1]) {
    const beam = ctx.createLinearGradient(0, 0, side * 1.5, 0);
    beam.addColorStop(0, css([255, 240, 180], brush.isDark ? 0.7 : 0.22));
    beam.addColorStop(1, css([255, 240, 180], 0));
    ctx.fillStyle = beam;
    ctx.beginPath();
    ctx.moveTo(0, -0.88);
    ctx.lineTo(side * 1.5, -1.06 + swing * side);
    ctx.lineTo(side * 1.5, -0.72 + swing * side);
    ctx.fill();
  }
  ctx.restore();
};

const windmill: Sprite = (brush) => {
  const wall = brush.colour ?? hex("eadfcb");
  shape(brush, [[-0.2, 0], [-0.13, -0.66], [0.13, -0.66], [0.2, 0]], wall, false);
  shape(brush, [[-0.16, -0.64], [-0.1, -0.8], [0.1, -0.8], [0.16, -0.64]], brush.accents[0]);
  pane(brush, -0.04, -0.48, 0.08, 0.1, 0.03);
  box(brush, -0.055, -0.19, 0.11, 0.19, "6b4630", 0.04);
  const { ctx } = brush;
  ctx.save();
  ctx.translate(0, -0.68);
  ctx.rotate(0.4 + (brush.sway(1) * Math.PI) / 4);
  for (let arm = 0; arm < 4; arm++) {
    ctx.rotate(Math.PI / 2);
    box(brush, -0.012, -0.52, 0.024, 0.52, "5b4331");
    ctx.fillStyle = css(lighter(wall, 0.4), 0.9);
    ctx.fillRect(0.012, -0.5, 0.11, 0.38);
    for (let bar = 0; bar < 5; bar++)
      stroke(brush, [[0.012, -0.48 + bar * 0.085], [0.12, -0.48 + bar * 0.085]], 0.008, "5b4331");
  }
  dot(brush, 0, 0, 0.035, 0.035, "4a3527");
  ctx.restore();
};

const bridge: Sprite = (brush) => {
  const paint = brush.colour ?? hex("c2493a");
  for (const x of [-0.75, 0.75]) {
    box(brush, x - 0.055, -1, 0.05, 1.06, paint, 0.01);
    box(brush, x + 0.02, -1, 0.05, 1.06, paint, 0.01);
    for (const y of [-0.9, -0.68, -0.46, -0.16]) box(brush, x - 0.05, y, 0.12, 0.05, darker(paint, 0.15));
  }
  const cable = (x: number) =>
    -0.34 -
    0.62 * (Math.abs(x) <= 0.75 ? (x / 0.75) ** 2 : Math.max(0, 1 - (Math.abs(x) - 0.75) / 0.75) ** 1.4);
  const points: [number, number][] = [];
  for (let x = -1.5; x <= 1.5; x += 0.05) {
    points.push([x, cable(x)]);
    stroke(brush, [[x, cable(x)], [x, -0.3]], 0.007, darker(paint, 0.1), 0.8);
  }
  stroke(brush, points, 0.024, paint);
  box(brush, -1.6, -0.31, 3.2, 0.06, darker(paint, 0.25));
  for (let x = -1.5; x < 1.5; x += 0.12) if (brush.isDark) dot(brush, x, -0.33, 0.012, 0.012, "ffe29a");
};

const tent: Sprite = (brush) => {
  const cloth = brush.colour ?? brush.accents[1];
  shape(brush, [[-0.5, 0], [0, -0.72], [0.5, 0]], cloth, false);
  shape(brush, [[0, -0.72], [0.5, 0], [0.74, -0.1], [0.2, -0.74]], darker(cloth, 0.35), false);
  shape(brush, [[-0.17, 0], [0, -0.52], [0.17, 0]], brush.isDark ? "ffcf7a" : "4a3a30", false);
  shape(brush, [[-0.17, 0], [0, -0.52], [-0.24, -0.08]], lighter(cloth, 0.2), false);
  stroke(brush, [[-0.5, 0], [-0.66, 0.02]], 0.01, "e9dcc6");
  const { ctx } = brush;
  ctx.save();
  ctx.translate(-0.86, 0);
  stroke(brush, [[-0.12, 0], [0.12, -0.05]], 0.045, "5b3d28");
  stroke(brush, [[-0.12, -0.05], [0.12, 0]], 0.045, "6b4830");
  for (let flame = 0; flame < 3; flame++) {
    const tall = 0.34 - flame * 0.1 + brush.sway(4, flame / 3) * 0.03;
    shape(brush, [
      [-0.09 + flame * 0.025, -0.04], [-0.06 + flame * 0.02, -tall * 0.5],
      [brush.sway(3, flame / 4) * 0.03, -tall], [0.06 - flame * 0.02, -tall * 0.5],
      [0.09 - flame * 0.025, -0.04],
    ], flame === 0 ? "ef6a2b" : flame === 1 ? "f9a63a" : "fff0b0");
  }
  ctx.globalCompositeOperation = "screen";
  const warm = ctx.createRadialGradient(0, -0.1, 0, 0, -0.1, 0.75);
  warm.addColorStop(0, css([255, 170, 70], 0.55));
  warm.addColorStop(1, css([255, 120, 40], 0));
  ctx.fillStyle = warm;
  ctx.fillRect(-0.75, -0.85, 1.5, 1.1);
  ctx.restore();
};

export const BUILDINGS = { house, castle, lighthouse, windmill, bridge, tent } satisfies Readonly<
  Record<string, Sprite>
>;

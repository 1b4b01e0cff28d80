// biome-ignore-all format: outlines read best as pairs of coordinates in a row
import { dot, round, type Sprite, shape, stroke } from "./brush.ts";
import { css, darker, hex, lighter } from "./colour.ts";

const owl: Sprite = (brush) => {
  const coat = brush.colour ?? hex("8c6a4a");
  stroke(brush, [[-0.55, 0.02], [0, 0.0], [0.55, 0.03]], 0.06, "5b4433");
  shape(brush, [
    [0, -0.95], [-0.26, -0.86], [-0.33, -0.5], [-0.22, -0.06], [0, 0.04], [0.22, -0.06], [0.33, -0.5],
    [0.26, -0.86],
  ], coat);
  shape(
    brush,
    [[0, -0.56], [-0.19, -0.46], [-0.17, -0.14], [0, -0.02], [0.17, -0.14], [0.19, -0.46]],
    lighter(coat, 0.5),
  );
  for (let row = 0; row < 4; row++) {
    for (let column = -1; column <= 1; column++)
      dot(
        brush,
        column * 0.08 + (row % 2) * 0.04 - 0.02,
        -0.42 + row * 0.09,
        0.022,
        0.014,
        darker(coat, 0.2),
        0.8,
      );
  }
  for (const side of [-1, 1]) {
    shape(
      brush,
      [[side * 0.3, -0.62], [side * 0.37, -0.34], [side * 0.24, -0.04], [side * 0.2, -0.4]],
      darker(coat, 0.35),
    );
    shape(brush, [[side * 0.06, -0.88], [side * 0.28, -1.04], [side * 0.25, -0.8]], darker(coat, 0.2), false);
    round(brush, side * 0.12, -0.73, 0.135, 0.135, lighter(coat, 0.62));
    dot(brush, side * 0.12, -0.73, 0.082, 0.082, "f4b52e");
    dot(brush, side * 0.12, -0.73, 0.05, 0.054 * (brush.sway(1, 0.3) > 0.97 ? 0.1 : 1), "15120f");
    dot(brush, side * 0.12 - 0.02, -0.755, 0.017, 0.017, "ffffff");
    for (const toe of [-0.04, 0, 0.04]) dot(brush, side * 0.1 + toe, 0.005, 0.018, 0.035, "d99a3d");
  }
  shape(brush, [[-0.04, -0.7], [0.04, -0.7], [0, -0.58]], "e0a040", false);
};

/** Flying, seen from the side. */
const bird: Sprite = (brush) => {
  const coat = brush.colour ?? brush.accents[3];
  const flap = brush.sway(3) * 0.22;
  shape(brush, [[-0.28, -0.46], [-0.62, -0.42], [-0.66, -0.32], [-0.3, -0.36]], darker(coat, 0.3));
  shape(
    brush,
    [[0.05, -0.5], [-0.16, -0.78 - flap], [-0.4, -0.98 - flap], [-0.12, -0.5]],
    darker(coat, 0.38),
  );
  shape(
    brush,
    [[-0.34, -0.46], [-0.06, -0.58], [0.26, -0.56], [0.38, -0.44], [0.22, -0.28], [-0.1, -0.26]],
    coat,
  );
  shape(brush, [[0.34, -0.42], [0.2, -0.27], [-0.06, -0.26], [0.06, -0.38]], lighter(coat, 0.6));
  round(brush, 0.34, -0.52, 0.13, 0.12, coat);
  shape(brush, [[0.44, -0.55], [0.62, -0.49], [0.44, -0.46]], "f0a83a", false);
  dot(brush, 0.38, -0.55, 0.022, 0.024, "16130f");
  shape(brush, [
    [0.14, -0.48], [0.02, -0.82 - flap], [-0.2, -1.08 - flap], [-0.28, -0.76 - flap * 0.6],
    [-0.12, -0.44],
  ], lighter(coat, 0.12));
  shape(
    brush,
    [[-0.06, -0.86 - flap], [-0.2, -1.08 - flap], [-0.28, -0.78 - flap * 0.6], [-0.18, -0.66]],
    darker(coat, 0.3),
  );
};

const penguin: Sprite = (brush) => {
  const coat = brush.colour ?? hex("2c3440");
  const { ctx } = brush;
  ctx.save();
  ctx.rotate(brush.sway(2) * 0.04);
  for (const side of [-1, 1]) {
    dot(brush, side * 0.12, -0.01, 0.1, 0.035, "f0a030");
    shape(
      brush,
      [[side * 0.25, -0.62], [side * 0.42, -0.3], [side * 0.34, -0.2], [side * 0.24, -0.36]],
      darker(coat, 0.2),
    );
  }
  shape(brush, [
    [0, -1], [-0.2, -0.9], [-0.3, -0.45], [-0.24, -0.05], [0, 0], [0.24, -0.05], [0.3, -0.45],
    [0.2, -0.9],
  ], coat);
  shape(
    brush,
    [[0, -0.66], [-0.2, -0.56], [-0.19, -0.14], [0, -0.04], [0.19, -0.14], [0.2, -0.56]],
    "f7f6f1",
  );
  round(brush, -0.08, -0.78, 0.1, 0.1, "f7f6f1");
  round(brush, 0.08, -0.78, 0.1, 0.1, "f7f6f1");
  dot(brush, -0.08, -0.79, 0.028, 0.032, "15151a");
  dot(brush, 0.08, -0.79, 0.028, 0.032, "15151a");
  shape(brush, [[-0.06, -0.74], [0.06, -0.74], [0, -0.65]], "f0a030");
  ctx.restore();
};

const fish: Sprite = (brush) => {
  const coat = brush.colour ?? brush.accents[0];
  const wag = brush.sway(3) * 0.07;
  shape(
    brush,
    [[-0.4, -0.5], [-0.76, -0.76 + wag], [-0.66, -0.5 + wag], [-0.78, -0.24 + wag]],
    darker(coat, 0.2),
  );
  shape(brush, [[-0.12, -0.72], [0.08, -0.98], [0.24, -0.7]], darker(coat, 0.25));
  shape(brush, [[-0.06, -0.28], [-0.02, -0.06], [0.14, -0.28]], darker(coat, 0.25));
  shape(
    brush,
    [[-0.5, -0.5], [-0.2, -0.76], [0.24, -0.78], [0.58, -0.52], [0.28, -0.24], [-0.2, -0.26]],
    coat,
  );
  shape(brush, [[0.56, -0.5], [0.28, -0.24], [-0.18, -0.26], [0.1, -0.4]], lighter(coat, 0.55));
  for (const x of [-0.18, 0.06])
    shape(brush, [[x, -0.77], [x + 0.09, -0.78], [x + 0.07, -0.25], [x - 0.03, -0.25]], lighter(coat, 0.8));
  shape(brush, [[0.1, -0.46], [-0.1, -0.36 + wag], [0.02, -0.32]], darker(coat, 0.15));
  dot(brush, 0.38, -0.56, 0.065, 0.065, "ffffff");
  dot(brush, 0.395, -0.56, 0.036, 0.038, "131318");
  stroke(brush, [[0.54, -0.45], [0.48, -0.41], [0.43, -0.42]], 0.016, darker(coat, 0.6));
};

const whale: Sprite = (brush) => {
  const coat = brush.colour ?? hex("3f6a92");
  const wag = brush.sway(1) * 0.05;
  const { ctx } = brush;
  ctx.save();
  ctx.rotate(-0.14 + brush.sway(1, 0.25) * 0.04);
  shape(brush, [
    [-0.66, -0.5 + wag], [-1, -0.82 + wag * 2], [-0.94, -0.56 + wag * 2], [-1.08, -0.36 + wag * 2],
    [-0.74, -0.38 + wag],
  ], darker(coat, 0.2));
  shape(brush, [
    [-0.86, -0.52 + wag], [-0.4, -0.62], [0.16, -0.86], [0.66, -0.74], [0.84, -0.44], [0.66, -0.14],
    [0.1, -0.08], [-0.46, -0.3],
  ], coat);
  shape(
    brush,
    [[0.83, -0.4], [0.64, -0.13], [0.1, -0.09], [-0.34, -0.25], [0.2, -0.28], [0.6, -0.34]],
    "e9eef0",
  );
  for (let line = 0; line < 5; line++)
    stroke(
      brush,
      [[0.7 - line * 0.07, -0.27 + line * 0.02], [0.4 - line * 0.07, -0.16 + line * 0.012], [0.06 - line * 0.04, -0.17]],
      0.009,
      darker(coat, 0.1),
      0.45,
    );
  shape(brush, [[0.2, -0.28], [0.02, 0.06 - wag], [0.16, 0.1 - wag], [0.38, -0.22]], darker(coat, 0.25));
  dot(brush, 0.56, -0.44, 0.03, 0.033, "10141a");
  dot(brush, 0.55, -0.452, 0.01, 0.01, "ffffff");
  for (let drop = 0; drop < 15; drop++) {
    const spread = (drop % 5) - 2;
    const rise = Math.floor(drop / 5);
    dot(
      brush,
      0.3 + spread * (0.03 + rise * 0.03),
      -0.94 - rise * 0.09 + Math.abs(spread) * 0.02 + brush.sway(2, drop / 7) * 0.02,
      0.014,
      0.022,
      "e8f7fb",
      0.85,
    );
  }
  ctx.restore();
};

const jellyfish: Sprite = (brush) => {
  const coat = brush.colour ?? brush.accents[1];
  const beat = brush.sway(2) * 0.03;
  for (let arm = 0; arm < 9; arm++) {
    const x = (arm / 8 - 0.5) * 0.52;
    stroke(brush, [
      [x, -0.58], [x + brush.sway(1, arm / 5) * 0.1, -0.42],
      [x - brush.sway(1, arm / 5 + 0.2) * 0.1, -0.2],
      [x + brush.sway(1, arm / 4) * 0.08, 0.02 + (arm % 3) * 0.05],
    ], arm % 2 ? 0.014 : 0.03, lighter(coat, 0.4), 0.6);
  }
  const { ctx } = brush;
  ctx.save();
  ctx.globalAlpha = 0.88;
  shape(brush, [
    [0, -1 - beat], [-0.34 - beat, -0.86], [-0.4 - beat, -0.56], [-0.2, -0.52], [0, -0.57], [0.2, -0.52],
    [0.4 + beat, -0.56], [0.34 + beat, -0.86],
  ], coat);
  ctx.restore();
  for (const x of [-0.14, 0.14]) dot(brush, x, -0.72, 0.08, 0.06, lighter(coat, 0.6), 0.55);
  dot(brush, -0.12, -0.88, 0.1, 0.04, "ffffff", 0.5, -0.4);
};

/** Flying, facing right, with a breath of fire at night. */
const dragon: Sprite = (brush) => {
  const coat = brush.colour ?? hex("4f8a5c");
  const flap = brush.sway(2) * 0.14;
  const belly = lighter(brush.accents[1], 0.3);
  const wing = (tint: ReturnType<typeof darker>, shift: number) =>
    shape(brush, [
      [0.06 + shift, -0.5], [-0.06 + shift, -0.92 - flap], [-0.3 + shift, -1.2 - flap],
      [-0.52 + shift, -0.96 - flap * 0.8], [-0.5 + shift, -0.72 - flap * 0.4], [-0.34 + shift, -0.74],
      [-0.3 + shift, -0.56], [-0.16 + shift, -0.6],
    ], tint, false);
  wing(darker(coat, 0.5), 0.14);
  stroke(brush, [
    [-0.2, -0.34], [-0.5, -0.2], [-0.72, -0.3 + brush.sway(1) * 0.05],
    [-0.94, -0.14 + brush.sway(1) * 0.08],
  ], 0.1, coat);
  shape(
    brush,
    [[-0.9, -0.24 + brush.sway(1) * 0.08], [-1.1, -0.08 + brush.sway(1) * 0.09], [-0.9, -0.04 + brush.sway(1) * 0.08]],
    darker(coat, 0.3),
    false,
  );
  shape(
    brush,
    [[-0.34, -0.42], [-0.1, -0.56], [0.24, -0.54], [0.36, -0.38], [0.16, -0.18], [-0.16, -0.2]],
    coat,
  );
  shape(brush, [[0.34, -0.36], [0.16, -0.18], [-0.14, -0.2], [0.06, -0.28]], belly);
  stroke(brush, [[0.24, -0.42], [0.46, -0.5], [0.44, -0.74], [0.6, -0.84]], 0.14, coat);
  shape(brush, [[0.5, -0.92], [0.68, -0.95], [0.92, -0.8], [0.9, -0.72], [0.6, -0.74]], coat);
  shape(brush, [[0.54, -0.92], [0.42, -1.08], [0.63, -0.94]], "e9dcb4", false);
  for (let spike = 0; spike < 6; spike++) {
    const x = -0.3 + spike * 0.1;
    shape(
      brush,
      [[x, -0.5 - (spike < 4 ? spike * 0.015 : 0.02)], [x + 0.01, -0.62], [x + 0.07, -0.52]],
      brush.accents[0],
      false,
    );
  }
  dot(brush, 0.68, -0.86, 0.024, 0.026, "ffe27a");
  dot(brush, 0.685, -0.86, 0.009, 0.022, "1b120c");
  dot(brush, 0.88, -0.785, 0.012, 0.01, darker(coat, 0.6));
  for (const x of [-0.06, 0.16])
    stroke(brush, [[x, -0.22], [x + 0.05, -0.08], [x + 0.02, -0.02]], 0.06, darker(coat, 0.15));
  wing(brush.accents[0], 0);
  for (const [x, y] of [
    [-0.3, -1.2], [-0.52, -0.96], [-0.36, -0.74],
  ] as const)
    stroke(brush, [[0.02, -0.5], [-0.08, -0.9 - flap], [x, y - flap]], 0.018, darker(coat, 0.35));
  if (brush.isDark) {
    const { ctx } = brush;
    const fire = ctx.createLinearGradient(0.9, 0, 1.4, 0);
    fire.addColorStop(0, css([255, 245, 190]));
    fire.addColorStop(0.4, css([255, 150, 40], 0.85));
    fire.addColorStop(1, css([255, 60, 20], 0));
    ctx.fillStyle = fire;
    ctx.beginPath();
    ctx.moveTo(0.9, -0.76);
    ctx.quadraticCurveTo(1.2, -0.92 + brush.sway(4) * 0.05, 1.42, -0.66);
    ctx.quadraticCurveTo(1.15, -0.58, 0.9, -0.73);
    ctx.fill();
  }
};

export const WINGS_AND_FINS = { owl, bird, penguin, fish, whale, jellyfish, dragon } satisfies Readonly<
  Record<string, Sprite>
>;

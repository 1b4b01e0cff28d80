import { css, darker, hex, lighter, mix, type Rgb } from "./colour.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";

function leafColour(stage: Stage, random: Random): Rgb {
  switch (stage.scene.season) {
    case "autumn":
      return random.pick([hex("d9822b"), hex("c4502b"), hex("e0b23a"), hex("a8452c")]);
    case "winter":
      return hex("dfe8f2");
    case "spring":
      return random.pick([hex("f3b6c8"), hex("f7d3dc"), hex("9fca78"), hex("b7d98a")]);
    case "summer":
    case undefined:
      return random.pick([hex("5c9448"), hex("6fa653"), hex("4a8048"), hex("82ad4e")]);
  }
}

/** A leafy tree: trunk, then dabs of foliage, darker below and lit from above. (x, y) is its foot. */
export function drawTree(
  stage: Stage,
  x: number,
  y: number,
  size: number,
  depth: number,
  random: Random,
): void {
  const { ctx } = stage;
  const bark = stage.lit(hex("5f4534"), depth);
  const lean = stage.sway(1, random.next()) * size * 0.012;
  ctx.strokeStyle = css(bark);
  ctx.lineCap = "round";
  const branch = (fromX: number, fromY: number, toX: number, toY: number, thick: number) => {
    ctx.lineWidth = Math.max(0.6, thick);
    ctx.beginPath();
    ctx.moveTo(fromX, fromY);
    ctx.quadraticCurveTo(fromX, (fromY + toY) / 2, toX, toY);
    ctx.stroke();
  };
  branch(x, y, x + lean, y - size * 0.62, size * 0.06);
  branch(x, y - size * 0.3, x - size * 0.2 + lean, y - size * 0.6, size * 0.03);
  branch(x, y - size * 0.36, x + size * 0.2 + lean, y - size * 0.66, size * 0.03);
  const leaf = leafColour(stage, random);
  const dabs = Math.max(14, Math.min(110, Math.round(size / 2.6)));
  const side = stage.lamp.x < x ? -1 : 1;
  for (let pass = 0; pass < 3; pass++) {
    const tone = pass === 0 ? darker(leaf, 0.42) : pass === 1 ? leaf : lighter(leaf, 0.28);
    ctx.fillStyle = css(stage.lit(tone, depth), 0.88);
    ctx.beginPath();
    for (let index = 0; index < dabs; index++) {
      const angle = random.next() * 2 * Math.PI;
      const reach = Math.sqrt(random.next()) * (pass === 2 ? 0.26 : 0.36);
      const dabX =
        x + lean * 1.6 + Math.cos(angle) * reach * size * 0.95 + (pass === 2 ? side * size * 0.07 : 0);
      const dabY =
        y -
        size * 0.72 +
        Math.sin(angle) * reach * size * 0.78 +
        (pass === 0 ? size * 0.07 : pass === 2 ? -size * 0.08 : 0);
      const radius = size * random.between(0.035, pass === 0 ? 0.1 : 0.075);
      ctx.moveTo(dabX + radius, dabY);
      ctx.arc(dabX, dabY, radius, 0, 7);
    }
    ctx.fill();
  }
}

/** A fir: tiers of drooping boughs; white on them in winter. */
export function drawConifer(
  stage: Stage,
  x: number,
  y: number,
  size: number,
  depth: number,
  random: Random,
): void {
  const { ctx } = stage;
  const winter = stage.scene.season === "winter";
  const green =
    stage.scene.season === "autumn" && random.chance(0.3)
      ? hex("b98a35")
      : random.pick([hex("2f5f4a"), hex("3a6b45"), hex("2b5548")]);
  ctx.fillStyle = css(stage.lit(hex("4d3a2e"), depth));
  ctx.fillRect(x - size * 0.018, y - size * 0.14, size * 0.036, size * 0.15);
  const tiers = 7;
  const lean = stage.sway(1, random.next()) * size * 0.008;
  for (let tier = 0; tier < tiers; tier++) {
    const from = tier / tiers;
    const topY = y - size * (0.3 + from * 0.7) - size * 0.02;
    const footY = y - size * (0.09 + from * 0.8);
    const half = size * 0.23 * (1 - from * 0.86) * random.between(0.9, 1.1);
    const shift = lean * from * 2;
    const path = (drop: number, narrow: number) => {
      ctx.beginPath();
      ctx.moveTo(x + shift, topY);
      ctx.quadraticCurveTo(
        x + half * 0.35 * narrow,
        footY - size * 0.06 - drop,
        x + half * narrow,
        footY - drop,
      );
      for (let tooth = 1; tooth <= 4; tooth++) {
        const at = half * narrow * (1 - tooth / 2);
        ctx.lineTo(x + at + half * 0.25 * narrow, footY - size * 0.022 - drop);
        ctx.lineTo(x + at, footY - drop + size * 0.004 * tooth);
      }
      ctx.quadraticCurveTo(x - half * 0.35 * narrow, footY - size * 0.06 - drop, x + shift, topY);
      ctx.fill();
    };
    ctx.fillStyle = css(stage.lit(darker(green, 0.3 - from * 0.2), depth));
    path(0, 1);
    ctx.fillStyle = css(stage.lit(winter ? hex("f3f7fc") : lighter(green, 0.16), depth), winter ? 0.92 : 0.6);
    path(size * 0.03, winter ? 0.86 : 0.62);
  }
}

export function drawPalm(
  stage: Stage,
  x: number,
  y: number,
  size: number,
  depth: number,
  random: Random,
): void {
  const { ctx } = stage;
  const bend = random.between(-0.2, 0.2) * size;
  const topX = x + bend + stage.sway(1) * size * 0.02;
  const topY = y - size * 0.86;
  ctx.strokeStyle = css(stage.lit(hex("7a5a3c"), depth));
  ctx.lineCap = "round";
  ctx.lineWidth = size * 0.05;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.quadraticCurveTo(x + bend * 0.2, y - size * 0.5, topX, topY);
  ctx.stroke();
  for (let leaf = 0; leaf < 9; leaf++) {
    const angle = -Math.PI * (0.02 + (leaf / 8) * 0.96) + stage.sway(1, leaf / 9) * 0.05;
    const endX = topX + Math.cos(angle) * size * 0.46;
    const endY = topY + Math.sin(angle) * size * 0.3 + size * 0.16;
    ctx.fillStyle = css(stage.lit(leaf % 2 ? hex("3f8a4f") : hex("2f6e45"), depth));
    ctx.beginPath();
    ctx.moveTo(topX, topY);
    ctx.quadraticCurveTo((topX + endX) / 2, topY + Math.sin(angle) * size * 0.36, endX, endY);
    ctx.quadraticCurveTo((topX + endX) / 2, topY + Math.sin(angle) * size * 0.2 + size * 0.05, topX, topY);
    ctx.fill();
  }
}

/** Blades along the front of a hill, bending together, with flowers between them. */
export function drawGrass(
  stage: Stage,
  line: (x: number) => number,
  near: number,
  ground: Rgb,
  random: Random,
  flowers: number,
): void {
  const { ctx, width, height, unit } = stage;
  const blades = Math.round((width / unit) * 420 * near);
  for (let shade = 0; shade < 3; shade++) {
    ctx.strokeStyle = css(
      stage.lit(
        shade === 0 ? darker(ground, 0.4) : shade === 1 ? darker(ground, 0.12) : lighter(ground, 0.24),
      ),
      0.75,
    );
    ctx.lineWidth = unit * 0.0022;
    ctx.beginPath();
    for (let index = 0; index < blades / 3; index++) {
      const x = random.next() * width;
      const y = line(x) + random.next() ** 1.4 * (height - line(x));
      const tall = unit * (0.01 + ((y - stage.horizon) / height) * 0.06) * random.between(0.6, 1.3);
      const bend = tall * (random.between(-0.4, 0.4) + 0.2 * stage.sway(1, x / width));
      ctx.moveTo(x, y);
      ctx.quadraticCurveTo(x, y - tall * 0.6, x + bend, y - tall);
    }
    ctx.stroke();
  }
  if (stage.scene.season === "autumn" || stage.scene.season === "winter") return;
  const count = Math.round(70 * flowers * near * (stage.scene.season === "spring" ? 2 : 1));
  for (let index = 0; index < count; index++) {
    const x = random.next() * width;
    const y = line(x) + random.next() * (height - line(x));
    const size = unit * (0.0025 + ((y - stage.horizon) / height) * 0.012) * random.between(0.7, 1.2);
    const colour = random.chance(0.2) ? ([255, 252, 240] as const) : random.pick(stage.palette.accents);
    drawBloom(stage, x + stage.sway(1, x / width) * size * 0.5, y - size * 3, size, colour);
  }
}

/** A small five-petalled flower seen from above. */
export function drawBloom(stage: Stage, x: number, y: number, size: number, colour: Rgb): void {
  const { ctx } = stage;
  ctx.fillStyle = css(stage.lit(lighter(colour, 0.1)));
  ctx.beginPath();
  for (let petal = 0; petal < 5; petal++) {
    const angle = (petal / 5) * 2 * Math.PI;
    const petalX = x + Math.cos(angle) * size * 0.75;
    const petalY = y + Math.sin(angle) * size * 0.62;
    ctx.moveTo(petalX + size * 0.6, petalY);
    ctx.arc(petalX, petalY, size * 0.6, 0, 7);
  }
  ctx.fill();
  ctx.fillStyle = css(stage.lit(mix([255, 214, 90], colour, 0.1)));
  ctx.beginPath();
  ctx.arc(x, y, size * 0.45, 0, 7);
  ctx.fill();
}

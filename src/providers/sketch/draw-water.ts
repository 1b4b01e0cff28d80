import { css, darker, hex, lighter, mix, type Rgb } from "./colour.ts";
import { glow, paintField, type Stage, vertical } from "./stage.ts";

/** Water from the horizon down: the picture above it mirrored in ripples, then waves and the lamp's glitter. */
export function drawWater(stage: Stage, options: { readonly calm: boolean }): void {
  const { ctx, canvas, width, height, horizon, unit, palette, noise } = stage;
  const depth = height - horizon;
  ctx.fillStyle = vertical(stage, horizon, height, [
    mix(palette.water, palette.sky[3], 0.45),
    palette.water,
    darker(palette.water, 0.45),
  ]);
  ctx.fillRect(0, horizon, width, depth);

  const strips = 64;
  ctx.save();
  for (let strip = 0; strip < strips; strip++) {
    const near = strip / strips;
    const y = horizon + near * depth;
    const tall = depth / strips + 1;
    const source = Math.max(0, horizon - (near * depth + tall) * 0.95);
    const ripple =
      Math.sin(near * 46 + stage.moment * 2 * Math.PI * 2) *
      unit *
      0.006 *
      (0.3 + near * 2) *
      (options.calm ? 0.7 : 1.6);
    ctx.globalAlpha = (options.calm ? 0.66 : 0.4) * (1 - near * 0.75);
    ctx.drawImage(canvas, 0, source, width, Math.max(1, tall * 0.9), ripple, y, width, tall);
  }
  ctx.restore();

  const turn = stage.moment * 2 * Math.PI;
  const flowX = Math.cos(turn) * 0.3;
  const flowY = Math.sin(turn) * 0.3;
  const crest = lighter(mix(palette.water, palette.sky[3], 0.5), 0.25);
  const trough = darker(palette.water, 0.5);
  paintField(ctx, { x: 0, y: horizon, width, height: depth }, unit / 260, (x, y) => {
    const far = 1 / (y + 0.07);
    const value =
      noise.layered((x - 0.5) * far * 2.4 * (width / unit) + flowX + 40, far * 7 + flowY * 1.4, 3) - 0.5;
    const strength = (options.calm ? 0.9 : 1.6) * Math.min(1, 0.3 + y);
    return value > 0
      ? [crest, Math.min(0.55, value * strength * 1.5)]
      : [trough, Math.min(0.5, -value * strength * 1.3)];
  });

  drawGlitter(stage, depth);
  ctx.fillStyle = css(palette.haze, 0.5);
  ctx.fillRect(0, horizon - 1, width, Math.max(1.5, unit * 0.003));
}

function drawGlitter(stage: Stage, depth: number): void {
  const { ctx, unit, palette, lamp, horizon, scene } = stage;
  if (scene.weather.has("storm") || scene.weather.has("fog")) return;
  const random = stage.random("glitter");
  const low = scene.time !== "day";
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  for (let index = 0; index < (low ? 420 : 160); index++) {
    const near = random.next() ** 1.6;
    const y = horizon + near * depth * 0.96 + unit * 0.003;
    const spread = unit * (0.035 + near * (low ? 0.16 : 0.5));
    const x = lamp.x + (random.next() + random.next() - 1) * spread;
    const shine = Math.max(0, 0.55 + 0.45 * stage.sway(random.whole(1, 3), random.next()));
    ctx.fillStyle = css(
      mix(palette.sun, palette.glow, random.next() * 0.7),
      shine * (low ? 0.62 : 0.4) * (1 - near * 0.6),
    );
    ctx.beginPath();
    ctx.ellipse(x, y, unit * (0.004 + near * 0.022), unit * (0.0009 + near * 0.0028), 0, 0, 7);
    ctx.fill();
  }
  ctx.restore();
  if (low) glow(ctx, lamp.x, horizon + unit * 0.02, unit * 0.25, palette.glow, 0.16);
}

/** A shore in the foreground: sand, a wet edge and foam that comes and goes. */
export function drawBeach(stage: Stage): void {
  const { ctx, width, height, unit, noise, scene } = stage;
  const sand =
    scene.season === "winter" ? hex("e9eef5") : hex(scene.setting === "lake" ? "86a35c" : "e8cf9e");
  const reach = stage.sway(1) * unit * 0.012;
  const edge = (x: number, offset: number) =>
    height -
    (height - stage.horizon) * 0.42 +
    (noise.layered(x / (unit * 0.4) + offset, 2, 2) - 0.5) * unit * 0.12 +
    reach;
  const layer = (shift: number, colour: string) => {
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.moveTo(0, height);
    for (let x = 0; x <= width + 8; x += 8) ctx.lineTo(x, edge(x, 0) + shift);
    ctx.lineTo(width, height);
    ctx.fill();
  };
  layer(-unit * 0.012, css([255, 255, 255], 0.75));
  layer(0, css(stage.lit(darker(sand, 0.28))));
  layer(unit * 0.035, css(stage.lit(sand)));
  const random = stage.random("sand");
  for (let index = 0; index < 160; index++) {
    const x = random.next() * width;
    const y = edge(x, 0) + unit * 0.05 + random.next() * unit * 0.2;
    ctx.fillStyle = css(stage.lit(random.chance(0.5) ? darker(sand, 0.3) : lighter(sand, 0.4)), 0.5);
    ctx.fillRect(x, y, unit * 0.003, unit * 0.002);
  }
}

/** Blue depth with shafts of light, a sea bed, weeds, corals and rising bubbles. */
export function drawUnderwater(stage: Stage): void {
  const { ctx, width, height, unit, palette, noise, horizon } = stage;
  ctx.fillStyle = vertical(stage, 0, height, palette.sky);
  ctx.fillRect(0, 0, width, height);
  const random = stage.random("underwater");
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  for (let beam = 0; beam < 9; beam++) {
    const x = width * random.between(0, 1) + stage.sway(1, random.next()) * unit * 0.03;
    const lean = unit * random.between(-0.1, 0.32);
    const wide = unit * random.between(0.03, 0.1);
    const light = ctx.createLinearGradient(0, 0, 0, height * 0.85);
    light.addColorStop(0, css(palette.sun, 0.3 + 0.1 * stage.sway(1, random.next())));
    light.addColorStop(1, css(palette.sun, 0));
    ctx.fillStyle = light;
    ctx.beginPath();
    ctx.moveTo(x, 0);
    ctx.lineTo(x + wide, 0);
    ctx.lineTo(x + lean + wide * 2.6, height * 0.85);
    ctx.lineTo(x + lean - wide, height * 0.85);
    ctx.fill();
  }
  const turn = stage.moment * 2 * Math.PI;
  paintField(ctx, { x: 0, y: 0, width, height: height * 0.3 }, unit / 160, (x, y) => {
    const net = noise.ridged(x * 6 + Math.cos(turn) * 0.2, y * 9 + Math.sin(turn) * 0.2, 2);
    return net > 0.55 ? [palette.sun, (net - 0.55) * 1.1 * (1 - y)] : undefined;
  });
  ctx.restore();
  for (let layer = 0; layer < 3; layer++) {
    const near = layer / 2;
    const top = horizon - unit * (0.16 - near * 0.16);
    const tone: Rgb = mix(palette.sky[2], hex("d9c59a"), 0.14 + near * 0.4);
    const offset = random.between(0, 50);
    const line = (x: number) =>
      top - (noise.layered(x / (unit * 0.3) + offset, layer, 3) - 0.4) * unit * (0.3 - near * 0.16);
    ctx.beginPath();
    ctx.moveTo(0, height);
    for (let x = 0; x <= width + 6; x += 6) ctx.lineTo(x, line(x));
    ctx.lineTo(width, height);
    ctx.fillStyle = vertical(stage, top - unit * 0.1, height, [tone, darker(tone, 0.5)]);
    ctx.fill();
    const plants = random.whole(6, 10);
    for (let index = 0; index < plants; index++) {
      const x = random.next() * width;
      if (random.chance(0.55))
        drawWeed(
          stage,
          x,
          line(x) + unit * 0.01,
          unit * (0.1 + near * 0.13) * random.between(0.7, 1.4),
          mix(hex("3d9b6a"), palette.sky[2], 0.6 - near * 0.5),
          random.next(),
        );
      else
        drawCoral(
          stage,
          x,
          line(x) + unit * 0.01,
          unit * (0.05 + near * 0.07),
          mix(random.pick(palette.accents), palette.sky[2], 0.55 - near * 0.45),
          random.next(),
        );
    }
  }
  for (let index = 0; index < 46; index++) {
    const x = width * random.next() + stage.sway(1, random.next()) * unit * 0.01;
    const rise = (random.next() + 1 - stage.moment) % 1;
    const radius = unit * random.between(0.002, 0.011);
    ctx.strokeStyle = css(palette.sun, 0.5);
    ctx.lineWidth = unit * 0.0014;
    ctx.beginPath();
    ctx.arc(x, rise * height, radius, 0, 7);
    ctx.stroke();
    ctx.fillStyle = css(palette.sun, 0.16);
    ctx.fill();
  }
}

function drawWeed(stage: Stage, x: number, y: number, size: number, colour: Rgb, phase: number): void {
  const { ctx } = stage;
  ctx.strokeStyle = css(colour);
  ctx.lineCap = "round";
  for (let blade = -1; blade <= 1; blade++) {
    const bend = size * (0.16 * stage.sway(1, phase + blade * 0.1) + blade * 0.18);
    ctx.lineWidth = size * 0.055;
    ctx.beginPath();
    ctx.moveTo(x + blade * size * 0.05, y);
    ctx.bezierCurveTo(
      x + bend,
      y - size * 0.35,
      x - bend,
      y - size * 0.7,
      x + bend * 1.2,
      y - size * (1 - Math.abs(blade) * 0.25),
    );
    ctx.stroke();
  }
}

function drawCoral(stage: Stage, x: number, y: number, size: number, colour: Rgb, phase: number): void {
  const { ctx } = stage;
  ctx.strokeStyle = css(colour);
  ctx.lineCap = "round";
  const grow = (fromX: number, fromY: number, angle: number, length: number, thick: number) => {
    if (length < size * 0.14) return;
    const toX = fromX + Math.cos(angle) * length;
    const toY = fromY + Math.sin(angle) * length;
    ctx.lineWidth = thick;
    ctx.beginPath();
    ctx.moveTo(fromX, fromY);
    ctx.lineTo(toX, toY);
    ctx.stroke();
    grow(toX, toY, angle - 0.45 - phase * 0.2, length * 0.68, thick * 0.74);
    grow(toX, toY, angle + 0.4 + phase * 0.25, length * 0.68, thick * 0.74);
  };
  grow(x, y, -Math.PI / 2, size * 0.5, size * 0.16);
}

import { css, darker, lighter, mix, type Rgb } from "./colour.ts";
import { hashText } from "./random.ts";
import { glow, paintField, type Stage } from "./stage.ts";

/** For words that name nothing we can draw: one of several compositions, chosen by the words' hash. */
export function drawAbstract(stage: Stage): void {
  const compositions = [drawFlow, drawOrbs, drawRibbons, drawMosaic, drawLayers];
  const choice = hashText(stage.scene.unknown.join(" "), stage.scene.seed) % compositions.length;
  const background = stage.ctx.createLinearGradient(0, 0, stage.width * 0.6, stage.height);
  stage.palette.sky.forEach((colour, index) => {
    background.addColorStop(index / 3, css(colour));
  });
  stage.ctx.fillStyle = background;
  stage.ctx.fillRect(0, 0, stage.width, stage.height);
  (compositions[choice] ?? drawFlow)(stage);
}

function tones(stage: Stage): readonly [Rgb, ...Rgb[]] {
  const { accents, glow: light, sky } = stage.palette;
  return [accents[0], accents[1], accents[2], accents[3], light, lighter(sky[1], 0.3)];
}

/** Thousands of strokes along a field of noise. */
function drawFlow(stage: Stage): void {
  const { ctx, width, height, unit, noise } = stage;
  const random = stage.random("flow");
  const colours = tones(stage);
  const scale = random.between(1.4, 2.4) / unit;
  const turn = stage.sway(1) * 0.12;
  ctx.lineCap = "round";
  for (let index = 0; index < 1500; index++) {
    let x = random.next() * width;
    let y = random.next() * height;
    const region = noise.layered(x * scale * 0.8 + 60, y * scale * 0.8, 2);
    const colour = colours[Math.floor(region * 9 + random.next() * 1.4) % colours.length] ?? colours[0];
    ctx.strokeStyle = css(mix(colour, [255, 255, 255], random.next() * 0.3), random.between(0.35, 0.85));
    ctx.lineWidth = unit * random.between(0.001, 0.0075);
    ctx.beginPath();
    ctx.moveTo(x, y);
    const steps = random.whole(8, 26);
    for (let step = 0; step < steps; step++) {
      const angle = (noise.layered(x * scale, y * scale, 2) + turn) * Math.PI * 4;
      x += Math.cos(angle) * unit * 0.011;
      y += Math.sin(angle) * unit * 0.011;
      ctx.lineTo(x, y);
    }
    ctx.stroke();
  }
}

/** Glassy spheres in soft light. */
function drawOrbs(stage: Stage): void {
  const { ctx, width, height, unit } = stage;
  const random = stage.random("orbs");
  const colours = tones(stage);
  for (let index = 0; index < 7; index++)
    glow(
      ctx,
      random.next() * width,
      random.next() * height,
      unit * random.between(0.3, 0.6),
      random.pick(colours),
      0.4,
    );
  const orbs = Array.from({ length: 26 }, () => ({
    x: random.next() * width,
    y: random.next() * height,
    radius: unit * (0.014 + random.next() ** 2.6 * 0.2),
    colour: random.pick(colours),
    phase: random.next(),
  }));
  orbs.sort((one, other) => one.radius - other.radius);
  for (const { x, y: base, radius, colour, phase } of orbs) {
    const y = base + stage.sway(1, phase) * unit * 0.02;
    const body = ctx.createRadialGradient(x - radius * 0.4, y - radius * 0.45, radius * 0.05, x, y, radius);
    body.addColorStop(0, css(lighter(colour, 0.75), 0.97));
    body.addColorStop(0.45, css(colour, 0.92));
    body.addColorStop(0.92, css(darker(colour, 0.45), 0.95));
    body.addColorStop(1, css(lighter(colour, 0.2), 0.9));
    ctx.save();
    ctx.shadowColor = css(darker(colour, 0.8), 0.45);
    ctx.shadowBlur = radius * 0.5;
    ctx.shadowOffsetY = radius * 0.25;
    ctx.fillStyle = body;
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 7);
    ctx.fill();
    ctx.restore();
    glow(ctx, x - radius * 0.38, y - radius * 0.42, radius * 0.36, [255, 255, 255], 0.65);
  }
}

/** Bands of silk crossing the picture. */
function drawRibbons(stage: Stage): void {
  const { ctx, width, height, unit } = stage;
  const random = stage.random("ribbons");
  const colours = tones(stage);
  const steep = random.between(-0.35, 0.35);
  for (let ribbon = 0; ribbon < 9; ribbon++) {
    const colour = random.pick(colours);
    const base = height * (0.04 + (ribbon / 9) * 0.95);
    const phase = random.next();
    const swell = unit * random.between(0.06, 0.17);
    const turns = random.between(0.6, 1.5);
    const threads = 46;
    for (let thread = 0; thread < threads; thread++) {
      const place = thread / threads;
      const sheen = Math.sin(place * Math.PI * 2.4 + phase * 6);
      ctx.strokeStyle = css(sheen > 0 ? lighter(colour, sheen * 0.5) : darker(colour, -sheen * 0.45), 0.5);
      ctx.lineWidth = unit * 0.006;
      ctx.beginPath();
      for (let step = 0; step <= 32; step++) {
        const along = step / 32;
        const wave = Math.sin((along * turns + phase + place * 0.24) * 6.283 + stage.sway(1, phase) * 0.25);
        const y =
          base +
          wave * swell +
          (along - 0.5) * steep * height +
          (place - 0.5) * unit * 0.17 * (0.35 + Math.abs(Math.sin((along + phase) * 4)));
        if (step === 0) ctx.moveTo(-4, y);
        else ctx.lineTo(along * width + 4, y);
      }
      ctx.stroke();
    }
  }
}

/** Stained glass: cells around scattered points, lighter in the middle, with dark joints. */
function drawMosaic(stage: Stage): void {
  const { width, height, unit, noise } = stage;
  const random = stage.random("mosaic");
  const colours = tones(stage);
  const columns = width / unit;
  const rows = height / unit;
  const points = Array.from({ length: 70 }, (_, index) => ({
    x: random.next() * columns + stage.sway(1, index / 9) * 0.006,
    y: random.next() * rows + stage.sway(1, index / 7) * 0.006,
    colour: mix(random.pick(colours), [255, 255, 255], random.next() * 0.28),
  }));
  paintField(stage.ctx, { x: 0, y: 0, width, height }, unit / 380, (u, v) => {
    const x = u * columns + (noise.at(u * 9, v * 9) - 0.5) * 0.02;
    const y = v * rows;
    let best = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    let colour: Rgb = colours[0];
    for (const point of points) {
      const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
      if (distance < best) {
        second = best;
        best = distance;
        colour = point.colour;
      } else if (distance < second) second = distance;
    }
    const edge = Math.sqrt(second) - Math.sqrt(best);
    const grain = noise.layered(u * 40, v * 40, 2) * 0.25;
    if (edge < 0.007) return [[24, 22, 34], 0.95];
    return [mix(darker(colour, 0.3), lighter(colour, 0.4), Math.min(1, edge * 9) * 0.6 + grain), 0.96];
  });
  glow(stage.ctx, stage.lamp.x, stage.lamp.y, unit * 0.7, [255, 250, 230], 0.4);
}

/** Cut paper in layers with shadows, opening on a light. */
function drawLayers(stage: Stage): void {
  const { ctx, width, height, unit, noise } = stage;
  const random = stage.random("layers");
  const colours = tones(stage);
  const centreX = width * random.between(0.4, 0.6);
  const centreY = height * random.between(0.38, 0.58);
  const reach = Math.hypot(width, height) * 0.6;
  glow(ctx, centreX, centreY, unit * 0.7, [255, 248, 225], 0.95);
  for (let layer = 0; layer < 9; layer++) {
    const radius = unit * 0.1;
    const open = unit * (0.08 + ((layer + 1) / 9) * 0.62);
    const colour = mix(colours[layer % colours.length] ?? colours[0], stage.palette.sky[0], layer / 16);
    ctx.save();
    ctx.shadowColor = "rgba(10,8,30,.5)";
    ctx.shadowBlur = unit * 0.03;
    ctx.fillStyle = css(colour);
    ctx.beginPath();
    ctx.rect(centreX - reach * 2, centreY - reach * 2, reach * 4, reach * 4);
    for (let step = 0; step <= 90; step++) {
      const angle = -(step / 90) * 6.2832;
      const wobble = noise.layered(
        Math.cos(angle) * 1.3 + layer * 3.1 + 20,
        Math.sin(angle) * 1.3 + 20 + stage.sway(1, layer / 9) * 0.06,
        3,
      );
      const distance = radius * 0.2 + open * (0.55 + wobble * 0.9);
      const x = centreX + Math.cos(angle) * distance;
      const y = centreY + Math.sin(angle) * distance;
      if (step === 0) ctx.moveTo(x, y);
      else ctx.lineTo(x, y);
    }
    ctx.fill("evenodd");
    ctx.restore();
  }
}

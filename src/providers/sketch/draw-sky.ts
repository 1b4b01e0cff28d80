import { css, hsl, lighter, mix, type Rgb } from "./colour.ts";
import { glow, paintField, type Stage, vertical } from "./stage.ts";

/** Sky from top to bottom, with what stands in it. Space has its own. */
export function drawSky(stage: Stage): void {
  const { ctx, width, height, horizon, palette, scene } = stage;
  ctx.fillStyle = vertical(stage, 0, horizon, palette.sky);
  ctx.fillRect(0, 0, width, height);
  if (scene.sky.has("stars") || scene.time === "night") drawStars(stage, horizon, 1);
  else if (scene.time === "dusk") drawStars(stage, horizon * 0.6, 0.35);
  if (scene.time === "night" && !scene.weather.has("storm")) drawMilkyWay(stage);
  if (scene.weather.has("aurora")) drawAurora(stage);
  if (scene.sky.has("planet")) drawPlanet(stage, width * 0.7, horizon * 0.3, stage.unit * 0.13);
  const hidden = scene.weather.has("storm") || scene.weather.has("fog");
  if (scene.time === "night" || scene.sky.has("moon")) drawMoon(stage, hidden ? 0.35 : 1);
  else if (!hidden || scene.sky.has("sun")) drawSun(stage, scene.weather.has("rain") ? 0.45 : 1);
  drawClouds(stage);
  if (scene.weather.has("rainbow")) drawRainbow(stage);
  if (scene.sky.has("comet")) drawComet(stage);
  if (scene.sky.has("fireworks")) drawFireworks(stage);
  if (scene.sky.has("birds") || (scene.time !== "night" && stage.random("flock").chance(0.4)))
    drawFlock(stage);
}

export function drawStars(stage: Stage, bottom: number, strength: number): void {
  const { ctx, width, unit, palette } = stage;
  const random = stage.random("stars");
  const count = Math.round(((width * bottom) / (unit * unit)) * 420 * strength);
  for (let index = 0; index < count; index++) {
    const x = random.next() * width;
    const y = random.next() ** 1.3 * bottom;
    const size = unit * (0.0006 + random.next() ** 5 * 0.0026);
    const phase = random.next();
    const twinkle = 0.65 + 0.35 * stage.sway(random.whole(1, 3), phase);
    const fade = 1 - (y / bottom) ** 2 * 0.8;
    const warm = random.next();
    const colour = warm < 0.15 ? mix([255, 255, 255], palette.glow, 0.5) : ([240, 244, 255] as const);
    ctx.fillStyle = css(colour, twinkle * fade * (0.35 + random.next() * 0.65));
    ctx.beginPath();
    ctx.arc(x, y, size, 0, 7);
    ctx.fill();
    if (size > unit * 0.0022) glow(ctx, x, y, size * 7, palette.sun, 0.32 * twinkle * fade);
  }
}

function drawMilkyWay(stage: Stage): void {
  const { noise, palette } = stage;
  const tilt = stage.random("milky").between(-0.5, 0.5);
  const colour = lighter(palette.glow, 0.3);
  paintField(
    stage.ctx,
    { x: 0, y: 0, width: stage.width, height: stage.horizon },
    stage.unit / 150,
    (x, y) => {
      const band = Math.abs(x - 0.5 + tilt * (y - 0.5) * 2);
      const strength = Math.exp(-band * band * 26) * (0.25 + noise.layered(x * 7, y * 7, 4)) - 0.18;
      return strength > 0.02 ? [colour, Math.min(0.3, strength * 0.42)] : undefined;
    },
  );
}

function drawSun(stage: Stage, strength: number): void {
  const { ctx, lamp, unit, palette } = stage;
  const low = stage.scene.time === "sunset" || stage.scene.time === "dawn";
  const radius = unit * (low ? 0.07 : 0.045);
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  glow(ctx, lamp.x, lamp.y, unit * 0.95, palette.glow, 0.5 * strength);
  glow(ctx, lamp.x, lamp.y, unit * 0.34, palette.glow, 0.6 * strength);
  ctx.restore();
  const disc = ctx.createRadialGradient(lamp.x, lamp.y, 0, lamp.x, lamp.y, radius * 1.15);
  disc.addColorStop(0, css(lighter(palette.sun, 0.6), strength));
  disc.addColorStop(0.82, css(palette.sun, strength));
  disc.addColorStop(1, css(palette.sun, 0));
  ctx.fillStyle = disc;
  ctx.beginPath();
  ctx.arc(lamp.x, lamp.y, radius * 1.15, 0, 7);
  ctx.fill();
}

function drawMoon(stage: Stage, strength: number): void {
  const { ctx, lamp, unit, palette, noise } = stage;
  const radius = unit * 0.062;
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  glow(ctx, lamp.x, lamp.y, unit * 0.6, palette.glow, 0.4 * strength);
  glow(ctx, lamp.x, lamp.y, unit * 0.2, palette.sun, 0.4 * strength);
  ctx.restore();
  ctx.save();
  ctx.globalAlpha = strength;
  ctx.beginPath();
  ctx.arc(lamp.x, lamp.y, radius, 0, 7);
  ctx.clip();
  ctx.fillStyle = css(palette.sun);
  ctx.fillRect(lamp.x - radius, lamp.y - radius, radius * 2, radius * 2);
  const shade = mix(palette.sun, palette.sky[1], 0.55);
  paintField(
    ctx,
    { x: lamp.x - radius, y: lamp.y - radius, width: radius * 2, height: radius * 2 },
    2,
    (x, y) => {
      const sea = noise.layered(x * 4 + 40, y * 4, 3);
      const edge = Math.hypot(x - 0.36, y - 0.34);
      return [shade, Math.max(0, (sea - 0.5) * 1.6) * 0.5 + Math.max(0, edge - 0.34) * 0.9];
    },
  );
  ctx.restore();
}

export function drawPlanet(stage: Stage, x: number, y: number, radius: number, label = "planet"): void {
  const { ctx, noise } = stage;
  const random = stage.random(label);
  const base = hsl(random.between(0, 360), 0.45, 0.55);
  const other = hsl(random.between(0, 360), 0.4, 0.72);
  const tilt = random.between(-0.4, 0.4);
  const ringed = random.chance(0.6);
  const bands = random.between(3, 7);
  const ring = (front: boolean) => {
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(tilt);
    for (let index = 0; index < 5; index++) {
      ctx.lineWidth = radius * 0.07;
      ctx.strokeStyle = css(mix(other, [255, 255, 255], index * 0.12), 0.6 - index * 0.08);
      ctx.beginPath();
      ctx.ellipse(
        0,
        0,
        radius * (1.45 + index * 0.11),
        radius * (0.32 + index * 0.03),
        0,
        front ? 0 : Math.PI,
        front ? Math.PI : 2 * Math.PI,
      );
      ctx.stroke();
    }
    ctx.restore();
  };
  glow(ctx, x, y, radius * 1.7, other, 0.28);
  if (ringed) ring(false);
  ctx.save();
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 7);
  ctx.clip();
  const turn = stage.sway(1) * 0.05;
  paintField(
    ctx,
    { x: x - radius, y: y - radius, width: radius * 2, height: radius * 2 },
    Math.max(1.5, radius / 90),
    (u, v) => {
      const dx = u * 2 - 1;
      const dy = v * 2 - 1;
      const round = Math.sqrt(Math.max(0, 1 - dx * dx - dy * dy));
      const band = noise.layered(dx * 1.2 + turn, (dy + dx * tilt) * bands, 4);
      const light = Math.max(0, -dx * 0.62 - dy * 0.5 + round * 0.6);
      return [mix([6, 6, 18], mix(base, other, band), 0.12 + Math.min(1, light) * 0.95), 1];
    },
  );
  ctx.restore();
  if (ringed) ring(true);
}

/** Clouds by noise: flatter towards the horizon, lit from the side of the lamp. */
function drawClouds(stage: Stage): void {
  const { scene, palette, noise, horizon, width, unit } = stage;
  const random = stage.random("clouds");
  const { weather } = scene;
  const cover = weather.has("storm")
    ? 0.92
    : weather.has("cloudy") || weather.has("rain") || weather.has("snow")
      ? 0.76
      : random.between(0.34, 0.6);
  const threshold = 0.74 - cover * 0.46;
  const offset = random.between(0, 90);
  const drift = stage.sway(1) * 0.05;
  const towards = stage.lamp.x / width;
  const shade = weather.has("storm") ? mix(palette.cloudShade, [20, 24, 40], 0.5) : palette.cloudShade;
  const strength = scene.time === "night" ? 0.55 : 0.95;
  paintField(stage.ctx, { x: 0, y: 0, width, height: horizon }, unit / 200, (x, y) => {
    const far = 1 / (1.18 - y);
    const u = (x - 0.5) * far * 1.5 * (width / unit) + offset + drift * far;
    const v = far * 2.3 + offset * 0.3;
    const density = noise.layered(u, v, 5) - threshold;
    if (density <= 0) return undefined;
    const side = noise.layered(u + (towards - x) * 0.35, v + 0.16, 3);
    const light = Math.max(0, Math.min(1, 0.62 + (density + threshold - side) * 3.2));
    const alpha = Math.min(1, density * 5.5) * strength * Math.min(1, (1 - y) * 3.2 + 0.15);
    return [mix(shade, palette.cloud, light), alpha];
  });
}

function drawAurora(stage: Stage): void {
  const { noise, palette } = stage;
  const green: Rgb = [90, 255, 170];
  const violet: Rgb = mix([190, 90, 255], palette.glow, 0.2);
  const shift = stage.sway(1) * 0.25;
  stage.ctx.save();
  stage.ctx.globalCompositeOperation = "screen";
  paintField(
    stage.ctx,
    { x: 0, y: 0, width: stage.width, height: stage.horizon },
    stage.unit / 160,
    (x, y) => {
      let alpha = 0;
      for (let band = 0; band < 2; band++) {
        const foot = 0.55 + band * 0.2 + (noise.layered(x * 2.4 + band * 9 + shift, band * 5, 3) - 0.5) * 0.6;
        const above = foot - y;
        if (above < 0) continue;
        const rays = 0.45 + noise.at(x * 38 + band * 70 + shift * 4, band) * 0.75;
        alpha += Math.exp(-above * 5) * Math.min(1, above * 16) * rays;
      }
      return alpha > 0.02
        ? [mix(green, violet, Math.min(1, Math.max(0, 0.75 - y * 1.2))), Math.min(0.85, alpha * 0.75)]
        : undefined;
    },
  );
  stage.ctx.restore();
}

function drawRainbow(stage: Stage): void {
  const { ctx, width, horizon, unit } = stage;
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, 0, width, horizon);
  ctx.clip();
  ctx.globalCompositeOperation = "screen";
  const radius = Math.max(width, horizon) * 0.55;
  for (let index = 0; index < 28; index++) {
    ctx.strokeStyle = css(hsl((index / 28) * 285, 0.9, 0.55), 0.34);
    ctx.lineWidth = unit * 0.005;
    ctx.beginPath();
    ctx.arc(width - stage.lamp.x, horizon * 1.06, radius - index * unit * 0.0034, Math.PI, 2 * Math.PI);
    ctx.stroke();
  }
  ctx.restore();
}

export function drawComet(stage: Stage): void {
  const { ctx, width, horizon, unit } = stage;
  const random = stage.random("comet");
  const x = width * (random.between(0.3, 0.6) + stage.sway(1) * 0.03);
  const y = horizon * (random.between(0.2, 0.4) + stage.sway(1) * 0.03);
  const length = unit * 0.5;
  const tail = ctx.createLinearGradient(x, y, x + length, y - length * 0.55);
  tail.addColorStop(0, "rgba(255,250,235,0.95)");
  tail.addColorStop(0.3, css(stage.palette.glow, 0.45));
  tail.addColorStop(1, css(stage.palette.glow, 0));
  ctx.fillStyle = tail;
  ctx.beginPath();
  ctx.moveTo(x - unit * 0.006, y - unit * 0.008);
  ctx.lineTo(x + length, y - length * 0.64);
  ctx.lineTo(x + length, y - length * 0.46);
  ctx.lineTo(x + unit * 0.006, y + unit * 0.008);
  ctx.fill();
  glow(ctx, x, y, unit * 0.07, [255, 250, 235], 1);
}

function drawFireworks(stage: Stage): void {
  const { ctx, width, horizon, unit } = stage;
  const random = stage.random("fireworks");
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  for (let burst = 0; burst < 6; burst++) {
    const x = width * random.between(0.12, 0.88);
    const y = horizon * random.between(0.14, 0.6);
    const colour = hsl(random.between(0, 360), 0.9, 0.65);
    const size = unit * random.between(0.09, 0.19) * (0.8 + 0.2 * stage.sway(1, random.next()));
    glow(ctx, x, y, size * 1.4, colour, 0.35);
    for (let ray = 0; ray < 46; ray++) {
      const angle = (ray / 46) * 2 * Math.PI + random.next() * 0.2;
      const reach = size * random.between(0.55, 1);
      const endX = x + Math.cos(angle) * reach;
      const endY = y + Math.sin(angle) * reach + reach * reach * 0.0008;
      ctx.strokeStyle = css(lighter(colour, random.between(0, 0.5)), 0.75);
      ctx.lineWidth = unit * 0.0019;
      ctx.beginPath();
      ctx.moveTo(x + Math.cos(angle) * reach * 0.35, y + Math.sin(angle) * reach * 0.35);
      ctx.lineTo(endX, endY);
      ctx.stroke();
      glow(ctx, endX, endY, unit * 0.007, [255, 255, 255], 0.8);
    }
  }
  ctx.restore();
}

function drawFlock(stage: Stage): void {
  const { ctx, width, horizon, unit, palette } = stage;
  const random = stage.random("flock-birds");
  const centreX = width * random.between(0.25, 0.75);
  const centreY = horizon * random.between(0.22, 0.5);
  ctx.strokeStyle = css(mix(palette.cloudShade, [20, 20, 40], 0.65), 0.8);
  ctx.lineCap = "round";
  for (let index = 0; index < random.whole(4, 9); index++) {
    const x = centreX + random.between(-0.14, 0.14) * unit + stage.sway(1) * unit * 0.012;
    const y = centreY + random.between(-0.07, 0.07) * unit;
    const span = unit * random.between(0.009, 0.018);
    const lift = span * (0.45 + 0.35 * stage.sway(4, random.next()));
    ctx.lineWidth = unit * 0.0024;
    ctx.beginPath();
    ctx.moveTo(x - span, y - lift);
    ctx.quadraticCurveTo(x - span * 0.4, y - lift * 0.9, x, y);
    ctx.quadraticCurveTo(x + span * 0.4, y - lift * 0.9, x + span, y - lift);
    ctx.stroke();
  }
}

/** Nebulae, stars and planets, over the whole picture. */
export function drawSpace(stage: Stage): void {
  const { ctx, width, height, unit, palette, noise } = stage;
  const diagonal = ctx.createLinearGradient(0, 0, width, height);
  diagonal.addColorStop(0, css(palette.sky[0]));
  diagonal.addColorStop(0.5, css(palette.sky[2]));
  diagonal.addColorStop(1, css(palette.sky[1]));
  ctx.fillStyle = diagonal;
  ctx.fillRect(0, 0, width, height);
  const random = stage.random("space");
  const offset = random.between(0, 80);
  const drift = stage.sway(1) * 0.02;
  const other = mix(palette.glow, palette.accents[0], 0.5);
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  paintField(ctx, { x: 0, y: 0, width, height }, unit / 190, (x, y) => {
    const bend = noise.layered(x * 2 + offset, y * 2, 3);
    const cloud = noise.layered(x * 3.2 + bend * 2.2 + drift, y * 3.2 + bend * 1.6 + offset, 5);
    const band = Math.exp(-((x - y * 0.7 - 0.18) ** 2) * 5);
    const strength = (cloud - 0.38) * 2.4 * band;
    return strength > 0.01 ? [mix(palette.glow, other, bend), Math.min(0.9, strength)] : undefined;
  });
  ctx.restore();
  drawStars(stage, height, 1.6);
  const left = random.chance(0.5);
  drawPlanet(
    stage,
    width * (left ? 0.2 : 0.8),
    height * random.between(0.2, 0.32),
    unit * random.between(0.11, 0.19),
  );
  if (random.chance(0.6))
    drawPlanet(stage, width * (left ? 0.86 : 0.14), height * 0.14, unit * 0.04, "moonlet");
  if (stage.scene.sky.has("comet") || random.chance(0.3)) drawComet(stage);
}

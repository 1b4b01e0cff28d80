import { css, hex, hsl, mix, type Rgb } from "./colour.ts";
import { glow, paintField, type Stage } from "./stage.ts";

/** What falls, floats or flashes in front of everything. */
export function drawWeather(stage: Stage): void {
  const { weather, season, time, mood, setting } = stage.scene;
  if (setting === "space" || setting === "underwater" || setting === "room") return;
  if (weather.has("fog")) drawFog(stage);
  if (weather.has("storm")) drawLightning(stage);
  if (weather.has("rain") || weather.has("storm")) drawRain(stage);
  if (weather.has("snow")) drawSnow(stage);
  else if (season === "autumn") drawFalling(stage, [hex("d9822b"), hex("c4502b"), hex("e0b23a")], 34, 0.011);
  else if (season === "spring") drawFalling(stage, [hex("f9c6d6"), hex("fde3ea"), hex("f3a9c0")], 44, 0.008);
  if (
    mood.has("dreamy") ||
    ((setting === "forest" || setting === "field") &&
      (time === "night" || time === "dusk") &&
      season !== "winter")
  )
    drawFireflies(stage);
}

function drawRain(stage: Stage): void {
  const { ctx, width, height, unit } = stage;
  const random = stage.random("rain");
  const slant = random.between(-0.12, -0.04);
  ctx.strokeStyle = css(mix(stage.palette.sky[3], [255, 255, 255], 0.5), 0.34);
  ctx.lineCap = "round";
  for (let depth = 0; depth < 3; depth++) {
    const length = unit * (0.03 + depth * 0.025);
    ctx.lineWidth = unit * (0.0011 + depth * 0.0007);
    ctx.beginPath();
    for (let index = 0; index < 130 * (width / unit) * (height / unit); index++) {
      const fall = (random.next() + stage.moment * random.whole(3, 5)) % 1;
      const y = fall * (height + length) - length;
      const x = random.next() * width * 1.15 + slant * y;
      ctx.moveTo(x, y);
      ctx.lineTo(x + slant * length, y + length);
    }
    ctx.stroke();
  }
}

function drawSnow(stage: Stage): void {
  const { ctx, width, height, unit } = stage;
  const random = stage.random("snow");
  for (let index = 0; index < 300 * (width / unit) * (height / unit); index++) {
    const near = random.next() ** 3;
    const y = ((random.next() + stage.moment) % 1) * height * 1.04;
    const x = (random.next() + stage.sway(1, random.next()) * 0.012) * width;
    const radius = unit * (0.0014 + near * 0.0085);
    ctx.fillStyle = css([255, 255, 255], 0.85 - near * 0.45);
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 7);
    ctx.fill();
  }
}

function drawFalling(stage: Stage, colours: readonly [Rgb, ...Rgb[]], count: number, size: number): void {
  const { ctx, width, height, unit } = stage;
  const random = stage.random("falling");
  for (let index = 0; index < count; index++) {
    const y = ((random.next() + stage.moment) % 1) * height * 1.06;
    const x = (random.next() + stage.sway(1, random.next()) * 0.025) * width;
    const reach = unit * size * random.between(0.5, 1.3);
    ctx.fillStyle = css(stage.lit(random.pick(colours)), 0.9);
    ctx.beginPath();
    ctx.ellipse(
      x,
      y,
      reach,
      reach * (0.25 + 0.3 * Math.abs(stage.sway(1, random.next()))),
      random.next() * 6.283,
      0,
      7,
    );
    ctx.fill();
  }
}

function drawFireflies(stage: Stage): void {
  const { ctx, width, height, unit, horizon } = stage;
  const random = stage.random("fireflies");
  const colour = stage.scene.mood.has("dreamy") ? hsl(random.between(30, 320), 0.8, 0.8) : hex("ffe98a");
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  for (let index = 0; index < 42; index++) {
    const x = (random.next() + stage.sway(1, random.next()) * 0.015) * width;
    const y =
      horizon * 0.8 + random.next() * (height - horizon * 0.8) + stage.sway(1, random.next()) * unit * 0.014;
    const shine = Math.max(0, 0.55 + 0.5 * stage.sway(random.whole(1, 2), random.next()));
    glow(ctx, x, y, unit * random.between(0.008, 0.026), colour, shine);
    ctx.fillStyle = css([255, 255, 235], shine);
    ctx.fillRect(x - unit * 0.0012, y - unit * 0.0012, unit * 0.0024, unit * 0.0024);
  }
  ctx.restore();
}

function drawFog(stage: Stage): void {
  const { noise, palette, width, height, horizon, unit } = stage;
  const turn = stage.moment * 2 * Math.PI;
  paintField(
    stage.ctx,
    { x: 0, y: horizon * 0.5, width, height: height - horizon * 0.5 },
    unit / 110,
    (x, y) => {
      const value = noise.layered(x * 2.6 + Math.cos(turn) * 0.1 + 12, y * 6 + Math.sin(turn) * 0.1, 4);
      return [
        palette.haze,
        Math.min(0.82, Math.max(0, value - 0.14) * 1.35) * Math.sin(Math.PI * Math.min(1, y * 1.04)) ** 0.8,
      ];
    },
  );
}

function drawLightning(stage: Stage): void {
  const flash = stage.moment === 0 ? 1 : stage.sway(2, 0.25) > 0.93 ? 1 : 0;
  if (flash === 0) return;
  const { ctx, width, horizon, unit } = stage;
  const random = stage.random("lightning");
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  let x = width * random.between(0.25, 0.75);
  let y = horizon * 0.1;
  glow(ctx, x, y, unit * 0.6, [190, 205, 255], 0.5);
  const points: [number, number][] = [[x, y]];
  while (y < horizon) {
    x += unit * random.between(-0.045, 0.05);
    y += unit * random.between(0.02, 0.05);
    points.push([x, Math.min(y, horizon)]);
  }
  for (const [line, alpha] of [
    [0.012, 0.25],
    [0.005, 0.6],
    [0.002, 1],
  ] as const) {
    ctx.strokeStyle = css([225, 230, 255], alpha);
    ctx.lineWidth = unit * line;
    ctx.beginPath();
    points.forEach(([pointX, pointY], index) => {
      if (index === 0) ctx.moveTo(pointX, pointY);
      else ctx.lineTo(pointX, pointY);
    });
    ctx.stroke();
  }
  ctx.restore();
}

import { css, darker, hex, lighter, mix, type Rgb } from "./colour.ts";
import { drawConifer, drawGrass, drawPalm, drawTree } from "./draw-plants.ts";
import { glow, paintField, type Stage, vertical } from "./stage.ts";

/** The colour of the ground itself, in white light. */
export function groundColour(stage: Stage): Rgb {
  const { season, setting } = stage.scene;
  if (setting === "desert") return hex("e2b47a");
  if (season === "winter") return hex("eef3fa");
  if (season === "autumn") return hex("b08a45");
  if (season === "spring") return hex("8cc06a");
  return setting === "forest" ? hex("5e8a4a") : hex("79a952");
}

/** Fills everything below a line of heights; `line` answers the height in pixels at x. */
function fillBelow(stage: Stage, line: (x: number) => number, bottom: number, colours: readonly Rgb[]): void {
  const { ctx, width } = stage;
  const step = Math.max(2, width / 220);
  let highest = bottom;
  ctx.beginPath();
  ctx.moveTo(-step, bottom + 2);
  for (let x = -step; x <= width + step; x += step) {
    const y = line(x);
    highest = Math.min(highest, y);
    ctx.lineTo(x, y);
  }
  ctx.lineTo(width + step, bottom + 2);
  ctx.closePath();
  ctx.fillStyle = vertical(stage, highest, bottom, colours);
  ctx.fill();
}

/** Ranges one behind another, the far ones lost in haze, the near one with rock, light and snow. */
export function drawMountains(stage: Stage, base: number, scale = 1): void {
  const { ctx, noise, unit, width, palette, scene } = stage;
  const random = stage.random("mountains");
  const rock = scene.season === "autumn" ? hex("7b6a63") : hex("6c7388");
  const lampSide = stage.lamp.x < width / 2 ? -1 : 1;
  for (let range = 0; range < 3; range++) {
    const depth = 0.78 - range * 0.27;
    const tall = unit * (0.2 + range * 0.075) * scale * random.between(0.9, 1.2);
    const offset = random.between(0, 90);
    const shift = stage.sway(1) * unit * 0.004 * (range + 1);
    const frequency = (2.2 - range * 0.35) / unit;
    const line = (x: number) => {
      const place = (x + shift) * frequency + offset;
      return base - tall * (0.12 + noise.ridged(place, range * 7.7, 5) * 1.15) + range * unit * 0.02;
    };
    fillBelow(stage, line, base, [
      stage.lit(mix(rock, palette.sky[2], 0.1), depth),
      stage.lit(mix(rock, palette.haze, 0.25), Math.min(0.92, depth + 0.22)),
    ]);
    if (range === 0) continue;
    ctx.save();
    ctx.clip();
    const snowLine = scene.season === "winter" ? 0.05 : scene.season === "summer" ? 0.78 : 0.5;
    const snow = stage.lit([250, 252, 255], depth * 0.45);
    const bright = stage.lit(lighter(rock, 0.3), depth);
    const shade = stage.lit(darker(rock, 0.5), depth * 0.9);
    paintField(ctx, { x: 0, y: base - tall * 1.4, width, height: tall * 1.4 }, unit / 330, (u, v) => {
      const x = u * width;
      const y = base - tall * 1.4 * (1 - v);
      const top = line(x);
      if (y < top - 3) return undefined;
      const below = (y - top) / tall;
      const lean = x * lampSide + (y - base) * 0.45;
      const facet =
        noise.ridged(lean * frequency * 3.1 + offset, (y + x * 0.35) * frequency * 2.3, 4) -
        noise.ridged(
          (lean + unit * 0.02 * lampSide) * frequency * 3.1 + offset,
          (y + x * 0.35) * frequency * 2.3,
          4,
        );
      const slope = ((line(x + 6) - line(x - 6)) / 12) * Math.max(0, 1 - below * 2.4);
      const light = slope * lampSide * -0.55 + facet * 3.2;
      const height = (base - y) / tall;
      const edge = snowLine + (noise.layered(x * frequency * 9, y * frequency * 9, 3) - 0.5) * 0.5;
      const fade = Math.max(0, 1 - below * 0.8);
      if (height > edge && height > 0.06) {
        return [
          light > -0.05 ? snow : mix(snow, shade, Math.min(0.62, -light + 0.25)),
          0.96 * Math.min(1, (height - edge) * 9),
        ];
      }
      return light > 0 ? [bright, Math.min(0.7, light) * fade] : [shade, Math.min(0.6, -light) * fade];
    });
    ctx.restore();
  }
}

/** Rolling ground from the horizon to the lower edge, with what grows on it. */
export function drawField(stage: Stage): void {
  const { unit, height, horizon, noise, scene } = stage;
  const random = stage.random("field");
  const ground = groundColour(stage);
  const winter = scene.season === "winter";
  for (let layer = 0; layer < 4; layer++) {
    const near = layer / 3;
    const top = horizon + (height - horizon) * near * 0.62 - unit * 0.02;
    const offset = random.between(0, 60);
    const swell = unit * (0.03 + near * 0.05);
    const line = (x: number) =>
      top - noise.layered(x / (unit * (0.45 + near * 0.5)) + offset, layer * 3.3, 2) * swell * 2 + swell;
    const depth = 0.5 * (1 - near) ** 1.4;
    const tone = layer % 2 === 0 ? ground : mix(ground, winter ? hex("cfdcec") : hex("d7c15c"), 0.18);
    fillBelow(stage, line, height, [
      stage.lit(lighter(tone, winter ? 0.1 : 0.16), depth),
      stage.lit(darker(tone, winter ? 0.1 : 0.22), depth * 0.6),
    ]);
    if (layer < 2) {
      const count = random.whole(5, 11);
      for (let index = 0; index < count; index++) {
        const x = stage.width * random.next();
        const size = unit * (0.045 + layer * 0.05) * random.between(0.7, 1.2);
        if (random.chance(0.35))
          drawConifer(stage, x, line(x) + size * 0.06, size * 1.3, depth + 0.08, random);
        else drawTree(stage, x, line(x) + size * 0.06, size, depth + 0.08, random);
      }
    }
    if (layer >= 2 && !winter)
      drawGrass(stage, line, near, tone, random, scene.setting === "field" ? 1 : 0.5);
  }
  if (winter) drawSnowSparkle(stage);
}

function drawSnowSparkle(stage: Stage): void {
  const random = stage.random("sparkle");
  for (let index = 0; index < 90; index++) {
    const x = random.next() * stage.width;
    const y = stage.horizon + random.next() * (stage.height - stage.horizon);
    const shine = Math.max(0, stage.sway(2, random.next()));
    glow(stage.ctx, x, y, stage.unit * 0.004, [255, 255, 255], 0.3 + shine * 0.5);
  }
}

/** Trunks and crowns in four depths with light between them. */
export function drawForest(stage: Stage): void {
  const { ctx, unit, width, height, horizon, palette, scene } = stage;
  const random = stage.random("forest");
  const conifers = scene.season === "winter" || random.chance(0.55);
  for (let layer = 0; layer < 3; layer++) {
    const depth = 0.82 - layer * 0.26;
    const foot = horizon + (height - horizon) * (layer * 0.1) + unit * 0.02;
    const count = Math.round((26 - layer * 6) * (width / unit));
    for (let index = 0; index < count; index++) {
      const x = width * ((index + random.next()) / count) + stage.sway(1) * unit * 0.002 * layer;
      const size = unit * (0.24 + layer * 0.09) * random.between(0.7, 1.25);
      if (conifers ? !random.chance(0.12) : random.chance(0.25))
        drawConifer(stage, x, foot, size * 1.15, depth, random);
      else drawTree(stage, x, foot, size, depth, random);
    }
    ctx.fillStyle = vertical(stage, foot - unit * 0.12, foot + unit * 0.03, [palette.haze, palette.haze]);
    const mist = ctx.createLinearGradient(0, foot - unit * 0.2, 0, foot + unit * 0.04);
    mist.addColorStop(0, css(palette.haze, 0));
    mist.addColorStop(1, css(palette.haze, 0.5 - layer * 0.13));
    ctx.fillStyle = mist;
    ctx.fillRect(0, foot - unit * 0.2, width, unit * 0.24);
  }
  drawField(stage);
  drawLightShafts(stage);
}

/** Two tall near trees that frame the picture; drawn last. */
export function drawFrame(stage: Stage): void {
  const random = stage.random("frame");
  const { width, height, unit, scene } = stage;
  const conifer = scene.season === "winter" || random.chance(0.5);
  for (const x of [width * -0.02, width * 1.02]) {
    const size = unit * random.between(0.85, 1.15);
    if (conifer) drawConifer(stage, x, height * 1.03, size * 1.1, 0, random);
    else drawTree(stage, x, height * 1.03, size, 0, random);
  }
}

function drawLightShafts(stage: Stage): void {
  const { ctx, lamp, unit, palette } = stage;
  if (stage.scene.time === "night") return;
  const random = stage.random("shafts");
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  for (let index = 0; index < 7; index++) {
    const angle = Math.PI / 2 + random.between(-0.75, 0.75);
    const spread = random.between(0.02, 0.06);
    const reach = unit * 1.3;
    const strength = 0.1 + 0.06 * stage.sway(1, random.next());
    const beam = ctx.createRadialGradient(lamp.x, lamp.y, unit * 0.1, lamp.x, lamp.y, reach);
    beam.addColorStop(0, css(palette.glow, strength));
    beam.addColorStop(1, css(palette.glow, 0));
    ctx.fillStyle = beam;
    ctx.beginPath();
    ctx.moveTo(lamp.x, lamp.y);
    ctx.lineTo(lamp.x + Math.cos(angle - spread) * reach, lamp.y + Math.sin(angle - spread) * reach);
    ctx.lineTo(lamp.x + Math.cos(angle + spread) * reach, lamp.y + Math.sin(angle + spread) * reach);
    ctx.fill();
  }
  ctx.restore();
}

/** Dunes with a lit and a shaded side, sand ripples, far mesas. */
export function drawDesert(stage: Stage): void {
  const { ctx, unit, width, height, horizon, noise } = stage;
  const random = stage.random("desert");
  const sand = groundColour(stage);
  const side = stage.lamp.x < width / 2 ? 1 : -1;
  const mesaTop = random.between(0.05, 0.1) * unit;
  const mesaAt = random.between(0, 40);
  fillBelow(
    stage,
    (x) => {
      const tall = noise.layered(x / (unit * 0.22) + mesaAt, 3, 2);
      return horizon - (tall > 0.52 ? Math.min(1, (tall - 0.52) * 22) * mesaTop : 0) + unit * 0.01;
    },
    horizon + unit * 0.04,
    [stage.lit(hex("b0714c"), 0.45), stage.lit(hex("b0714c"), 0.7)],
  );
  for (let layer = 0; layer < 5; layer++) {
    const near = layer / 4;
    const top = horizon + (height - horizon) * near ** 1.3 * 0.72;
    const offset = random.between(0, 60);
    const wave = unit * (0.05 + near * 0.13);
    const length = unit * (0.34 + near * 0.4);
    const crest = (x: number) => {
      const place = noise.at(x / length + offset, layer * 5);
      return top - (1 - Math.abs(2 * place - 1)) * wave + wave * 0.4;
    };
    const depth = 0.45 * (1 - near);
    fillBelow(stage, crest, height, [
      stage.lit(lighter(sand, 0.22), depth),
      stage.lit(darker(sand, 0.12), depth * 0.6),
    ]);
    ctx.save();
    ctx.clip();
    const dark = stage.lit(darker(sand, 0.5), depth);
    paintField(ctx, { x: 0, y: top - wave, width, height: height - top + wave }, unit / 220, (u, v) => {
      const x = u * width;
      const y = top - wave + v * (height - top + wave);
      const below = y - crest(x);
      if (below < -2) return undefined;
      const slope = ((crest(x + 6 + below * 0.25 * side) - crest(x - 6 + below * 0.25 * side)) / 12) * side;
      const ripple =
        Math.sin(
          (below * (1 + near) + noise.at(x / (unit * 0.05), y / (unit * 0.08)) * unit * 0.03) /
            (unit * 0.0045),
        ) * 0.05;
      return [
        dark,
        Math.max(
          0,
          Math.min(0.55, slope * 1.5 + 0.08) * Math.max(0, 1 - below / (unit * 0.36)) +
            Math.max(0, ripple) * near,
        ),
      ];
    });
    ctx.restore();
  }
  if (stage.scene.unknown.length % 2 === 1 || random.chance(0.35))
    drawPalm(stage, width * random.between(0.12, 0.2), horizon + unit * 0.1, unit * 0.2, 0.3, random);
}

/** Towers in three depths with lit windows, a street in front. */
export function drawCity(stage: Stage): void {
  const { ctx, unit, width, height, horizon, palette, scene } = stage;
  const random = stage.random("city");
  const litShare = scene.time === "day" || scene.time === "dawn" ? 0.08 : scene.time === "night" ? 0.5 : 0.36;
  for (let layer = 0; layer < 3; layer++) {
    const depth = 0.7 - layer * 0.3;
    let x = -unit * 0.05 * random.next();
    const foot = horizon + unit * 0.015 * layer;
    while (x < width) {
      const wide = unit * random.between(0.06, 0.13) * (0.8 + layer * 0.25);
      const tall = unit * random.between(0.14, 0.42) * (layer === 2 ? 0.62 : 1 - layer * 0.1);
      const body = stage.lit(mix(hex("7c8296"), random.pick(palette.accents), 0.18), depth);
      const face = ctx.createLinearGradient(x, 0, x + wide, 0);
      face.addColorStop(0, css(lighter(body, 0.1)));
      face.addColorStop(0.7, css(body));
      face.addColorStop(1, css(darker(body, 0.3)));
      ctx.fillStyle = face;
      ctx.fillRect(x, foot - tall, wide, tall + 2);
      if (random.chance(0.3))
        ctx.fillRect(x + wide * 0.3, foot - tall - unit * 0.03, wide * 0.4, unit * 0.032);
      if (random.chance(0.22))
        ctx.fillRect(x + wide * 0.48, foot - tall - unit * 0.07, unit * 0.003, unit * 0.072);
      const pane = unit * (0.0065 + layer * 0.0018);
      for (let windowY = foot - tall + pane * 1.6; windowY < foot - pane * 2; windowY += pane * 2.3) {
        for (let windowX = x + pane; windowX < x + wide - pane * 1.4; windowX += pane * 2.1) {
          const on = random.chance(litShare);
          const flicker = random.next();
          if (on) {
            ctx.fillStyle = css(
              mix([255, 214, 130], random.pick(palette.accents), random.chance(0.15) ? 0.7 : 0.05),
              (0.95 - depth * 0.7) * (flicker > 0.97 ? 0.6 + 0.4 * stage.sway(2, flicker) : 1),
            );
            ctx.fillRect(windowX, windowY, pane, pane * 1.25);
          } else if (depth < 0.5) {
            ctx.fillStyle = css(darker(body, 0.22), 0.7);
            ctx.fillRect(windowX, windowY, pane, pane * 1.25);
          }
        }
      }
      x += wide + unit * random.between(-0.004, 0.012);
    }
    if (palette.isDark)
      glow(ctx, width / 2, foot, width * 0.6, mix(palette.glow, [255, 180, 110], 0.5), 0.12);
  }
  drawStreet(stage);
  ctx.fillStyle = css(palette.haze, 0.06);
  ctx.fillRect(0, horizon - unit * 0.1, width, height - horizon);
}

function drawStreet(stage: Stage): void {
  const { ctx, unit, width, height, horizon, palette, scene } = stage;
  const road = stage.lit(scene.season === "winter" ? hex("c9d2de") : hex("5b5d6b"));
  ctx.fillStyle = vertical(stage, horizon, height, [
    stage.lit(hex("777986"), 0.25),
    road,
    darker(road, 0.35),
  ]);
  ctx.fillRect(0, horizon + unit * 0.02, width, height - horizon);
  const wet = scene.weather.has("rain") || scene.time === "night";
  const random = stage.random("street");
  if (wet) {
    ctx.save();
    ctx.globalCompositeOperation = "screen";
    for (let index = 0; index < 34; index++) {
      const x = width * random.next();
      const colour = mix([255, 205, 120], random.pick(palette.accents), random.next());
      const tall = unit * random.between(0.08, 0.26);
      const streak = ctx.createLinearGradient(0, horizon + unit * 0.02, 0, horizon + tall);
      streak.addColorStop(0, css(colour, 0.34));
      streak.addColorStop(1, css(colour, 0));
      ctx.fillStyle = streak;
      ctx.fillRect(
        x + stage.sway(2, random.next()) * unit * 0.002,
        horizon + unit * 0.02,
        unit * random.between(0.004, 0.018),
        tall,
      );
    }
    ctx.restore();
  }
  ctx.fillStyle = css(stage.lit([246, 236, 200]), 0.75);
  for (let index = 0; index < 6; index++) {
    const near = (index / 6) ** 1.6;
    const y = horizon + unit * 0.05 + (height - horizon) * near * 0.95;
    const wide = unit * (0.006 + near * 0.03);
    ctx.fillRect(width / 2 - wide / 2, y, wide, unit * (0.015 + near * 0.07));
  }
}

/** A wall with a window's light on it and a table in front. */
export function drawRoom(stage: Stage): void {
  const { ctx, unit, width, height, horizon, palette } = stage;
  const wall = ctx.createRadialGradient(
    stage.lamp.x,
    horizon * 0.4,
    0,
    stage.lamp.x,
    horizon * 0.4,
    Math.max(width, height) * 0.9,
  );
  wall.addColorStop(0, css(palette.sky[3]));
  wall.addColorStop(0.45, css(palette.sky[2]));
  wall.addColorStop(1, css(palette.sky[0]));
  ctx.fillStyle = wall;
  ctx.fillRect(0, 0, width, height);
  ctx.save();
  ctx.globalAlpha = 0.34;
  ctx.fillStyle = css(palette.sun);
  const left = stage.lamp.x < width / 2;
  for (let pane = 0; pane < 4; pane++) {
    const x = width * (left ? 0.46 : 0.16) + (pane % 2) * unit * 0.18;
    const y = horizon * 0.16 + Math.floor(pane / 2) * unit * 0.2;
    const lean = unit * 0.05 * (left ? 1 : -1);
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + unit * 0.16, y + lean * 0.4);
    ctx.lineTo(x + unit * 0.16 + lean * 0.3, y + unit * 0.18 + lean * 0.4);
    ctx.lineTo(x + lean * 0.3, y + unit * 0.18);
    ctx.fill();
  }
  ctx.restore();
  const edge = horizon + unit * 0.02;
  const wood = hex("9a6b45");
  ctx.fillStyle = vertical(stage, edge, height, [
    stage.lit(lighter(wood, 0.22)),
    stage.lit(wood),
    stage.lit(darker(wood, 0.4)),
  ]);
  ctx.fillRect(0, edge, width, height - edge);
  paintField(ctx, { x: 0, y: edge, width, height: height - edge }, unit / 260, (x, y) => {
    const grain = stage.noise.ridged(x * 2.2, (y + 0.2) * 26, 3);
    return grain > 0.5 ? [stage.lit(darker(wood, 0.6)), (grain - 0.5) * 0.55] : undefined;
  });
  ctx.fillStyle = css([255, 240, 215], 0.5);
  ctx.fillRect(0, edge, width, unit * 0.004);
}

import { createCanvas } from "@napi-rs/canvas";
import type { Brush, Sprite } from "./brush.ts";
import { css, mix } from "./colour.ts";
import { ANIMALS } from "./draw-animals.ts";
import { BUILDINGS } from "./draw-buildings.ts";
import { FIGURES } from "./draw-figures.ts";
import { THINGS } from "./draw-things.ts";
import { VEHICLES } from "./draw-vehicles.ts";
import { WINGS_AND_FINS } from "./draw-wings-fins.ts";
import type { Subject } from "./scene.ts";
import type { Stage } from "./stage.ts";
import type { SubjectId } from "./vocabulary.ts";

const SPRITES: Readonly<Record<SubjectId, Sprite>> = {
  ...ANIMALS,
  ...WINGS_AND_FINS,
  ...FIGURES,
  ...BUILDINGS,
  ...VEHICLES,
  ...THINGS,
};

/** Where it stands and how tall it is as a share of the shorter side, alone in the picture. */
type Place = readonly [at: "near" | "middle" | "far" | "air" | "water" | "deep", share: number];

const PLACES: Readonly<Record<SubjectId, Place>> = {
  fox: ["near", 0.42],
  cat: ["near", 0.38],
  dog: ["near", 0.4],
  wolf: ["near", 0.44],
  bear: ["near", 0.5],
  panda: ["near", 0.46],
  rabbit: ["near", 0.32],
  tiger: ["near", 0.46],
  owl: ["near", 0.38],
  bird: ["air", 0.22],
  penguin: ["near", 0.36],
  fish: ["deep", 0.26],
  whale: ["water", 0.32],
  jellyfish: ["deep", 0.36],
  horse: ["near", 0.44],
  deer: ["near", 0.42],
  elephant: ["near", 0.48],
  butterfly: ["air", 0.22],
  dragon: ["air", 0.34],
  robot: ["near", 0.46],
  person: ["near", 0.4],
  couple: ["near", 0.4],
  astronaut: ["near", 0.44],
  snowman: ["near", 0.42],
  house: ["middle", 0.34],
  castle: ["far", 0.42],
  lighthouse: ["far", 0.5],
  windmill: ["middle", 0.42],
  bridge: ["far", 0.32],
  tent: ["near", 0.28],
  boat: ["water", 0.34],
  rocket: ["air", 0.46],
  car: ["near", 0.27],
  train: ["middle", 0.24],
  balloon: ["air", 0.3],
  plane: ["air", 0.24],
  ufo: ["air", 0.26],
  tree: ["middle", 0.5],
  flower: ["near", 0.4],
  mushroom: ["near", 0.3],
  cactus: ["near", 0.38],
  fruit: ["near", 0.3],
  cake: ["near", 0.4],
  pizza: ["near", 0.36],
  cup: ["near", 0.36],
  icecream: ["near", 0.42],
  bottle: ["near", 0.46],
  book: ["near", 0.3],
  heart: ["air", 0.3],
};

interface Standing {
  readonly subject: Subject;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly depth: number;
  readonly grounded: boolean;
  readonly flip: boolean;
  readonly label: string;
}

/** Paints all subjects, the far ones first. */
export function drawSubjects(stage: Stage): void {
  const standing = stage.scene.subjects.flatMap((subject, index) => arrange(stage, subject, index));
  standing.sort((one, other) => one.y * (one.grounded ? 1 : 0.5) - other.y * (other.grounded ? 1 : 0.5));
  for (const item of standing) drawSubject(stage, item);
}

function arrange(stage: Stage, subject: Subject, index: number): Standing[] {
  const { width, height, horizon, unit, scene } = stage;
  const random = stage.random(`place ${subject.id}`);
  const [named, share] = PLACES[subject.id];
  const wet = scene.setting === "sea" || scene.setting === "lake";
  const floating = scene.setting === "space" || scene.setting === "underwater";
  const landed = named === "deep" && wet ? "water" : named === "water" && !wet ? "near" : named;
  const at = floating
    ? scene.setting === "space" && (named === "far" || named === "middle")
      ? "near"
      : "deep"
    : landed;
  const alone = scene.subjects.length === 1;
  const list: Standing[] = [];
  for (let copy = 0; copy < subject.count; copy++) {
    const order = copy === 0 ? 0 : Math.ceil(copy / 2) * (copy % 2 ? 1 : -1);
    const shrink =
      (index === 0 ? 1 : 0.8) * (subject.count > 1 ? (copy === 0 ? 0.86 : random.between(0.55, 0.74)) : 1);
    const first = alone ? random.between(0.4, 0.6) : index === 0 ? 0.36 : index === 1 ? 0.7 : 0.14;
    const opposite = stage.lamp.x > width / 2 ? 0.34 : 0.66;
    const centre = alone && (at === "far" || at === "water") ? opposite : first;
    const size = unit * share * shrink;
    const reach = (size * (at === "air" || at === "deep" || at === "water" ? 0.95 : 0.5)) / width;
    const margin = Math.min(0.42, reach);
    const x =
      width *
      Math.min(
        1 - margin,
        Math.max(margin, centre + order * (0.74 / Math.max(2, subject.count)) * random.between(0.85, 1.1)),
      );
    const ground = height - horizon;
    const lower = copy === 0 ? 0 : -0.16 * Math.abs(order);
    const drift = stage.sway(1, index * 0.3 + copy * 0.21);
    const wander = unit * 0.02 * stage.sway(1, index * 0.2);
    const base = {
      subject,
      flip: random.chance(at === "air" || at === "deep" ? 0.35 : 0.4),
      label: `${subject.id} ${copy}`,
      depth: 0,
    };
    switch (at) {
      case "near":
        list.push({
          ...base,
          x,
          y:
            horizon +
            ground * Math.min(0.94, 0.72 + lower + random.between(-0.04, 0.04)) +
            (scene.setting === "room" ? ground * 0.02 : 0),
          size,
          grounded: true,
        });
        break;
      case "middle":
        list.push({
          ...base,
          x,
          y: horizon + ground * (0.3 + lower * 0.6),
          size,
          depth: 0.06,
          grounded: true,
        });
        break;
      case "far":
        list.push({
          ...base,
          x,
          y: horizon + (wet ? unit * 0.02 : ground * 0.12) + (subject.id === "bridge" ? unit * 0.03 : 0),
          size,
          depth: 0.12,
          grounded: false,
        });
        break;
      case "air":
        list.push({
          ...base,
          x: x + wander,
          y:
            Math.min(horizon * random.between(0.62, 0.8), height * 0.62) +
            drift * unit * 0.01 -
            lower * unit * 0.6 * (copy % 2 ? 1 : -1),
          size,
          grounded: false,
        });
        break;
      case "water":
        list.push({
          ...base,
          x: x + wander * 0.6,
          y: horizon + ground * (0.34 + lower * 0.7) + drift * unit * 0.006,
          size,
          grounded: false,
        });
        break;
      case "deep":
        list.push({
          ...base,
          x: x + wander * 1.4,
          y:
            height * random.between(0.58, 0.7) +
            lower * height * 1.2 +
            drift * unit * 0.018 +
            (copy % 2 ? unit * 0.12 : 0),
          size,
          depth: copy * 0.07,
          grounded: false,
        });
    }
  }
  return list;
}

/**
 * One subject: drawn on a sheet of its own, then lit as a whole (light of the hour, a bright edge towards
 * the lamp, haze by depth), then set down with its shadow.
 */
function drawSubject(stage: Stage, item: Standing): void {
  const { ctx, palette, unit } = stage;
  const { size } = item;
  const half = size * 1.7;
  const above = size * 1.5;
  const below = size * 0.75;
  const sheetWidth = Math.ceil(half * 2);
  const sheetHeight = Math.ceil(above + below);
  const sheet = createCanvas(sheetWidth, sheetHeight);
  const sheetContext = sheet.getContext("2d");
  sheetContext.save();
  sheetContext.translate(half, above);
  sheetContext.scale(item.flip ? -size : size, size);
  const brush: Brush = {
    ctx: sheetContext,
    colour: item.subject.colour,
    accents: palette.accents,
    random: stage.random(item.label),
    isDark: palette.isDark,
    sway: (turns, phase = 0) => stage.sway(turns, phase + item.x / stage.width),
  };
  SPRITES[item.subject.id](brush);
  sheetContext.restore();

  sheetContext.globalCompositeOperation = "source-atop";
  const strength = palette.isDark ? 0.36 : 0.24;
  sheetContext.fillStyle = css(mix(palette.haze, palette.sky[1], 0.4), strength * 0.55 + item.depth);
  sheetContext.fillRect(0, 0, sheetWidth, sheetHeight);
  const fromLeft = stage.lamp.x < item.x;
  const warm = sheetContext.createLinearGradient(
    fromLeft ? half - size * 0.5 : half + size * 0.5,
    above - size,
    fromLeft ? half + size * 0.5 : half - size * 0.5,
    above,
  );
  warm.addColorStop(0, css(palette.glow, 0.34));
  warm.addColorStop(0.5, css(palette.glow, 0));
  warm.addColorStop(1, css(mix(palette.sky[0], [10, 10, 40], 0.5), strength));
  sheetContext.fillStyle = warm;
  sheetContext.fillRect(0, 0, sheetWidth, sheetHeight);

  if (item.grounded) {
    const shade = ctx.createRadialGradient(0, 0, 0, 0, 0, size * 0.6);
    shade.addColorStop(0, css(mix(palette.sky[0], [8, 8, 24], 0.65), 0.5));
    shade.addColorStop(1, css(mix(palette.sky[0], [8, 8, 24], 0.65), 0));
    ctx.save();
    ctx.translate(item.x + (fromLeft ? 1 : -1) * size * 0.14, item.y);
    ctx.scale(1, 0.16);
    ctx.fillStyle = shade;
    ctx.fillRect(-size, -size, size * 2, size * 2);
    ctx.restore();
  }
  const floats = stage.scene.setting === "sea" || stage.scene.setting === "lake";
  if (floats && PLACES[item.subject.id][0] !== "air" && !item.grounded) {
    ctx.save();
    ctx.globalAlpha = 0.3;
    ctx.beginPath();
    ctx.rect(0, item.y, stage.width, unit * 0.24);
    ctx.clip();
    ctx.translate(item.x - half, item.y + above * 0.55);
    ctx.scale(1, -0.55);
    ctx.drawImage(sheet, stage.sway(2) * unit * 0.003, 0);
    ctx.restore();
  }
  ctx.drawImage(sheet, item.x - half, item.y - above);
}

import { hex, mix, type Rgb, saturated, tinted } from "./colour.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";
import type { Time } from "./vocabulary.ts";

export interface Palette {
  /** From the top of the picture down to the horizon. */
  readonly sky: readonly [Rgb, Rgb, Rgb, Rgb];
  readonly sun: Rgb;
  readonly glow: Rgb;
  readonly cloud: Rgb;
  readonly cloudShade: Rgb;
  /** The light that falls on everything; white changes nothing. */
  readonly light: Rgb;
  /** What far things fade into. */
  readonly haze: Rgb;
  readonly water: Rgb;
  /** Flowers, sails, roofs, lamps. */
  readonly accents: readonly [Rgb, Rgb, Rgb, Rgb];
  readonly isDark: boolean;
}

/** sky top to horizon · sun · glow · cloud · its shade · light · haze · water */
const ROWS: Readonly<
  Record<Time | "space" | "underwater" | "room" | "gloom", readonly [string, ...string[]]>
> = {
  day: [
    "2f7fd1 5ea9e6 9fd3f2 e4f3f4 fffbe0 fff3c4 ffffff c3d6e6 ffffff cfe6ee 2b84ad",
    "3a8fc8 74bede b9e2e6 f6f1dc fff6d2 ffe9b0 ffffff cfdbe0 fffaf0 dcebe6 2f95a3",
    "4a74c9 7fa5e6 b5cdf4 f3ecf5 fffaf0 ffe8d8 ffffff c9cfe8 fdf8ff d8dff2 3a78b8",
  ],
  dawn: [
    "4a6fae 8fa0cf f0b7b5 ffe2b8 fff0c9 ffc49a ffe9dd b79cbc ffe4d6 f6cdbf 5f86b0",
    "536aa8 a894c6 f5b3a2 ffe7a9 fff2cd ffb88c fff0e0 b491a8 ffe2cf f4cdb0 6b84a4",
  ],
  sunset: [
    "2e2f6e 8b4a86 ec7156 ffc566 fff0b0 ff9a4d ffb98a 7b4a77 ffcfae ea9a72 6b4a78",
    "233a70 7a5c96 ef8a7a ffd48a fff3c2 ff8b66 ffc6a6 80557f ffd6bc eda68e 586092",
    "5a2344 b33a4e f0763b ffd05e fff5bd ff8434 ffb27a 7d3350 ffc9a0 e08a55 7c3f58",
  ],
  dusk: [
    "141d4c 34407f 7f6aa6 e5a7a6 fff0dc d99ac0 a39ac8 4a4a80 a9a8dc 8d82b4 34427c",
    "10264a 2b4f7d 6b84ab eebf9c fff0dc f0b090 9fb0cc 43587f a9b8dc 8a98b4 2b4f74",
  ],
  night: [
    "060a24 0e1a47 1e3369 3f5b8e f6f3dd 9db7ef 5a6c9e 1a2550 7488c4 2f4676 142a58",
    "0a0a26 1a1748 372b6e 6a4f8c fbf2dc c0a8f0 6a62a0 231f50 7f7cc4 43407c 1f2458",
    "04151f 0a2f40 175463 3f8789 f4f7de 9fe6d8 5f9099 143b4a 76aab4 2c6470 0e3d4c",
  ],
  space: [
    "05050f 0a0a24 151137 251a4d fff3d6 a57bff 7a5ad0 28185a b3b4e6 2a2158 151137",
    "03080f 071a2b 0b2d42 124458 f7ffe9 58d9e0 3f9fb4 0c3044 b0d0dc 14384a 0b2d42",
    "0a040d 220a25 3f1238 6b2247 fff0d0 ff7f96 d05a80 3d1236 e0b4c4 481a40 3f1238",
  ],
  underwater: [
    "7fdbe0 2fa3c4 13618f 0a2f5c e9fffb 9ff0ea bfeef0 2b7f9f a9dcec 1a6d9a 13618f",
    "8fe6c9 36b1a4 14727f 0b3a55 f2ffe9 b6f7d4 c9f4e4 2f8f8a b4e8dc 1d7f86 14727f",
  ],
  room: [
    "b48a6a cfa883 e2c39d efd9b4 fff3cf ffd99a fff6e6 c9a581 fff0dc e3c7a4 8aa7b0",
    "5f7f86 86a5a4 b0c6bb d9dfcb fff6da ffe7b4 f6f6ec a0b3a8 fbf6e6 c2cfc0 7f9fa8",
    "8b5d66 b5848a d7adab eed0c6 fff2da ffd0b0 fff0ea b98b8f fff0ea d9b6b0 94a2b8",
  ],
  gloom: ["3b444f 5f6b76 8a959c b9bfbf e8e6da c5c9c6 aab3b8 4e5861 c3ccd4 8e999f 4b6270"],
};

const ACCENTS: readonly [string, ...string[]] = [
  "e4572e f2a541 2e9e8f 38598b",
  "d7263d f4b942 1b998b 6a4c93",
  "ef6f6c f7c59f 56a3a6 465775",
  "e0607e f6d186 77ba99 4062bb",
];

function row(text: string): Rgb[] {
  return text.split(" ").map(hex);
}

/** Colours for a scene: the time of day gives the base, then weather, named colours and mood bend it. */
export function choosePalette(scene: Scene, random: Random): Palette {
  const base =
    scene.setting === "space" || scene.setting === "underwater" || scene.setting === "room"
      ? scene.setting
      : (scene.weather.has("storm") || scene.weather.has("rain")) && scene.time === "day"
        ? "gloom"
        : scene.time;
  const tint = scene.tint;
  const warmth: Rgb | undefined = scene.mood.has("warm")
    ? [255, 170, 90]
    : scene.mood.has("cold")
      ? [90, 160, 255]
      : undefined;
  const vivid = scene.mood.has("happy")
    ? 1.25
    : scene.mood.has("calm")
      ? 0.88
      : scene.mood.has("dark")
        ? 0.72
        : 1.06;
  const dim = scene.mood.has("dark") ? 0.62 : 1;
  const shape = (colour: Rgb): Rgb => {
    let result = saturated(colour, vivid);
    if (tint) result = tinted(result, tint, 0.34);
    if (warmth) result = tinted(result, warmth, 0.16);
    if (scene.mood.has("dreamy")) result = mix(result, [236, 180, 240], 0.12);
    return mix([8, 8, 22], result, dim);
  };
  const colours = row(random.pick(ROWS[base])).map(shape);
  const accents = row(random.pick(ACCENTS));
  const white: Rgb = [255, 255, 255];
  const colour = (index: number): Rgb => colours[index] ?? white;
  const accent = (index: number): Rgb => accents[index] ?? white;
  return {
    sky: [colour(0), colour(1), colour(2), colour(3)],
    sun: colour(4),
    glow: colour(5),
    cloud: colour(6),
    cloudShade: colour(7),
    light: colour(8),
    haze: colour(9),
    water: colour(10),
    accents: [tint ?? accent(0), accent(1), accent(2), accent(3)],
    isDark: base === "night" || base === "space" || base === "dusk" || scene.mood.has("dark"),
  };
}

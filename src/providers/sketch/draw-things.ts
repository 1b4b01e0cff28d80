// biome-ignore-all format: outlines read best as pairs of coordinates in a row
import { type Brush, box, dot, round, type Sprite, shape, stroke } from "./brush.ts";
import { css, darker, hex, lighter } from "./colour.ts";

const tree: Sprite = (brush) => {
  const leaf = brush.colour ?? hex("6a9a4c");
  shape(brush, [
    [-0.08, 0], [-0.05, -0.3], [-0.16, -0.5], [-0.03, -0.42], [0.02, -0.6], [0.05, -0.42], [0.18, -0.52],
    [0.06, -0.3], [0.1, 0],
  ], "6b4a35");
  const { random } = brush;
  for (let pass = 0; pass < 3; pass++) {
    const tint = pass === 0 ? darker(leaf, 0.4) : pass === 1 ? leaf : lighter(leaf, 0.3);
    for (let dab = 0; dab < 90; dab++) {
      const angle = random.next() * 6.283;
      const reach = Math.sqrt(random.next()) * (pass === 2 ? 0.3 : 0.4);
      const drift = brush.sway(1, random.next()) * 0.006;
      dot(
        brush,
        Math.cos(angle) * reach * 1.1 + drift - (pass === 2 ? 0.06 : 0),
        -0.68 + Math.sin(angle) * reach * 0.78 - (pass === 2 ? 0.06 : 0),
        random.between(0.02, 0.065),
        random.between(0.02, 0.055),
        tint,
        0.85,
        angle,
      );
    }
  }
};

const flower: Sprite = (brush) => {
  const petal = brush.colour ?? brush.accents[0];
  const bend = brush.sway(1) * 0.03;
  stroke(brush, [[0, 0.02], [0.03, -0.3], [bend, -0.62]], 0.035, "4a8048");
  shape(brush, [[0.02, -0.22], [0.2, -0.36], [0.32, -0.34], [0.16, -0.2]], "5a9450");
  shape(brush, [[0.02, -0.12], [-0.16, -0.28], [-0.3, -0.26], [-0.14, -0.1]], "4d8747");
  for (let ring = 0; ring < 2; ring++) {
    const count = ring === 0 ? 11 : 9;
    for (let index = 0; index < count; index++) {
      const angle = (index / count) * 6.283 + ring * 0.3;
      const reach = ring === 0 ? 0.21 : 0.15;
      round(
        brush,
        bend + Math.cos(angle) * reach,
        -0.72 + Math.sin(angle) * reach,
        0.12 - ring * 0.03,
        0.055,
        ring === 0 ? darker(petal, 0.12) : lighter(petal, 0.18),
        angle,
      );
    }
  }
  round(brush, bend, -0.72, 0.1, 0.1, "e3a93a");
  for (let seed = 0; seed < 24; seed++) {
    const angle = seed * 2.4;
    dot(
      brush,
      bend + Math.cos(angle) * Math.sqrt(seed) * 0.017,
      -0.72 + Math.sin(angle) * Math.sqrt(seed) * 0.017,
      0.009,
      0.009,
      "8a5a24",
    );
  }
};

const mushroom: Sprite = (brush) => {
  const cap = brush.colour ?? hex("d1402f");
  const one = (x: number, size: number) => {
    const { ctx } = brush;
    ctx.save();
    ctx.translate(x, 0);
    ctx.scale(size, size);
    shape(
      brush,
      [[-0.1, 0.02], [-0.08, -0.3], [-0.1, -0.52], [0.1, -0.52], [0.08, -0.3], [0.12, 0.02]],
      "f3ead8",
    );
    shape(brush, [[-0.15, -0.46], [0, -0.4], [0.15, -0.46], [0.1, -0.52], [-0.1, -0.52]], "d9ccb4");
    shape(brush, [
      [0, -0.98], [-0.3, -0.88], [-0.46, -0.52], [-0.3, -0.46], [0, -0.5], [0.3, -0.46], [0.46, -0.52],
      [0.3, -0.88],
    ], cap);
    for (const [spotX, spotY, radius] of [
      [-0.2, -0.66, 0.06], [0.02, -0.84, 0.07], [0.22, -0.64, 0.055], [0.04, -0.6, 0.045],
      [-0.14, -0.85, 0.035], [0.2, -0.83, 0.032],
    ] as const) {
      dot(brush, spotX, spotY, radius, radius * 0.8, "fdf6ea");
    }
    ctx.restore();
  };
  one(0.34, 0.56);
  one(-0.34, 0.44);
  one(0, 1);
};

const cactus: Sprite = (brush) => {
  const green = brush.colour ?? hex("4f9160");
  stroke(brush, [[0, -0.42], [-0.26, -0.44], [-0.28, -0.72]], 0.13, darker(green, 0.12));
  stroke(brush, [[0, -0.28], [0.26, -0.3], [0.28, -0.58]], 0.13, darker(green, 0.06));
  stroke(brush, [[0, 0], [0, -0.5], [0, -0.9]], 0.22, green);
  for (const x of [-0.06, 0, 0.06])
    stroke(brush, [[x, 0], [x, -0.9]], 0.01, lighter(green, 0.35), 0.7);
  for (let petal = 0; petal < 5; petal++)
    dot(
      brush,
      Math.cos(petal * 1.256) * 0.045,
      -1.02 + Math.sin(petal * 1.256) * 0.035,
      0.035,
      0.03,
      "f07aa0",
    );
  dot(brush, 0, -1.02, 0.022, 0.02, "ffe08a");
};

const fruit: Sprite = (brush) => {
  const apple = (x: number, size: number, skin: string | ReturnType<typeof hex>) => {
    const { ctx } = brush;
    ctx.save();
    ctx.translate(x, 0);
    ctx.scale(size, size);
    round(brush, -0.1, -0.32, 0.26, 0.32, skin);
    round(brush, 0.1, -0.32, 0.26, 0.32, skin);
    dot(brush, 0, -0.6, 0.09, 0.03, "3a2418", 0.35);
    stroke(brush, [[0, -0.6], [0.03, -0.7], [0.08, -0.76]], 0.03, "5b3b24");
    shape(brush, [[0.04, -0.66], [0.16, -0.82], [0.32, -0.8], [0.2, -0.64]], "6ba04a");
    dot(brush, -0.18, -0.46, 0.055, 0.09, "ffffff", 0.5, 0.4);
    ctx.restore();
  };
  apple(0.5, 0.8, brush.accents[1]);
  apple(-0.5, 0.78, "8fae3f");
  apple(0, 1.05, brush.colour ?? hex("c93a34"));
};

const cake: Sprite = (brush) => {
  const cream = brush.colour ?? hex("f4b6c2");
  dot(brush, 0, 0, 0.6, 0.06, "f2f0ec");
  box(brush, -0.45, -0.34, 0.9, 0.34, "d9a066", 0.05);
  box(brush, -0.45, -0.22, 0.9, 0.05, "fdf3e2");
  box(brush, -0.34, -0.6, 0.68, 0.28, "b9764a", 0.05);
  box(brush, -0.34, -0.48, 0.68, 0.045, "fdf3e2");
  const drip = (y: number, half: number) => {
    shape(
      brush,
      [[-half, y - 0.05], [half, y - 0.05], [half + 0.02, y + 0.05], [-half - 0.02, y + 0.05]],
      cream,
    );
    for (let index = 0; index < 8; index++)
      round(
        brush,
        -half + (index + 0.5) * ((half * 2) / 8),
        y + 0.05,
        half / 9,
        0.05 + (index % 3) * 0.025,
        cream,
      );
  };
  drip(-0.35, 0.45);
  drip(-0.61, 0.34);
  for (let berry = 0; berry < 5; berry++) round(brush, -0.26 + berry * 0.13, -0.68, 0.042, 0.042, "d1343c");
  for (let candle = 0; candle < 3; candle++) {
    const x = -0.16 + candle * 0.16;
    box(brush, x - 0.014, -0.88, 0.028, 0.18, brush.accents[candle === 0 ? 1 : candle === 1 ? 2 : 3]);
    dot(brush, x, -0.92, 0.06, 0.07, "ffd27a", 0.3);
    shape(
      brush,
      [[x - 0.022, -0.9], [x + brush.sway(3, candle / 3) * 0.01, -0.99], [x + 0.022, -0.9], [x, -0.88]],
      "ffb43a",
    );
  }
};

const pizza: Sprite = (brush) => {
  dot(brush, 0, -0.16, 0.85, 0.2, "f3f1ed");
  round(brush, 0, -0.22, 0.74, 0.2, "d99a4e");
  round(brush, 0, -0.24, 0.64, 0.165, "f6c754");
  const { random } = brush;
  for (let index = 0; index < 16; index++) {
    const angle = index * 2.4;
    const reach = Math.sqrt(index / 16);
    const x = Math.cos(angle) * reach * 0.55;
    const y = -0.24 + Math.sin(angle) * reach * 0.13;
    if (index % 3 === 0)
      shape(brush, [[x - 0.06, y], [x, y - 0.03], [x + 0.06, y], [x, y + 0.02]], "4f8f45");
    else round(brush, x, y, 0.075, 0.025, index % 3 === 1 ? "c93f30" : "fdf3d8");
  }
  for (let steam = 0; steam < 3; steam++)
    stroke(
      brush,
      [[-0.2 + steam * 0.2, -0.45], [-0.25 + steam * 0.2 + brush.sway(1, random.next()) * 0.06, -0.62], [-0.16 + steam * 0.2, -0.8]],
      0.03,
      "ffffff",
      0.3,
    );
};

const cup: Sprite = (brush) => {
  const clay = brush.colour ?? brush.accents[2];
  dot(brush, 0, -0.02, 0.5, 0.07, lighter(clay, 0.55));
  dot(brush, 0, -0.03, 0.4, 0.045, lighter(clay, 0.35));
  const { ctx } = brush;
  ctx.strokeStyle = css(darker(clay, 0.1));
  ctx.lineWidth = 0.06;
  ctx.beginPath();
  ctx.ellipse(0.32, -0.32, 0.14, 0.13, 0, 0, 7);
  ctx.stroke();
  shape(
    brush,
    [[-0.34, -0.54], [-0.33, -0.3], [-0.22, -0.03], [0.22, -0.03], [0.33, -0.3], [0.34, -0.54]],
    clay,
  );
  dot(brush, 0, -0.52, 0.325, 0.08, lighter(clay, 0.5));
  dot(brush, 0, -0.515, 0.29, 0.062, "5b3623");
  shape(
    brush,
    [[0, -0.475], [-0.12, -0.535], [-0.04, -0.55], [0, -0.53], [0.04, -0.55], [0.12, -0.535]],
    "f0dcc0",
  );
  for (let steam = 0; steam < 3; steam++) {
    const x = -0.14 + steam * 0.14;
    const wave = brush.sway(1, steam / 3) * 0.06;
    stroke(
      brush,
      [[x, -0.58], [x - 0.06 + wave, -0.72], [x + 0.06 - wave, -0.86], [x + wave, -1]],
      0.035,
      "ffffff",
      0.36,
    );
  }
};

const icecream: Sprite = (brush) => {
  shape(brush, [[-0.2, -0.44], [0.2, -0.44], [0.02, 0.02], [-0.02, 0.02]], "d9a05a", false);
  for (let line = 0; line < 5; line++) {
    stroke(
      brush,
      [[-0.16 + line * 0.07, -0.42], [0.02 + line * 0.012, -0.12 - line * 0.05]],
      0.01,
      "a8702f",
      0.7,
    );
    stroke(
      brush,
      [[0.16 - line * 0.07, -0.42], [-0.02 - line * 0.012, -0.12 - line * 0.05]],
      0.01,
      "a8702f",
      0.7,
    );
  }
  round(brush, -0.12, -0.54, 0.17, 0.16, brush.colour ?? hex("f5b5c8"));
  round(brush, 0.12, -0.54, 0.17, 0.16, "f7e6b5");
  round(brush, 0, -0.74, 0.18, 0.17, "9a6a4a");
  for (let sprinkle = 0; sprinkle < 14; sprinkle++)
    dot(
      brush,
      brush.random.between(-0.2, 0.2),
      brush.random.between(-0.84, -0.52),
      0.018,
      0.007,
      brush.random.pick(brush.accents),
      1,
      brush.random.next() * 6,
    );
  round(brush, 0, -0.92, 0.055, 0.055, "c92f3a");
  stroke(brush, [[0, -0.96], [0.03, -1.03], [0.08, -1.06]], 0.012, "4a6a35");
};

const bottle: Sprite = (brush) => {
  const glass = brush.colour ?? hex("3f7a5c");
  shape(brush, [
    [-0.17, 0], [-0.18, -0.5], [-0.07, -0.66], [-0.065, -0.94], [0.065, -0.94], [0.07, -0.66],
    [0.18, -0.5], [0.17, 0],
  ], glass);
  box(brush, -0.07, -1, 0.14, 0.08, "a8784a", 0.02);
  box(brush, -0.16, -0.4, 0.32, 0.24, "f4ead2", 0.02);
  stroke(brush, [[-0.1, -0.32], [0.1, -0.32]], 0.014, brush.accents[0]);
  stroke(brush, [[-0.08, -0.25], [0.08, -0.25]], 0.009, "8a7a60");
  stroke(brush, [[-0.12, -0.06], [-0.125, -0.48]], 0.028, "ffffff", 0.4);
  for (let grape = 0; grape < 9; grape++)
    round(brush, 0.3 + (grape % 3) * 0.075, -0.05 - Math.floor(grape / 3) * 0.065, 0.045, 0.045, "6f3f7a");
};

const book: Sprite = (brush) => {
  const volume = (y: number, width: number, tint: string | ReturnType<typeof hex>) => {
    box(brush, -width / 2, y - 0.13, width, 0.13, tint, 0.015);
    box(brush, -width / 2 + 0.03, y - 0.105, width - 0.05, 0.08, "f7efdc");
    box(brush, -width / 2, y - 0.13, 0.07, 0.13, tint, 0.015);
  };
  volume(0, 1, brush.accents[3]);
  volume(-0.13, 0.86, brush.accents[2]);
  volume(-0.26, 0.92, brush.accents[0]);
  const cover = brush.colour ?? brush.accents[1];
  shape(
    brush,
    [[-0.5, -0.5], [0, -0.4], [0.5, -0.5], [0.46, -0.8], [0, -0.7], [-0.46, -0.8]],
    darker(cover, 0.2),
    false,
  );
  shape(
    brush,
    [[0, -0.43], [-0.16, -0.52], [-0.46, -0.53], [-0.43, -0.83], [-0.14, -0.8], [0, -0.72]],
    "fbf5e6",
  );
  shape(brush, [[0, -0.43], [0.16, -0.52], [0.46, -0.53], [0.43, -0.83], [0.14, -0.8], [0, -0.72]], "f3ead5");
  for (let line = 0; line < 4; line++) {
    for (const side of [-1, 1])
      stroke(
        brush,
        [[side * 0.08, -0.54 - line * 0.06], [side * 0.36, -0.58 - line * 0.06]],
        0.009,
        "8a8070",
        0.7,
      );
  }
};

function heartAt(brush: Brush, x: number, y: number, size: number, tint: ReturnType<typeof hex>): void {
  shape(brush, [
    [x, y + size * 0.62], [x - size * 0.5, y + size * 0.12], [x - size * 0.62, y - size * 0.32],
    [x - size * 0.3, y - size * 0.58], [x, y - size * 0.2], [x + size * 0.3, y - size * 0.58],
    [x + size * 0.62, y - size * 0.32], [x + size * 0.5, y + size * 0.12],
  ], tint);
  dot(brush, x - size * 0.28, y - size * 0.28, size * 0.08, size * 0.12, "ffffff", 0.55, 0.5);
}

const heart: Sprite = (brush) => {
  const beat = 1 + brush.sway(2) * 0.03;
  heartAt(brush, 0, -0.5, 0.75 * beat, brush.colour ?? hex("dd3a4f"));
  for (let small = 0; small < 5; small++)
    heartAt(
      brush,
      -0.6 + small * 0.3,
      -0.96 - (small % 2) * 0.12 + brush.sway(1, small / 5) * 0.03,
      0.1,
      lighter(brush.colour ?? hex("ee6a7c"), 0.15),
    );
};

export const THINGS = {
  tree,
  flower,
  mushroom,
  cactus,
  fruit,
  cake,
  pizza,
  cup,
  icecream,
  bottle,
  book,
  heart,
} satisfies Readonly<Record<string, Sprite>>;

// biome-ignore-all format: outlines read best as pairs of coordinates in a row
import { type Brush, dot, round, type Sprite, shape, stroke } from "./brush.ts";
import { darker, hex, lighter, type Rgb } from "./colour.ts";

interface Sitting {
  readonly coat: string;
  readonly belly: string;
  readonly ears: "pointed" | "round" | "floppy" | "long" | "tufted";
  readonly tail: "bushy" | "thin" | "stub" | "curled";
  readonly snout: "short" | "long" | "broad";
  readonly markings?: "stripes" | "mane" | "panda" | "mask";
}

/** Four-legged animals that sit and look at us. */
const SITTING: Readonly<
  Record<"fox" | "cat" | "dog" | "wolf" | "bear" | "panda" | "rabbit" | "tiger", Sitting>
> = {
  fox: { coat: "d9692a", belly: "fbf1e4", ears: "pointed", tail: "bushy", snout: "long", markings: "mask" },
  cat: { coat: "8b8792", belly: "efe9e4", ears: "pointed", tail: "thin", snout: "short" },
  dog: { coat: "c0904f", belly: "f3e4c8", ears: "floppy", tail: "curled", snout: "broad" },
  wolf: { coat: "77808d", belly: "e3e6ea", ears: "pointed", tail: "bushy", snout: "long", markings: "mask" },
  bear: { coat: "7a5236", belly: "a67c58", ears: "round", tail: "stub", snout: "broad" },
  panda: { coat: "f4f2ee", belly: "ffffff", ears: "round", tail: "stub", snout: "broad", markings: "panda" },
  rabbit: { coat: "b8a28c", belly: "f6efe6", ears: "long", tail: "stub", snout: "short" },
  tiger: {
    coat: "e39235",
    belly: "fdf3e2",
    ears: "round",
    tail: "thin",
    snout: "broad",
    markings: "stripes",
  },
};

function sitting(form: Sitting): Sprite {
  return (brush) => {
    const coat = brush.colour ?? hex(form.coat);
    const belly = hex(form.belly);
    const dark = form.markings === "panda" ? hex("2b2b31") : darker(coat, 0.45);
    const limb = form.markings === "panda" ? dark : coat;
    drawTail(brush, form, coat, belly);
    shape(brush, [
      [-0.16, -0.56], [-0.27, -0.3], [-0.3, -0.03], [-0.12, 0.01], [0.12, 0.01], [0.3, -0.03],
      [0.27, -0.3], [0.16, -0.56], [0, -0.66],
    ], coat);
    round(brush, -0.2, -0.1, 0.12, 0.13, limb);
    round(brush, 0.2, -0.1, 0.12, 0.13, limb);
    shape(brush, [[0, -0.6], [-0.13, -0.46], [-0.12, -0.2], [0, -0.1], [0.12, -0.2], [0.13, -0.46]], belly);
    for (const side of [-1, 1]) {
      shape(brush, [
        [side * 0.03, -0.4], [side * 0.02, -0.1], [side * 0.015, 0.02], [side * 0.15, 0.02],
        [side * 0.13, -0.12], [side * 0.14, -0.4],
      ], limb);
      round(brush, side * 0.085, -0.015, 0.07, 0.035, form.markings === "mask" ? dark : lighter(limb, 0.12));
    }
    brush.ctx.save();
    brush.ctx.translate(0, -0.68);
    brush.ctx.rotate(brush.sway(1) * 0.05);
    drawHead(brush, form, coat, belly, dark);
    brush.ctx.restore();
  };
}

function drawTail(brush: Brush, form: Sitting, coat: Rgb, belly: Rgb): void {
  const wag = brush.sway(form.tail === "curled" ? 4 : 1) * 0.04;
  switch (form.tail) {
    case "bushy":
      shape(brush, [
        [0.18, -0.02], [0.36, 0.01], [0.54 + wag, -0.12], [0.57 + wag, -0.36], [0.46 + wag, -0.54],
        [0.4 + wag, -0.36], [0.34, -0.2],
      ], coat);
      shape(brush, [[0.5 + wag, -0.3], [0.57 + wag, -0.36], [0.47 + wag, -0.56], [0.42 + wag, -0.38]], belly);
      break;
    case "thin":
      stroke(
        brush,
        [[0.22, -0.05], [0.44, -0.04], [0.5 + wag, -0.24], [0.38 + wag, -0.4], [0.46 + wag * 2, -0.5]],
        0.075,
        darker(coat, 0.12),
      );
      break;
    case "curled":
      stroke(
        brush,
        [[0.22, -0.14], [0.4, -0.2], [0.42 + wag, -0.38], [0.32 + wag, -0.42]],
        0.085,
        darker(coat, 0.08),
      );
      break;
    case "stub":
      round(brush, 0.28, -0.1, 0.085, 0.085, form.ears === "long" ? belly : coat);
  }
}

function drawHead(brush: Brush, form: Sitting, coat: Rgb, belly: Rgb, dark: Rgb): void {
  if (form.markings === "mane") round(brush, 0, 0, 0.33, 0.31, darker(coat, 0.3));
  for (const side of [-1, 1]) drawEar(brush, form, side, coat, belly, dark);
  const wide = form.snout === "long" ? 0.235 : 0.24;
  if (form.snout === "long") {
    shape(brush, [
      [0, -0.2], [-0.18, -0.17], [-0.27, 0], [-0.22, 0.09], [-0.08, 0.18], [0, 0.2], [0.08, 0.18],
      [0.22, 0.09], [0.27, 0], [0.18, -0.17],
    ], coat);
    shape(brush, [[-0.26, 0.02], [-0.12, 0.02], [-0.03, 0.1], [0, 0.19], [-0.08, 0.17], [-0.2, 0.1]], belly);
    shape(brush, [[0.26, 0.02], [0.12, 0.02], [0.03, 0.1], [0, 0.19], [0.08, 0.17], [0.2, 0.1]], belly);
  } else {
    round(brush, 0, 0, wide, 0.2, coat);
    if (form.snout === "broad") round(brush, 0, 0.08, 0.125, 0.1, belly);
    else {
      round(brush, -0.05, 0.075, 0.07, 0.055, belly);
      round(brush, 0.05, 0.075, 0.07, 0.055, belly);
    }
  }
  if (form.markings === "stripes") {
    for (const [x, y] of [
      [-0.19, -0.03], [0.19, -0.03], [-0.2, 0.05], [0.2, 0.05],
    ] as const)
      dot(brush, x, y, 0.055, 0.014, "2d2019", 0.85, x > 0 ? -0.3 : 0.3);
    for (const x of [-0.06, 0, 0.06]) dot(brush, x, -0.145, 0.013, 0.045, "2d2019", 0.85);
  }
  if (form.markings === "panda") {
    dot(brush, -0.1, -0.01, 0.062, 0.075, dark, 1, 0.5);
    dot(brush, 0.1, -0.01, 0.062, 0.075, dark, 1, -0.5);
  }
  const open = brush.sway(1, 0.27) > 0.985 ? 0.15 : 1;
  for (const side of [-1, 1]) {
    dot(brush, side * 0.1, -0.015, 0.036, 0.042 * open, form.markings === "panda" ? "ffffff" : "241a18");
    if (form.markings === "panda") dot(brush, side * 0.1, -0.01, 0.024, 0.03 * open, "17171b");
    dot(brush, side * 0.1 - 0.012, -0.03, 0.012, 0.013 * open, "ffffff");
  }
  const noseY = form.snout === "long" ? 0.155 : 0.055;
  shape(brush, [[-0.035, noseY - 0.018], [0.035, noseY - 0.018], [0, noseY + 0.032]], "2a1d1d");
  if (form.snout !== "long") {
    stroke(brush, [[0, noseY + 0.02], [-0.005, noseY + 0.055], [-0.05, noseY + 0.065]], 0.012, "3a2a28", 0.8);
    stroke(brush, [[0, noseY + 0.02], [0.005, noseY + 0.055], [0.05, noseY + 0.065]], 0.012, "3a2a28", 0.8);
  }
  if (form.snout === "short") {
    for (const side of [-1, 1]) {
      for (const drop of [-0.01, 0.025])
        stroke(brush, [[side * 0.09, 0.075 + drop], [side * 0.28, 0.06 + drop * 2.2]], 0.006, "ffffff", 0.8);
    }
  }
}

function drawEar(brush: Brush, form: Sitting, side: number, coat: Rgb, belly: Rgb, dark: Rgb): void {
  switch (form.ears) {
    case "pointed":
    case "tufted":
      shape(brush, [[side * 0.05, -0.15], [side * 0.2, -0.36], [side * 0.245, -0.05]], coat, false);
      shape(
        brush,
        [[side * 0.1, -0.15], [side * 0.19, -0.29], [side * 0.215, -0.08]],
        form.snout === "long" ? dark : lighter(belly, 0.1),
        false,
      );
      break;
    case "round":
      round(brush, side * 0.18, -0.16, 0.085, 0.085, form.markings === "panda" ? dark : coat);
      round(brush, side * 0.18, -0.155, 0.05, 0.05, form.markings === "panda" ? dark : belly);
      break;
    case "floppy":
      shape(brush, [
        [side * 0.13, -0.19], [side * 0.27, -0.16], [side * 0.32, 0.06], [side * 0.25, 0.14],
        [side * 0.19, -0.02],
      ], darker(coat, 0.28));
      break;
    case "long": {
      const tip = side * (0.15 + brush.sway(1, side * 0.1) * 0.015);
      shape(brush, [
        [side * 0.03, -0.14], [side * 0.03, -0.34], [tip, -0.56], [side * 0.2, -0.34],
        [side * 0.16, -0.12],
      ], coat);
      shape(brush, [
        [side * 0.07, -0.16], [side * 0.07, -0.33], [tip - side * 0.015, -0.48], [side * 0.155, -0.33],
        [side * 0.13, -0.16],
      ], "e8b7ae");
    }
  }
}

interface Walking {
  readonly coat: string;
  readonly kind: "horse" | "deer" | "elephant";
}

/** Four-legged animals in profile, facing right. */
function walking(form: Walking): Sprite {
  return (brush) => {
    const coat = brush.colour ?? hex(form.coat);
    const dark = darker(coat, 0.35);
    const heavy = form.kind === "elephant";
    const step = brush.sway(2) * 0.03;
    const thick = heavy ? 0.12 : 0.05;
    const hip = heavy ? -0.34 : -0.46;
    const leg = (x: number, swing: number, tint: Rgb) => {
      shape(brush, [
        [x - thick * 0.75, hip], [x - thick * 0.45 + swing * 0.4, hip * 0.5],
        [x - thick * 0.5 + swing, 0], [x + thick * 0.6 + swing, 0],
        [x + thick * 0.55 + swing * 0.4, hip * 0.5], [x + thick * 0.95, hip],
      ], tint);
      dot(brush, x + swing, -0.012, thick * 0.6, 0.02, "2a2220");
    };
    leg(-0.2, -step, dark);
    leg(0.2, step, dark);
    if (heavy) {
      stroke(brush, [[-0.4, -0.5], [-0.47, -0.36], [-0.45, -0.24]], 0.025, dark);
      shape(
        brush,
        [[-0.42, -0.56], [-0.36, -0.24], [0.3, -0.22], [0.36, -0.5], [0.2, -0.78], [-0.24, -0.78]],
        coat,
      );
      leg(-0.28, step, coat);
      leg(0.16, -step, coat);
      round(brush, 0.4, -0.64, 0.18, 0.19, coat);
      const curl = brush.sway(1) * 0.04;
      stroke(brush, [[0.52, -0.6], [0.6, -0.42], [0.58 + curl, -0.2], [0.68 + curl, -0.12]], 0.085, coat);
      shape(brush, [[0.5, -0.52], [0.62, -0.46], [0.7, -0.5], [0.6, -0.42]], "f6efdf");
      shape(brush, [[0.2, -0.78], [0.12, -0.56], [0.24, -0.4], [0.36, -0.5], [0.36, -0.74]], dark);
      dot(brush, 0.46, -0.68, 0.018, 0.02, "1c1614");
      return;
    }
    const mane = brush.colour ? lighter(coat, 0.35) : form.kind === "horse" ? hex("3b281f") : coat;
    if (form.kind === "horse") {
      const flow = brush.sway(1) * 0.04;
      shape(
        brush,
        [[-0.33, -0.6], [-0.46 + flow, -0.5], [-0.5 + flow, -0.2], [-0.42, -0.26], [-0.36, -0.5]],
        mane,
      );
    } else
      shape(brush, [[-0.34, -0.58], [-0.42, -0.54], [-0.36, -0.46]], "f5eee2");
    shape(brush, [
      [-0.36, -0.58], [-0.34, -0.4], [-0.12, -0.36], [0.16, -0.37], [0.3, -0.46], [0.28, -0.64],
      [0, -0.6], [-0.26, -0.66],
    ], coat);
    leg(-0.26, step, coat);
    leg(0.17, -step, coat);
    const nod = brush.sway(1, 0.2) * 0.012;
    shape(
      brush,
      [[0.14, -0.6], [0.22, -0.78], [0.3, -0.92 + nod], [0.42, -0.9 + nod], [0.36, -0.68], [0.3, -0.44]],
      coat,
    );
    shape(brush, [
      [0.28, -0.94 + nod], [0.4, -0.96 + nod], [0.56, -0.8 + nod], [0.57, -0.73 + nod],
      [0.48, -0.73 + nod], [0.34, -0.8 + nod],
    ], coat);
    shape(brush, [[0.3, -0.94 + nod], [0.3, -1.03 + nod], [0.36, -0.95 + nod]], coat, false);
    dot(brush, 0.41, -0.87 + nod, 0.014, 0.017, "1c1412");
    dot(brush, 0.555, -0.765 + nod, 0.01, 0.012, "2a1d1a");
    if (form.kind === "horse") {
      const flow = brush.sway(1, 0.3) * 0.02;
      shape(
        brush,
        [[0.32, -1], [0.22, -0.95], [0.14 + flow, -0.78], [0.1 + flow, -0.58], [0.2, -0.64], [0.28, -0.84]],
        mane,
      );
    } else {
      for (const side of [0, 0.06]) {
        stroke(brush, [[0.33 + side, -0.96], [0.26 + side, -1.08], [0.32 + side, -1.24]], 0.024, "8a6a48");
        stroke(brush, [[0.29 + side, -1.08], [0.38 + side, -1.14]], 0.018, "8a6a48");
        stroke(brush, [[0.28 + side, -1.14], [0.2 + side, -1.22]], 0.018, "8a6a48");
      }
    }
  };
}

const butterfly: Sprite = (brush) => {
  const wing = brush.colour ?? brush.accents[0];
  const flap = 0.72 + 0.28 * brush.sway(4);
  const { ctx } = brush;
  for (const side of [-1, 1]) {
    ctx.save();
    ctx.translate(0, -0.5);
    ctx.scale(side * flap, 1);
    shape(
      brush,
      [[0.02, -0.02], [0.16, -0.4], [0.5, -0.46], [0.52, -0.12], [0.22, 0.04]],
      darker(wing, 0.55),
    );
    shape(brush, [[0.05, -0.04], [0.18, -0.34], [0.44, -0.39], [0.45, -0.14], [0.2, 0.0]], wing);
    shape(brush, [[0.02, 0.02], [0.34, 0.02], [0.42, 0.24], [0.24, 0.42], [0.08, 0.2]], darker(wing, 0.5));
    shape(brush, [[0.06, 0.05], [0.3, 0.06], [0.35, 0.22], [0.23, 0.34], [0.1, 0.18]], brush.accents[1]);
    dot(brush, 0.36, -0.3, 0.05, 0.05, lighter(wing, 0.6));
    dot(brush, 0.26, 0.2, 0.045, 0.045, lighter(wing, 0.5));
    stroke(brush, [[0.01, -0.2], [0.08, -0.36], [0.16, -0.42]], 0.014, "2a2028");
    ctx.restore();
  }
  round(brush, 0, -0.5, 0.035, 0.24, "2f2530");
};

export const ANIMALS = {
  fox: sitting(SITTING.fox),
  cat: sitting(SITTING.cat),
  dog: sitting(SITTING.dog),
  wolf: sitting(SITTING.wolf),
  bear: sitting(SITTING.bear),
  panda: sitting(SITTING.panda),
  rabbit: sitting(SITTING.rabbit),
  tiger: sitting(SITTING.tiger),
  horse: walking({ coat: "8a5a3a", kind: "horse" }),
  deer: walking({ coat: "a9754a", kind: "deer" }),
  elephant: walking({ coat: "8e929c", kind: "elephant" }),
  butterfly,
} satisfies Readonly<Record<string, Sprite>>;

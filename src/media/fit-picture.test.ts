import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { PictureFit } from "../core/posts/preflight.ts";
import { createPictureFitter } from "./fit-picture.ts";
import { createImageWork } from "./image-work.ts";

const fitter = createPictureFitter({ images: createImageWork() });

const RED = { r: 220, g: 30, b: 30 };
const BLUE = { r: 20, g: 40, b: 200 };

/** A red picture with a blue square in its middle, and data about where it was taken. */
async function drawing(width: number, height: number): Promise<Buffer> {
  const side = Math.floor(Math.min(width, height) / 4);
  const square = await sharp({ create: { width: side, height: side, channels: 3, background: BLUE } })
    .png()
    .toBuffer();
  return sharp({ create: { width, height, channels: 3, background: RED } })
    .composite([{ input: square, gravity: "centre" }])
    .withExif({ IFD0: { Artist: "Somebody" }, IFD3: { GPSLatitude: "52/1 31/1 0/1" } })
    .png()
    .toBuffer();
}

/** Grain that no compression makes small. */
async function grain(width: number, height: number): Promise<Buffer> {
  const pixels = new Uint8Array(width * height * 3);
  let seed = 1;
  for (let at = 0; at < pixels.length; at += 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    pixels[at] = seed >>> 16;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

async function fitted(bytes: Uint8Array, how: PictureFit) {
  const picture = await fitter.fit(bytes, how);
  if (picture === null) throw new Error("it cannot be made");
  const { data, info } = await sharp(picture.bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (across: number, down: number) => {
    const x = Math.min(info.width - 1, Math.floor(across * info.width));
    const y = Math.min(info.height - 1, Math.floor(down * info.height));
    const start = (y * info.width + x) * 3;
    return { r: data[start] ?? 0, g: data[start + 1] ?? 0, b: data[start + 2] ?? 0 };
  };
  return { ...picture, info, at };
}

type Colour = typeof RED;
const far = (one: Colour, other: Colour) =>
  Math.max(Math.abs(one.r - other.r), Math.abs(one.g - other.g), Math.abs(one.b - other.b));
const isNear = (one: Colour, other: Colour) => far(one, other) < 24;

const RATIOS = [
  { width: 4, height: 5 },
  { width: 191, height: 100 },
  { width: 9, height: 16 },
  { width: 1, height: 1 },
];
const LIMITS = { maxWidth: 1_080, maxBytes: 8_000_000 };

describe("a picture that is made to fit", () => {
  let wide: Buffer;
  let tall: Buffer;
  beforeAll(async () => {
    wide = await drawing(1_600, 500);
    tall = await drawing(500, 1_600);
  });

  it.each(["crop", "pad", "blur"] as const)(
    "has exactly the ratio by %s, as a JPEG without metadata",
    async (mode) => {
      for (const ratio of RATIOS) {
        for (const bytes of [wide, tall]) {
          const picture = await fitted(bytes, { mode, ratio, ...LIMITS });
          expect(picture.width * ratio.height).toBe(picture.height * ratio.width);
          expect([picture.info.width, picture.info.height]).toEqual([picture.width, picture.height]);
          expect(picture.width).toBeLessThanOrEqual(LIMITS.maxWidth);
          const facts = await sharp(picture.bytes).metadata();
          expect([facts.format, facts.exif, facts.icc, facts.xmp]).toEqual([
            "jpeg",
            undefined,
            undefined,
            undefined,
          ]);
          expect(facts.space).toBe("srgb");
          expect(Buffer.from(picture.bytes).includes("Somebody")).toBe(false);
        }
      }
    },
  );

  it("keeps what stands out when it is cut, and fills the whole frame", async () => {
    const picture = await fitted(wide, { mode: "crop", ratio: { width: 4, height: 5 }, ...LIMITS });
    expect(isNear(picture.at(0.5, 0.5), BLUE)).toBe(true);
    for (const corner of [0, 1]) expect(isNear(picture.at(corner, corner), RED)).toBe(true);
    expect(picture.height).toBeLessThanOrEqual(500);
  });

  it("is whole on a ground of its edge's colour, or on white where the edge has many", async () => {
    const plain = await fitted(wide, { mode: "pad", ratio: { width: 4, height: 5 }, ...LIMITS });
    expect(isNear(plain.at(0.5, 0.02), RED)).toBe(true);
    expect(isNear(plain.at(0.5, 0.5), BLUE)).toBe(true);
    const striped = await sharp(wide)
      .composite([
        { input: { create: { width: 800, height: 500, channels: 3, background: BLUE } }, left: 0, top: 0 },
      ])
      .png()
      .toBuffer();
    const onWhite = await fitted(striped, { mode: "pad", ratio: { width: 4, height: 5 }, ...LIMITS });
    expect(isNear(onWhite.at(0.5, 0.02), { r: 255, g: 255, b: 255 })).toBe(true);
    expect(isNear(onWhite.at(0.02, 0.5), BLUE)).toBe(true);
    expect(isNear(onWhite.at(0.98, 0.5), RED)).toBe(true);
  });

  it("is whole and sharp on a blurred copy of itself", async () => {
    const picture = await fitted(wide, { mode: "blur", ratio: { width: 9, height: 16 }, ...LIMITS });
    expect(isNear(picture.at(0.5, 0.5), BLUE)).toBe(true);
    expect(isNear(picture.at(0.02, 0.5), RED)).toBe(true);
    const ground = picture.at(0.5, 0.02);
    expect(isNear(ground, { r: 255, g: 255, b: 255 })).toBe(false);
    // The square's blue reaches beyond its edge in the ground, and darker than it was.
    expect(ground.r + ground.g + ground.b).toBeLessThan(RED.r + RED.g + RED.b);
  });

  it("keeps its shape when it is only made smaller, and is never enlarged", async () => {
    const how = { mode: "same", maxWidth: 800, maxHeight: 4_096, maxBytes: 8_000_000 } as const;
    expect(await fitted(wide, how)).toMatchObject({ width: 800, height: 250, contentType: "image/jpeg" });
    expect(await fitted(await drawing(300, 200), how)).toMatchObject({ width: 300, height: 200 });
    expect(await fitted(tall, { ...how, maxHeight: 400 })).toMatchObject({ width: 125, height: 400 });
  });

  it("has no more bytes than asked, by less quality and then by fewer pixels", async () => {
    const noise = await grain(1_000, 1_000);
    const how = { mode: "crop", ratio: { width: 1, height: 1 }, maxWidth: 1_000 } as const;
    const roomy = await fitted(noise, { ...how, maxBytes: 8_000_000 });
    const tight = await fitted(noise, { ...how, maxBytes: 300_000 });
    const tiny = await fitted(noise, { ...how, maxBytes: 60_000 });
    expect([roomy.width, tight.bytes.length <= 300_000, tiny.bytes.length <= 60_000]).toEqual([
      1_000,
      true,
      true,
    ]);
    expect(tiny.width).toBeLessThan(1_000);
    expect(await fitter.fit(noise, { ...how, maxBytes: 100 })).toBeNull();
  });

  it("stands upright and on white where it was turned or transparent", async () => {
    const turned = await sharp(tall).withExif({}).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const how = { mode: "same", maxWidth: 4_096, maxHeight: 4_096, maxBytes: 8_000_000 } as const;
    expect(await fitted(turned, how)).toMatchObject({ width: 1_600, height: 500 });
    const clear = await sharp({
      create: { width: 200, height: 200, channels: 4, background: { ...RED, alpha: 0 } },
    })
      .png()
      .toBuffer();
    const white = await fitted(clear, { mode: "blur", ratio: { width: 1, height: 1 }, ...LIMITS });
    expect(isNear(white.at(0.5, 0.5), { r: 255, g: 255, b: 255 })).toBe(true);
  });

  it("is none where the bytes are no picture", async () => {
    expect(
      await fitter.fit(new TextEncoder().encode("no picture"), {
        mode: "crop",
        ratio: { width: 1, height: 1 },
        ...LIMITS,
      }),
    ).toBeNull();
  });
});

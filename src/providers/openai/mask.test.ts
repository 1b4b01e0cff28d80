import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { maskForBoth } from "./mask.ts";

const WIDTH = 37;
const HEIGHT = 23;
/** Hard edges, soft edges and noise, so that every filter of PNG is met. */
const pixels = Buffer.from(
  Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    const alpha = x < 12 ? 0 : x < 20 ? 255 : (x * 17 + y * y * 5) % 256;
    return [(x * 7) % 256, (y * 11) % 256, 90, alpha];
  }).flat(),
);
const drawn = () => sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } });
const alphas = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) => pixels[at * 4 + 3] ?? 0);

describe("a mask for servers of both schools", () => {
  it.each([false, true])(
    "keeps the alpha and says the same by lightness (filtered: %s)",
    async (adaptiveFiltering) => {
      const result = await maskForBoth(await drawn().png({ adaptiveFiltering }).toBuffer());
      if (!result) throw new Error("not read");
      expect(await sharp(result).metadata()).toMatchObject({
        format: "png",
        width: WIDTH,
        height: HEIGHT,
        hasAlpha: true,
      });
      const { data } = await sharp(result)
        .ensureAlpha()
        .toColourspace("srgb")
        .raw()
        .toBuffer({ resolveWithObject: true });
      for (const [at, alpha] of alphas.entries()) {
        const light = alpha < 128 ? 255 : 0;
        expect([...data.subarray(at * 4, at * 4 + 4)], `pixel ${at}`).toEqual([light, light, light, alpha]);
      }
    },
  );

  it("reads no other kind of picture", async () => {
    const whole = await drawn().png().toBuffer();
    const others = [
      await drawn().jpeg().toBuffer(),
      await drawn().removeAlpha().png().toBuffer(),
      await drawn().png({ palette: true }).toBuffer(),
      await drawn().png({ progressive: true }).toBuffer(),
      whole.subarray(0, whole.length / 2),
      whole.subarray(0, 20),
      Buffer.from("no picture"),
      Buffer.alloc(0),
    ];
    for (const [at, bytes] of others.entries()) expect(await maskForBoth(bytes), `${at}`).toBeNull();
  });

  it("does not unpack a bomb", async () => {
    const whole = await drawn().png().toBuffer();
    const bomb = Buffer.from(whole);
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    expect(await maskForBoth(bomb)).toBeNull();
  });
});

import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { MediaStore, StoredMedia } from "../core/ports/media.ts";
import { createImageWork } from "./image-work.ts";
import { createMediaPreviews } from "./previews.ts";

/** Pixels that do not compress. */
async function noisy(width: number, height: number): Promise<Buffer> {
  let state = 1;
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at += 1) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    pixels[at] = state >> 16;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

function setUp(bytes: Uint8Array | null) {
  const store: MediaStore = {
    put: () => Promise.resolve(),
    read: () => Promise.resolve(bytes),
    stream: () => Promise.resolve(null),
    remove: () => Promise.resolve(),
    async *keys() {},
  };
  return createMediaPreviews({ store, images: createImageWork() });
}

const media = (width: number, height: number, contentType: StoredMedia["contentType"] = "image/png") => ({
  key: "gen_1/a.png",
  contentType,
  sizeBytes: 1,
  width,
  height,
  durationMs: null,
  sha256: "a",
});

describe("a preview", () => {
  it.each([500_000, 100_000, 20_000, 5_000])("fits into %i bytes and keeps the ratio", async (maxBytes) => {
    const bytes = await noisy(900, 600);
    const preview = await setUp(bytes).preview(media(900, 600), { maxBytes, maxSide: 2_000 });
    const { format, width, height } = await sharp(Buffer.from(preview?.bytes ?? [])).metadata();
    expect(format).toBe("jpeg");
    expect(preview?.bytes.length).toBeLessThanOrEqual(maxBytes);
    expect([width, height]).toEqual([preview?.width, preview?.height]);
    expect(width / height).toBeCloseTo(1.5, 1);
  });

  it("keeps to the longest side and never grows", async () => {
    const bytes = await noisy(300, 600);
    const previews = setUp(bytes);
    const limits = { maxBytes: 10_000_000 };
    expect(await previews.preview(media(300, 600), { ...limits, maxSide: 200 })).toMatchObject({
      width: 100,
      height: 200,
    });
    expect(await previews.preview(media(300, 600), { ...limits, maxSide: 5_000 })).toMatchObject({
      width: 300,
      height: 600,
    });
  });

  it("is none for a video, for what is gone and for what cannot be decoded or made so small", async () => {
    const limits = { maxBytes: 10_000, maxSide: 500 };
    const bytes = await noisy(300, 300);
    expect(await setUp(bytes).preview(media(300, 300, "video/mp4"), limits)).toBeNull();
    expect(await setUp(null).preview(media(300, 300), limits)).toBeNull();
    expect(await setUp(Buffer.from("no picture")).preview(media(300, 300), limits)).toBeNull();
    expect(await setUp(bytes).preview(media(300, 300), { maxBytes: 100, maxSide: 500 })).toBeNull();
  });

  it("works on two pictures at once and on all in the end", async () => {
    const bytes = await noisy(200, 200);
    const previews = setUp(bytes);
    const limits = { maxBytes: 1_000_000, maxSide: 100 };
    const made = await Promise.all(
      Array.from({ length: 9 }, () => previews.preview(media(200, 200), limits)),
    );
    expect(made.map((preview) => preview?.width)).toEqual(Array(9).fill(100));
  });
});

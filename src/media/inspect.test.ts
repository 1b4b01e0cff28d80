import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createImageWork } from "./image-work.ts";
import { inspect, typeOf } from "./inspect.ts";

const images = createImageWork();
const film = readFileSync(new URL("../../test/emulators/kie/result.mp4", import.meta.url));
const background = { r: 200, g: 30, b: 90, alpha: 0.5 };
const plain = (width = 60, height = 40) => sharp({ create: { width, height, channels: 4, background } });

/** A PNG of one bit a pixel whose header says any size and whose rows are all the same. */
function flatPng(width: number, height: number, rows = height): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const pixels = Buffer.alloc(rows * (Math.ceil(width / 8) + 1));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

describe("what a file is", () => {
  it.each([
    ["png", () => plain().png().toBuffer(), "image/png"],
    ["jpg", () => plain().jpeg().toBuffer(), "image/jpeg"],
    ["webp", () => plain().webp().toBuffer(), "image/webp"],
    ["gif", () => plain().gif().toBuffer(), "image/gif"],
    ["CMYK jpg", () => plain().toColourspace("cmyk").jpeg().toBuffer(), "image/jpeg"],
    ["16-bit png", () => plain().toColourspace("rgb16").png().toBuffer(), "image/png"],
    ["grey png", () => plain().greyscale().png().toBuffer(), "image/png"],
    ["progressive jpg", () => plain().jpeg({ progressive: true }).toBuffer(), "image/jpeg"],
  ])("is told from the bytes of a %s", async (_name, make, contentType) => {
    const inspection = await inspect(await make(), "image", images);
    expect(inspection).toMatchObject({
      status: "fine",
      facts: { contentType, width: 60, height: 40, durationMs: null },
    });
  });

  it("counts width and height as they are shown", async () => {
    const turned = await plain().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await inspect(turned, "image", images)).toMatchObject({ facts: { width: 40, height: 60 } });
  });

  it("is told of a film by its index", async () => {
    expect(await inspect(film, "video", images)).toEqual({
      status: "fine",
      facts: { contentType: "video/mp4", extension: "mp4", width: 320, height: 180, durationMs: 8_000 },
    });
  });

  it.each([
    ["", "page"],
    ["<!DOCTYPE html><html>", "page"],
    ["  \n<svg xmlns='http://www.w3.org/2000/svg'/>", "page"],
    ["<?xml version='1.0'?><Error/>", "page"],
    ['{"error":"busy"}', "page"],
    ["%PDF-1.7", "unusable"],
    ["PK\u0003\u0004", "unusable"],
    ["\u007fELF", "unusable"],
    ["BM a bitmap", "unusable"],
    ["\u0000\u0000\u0000\u0018ftypheic", "unusable"],
    ["RIFF\u0000\u0000\u0000\u0000WAVE", "unusable"],
    ["GIF90a", "unusable"],
  ])("is %j: %s", async (text, status) => {
    expect((await inspect(Buffer.from(text, "latin1"), "image", images)).status).toBe(status);
  });

  it.each(["heic", "heix", "mif1", "msf1", "avif", "avis", "crx "])(
    "is no film where its brand is %j",
    async (brand) => {
      const still = Buffer.from(film);
      still.write(brand, 8, "latin1");
      expect(typeOf(still)).toBeNull();
      expect((await inspect(still, "video", images)).status).toBe("unusable");
    },
  );

  it.each([1, 2, 3, 5, 9, 11])("is nothing in %i bytes of its own", async (length) => {
    for (const start of ["\x89PNG\r\n\x1a\n", "RIFFxxxxWEBP", "xxxxftypisom", "abcdefghijkl"]) {
      const bytes = new Uint8Array(length);
      bytes.set(Buffer.from(start, "latin1").subarray(0, length));
      expect((await inspect(bytes, "video", images)).status).toBe("unusable");
    }
  });

  it("is refused where the kind is another", async () => {
    expect((await inspect(film, "image", images)).status).toBe("unusable");
    expect((await inspect(await plain().png().toBuffer(), "video", images)).status).toBe("unusable");
  });

  it.each(["png", "jpeg", "webp", "gif"] as const)(
    "is refused when a %s stops in the middle",
    async (format) => {
      const noise = Buffer.from(Array.from({ length: 200 * 200 * 3 }, (_, n) => (n * 7919) % 251));
      const whole = await sharp(noise, { raw: { width: 200, height: 200, channels: 3 } })
        .toFormat(format)
        .toBuffer();
      expect((await inspect(whole, "image", images)).status).toBe("fine");
      expect((await inspect(whole.subarray(0, whole.length / 2), "image", images)).status).toBe("unusable");
    },
  );

  it.each([
    ["15,000 by 15,000 in a few kilobytes", () => flatPng(15_000, 15_000)],
    ["50,000 by 50,000 in its header alone", () => flatPng(50_000, 50_000, 1)],
    ["4 billion by 4 billion", () => flatPng(0xffffffff, 0xffffffff, 1)],
    ["no width", () => flatPng(0, 10, 1)],
  ])("is refused before it is decoded: %s", async (_name, make) => {
    const bomb = make();
    const before = process.memoryUsage().rss;
    expect((await inspect(bomb, "image", images)).status).toBe("unusable");
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  it("takes a picture with something hidden behind its end for the picture", async () => {
    const hidden = Buffer.concat([await plain().gif().toBuffer(), Buffer.from("PK\u0003\u0004hidden")]);
    expect((await inspect(hidden, "image", images)).status).toBe("fine");
  });

  it("is none of ours for anything shorter than its own mark", () => {
    for (let length = 0; length < 8; length += 1) {
      expect(typeOf(Buffer.from("\x89PNG\r\n\x1a\n", "latin1").subarray(0, length))).toBeNull();
    }
  });
});

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMp4 } from "./mp4.ts";

const real = readFileSync(new URL("../../test/emulators/kie/result.mp4", import.meta.url));

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, body]);
}

/** A box whose length stands in 64 bits. */
function longBox(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(1);
  head.write(type, 4, "latin1");
  head.writeBigUInt64BE(BigInt(body.length + 16), 8);
  return Buffer.concat([head, body]);
}

function movieHeader(version: 0 | 1, timescale: number, duration: number): Buffer {
  const body = Buffer.alloc(version === 1 ? 112 : 100);
  body.writeUInt8(version, 0);
  if (version === 1) {
    body.writeUInt32BE(timescale, 20);
    body.writeBigUInt64BE(BigInt(duration), 24);
  } else {
    body.writeUInt32BE(timescale, 12);
    body.writeUInt32BE(duration, 16);
  }
  return box("mvhd", body);
}

function track(width: number, height: number): Buffer {
  const body = Buffer.alloc(84);
  body.writeUInt32BE(width * 65_536, 76);
  body.writeUInt32BE(height * 65_536, 80);
  return box("trak", box("tkhd", body));
}

const type = box("ftyp", Buffer.from("isom\0\0\0\0isom"));
const data = box("mdat", Buffer.alloc(64));

describe("an MP4's own index", () => {
  it("tells size and duration of a film that an encoder made", () => {
    expect(readMp4(real)).toEqual({ width: 320, height: 180, durationMs: 8_000 });
  });

  it.each([
    [
      "the index before the media",
      Buffer.concat([type, box("moov", movieHeader(0, 1_000, 8_000), track(1280, 720)), data]),
    ],
    [
      "the index behind the media",
      Buffer.concat([type, data, box("moov", movieHeader(1, 600, 4_800), track(1280, 720))]),
    ],
    [
      "sound before picture",
      Buffer.concat([type, box("moov", movieHeader(0, 1_000, 8_000), track(0, 0), track(1280, 720)), data]),
    ],
    [
      "64-bit lengths",
      Buffer.concat([
        type,
        box("moov", movieHeader(0, 1_000, 8_000), track(1280, 720)),
        longBox("mdat", Buffer.alloc(9)),
      ]),
    ],
    [
      "boxes that nobody knows",
      Buffer.concat([
        type,
        box("free", Buffer.alloc(5)),
        box("moov", movieHeader(0, 1_000, 8_000), box("udta"), track(1280, 720)),
        data,
      ]),
    ],
  ])("is read with %s", (_name, bytes) => {
    expect(readMp4(bytes)).toEqual({ width: 1280, height: 720, durationMs: 8_000 });
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["only a type", type],
    ["no index", Buffer.concat([type, data])],
    ["no media", Buffer.concat([type, box("moov", movieHeader(0, 1_000, 8_000), track(1280, 720))])],
    ["no picture", Buffer.concat([type, box("moov", movieHeader(0, 1_000, 8_000), track(0, 0)), data])],
    [
      "no type in front",
      Buffer.concat([data, type, box("moov", movieHeader(0, 1_000, 8_000), track(1280, 720))]),
    ],
    ["a cut end", real.subarray(0, real.length - 10)],
    ["a cut middle", real.subarray(0, 200)],
    ["a length of 7", Buffer.concat([type, Buffer.from([0, 0, 0, 7, 109, 111, 111, 118])])],
    [
      "a length beyond the file",
      Buffer.concat([type, Buffer.from([127, 255, 255, 255, 109, 111, 111, 118])]),
    ],
  ])("is refused with %s", (_name, bytes) => {
    expect(readMp4(bytes)).toBeNull();
  });

  it("says nothing of the duration where the file does not", () => {
    const bytes = Buffer.concat([type, box("moov", movieHeader(0, 0, 0), track(1280, 720)), data]);
    expect(readMp4(bytes)?.durationMs).toBeNull();
  });

  it("never throws, whatever is changed or cut", () => {
    const damage = fc.record({
      at: fc.nat({ max: real.length - 1 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }),
      cut: fc.nat({ max: real.length }),
    });
    fc.assert(
      fc.property(damage, ({ at, bytes, cut }) => {
        const damaged = Buffer.from(real);
        damaged.set(bytes.subarray(0, damaged.length - at), at);
        const facts = readMp4(damaged.subarray(0, cut));
        return facts === null || (facts.width > 0 && facts.height > 0);
      }),
      { numRuns: 2_000 },
    );
  });
});

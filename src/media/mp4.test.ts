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

/** `handler`: what the track says that it is (`vide`, `soun`); left out as in the smallest files. */
function track(width: number, height: number, handler?: string): Buffer {
  const body = Buffer.alloc(84);
  body.writeUInt32BE(width * 65_536, 76);
  body.writeUInt32BE(height * 65_536, 80);
  const media = handler
    ? [box("mdia", box("hdlr", Buffer.alloc(8), Buffer.from(handler), Buffer.alloc(12)))]
    : [];
  return box("trak", box("tkhd", body), ...media);
}

const type = box("ftyp", Buffer.from("isom\0\0\0\0isom"));
const data = box("mdat", Buffer.alloc(64));
const header = movieHeader(0, 1_000, 8_000);
const film = (...inside: Buffer[]) => Buffer.concat([type, box("moov", ...inside), data]);

/** A box that says another length than it has. */
function lying(whole: Buffer, sizeBytes: number): Buffer {
  const copy = Buffer.from(whole);
  copy.writeUInt32BE(sizeBytes);
  return copy;
}

/** Boxes inside of boxes, `depth` deep. */
const nested = (depth: number): Buffer =>
  Array.from({ length: depth }).reduce<Buffer>((inner) => box("moov", inner), Buffer.alloc(0));

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
    ["a track that says it is a picture", film(header, track(1280, 720, "vide"))],
    [
      "a cover of the sound before the picture",
      film(header, track(64, 64, "soun"), track(1280, 720, "vide")),
    ],
    [
      "an index in fragments",
      Buffer.concat([type, box("moov", header, track(1280, 720), box("mvex")), box("moof"), data]),
    ],
    [
      "media that lasts to the end of the file",
      Buffer.concat([type, box("moov", header, track(1280, 720)), lying(data, 0)]),
    ],
    ["an index deep in itself", Buffer.concat([film(header, track(1280, 720)), nested(2_000)])],
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
    ["media with nothing in it", Buffer.concat([type, box("moov", header, track(1280, 720)), box("mdat")])],
    ["sound only", film(header, track(0, 0, "soun"))],
    ["sound with a cover only", film(header, track(64, 64, "soun"))],
    ["a track without a header", film(header, box("trak"))],
    ["a track header that is too short", film(header, box("trak", box("tkhd", Buffer.alloc(20))))],
    ["an index deep in itself and nothing else", Buffer.concat([type, nested(2_000), data])],
    [
      "an index that says it is longer",
      Buffer.concat([type, lying(box("moov", header, track(1280, 720)), 0x7fffffff), data]),
    ],
    [
      "an index of no length, which swallows the media",
      Buffer.concat([type, lying(box("moov", header), 0), data]),
    ],
    [
      "a 64-bit length beyond all numbers",
      Buffer.concat([type, longBox("mdat", Buffer.alloc(9)).fill(255, 8, 16)]),
    ],
    [
      "a 64-bit length of 8",
      Buffer.concat([type, longBox("mdat", Buffer.alloc(9)).fill(0, 8, 15).fill(8, 15, 16)]),
    ],
    ["media that is cut", Buffer.concat([type, box("moov", header, track(1280, 720)), lying(data, 9_999)])],
    [
      "rubbish behind its end",
      Buffer.concat([film(header, track(1280, 720)), Buffer.from("PK\u0003\u0004rubbish")]),
    ],
    [
      "20,000 boxes",
      Buffer.concat([film(header, track(1280, 720)), ...Array.from({ length: 20_000 }, () => box("free"))]),
    ],
    ["20,000 tracks", film(header, ...Array.from({ length: 20_000 }, () => box("trak")), track(1280, 720))],
    [
      "a track of 20,000 boxes",
      film(header, box("trak", ...Array.from({ length: 20_000 }, () => box("free")))),
    ],
  ])("is refused with %s", (_name, bytes) => {
    expect(readMp4(bytes)).toBeNull();
  });

  it.each([
    ["nothing", movieHeader(0, 0, 0)],
    ["no time", movieHeader(0, 1_000, 0)],
    ["no scale", movieHeader(0, 0, 8_000)],
    ["unknown", movieHeader(0, 1_000, 0xffffffff)],
    ["49 days", movieHeader(0, 1_000, 0xfffffffe)],
    ["100 years", movieHeader(1, 1, 3_153_600_000)],
    ["a header that is too short", box("mvhd", Buffer.alloc(8))],
  ])("says nothing of the duration where the file says %s", (_name, said) => {
    expect(readMp4(film(said, track(1280, 720)))).toEqual({ width: 1280, height: 720, durationMs: null });
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

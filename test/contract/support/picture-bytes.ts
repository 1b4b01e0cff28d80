import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";

/** Pieces of picture files, put together by hand where an encoder would refuse. */

export const latin = (text: string): Buffer => Buffer.from(text, "latin1");

export function pngChunk(type: string, data: Uint8Array, crc?: number): Buffer {
  const body = Buffer.concat([latin(type), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc ?? crc32(body), body.length + 4);
  return framed;
}

export const PNG_MARK = latin("\x89PNG\r\n\x1a\n");
export const PNG_END = pngChunk("IEND", Buffer.alloc(0));

export function pngHead(width: number, height: number, depth = 1, colour = 0, interlace = 0): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour, 0, 0, interlace], 8);
  return pngChunk("IHDR", data);
}

/** One bit a pixel, all of one colour, a few kilobytes whatever its header says; `rows` of it are really there. */
export function flatPng(width: number, height: number, rows = height): Buffer {
  const pixels = deflateSync(Buffer.alloc(rows * (Math.ceil(width / 8) + 1)), { level: 9 });
  return Buffer.concat([PNG_MARK, pngHead(width, height), pngChunk("IDAT", pixels), PNG_END]);
}

/** Puts chunks behind the header of a PNG. */
export const withChunks = (png: Uint8Array, ...chunks: Uint8Array[]): Buffer =>
  Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);

/** Puts a segment behind the first mark of a JPEG. */
export function withSegment(jpeg: Uint8Array, marker: number, content: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
}

/** Where the frame header of a JPEG (SOF0 or SOF2) says how high and wide it is. */
export function withJpegSize(jpeg: Uint8Array, width: number, height: number): Buffer {
  const copy = Buffer.from(jpeg);
  const at =
    [0xc0, 0xc2].map((marker) => copy.indexOf(Buffer.from([0xff, marker]))).find((place) => place > 0) ?? 0;
  copy.writeUInt16BE(height, at + 5);
  copy.writeUInt16BE(width, at + 7);
  return copy;
}

/** A RIFF chunk appended to an extended WebP, its length set right. */
export function withWebpChunk(webp: Uint8Array, type: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, "latin1");
  head.writeUInt32LE(content.length, 4);
  const copy = Buffer.concat([webp, head, content, Buffer.alloc(content.length % 2)]);
  copy.writeUInt32LE(copy.length - 8, 4);
  return copy;
}

/** Pixels that no encoder can make small: a cut is always inside of them. */
export function noise(width: number, height: number, channels: 3 | 4 = 3): Sharp {
  const pixels = Buffer.alloc(width * height * channels);
  let state = 12_345;
  for (let at = 0; at < pixels.length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    pixels[at] = state >>> 16;
  }
  return sharp(pixels, { raw: { width, height, channels } });
}

export const plain = (width = 60, height = 40, alpha?: number): Sharp =>
  sharp({
    create: {
      width,
      height,
      channels: alpha === undefined ? 3 : 4,
      background: { r: 200, g: 30, b: 90, alpha: alpha ?? 1 },
    },
  });

/** A GIF with one pixel in each frame; its frames are one pixel too, or say that they fill the canvas. */
export function smallGif(options: {
  width: number;
  height: number;
  frames: number;
  comment?: string;
  isFull?: boolean;
}): Buffer {
  const head = Buffer.concat([
    latin("GIF89a"),
    Buffer.alloc(4),
    Buffer.from([0x80, 0, 0, 255, 0, 0, 0, 0, 255]),
  ]);
  head.writeUInt16LE(options.width, 6);
  head.writeUInt16LE(options.height, 8);
  const comment = options.comment
    ? Buffer.concat([
        Buffer.from([0x21, 0xfe, options.comment.length]),
        latin(options.comment),
        Buffer.from([0]),
      ])
    : Buffer.alloc(0);
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  if (options.isFull) head.copy(frame, 5, 6, 10);
  return Buffer.concat([head, comment, ...Array.from({ length: options.frames }, () => frame), latin(";")]);
}

/** A PNG with a second frame, as an animation; `inner` is its first and only default picture. */
export function apng(inner: Uint8Array, frames: number): Buffer {
  const control = Buffer.alloc(8);
  control.writeUInt32BE(frames, 0);
  const place = (sequence: number): Buffer => {
    const data = Buffer.alloc(26);
    data.writeUInt32BE(sequence, 0);
    data.writeUInt32BE(1, 4);
    data.writeUInt32BE(1, 8);
    data.set([0, 1, 0, 10], 20);
    return pngChunk("fcTL", data);
  };
  const later = Array.from({ length: frames - 1 }, (_, index) => [
    place(index * 2 + 1),
    pngChunk("fdAT", Buffer.concat([Buffer.from([0, 0, 0, index * 2 + 2]), deflateSync(Buffer.alloc(4))])),
  ]).flat();
  const whole = Buffer.from(inner);
  const end = whole.length - PNG_END.length;
  return Buffer.concat([
    whole.subarray(0, 33),
    pngChunk("acTL", control),
    place(0),
    whole.subarray(33, end),
    ...later,
    PNG_END,
  ]);
}

/** Red, green, blue and white corners: what is upright shows the red one top left. */
export function corners(): Sharp {
  const colours = ["#ff0000", "#00ff00", "#0000ff", "#ffffff"];
  const composites = colours.map((background, index) => ({
    input: { create: { width: 30, height: 20, channels: 3 as const, background } },
    left: (index % 2) * 30,
    top: Math.floor(index / 2) * 20,
  }));
  return sharp({ create: { width: 60, height: 40, channels: 3, background: "#000000" } }).composite(
    composites,
  );
}

/** The corners as a camera stores them that was held so that `orientation` is needed to see them upright. */
export async function turned(orientation: number): Promise<Buffer> {
  const upright = sharp(await corners().png().toBuffer());
  const stored: Readonly<Record<number, (picture: Sharp) => Sharp>> = {
    2: (picture) => picture.flop(),
    3: (picture) => picture.rotate(180),
    4: (picture) => picture.flip(),
    5: (picture) => picture.rotate(270).flop(),
    6: (picture) => picture.rotate(270),
    7: (picture) => picture.rotate(90).flop(),
    8: (picture) => picture.rotate(90),
  };
  const raw = await (stored[orientation]?.(upright) ?? upright).png().toBuffer();
  return sharp(raw)
    .withMetadata({ orientation })
    .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
    .toBuffer();
}

export function box(type: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, body]);
}

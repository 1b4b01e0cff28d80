import { crc32, deflateSync } from "node:zlib";

export interface PngOptions {
  width: number;
  height: number;
  /** Decides the colours; two seeds give two different files. */
  seed: string;
  /** Random-looking pixels that do not compress: about 3 bytes a pixel, for tests of size limits. */
  noise?: boolean;
  /** Written into a tEXt chunk, so that a test can see metadata disappear. */
  comment?: string;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A real 8-bit RGB PNG: a gradient (or noise) between two colours taken from the seed. */
export function makePng(options: PngOptions): Buffer {
  const { width, height } = options;
  let state = crc32(options.seed) || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) & 0xff;
  };
  const from = [next(), next(), next()];
  const to = [next(), next(), next()];
  const rows = Buffer.alloc(height * (width * 3 + 1));
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    rows[at++] = 0;
    for (let x = 0; x < width; x += 1) {
      const share = (x + y) / (width + height);
      for (let channel = 0; channel < 3; channel += 1) {
        const mixed = (from[channel] ?? 0) * (1 - share) + (to[channel] ?? 0) * share;
        rows[at++] = options.noise ? next() : Math.round(mixed);
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const text = Buffer.from(`Comment\0${options.comment ?? options.seed}`, "latin1");
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("tEXt", text),
    chunk("IDAT", deflateSync(rows, { level: options.noise ? 0 : 6 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Width and height for a ratio such as `16:9`, with the longer side of `longSidePx`. */
export function sizeOfRatio(ratio: string, longSidePx: number): { width: number; height: number } {
  const [w = 1, h = 1] = ratio.split(":").map(Number);
  if (!(w > 0) || !(h > 0)) return { width: longSidePx, height: longSidePx };
  const scale = longSidePx / Math.max(w, h);
  return { width: Math.max(1, Math.round(w * scale)), height: Math.max(1, Math.round(h * scale)) };
}

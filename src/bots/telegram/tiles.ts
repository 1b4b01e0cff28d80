import { crc32, deflateSync } from "node:zlib";

/**
 * The pictures that stand in an album until the real ones are there: a number on a quiet ground, or a cross where
 * nothing came. Drawn once; a few kilobytes each.
 */

const SIDE = 512;
const CELL = 40;

/** 5 by 7 dots a sign. */
const SIGNS: Readonly<Record<string, readonly string[]>> = {
  "1": ["..#..", ".##..", "..#..", "..#..", "..#..", "..#..", ".###."],
  "2": [".###.", "#...#", "....#", "..##.", ".#...", "#....", "#####"],
  "3": [".###.", "#...#", "....#", "..##.", "....#", "#...#", ".###."],
  "4": ["...#.", "..##.", ".#.#.", "#..#.", "#####", "...#.", "...#."],
  x: [".....", "#...#", ".#.#.", "..#..", ".#.#.", "#...#", "....."],
};
/** Ground (top, bottom) and sign, as RGB. */
const WAITING = { top: [52, 58, 92], bottom: [88, 72, 128], sign: [208, 212, 240] } as const;
const FAILED = { top: [70, 62, 66], bottom: [96, 70, 74], sign: [232, 190, 186] } as const;

const cache = new Map<string, Uint8Array>();

/** The placeholder of the picture at this place (0-based). */
export function waitingTile(index: number): Uint8Array {
  return tile(String(index + 1), WAITING);
}

export function failedTile(): Uint8Array {
  return tile("x", FAILED);
}

type Colours = typeof WAITING | typeof FAILED;

function tile(sign: string, colours: Colours): Uint8Array {
  const known = cache.get(sign);
  if (known !== undefined) return known;
  const drawn = draw(SIGNS[sign] ?? [], colours);
  cache.set(sign, drawn);
  return drawn;
}

function draw(rows: readonly string[], { top, bottom, sign }: Colours): Uint8Array {
  const stride = SIDE * 3 + 1;
  const pixels = Buffer.alloc(stride * SIDE);
  const left = (SIDE - 5 * CELL) / 2;
  const above = (SIDE - 7 * CELL) / 2;
  for (let y = 0; y < SIDE; y += 1) {
    const share = y / (SIDE - 1);
    for (let x = 0; x < SIDE; x += 1) {
      const isSign = dot(rows, (x - left) / CELL, (y - above) / CELL);
      for (let channel = 0; channel < 3; channel += 1) {
        const ground = (top[channel] ?? 0) * (1 - share) + (bottom[channel] ?? 0) * share;
        pixels[y * stride + 1 + x * 3 + channel] = isSign ? (sign[channel] ?? 0) : Math.round(ground);
      }
    }
  }
  return png(pixels);
}

/** Whether a point lies in a round dot of the sign. */
function dot(rows: readonly string[], x: number, y: number): boolean {
  if (rows[Math.floor(y)]?.[Math.floor(x)] !== "#") return false;
  return (x - Math.floor(x) - 0.5) ** 2 + (y - Math.floor(y) - 0.5) ** 2 <= 0.25;
}

function png(pixels: Buffer): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  // 8 bits, RGB, standard compression and filter, not interlaced.
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

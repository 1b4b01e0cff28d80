import { promisify } from "node:util";
import { crc32, deflate, inflate } from "node:zlib";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const RGBA = 6;
const ALPHA_AT = 3;
const CHANNELS = 4;
/** Our own copies have at most 2,048 pixels a side. */
const MAX_PIXELS = 4_096 * 4_096;

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function* chunksOf(png: Buffer): Generator<Chunk> {
  for (let at = SIGNATURE.length; at + 12 <= png.length; ) {
    const end = at + 8 + png.readUInt32BE(at);
    yield { type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, end) };
    at = end + 4;
  }
}

function chunk(type: string, data: Uint8Array): Buffer {
  const framed = Buffer.concat([Buffer.alloc(4), Buffer.from(type, "latin1"), data, Buffer.alloc(4)]);
  framed.writeUInt32BE(data.length, 0);
  framed.writeUInt32BE(crc32(framed.subarray(4, -4)), framed.length - 4);
  return framed;
}

/** Whichever of left, above and above left is nearest to what the three foretell. Source: PNG specification, 9.4. */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const byLeft = Math.abs(guess - left);
  const byAbove = Math.abs(guess - above);
  const byCorner = Math.abs(guess - corner);
  if (byLeft <= byAbove && byLeft <= byCorner) return left;
  return byAbove <= byCorner ? above : corner;
}

/** What a filter of PNG foretells of one byte. */
function foretold(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4:
      return paeth(left, above, corner);
    default:
      return 0;
  }
}

/** The alpha of every pixel. Filters work on each channel alone, so the other three are passed over. */
function alphaOf(rows: Buffer, width: number, height: number): Uint8Array {
  const alpha = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const start = y * (width * CHANNELS + 1);
    const filter = rows[start] ?? 0;
    for (let x = 0; x < width; x += 1) {
      const here = y * width + x;
      const left = x > 0 ? (alpha[here - 1] ?? 0) : 0;
      const above = y > 0 ? (alpha[here - width] ?? 0) : 0;
      const corner = x > 0 && y > 0 ? (alpha[here - width - 1] ?? 0) : 0;
      alpha[here] = (rows[start + 1 + x * CHANNELS + ALPHA_AT] ?? 0) + foretold(filter, left, above, corner);
    }
  }
  return alpha;
}

/**
 * A mask that means the same to both schools: transparent where the picture is to change, as OpenAI reads it, and
 * white there and black elsewhere, as stable-diffusion.cpp does, which looks at the lightness alone. Null where it is
 * none of our own copies (8 bits a channel, RGBA, not interlaced).
 */
export async function maskForBoth(png: Uint8Array): Promise<Uint8Array | null> {
  const source = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (!source.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return null;
  const chunks = [...chunksOf(source)];
  const header = chunks.find(({ type }) => type === "IHDR")?.data;
  if (header?.length !== 13) return null;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const isOurs = header[8] === 8 && header[9] === RGBA && header[12] === 0;
  if (!isOurs || width * height > MAX_PIXELS) return null;
  const sizeBytes = height * (width * CHANNELS + 1);
  const packed = Buffer.concat(chunks.flatMap(({ type, data }) => (type === "IDAT" ? [data] : [])));
  const rows = await promisify(inflate)(packed, { maxOutputLength: sizeBytes }).catch(() => null);
  if (rows?.length !== sizeBytes) return null;

  const alpha = alphaOf(rows, width, height);
  const drawn = Buffer.alloc(sizeBytes);
  for (let y = 0, at = 0; y < height; y += 1) {
    at += 1;
    for (let x = 0; x < width; x += 1) {
      const here = alpha[y * width + x] ?? 255;
      drawn.fill(here < 128 ? 255 : 0, at, at + ALPHA_AT);
      drawn[at + ALPHA_AT] = here;
      at += CHANNELS;
    }
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", await promisify(deflate)(drawn)),
    chunk("IEND", new Uint8Array()),
  ]);
}

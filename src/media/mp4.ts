/** Facts from an MP4's own index. */
export interface Mp4Facts {
  readonly width: number;
  readonly height: number;
  /** Null where the file does not say (fragments). */
  readonly durationMs: number | null;
}

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** More boxes on one level than any real file has: stops a file made to keep us reading. */
const MAX_BOXES = 10_000;

/** The boxes between two offsets, or null where a length does not fit: the file is cut or broken. */
function boxesOf(view: DataView, from: number, to: number): Box[] | null {
  const boxes: Box[] = [];
  let at = from;
  while (at < to) {
    if (to - at < 8 || boxes.length === MAX_BOXES) return null;
    const size32 = view.getUint32(at);
    const type = String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
    let header = 8;
    let size = size32;
    if (size32 === 1) {
      if (to - at < 16) return null;
      size = Number(view.getBigUint64(at + 8));
      header = 16;
    } else if (size32 === 0) {
      size = to - at;
    }
    if (size < header || size > to - at) return null;
    boxes.push({ type, start: at + header, end: at + size });
    at += size;
  }
  return boxes;
}

function child(view: DataView, parent: Box, type: string): Box | undefined {
  return boxesOf(view, parent.start, parent.end)?.find((box) => box.type === type);
}

function durationOf(view: DataView, movie: Box): number | null {
  const header = child(view, movie, "mvhd");
  if (!header || header.end - header.start < 32) return null;
  const isLong = view.getUint8(header.start) === 1;
  const timescale = view.getUint32(header.start + (isLong ? 20 : 12));
  const duration = isLong ? Number(view.getBigUint64(header.start + 24)) : view.getUint32(header.start + 16);
  if (timescale === 0 || duration === 0 || duration === 0xffffffff) return null;
  return Math.round((duration / timescale) * 1000);
}

/** Width and height of the first picture track; they are 16.16 fixed point at the end of `tkhd`. */
function sizeOf(view: DataView, movie: Box): { width: number; height: number } | null {
  for (const track of boxesOf(view, movie.start, movie.end) ?? []) {
    const header = track.type === "trak" ? child(view, track, "tkhd") : undefined;
    if (!header || header.end - header.start < 84) continue;
    const width = view.getUint32(header.end - 8) >>> 16;
    const height = view.getUint32(header.end - 4) >>> 16;
    if (width > 0 && height > 0) return { width, height };
  }
  return null;
}

/** Reads an MP4: `ftyp` first, whole boxes, `moov` with a picture track, and media behind it. Null: it is none. */
export function readMp4(bytes: Uint8Array): Mp4Facts | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boxes = boxesOf(view, 0, bytes.byteLength);
  const movie = boxes?.find((box) => box.type === "moov");
  if (boxes?.[0]?.type !== "ftyp" || !movie || !boxes.some((box) => box.type === "mdat")) return null;
  const size = sizeOf(view, movie);
  return size && { ...size, durationMs: durationOf(view, movie) };
}

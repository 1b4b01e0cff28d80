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

/** More boxes than any real index has: stops a file made to keep us reading. */
const MAX_BOXES = 10_000;
/** No film of ours is longer than a minute; more than a day is no duration. */
const MAX_DURATION_MS = 24 * 3_600_000;

type ReadBoxes = (from: number, to: number) => Box[] | null;

/** Reads the boxes between two offsets; null where a length does not fit: the file is cut or broken. */
function createBoxReader(view: DataView): ReadBoxes {
  let left = MAX_BOXES;
  return (from, to) => {
    const boxes: Box[] = [];
    let at = from;
    while (at < to) {
      left -= 1;
      if (to - at < 8 || left < 0) return null;
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
  };
}

function durationOf(view: DataView, header: Box | undefined): number | null {
  if (!header || header.end - header.start < 32) return null;
  const isLong = view.getUint8(header.start) === 1;
  const timescale = view.getUint32(header.start + (isLong ? 20 : 12));
  const duration = isLong ? Number(view.getBigUint64(header.start + 24)) : view.getUint32(header.start + 16);
  if (timescale === 0 || duration === 0 || duration === 0xffffffff) return null;
  const durationMs = Math.round((duration / timescale) * 1000);
  return durationMs > MAX_DURATION_MS ? null : durationMs;
}

/** Whether a track says that it is something else than a picture: sound, subtitles, a hint. */
function isOther(view: DataView, parts: readonly Box[], read: ReadBoxes): boolean {
  const media = parts.find((box) => box.type === "mdia");
  const handler = media && read(media.start, media.end)?.find((box) => box.type === "hdlr");
  if (!handler || handler.end - handler.start < 12) return false;
  return view.getUint32(handler.start + 8) !== 0x76696465; // "vide"
}

/** Width and height of the first picture track; they are 16.16 fixed point at the end of `tkhd`. */
function sizeOf(
  view: DataView,
  tracks: readonly Box[],
  read: ReadBoxes,
): { width: number; height: number } | null {
  for (const track of tracks) {
    const parts = read(track.start, track.end) ?? [];
    const header = parts.find((box) => box.type === "tkhd");
    if (!header || header.end - header.start < 84 || isOther(view, parts, read)) continue;
    const width = view.getUint32(header.end - 8) >>> 16;
    const height = view.getUint32(header.end - 4) >>> 16;
    if (width > 0 && height > 0) return { width, height };
  }
  return null;
}

/**
 * Reads an MP4: `ftyp` first, whole boxes, `moov` with a picture track, and media with something in it. Null: it is
 * none. The codec is not judged: what a paid service made is kept, whether or not every player shows it.
 */
export function readMp4(bytes: Uint8Array): Mp4Facts | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = createBoxReader(view);
  const boxes = read(0, bytes.byteLength);
  const movie = boxes?.find((box) => box.type === "moov");
  const hasMedia = boxes?.some((box) => box.type === "mdat" && box.end > box.start);
  if (boxes?.[0]?.type !== "ftyp" || !movie || !hasMedia) return null;
  const inside = read(movie.start, movie.end) ?? [];
  const tracks = inside.filter((box) => box.type === "trak");
  const size = sizeOf(view, tracks, read);
  const header = inside.find((box) => box.type === "mvhd");
  return size && { ...size, durationMs: durationOf(view, header) };
}

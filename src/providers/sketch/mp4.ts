/**
 * Tidies an MP4 file as the encoder leaves it: the index (`moov`) goes before the media, so that players can start
 * before the whole file is there; key frames are listed (`stss`), so that they can seek; the time of making is
 * zeroed, so that the same picture is the same bytes. Source: ISO/IEC 14496-12 (boxes) and 14496-15 (samples).
 */
export function tidyMp4(file: Uint8Array): Uint8Array {
  const boxes = readBoxes(file, 0, file.length);
  const ftyp = boxes.find(({ type }) => type === "ftyp");
  const moov = boxes.find(({ type }) => type === "moov");
  const mdat = boxes.find(({ type }) => type === "mdat");
  if (!ftyp || !moov || !mdat) throw new Error("The encoder gave no complete MP4");
  const keyFrames = findKeyFrames(file, moov);
  const build = (shift: number) => rebuild(file, moov, { shift, keyFrames });
  const indexSize = build(0).length;
  const head = file.subarray(ftyp.start, ftyp.end);
  const index = build(head.length + indexSize - mdat.start);
  const media = file.subarray(mdat.start, mdat.end);
  const result = new Uint8Array(head.length + index.length + media.length);
  result.set(head, 0);
  result.set(index, head.length);
  result.set(media, head.length + index.length);
  return result;
}

export interface Box {
  readonly type: string;
  /** Of its header, in bytes from the start of the file. */
  readonly start: number;
  readonly end: number;
}

const HEADER = 8;

export function readBoxes(file: Uint8Array, start: number, end: number): Box[] {
  const view = viewOf(file);
  const boxes: Box[] = [];
  let at = start;
  while (at + HEADER <= end) {
    const size = view.getUint32(at);
    if (size < HEADER || at + size > end) break;
    boxes.push({ type: String.fromCharCode(...file.subarray(at + 4, at + 8)), start: at, end: at + size });
    at += size;
  }
  return boxes;
}

/** The box at a path below `parent`: `["trak", "mdia", "mdhd"]`. */
export function findBox(file: Uint8Array, parent: Box, path: readonly string[]): Box | undefined {
  let box: Box | undefined = parent;
  for (const type of path) {
    if (!box) return undefined;
    box = readBoxes(file, box.start + HEADER, box.end).find((child) => child.type === type);
  }
  return box;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Numbers, from 1, of the samples that hold an IDR picture (NAL unit type 5). All samples lie in one chunk each or in a row. */
function findKeyFrames(file: Uint8Array, moov: Box): number[] {
  const table = ["trak", "mdia", "minf", "stbl"];
  const sizes = findBox(file, moov, [...table, "stsz"]);
  const chunks = findBox(file, moov, [...table, "stco"]);
  if (!sizes || !chunks) throw new Error("The encoder gave no sample table");
  const view = viewOf(file);
  const fixed = view.getUint32(sizes.start + 12);
  const count = view.getUint32(sizes.start + 16);
  const chunkCount = view.getUint32(chunks.start + 12);
  const found: number[] = [];
  let at = view.getUint32(chunks.start + 16);
  for (let sample = 0; sample < count; sample++) {
    if (chunkCount === count) at = view.getUint32(chunks.start + 16 + sample * 4);
    const size = fixed || view.getUint32(sizes.start + 20 + sample * 4);
    for (let unit = at; unit + 5 <= at + size; unit += 4 + view.getUint32(unit)) {
      if (((file[unit + 4] ?? 0) & 31) === 5) {
        found.push(sample + 1);
        break;
      }
    }
    at += size;
  }
  return found;
}

interface Change {
  /** Bytes that the media moves towards the end. */
  readonly shift: number;
  readonly keyFrames: readonly number[];
}

const CONTAINERS = new Set(["moov", "trak", "mdia", "minf", "stbl"]);
const DROPPED = new Set(["iods", "free", "stss"]);

function rebuild(file: Uint8Array, box: Box, change: Change): Uint8Array {
  if (!CONTAINERS.has(box.type)) return rewritten(file.slice(box.start, box.end), box.type, change.shift);
  const children = readBoxes(file, box.start + HEADER, box.end).filter(({ type }) => !DROPPED.has(type));
  const parts = children.map((child) => rebuild(file, child, change));
  if (box.type === "stbl") parts.splice(2, 0, keyFrameBox(change.keyFrames));
  const size = parts.reduce((sum, part) => sum + part.length, HEADER);
  const result = new Uint8Array(size);
  result.set(file.subarray(box.start, box.start + HEADER));
  viewOf(result).setUint32(0, size);
  let at = HEADER;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function rewritten(bytes: Uint8Array, type: string, shift: number): Uint8Array {
  const view = viewOf(bytes);
  if (type === "mvhd" || type === "tkhd" || type === "mdhd") {
    view.setUint32(12, 0);
    view.setUint32(16, 0);
  }
  if (type === "stco") {
    const count = view.getUint32(12);
    for (let entry = 0; entry < count; entry++) {
      view.setUint32(16 + entry * 4, view.getUint32(16 + entry * 4) + shift);
    }
  }
  return bytes;
}

function keyFrameBox(samples: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(16 + samples.length * 4);
  const view = viewOf(bytes);
  view.setUint32(0, bytes.length);
  bytes.set(new TextEncoder().encode("stss"), 4);
  view.setUint32(12, samples.length);
  samples.forEach((sample, index) => {
    view.setUint32(16 + index * 4, sample);
  });
  return bytes;
}

import type { OpenAnswer, Refused, RemoteCalls, WireRequest } from "./remote-calls.ts";

export interface Range {
  readonly start: number;
  readonly end?: number;
}

interface Part {
  readonly body: ReadableStream<Uint8Array>;
  readonly totalBytes: number;
}

/** How a store asks for a file: `range` is the header's value. */
export type AskFor = (range: string | null) => WireRequest | Promise<WireRequest>;

const OUT_OF_RANGE = 416;

/**
 * A file or a part of it by HTTP ranges, as `MediaStore.stream` promises it: ranges that begin behind the end give
 * nothing instead of an error, and a service (or a proxy before it) that sends the whole file anyway is cut to size.
 */
export async function openPart(
  calls: RemoteCalls,
  ask: AskFor,
  isMissing: (refused: Refused) => boolean,
  range: Range | undefined,
): Promise<Part | null> {
  const start = Math.max(0, range?.start ?? 0);
  const end = range?.end ?? Number.POSITIVE_INFINITY;
  const header = range === undefined ? null : `bytes=${start}-${range.end ?? ""}`;
  if (end >= start) {
    const answer = await calls.open("stream", () => ask(header));
    if (answer.kind === "answer") {
      // A proxy that sends in pieces leaves the length out.
      const totalBytes = totalOf(answer) ?? (await sizeOf(calls, ask, isMissing));
      if (totalBytes === null) answer.cancel();
      return totalBytes === null ? null : { body: bodyOf(answer, start, end), totalBytes };
    }
    if (isMissing(answer)) return null;
    if (answer.status !== OUT_OF_RANGE) throw calls.unavailable("stream", answer);
  }
  const totalBytes = await sizeOf(calls, ask, isMissing);
  return totalBytes === null ? null : { body: new Blob([]).stream(), totalBytes };
}

/** By its first byte: a HEAD has no body that could say what went wrong. */
async function sizeOf(
  calls: RemoteCalls,
  ask: AskFor,
  isMissing: (refused: Refused) => boolean,
): Promise<number | null> {
  const answer = await calls.open("size", () => ask("bytes=0-0"));
  if (answer.kind === "answer") {
    // Read to its end, the connection can be used again.
    if (answer.status === 206) while ((await answer.next()) !== null);
    else answer.cancel();
    const totalBytes = totalOf(answer);
    if (totalBytes !== null) return totalBytes;
    throw calls.unavailable("size", { status: answer.status, reason: "no length" });
  }
  if (isMissing(answer)) return null;
  // The first byte of a file without any.
  if (answer.status === OUT_OF_RANGE) return 0;
  throw calls.unavailable("size", answer);
}

function totalOf(answer: OpenAnswer): number | null {
  const [, total] = /^bytes \d+-\d+\/(\d+)$/.exec(answer.header("content-range") ?? "") ?? [];
  const totalBytes = answer.status === 206 ? Number(total) : answer.sizeBytes;
  return Number.isSafeInteger(totalBytes) ? totalBytes : null;
}

function bodyOf(answer: OpenAnswer, start: number, end: number): ReadableStream<Uint8Array> {
  const isWhole = answer.status !== 206;
  let toSkip = isWhole ? start : 0;
  let toGive = isWhole ? end - start + 1 : Number.POSITIVE_INFINITY;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const part = toGive > 0 ? await answer.next() : null;
          if (part === null) {
            if (toGive <= 0) answer.cancel();
            controller.close();
            return;
          }
          const wanted = part.subarray(toSkip, toSkip + Math.min(toGive, part.length));
          toSkip -= Math.min(toSkip, part.length);
          toGive -= wanted.length;
          if (wanted.length === 0) continue;
          controller.enqueue(wanted);
          return;
        }
      },
      cancel: () => answer.cancel(),
    },
    { highWaterMark: 0 },
  );
}

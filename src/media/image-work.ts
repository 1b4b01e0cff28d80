import type { Sharp, SharpOptions } from "sharp";

/** Most pixels that are ever decoded: 27 KB of PNG can hold 225 million. */
export const MAX_PIXELS = 40_000_000;

/** Strict reading: first frame only, stop at the first error, judge the size by the header. */
const READING = {
  limitInputPixels: MAX_PIXELS,
  failOn: "error",
  animated: false,
  sequentialRead: true,
} satisfies SharpOptions;

const TIMEOUT_SECONDS = 10;
const AT_ONCE = 2;

/** Work on pictures: at most two at once, off the main thread (sharp's own threads). */
export interface ImageWork {
  /** Opens `bytes` and does `work`; null where the picture cannot be decoded. */
  run<Result>(bytes: Uint8Array, work: (image: Sharp) => Promise<Result>): Promise<Result | null>;
}

/** sharp is loaded with the first picture: it costs start-up time and memory that an idle process does without. */
export function createImageWork(): ImageWork {
  const waiting: (() => void)[] = [];
  let running = 0;
  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // A place is handed on, not given back, so that nobody slips in between.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }
  const load = async () => {
    const { default: sharp } = await import("sharp");
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  };
  let loaded: ReturnType<typeof load> | undefined;
  return {
    run: (bytes, work) =>
      inTurn(async () => {
        loaded ??= load();
        const sharp = await loaded;
        try {
          return await work(sharp(bytes, READING).timeout({ seconds: TIMEOUT_SECONDS }));
        } catch {
          return null;
        }
      }),
  };
}

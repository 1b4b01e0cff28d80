import { readFileSync } from "node:fs";
import fc from "fast-check";
import { createImageWork } from "../../../src/media/image-work.ts";
import { createMediaIntake } from "../../../src/media/intake.ts";
import { createPictureWorker } from "../../../src/media/picture-process.ts";
import { createReferenceIntake } from "../../../src/media/references.ts";
import { createMemoryMedia } from "./memory-media.ts";
import { apng, noise, plain, turned } from "./picture-bytes.ts";

/**
 * Real files with bytes changed, cut out or cut off: whatever comes, the answer is a value, in time, and this process
 * lives. `node test/contract/support/flip-media.ts 20000` tries as many as it is told and says what came of it.
 */
export interface FlipReport {
  readonly answers: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  /** How far this process grew above where it was after the first hundred. */
  readonly grownBytes: number;
}

async function originals(): Promise<{ readonly bytes: Buffer; readonly isVideo: boolean }[]> {
  const exif = { IFD0: { Copyright: "somebody" } };
  const pictures = await Promise.all([
    noise(40, 30).png().toBuffer(),
    noise(40, 30, 4).png({ progressive: true }).toBuffer(),
    noise(40, 30).png({ palette: true }).toBuffer(),
    plain().toColourspace("rgb16").png().toBuffer(),
    plain()
      .png()
      .toBuffer()
      .then((png) => apng(png, 3)),
    noise(40, 30).jpeg().toBuffer(),
    noise(40, 30).jpeg({ progressive: true }).toBuffer(),
    plain().toColourspace("cmyk").withExif(exif).jpeg().toBuffer(),
    plain().withIccProfile("p3").jpeg().toBuffer(),
    turned(7),
    noise(40, 30).webp().toBuffer(),
    noise(40, 30, 4).webp({ lossless: true }).toBuffer(),
    plain().withExif(exif).webp().toBuffer(),
    noise(40, 30).gif().toBuffer(),
    plain(60, 40, 0).gif().toBuffer(),
  ]);
  const film = readFileSync(new URL("../../emulators/kie/result.mp4", import.meta.url));
  return [...pictures.map((bytes) => ({ bytes, isVideo: false })), { bytes: film, isVideo: true }];
}

/** Where in a file, as a share: heads decide more than bodies, so that they are hit more often. */
const place = fc.noBias(fc.nat(999_999)).map((millionths) => (millionths / 1_000_000) ** 2);
const damages = fc.array(
  fc.record({
    place,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
    way: fc.constantFrom("set", "set", "set", "insert", "remove", "cut"),
  }),
  { minLength: 1, maxLength: 3 },
);

function damaged(
  whole: Buffer,
  changes: typeof damages extends fc.Arbitrary<infer Value> ? Value : never,
): Buffer {
  return changes.reduce((bytes, { place: share, bytes: change, way }) => {
    const at = Math.floor(share * bytes.length);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    if (way === "cut") return before;
    if (way === "insert") return Buffer.concat([before, change, after]);
    if (way === "remove") return Buffer.concat([before, after.subarray(change.length)]);
    return Buffer.concat([before, change.subarray(0, after.length), after.subarray(change.length)]);
  }, whole);
}

/** `member`: a picture that somebody sent; `service`: what a provider made. */
export async function flipMedia(
  from: "member" | "service",
  count: number,
  seed: number,
): Promise<FlipReport> {
  const files = await originals();
  const { store: memory } = createMemoryMedia();
  const store = { ...memory, put: () => Promise.resolve() };
  const fetch = () => Promise.resolve({ ok: false as const, reason: "network" });
  const pictures = createPictureWorker();
  const references = createReferenceIntake({ store, fetch, pictures });
  const results = createMediaIntake({ store, fetch, images: createImageWork() });
  const answerTo = async (bytes: Uint8Array, kind: "image" | "video"): Promise<string> => {
    if (from === "member") {
      const result = await references.fromBytes("ref_1", "picture", bytes);
      return result.status === "stored" ? "stored" : `${result.why} (${result.detail})`;
    }
    const result = await results.fromBytes("gen_1", kind, bytes);
    return "detail" in result ? `${result.status} (${result.detail})` : result.status;
  };
  const answers: Record<string, number> = {};
  let slowestMs = 0;
  let firstBytes = 0;
  let mostBytes = 0;
  let done = 0;
  const attempt = fc.asyncProperty(
    fc.constantFrom(...files),
    damages,
    async ({ bytes, isVideo }, changes) => {
      const flipped = damaged(bytes, changes);
      const began = performance.now();
      const answer = await answerTo(flipped, isVideo ? "video" : "image");
      slowestMs = Math.max(slowestMs, performance.now() - began);
      answers[answer] = (answers[answer] ?? 0) + 1;
      done += 1;
      const rss = process.memoryUsage.rss();
      if (done <= 100) firstBytes = Math.max(firstBytes, rss);
      mostBytes = Math.max(mostBytes, rss);
    },
  );
  try {
    await fc.assert(attempt, { numRuns: count, seed, endOnFailure: true });
  } finally {
    await pictures.close();
  }
  return { answers, slowestMs, grownBytes: mostBytes - firstBytes };
}

if (import.meta.main) {
  const [count = 1_000, seed = 1] = process.argv.slice(2).map(Number);
  for (const from of ["member", "service"] as const) {
    const began = performance.now();
    const report = await flipMedia(from, count, seed);
    const seconds = Math.round((performance.now() - began) / 1_000);
    process.stdout.write(`${JSON.stringify({ from, count, seconds, ...report }, null, 2)}\n`);
  }
}

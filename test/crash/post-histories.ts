/**
 * Plays random histories of posts (clicks, approvals, rights that change, lost answers, crashes, stalled processes)
 * and counts what must never be: `node test/crash/post-histories.ts [histories] [seed] [sqlite|postgres] [model|zernio]`.
 */
import fc from "fast-check";
import { startEmulatorService } from "../support/emulator-service.ts";
import { LIGHT, play } from "../support/post-histories.ts";
import { histories } from "../support/post-history-events.ts";

const runs = Number(process.argv[2] ?? 500);
const seed = Number(process.argv[3] ?? 1);
// Its server ends the process at a signal: it is loaded only where it is wanted.
const postgres =
  process.argv[4] === "postgres"
    ? await (await import("../support/postgres-place.ts")).startPostgresPlace()
    : null;
const place = {
  ...LIGHT,
  ...postgres,
  ...(process.argv[5] === "zernio" ? { serve: startEmulatorService } : {}),
};
const sums = { posts: 0, published: 0, deaths: 0, wrong: 0 };
const counts: Record<string, number> = {};
const started = performance.now();
let played = 0;
let isOver = false;
process.on("SIGTERM", () => {
  isOver = true;
});
for (; played < runs && !isOver; played += 1) {
  const [history] = fc.sample(histories, { numRuns: 1, seed: seed + played });
  if (!history) continue;
  const seen = await play(history, place);
  sums.posts += seen.posts;
  sums.published += seen.published;
  sums.deaths += seen.deaths;
  sums.wrong += seen.wrong.length;
  for (const [state, ended] of Object.entries(seen.ends))
    counts[`end ${state}`] = (counts[`end ${state}`] ?? 0) + ended;
  for (const [name, hits] of Object.entries(seen.counts)) counts[name] = (counts[name] ?? 0) + hits;
  if (seen.wrong.length > 0) process.stdout.write(`seed ${seed + played}: ${seen.wrong.join("; ")}\n`);
}
await postgres?.stop();
const seconds = Math.round((performance.now() - started) / 1_000);
const sorted = Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
process.stdout.write(
  `${JSON.stringify({ histories: played, ...sums, seconds })}\n${JSON.stringify(sorted)}\n`,
);
process.exitCode = sums.wrong === 0 ? 0 : 1;

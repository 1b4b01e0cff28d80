/**
 * Plays random histories of posts (clicks, moves, lost answers, crashes, stalled processes) and counts what must
 * never be: `node test/crash/post-histories.ts [histories] [seed]`.
 */
import fc from "fast-check";
import { histories, play } from "../support/post-histories.ts";

const runs = Number(process.argv[2] ?? 500);
const seed = Number(process.argv[3] ?? 1);
const sums = { posts: 0, published: 0, failed: 0, cancelled: 0, deaths: 0, wrong: 0 };
const started = performance.now();
let played = 0;
process.on("SIGTERM", () => finish());
for (; played < runs; played += 1) {
  const [history] = fc.sample(histories, { numRuns: 1, seed: seed + played });
  if (!history) continue;
  const seen = await play(history);
  sums.posts += seen.posts;
  sums.published += seen.published;
  sums.failed += seen.failed;
  sums.cancelled += seen.cancelled;
  sums.deaths += seen.deaths;
  sums.wrong += seen.wrong.length;
  if (seen.wrong.length > 0) process.stdout.write(`seed ${seed + played}: ${seen.wrong.join("; ")}\n`);
}
finish();

function finish(): never {
  const seconds = Math.round((performance.now() - started) / 1_000);
  process.stdout.write(`${JSON.stringify({ histories: played, ...sums, seconds })}\n`);
  process.exit(sums.wrong === 0 ? 0 : 1);
}

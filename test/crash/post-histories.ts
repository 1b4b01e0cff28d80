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
for (let at = 0; at < runs; at += 1) {
  const [history] = fc.sample(histories, { numRuns: 1, seed: seed + at });
  if (!history) continue;
  const seen = await play(history);
  sums.posts += seen.posts;
  sums.published += seen.published;
  sums.failed += seen.failed;
  sums.cancelled += seen.cancelled;
  sums.deaths += seen.deaths;
  sums.wrong += seen.wrong.length;
  if (seen.wrong.length > 0) process.stdout.write(`seed ${seed + at}: ${seen.wrong.join("; ")}\n`);
}
const seconds = Math.round((performance.now() - started) / 1_000);
process.stdout.write(`${JSON.stringify({ histories: runs, ...sums, seconds })}\n`);
process.exit(sums.wrong === 0 ? 0 : 1);

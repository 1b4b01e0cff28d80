/**
 * How soon a finished task is noticed when status reads are short (performance.md, goal 9), in virtual time, with the
 * real look and SQLite: tasks of three lengths at 10 reads a second, as one KIE key allows. Once in the product's
 * order (who should be done since longest), once round robin (who was not looked at since longest), the same tasks.
 *
 *   node bench/lag.ts [tasks]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { advance } from "../src/core/generation/advance.ts";
import type { Generator, GeneratorModel } from "../src/core/ports/generator.ts";
import { createStores } from "../src/db/stores.ts";
import { openTestDatabase } from "../test/support/databases.ts";
import { newOrder, started } from "../test/support/store-fixtures.ts";
import { quantile } from "./support/figures.ts";
import { createVirtualClock } from "./support/virtual-clock.ts";
import { createWork, MODEL } from "./support/work.ts";

const TASKS = Number(process.argv[2] ?? 1_200);
/** Accepted a second. */
const PER_SECOND = 2;
const READS_PER_SECOND = 10;
const NOON = Date.UTC(2026, 10, 22, 12);
const models: readonly GeneratorModel[] = [
  { ...MODEL, id: "short", typicalMs: 25_000 },
  { ...MODEL, id: "middle", typicalMs: 60_000 },
  { ...MODEL, id: "long", typicalMs: 180_000 },
];

async function run(
  order: "product" | "round robin",
): Promise<{ readonly lags: number[]; readonly reads: number }> {
  const folder = mkdtempSync(join(tmpdir(), "easel-bench-"));
  const database = await openTestDatabase(`file:${join(folder, "easel.db")}`);
  const stores = createStores(database);
  const clock = createVirtualClock(NOON);
  const doneAt = new Map<number, number>();
  const lags: number[] = [];
  let reads = 0;
  const generator: Generator = {
    serviceName: "Bench",
    models,
    budget: {
      creates: { count: 1, perMs: 1 },
      reads: { count: READS_PER_SECOND, perMs: 1_000 },
      concurrency: 100,
    },
    resultHosts: { suffixes: [], trustedOrigins: [] },
    start: () => Promise.resolve({ status: "unknown", detail: "not asked here" }),
    poll(operation) {
      reads += 1;
      const at = doneAt.get(Number(operation)) ?? 0;
      if (clock.now() < at) return Promise.resolve({ status: "pending" });
      lags.push(clock.now() - at);
      return Promise.resolve({ status: "done", media: [{ url: "https://example.com/a.png" }] });
    },
  };
  const roundRobin = {
    ...stores.generation,
    accept: (held, task) => stores.generation.accept(held, { ...task, rankAt: task.dueAt }),
    lookAgain: (held, next) => stores.generation.lookAgain(held, { ...next, rankAt: next.dueAt }),
  } satisfies typeof stores.generation;
  const generation = order === "product" ? stores.generation : roundRobin;
  const work = createWork(generator, { ...stores, generation }, clock);
  const user = await stores.users.resolve("discord:1", { name: "Ada", locale: "en" }, "usr_1", NOON);
  let asked = 0;
  const accept = async (model: GeneratorModel): Promise<void> => {
    const now = clock.now();
    asked += 1;
    started(await generation.order(newOrder(user, 1, { provider: model.id, limit: null, now })));
    const [claimed] = await generation.claim(
      [{ providers: [model.id], creates: 1, reads: 0 }],
      "bench",
      now,
      120_000,
    );
    if (claimed === undefined) throw new Error("nothing was claimed");
    const { asset } = claimed;
    const id = `att_${asked}` as const;
    await generation.beginAttempt(asset, { id, startedAt: now, callbackDigest: id, capDay: null });
    // Most take 0.7 to 1.3 times as long as is usual; every tenth takes twice as long.
    const spread = asked % 10 === 0 ? 2 : 0.7 + ((asked * 7) % 13) / 20;
    doneAt.set(asked, now + Math.round(model.typicalMs * spread));
    const [dueAt, rankAt] = [now + 3_000, Math.max(now + 3_000, now + model.typicalMs * 0.8)];
    await generation.accept(asset, { operation: asked, taskKey: id, now, dueAt, rankAt });
  };
  const providers = models.map(({ id }) => id);
  for (let step = 0; lags.length < TASKS; step += 1) {
    if (step % (READS_PER_SECOND / PER_SECOND) === 0 && asked < TASKS) {
      const model = models[asked % models.length];
      if (model !== undefined) await accept(model);
    }
    // The budget is spread over the second, one read each step.
    const claimed = await generation.claim(
      [{ providers, creates: 0, reads: 1 }],
      "bench",
      clock.now(),
      120_000,
    );
    await Promise.all(claimed.map((one) => advance(work, one)));
    const next = clock.now() + 1_000 / READS_PER_SECOND;
    void clock.sleep(1_000 / READS_PER_SECOND);
    await clock.runUntil(() => clock.now() >= next);
  }
  await database.close();
  rmSync(folder, { recursive: true });
  return { lags, reads };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length / 1_000;
const results = [];
for (const order of ["product", "round robin"] as const) {
  const { lags, reads } = await run(order);
  results.push(mean(lags));
  console.log(
    `${order}: done to noticed ${mean(lags).toFixed(1)} s on average, p95 ${(quantile(lags, 0.95) / 1_000).toFixed(1)} s, ${(reads / TASKS).toFixed(1)} reads a task`,
  );
}
const [product, other] = results;
console.log(
  `goal 9, against round robin (at most 0.5): ${((product ?? Number.NaN) / (other ?? Number.NaN)).toFixed(2)}`,
);

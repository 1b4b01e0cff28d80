/**
 * From asked to done of a job that does nothing (performance.md, goal 3): the real order, worker and endings, against a
 * bare queue on better-sqlite3 in the same run (an insert, a claim, a done), both FULL and 32 at once.
 *
 *   node bench/noop.ts [jobs]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Connection from "better-sqlite3";
import type { Generator } from "../src/core/ports/generator.ts";
import { createStores } from "../src/db/stores.ts";
import { createWorker } from "../src/scheduler/worker.ts";
import { systemClock } from "../src/system.ts";
import { openTestDatabase } from "../test/support/databases.ts";
import { newOrder } from "../test/support/store-fixtures.ts";
import { median } from "./support/figures.ts";
import { PROVIDER } from "./support/in-flight.ts";
import { createWork, MODEL } from "./support/work.ts";

const JOBS = Number(process.argv[2] ?? 2_000);
const AT_ONCE = 32;
const ROUNDS = 3;
const folder = mkdtempSync(join(tmpdir(), "easel-bench-"));
const file = (): string => join(folder, `${Math.random()}.db`);

async function product(): Promise<number> {
  const database = await openTestDatabase(`file:${file()}`);
  const stores = createStores(database);
  const generator: Generator = {
    serviceName: "Bench",
    models: [MODEL],
    budget: {
      creates: { count: 1_000_000, perMs: 1_000 },
      reads: { count: 1_000_000, perMs: 1_000 },
      concurrency: AT_ONCE,
    },
    resultHosts: { suffixes: [], trustedOrigins: [] },
    start: () => Promise.resolve({ status: "done", media: [{ bytes: new Uint8Array(1) }] }),
    poll: () => Promise.resolve({ status: "empty" }),
  };
  const work = createWork(generator, stores, systemClock);
  const users = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, index) =>
      stores.users.resolve(`discord:${index}`, { name: "Ada", locale: "en" }, `usr_${index}`, Date.now()),
    ),
  );
  const done = Promise.withResolvers<void>();
  let ended = 0;
  work.signals.on((signal) => {
    if (signal.kind !== "delivery") return;
    ended += 1;
    if (ended === JOBS) done.resolve();
  });
  const worker = createWorker({
    work,
    stores,
    holder: "bench",
    health: work.health,
    sweep: { uploads: () => Promise.resolve(0), all: () => Promise.resolve(0) },
  });
  worker.start();
  const began = performance.now();
  await Promise.all(
    users.map(async (user, index) => {
      for (let order = index; order < JOBS; order += AT_ONCE) {
        await stores.generation.order(
          newOrder(user, 1, { provider: PROVIDER, limit: null, now: Date.now() }),
        );
        work.signals.emit({ kind: "work" });
      }
    }),
  );
  await done.promise;
  const perSecond = (JOBS / (performance.now() - began)) * 1_000;
  await worker.stop(5_000);
  await database.close();
  return perSecond;
}

function bare(): number {
  const connection = new Connection(file());
  connection.pragma("journal_mode = WAL");
  connection.pragma("synchronous = FULL");
  connection.exec(
    "create table jobs (id integer primary key, state text not null, due_at integer, payload text)",
  );
  connection.exec("create index jobs_due on jobs (due_at) where due_at is not null");
  const add = connection.prepare("insert into jobs (state, due_at, payload) values ('queued', ?, ?)");
  const claim = connection.prepare(`update jobs set state = 'running', due_at = ? where id in
    (select id from jobs where due_at <= ? order by due_at limit ?) returning id`);
  const finish = connection.prepare("update jobs set state = 'done', due_at = null where id = ?");
  const grouped = (work: () => void) => connection.transaction(work)();
  const began = performance.now();
  for (let job = 0; job < JOBS; job += AT_ONCE) {
    const now = Date.now();
    grouped(() => {
      for (let index = 0; index < AT_ONCE; index += 1) add.run(now, "a red fox in the snow");
    });
    let rows: unknown[] = [];
    grouped(() => {
      rows = claim.all(now + 120_000, now, AT_ONCE);
    });
    grouped(() => {
      for (const row of rows) if (typeof row === "object" && row !== null && "id" in row) finish.run(row.id);
    });
  }
  const perSecond = (JOBS / (performance.now() - began)) * 1_000;
  connection.close();
  return perSecond;
}

const [floor, ours]: [number[], number[]] = [[], []];
for (let round = 0; round < ROUNDS; round += 1) {
  floor.push(bare());
  ours.push(await product());
}
rmSync(folder, { recursive: true });
console.log(`bare queue ${median(floor).toFixed(0)} jobs/s, ours ${median(ours).toFixed(0)} jobs/s`);
console.log(`goal 3, against the bare queue (at least 0.5): ${(median(ours) / median(floor)).toFixed(2)}`);

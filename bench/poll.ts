/**
 * What looking at running tasks costs (performance.md, goals 4, 5 and 6), with the real worker and SQLite, FULL:
 *
 *   node bench/poll.ts [most finished rows]
 *
 * 4: one look at each of 10,000 tasks, over HTTP at a server in a process of its own, in CPU of this process against
 *    a bare undici loop that makes the same reads with the same number at once, taking turns with it.
 * 5: the longest block of the event loop and how long an order takes to be committed, one every 20 ms, while 10,000
 *    and 50,000 tasks are being looked at.
 * 6: the time of a claim that finds nothing and of one that takes 100, against finished rows: the exponent of growth.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import type { Generator } from "../src/core/ports/generator.ts";
import { createWorker } from "../src/scheduler/worker.ts";
import { systemClock } from "../src/system.ts";
import { newOrder } from "../test/support/store-fixtures.ts";
import { median, quantile } from "./support/figures.ts";
import { openInFlight, PROVIDER } from "./support/in-flight.ts";
import { createWork, MODEL } from "./support/work.ts";

const MOST_FINISHED = Number(process.argv[2] ?? 100_000);
const LOOKS = 10_000;
const AT_ONCE = 100;
const ROUNDS = 3;
const folder = mkdtempSync(join(tmpdir(), "easel-bench-"));
const file = (): string => join(folder, `${Math.random()}.db`);

const server = spawn(
  process.execPath,
  [fileURLToPath(new URL("support/status-server.ts", import.meta.url))],
  {
    stdio: ["ignore", "pipe", "inherit"],
  },
);
const origin = await new Promise<string>((resolve) => {
  server.stdout.once("data", (said: Buffer) => resolve(said.toString().trim()));
});

function createReader() {
  const pool = new Pool(origin, { connections: AT_ONCE });
  return {
    async read(signal?: AbortSignal): Promise<unknown> {
      const { body } = await pool.request({
        path: "/status?task=1",
        method: "GET",
        ...(signal ? { signal } : {}),
      });
      const parsed: unknown = await body.json();
      return parsed;
    },
    close: () => pool.close(),
  };
}

async function cpuOf(run: () => Promise<void>): Promise<{ readonly cpuMs: number; readonly ms: number }> {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  await run();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1_000, ms: performance.now() - began };
}

async function bare() {
  const { read, close } = createReader();
  let left = LOOKS;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await read(AbortSignal.timeout(60_000));
    }
  };
  const measured = await cpuOf(async () => {
    await Promise.all(Array.from({ length: AT_ONCE }, caller));
  });
  await close();
  return measured;
}

/** The worker on `inFlight` tasks that are all due; `beside` runs until each was looked at once. */
async function product(inFlight: number, beside: (over: AbortSignal, stores: Stores) => Promise<void>) {
  const { database, stores } = await openInFlight(file(), { inFlight, dueAt: Date.now() });
  const { read, close } = createReader();
  const all = Promise.withResolvers<void>();
  let looks = 0;
  const generator: Generator = {
    serviceName: "Bench",
    models: [MODEL],
    budget: {
      creates: { count: 1, perMs: 1_000 },
      reads: { count: 1_000_000, perMs: 1_000 },
      concurrency: AT_ONCE,
    },
    resultHosts: { suffixes: [], trustedOrigins: [] },
    start: () => Promise.resolve({ status: "unknown", detail: "not asked here" }),
    async poll(_operation, { signal }) {
      await read(signal);
      looks += 1;
      if (looks === inFlight) all.resolve();
      return { status: "pending" };
    },
  };
  const work = createWork(generator, stores, systemClock);
  const worker = createWorker({
    work,
    stores,
    holder: "bench",
    health: work.health,
    sweep: { uploads: () => Promise.resolve(0), all: () => Promise.resolve(0) },
  });
  const over = new AbortController();
  const measured = await cpuOf(async () => {
    const besides = beside(over.signal, stores);
    worker.start();
    await all.promise;
    over.abort();
    await besides;
  });
  await worker.stop(10_000);
  await close();
  await database.close();
  return measured;
}
type Stores = Awaited<ReturnType<typeof openInFlight>>["stores"];

const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const floor = await bare();
  const ours = await product(LOOKS, () => Promise.resolve());
  ratios.push(ours.cpuMs / floor.cpuMs);
  console.log(
    `bare ${((floor.cpuMs / LOOKS) * 1_000).toFixed(0)} µs CPU a read, ours ${((ours.cpuMs / LOOKS) * 1_000).toFixed(0)} (${(LOOKS / ours.ms).toFixed(1)} looks a ms)`,
  );
}
console.log(`goal 4, CPU of a look against a bare read (at most 1.2):          ${median(ratios).toFixed(2)}`);

for (const inFlight of [10_000, 50_000]) {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const waits: number[] = [];
  await product(inFlight, async (over, stores) => {
    const user = await stores.users.resolve("discord:2", { name: "Bo", locale: "en" }, "usr_2", Date.now());
    delays.enable();
    while (!over.aborted) {
      await systemClock.sleep(20, over);
      const began = performance.now();
      await stores.generation.order(newOrder(user, 1, { provider: "none", limit: null, now: Date.now() }));
      waits.push(performance.now() - began);
    }
  });
  delays.disable();
  console.log(
    `goal 5, ${inFlight} looked at: order committed p50 ${quantile(waits, 0.5).toFixed(0)} ms, p99 ${quantile(waits, 0.99).toFixed(0)} ms (at most 150), longest block ${(delays.max / 1e6).toFixed(0)} ms (at most 100)`,
  );
}

const sizes: number[] = [];
const [idle, claims]: [number[], number[]] = [[], []];
for (let finished = 1_000; finished <= MOST_FINISHED; finished *= 10) {
  const now = Date.now();
  const group = { providers: [PROVIDER], creates: 0, reads: 100 };
  const { database, stores } = await openInFlight(file(), { inFlight: 4_000, dueAt: now, finished });
  const timed = async (times: number, at: number): Promise<number> => {
    const each: number[] = [];
    for (let index = 0; index < times; index += 1) {
      const began = performance.now();
      await stores.generation.claim([group], "bench", at, 120_000);
      each.push((performance.now() - began) * 1_000);
    }
    return median(each);
  };
  await timed(20, now - 200_000);
  sizes.push(finished);
  idle.push(await timed(500, now - 200_000));
  claims.push(await timed(30, now));
  await database.close();
  console.log(
    `${finished} finished rows: idle tick ${idle.at(-1)?.toFixed(0)} µs, claim of 100 ${claims.at(-1)?.toFixed(0)} µs`,
  );
}
/** The slope of log(time) over log(rows), by least squares: 0 does not grow, 1 grows with the rows. */
function exponent(times: readonly number[]): number {
  const points = times.map((time, index) => [Math.log(sizes[index] ?? 1), Math.log(time)] as const);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([a]) => a)), mean(points.map(([, b]) => b))];
  const slope = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return slope / points.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}
console.log(
  `goal 6, growth against finished rows (at most 0.05): idle ${exponent(idle).toFixed(2)}, claim ${exponent(claims).toFixed(2)}`,
);
server.kill();
rmSync(folder, { recursive: true });

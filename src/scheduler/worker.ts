import cron, { type ScheduledTask } from "node-cron";
import PQueue from "p-queue";
import type { Sweep } from "../core/gallery/sweep.ts";
import { advance } from "../core/generation/advance.ts";
import type { Health } from "../core/generation/health.ts";
import { lookLate } from "../core/generation/late.ts";
import { LEASE_MS, type WorkDependencies } from "../core/generation/work.ts";
import type { Generator } from "../core/ports/generator.ts";
import type { Claimed, ClaimGroup, Stores } from "../core/ports/stores.ts";
import { createKicker } from "./kick.ts";
import { createWindow, type Window } from "./window.ts";

/** A claim never takes more than this, so that no statement holds the event loop for long. */
const CLAIM_MAXIMUM = 500;
const CHORES_EVERY_S = 15;
/** Tasks that ran past their time are looked at for so long, so many a minute. */
const LATE_FOR_MS = 2 * 3_600_000;
const LATE_LOOKS = 20;
const KEEP_INBOX_MS = 30 * 86_400_000;
/** Accounts are looked at every two minutes. Old uploads are removed every hour, all files without use once a night. */
const PROBES = "15 */2 * * * *";
const UPLOAD_SWEEPS = "0 50 * * * *";
const SWEEPS = "0 20 3 * * *";

/** One provider account: how much may be asked of it, and what is under way. */
interface Lane {
  readonly providers: readonly string[];
  readonly creates: { readonly window: Window; readonly queue: PQueue };
  readonly reads: { readonly window: Window; readonly queue: PQueue };
}

export interface WorkerDependencies {
  readonly work: WorkDependencies;
  readonly stores: Pick<Stores, "inbox" | "drafts">;
  readonly health: Pick<Health, "probe">;
  readonly sweep: Sweep;
  /** Who holds the leases of this process. */
  readonly holder: string;
}

export interface Worker {
  start(): void;
  /** Claims nothing more and waits for what is under way, at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Claims what is due each second (and at once after a signal) within each provider's budget, and lets core work on
 * it. The backlog stays in the database: only what may run now is ever in memory.
 */
export function createWorker({ work, stores, holder, health, sweep }: WorkerDependencies): Worker {
  const { clock, log } = work;
  const lanes = work.offers.generators.map(createLane);
  const loose = new PQueue({ concurrency: 32 });
  const kicker = createKicker(tick, (err) => log.error("the tick failed", { component: "worker", err }));
  const tasks: ScheduledTask[] = [];
  let unlisten = (): void => {};
  /** All of them get their turn, some each minute. */
  let lateFrom = 0;

  async function tick(): Promise<void> {
    const now = clock.now();
    const groups = lanes.map((lane) => room(lane, now));
    const claimed = await work.stores.generation.claim(groups, holder, now, LEASE_MS);
    for (const one of claimed) begin(one, now);
  }

  function begin(claimed: Claimed, now: number): void {
    const run = () =>
      advance(work, claimed)
        .catch((err: unknown) =>
          log.error("an asset could not be advanced", {
            component: "worker",
            generationId: claimed.asset.id,
            err,
          }),
        )
        .finally(() => kicker.kick());
    const lane = lanes.find((candidate) => candidate.providers.includes(claimed.asset.provider));
    const creates = claimed.foundIn === "queued" || claimed.foundIn === "preparing";
    const reads = claimed.foundIn === "submitted" || claimed.foundIn === "storing";
    if (!lane || !(creates || reads)) {
      void loose.add(run);
      return;
    }
    const { window, queue } = creates ? lane.creates : lane.reads;
    window.take(now);
    void queue.add(run);
  }

  async function chores(): Promise<void> {
    const now = clock.now();
    const known = lanes.flatMap(({ providers }) => providers);
    const strays = await work.stores.generation.claimStrays(known, holder, now, LEASE_MS);
    for (const one of strays) begin(one, now);
    await work.stores.generation.wakeWaiting(now - 3_600_000, now, CLAIM_MAXIMUM);
    await stores.inbox.prune(now - KEEP_INBOX_MS, CLAIM_MAXIMUM);
    await stores.drafts.prune(now, CLAIM_MAXIMUM);
  }

  const failed = (what: string) => (err: unknown) => log.error(what, { component: "worker", err });

  /** A result that turns up after the refund is on the house. */
  async function late(): Promise<void> {
    const now = clock.now();
    const assets = await work.stores.generation.lateSince(now - LATE_FOR_MS, CLAIM_MAXIMUM);
    if (lateFrom >= assets.length) lateFrom = 0;
    const turn = assets.slice(lateFrom, lateFrom + LATE_LOOKS);
    lateFrom += LATE_LOOKS;
    for (const asset of turn) {
      const reads = lanes.find(({ providers }) => providers.includes(asset.provider))?.reads;
      // What members wait for goes first: a late look takes only what its provider's budget has left.
      if (!reads || reads.window.free(now) === 0) continue;
      reads.window.take(now);
      void reads.queue.add(() => lookLate(work, asset).catch(failed("a late look failed")));
    }
  }

  return {
    start() {
      unlisten = work.signals.on((signal) => {
        if (signal.kind === "work") kicker.kick();
      });
      tasks.push(
        cron.schedule("* * * * * *", () => kicker.kick(), { noOverlap: true }),
        cron.schedule(`*/${CHORES_EVERY_S} * * * * *`, () => chores().catch(failed("the chores failed")), {
          noOverlap: true,
        }),
        cron.schedule("30 * * * * *", () => late().catch(failed("a late look failed")), { noOverlap: true }),
        cron.schedule(PROBES, () => health.probe().catch(failed("the probes failed")), { noOverlap: true }),
        cron.schedule(UPLOAD_SWEEPS, () => sweep.uploads().catch(failed("the sweep of uploads failed")), {
          noOverlap: true,
        }),
        cron.schedule(SWEEPS, () => sweep.all().catch(failed("the sweep failed")), { noOverlap: true }),
      );
      void health.probe().catch(failed("the probes failed"));
      kicker.kick();
    },
    async stop(graceMs) {
      unlisten();
      for (const task of tasks) await task.destroy();
      await kicker.stop();
      const queues = [loose, ...lanes.flatMap((lane) => [lane.creates.queue, lane.reads.queue])];
      for (const queue of queues) queue.clear();
      const over = new AbortController();
      const idle = Promise.all(queues.map((queue) => queue.onIdle())).then(() => over.abort());
      await Promise.race([idle, clock.sleep(graceMs, over.signal)]);
      over.abort();
    },
  };
}

function createLane(generator: Generator): Lane {
  const { budget } = generator;
  const concurrency = budget.concurrency;
  return {
    providers: [...new Set(generator.models.map((model) => model.id))],
    creates: { window: windowOf(budget.creates), queue: new PQueue({ concurrency }) },
    reads: { window: windowOf(budget.reads), queue: new PQueue({ concurrency }) },
  };
}

/** A little longer than the provider's: it counts when a call arrives, we count when it may leave. */
function windowOf({ count, perMs }: { readonly count: number; readonly perMs: number }): Window {
  return createWindow({ count, perMs: perMs + Math.min(250, perMs / 20) });
}

function room(lane: Lane, now: number): ClaimGroup {
  const free = ({ window, queue }: Lane["creates"]): number =>
    Math.max(0, Math.min(window.free(now), queue.concurrency - queue.pending - queue.size, CLAIM_MAXIMUM));
  return { providers: lane.providers, creates: free(lane.creates), reads: free(lane.reads) };
}

import { AppError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { deadline, type TelegramApi } from "./api.ts";
import { failureFields, readFailure } from "./errors.ts";
import { ALLOWED_UPDATES, updateIdSchema } from "./updates.ts";

/** Seconds that the server holds a request open, and our own patience on top. */
const POLL_SECONDS = 30;
const POLL_DEADLINE_MS = (POLL_SECONDS + 10) * 1_000;
const LAST_CONFIRMATION_MS = 2_000;
const BACKOFF_MS = 500;
const BACKOFF_MOST_MS = 30_000;
/** Another process polls with the same token: it may be the former one of a restart. */
const CONFLICT_MS = 3_000;

export interface Poller {
  /** Runs until `stop`. */
  run(): Promise<void>;
  stop(): void;
}

export interface PollerOptions {
  readonly api: TelegramApi;
  /** Commits a batch; while it throws, nothing is confirmed. */
  readonly take: (updates: readonly unknown[]) => Promise<void>;
  readonly report: (state: { readonly up: boolean; readonly detail: string }) => void;
  readonly random: () => number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Long polling with one commit a batch: asking with a new offset confirms everything before it, so the offset moves
 * only over what is committed. See docs/decisions/0004-telegram-ingest.md.
 */
export function createPoller({ api, take, report, random, clock, log }: PollerOptions): Poller {
  const stopping = new AbortController();
  const { signal } = stopping;
  let offset: number | undefined;

  function ask(timeoutSeconds: number, deadlineMs: number, until?: AbortSignal): Promise<readonly unknown[]> {
    return api.getUpdates(
      {
        ...(offset === undefined ? {} : { offset }),
        limit: 100,
        timeout: timeoutSeconds,
        allowed_updates: [...ALLOWED_UPDATES],
      },
      deadline(deadlineMs, until),
    );
  }

  /** How long to wait after what went wrong. */
  function waitAfter(error: unknown, failures: number): number {
    const backoffMs = Math.min(BACKOFF_MOST_MS, BACKOFF_MS * 2 ** (failures - 1)) * (0.5 + random() / 2);
    if (error instanceof AppError) {
      log.error("updates could not be committed", { code: error.code, err: error });
      return backoffMs;
    }
    const failure = readFailure(error);
    log.warn("updates could not be fetched", failureFields(error));
    if (failure.kind === "flood") return failure.afterMs;
    if (failure.kind === "unauthorized") return BACKOFF_MOST_MS;
    return failure.kind === "refused" ? Math.max(CONFLICT_MS, backoffMs) : backoffMs;
  }

  return {
    async run() {
      let failures = 0;
      while (!signal.aborted) {
        try {
          const updates = await ask(POLL_SECONDS, POLL_DEADLINE_MS, signal);
          await take(updates);
          for (const update of updates) {
            const { data } = updateIdSchema.safeParse(update);
            if (data !== undefined) offset = Math.max(offset ?? 0, data.update_id + 1);
          }
          failures = 0;
          report({ up: true, detail: "polling" });
        } catch (error) {
          if (signal.aborted) break;
          failures += 1;
          const delayMs = waitAfter(error, failures);
          report({ up: false, detail: "updates cannot be fetched or stored" });
          await clock.sleep(delayMs, signal);
        }
      }
      // Otherwise the next process reads the last batch once more; that would be harmless.
      if (offset !== undefined)
        await ask(0, LAST_CONFIRMATION_MS).catch((error: unknown) =>
          log.debug("the last batch was not confirmed", failureFields(error)),
        );
    },
    stop() {
      stopping.abort();
    },
  };
}

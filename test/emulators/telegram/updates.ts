import { postUpdate, type WebhookSettings } from "./webhook.ts";
import { type Json, Refusal, type Update, type UpdateBody } from "./wire.ts";

/** What became of one update. */
export interface Delivery {
  readonly updateId: number;
  /** False when privacy mode or allowed_updates keep it from the bot; then nothing below ever settles. */
  readonly sent: boolean;
  /** Milliseconds from delivery being possible to the offset moving past it (or the webhook's 2xx). */
  readonly confirmed: Promise<number>;
}

interface Pending {
  readonly update: Update;
  readonly startedMs: number;
  readonly confirm: (latencyMs: number) => void;
  inFlight: boolean;
  attempts: number;
}

interface Poller {
  readonly limit: number;
  readonly answer: (result: readonly Update[] | Refusal) => void;
  readonly timer: NodeJS.Timeout;
}

export interface Updates {
  push(body: UpdateBody): Delivery;
  /** One getUpdates call. `gone` tells that the caller hung up. */
  poll(options: PollOptions, gone: AbortSignal): Promise<readonly Update[]>;
  setWebhook(settings: WebhookSettings | undefined, dropPending: boolean): void;
  readonly webhook: WebhookSettings | undefined;
  readonly lastWebhookError: { readonly atMs: number; readonly message: string } | undefined;
  readonly pendingCount: number;
  allow(kinds: readonly string[] | undefined): void;
  close(): void;
}

export interface PollOptions {
  readonly offset: number | undefined;
  readonly limit: number | undefined;
  readonly timeoutSeconds: number | undefined;
}

/** `retryMs` is the first wait before a webhook is tried again; it doubles up to ten times that. */
export function createUpdates(now: () => number, retryMs: number): Updates {
  const queue: Pending[] = [];
  let nextId = 840_000_001;
  let poller: Poller | undefined;
  let webhook: WebhookSettings | undefined;
  let webhookError: { atMs: number; message: string } | undefined;
  let allowed: ReadonlySet<string> | undefined;
  let closed = false;
  const retries = new Set<NodeJS.Timeout>();

  function settle(result: readonly Update[] | Refusal): void {
    const waiting = poller;
    poller = undefined;
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    waiting.answer(result);
  }

  function confirm(pending: Pending): void {
    const index = queue.indexOf(pending);
    if (index === -1) return;
    queue.splice(index, 1);
    pending.confirm(performance.now() - pending.startedMs);
  }

  function confirmAll(which: (pending: Pending) => boolean): void {
    for (const pending of queue.filter(which)) confirm(pending);
  }

  function firstUpdates(limit: number): readonly Update[] {
    return queue.slice(0, limit).map(({ update }) => update);
  }

  function pump(): void {
    if (webhook === undefined || closed) return;
    const settings = webhook;
    for (const pending of queue) {
      if (pending.inFlight) continue;
      if (queue.filter(({ inFlight }) => inFlight).length >= settings.maxConnections) return;
      pending.inFlight = true;
      pending.attempts += 1;
      void postUpdate(settings, pending.update).then((problem) => {
        if (problem === undefined) {
          pending.inFlight = false;
          confirm(pending);
          pump();
          return;
        }
        webhookError = { atMs: now(), message: problem };
        const timer = setTimeout(
          () => {
            retries.delete(timer);
            pending.inFlight = false;
            pump();
          },
          retryMs * Math.min(10, 2 ** (pending.attempts - 1)),
        );
        retries.add(timer);
      });
    }
  }

  return {
    get webhook() {
      return webhook;
    },
    get lastWebhookError() {
      return webhookError;
    },
    get pendingCount() {
      return queue.length;
    },
    allow(kinds) {
      if (kinds !== undefined) allowed = kinds.length === 0 ? undefined : new Set(kinds);
    },
    push(body) {
      const kind = Object.keys(body)[0] ?? "";
      const { promise, resolve } = Promise.withResolvers<number>();
      const update: Update = { update_id: nextId, ...body };
      if (allowed !== undefined && !allowed.has(kind))
        return { updateId: update.update_id, sent: false, confirmed: promise };
      nextId += 1;
      queue.push({ update, startedMs: performance.now(), confirm: resolve, inFlight: false, attempts: 0 });
      if (poller !== undefined) settle(firstUpdates(poller.limit));
      pump();
      return { updateId: update.update_id, sent: true, confirmed: promise };
    },
    poll({ offset, limit = 100, timeoutSeconds = 0 }, gone) {
      if (webhook !== undefined)
        throw new Refusal(
          409,
          "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        );
      settle(
        new Refusal(
          409,
          "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        ),
      );
      if (offset !== undefined) {
        const last = queue.at(-1)?.update.update_id ?? nextId - 1;
        const from = offset < 0 ? last + offset + 1 : offset;
        confirmAll(({ update }) => update.update_id < from);
      }
      const capped = Math.min(100, Math.max(1, limit));
      if (queue.length > 0 || timeoutSeconds <= 0) return Promise.resolve(firstUpdates(capped));
      const { promise, resolve, reject } = Promise.withResolvers<readonly Update[]>();
      const mine: Poller = {
        limit: capped,
        answer: (result) => (result instanceof Refusal ? reject(result) : resolve(result)),
        timer: setTimeout(() => settle([]), Math.min(timeoutSeconds, 50) * 1_000),
      };
      poller = mine;
      gone.addEventListener("abort", () => {
        if (poller === mine) settle([]);
      });
      return promise;
    },
    setWebhook(settings, dropPending) {
      if (dropPending) confirmAll(() => true);
      webhook = settings;
      if (settings !== undefined) settle(new Refusal(409, "Conflict: terminated by setWebhook request"));
      pump();
    },
    close() {
      closed = true;
      settle([]);
      for (const timer of retries) clearTimeout(timer);
    },
  };
}

/** The array of allowed_updates as strings; undefined keeps the former choice. */
export function allowedKinds(value: readonly Json[] | undefined): readonly string[] | undefined {
  return value?.filter((kind) => typeof kind === "string");
}

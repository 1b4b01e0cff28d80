import cron, { type ScheduledTask } from "node-cron";
import PQueue from "p-queue";
import type { Deliver } from "../core/delivery/deliver.ts";
import type { ChatKey } from "../core/identifiers.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Log } from "../core/ports/log.ts";
import type { Messenger } from "../core/ports/messenger.ts";
import type { Signals } from "../core/ports/signals.ts";
import type { ChatBacklog, Stores } from "../core/ports/stores.ts";
import { createKicker } from "./kick.ts";
import { createWindow, type Window } from "./window.ts";

/** Chats looked at in one pass. */
const CHATS = 500;
/** Chats that were looked up wait this long for their turn before they are looked up again; news ends that at once. */
const FRESH_MS = 250;
/** Sends under way at once; each may hold a file in memory. */
const CONCURRENCY = 16;
/** Chats remembered for their pace before the idle ones are forgotten. */
const REMEMBERED = 5_000;

export interface DispatcherDependencies {
  readonly messenger: Messenger;
  readonly stores: Pick<Stores, "deliveries">;
  readonly deliver: Deliver;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Dispatcher {
  start(): void;
  /** Begins no more sends and waits for those under way, at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Decides what one platform sends next: in order within a chat, within the chat's and the platform's pace, answers
 * to a waiting member first, then the chat that has the longest way to go. Sending itself is the messenger's.
 */
export function createDispatcher(dependencies: DispatcherDependencies): Dispatcher {
  const { messenger, stores, deliver, signals, clock, log } = dependencies;
  const overall = createWindow(messenger.limits.pace.overall);
  const chats = new Map<ChatKey, Window>();
  const holds = new Map<ChatKey, number>();
  const busy = new Set<ChatKey>();
  const sends = new PQueue({ concurrency: CONCURRENCY });
  let platformHold = 0;
  let looked: { readonly at: number; readonly waiting: Set<ChatBacklog> } | null = null;
  let alarm: { readonly at: number; readonly off: AbortController } | null = null;
  let task: ScheduledTask | null = null;
  let unlisten = (): void => {};
  const kicker = createKicker(pass, (err) => log.error("the outbox failed", { component: "delivery", err }));

  async function pass(): Promise<void> {
    const now = clock.now();
    const openAt = Math.max(platformHold, overall.nextAt(now));
    // Nothing may go now, whatever is due: no query before something may.
    if (openAt > now || sends.pending + sends.size >= CONCURRENCY) return setAlarm(openAt);
    if (looked !== null && now - looked.at < FRESH_MS && sendFrom(looked.waiting, now)) return;
    const waiting = new Set(order(await stores.deliveries.due(messenger.platform, now, CHATS)));
    looked = { at: now, waiting };
    sendFrom(waiting, now);
    if (chats.size > REMEMBERED) forget(now);
  }

  /** Begins what may go now and takes it from `waiting`; sets the alarm for what may go later. False: nothing began. */
  function sendFrom(waiting: Set<ChatBacklog>, now: number): boolean {
    const before = waiting.size;
    let nextAt = Number.POSITIVE_INFINITY;
    for (const chat of waiting) {
      const openAt = overall.nextAt(now);
      if (openAt > now) nextAt = openAt;
      if (openAt > now || sends.pending + sends.size >= CONCURRENCY) break;
      if (busy.has(chat.chatKey)) continue;
      const at = Math.max(holds.get(chat.chatKey) ?? 0, pace(chat).nextAt(now));
      if (at > now) {
        nextAt = Math.min(nextAt, at);
        continue;
      }
      // Its next one is known with the next look.
      waiting.delete(chat);
      send(chat, now);
    }
    setAlarm(nextAt);
    return waiting.size < before;
  }

  /** Interactive heads first (oldest first), then by the time a chat needs for all that it is owed. */
  function order(waiting: readonly ChatBacklog[]): readonly ChatBacklog[] {
    const remaining = ({ count, target }: ChatBacklog): number => {
      const chatPace = messenger.chatPace(target);
      return (count * chatPace.perMs) / chatPace.count;
    };
    return waiting.toSorted((a, b) => {
      const lane = Number(b.head.lane === "interactive") - Number(a.head.lane === "interactive");
      if (lane !== 0) return lane;
      if (a.head.lane === "interactive") return a.head.sequence - b.head.sequence;
      return remaining(b) - remaining(a) || a.head.sequence - b.head.sequence;
    });
  }

  function pace(chat: ChatBacklog): Window {
    const known = chats.get(chat.chatKey);
    if (known) return known;
    const window = createWindow(messenger.chatPace(chat.target));
    chats.set(chat.chatKey, window);
    return window;
  }

  function send(chat: ChatBacklog, now: number): void {
    busy.add(chat.chatKey);
    overall.take(now);
    pace(chat).take(now);
    void sends.add(async () => {
      try {
        const outcome = await deliver(chat.head, messenger);
        if (outcome.status === "wait") {
          const until = clock.now() + outcome.afterMs;
          if (outcome.scope === "platform") platformHold = Math.max(platformHold, until);
          else holds.set(chat.chatKey, until);
        }
      } catch (err) {
        log.error("a delivery could not be recorded", {
          component: "delivery",
          deliveryId: chat.head.id,
          err,
        });
      } finally {
        busy.delete(chat.chatKey);
        kicker.kick();
      }
    });
  }

  /** What becomes due without a word of ours (a later try, another process's) is found by the tick of each second. */
  function setAlarm(at: number): void {
    if (alarm?.at === at) return;
    alarm?.off.abort();
    alarm = null;
    const delayMs = at - clock.now();
    if (!Number.isFinite(delayMs) || delayMs <= 0) return;
    const off = new AbortController();
    const set = { at, off };
    alarm = set;
    void clock.sleep(delayMs, off.signal).then(() => {
      if (alarm !== set) return;
      alarm = null;
      kicker.kick();
    });
  }

  function forget(now: number): void {
    for (const [key, window] of chats) if (window.idle(now)) chats.delete(key);
    for (const [key, until] of holds) if (until <= now) holds.delete(key);
  }

  return {
    start() {
      unlisten = signals.on((signal) => {
        if (signal.kind !== "delivery" || signal.platform !== messenger.platform) return;
        looked = null;
        kicker.kick();
      });
      task = cron.schedule("* * * * * *", () => kicker.kick(), { noOverlap: true });
      kicker.kick();
    },
    async stop(graceMs) {
      unlisten();
      await task?.destroy();
      alarm?.off.abort();
      await kicker.stop();
      const over = new AbortController();
      await Promise.race([sends.onIdle().then(() => over.abort()), clock.sleep(graceMs, over.signal)]);
      over.abort();
    },
  };
}

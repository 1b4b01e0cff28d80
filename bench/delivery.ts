/**
 * How close the outbox comes to what the platforms allow (performance.md, goals 7 and 8), in virtual time: the real
 * dispatcher, deliver step and SQLite store, against a messenger that answers 429 by the emulators' limits.
 *
 *   node bench/delivery.ts [jitter in ms]
 *
 * A send takes 60 ms and up to `jitter` more (20), and is counted by the platform at an even moment in it. The bound
 * is the longer of: all messages at the platform's rate, the hottest chat at the chat's. "Fresh": answers to members
 * that are asked for all the time while the backlog is being sent, from being owed to being there.
 *
 * Each platform twice: at the pace the product keeps, which leaves room for the way there and for calls that are no
 * deliveries, and at one that leaves next to none, which shows what the dispatcher itself loses.
 */

import { limits as discordLimits } from "../src/bots/discord/limits.ts";
import { LIMITS as telegramLimits } from "../src/bots/telegram/limits.ts";
import { createDeliver } from "../src/core/delivery/deliver.ts";
import type { NewDelivery } from "../src/core/delivery/delivery.ts";
import { createMessages } from "../src/core/messages/messages.ts";
import type { Messenger, SendResult } from "../src/core/ports/messenger.ts";
import { createSignals } from "../src/core/ports/signals.ts";
import { createStores } from "../src/db/stores.ts";
import { createDispatcher } from "../src/scheduler/dispatcher.ts";
import { createIds } from "../src/system.ts";
import { createRateLimits } from "../test/emulators/discord/rate-limits.ts";
import { CLOUD_LIMITS, createRateLimiter } from "../test/emulators/telegram/limits.ts";
import { openTestDatabase, silentLog } from "../test/support/databases.ts";
import { quantile } from "./support/figures.ts";
import { createVirtualClock } from "./support/virtual-clock.ts";

const JITTER_MS = Number(process.argv[2] ?? 20);
const LATENCY_MS = 60;
const FRESH_EVERY_MS = 1_700;
const NOON = Date.UTC(2026, 10, 22, 12);

/** A repeatable chance (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Case {
  readonly platform: "telegram" | "discord";
  readonly limits: Messenger["limits"];
  readonly messages: number;
  readonly chats: number;
  readonly hot: number;
  /** Milliseconds that the hottest chat needs at least for `count`. */
  readonly chatBoundMs: (count: number) => number;
  readonly perSecond: number;
  /** 0: taken and counted; else the milliseconds to wait, and whether that is the whole platform's. */
  readonly createLimiter: (
    now: () => number,
  ) => (chat: number) => { readonly waitMs: number; readonly all: boolean };
}

async function run(each: Case): Promise<void> {
  const clock = createVirtualClock(NOON);
  const random = createRandom(7);
  const database = await openTestDatabase("file::memory:");
  const { deliveries } = createStores(database);
  const signals = createSignals();
  const take = each.createLimiter(() => clock.now());
  const arrived: { readonly id: string; readonly chat: string; readonly at: number }[] = [];
  let refused = 0;
  let count = 0;

  const owed = (chat: number, lane: NewDelivery["lane"]): NewDelivery => {
    count += 1;
    return {
      id: `dlv_${String(count).padStart(8, "0")}`,
      kind: "reply",
      dedupeKey: `reply:${count}`,
      userId: null,
      batchId: null,
      assetId: null,
      target: {
        platform: each.platform,
        chatKey: `${each.platform}:${chat}`,
        place: { chat },
        private: true,
      },
      lane,
      reply: { text: ["hello"], private: false },
      dueAt: clock.now(),
    };
  };
  const messenger: Messenger = {
    platform: each.platform,
    limits: each.limits,
    chatPace: () => each.limits.pace.chat,
    async send(_outgoing, { deliveryId, target }): Promise<SendResult> {
      const [there, back] = [LATENCY_MS / 2 + random() * JITTER_MS, LATENCY_MS / 2];
      await clock.sleep(there);
      const { waitMs, all } = take(Number(target.chatKey.split(":")[1]));
      const at = clock.now();
      await clock.sleep(back);
      if (waitMs > 0) {
        refused += 1;
        return { status: "wait", afterMs: waitMs, scope: all ? "platform" : "chat" };
      }
      arrived.push({ id: deliveryId, chat: target.chatKey, at });
      return { status: "sent", ref: null };
    },
  };
  const ids = createIds(Buffer.alloc(32));
  const deliver = createDeliver({
    stores: { deliveries },
    compose: async ({ reply }) =>
      reply === null ? null : { outgoing: { kind: "reply", reply }, user: null },
    messages: createMessages({ en: "hello = Hello\n" }),
    clock,
    ids,
    log: silentLog,
    holder: "bench",
  });
  const dispatcher = createDispatcher({
    messenger,
    stores: { deliveries },
    deliver,
    signals,
    clock,
    log: silentLog,
  });

  const places = [
    ...Array.from({ length: each.hot }, () => 0),
    ...Array.from({ length: each.messages - each.hot }, (_, index) => 1 + (index % each.chats)),
  ];
  await deliveries.add(places.map((chat) => owed(chat, "backlog")));
  const backlog = count;
  const fresh: NewDelivery[] = [];
  const isOver = () => arrived.length >= each.messages + fresh.length;
  // Each asks in a chat of its own: nothing there that it would have to wait for but the platform.
  const asking = (async () => {
    for (let index = 0; arrived.length < each.messages + fresh.length; index += 1) {
      await clock.sleep(FRESH_EVERY_MS);
      if (isOver()) return;
      const answer = owed(1_000_000 + index, "interactive");
      fresh.push(answer);
      await deliveries.add([answer]);
      signals.emit({ kind: "delivery", platform: each.platform });
    }
  })();
  const cpu = process.cpuUsage();
  dispatcher.start();
  await clock.runUntil(isOver);
  const { user, system } = process.cpuUsage(cpu);
  const stopping = dispatcher.stop(0);
  await clock.runUntil(() => true);
  await stopping;
  void asking;
  await database.close();

  const lastAt = Math.max(...arrived.map(({ at }) => at));
  const tookMs = lastAt - NOON - LATENCY_MS / 2;
  const all = each.messages + fresh.length;
  const hottest = Math.max(each.hot, Math.ceil((each.messages - each.hot) / each.chats));
  const boundMs = Math.max(((all - 1) / each.perSecond) * 1_000, each.chatBoundMs(hottest));
  const order = new Map<string, string>();
  let reordered = 0;
  for (const { id, chat } of arrived) {
    if (id < (order.get(chat) ?? "")) reordered += 1;
    order.set(chat, id);
  }
  const owedAt = new Map<string, number>(fresh.map(({ id, dueAt }) => [id, dueAt]));
  const waits = arrived.flatMap(({ id, at }) => {
    const since = owedAt.get(id);
    return since === undefined ? [] : [at - since];
  });
  const lost = backlog + fresh.length - new Set(arrived.map(({ id }) => id)).size;
  console.log(
    `${each.platform} at ${each.limits.pace.overall.count} in ${each.limits.pace.overall.perMs} ms: ${each.messages} messages over ${each.chats} chats and ${each.hot} in a hot one, ${fresh.length} fresh answers`,
  );
  console.log(
    `  took ${(tookMs / 1_000).toFixed(1)} s, bound ${(boundMs / 1_000).toFixed(1)} s: ${((100 * boundMs) / tookMs).toFixed(1)} %`,
  );
  console.log(
    `  429: ${refused}, lost: ${lost}, doubled: ${arrived.length - all}, reordered in a chat: ${reordered}`,
  );
  console.log(
    `  fresh answers p95: ${(quantile(waits, 0.95) / 1_000).toFixed(2)} s (${LATENCY_MS / 2} ms of it the way there)`,
  );
  console.log(`  CPU: ${((user + system) / 1_000 / all).toFixed(2)} ms a message`);
}

const atPace = (limits: Messenger["limits"], count: number, perMs: number): Messenger["limits"] => ({
  ...limits,
  pace: { ...limits.pace, overall: { count, perMs } },
});
const hot = (boundMs: number): void =>
  console.log(`  (the hot chat alone needs ${(boundMs / 1_000).toFixed(0)} s)`);
const telegramHot = 95;
for (const limits of [telegramLimits, atPace(telegramLimits, 1, 33)])
  await run({
    platform: "telegram",
    limits,
    messages: 3_000,
    chats: 500,
    hot: telegramHot,
    perSecond: CLOUD_LIMITS.overallPerSecond,
    chatBoundMs: (count) => ((count - 1) / CLOUD_LIMITS.privatePerSecond) * 1_000,
    createLimiter(now) {
      const limiter = createRateLimiter(now);
      return (chat) => {
        const waitMs = limiter.take({ id: chat, type: "private", first_name: "A" }, 1, CLOUD_LIMITS) * 1_000;
        return { waitMs, all: false };
      };
    },
  });
hot((telegramHot - 1) * 1_000);
const perChannel = { limit: 5, windowMs: 5_000 };
const channelBoundMs = (count: number) => (Math.ceil(count / perChannel.limit) - 1) * perChannel.windowMs;
const discordHot = 40;
for (const limits of [discordLimits, atPace(discordLimits, 10, 205)])
  await run({
    platform: "discord",
    limits,
    messages: 2_000,
    chats: 300,
    hot: discordHot,
    perSecond: 50,
    chatBoundMs: channelBoundMs,
    createLimiter(now) {
      const rateLimits = createRateLimits(now);
      return (chat) => {
        const { refused } = rateLimits.take({ key: `messages.create:${chat}`, ...perChannel }, true);
        const all = refused?.global === true;
        return { waitMs: (refused?.retryAfterSeconds ?? 0) * 1_000, all };
      };
    },
  });
hot(channelBoundMs(discordHot));

/**
 * How fast Telegram updates are committed: `node bench/telegram-ingest.ts`
 *
 * 1. Updates a second at 20 ms of latency of every API call: this product as its own process, against grammY's
 *    `bot.start()` with a handler that waits for its answer, in the same run (goal 12: at least 25 times).
 * 2. 150 simultaneous /generate: from the moment Telegram has an update to its confirmation, which follows the
 *    commit (goal 14: p95 below 100 ms), with a provider that never ends.
 *
 * The emulator runs in this process, so its CPU time is a part of both sides of the ratio.
 */
import { Bot } from "grammy";
import { createEasel, type Easel } from "../test/e2e/telegram-process.ts";
import { startKieEmulator } from "../test/emulators/kie/index.ts";
import { startTelegramEmulator, type TelegramEmulator } from "../test/emulators/telegram/index.ts";

const LATENCY_MS = 20;
const WAITING_UPDATES = 200;
const UPDATES = 5_000;
const CHATS = 500;
const AT_ONCE = 150;

function addMembers(emulator: TelegramEmulator, count: number) {
  return Array.from({ length: count }, (_, index) => {
    const user = emulator.addUser(`Member ${index}`);
    return { user, chat: emulator.privateChat(user) };
  });
}

/** Sends `count` commands spread over the members; gives back how long each took to be confirmed. */
async function flood(
  emulator: TelegramEmulator,
  members: ReturnType<typeof addMembers>,
  count: number,
  text: string,
): Promise<{ readonly totalMs: number; readonly latenciesMs: readonly number[] }> {
  const began = performance.now();
  const sent = Array.from({ length: count }, (_, index) => {
    const member = members[index % members.length];
    if (member === undefined) throw new Error("no members");
    return emulator.send({ ...member, text }).confirmed;
  });
  const latenciesMs = await Promise.all(sent);
  return { totalMs: performance.now() - began, latenciesMs };
}

async function withSlowApi<T>(run: (emulator: TelegramEmulator) => Promise<T>): Promise<T> {
  const emulator = await startTelegramEmulator({ limits: false });
  emulator.fail({ times: Number.POSITIVE_INFINITY, answer: { kind: "delay", delayMs: LATENCY_MS } });
  try {
    return await run(emulator);
  } finally {
    await emulator.close();
  }
}

async function waitingHandler(): Promise<number> {
  return withSlowApi(async (emulator) => {
    const bot = new Bot(emulator.token, { client: { apiRoot: emulator.url } });
    bot.command("quota", (context) => context.reply("10 of 10 left"));
    const running = bot.start();
    const { totalMs } = await flood(emulator, addMembers(emulator, CHATS), WAITING_UPDATES, "/quota");
    await bot.stop();
    await running;
    return (WAITING_UPDATES / totalMs) * 1_000;
  });
}

async function product(): Promise<number> {
  return withSlowApi(async (emulator) => {
    const easel = createProcess(emulator);
    await easel.start();
    const { totalMs } = await flood(emulator, addMembers(emulator, CHATS), UPDATES, "/quota");
    await easel.dispose();
    return (UPDATES / totalMs) * 1_000;
  });
}

async function atOnce(): Promise<readonly number[]> {
  const [emulator, kie] = await Promise.all([startTelegramEmulator({ limits: false }), startKieEmulator()]);
  kie.setDefaults({ outcome: "never" });
  const easel = createProcess(emulator, { KIE_API_KEY: "k", KIE_API_URL: kie.url, KIE_UPLOAD_URL: kie.url });
  await easel.start();
  const members = addMembers(emulator, AT_ONCE);
  await flood(emulator, members, AT_ONCE, "/quota");
  const { latenciesMs } = await flood(emulator, members, AT_ONCE, "/generate a red fox in the snow");
  await easel.dispose();
  await Promise.all([emulator.close(), kie.close()]);
  return latenciesMs;
}

function createProcess(emulator: TelegramEmulator, more: Readonly<Record<string, string>> = {}): Easel {
  return createEasel({
    TELEGRAM_BOT_TOKEN: emulator.token,
    TELEGRAM_API_URL: emulator.url,
    LOG_LEVEL: "warn",
    ...more,
  });
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

const waiting = await waitingHandler();
const ours = await product();
console.log(`updates a second at ${LATENCY_MS} ms: ${ours.toFixed(0)}`);
console.log(
  `  grammY with a waiting handler: ${waiting.toFixed(0)}, ratio ${(ours / waiting).toFixed(1)} (goal 25)`,
);
const latenciesMs = await atOnce();
console.log(
  `${AT_ONCE} /generate at once, committed and confirmed: p50 ${percentile(latenciesMs, 0.5).toFixed(0)} ms, p95 ${percentile(latenciesMs, 0.95).toFixed(0)} ms (goal 100)`,
);

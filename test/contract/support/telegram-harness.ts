import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { inspect } from "node:util";
import type { Bot } from "../../../src/bots/module.ts";
import { telegram } from "../../../src/bots/telegram/index.ts";
import { buildCatalogue } from "../../../src/core/conversation/catalogue.ts";
import type { Answer, Arrival } from "../../../src/core/conversation/intents.ts";
import type { NewDelivery } from "../../../src/core/delivery/delivery.ts";
import { AppError } from "../../../src/core/errors.ts";
import type { Clock } from "../../../src/core/ports/clock.ts";
import type { GeneratorModel } from "../../../src/core/ports/generator.ts";
import type { Ids } from "../../../src/core/ports/ids.ts";
import type { Log, LogFields } from "../../../src/core/ports/log.ts";
import { createSignals } from "../../../src/core/ports/signals.ts";
import type { InboxStore, Received } from "../../../src/core/ports/stores.ts";
import { NO_SETTINGS } from "../../../src/core/usage/user.ts";
import type { Chat, Message, TelegramEmulator } from "../../emulators/telegram/index.ts";
import { createMemoryMedia } from "./memory-media.ts";

/** An inbox in memory that tells what was asked of it. */
export interface FakeInbox extends InboxStore {
  readonly rows: Map<string, Received & { handled: boolean }>;
  /** Sizes of the committed batches. */
  readonly batches: number[];
  readonly owed: NewDelivery[];
  readonly handledCount: number;
  /** How many commits fail next. */
  failures: number;
}

export interface BotHarness {
  readonly bot: Bot;
  readonly inbox: FakeInbox;
  readonly notes: Map<string, string>;
  readonly admins: Set<string>;
  readonly arrivals: Arrival[];
  /** Files that replies can show, by their keys. */
  readonly files: Map<string, Uint8Array>;
  /** Everything that was logged, as text. */
  readonly logged: string[];
  answer: (arrival: Arrival) => Promise<Answer>;
  until(check: () => boolean): Promise<void>;
  /** A message of the bot with buttons, past the outbox. */
  post(chat: Chat, text: string, rows: readonly (readonly string[])[], action?: string): Promise<Message>;
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Lets a bot that "crashed" stop without its unfinished work. */
  abandon(): void;
}

export interface HarnessOptions {
  readonly token?: string;
  readonly publicUrl?: string;
  readonly webhookSecret?: string;
  readonly notes?: Map<string, string>;
  /** Another server than the emulator itself. */
  readonly apiUrl?: string;
  readonly models?: readonly GeneratorModel[];
}

export function createBotHarness(
  emulator: TelegramEmulator,
  inbox: FakeInbox = createFakeInbox(),
  options: HarnessOptions = {},
): BotHarness {
  const create = telegram.load({
    TELEGRAM_BOT_TOKEN: options.token ?? emulator.token,
    TELEGRAM_API_URL: options.apiUrl ?? emulator.url,
    TELEGRAM_WEBHOOK_SECRET: options.webhookSecret,
  });
  if (create === null) throw new Error("the bot is off");
  const notes = options.notes ?? new Map<string, string>();
  const admins = new Set<string>();
  const arrivals: Arrival[] = [];
  const media = createMemoryMedia();
  const logged: string[] = [];
  const bot = create({
    core: {
      conversation: {
        commands: buildCatalogue(options.models ?? [], []),
        languages: ["en", "de"],
        manner: (intent) => ({
          answer: intent.kind === "button" ? "in-place" : "new",
          private: intent.kind === "command" && intent.name === "quota",
        }),
        form: () => null,
        prefill: () => Promise.resolve(null),
        precheck: () => null,
        handle(arrival) {
          arrivals.push(arrival);
          return harness.answer(arrival);
        },
        suggest: () => Promise.resolve([]),
        line: (language, id) => `${language} ${id}`,
      },
      ...unused("requestMedia", "references", "health", "gallery", "offers", "messages", "tell", "signIn"),
      ...unused("amendments", "captioning", "publishing", "posts"),
      members: {
        of: (actor) =>
          Promise.resolve({
            id: "usr_1",
            identity: actor.identity,
            name: actor.name,
            locale: actor.locale,
            plan: "free",
            planUntil: null,
            limitOverride: null,
            grants: 0,
            bannedAt: null,
            settings: NO_SETTINGS,
            createdAt: 0,
          }),
        ...unused("find", "balance", "changeSettings"),
        isAdmin: (identity) => admins.has(identity),
      },
    },
    inbox,
    notes: {
      get: (name) => Promise.resolve(notes.get(name) ?? null),
      set: (name, value) => {
        notes.set(name, value);
        return Promise.resolve();
      },
    },
    signals: createSignals(),
    clock: systemClock,
    ids: createTestIds(),
    log: recorder(logged),
    web: { host: "127.0.0.1", port: 0, publicUrl: options.publicUrl ?? null },
    projectRoot: "",
    media: media.store,
    ...unused("deliveries", "links", "signer"),
  });
  const harness: BotHarness = {
    bot,
    inbox,
    notes,
    admins,
    arrivals,
    files: media.files,
    logged,
    answer: () => Promise.resolve({ status: "nothing" }),
    async until(check) {
      const end = performance.now() + 5_000;
      while (!check()) {
        if (performance.now() > end) throw new Error("nothing of the kind happened");
        await wait(2);
      }
    },
    async post(chat, text, rows, action = "again") {
      const answer = await fetch(`${emulator.url}/bot${emulator.token}/sendMessage`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          chat_id: chat.id,
          text,
          reply_markup: {
            inline_keyboard: rows.map((row) =>
              row.map((label) => ({ text: label, callback_data: `v1|${action}|${label}|` })),
            ),
          },
        }),
      });
      await answer.json();
      const message = emulator.messages(chat).at(-1);
      if (message === undefined) throw new Error("no message");
      return message;
    },
    async serve(request, response) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
      const url = `http://127.0.0.1${request.url ?? "/"}`;
      const headers = new Headers();
      for (const [name, value] of Object.entries(request.headers))
        if (typeof value === "string") headers.set(name, value);
      const mount = bot.mounts?.find(({ prefix }) => (request.url ?? "").startsWith(prefix));
      const answer = await mount?.fetch(
        new Request(url, { method: request.method ?? "GET", headers, body: Buffer.concat(chunks) }),
        { remoteAddress: "127.0.0.1" },
      );
      response.statusCode = answer?.status ?? 404;
      response.end();
    },
    abandon() {
      harness.answer = () => Promise.resolve({ status: "nothing" });
    },
  };
  return harness;
}

export function createFakeInbox(): FakeInbox {
  const rows = new Map<string, Received & { handled: boolean }>();
  const batches: number[] = [];
  const owed: NewDelivery[] = [];
  const inbox: FakeInbox = {
    rows,
    batches,
    owed,
    failures: 0,
    get handledCount() {
      return [...rows.values()].filter(({ handled }) => handled).length;
    },
    async receive(entries) {
      await wait(1);
      if (inbox.failures > 0) {
        inbox.failures -= 1;
        throw new AppError("STORE_UNAVAILABLE", "the disk is full");
      }
      const fresh = entries.filter(({ key }) => !rows.has(key));
      for (const entry of fresh) rows.set(entry.key, { ...entry, handled: false });
      batches.push(entries.length);
      return new Set(fresh.map(({ key }) => key));
    },
    waiting: () => Promise.resolve([...rows.values()].filter(({ handled }) => !handled)),
    handled(key, _source, _now, answer) {
      const row = rows.get(key);
      if (row === undefined || row.handled) return Promise.resolve(false);
      row.handled = true;
      if (answer !== null) owed.push(answer);
      return Promise.resolve(true);
    },
    prune: () => Promise.resolve(0),
  };
  return inbox;
}

const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs, signal) =>
    wait(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
};

function createTestIds(): Ids {
  let count = 0;
  const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
  return {
    create: (prefix) => `${prefix}_${String((count += 1)).padStart(26, "0")}`,
    token: () => String((count += 1)).padStart(16, "0"),
    receipt: () => String((count += 1)).padStart(6, "0"),
    random: () => 0.5,
    fingerprint: (text) => digest(`key:${text}`),
    digest,
  };
}

/** Keeps what is said, errors with all that hangs on them. */
function recorder(logged: string[]): Log {
  const note = (message: string, fields?: LogFields): void => {
    logged.push(inspect({ message, ...fields }, { depth: 10 }));
  };
  const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };
  return log;
}

/** Parts that these tests never reach: using one ends the test. */
function unused<Name extends string>(...names: readonly Name[]): Record<Name, never> {
  const refuse = (): never => {
    throw new Error("a part that is not in this test was used");
  };
  const part = new Proxy(refuse, { get: refuse });
  return Object.fromEntries(names.map((name) => [name, part])) as Record<Name, never>;
}

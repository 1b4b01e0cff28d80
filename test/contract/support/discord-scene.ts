import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { discord } from "../../../src/bots/discord/index.ts";
import type { Bot } from "../../../src/bots/module.ts";
import { buildCatalogue } from "../../../src/core/conversation/catalogue.ts";
import type { Conversation } from "../../../src/core/conversation/conversation.ts";
import { createForms } from "../../../src/core/conversation/forms.ts";
import type { Answer, Arrival, Target } from "../../../src/core/conversation/intents.ts";
import type { Reply } from "../../../src/core/conversation/text.ts";
import type { DeliveryId } from "../../../src/core/identifiers.ts";
import type { Json } from "../../../src/core/json.ts";
import { createMessages } from "../../../src/core/messages/messages.ts";
import type { Log } from "../../../src/core/ports/log.ts";
import type { Outgoing, OutgoingMedia, SendContext, SendResult } from "../../../src/core/ports/messenger.ts";
import { createSignals } from "../../../src/core/ports/signals.ts";
import type { InboxStore, Received } from "../../../src/core/ports/stores.ts";
import { type DiscordEmulator, startDiscordEmulator } from "../../emulators/discord/discord-emulator.ts";
import { createMemoryMedia } from "./memory-media.ts";

const catalogue = readFileSync(new URL("../../../src/core/messages/en.ftl", import.meta.url), "utf8");
const messages = createMessages({ en: catalogue });
const sketch = {
  id: "sketch",
  label: "Sketch",
  kind: "image",
  aspects: ["1:1"],
  maxReferences: 0,
  takesMask: false,
  costDollars: 0,
  paid: false,
  repeatable: true,
  typicalMs: 1000,
  startTimeoutMs: 60_000,
  sketch: true,
} as const;
/** Works from pictures, so that every command is registered. */
const painter = { ...sketch, id: "painter", label: "Painter", maxReferences: 4, takesMask: true } as const;
const animator = { ...painter, id: "animator", label: "Animator", kind: "video" } as const;

export type DiscordScene = Awaited<ReturnType<typeof startScene>>;

/** The bot with a core that says what a test tells it to, an inbox in memory, and the emulator. */
export async function startScene(options: { emulator?: DiscordEmulator; now?: () => number } = {}) {
  const now = options.now ?? Date.now;
  const emulator = options.emulator ?? (await startDiscordEmulator({ now }));
  const guild = emulator.addGuild();
  const channel = emulator.addChannel({ guildId: guild.id });
  const user = emulator.addUser({ username: "ada" });
  const logs: { level: string; event: string; fields: object }[] = [];
  const arrivals: Arrival[] = [];
  const rows = new Map<string, Received & { handled: boolean }>();
  const notes = new Map<string, string>();
  const media = createMemoryMedia();
  let hasLinks = true;
  let answer: (arrival: Arrival) => Promise<Answer> | Answer = () => ({ status: "nothing" });
  let prefilled: Conversation["prefill"] = () => Promise.resolve(null);

  const conversation: Conversation = {
    commands: buildCatalogue([sketch, painter, animator], ["ink"]),
    languages: ["en"],
    manner: (intent) => ({
      answer: intent.kind === "button" && intent.data.startsWith("v1|favourite") ? "in-place" : "new",
      private:
        intent.kind === "command" &&
        (!["generate", "edit", "animate"].includes(intent.name) || intent.options["private"] === true),
    }),
    form: createForms(messages),
    prefill: (data, actor) => prefilled(data, actor),
    precheck: ({ intent }) =>
      intent.kind === "command" && String(intent.options["prompt"] ?? "long enough").length < 10
        ? { text: ["Too short."], private: true }
        : null,
    async handle(arrival) {
      arrivals.push(arrival);
      emulator.world.changed();
      return answer(arrival);
    },
    suggest: async ({ option, text }) => [{ label: `${option} ${text}`, value: `${text}-1` }],
    line: (language, id) => messages.line(language, id),
  };
  const inbox: InboxStore = {
    async receive(entries) {
      const fresh = entries.filter(({ key }) => !rows.has(key));
      for (const entry of fresh) rows.set(entry.key, { ...entry, handled: false });
      return new Set(fresh.map(({ key }) => key));
    },
    waiting: async () => [...rows.values()].filter(({ handled }) => !handled),
    async handled(key) {
      const row = rows.get(key);
      if (row === undefined || row.handled) return false;
      row.handled = true;
      emulator.world.changed();
      return true;
    },
    prune: async () => 0,
  };

  function newBot(): Bot {
    const create = discord.load({ DISCORD_TOKEN: emulator.token, DISCORD_API_URL: emulator.url });
    if (create === null) throw new Error("DISCORD_TOKEN does not turn it on");
    return create({
      core: {
        conversation,
        requestMedia: never,
        references: never,
        health: never,
        gallery: never,
        members: never,
        offers: never,
        messages: never,
        tell: never,
        signIn: never,
        captioning: never,
        amendments: never,
        publishing: never,
        posts: never,
      },
      inbox,
      deliveries: never,
      notes: {
        get: async (name) => notes.get(name) ?? null,
        set: async (name, value) => void notes.set(name, value),
      },
      media: media.store,
      links: { link: (key) => (hasLinks ? `https://easel.example/media/${key}` : null), path: (key) => key },
      signals: createSignals(),
      clock: {
        now,
        monotonicMs: () => performance.now(),
        sleep: (delayMs, signal) => sleep(delayMs, signal),
      },
      ids: {
        create: (prefix) => `${prefix}_${"0".repeat(26)}`,
        token: () => "t".repeat(16),
        receipt: () => "K7Q2ZM",
        random: () => 0.5,
        fingerprint: (text) => createHash("sha256").update(text).digest("hex"),
        digest: (text) => createHash("sha256").update(text).digest("hex"),
      },
      log: collecting({}),
      web: { host: "127.0.0.1", port: 0, publicUrl: null },
      signer: never,
      projectRoot: ".",
    });
  }

  function collecting(base: object): Log {
    const at =
      (level: string) =>
      (event: string, fields: object = {}) => {
        logs.push({ level, event, fields: { ...base, ...fields } });
        emulator.world.changed();
      };
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      child: (fields) => collecting({ ...base, ...fields }),
    };
  }

  let bot = newBot();
  let isAbandoned = false;
  await bot.start();
  await emulator.waitFor(() => emulator.registeredCommands().length > 0);

  return {
    emulator,
    guild,
    channel,
    user,
    logs,
    arrivals,
    inboxRows: () => [...rows.values()],
    notes,
    bot: () => bot,
    answerWith(next: (arrival: Arrival) => Promise<Answer> | Answer): void {
      answer = next;
    },
    /** Files that replies can show, by their keys. */
    files: media.files,
    /** Whether anybody outside can open a link to a file. */
    setLinks(on: boolean): void {
      hasLinks = on;
    },
    prefillWith(next: Conversation["prefill"]): void {
      prefilled = next;
    },
    /** A second process on the same rows. */
    async another(): Promise<Bot> {
      const second = newBot();
      await second.start();
      return second;
    },
    /** Gives up a bot that hangs in its work. */
    abandon(): void {
      isAbandoned = true;
    },
    /** Ends the bot and starts another one on the same rows. */
    async restart(): Promise<void> {
      await bot.stop();
      bot = newBot();
      await bot.start();
    },
    async close(): Promise<void> {
      if (isAbandoned) void bot.stop();
      else await bot.stop();
      await emulator.close();
    },
    /** /generate by the member, and where it is to be answered. */
    async generate(place: { channel?: typeof channel; options?: Record<string, string | boolean> } = {}) {
      answer = () => ({ status: "started", batchId: "bat_1" });
      const handle = emulator.slash({
        user,
        channel: place.channel ?? channel,
        name: "generate",
        options: { prompt: "a red fox in the snow", ...place.options },
      });
      const ack = await handle.ack;
      await emulator.waitFor(() => arrivals.length > 0);
      const target = arrivals.at(-1)?.target;
      if (target === undefined) throw new Error("nothing arrived");
      return { handle, ack, target };
    },
    send(outgoing: Outgoing, target: Target, more: Partial<SendContext> = {}): Promise<SendResult> {
      return bot.messenger.send(outgoing, {
        deliveryId: `dlv_${"A".repeat(25)}1`,
        target,
        ref: null,
        tries: 1,
        firstTriedAt: now(),
        language: "en",
        zone: "UTC",
        signal: AbortSignal.timeout(10_000),
        ...more,
      });
    },
  };
}

function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A dependency that this platform has no use for: any touch of it fails the test. */
const never = new Proxy(() => undefined, {
  get(_target, name) {
    throw new Error(`unexpected use of ${String(name)}`);
  },
}) as never;

export function deliveryId(letter: string): DeliveryId {
  return `dlv_${letter.repeat(26)}`;
}

export const status = (text: string): Outgoing => ({
  kind: "status",
  reply: words(text),
  tiles: 0,
  finished: false,
  resultRef: null,
});

export function result(
  statusRef: Json,
  more: { index?: number; count?: number; name?: string } = {},
): Outgoing {
  return {
    kind: "result",
    reply: {
      ...words("Took 3 s"),
      quote: "a red fox in the snow",
      buttons: [[{ label: "Again", style: "primary", data: `v1|again|handle${more.index ?? 0}|` }]],
    },
    media: picture(more.name),
    index: more.index ?? 0,
    count: more.count ?? 1,
    statusRef,
    waitedMs: 3000,
  };
}

export function picture(name = "easel-k7q2zm.png"): OutgoingMedia {
  const bytes = new TextEncoder().encode("a picture");
  const file = { name, contentType: "image/png", bytes, width: 8, height: 8, durationMs: null } as const;
  return { kind: "image", form: "inline", altText: "a red fox in the snow", file };
}

export function words(text: string, isPrivate = false): Reply {
  return { text: [text], private: isPrivate };
}

/** The ref of a send that must have succeeded. */
export function refOf(sent: SendResult): Json {
  if (sent.status !== "sent") throw new Error(`not sent: ${JSON.stringify(sent)}`);
  return sent.ref;
}

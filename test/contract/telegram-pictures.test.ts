/** Pictures on Telegram: named by what arrives, fetched by the bot alone, and the questions that answers belong to. */
import { createServer } from "node:http";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Intent, PictureName } from "../../src/core/conversation/intents.ts";
import type { Json } from "../../src/core/json.ts";
import type { GeneratorModel } from "../../src/core/ports/generator.ts";
import type { OpenedPicture } from "../../src/core/ports/messenger.ts";
import {
  type Chat,
  type Message,
  startTelegramEmulator,
  type TelegramEmulator,
  type User,
} from "../emulators/telegram/index.ts";
import { png } from "./support/telegram-files.ts";
import { type BotHarness, createBotHarness } from "./support/telegram-harness.ts";

const MODEL: GeneratorModel = {
  id: "made-up",
  label: "Made up",
  kind: "image",
  aspects: ["1:1"],
  maxReferences: 3,
  takesMask: true,
  costDollars: null,
  paid: false,
  repeatable: true,
  typicalMs: 1_000,
  startTimeoutMs: 1_000,
  sketch: true,
};
const models = [MODEL, { ...MODEL, kind: "video" as const }];
const never = new AbortController().signal;
const MEBIBYTE = 1024 * 1024;

let emulator: TelegramEmulator;
let harness: BotHarness;
let alice: User;
let chat: Chat;
let clockMs: number;

beforeEach(async () => {
  clockMs = Date.now();
  emulator = await startTelegramEmulator({ limits: false, now: () => clockMs });
  harness = createBotHarness(emulator, undefined, { models });
  alice = emulator.addUser("Alice");
  chat = emulator.privateChat(alice);
});

afterEach(async () => {
  await harness.bot.stop();
  // Whatever went wrong: the token, and with it the address of a file, is nowhere.
  const everything = JSON.stringify([harness.logged, [...harness.inbox.rows.values()], harness.inbox.owed]);
  expect(everything).not.toContain(emulator.token);
  expect(everything).not.toContain("/file/bot");
  await emulator.close();
  expect(emulator.violations).toEqual([]);
});

function flat(width: number, height: number, alpha = 1): Promise<Buffer> {
  const background = { r: 200, g: 40, b: 40, alpha };
  return sharp({ create: { width, height, channels: 4, background } })
    .png()
    .toBuffer();
}

/** What inbound made of everything that was sent. */
async function understood(count: number): Promise<readonly Intent[]> {
  await harness.until(() => harness.arrivals.length >= count);
  return harness.arrivals.map(({ intent }) => intent);
}

function picturesOf(intent: Intent | undefined): readonly PictureName[] {
  return intent !== undefined && "pictures" in intent ? (intent.pictures ?? []) : [];
}

function open(name: Json, signal = never): Promise<OpenedPicture> {
  const { messenger } = harness.bot;
  if (!messenger.openPicture) throw new Error("no pictures here");
  return messenger.openPicture(name, signal);
}

/** The picture of a message that was sent, opened. */
async function opened(message: Message): Promise<OpenedPicture> {
  const fileId = (message.photo?.at(-1) ?? message.document ?? message.sticker)?.file_id ?? "";
  return open({ fileId, sizeBytes: null });
}

describe("a picture", () => {
  it("sent as a photo is fetched as the platform drew it anew, in its largest size", async () => {
    await harness.bot.start();
    emulator.send({ user: alice, chat, text: "/edit make it night", photo: await flat(3_000, 1_500) });
    const [intent] = await understood(1);
    const [picture] = picturesOf(intent);
    const got = await open(picture?.name ?? null);
    if (got.status !== "bytes") throw new Error(got.status);
    expect(await sharp(got.bytes).metadata()).toMatchObject({ format: "jpeg", width: 2_560, height: 1_280 });
    expect(emulator.downloads.map(({ status }) => status)).toEqual([200]);
  });

  it("sent as a file or a sticker is fetched byte for byte, with its transparency", async () => {
    const clear = await flat(64, 64, 0.5);
    const document = emulator.send({ user: alice, chat, document: clear, fileName: "clear one.png" });
    const sticker = emulator.send({ user: alice, chat, sticker: await sharp(clear).webp().toBuffer() });
    const got = await opened(document.message);
    expect(got).toMatchObject({ status: "bytes" });
    expect(got.status === "bytes" && clear.equals(got.bytes)).toBe(true);
    expect(await opened(sticker.message)).toMatchObject({ status: "bytes" });
  });

  it("may be opened long after it was named: the path is asked for anew", async () => {
    const { message } = emulator.send({ user: alice, chat, photo: png(64, 64) });
    expect(await opened(message)).toMatchObject({ status: "bytes" });
    clockMs += 24 * 3_600_000;
    expect(await opened(message)).toMatchObject({ status: "bytes" });
  });

  it.each([
    ["a name of nobody's", { url: "https://a.example/" }],
    ["an id that is none", { fileId: "../../etc/passwd", sizeBytes: 1 }],
    ["an id that is gone", { fileId: "AgACp99-000000000000000000000000", sizeBytes: null }],
  ])("is gone under %s", async (_, name) => {
    expect(await open(name)).toEqual({ status: "refused", why: "gone" });
  });

  it("is too large before anything is asked, when the server says so, and when the bytes do", async () => {
    expect(await open({ fileId: "AgACp1-0", sizeBytes: 20 * MEBIBYTE + 1 })).toEqual({
      status: "refused",
      why: "too-large",
    });
    expect(emulator.requests).toHaveLength(0);
    const large = emulator.send({ user: alice, chat, document: png(8, 8, 20 * MEBIBYTE + 1) }).message;
    expect(await opened(large)).toEqual({ status: "refused", why: "too-large" });
    expect(emulator.downloads).toHaveLength(0);
    const small = emulator.send({ user: alice, chat, photo: png(64, 64) }).message;
    emulator.fail({ method: "file", answer: { kind: "bloated", sizeBytes: 64 * MEBIBYTE } });
    expect(await opened(small)).toEqual({ status: "refused", why: "too-large" });
  });

  it.each([
    ["a 404", { kind: "status", status: 404 } as const, "gone"],
    ["a 401", { kind: "status", status: 401 } as const, "unreachable"],
    ["a 502 page", { kind: "html", status: 502 } as const, "unreachable"],
    ["a cut before the answer", { kind: "cut-before" } as const, "unreachable"],
    ["a cut in the middle", { kind: "cut-after" } as const, "unreachable"],
  ])("is not there after %s", async (_, answer, why) => {
    const { message } = emulator.send({ user: alice, chat, document: await flat(400, 400) });
    emulator.fail({ method: "file", answer });
    expect(await opened(message)).toEqual({ status: "refused", why });
    expect(harness.logged.join("\n")).toContain("a picture could not be fetched");
  });

  it.each([
    ["is flooded", { kind: "flood", retryAfterSeconds: 3 } as const],
    ["breaks", { kind: "status", status: 500 } as const],
    ["hangs up", { kind: "cut-before" } as const],
    ["refuses the token", { kind: "status", status: 401, description: "Unauthorized" } as const],
  ])("cannot be reached where the server %s when it is asked for the path", async (_, answer) => {
    const { message } = emulator.send({ user: alice, chat, photo: png(64, 64) });
    emulator.fail({ method: "getFile", answer });
    expect(await opened(message)).toEqual({ status: "refused", why: "unreachable" });
    expect(emulator.downloads).toEqual([]);
  });

  it("is not looked for elsewhere: a redirect is the end", async () => {
    const seen: string[] = [];
    const elsewhere = createServer((request, response) => {
      seen.push(request.url ?? "");
      response.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const address = elsewhere.address();
    const port = typeof address === "object" ? address?.port : 0;
    const { message } = emulator.send({ user: alice, chat, photo: png(64, 64) });
    emulator.fail({
      method: "file",
      answer: { kind: "redirect", location: `http://127.0.0.1:${port}/x` },
    });
    expect(await opened(message)).toEqual({ status: "refused", why: "unreachable" });
    expect(seen).toEqual([]);
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  it("is given up when the one who asked for it gives up", async () => {
    const { message } = emulator.send({ user: alice, chat, photo: png(64, 64) });
    emulator.fail({ method: "file", answer: { kind: "delay", delayMs: 5_000 } });
    const giving = new AbortController();
    const opening = open({ fileId: message.photo?.at(-1)?.file_id ?? "", sizeBytes: null }, giving.signal);
    await emulator.until(() =>
      emulator.requests.some(({ method, status }) => method === "getFile" && status > 0),
    );
    giving.abort();
    expect(await opening).toEqual({ status: "refused", why: "unreachable" });
  });
});

describe("a server that names files in a way of its own", () => {
  it.each([
    "/var/lib/telegram-bot-api/7000000001:EMULATED/photos/file_0.jpg",
    "C:\\bot\\photos\\file_0.jpg",
    "../../bot1/getMe",
    "photos/../../x",
    "photos//x",
    "photos\\..\\x",
    "//elsewhere.example/x",
    "",
  ])("is not believed: %s", async (path) => {
    const paths: string[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url ?? "");
      const result = { file_id: "a", file_unique_id: "b", file_path: path };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ok: true, result }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const strange = createBotHarness(emulator, undefined, { apiUrl: `http://127.0.0.1:${port}/proxy` });
    const got = await strange.bot.messenger.openPicture?.({ fileId: "AgAC", sizeBytes: 1 }, never);
    expect(got).toEqual({ status: "refused", why: path === "" ? "gone" : "unreachable" });
    expect(paths).toEqual([`/proxy/bot${emulator.token}/getFile`]);
    const said = strange.logged.join("\n");
    expect(said.includes("--local")).toBe(/^[/C]/.test(path));
    expect(said).not.toContain("EMULATED");
    await strange.bot.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  it("serves plain names of any kind", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      if (!request.url?.endsWith("/getFile")) return void response.end("bytes");
      const result = { file_id: "a", file_unique_id: "b", file_path: "documents/a b?c#d%2e.png" };
      response.end(JSON.stringify({ ok: true, result }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const proxied = createBotHarness(emulator, undefined, { apiUrl: `http://127.0.0.1:${port}/proxy/` });
    const got = await proxied.bot.messenger.openPicture?.({ fileId: "AgAC", sizeBytes: 1 }, never);
    expect(got).toMatchObject({ status: "bytes" });
    expect(asked[1]).toBe(`/proxy/file/bot${emulator.token}/documents/a%20b%3Fc%23d%252e.png`);
    await proxied.bot.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  it("with --local is refused in the log's words, not with the path", async () => {
    const local = await startTelegramEmulator({ localFolder: "/srv/bot-api" });
    const bot = createBotHarness(local);
    const user = local.addUser("Bob");
    const { message } = local.send({ user, chat: local.privateChat(user), photo: png(64, 64) });
    const name = { fileId: message.photo?.at(-1)?.file_id ?? "", sizeBytes: null };
    expect(await bot.bot.messenger.openPicture?.(name, never)).toEqual({
      status: "refused",
      why: "unreachable",
    });
    expect(bot.logged.join("\n")).toContain("--local");
    expect(bot.logged.join("\n")).not.toContain("/srv/bot-api");
    await bot.bot.stop();
    await local.close();
  });
});

describe("an album", () => {
  const items = [png(64, 64), png(65, 64), png(66, 64)].map((photo) => ({ photo }));
  const idOf = (message: Message): string => message.photo?.at(-1)?.file_id ?? "";
  const fileId = z.object({ fileId: z.string() });
  const named = (pictures: readonly PictureName[]) => pictures.map(({ name }) => fileId.parse(name).fileId);

  it("is one request with all its pictures, whichever of them carries the words", async () => {
    await harness.bot.start();
    const sent = emulator.sendAlbum({
      user: alice,
      chat,
      items,
      text: "/edit put them together",
      captionOn: 1,
    });
    const [intent] = await understood(1);
    expect(intent).toMatchObject({ kind: "command", name: "edit", options: { prompt: "put them together" } });
    expect(named(picturesOf(intent))).toEqual(sent.map(({ message }) => idOf(message)));
    await harness.until(() => harness.inbox.handledCount === 3);
    emulator.send({ user: alice, chat, text: "/help" });
    expect((await understood(2)).map(({ kind }) => kind)).toEqual(["command", "command"]);
  });

  it("without words is one question", async () => {
    await harness.bot.start();
    const sent = emulator.sendAlbum({ user: alice, chat, items });
    const [intent] = await understood(1);
    expect(intent).toMatchObject({ kind: "words", text: "" });
    expect(picturesOf(intent)).toHaveLength(sent.length);
    await harness.until(() => harness.inbox.handledCount === 3);
    expect(harness.arrivals).toHaveLength(1);
  });

  it("in a group brings what the bot may see, and leaves no rows of other people's talk", async () => {
    const open = emulator.supergroup({ members: [alice], botStatus: "administrator" });
    const closed = emulator.supergroup({ members: [alice] });
    await harness.bot.start();
    emulator.sendAlbum({ user: alice, chat: open, items, text: "look at these" });
    emulator.sendAlbum({ user: alice, chat: open, items, text: "/edit put them together" });
    emulator.sendAlbum({ user: alice, chat: closed, items, text: "/edit put them together" });
    const intents = await understood(2);
    expect(intents.map((intent) => picturesOf(intent).length).toSorted((a, b) => a - b)).toEqual([1, 3]);
    await harness.until(() => harness.inbox.handledCount === 2);
    expect(harness.inbox.rows.size).toBe(2);
  });

  it("that answers a picture or is the answer to a question keeps the order: own ones first", async () => {
    const other = emulator.send({ user: alice, chat, photo: png(70, 70) }).message;
    await harness.bot.start();
    await understood(1);
    const sent = emulator.sendAlbum({
      user: alice,
      chat,
      items,
      text: "/edit like that",
      replyTo: other.message_id,
    });
    const intents = await understood(2);
    expect(named(picturesOf(intents[1]))).toEqual([...sent.map(({ message }) => idOf(message)), idOf(other)]);
  });

  it("goes on as one after a restart", async () => {
    const crashed = harness;
    await crashed.bot.start();
    const sent = emulator.sendAlbum({ user: alice, chat, items, text: "/edit put them together" });
    await Promise.all(sent.map(({ confirmed }) => confirmed));
    // Before the album's second is over.
    await crashed.bot.stop();
    expect(crashed.arrivals).toEqual([]);
    harness = createBotHarness(emulator, crashed.inbox, { models });
    await harness.bot.start();
    const [intent] = await understood(1);
    expect(picturesOf(intent)).toHaveLength(3);
    await harness.until(() => harness.inbox.handledCount === 3);
    expect(harness.arrivals).toHaveLength(1);
  });
});

describe("a question", () => {
  it("that is answered in a group's topic comes back as what it was for, at that place", async () => {
    const forum = emulator.supergroup({ members: [alice], topics: ["Drafts"] });
    const topic = emulator.topics(forum).get("Drafts") ?? 0;
    const data = "v1|edit|K7Q2ZM|";
    const asked = emulator.send({ user: alice, chat: forum, topic, text: "/edit" }).message;
    const result = await harness.bot.messenger.send(
      { kind: "reply", reply: { text: ["What should change?"], private: false, asksFor: data } },
      {
        deliveryId: "dlv_1",
        target: {
          platform: "telegram",
          chatKey: `telegram:${forum.id}`,
          place: {
            chatId: forum.id,
            group: true,
            userId: alice.id,
            replyTo: asked.message_id,
            topicId: topic,
          },
          private: false,
        },
        ref: null,
        tries: 1,
        firstTriedAt: 0,
        language: "en",
        zone: "UTC",
        signal: never,
      },
    );
    expect(result.status).toBe("sent");
    const question = emulator.messages(forum).at(-1);
    expect(question).toMatchObject({
      message_thread_id: topic,
      reply_to_message: { message_id: asked.message_id },
    });
    await harness.bot.start();
    const answer = emulator.send({
      user: alice,
      chat: forum,
      topic,
      text: "make it night",
      replyTo: question?.message_id ?? 0,
    }).message;
    await harness.until(() => harness.arrivals.some(({ intent }) => intent.kind === "form"));
    const arrival = harness.arrivals.find(({ intent }) => intent.kind === "form");
    expect(arrival?.intent).toEqual({ kind: "form", data, text: "make it night" });
    expect(arrival?.target.place).toEqual({
      chatId: forum.id,
      group: true,
      userId: alice.id,
      replyTo: answer.message_id,
      topicId: topic,
    });
  });

  it("for a prompt keeps the flags of the command that lacked it", async () => {
    harness.answer = ({ intent }) =>
      Promise.resolve(
        intent.kind === "command" && intent.options["prompt"] === undefined
          ? { status: "reply", reply: { text: ["What should it show?"], private: true, asksFor: "prompt" } }
          : { status: "nothing" },
      );
    await harness.bot.start();
    emulator.send({ user: alice, chat, text: "/generate --video --count=2" });
    await harness.until(() => harness.inbox.owed.length === 1);
    expect(harness.inbox.owed[0]?.reply?.asksFor).toBe("prompt?type=video&count=2");
  });
});

describe("a member alone", () => {
  const target = (member: `${string}:${string}`) => harness.bot.messenger.privateTarget?.(member);

  it("is written to where nobody asked, and never again when that cannot be", async () => {
    const told = async (member: `${string}:${string}`) => {
      const place = target(member);
      if (!place) throw new Error("no target");
      return harness.bot.messenger.send(
        { kind: "reply", reply: { text: ["A provider is set aside."], private: true } },
        {
          deliveryId: "dlv_1",
          target: place,
          ref: null,
          tries: 1,
          firstTriedAt: 0,
          language: "en",
          zone: "UTC",
          signal: never,
        },
      );
    };
    expect(await told(`telegram:${alice.id}`)).toMatchObject({ status: "sent" });
    expect(emulator.transcript(chat)).toContain("A provider is set aside.");
    const stranger = emulator.addUser("Stranger");
    expect(await told(`telegram:${stranger.id}`)).toMatchObject({ status: "undeliverable" });
    emulator.block(alice);
    expect(await told(`telegram:${alice.id}`)).toMatchObject({ status: "undeliverable" });
    expect(await told("telegram:12345")).toMatchObject({ status: "undeliverable" });
  });

  it("is somebody, and somebody of Telegram's", () => {
    expect(target("discord:12345")).toBeNull();
    expect(target("telegram:-100456")).toBeNull();
    expect(target("telegram:x")).toBeNull();
  });
});

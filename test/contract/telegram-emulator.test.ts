import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import { Api, Bot, GrammyError, HttpError, InputFile, InputMediaBuilder, webhookCallback } from "grammy";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTelegramEmulator, type TelegramEmulator } from "../emulators/telegram/index.ts";
import { png } from "./support/telegram-files.ts";

let emulator: TelegramEmulator;
let nowMs: number;
let api: Api;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 22, 12);
  emulator = await startTelegramEmulator({ now: () => nowMs });
  api = new Api(emulator.token, { apiRoot: emulator.url });
});

afterEach(async () => {
  await emulator.close();
});

async function refusal(call: Promise<unknown>): Promise<GrammyError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof GrammyError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error;
}

describe("updates", () => {
  it("hands what people write to a polling bot and tells when the offset moved past it", async () => {
    const bot = new Bot(emulator.token, { client: { apiRoot: emulator.url } });
    bot.command("start", (context) =>
      context.reply("Hello", { reply_parameters: { message_id: context.msgId } }),
    );
    const running = bot.start();
    const alice = emulator.addUser("Alice");
    const chat = emulator.privateChat(alice);
    const sent = emulator.send({ user: alice, chat, text: "/start" });
    expect(await sent.confirmed).toBeGreaterThanOrEqual(0);
    await emulator.until(() => emulator.history.length === 1);
    expect(emulator.transcript(chat)).toBe("#1 Alice: /start\n#2 Easel, in answer to #1: Hello");
    await bot.stop();
    await running;
    expect(emulator.violations).toEqual([]);
  });

  it("repeats an update until its offset is confirmed", async () => {
    const alice = emulator.addUser("Alice");
    const chat = emulator.privateChat(alice);
    const first = emulator.send({ user: alice, chat, text: "one" });
    const second = emulator.send({ user: alice, chat, text: "two" });
    const ids = async (offset: number): Promise<readonly number[]> =>
      (await api.getUpdates({ offset })).map((update) => update.update_id);
    expect(await ids(0)).toEqual([first.updateId, second.updateId]);
    expect(await ids(0)).toEqual([first.updateId, second.updateId]);
    expect(await ids(second.updateId)).toEqual([second.updateId]);
    expect(await ids(second.updateId + 1)).toEqual([]);
  });

  it("ends the first of two pollers with a conflict", async () => {
    const first = refusal(api.getUpdates({ timeout: 30 }));
    await emulator.until(() => emulator.requests.length === 1);
    await api.getUpdates({ timeout: 0 });
    expect((await first).error_code).toBe(409);
  });

  it("keeps ordinary talk in groups from a bot in privacy mode", () => {
    const alice = emulator.addUser("Alice");
    const group = emulator.group({ members: [alice] });
    const send = (text: string): boolean => emulator.send({ user: alice, chat: group, text }).sent;
    expect(
      ["hello", "/generate fox", "/generate@easel_test_bot fox", "/generate@other_bot fox"].map(send),
    ).toEqual([false, true, true, false]);
  });

  it("posts to a webhook with the secret and repeats what was not taken", async () => {
    const bot = new Bot(emulator.token, { client: { apiRoot: emulator.url } });
    const seen: string[] = [];
    bot.on("message:text", (context) => {
      seen.push(context.message.text);
      if (seen.length === 1) throw new Error("not yet");
    });
    const handle = webhookCallback(bot, "http", { secretToken: "s3cret" });
    const server = createServer((request, response) => {
      handle(request, response).catch(() => {
        response.statusCode = 500;
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    await api.setWebhook(`http://127.0.0.1:${address.port}/hook`, { secret_token: "s3cret" });
    const alice = emulator.addUser("Alice");
    const sent = emulator.send({ user: alice, chat: emulator.privateChat(alice), text: "fox" });
    await sent.confirmed;
    expect(seen).toEqual(["fox", "fox"]);
    expect((await refusal(api.getUpdates())).error_code).toBe(409);
    expect((await api.getWebhookInfo()).pending_update_count).toBe(0);
    server.closeAllConnections();
    server.close();
  });
});

describe("messages", () => {
  it("turns a text into an uploaded photo by an edit, and serves the photo's bytes", async () => {
    const alice = emulator.addUser("Alice");
    const chat = emulator.privateChat(alice);
    const keyboard = { inline_keyboard: [[{ text: "Again", callback_data: "v1|again|x" }]] };
    const status = await api.sendMessage(chat.id, "<b>Queued</b> &amp; waiting", {
      parse_mode: "HTML",
      reply_markup: keyboard,
    });
    expect(status.text).toBe("Queued & waiting");
    const picture = png(640, 480);
    await api.editMessageMedia(
      chat.id,
      status.message_id,
      InputMediaBuilder.photo(new InputFile(picture, "fox.png"), { caption: "A fox" }),
      { reply_markup: keyboard },
    );
    expect(emulator.transcript(chat)).toBe('#1 Easel: photo 640x480 (1 KB) "A fox"\n   [Again]');
    const photo = emulator.messages(chat)[0]?.photo?.at(-1);
    const file = await api.getFile(photo?.file_id ?? "");
    const bytes = await fetch(`${emulator.url}/file/bot${emulator.token}/${file.file_path ?? ""}`);
    expect(Buffer.from(await bytes.arrayBuffer()).equals(picture)).toBe(true);
    expect(emulator.requests.find(({ method }) => method === "editMessageMedia")?.files[0]?.sizeBytes).toBe(
      picture.length,
    );
    expect(emulator.violations).toEqual([]);
  });

  it("sends albums whose members are edited only to what an album may hold", async () => {
    const chat = emulator.privateChat(emulator.addUser("Alice"));
    const tile = (name: string) => InputMediaBuilder.photo(new InputFile(png(64, 64), name));
    const [first] = await api.sendMediaGroup(chat.id, [tile("a.png"), tile("b.png")]);
    const id = first?.message_id ?? 0;
    await api.editMessageMedia(chat.id, id, InputMediaBuilder.photo(new InputFile(png(512, 512), "c.png")));
    const document = InputMediaBuilder.document(new InputFile(Buffer.from("x"), "x.txt"));
    expect((await refusal(api.editMessageMedia(chat.id, id, document))).error_code).toBe(400);
    expect(emulator.transcript(chat)).toBe(
      "album:\n  #1 Easel: photo 512x512 (1 KB)\n  #2 Easel: photo 64x64 (1 KB)",
    );
    expect((await refusal(api.sendMediaGroup(chat.id, [tile("a.png")]))).error_code).toBe(400);
    expect(emulator.violations.map(({ detail }) => detail)).toEqual(["an album of 1"]);
  });

  it("carries a click to the bot and its answer back, until the query is too old", async () => {
    const alice = emulator.addUser("Alice");
    const chat = emulator.privateChat(alice);
    await api.sendMessage(chat.id, "Ready", {
      reply_markup: { inline_keyboard: [[{ text: "Again", callback_data: "again" }]] },
    });
    const message = emulator.messages(chat)[0];
    if (message === undefined) throw new Error("no message");
    const click = emulator.press({ user: alice, message, label: "Again" });
    const [update] = await api.getUpdates();
    expect(update?.callback_query?.data).toBe("again");
    await api.answerCallbackQuery(click.queryId, { text: "On it" });
    expect(await click.answer).toEqual({ text: "On it", showAlert: false, url: undefined });
    const late = emulator.press({ user: alice, message, label: "Again" });
    nowMs += 60_000;
    expect((await refusal(api.answerCallbackQuery(late.queryId))).description).toContain("query is too old");
  });

  it.each([
    ["an unchanged text", () => api.editMessageText(chatId(), 1, "same"), "message is not modified"],
    [
      "a missing reply target",
      () => api.sendMessage(chatId(), "x", { reply_parameters: { message_id: 99 } }),
      "message to be replied not found",
    ],
    ["a broken tag", () => api.sendMessage(chatId(), "<b>x", { parse_mode: "HTML" }), "can't parse entities"],
    ["too long a text", () => api.sendMessage(chatId(), "x".repeat(4097)), "message is too long"],
    [
      "callback data of 65 bytes",
      () =>
        api.sendMessage(chatId(), "x", {
          reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "é".repeat(33) }]] },
        }),
      "BUTTON_DATA_INVALID",
    ],
    [
      "an unknown topic",
      () => api.sendMessage(chatId(), "x", { message_thread_id: 1 }),
      "message thread not found",
    ],
    ["an unknown chat", () => api.sendMessage(123, "x"), "chat not found"],
    [
      "a photo too thin",
      () => api.sendPhoto(chatId(), new InputFile(png(2100, 100), "a.png")),
      "PHOTO_INVALID_DIMENSIONS",
    ],
    [
      "a photo over 10 MB",
      () => api.sendPhoto(chatId(), new InputFile(png(10, 10, 10_485_760), "a.png")),
      "too big for a photo",
    ],
  ])("refuses %s in the platform's words", async (_, call, description) => {
    const alice = emulator.addUser("Alice");
    await api.sendMessage(emulator.privateChat(alice).id, "same");
    const error = await refusal(call());
    expect(error.error_code).toBe(400);
    expect(error.description).toContain(description);
  });

  function chatId(): number {
    return 5_000_000_001;
  }

  it("answers in a forum topic, never in the General topic by its id", async () => {
    const alice = emulator.addUser("Alice");
    const forum = emulator.supergroup({ members: [alice], topics: ["Art"] });
    const topic = emulator.topics(forum).get("Art") ?? 0;
    const sent = emulator.send({ user: alice, chat: forum, text: "/generate a fox", topic });
    expect(sent.message.is_topic_message).toBe(true);
    const reply = await api.sendMessage(forum.id, "Queued", {
      message_thread_id: topic,
      reply_parameters: { message_id: sent.message.message_id },
    });
    expect(reply.message_thread_id).toBe(topic);
    expect((await refusal(api.sendMessage(forum.id, "x", { message_thread_id: 1 }))).error_code).toBe(400);
  });

  it("tells the new id of a group that became a supergroup, and who blocked the bot", async () => {
    const alice = emulator.addUser("Alice");
    const group = emulator.group({ members: [alice] });
    const supergroup = emulator.migrate(group, alice);
    expect((await refusal(api.sendMessage(group.id, "x"))).parameters.migrate_to_chat_id).toBe(supergroup.id);
    await api.sendMessage(supergroup.id, "x");
    emulator.privateChat(alice);
    emulator.block(alice);
    expect((await refusal(api.sendMessage(alice.id, "x"))).error_code).toBe(403);
  });

  it("reports what the description does not know", async () => {
    const chat = emulator.privateChat(emulator.addUser("Alice"));
    await fetch(`${emulator.url}/bot${emulator.token}/sendMessage`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ chat_id: chat.id, text: "x", colour: "red", reply_parameters: { id: 1 } }),
    });
    expect(emulator.violations.map(({ detail }) => detail)).toEqual([
      "colour is not a parameter of sendMessage",
      "reply_parameters.message_id is missing",
      "reply_parameters.id is not a field of ReplyParameters",
    ]);
  });
});

describe("limits and faults", () => {
  it("floods a private chat after a short burst, and takes messages again after retry_after", async () => {
    const chat = emulator.privateChat(emulator.addUser("Alice"));
    for (let count = 0; count < 5; count += 1) await api.sendMessage(chat.id, String(count));
    const error = await refusal(api.sendMessage(chat.id, "too much"));
    expect([error.error_code, error.parameters.retry_after]).toEqual([429, 1]);
    nowMs += 1_000;
    await api.sendMessage(chat.id, "5");
    expect(emulator.messages(chat)).toHaveLength(6);
  });

  it("lets 20 messages a minute into a group, edits and album members counted", async () => {
    const group = emulator.group();
    for (let count = 0; count < 20; count += 1) {
      await api.sendMessage(group.id, String(count));
      nowMs += 1_000;
    }
    const error = await refusal(api.editMessageText(group.id, 1, "changed"));
    expect(error.parameters.retry_after).toBe(40);
  });

  it("loses an answer after the work is done, or before, as asked", async () => {
    const chat = emulator.privateChat(emulator.addUser("Alice"));
    emulator.fail({ method: "send*", answer: { kind: "cut-after" } });
    await expect(api.sendMessage(chat.id, "done")).rejects.toBeInstanceOf(HttpError);
    emulator.fail({ method: "sendMessage", chat: chat.id, answer: { kind: "cut-before" } });
    await expect(api.sendMessage(chat.id, "not done")).rejects.toBeInstanceOf(HttpError);
    emulator.fail({ answer: { kind: "html", status: 502 } });
    await expect(api.sendMessage(chat.id, "not done")).rejects.toBeInstanceOf(HttpError);
    emulator.fail({ answer: { kind: "flood", retryAfterSeconds: 7 } });
    expect((await refusal(api.sendMessage(chat.id, "not done"))).parameters.retry_after).toBe(7);
    expect(emulator.transcript(chat)).toBe("#1 Easel: done");
  });
});

describe("files of people", () => {
  async function download(fileId: string): Promise<{ path: string; response: Response; bytes: Buffer }> {
    const { file_path: path = "" } = await api.getFile(fileId);
    const response = await fetch(`${emulator.url}/file/bot${emulator.token}/${path}`);
    return { path, response, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  async function photograph(): Promise<Buffer> {
    const background = { r: 20, g: 120, b: 200, alpha: 0.5 };
    return sharp({ create: { width: 3_000, height: 1_500, channels: 4, background } })
      .png()
      .toBuffer();
  }

  it("are photos in several sizes, drawn anew, and documents as they came", async () => {
    const user = emulator.addUser("Alice");
    const chat = emulator.privateChat(user);
    const picture = await photograph();
    const { message } = emulator.send({ user, chat, photo: picture });
    expect(message.photo?.map(({ width }) => width)).toEqual([90, 320, 800, 1_280, 2_560]);
    const paths = new Set<string>();
    for (const { file_id: fileId, width } of message.photo ?? []) {
      const { path, bytes } = await download(fileId);
      paths.add(path);
      expect(await sharp(bytes).metadata()).toMatchObject({ format: "jpeg", width });
    }
    expect(paths.size).toBe(5);
    const file = emulator.send({ user, chat, document: picture, fileName: "a.png" }).message.document;
    expect(file?.mime_type).toBe("image/png");
    expect((await download(file?.file_id ?? "")).bytes.equals(picture)).toBe(true);
  });

  it("have a path that is good for an hour, under the right token, and never above 20 MB", async () => {
    const user = emulator.addUser("Alice");
    const chat = emulator.privateChat(user);
    const { message } = emulator.send({ user, chat, document: png(8, 8) });
    const { path } = await download(message.document?.file_id ?? "");
    const at = (token: string): Promise<Response> => fetch(`${emulator.url}/file/bot${token}/${path}`);
    nowMs += 3_600_000;
    expect((await at(emulator.token)).status).toBe(200);
    expect((await at("1:WRONG")).status).toBe(401);
    nowMs += 1;
    expect((await at(emulator.token)).status).toBe(404);
    const large = emulator.send({ user, chat, document: png(8, 8, 21 * 1024 * 1024) }).message.document;
    const refused = await refusal(api.getFile(large?.file_id ?? ""));
    expect(refused.description).toBe("Bad Request: file is too big");
    expect((await refusal(api.getFile("nonsense"))).description).toContain("invalid file_id");
  });

  it("come as an album's separate updates, and from other chats as an external reply", async () => {
    const user = emulator.addUser("Alice");
    const chat = emulator.privateChat(user);
    const items = [png(8, 8), png(9, 9)].map((photo) => ({ photo }));
    const sent = emulator.sendAlbum({ user, chat, items, text: "both" });
    const group = emulator.group({ members: [user] });
    emulator.send({ user, chat: group, text: "/edit x", replyElsewhere: sent[0]?.message });
    const updates = await api.getUpdates();
    const albums = updates.map(({ message }) => message?.media_group_id);
    expect([albums[0] === albums[1], albums[0] !== undefined, albums[2]]).toEqual([true, true, undefined]);
    expect(updates.map(({ message }) => message?.caption)).toEqual(["both", undefined, undefined]);
    expect(updates[2]?.message?.external_reply?.photo).toHaveLength(1);
  });
});

/** Telegram where several people are, and where it asks for patience: what stays one message, and who reads what. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Reply } from "../../src/core/conversation/text.ts";
import type { Json } from "../../src/core/json.ts";
import type { Outgoing, SendResult } from "../../src/core/ports/messenger.ts";
import {
  type Chat,
  type Message,
  startTelegramEmulator,
  type TelegramEmulator,
  type User,
} from "../emulators/telegram/index.ts";
import { png } from "./support/telegram-files.ts";
import { type BotHarness, createBotHarness } from "./support/telegram-harness.ts";

let emulator: TelegramEmulator;
let harness: BotHarness;
let alice: User;
let chat: Chat;
let asked: number;

beforeEach(async () => {
  emulator = await startTelegramEmulator({ limits: false });
  harness = createBotHarness(emulator);
  alice = emulator.addUser("Alice");
  chat = emulator.privateChat(alice);
  asked = emulator.send({ user: alice, chat, text: "/generate a fox" }).message.message_id;
  harness.files.set("ast_1/aa.png", png(640, 480));
});

afterEach(async () => {
  await harness.bot.stop();
  await emulator.close();
  expect(emulator.violations).toEqual([]);
});

const button = (label: string) => ({ label, style: "secondary" as const, data: `v1|again|${label}|` });
const facts = { contentType: "image/png", sizeBytes: 99, width: 640, height: 480, durationMs: null } as const;

function card(text: string, parts: Partial<Reply> = {}): Reply {
  return {
    title: "A post",
    text: [text],
    buttons: [[button("Change")]],
    media: { file: { key: "ast_1/aa.png", sha256: "aa", ...facts }, altText: "A fox" },
    private: false,
    ...parts,
  };
}

function sendIn(place: object, outgoing: Outgoing, ref: Json = null): Promise<SendResult> {
  return harness.bot.messenger.send(outgoing, {
    deliveryId: "dlv_1",
    target: {
      platform: "telegram",
      chatKey: `telegram:${chat.id}`,
      place: { chatId: chat.id, group: chat.type !== "private", userId: alice.id, replyTo: asked, ...place },
      private: false,
    },
    ref,
    tries: 1,
    firstTriedAt: Date.now(),
    language: "en",
    zone: "UTC",
    signal: new AbortController().signal,
  });
}

async function sent(outgoing: Outgoing, place: object = {}): Promise<Json> {
  const result = await sendIn(place, outgoing);
  if (result.status !== "sent") throw new Error(`not sent: ${JSON.stringify(result)}`);
  return result.ref;
}

const media = () => ({
  kind: "image" as const,
  form: "inline" as const,
  file: { name: "easel.png", bytes: png(640, 480), ...facts },
  altText: "A fox",
});
const sendCard = (words: Reply): Promise<Json> => sent({ kind: "reply", reply: words, media: media() });
const last = (): Message | undefined => emulator.messages(chat).at(-1);
const methods = (): string[] =>
  emulator.requests.map(({ method }) => method).filter((name) => /^(edit|sendM|sendP|deleteM)/.test(name));

describe("a click that changes its message", () => {
  async function press(words: Reply): Promise<void> {
    const message = last();
    if (message === undefined) throw new Error("there is no message");
    harness.answer = () => Promise.resolve({ status: "replace", reply: words });
    const handled = harness.inbox.handledCount;
    emulator.press({ user: alice, message, label: "Change" });
    await harness.until(() => harness.inbox.handledCount > handled);
  }

  beforeEach(async () => {
    await harness.bot.start();
    await harness.until(() => harness.inbox.handledCount === 1);
  });

  it.each([
    ["a pause", { kind: "flood", retryAfterSeconds: 1 }],
    ["no answer at all", { kind: "cut-before" }],
    ["an answer that was lost", { kind: "cut-after" }],
  ] as const)("insists after %s, and leaves one message", async (_, answer) => {
    await sendCard(card("Now"));
    emulator.fail({ method: "editMessageCaption", times: 1, answer });
    await press(card("Tomorrow"));
    expect(emulator.messages(chat)).toHaveLength(2);
    expect(last()?.caption).toBe("A post\nTomorrow");
    expect(harness.inbox.owed).toEqual([]);
    expect(methods()).toEqual(["sendPhoto", "editMessageCaption", "editMessageCaption"]);
  });

  it("comes anew at once where the message is gone", async () => {
    await sendCard(card("Now"));
    const message = last();
    if (message === undefined) throw new Error("there is no message");
    harness.answer = () => Promise.resolve({ status: "replace", reply: card("Tomorrow") });
    emulator.press({ user: alice, message, label: "Change" });
    emulator.deleteMessage(chat, message.message_id);
    await harness.until(() => harness.inbox.owed.length === 1);
    expect(harness.inbox.owed[0]?.reply?.text).toEqual(["Tomorrow"]);
  });

  it("does not keep the bot from stopping", async () => {
    await sendCard(card("Now"));
    emulator.fail({
      method: "editMessageCaption",
      times: 1,
      answer: { kind: "flood", retryAfterSeconds: 50 },
    });
    const message = last();
    if (message === undefined) throw new Error("there is no message");
    harness.answer = () => Promise.resolve({ status: "replace", reply: card("Tomorrow") });
    emulator.press({ user: alice, message, label: "Change" });
    await emulator.until(() => methods().includes("editMessageCaption"));
    await harness.bot.stop();
    // Changed at the last moment, or owed as a message of its own: it is not lost.
    const isShown = last()?.caption === "A post\nTomorrow";
    expect(isShown || harness.inbox.owed.length === 1).toBe(true);
  });
});

describe("a card that somebody else decides about", () => {
  const amend = (words: Reply, resultRef: Json): Outgoing => ({
    kind: "amend",
    reply: words,
    altText: "A fox",
    resultRef,
  });
  const decided = (text: string, parts: Partial<Reply> = {}): Reply => {
    const { buttons: _, ...words } = card(text, parts);
    return words;
  };

  it("shows it in its place and loses its buttons, however often it is said", async () => {
    const ref = await sendCard(card("May it go out?"));
    for (let time = 0; time < 2; time += 1) await sent(amend(decided("Approved by Bo."), ref));
    expect(emulator.messages(chat)).toHaveLength(2);
    expect(last()).toMatchObject({ caption: "A post\nApproved by Bo.", photo: expect.anything() });
    expect(last()?.reply_markup).toBeUndefined();
  });

  it("changes what stands before it as well, and takes away what is not needed any more", async () => {
    const long = { quote: "A fox. ".repeat(200) };
    const ref = await sendCard(card("May it go out?", long));
    const longer = await sent(amend(decided("Approved by Bo.", { quote: `${long.quote}A hare.` }), ref));
    const [before, shown] = emulator.messages(chat).slice(1);
    expect(before?.text).toMatch(/A hare\.$/);
    expect(shown?.caption).toBe("A post\nApproved by Bo.");
    await sent(amend(decided("Published.", { quote: "A fox." }), longer));
    expect(emulator.messages(chat).slice(1)).toMatchObject([{ caption: "A post\nA fox.\nPublished." }]);
  });

  it("loses its buttons where its words have become too long to stand under it", async () => {
    const ref = await sendCard(card("May it go out?"));
    await sent(amend(decided("Approved by Bo.", { quote: "A fox. ".repeat(300) }), ref));
    expect(emulator.messages(chat)).toHaveLength(2);
    expect(last()?.reply_markup).toBeUndefined();
    expect(last()?.caption).toContain("Approved by Bo.");
  });

  it("is changed as words where its file could not be shown, and let be where it is gone", async () => {
    emulator.fail({
      method: "send*",
      times: 2,
      answer: { kind: "status", status: 413, description: "Request Entity Too Large" },
    });
    const ref = await sendCard(card("May it go out?"));
    await sent(amend(decided("Approved by Bo."), ref));
    expect(last()?.text).toBe("A post\nApproved by Bo.");
    emulator.deleteMessage(chat, last()?.message_id ?? 0);
    expect(await sendIn({}, amend(decided("Published."), ref))).toMatchObject({ status: "sent" });
    expect(emulator.messages(chat)).toHaveLength(1);
  });

  it("waits where Telegram asks for it", async () => {
    const ref = await sendCard(card("May it go out?"));
    emulator.fail({
      method: "editMessageCaption",
      times: 1,
      answer: { kind: "flood", retryAfterSeconds: 7 },
    });
    expect(await sendIn({}, amend(decided("Approved by Bo."), ref))).toMatchObject({
      status: "wait",
      afterMs: 7_000,
    });
  });
});

describe("in a group with topics", () => {
  let topic: number;

  beforeEach(async () => {
    await harness.bot.start();
    await harness.until(() => harness.inbox.handledCount === 1);
    chat = emulator.supergroup({ members: [alice], topics: ["Pictures"] });
    topic = emulator.topics(chat).get("Pictures") ?? 0;
    asked = emulator.send({ user: alice, chat, topic, text: "/generate a fox" }).message.message_id;
    await harness.until(() => harness.arrivals.length === 2);
  });

  const result = (): Outgoing => ({
    kind: "result",
    reply: card("Took 4 s."),
    media: media(),
    index: 0,
    count: 1,
    statusRef: null,
    waitedMs: 1,
  });
  const notice = (statusRef: Json): Outgoing => ({
    kind: "notice",
    reply: { text: ["Published."], private: false },
    index: null,
    count: 1,
    statusRef,
  });

  it("news of a result answers the result, or stands in the topic where that is gone", async () => {
    const ref = await sent(result(), { topicId: topic });
    const shown = last()?.message_id ?? 0;
    await sent(notice(ref), { topicId: topic });
    expect(last()).toMatchObject({
      text: "Published.",
      message_thread_id: topic,
      reply_to_message: { message_id: shown },
    });
    emulator.deleteMessage(chat, shown);
    await sent(notice(ref), { topicId: topic });
    expect(last()).toMatchObject({ text: "Published.", message_thread_id: topic });
    expect(last()?.reply_to_message).toBeUndefined();
  });

  it("what cannot be written to somebody alone is said there, with the way to it", async () => {
    const bob = emulator.addUser("Bob");
    harness.answer = () => Promise.resolve({ status: "reply", reply: card("For you", { private: true }) });
    const message = await harness.post(chat, "A result", [["Post"]], "post");
    emulator.press({ user: bob, message, label: "Post" });
    await harness.until(() => harness.inbox.owed.length === 1);
    const [owed] = harness.inbox.owed;
    if (!owed?.reply) throw new Error("nothing is owed");
    const told = await harness.bot.messenger.send(
      { kind: "reply", reply: owed.reply, media: media() },
      {
        deliveryId: "dlv_1",
        target: owed.target,
        ref: null,
        tries: 1,
        firstTriedAt: Date.now(),
        language: "en",
        zone: "UTC",
        signal: new AbortController().signal,
      },
    );
    expect(told.status).toBe("sent");
    expect(last()?.text).toBe("en private-first-opens");
    const url = new URL(last()?.reply_markup?.inline_keyboard[0]?.[0]?.url ?? "");
    expect(`${url.origin}${url.pathname}`).toBe(`https://t.me/${emulator.me.username}`);

    const alone = emulator.privateChat(bob);
    emulator.send({ user: bob, chat: alone, text: `/start ${url.searchParams.get("start")}` });
    await harness.until(() => harness.arrivals.length === 4);
    expect(harness.arrivals[3]).toMatchObject({
      intent: { kind: "button", data: "v1|post|Post|" },
      actor: { identity: `telegram:${bob.id}`, context: "private" },
    });
  });

  it("a list that one person got alone still speaks of the group, for those who rule there", async () => {
    emulator.promote(chat, alice);
    const alone = emulator.privateChat(alice);
    const data = `v1|accounts|${chat.id}|add=instagram`;
    const message = await harness.post(alone, "Accounts", [["+ Instagram"]]);
    for (const user of [alice, emulator.addUser("Mallory")])
      emulator.press({ user, message, data, forged: true });
    await harness.until(() => harness.arrivals.length === 4);
    expect(harness.arrivals.slice(2).map(({ actor }) => [actor.community, actor.managesCommunity])).toEqual([
      [`telegram:${chat.id}`, true],
      [`telegram:${chat.id}`, false],
    ]);
  });

  it("a member is called by name whom a manager answers or mentions", async () => {
    const quinn = emulator.addUser("Quinn");
    const talk = emulator.send({ user: quinn, chat, topic, text: "good morning" }).message;
    const grant = "/community grant @account";
    emulator.send({ user: alice, chat, topic, text: grant, replyTo: talk.message_id });
    await harness.until(() => harness.arrivals.length === 3);
    expect(harness.arrivals[2]?.intent).toEqual({
      kind: "command",
      name: "community grant",
      options: { member: `telegram:${quinn.id}`, account: "@account", "member-name": "Quinn" },
    });
    emulator.send({ user: alice, chat, topic, text: `/community grant telegram:${quinn.id} @account` });
    await harness.until(() => harness.arrivals.length === 4);
    expect(harness.arrivals[3]?.intent).toMatchObject({ options: { member: `telegram:${quinn.id}` } });
    expect(JSON.stringify(harness.arrivals[3]?.intent)).not.toContain("member-name");
  });
});

/** Files in replies, cards that change in place, and captions that come later, on Telegram. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Answer, Target } from "../../src/core/conversation/intents.ts";
import type { Reply } from "../../src/core/conversation/text.ts";
import type { Json } from "../../src/core/json.ts";
import type { Outgoing, OutgoingMedia, SendResult } from "../../src/core/ports/messenger.ts";
import {
  type Chat,
  type Message,
  startTelegramEmulator,
  type TelegramEmulator,
  type User,
} from "../emulators/telegram/index.ts";
import { mp4, png } from "./support/telegram-files.ts";
import { type BotHarness, createBotHarness } from "./support/telegram-harness.ts";

let emulator: TelegramEmulator;
let harness: BotHarness;
let alice: User;
let chat: Chat;
/** The member's own message, which is answered. */
let asked: number;

beforeEach(async () => {
  emulator = await startTelegramEmulator({ limits: false });
  harness = createBotHarness(emulator);
  alice = emulator.addUser("Alice");
  chat = emulator.privateChat(alice);
  asked = emulator.send({ user: alice, chat, text: "/generate a fox" }).message.message_id;
  for (const [key, side] of [["ast_1/aa.png", 640] as const, ["ast_2/bb.png", 320] as const])
    harness.files.set(key, png(side, 480));
});

afterEach(async () => {
  await harness.bot.stop();
  await emulator.close();
  expect(emulator.violations).toEqual([]);
});

const button = (label: string) => ({ label, style: "secondary" as const, data: `v1|again|${label}|` });

const target = (): Target => ({
  platform: "telegram",
  chatKey: `telegram:${chat.id}`,
  place: { chatId: chat.id, group: chat.type !== "private", userId: alice.id, replyTo: asked },
  private: false,
});

function send(outgoing: Outgoing, ref: Json = null, tries = 1): Promise<SendResult> {
  return harness.bot.messenger.send(outgoing, {
    deliveryId: "dlv_1",
    target: target(),
    ref,
    tries,
    firstTriedAt: Date.now(),
    language: "en",
    zone: "UTC",
    signal: new AbortController().signal,
  });
}

async function sent(outgoing: Outgoing, ref: Json = null): Promise<Json> {
  const result = await send(outgoing, ref);
  if (result.status !== "sent") throw new Error(`not sent: ${JSON.stringify(result)}`);
  return result.ref;
}

const picture = (bytes = png(640, 480), parts: Partial<OutgoingMedia> = {}): OutgoingMedia => ({
  kind: "image",
  form: "inline",
  file: { name: "easel.png", contentType: "image/png", bytes, width: 640, height: 480, durationMs: null },
  altText: "A fox",
  ...parts,
});

/** Words about a stored file. */
function card(text: string, parts: Partial<Reply> = {}, key = "ast_1/aa.png"): Reply {
  const facts = {
    contentType: "image/png",
    sizeBytes: 99,
    width: 640,
    height: 480,
    durationMs: null,
  } as const;
  return {
    title: "As it will be",
    text: [text],
    buttons: [[button("Change"), button("Confirm")]],
    media: { file: { key, sha256: key, ...facts }, altText: "A fox" },
    private: false,
    ...parts,
  };
}

const reply = (words: Reply, media = picture()): Outgoing => ({ kind: "reply", reply: words, media });
const chatLines = () => emulator.transcript(chat).split("\n").slice(1);

describe("a reply with a file", () => {
  it("is one message: the picture, the words under it, and the buttons", async () => {
    await sent(reply(card("Now, to @ada")));
    expect(chatLines()).toEqual([
      '#2 Easel, in answer to #1: photo 640x480 (1 KB) "As it will be',
      'Now, to @ada"',
      "   [Change] [Confirm]",
    ]);
  });

  it("may be a video, or a file", async () => {
    const facts = { contentType: "video/mp4", width: 320, height: 240, durationMs: 8_000 } as const;
    const file = { name: "easel.mp4", bytes: mp4(), ...facts };
    await sent(reply(card("A film"), picture(undefined, { kind: "video", file })));
    await sent(reply(card("A file"), picture(undefined, { form: "file" })));
    const methods = emulator.requests.map(({ method }) => method).slice(-2);
    expect(methods).toEqual(["sendVideo", "sendDocument"]);
    expect(emulator.transcript(chat)).toContain('document easel.png (1 KB) "As it will be\nA file"');
  });

  it("has the quotation before it where all of it is too long, whole and in order", async () => {
    const caption = `${"A fox & a hare. ".repeat(130)}#end`;
    await sent(reply(card("Now, to @ada", { quote: caption })));
    const [before, shown] = emulator.messages(chat).slice(1);
    expect(before?.text).toBe(caption);
    expect(before?.reply_markup).toBeUndefined();
    expect(shown?.caption).toBe("As it will be\nNow, to @ada");
    expect(shown?.reply_markup?.inline_keyboard.flat()).toHaveLength(2);
  });

  it("has everything but its title before it where even that is too long", async () => {
    await sent(reply(card("word ".repeat(400), { quote: "A fox ".repeat(700) })));
    const [first, second, shown] = emulator.messages(chat).slice(1);
    expect(`${first?.text} ${second?.text}`.replaceAll(/\s+/g, " ")).toContain("word word A fox A fox");
    expect(`${first?.text}${second?.text}`.match(/A fox/g)).toHaveLength(700);
    expect(shown?.caption).toBe("As it will be");
    expect(shown?.reply_markup?.inline_keyboard.flat()).toHaveLength(2);
  });

  it("begins after what went out already, and says when nobody knows whether it arrived", async () => {
    const long = reply(card("Now", { quote: "A fox. ".repeat(200) }));
    emulator.fail({ method: "sendPhoto", times: 1, answer: { kind: "flood", retryAfterSeconds: 2 } });
    const first = await send(long);
    expect(first).toMatchObject({ status: "wait", afterMs: 2_000, ref: { beforeIds: [2] } });
    emulator.fail({ method: "sendPhoto", times: 1, answer: { kind: "cut-after" } });
    const step = first.status === "wait" ? (first.ref ?? null) : null;
    expect(await send(long, step, 2)).toMatchObject({ status: "unknown", ref: { beforeIds: [2] } });
    expect(emulator.messages(chat)).toHaveLength(3);
    await sent({ kind: "removal", messageRef: await sent(long) });
    expect(emulator.messages(chat)).toHaveLength(3);
  });

  it("goes as a file, and as words, where the platform does not take it", async () => {
    await sent(reply(card("Wide"), picture(png(2_100, 100))));
    expect(chatLines()[0]).toContain("document easel.png");
    const answer = { kind: "status", status: 400, description: "Bad Request: file is too big" } as const;
    emulator.fail({ method: "sendPhoto", times: 1, answer });
    emulator.fail({ method: "sendDocument", times: 1, answer });
    await sent(reply(card("Large")));
    expect(emulator.messages(chat).at(-1)).toMatchObject({ text: "As it will be\nLarge" });
    expect(emulator.messages(chat).at(-1)?.reply_markup?.inline_keyboard.flat()).toHaveLength(2);
    await sent(reply(card("No form left"), picture(undefined, { form: "link", file: null })));
    expect(emulator.messages(chat).at(-1)?.text).toContain("No form left");
  });

  it("asks for words that come back as a form", async () => {
    const asksFor = "v1|edit|handle1|";
    await sent(reply(card("What should change?", { asksFor, buttons: [] })));
    expect(emulator.requests.at(-1)?.params["reply_markup"]).toMatchObject({ force_reply: true });
    await harness.bot.start();
    emulator.send({ user: alice, chat, text: "the sky", replyTo: 2 });
    await harness.until(() => harness.arrivals.some(({ intent }) => intent.kind === "form"));
    expect(harness.arrivals.at(-1)?.intent).toEqual({ kind: "form", data: asksFor, text: "the sky" });
  });

  it("that is private does not appear in a group", async () => {
    const bob = emulator.addUser("Bob");
    const alone = emulator.privateChat(bob);
    alice = bob;
    chat = emulator.group({ members: [bob] });
    asked = emulator.send({ user: bob, chat, text: "/generate a fox" }).message.message_id;
    await sent(reply(card("For you", { private: true })));
    expect(emulator.messages(chat)).toHaveLength(1);
    expect(emulator.transcript(alone)).toContain("photo 640x480");
  });
});

describe("a card under a click", () => {
  /** The bot's answer to the next click on the message's button. */
  async function press(message: Message | undefined, words: Reply): Promise<void> {
    if (message === undefined) throw new Error("there is no message");
    const replace: Answer = { status: "replace", reply: words };
    harness.answer = () => Promise.resolve(replace);
    const handled = harness.inbox.handledCount;
    emulator.press({ user: alice, message, label: "Change" });
    await harness.until(() => harness.inbox.handledCount > handled);
  }
  const last = () => emulator.messages(chat).at(-1);
  const calls = () =>
    emulator.requests.map(({ method }) => method).filter((name) => /^(edit|send)/.test(name));

  /** What is owed goes out, as the outbox would send it. */
  async function sendOwed(): Promise<void> {
    const owed = harness.inbox.owed.splice(0);
    for (const { reply: words } of owed)
      if (words) await sent(words.media ? reply(words) : { kind: "reply", reply: words });
  }

  beforeEach(async () => {
    await harness.bot.start();
    await harness.until(() => harness.inbox.handledCount === 1);
  });

  it("changes its words alone where the file is the same, and the file where it is another", async () => {
    await sent(reply(card("Now")));
    await press(last(), card("Tomorrow"));
    expect(chatLines()).toEqual([
      '#2 Easel, in answer to #1: photo 640x480 (1 KB) "As it will be',
      'Tomorrow"',
      "   [Change] [Confirm]",
    ]);
    await press(last(), card("Tomorrow"));
    await press(last(), card("Cropped", {}, "ast_2/bb.png"));
    expect(chatLines()[0]).toContain("photo 320x480");
    expect(calls()).toEqual(["sendPhoto", "editMessageCaption", "editMessageCaption", "editMessageMedia"]);
    expect(harness.inbox.owed).toEqual([]);
  });

  it("changes after a restart as well", async () => {
    await sent(reply(card("Now")));
    await harness.bot.stop();
    const { files } = harness;
    harness = createBotHarness(emulator, harness.inbox);
    for (const [key, bytes] of files) harness.files.set(key, bytes);
    await harness.bot.start();
    await press(last(), card("Tomorrow"));
    expect(last()?.caption).toBe("As it will be\nTomorrow");
    expect(emulator.messages(chat)).toHaveLength(2);
  });

  it("changes the words that stand before it, where they are long", async () => {
    const quote = "A fox. ".repeat(200);
    await sent(reply(card("Now", { quote })));
    await press(last(), card("Tomorrow", { quote: `${quote}And a hare.` }));
    const [before, shown] = emulator.messages(chat).slice(1);
    expect(before?.text).toMatch(/And a hare\.$/);
    expect(shown?.caption).toBe("As it will be\nTomorrow");
    await press(shown, card("Shorter", { quote: "A fox." }));
    await emulator.until(() => emulator.messages(chat).length === 1);
    await sendOwed();
    expect(emulator.messages(chat).slice(1)).toMatchObject([
      { caption: expect.stringMatching(/^As it will be\nA fox\.\nShorter$/) },
    ]);
  });

  it("comes out of words, and words come once after it, when it is taken away", async () => {
    const { media: _, ...bare } = card("Choose");
    await sent({ kind: "reply", reply: bare });
    await press(last(), card("Now"));
    expect(chatLines()[0]).toContain("#2 Easel, in answer to #1: photo 640x480");
    const { media: __, ...over } = card("Cancelled");
    await press(last(), over);
    expect(harness.inbox.owed).toHaveLength(1);
    await emulator.until(() => emulator.messages(chat).length === 1);
    await sendOwed();
    expect(chatLines()[0]).toBe("#3 Easel, in answer to #1: As it will be");
  });

  it("leaves the file of what may be a result, and changes its words", async () => {
    const buttons = [[button("Change")]];
    const result = { text: ["Took 4 s."], private: false, buttons };
    await sent({
      kind: "result",
      reply: result,
      media: picture(),
      index: 0,
      count: 1,
      statusRef: null,
      waitedMs: 1,
    });
    await press(last(), { text: ["Kept"], private: false });
    expect(last()).toMatchObject({ caption: "Kept", photo: expect.anything() });
  });

  it("comes anew where its file is not there any more", async () => {
    const { media: _, ...bare } = card("Choose");
    await sent({ kind: "reply", reply: bare });
    await press(last(), card("Now", {}, "ast_9/zz.png"));
    expect(harness.inbox.owed).toHaveLength(1);
    await emulator.until(() => emulator.messages(chat).length === 1);
  });

  it("is no alert, although it is short and for one person", async () => {
    await sent(reply(card("Now")));
    const { buttons: _, ...short } = card("Here", { private: true });
    harness.answer = () => Promise.resolve({ status: "reply", reply: short });
    const message = last();
    if (message === undefined) throw new Error("there is no message");
    const click = emulator.press({ user: alice, message, label: "Change" });
    expect(await click.answer).toMatchObject({ text: undefined });
    await harness.until(() => harness.inbox.owed.length === 1);
  });
});

describe("a result whose caption comes later", () => {
  const amend = (resultRef: Json, parts: Partial<Reply> = {}): Outgoing => ({
    kind: "amend",
    reply: {
      title: "Picture by Sketch",
      text: ["A fox that looks at the moon. #fox"],
      buttons: [[button("Again"), button("Post")]],
      private: false,
      ...parts,
    },
    altText: "A fox",
    resultRef,
  });
  const status = (tiles = 0): Outgoing => ({
    kind: "status",
    reply: { text: ["Queued"], private: false },
    tiles,
    finished: false,
    resultRef: null,
  });
  const result = (statusRef: Json, parts: Partial<Extract<Outgoing, { kind: "result" }>> = {}): Outgoing => ({
    kind: "result",
    reply: { title: "Picture by Sketch", text: ["Took 4 s."], buttons: [[button("Again")]], private: false },
    media: picture(),
    index: 0,
    count: 1,
    statusRef,
    waitedMs: 4_000,
    ...parts,
  });

  it.each([
    ["that took the place of its status", true],
    ["that came as a message of its own", false],
  ])("has it under the picture %s, however often it is sent", async (_where, hasStatus) => {
    const ref = await sent(result(hasStatus ? await sent(status()) : null));
    for (let count = 0; count < 2; count += 1) await sent(amend(ref));
    expect(chatLines()).toEqual([
      '#2 Easel, in answer to #1: photo 640x480 (1 KB) "Picture by Sketch',
      'A fox that looks at the moon. #fox"',
      "   [Again] [Post]",
    ]);
  });

  it("has it on its picture of an album, which carries no buttons", async () => {
    const statusRef = await sent(status(2));
    const ref = await sent(result(statusRef, { index: 1, count: 2 }));
    await sent(amend(ref));
    const [, second] = emulator.messages(chat).slice(1);
    expect(second).toMatchObject({ caption: expect.stringContaining("looks at the moon") });
    expect(second?.reply_markup).toBeUndefined();
  });

  it("has it in its words where it came as a link", async () => {
    const ref = await sent(result(null, { media: picture(undefined, { form: "link", file: null }) }));
    await sent(amend(ref));
    expect(emulator.messages(chat).at(-1)?.text).toContain("looks at the moon");
  });

  it("puts what is too long where the first overflow stands, after it, or nowhere any more", async () => {
    const long = (words: string): Partial<Reply> => ({ quote: words.repeat(300) });
    const base = { title: "T", text: ["x"], private: false };
    const overflowing = await sent(result(null, { reply: { ...base, ...long("old ") } }));
    await sent(amend(overflowing, long("new ")));
    expect(emulator.messages(chat).slice(2)).toMatchObject([{ text: expect.stringMatching(/^new new/) }]);
    const shorter = await sent(amend(overflowing));
    expect(emulator.messages(chat)).toHaveLength(2);
    const longer = await sent(amend(overflowing, long("more ")), shorter);
    await sent(amend(overflowing, long("more ")), longer);
    expect(emulator.messages(chat).slice(2)).toMatchObject([{ text: expect.stringMatching(/^more more/) }]);
    // One that was thrown away is said once more.
    emulator.deleteMessage(chat, emulator.messages(chat).at(-1)?.message_id ?? 0);
    await sent(amend(overflowing, long("last ")), longer);
    expect(emulator.messages(chat).slice(2)).toMatchObject([{ text: expect.stringMatching(/^last last/) }]);
  });

  it("is let be where it is gone, or never was", async () => {
    const ref = await sent(result(null));
    emulator.deleteMessage(chat, 2);
    expect(await send(amend(ref))).toMatchObject({ status: "sent" });
    expect(await send(amend(null))).toMatchObject({ status: "sent" });
    expect(emulator.messages(chat)).toHaveLength(1);
  });

  it("is tried again after a lost answer or a flood, and not where the bot is blocked", async () => {
    const ref = await sent(result(null));
    emulator.fail({ method: "editMessageCaption", times: 1, answer: { kind: "cut-after" } });
    expect(await send(amend(ref))).toMatchObject({ status: "failed" });
    emulator.fail({
      method: "editMessageCaption",
      times: 1,
      answer: { kind: "flood", retryAfterSeconds: 2 },
    });
    expect(await send(amend(ref))).toMatchObject({ status: "wait", afterMs: 2_000 });
    emulator.block(alice);
    expect(await send(amend(ref))).toMatchObject({ status: "sent" });
  });
});

describe("moderation in a group", () => {
  beforeEach(async () => {
    const bob = emulator.addUser("Bob");
    chat = emulator.supergroup({ members: [alice, bob] });
    emulator.promote(chat, alice);
    await harness.bot.start();
    await harness.until(() => harness.arrivals.length === 1);
  });
  const manages = () => harness.arrivals.slice(1).map(({ actor }) => actor.managesCommunity);

  it("knows who may rule for the community, by command and by click", async () => {
    const message = await harness.post(chat, "A post waits", [["Yes"]], "approve");
    emulator.send({ user: alice, chat, text: "/community show" });
    await harness.until(() => harness.arrivals.length === 2);
    emulator.press({ user: alice, message, label: "Yes" });
    await harness.until(() => harness.arrivals.length === 3);
    emulator.send({ user: alice, chat, text: "/help" });
    await harness.until(() => harness.arrivals.length === 4);
    expect(manages()).toEqual([true, true, false]);
  });

  it("names the group itself as the place for what is to be told there", async () => {
    harness.answer = () =>
      Promise.resolve({ status: "reply", reply: { text: ["Cards come here."], private: true } });
    emulator.send({ user: alice, chat, text: "/community moderators" });
    await harness.until(() => harness.inbox.owed.length === 1);
    expect(harness.arrivals[1]?.target).toMatchObject({
      chatKey: `telegram:${chat.id}`,
      community: `telegram:${chat.id}`,
      private: false,
    });
    expect(harness.arrivals[1]?.target.place).not.toHaveProperty("replyTo");
    expect(harness.inbox.owed[0]?.reply?.private).toBe(false);
  });
});

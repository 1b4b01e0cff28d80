/** The Telegram messenger against the emulator: what each outgoing message becomes, and what each failure answers. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Target } from "../../src/core/conversation/intents.ts";
import type { Reply } from "../../src/core/conversation/text.ts";
import type { Json } from "../../src/core/json.ts";
import type { Outgoing, OutgoingMedia, SendResult } from "../../src/core/ports/messenger.ts";
import {
  type Chat,
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
});

afterEach(async () => {
  await emulator.close();
  expect(emulator.violations).toEqual([]);
});

const button = (label: string) => ({ label, style: "secondary" as const, data: `v1|again|${label}|` });
const reply = (text: string, parts: Partial<Reply> = {}): Reply => ({
  text: [text],
  private: false,
  ...parts,
});

function target(place: object = {}): Target {
  return {
    platform: "telegram",
    chatKey: `telegram:${chat.id}`,
    place: { chatId: chat.id, group: chat.type !== "private", userId: alice.id, replyTo: asked, ...place },
    private: false,
  };
}

interface Circumstances {
  readonly ref?: Json;
  readonly tries?: number;
  readonly firstTriedAt?: number;
  readonly place?: object;
}

function send(outgoing: Outgoing, circumstances: Circumstances = {}): Promise<SendResult> {
  return harness.bot.messenger.send(outgoing, {
    deliveryId: "dlv_1",
    target: target(circumstances.place),
    ref: circumstances.ref ?? null,
    tries: circumstances.tries ?? 1,
    firstTriedAt: circumstances.firstTriedAt ?? Date.now(),
    language: "en",
    zone: "UTC",
    signal: new AbortController().signal,
  });
}

async function sent(outgoing: Outgoing, circumstances: Circumstances = {}): Promise<Json> {
  const result = await send(outgoing, circumstances);
  if (result.status !== "sent") throw new Error(`not sent: ${JSON.stringify(result)}`);
  return result.ref;
}

const status = (text: string, tiles = 0, finished = false, resultRef: Json = null): Outgoing => ({
  kind: "status",
  reply: reply(text, { buttons: [[button("Cancel")]] }),
  tiles,
  finished,
  resultRef,
});

function picture(parts: Partial<OutgoingMedia> = {}, bytes = png(640, 480)): OutgoingMedia {
  return {
    kind: "image",
    form: "inline",
    file: { name: "easel.png", contentType: "image/png", bytes, width: 640, height: 480, durationMs: null },
    altText: "A fox",
    ...parts,
  };
}

const result = (statusRef: Json, parts: Partial<Extract<Outgoing, { kind: "result" }>> = {}): Outgoing => ({
  kind: "result",
  reply: reply("Took 4 s.", { title: "Picture by Sketch", buttons: [[button("Again"), button("Original")]] }),
  media: picture(),
  index: 0,
  count: 1,
  statusRef,
  waitedMs: 4_000,
  ...parts,
});

describe("a single request", () => {
  it("has one message: a status that moves on and becomes the picture", async () => {
    const ref = await sent(status("Queued"));
    await sent(status("Being made: 40 %."), { ref });
    await sent(status("Being made: 40 %."), { ref });
    expect(emulator.transcript(chat)).toBe(
      "#1 Alice: /generate a fox\n#2 Easel, in answer to #1: Being made: 40 %.\n   [Cancel]",
    );
    await sent(result(ref));
    expect(emulator.transcript(chat)).toBe(
      '#1 Alice: /generate a fox\n#2 Easel, in answer to #1: photo 640x480 (1 KB) "Picture by Sketch\nTook 4 s."\n   [Again] [Original]',
    );
    // A last status that comes late finds a picture, and lets it be.
    await sent(status("Ready", 0, true), { ref });
    expect(emulator.transcript(chat)).toContain("photo");
  });

  it("becomes a video that can be streamed", async () => {
    const file = {
      name: "easel.mp4",
      contentType: "video/mp4",
      bytes: mp4(),
      width: 320,
      height: 240,
      durationMs: 8_000,
    } as const;
    await sent(result(await sent(status("Queued")), { media: { ...picture(), kind: "video", file } }));
    expect(emulator.transcript(chat)).toContain("video 320x240 8 s");
    expect(JSON.stringify(emulator.requests.at(-1)?.params)).toContain('"supports_streaming":true');
  });

  it("is announced after a long wait, once", async () => {
    const statusRef = await sent(status("Queued"));
    const late = result(statusRef, { waitedMs: 61_000 });
    emulator.fail({ method: "sendMessage", answer: { kind: "flood", retryAfterSeconds: 3 } });
    const first = await send(late);
    expect(first).toMatchObject({ status: "wait", afterMs: 3_000, scope: "chat" });
    const ref = await sent(late, { ref: first.status === "wait" ? (first.ref ?? null) : null, tries: 2 });
    await sent(late, { ref, tries: 3 });
    expect(emulator.transcript(chat).split("\n").at(-1)).toBe("#3 Easel, in answer to #2: Picture by Sketch");
    expect(emulator.requests.filter(({ method }) => method === "editMessageMedia")).toHaveLength(1);
  });

  it("shows the result once although the answer to its edit was lost", async () => {
    const statusRef = await sent(status("Queued"));
    emulator.fail({ method: "editMessageMedia", answer: { kind: "cut-after" } });
    expect(await send(result(statusRef))).toMatchObject({ status: "failed" });
    await sent(result(statusRef), { tries: 2 });
    expect(emulator.messages(chat)).toHaveLength(2);
  });

  it("comes anew where the status message is gone", async () => {
    const statusRef = await sent(status("Queued"));
    emulator.deleteMessage(chat, 2);
    await sent(result(statusRef));
    expect(emulator.transcript(chat)).toContain("#3 Easel, in answer to #1: photo");
    await sent(status("Ready", 0, true), { ref: statusRef });
    expect(emulator.messages(chat)).toHaveLength(2);
  });

  it("comes anew, and in its next form, where the platform refuses it without a word we know", async () => {
    const statusRef = await sent(status("Queued"));
    const answer = { kind: "status", status: 400, description: "Bad Request: SOMETHING_NEW" } as const;
    emulator.fail({ method: "editMessageMedia", times: 1, answer });
    await sent(result(statusRef));
    expect(emulator.transcript(chat)).toContain("#3 Easel, in answer to #1: photo");
    emulator.fail({ method: "editMessageMedia", times: 1, answer });
    emulator.fail({ method: "sendPhoto", times: 1, answer });
    expect(await send(result(statusRef))).toEqual({ status: "too-large" });
  });

  it("needs no status any more when all is over before the first one was sent", async () => {
    expect(await sent(status("Ready", 0, true))).toBeNull();
    await sent(result(null));
    expect(emulator.transcript(chat)).toContain("#2 Easel, in answer to #1: photo");
  });

  it("says that nobody knows whether a new message arrived when its answer was lost", async () => {
    emulator.fail({ method: "sendMessage", answer: { kind: "cut-after" } });
    expect(await send(status("Queued"))).toMatchObject({ status: "unknown" });
    emulator.fail({ method: "sendMessage", answer: { kind: "html", status: 502 } });
    expect(await send(status("Queued"))).toMatchObject({ status: "unknown" });
  });

  it("goes as a file, as words with a link, or asks for a smaller form", async () => {
    await sent(result(await sent(status("Queued")), { media: picture({ form: "file" }) }));
    await sent(result(await sent(status("Queued")), { media: picture({ form: "link", file: null }) }));
    const lines = emulator.transcript(chat).split("\n");
    expect(lines[1]).toContain("document easel.png (1 KB)");
    expect(lines.join("\n")).toContain("#3 Easel, in answer to #1: Picture by Sketch\nTook 4 s.");
    const wide = picture({}, png(2_100, 100));
    expect(await send(result(await sent(status("Queued")), { media: wide }))).toEqual({
      status: "too-large",
    });
  });

  it("tells a failure in the place of the status", async () => {
    const statusRef = await sent(status("Queued"));
    const notice: Outgoing = {
      kind: "notice",
      reply: reply("Nothing was charged."),
      index: 0,
      count: 1,
      statusRef,
    };
    await sent(notice);
    await sent(notice, { tries: 2 });
    expect(emulator.transcript(chat)).toBe(
      "#1 Alice: /generate a fox\n#2 Easel, in answer to #1: Nothing was charged.",
    );
  });

  it("keeps what took the place of its status when the process begins anew", async () => {
    const statusRef = await sent(status("Queued"));
    const reason = reply("Nothing was charged.");
    const resultRef = await sent({ kind: "notice", reply: reason, index: 0, count: 1, statusRef });
    harness = createBotHarness(emulator);
    await sent(status("It failed.", 0, true, resultRef), { ref: statusRef });
    expect(emulator.transcript(chat)).toContain("Nothing was charged.");
  });

  it("is brought up to date when its result had to come as another message", async () => {
    const statusRef = await sent(status("Being made"));
    const resultRef = await sent(result(null));
    await sent(status("Ready after 4 s.", 0, true, resultRef), { ref: statusRef });
    expect(emulator.transcript(chat)).toContain("Ready after 4 s.");
  });

  it("is taken away, or painted over where it is too old for that", async () => {
    const ref = await sent(result(await sent(status("Queued"))));
    await sent({ kind: "removal", messageRef: ref });
    await sent({ kind: "removal", messageRef: ref });
    expect(emulator.messages(chat)).toHaveLength(1);
    const old = await sent(result(await sent(status("Queued"))));
    emulator.fail({
      method: "deleteMessage",
      answer: {
        kind: "status",
        status: 400,
        description: "Bad Request: message can't be deleted for everyone",
      },
    });
    await sent({ kind: "removal", messageRef: old });
    expect(emulator.transcript(chat)).toContain("photo 512x512");
    expect(emulator.transcript(chat)).not.toContain("Picture by Sketch");
  });
});

describe("a batch", () => {
  it("is an album of placeholders that become the pictures, a failed one a notice; the buttons follow", async () => {
    const ref = await sent(status("3 pictures", 3));
    expect(emulator.transcript(chat).split("\n").slice(1)).toEqual([
      "album:",
      "  #2 Easel, in answer to #1: photo 512x512 (4 KB)",
      "  #3 Easel, in answer to #1: photo 512x512 (4 KB)",
      "  #4 Easel, in answer to #1: photo 512x512 (4 KB)",
      "#5 Easel, in answer to #1: 3 pictures",
      "   [Cancel]",
    ]);
    await sent(result(ref, { index: 2, count: 3 }));
    await sent(result(ref, { index: 0, count: 3 }));
    await sent({ kind: "notice", reply: reply("Refunded."), index: 1, count: 3, statusRef: ref });
    await sent(status("Done", 3, true), { ref });
    expect(emulator.transcript(chat).split("\n").slice(1)).toEqual([
      "album:",
      '  #2 Easel, in answer to #1: photo 640x480 (1 KB) "Picture by Sketch',
      'Took 4 s."',
      expect.stringMatching(/#3 Easel, in answer to #1: photo 512x512 \(\d KB\) "Refunded\."/),
      '  #4 Easel, in answer to #1: photo 640x480 (1 KB) "Picture by Sketch',
      'Took 4 s."',
      "#5 Easel, in answer to #1: Done",
      "   [Cancel]",
    ]);
    expect(new Set(emulator.history.slice(0, 3).map(({ mediaSha256 }) => mediaSha256)).size).toBe(3);
  });

  it("goes on with the words when only the album was sent, and uploads its placeholders once", async () => {
    emulator.fail({ method: "sendMessage", answer: { kind: "flood", retryAfterSeconds: 2 } });
    const first = await send(status("2 pictures", 2));
    expect(first).toMatchObject({ status: "wait" });
    await sent(status("2 pictures", 2), {
      ref: first.status === "wait" ? (first.ref ?? null) : null,
      tries: 2,
    });
    expect(emulator.messages(chat)).toHaveLength(4);
    await sent(status("2 pictures", 2));
    const albums = emulator.requests.filter(({ method }) => method === "sendMediaGroup");
    expect(albums.map(({ files }) => files.length)).toEqual([2, 0]);
  });

  it("gives what cannot stand in an album as an answer to its placeholder", async () => {
    const ref = await sent(status("2 pictures", 2));
    await sent(result(ref, { index: 1, count: 2, media: picture({ form: "file" }) }));
    expect(emulator.transcript(chat)).toContain("#5 Easel, in answer to #3: document easel.png");
  });

  it("is announced with its last status after a long wait, once", async () => {
    const firstTriedAt = Date.now() - 61_000;
    const ref = await sent(status("2 pictures", 2));
    const last = await sent(status("Done", 2, true), { ref, firstTriedAt });
    await sent(status("Done again", 2, true), { ref: last, firstTriedAt });
    expect(emulator.transcript(chat).split("\n").at(-1)).toBe("#5 Easel, in answer to #4: Done");
  });
});

describe("chats that change", () => {
  function inGroup(group: Chat): void {
    chat = group;
    asked = emulator.send({ user: alice, chat, text: "/generate a fox" }).message.message_id;
  }

  it("are written to in their topic, and plainly where the topic is gone", async () => {
    inGroup(emulator.supergroup({ members: [alice], topics: ["Art"] }));
    const topicId = emulator.topics(chat).get("Art") ?? 0;
    await sent(status("In the topic"), { place: { topicId } });
    await sent(status("Anywhere"), { place: { topicId: 999 } });
    const [inTopic, plain] = emulator.messages(chat).slice(-2);
    expect([inTopic?.message_thread_id, plain?.message_thread_id]).toEqual([topicId, undefined]);
  });

  it("are followed when a group becomes a supergroup", async () => {
    inGroup(emulator.group({ members: [alice] }));
    const ref = await sent(status("Queued"));
    const supergroup = emulator.migrate(chat, alice);
    await sent(result(ref));
    expect(emulator.transcript(supergroup)).toContain("photo 640x480");
  });

  it("are left for the member's private chat when the bot was removed", async () => {
    const group = emulator.group({ members: [alice] });
    const alone = chat;
    inGroup(group);
    const ref = await sent(status("Queued"));
    emulator.kick(group, alice);
    await sent(result(ref));
    expect(emulator.transcript(alone)).toContain("photo 640x480");
  });

  it("end a delivery for good when nobody can be reached", async () => {
    const ref = await sent(status("Queued"));
    emulator.block(alice);
    expect(await send(result(ref))).toEqual({
      status: "undeliverable",
      reason: "the bot is blocked or was removed",
    });
  });

  it("keep private answers out of groups: they say how to get them", async () => {
    const bob = emulator.addUser("Bob");
    alice = bob;
    inGroup(emulator.group({ members: [bob] }));
    const answer: Outgoing = { kind: "reply", reply: reply("You have 3 left.", { private: true }) };
    await sent(answer);
    expect(emulator.transcript(chat).split("\n").at(-1)).toBe("#2 Easel, in answer to #1: en private-first");
    const alone = emulator.privateChat(bob);
    await sent(answer);
    expect(emulator.transcript(alone)).toBe("#1 Easel: You have 3 left.");
  });

  it("are told apart from the whole bot when the server asks to wait", async () => {
    emulator.fail({ method: "sendMessage", times: 2, answer: { kind: "flood", retryAfterSeconds: 5 } });
    expect(await send(status("Queued"))).toEqual({ status: "wait", afterMs: 5_000, scope: "chat" });
    chat = emulator.privateChat(emulator.addUser("Bob"));
    expect(await send(status("Queued"))).toEqual({ status: "wait", afterMs: 5_000, scope: "platform" });
  });
});

describe("other messages", () => {
  it("ask for a prompt so that the answer comes back as one", async () => {
    await sent({ kind: "reply", reply: reply("What should it show?", { asksFor: "prompt" }) });
    expect(emulator.requests.at(-1)?.params["reply_markup"]).toEqual({
      force_reply: true,
      selective: true,
      input_field_placeholder: "en option-prompt",
    });
    harness.answer = () => Promise.resolve({ status: "nothing" });
    await harness.bot.start();
    emulator.send({ user: alice, chat, text: "a fox --video", replyTo: 2 });
    await harness.until(() => harness.arrivals.length === 2);
    expect(harness.arrivals[1]?.intent).toEqual({
      kind: "command",
      name: "generate",
      options: { prompt: "a fox", type: "video" },
    });
    await harness.bot.stop();
  });

  it("give the original as a document", async () => {
    await sent({ kind: "original", reply: reply("The original."), media: picture(), statusRef: null });
    expect(emulator.transcript(chat)).toContain('document easel.png (1 KB) "The original."');
  });

  it("show an action at most every five seconds", async () => {
    const { messenger } = harness.bot;
    for (let count = 0; count < 3; count += 1) messenger.hint?.(target(), "video");
    await emulator.until(() => emulator.history.length === 1);
    messenger.hint?.(target(), "video");
    await sent(status("Queued"));
    expect(emulator.history.map(({ kind, detail }) => detail ?? kind)).toEqual(["upload_video", "sent"]);
  });
});

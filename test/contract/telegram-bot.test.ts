import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Answer, Arrival } from "../../src/core/conversation/intents.ts";
import type { Reply } from "../../src/core/conversation/text.ts";
import { AppError } from "../../src/core/errors.ts";
import { startTelegramEmulator, type TelegramEmulator } from "../emulators/telegram/index.ts";
import { type BotHarness, createBotHarness } from "./support/telegram-harness.ts";

let emulator: TelegramEmulator;
let harness: BotHarness;

beforeEach(async () => {
  emulator = await startTelegramEmulator();
  harness = createBotHarness(emulator);
});

afterEach(async () => {
  await harness.bot.stop();
  await emulator.close();
  expect(emulator.violations).toEqual([]);
});

const say = (text: string, parts: Partial<Reply> = {}): Answer => ({
  status: "reply",
  reply: { text: [text], private: false, ...parts },
});

describe("updates by polling", () => {
  it("are committed before they are confirmed, a whole batch at once", async () => {
    const alice = emulator.addUser("Alice");
    const chat = emulator.privateChat(alice);
    const sent = Array.from({ length: 30 }, (_, n) =>
      emulator.send({ user: alice, chat, text: `/help ${n}` }),
    );
    let committedBefore = true;
    for (const { confirmed } of sent)
      void confirmed.then(() => {
        committedBefore &&= harness.inbox.rows.size === sent.length;
      });
    await harness.bot.start();
    await Promise.all(sent.map(({ confirmed }) => confirmed));
    expect(committedBefore).toBe(true);
    expect(harness.inbox.batches).toEqual([30]);
  });

  it("are not confirmed while the database cannot be written", async () => {
    harness.inbox.failures = 2;
    await harness.bot.start();
    const alice = emulator.addUser("Alice");
    const sent = emulator.send({ user: alice, chat: emulator.privateChat(alice), text: "/help" });
    await sent.confirmed;
    expect(harness.inbox.failures).toBe(0);
    const polls = emulator.requests.filter(({ method }) => method === "getUpdates");
    const confirming = polls.findIndex(({ params }) => params["offset"] === sent.updateId + 1);
    expect(confirming).toBeGreaterThanOrEqual(3);
    await harness.until(() => harness.arrivals.length === 1);
  });

  it("act once, however often they come", async () => {
    const alice = emulator.addUser("Alice");
    const chat = emulator.privateChat(alice);
    await harness.bot.start();
    const first = emulator.send({ user: alice, chat, text: "/help" });
    await first.confirmed;
    await harness.bot.stop();
    harness = createBotHarness(emulator, harness.inbox);
    await harness.bot.start();
    const again = emulator.repeat(first);
    await again.confirmed;
    const next = emulator.send({ user: alice, chat, text: "/quota" });
    await next.confirmed;
    await harness.until(() => harness.arrivals.length > 0);
    expect(harness.arrivals.map(({ intent }) => intent)).toEqual([
      { kind: "command", name: "quota", options: {} },
    ]);
  });

  it("go on side by side, in order for one member", async () => {
    const [alice, bob] = [emulator.addUser("Alice"), emulator.addUser("Bob")];
    const slow = Promise.withResolvers<void>();
    harness.answer = async ({ actor }) => {
      if (actor.name === "Alice") await slow.promise;
      return { status: "nothing" };
    };
    await harness.bot.start();
    emulator.send({ user: alice, chat: emulator.privateChat(alice), text: "/help" });
    emulator.send({ user: alice, chat: emulator.privateChat(alice), text: "/quota" });
    emulator.send({ user: bob, chat: emulator.privateChat(bob), text: "/help" });
    await harness.until(() => harness.inbox.handledCount === 1);
    expect(harness.arrivals.map(({ actor }) => actor.name)).toEqual(["Alice", "Bob"]);
    slow.resolve();
    await harness.until(() => harness.inbox.handledCount === 3);
  });

  it("that were taken but not worked on go on after a restart", async () => {
    harness.answer = () => new Promise<Answer>(() => undefined);
    const crashed = harness;
    await crashed.bot.start();
    const alice = emulator.addUser("Alice");
    await emulator.send({ user: alice, chat: emulator.privateChat(alice), text: "/help" }).confirmed;
    harness = createBotHarness(emulator, crashed.inbox);
    await harness.bot.start();
    await harness.until(() => harness.inbox.handledCount === 1);
    expect(harness.arrivals[0]?.key).toBe(crashed.arrivals[0]?.key);
    crashed.abandon();
  });

  it("of an older version are put aside after a restart, also where the database is away at first", async () => {
    const row = { key: "old", source: "telegram", payload: { poll: 1 }, receivedAt: 0, handled: false };
    harness.inbox.rows.set(row.key, row);
    const { handled } = harness.inbox;
    let refusals = 1;
    harness.inbox.handled = (...args) => {
      refusals -= 1;
      return refusals < 0 ? handled(...args) : Promise.reject(new AppError("STORE_UNAVAILABLE", "away"));
    };
    await harness.bot.start();
    await harness.until(() => harness.inbox.handledCount === 1);
  });

  it("survive a server that is away, floods, or answers in HTML", async () => {
    emulator.fail({ method: "getUpdates", times: 1, answer: { kind: "html", status: 502 } });
    emulator.fail({ method: "getUpdates", times: 1, answer: { kind: "cut-before" } });
    emulator.fail({ method: "getUpdates", times: 1, answer: { kind: "flood", retryAfterSeconds: 1 } });
    await harness.bot.start();
    const alice = emulator.addUser("Alice");
    await emulator.send({ user: alice, chat: emulator.privateChat(alice), text: "/help" }).confirmed;
    expect(harness.bot.health().up).toBe(true);
  });

  it("end the start with clear words when the token is wrong", async () => {
    const wrong = createBotHarness(emulator, undefined, { token: "1:WRONG" });
    await expect(wrong.bot.start()).rejects.toThrow("Telegram does not accept TELEGRAM_BOT_TOKEN");
  });
});

describe("updates by webhook", () => {
  it("are taken with the secret only, and refused for later while the database cannot be written", async () => {
    const web = createServer((request, response) => {
      void harness.serve(request, response);
    });
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const address = web.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const publicUrl = `http://127.0.0.1:${address.port}`;
    harness = createBotHarness(emulator, undefined, { publicUrl, webhookSecret: "s3cret" });
    await harness.bot.start();
    harness.inbox.failures = 1;
    const alice = emulator.addUser("Alice");
    await emulator.send({ user: alice, chat: emulator.privateChat(alice), text: "/help" }).confirmed;
    await harness.until(() => harness.arrivals.length === 1);
    const hook = emulator.requests.find(({ method }) => method === "setWebhook")?.params["url"];
    const forged = await fetch(typeof hook === "string" ? hook : "", {
      method: "POST",
      headers: { "x-telegram-bot-api-secret-token": "guess" },
      body: "{}",
    });
    expect(forged.status).toBe(404);
    web.closeAllConnections();
    web.close();
  });
});

describe("answers", () => {
  it("to a command in a group topic are owed to that topic, private ones to the member alone", async () => {
    const alice = emulator.addUser("Alice");
    const forum = emulator.supergroup({ members: [alice], topics: ["Art"] });
    const topic = emulator.topics(forum).get("Art") ?? 0;
    harness.answer = ({ intent }) =>
      Promise.resolve(say("Here", { private: intent.kind === "command" && intent.name === "quota" }));
    await harness.bot.start();
    emulator.send({ user: alice, chat: forum, text: "/generate x", topic });
    emulator.send({ user: alice, chat: forum, text: "/quota", topic });
    await harness.until(() => harness.inbox.owed.length === 2);
    expect(harness.inbox.owed.map(({ target }) => target.chatKey)).toEqual([
      `telegram:${forum.id}`,
      `telegram:${alice.id}`,
    ]);
    expect(harness.inbox.owed[0]?.target.place).toMatchObject({ topicId: topic, replyTo: 3 });
  });

  it("to a click show at once, as a toast or an alert; the message is changed in place", async () => {
    const alice = emulator.addUser("Alice");
    const chat = emulator.privateChat(alice);
    const message = await harness.post(chat, "Ready", [["Again", "Favourite", "Limit", "Slow"]]);
    harness.answer = async ({ intent }: Arrival) => {
      const data = intent.kind === "button" ? intent.data : "";
      if (data.includes("Favourite")) return { status: "toast", text: "Kept" };
      if (data.includes("Limit")) return say("No units left", { private: true });
      if (data.includes("Slow")) await wait(400);
      return { status: "replace", reply: { text: [`Changed by ${data}`], private: false } };
    };
    await harness.bot.start();
    const favourite = emulator.press({ user: alice, message, label: "Favourite" });
    expect(await favourite.answer).toMatchObject({ text: "Kept", showAlert: false });
    const limit = emulator.press({ user: alice, message, label: "Limit" });
    expect(await limit.answer).toMatchObject({ text: "No units left", showAlert: true });
    const slow = emulator.press({ user: alice, message, label: "Slow" });
    expect(await slow.answer).toMatchObject({ text: undefined });
    await emulator.until(() => emulator.transcript(chat).includes("Changed by v1|again|Slow|"));
    expect(harness.inbox.owed).toEqual([]);
  });

  it("come as a message where the click is too old to be answered", async () => {
    const alice = emulator.addUser("Alice");
    const chat = emulator.privateChat(alice);
    const message = await harness.post(chat, "Ready", [["Favourite"]]);
    emulator.fail({
      method: "answerCallbackQuery",
      answer: { kind: "status", status: 400, description: "Bad Request: query is too old" },
    });
    harness.answer = () => Promise.resolve({ status: "toast", text: "Kept" });
    await harness.bot.start();
    emulator.press({ user: alice, message, label: "Favourite" });
    await harness.until(() => harness.inbox.owed.length === 1);
    expect(harness.inbox.owed[0]?.reply?.text).toEqual(["Kept"]);
  });

  it("know who may delete in a group, and trust nobody where Telegram does not say", async () => {
    const [alice, bob] = [emulator.addUser("Alice"), emulator.addUser("Bob")];
    const group = emulator.supergroup({ members: [alice, bob] });
    emulator.promote(group, alice);
    const message = await harness.post(group, "Ready", [["Delete"]], "delete");
    await harness.bot.start();
    emulator.press({ user: alice, message, label: "Delete" });
    emulator.press({ user: bob, message, label: "Delete" });
    await harness.until(() => harness.arrivals.length === 2);
    const rights = new Map(harness.arrivals.map(({ actor }) => [actor.name, actor.managesCommunity]));
    expect(Object.fromEntries(rights)).toEqual({ Alice: true, Bob: false });
  });
});

describe("the menu of commands", () => {
  it("is registered by scope and language, and only when it changed", async () => {
    await harness.bot.start();
    await emulator.until(() => emulator.commands("all_group_chats:de") !== undefined);
    expect(emulator.commands("all_private_chats")).toContainEqual({
      command: "generate",
      description: "en command-generate",
    });
    await harness.until(() => harness.notes.size === 2);
    const count = (): number => emulator.requests.filter(({ method }) => method === "setMyCommands").length;
    const before = count();
    await harness.bot.stop();
    const notes = harness.notes;
    harness = createBotHarness(emulator, harness.inbox, { notes });
    await harness.bot.start();
    await emulator.until(() => emulator.requests.at(-1)?.method === "getUpdates");
    expect(count()).toBe(before);
  });

  it("has the admin commands in an admin's own chat", async () => {
    const alice = emulator.addUser("Alice");
    harness.admins.add(`telegram:${alice.id}`);
    await harness.bot.start();
    emulator.send({ user: alice, chat: emulator.privateChat(alice), text: "/help" });
    const menu = await emulator.until(() => emulator.commands(`chat/${alice.id}`));
    expect(menu).toContainEqual({ command: "admin", description: "en command-admin" });
  });
});

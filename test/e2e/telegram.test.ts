import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Chat, Message, TelegramEmulator } from "../emulators/telegram/index.ts";
import {
  createStage,
  expectClean,
  lastOnce as lastMessageOnce,
  leave,
  type Member,
  newMember as memberOf,
  type Stage,
  shows,
  WAIT_MS,
} from "./telegram-stage.ts";

describe("a member on Telegram", () => {
  let stage: Stage;
  let telegram: TelegramEmulator;

  beforeAll(async () => {
    stage = await createStage();
    ({ telegram } = stage);
    await stage.easel.start();
  });

  afterEach(() => expectClean(stage));
  afterAll(async () => leave(stage));

  const newMember = (name: string): Member => memberOf(telegram, name);
  const lastOnce = (chat: Chat, check: (message: Message) => boolean): Promise<Message> =>
    lastMessageOnce(telegram, chat, check);

  it("asks for a picture and finds it in the message that said it was coming", async () => {
    const { chat, say } = newMember("Ada");
    const hold = Promise.withResolvers<void>();
    stage.gemini.script({
      match: { prompt: "red fox" },
      times: 1,
      answer: { kind: "image" },
      hold: hold.promise,
    });
    const asked = say("/generate a red fox in the snow & more <b>");
    const status = await lastOnce(chat, shows("9 of 10 left"));
    expect(status.reply_to_message?.message_id).toBe(asked.message_id);
    expect(status.text).toContain("A picture with Gemini Flash\na red fox in the snow & more <b>");
    hold.resolve();
    const result = await lastOnce(chat, ({ photo }) => photo !== undefined);
    expect(result.message_id).toBe(status.message_id);
    expect(result.reply_markup?.inline_keyboard.flat().map(({ text }) => text)).toEqual([
      "Caption",
      "Post now",
      "Schedule",
      "Again",
      "Original",
      "Edit",
      "Animate",
      "Favourite",
      "Delete",
    ]);
    const shown = telegram.fileBytes(result.photo?.at(-1)?.file_id ?? "");
    expect(shown?.equals(await stage.gemini.imageBytes(0))).toBe(true);
    expect(telegram.messages(chat)).toHaveLength(2);
  });

  it("chooses by flags, and gets a video that plays", async () => {
    const { chat, say } = newMember("Bo");
    say("/generate --video a whale over a ship --aspect=9:16");
    const result = await lastOnce(chat, ({ video }) => video !== undefined);
    expect(result.caption).toContain("Video by KIE Veo 3.1\na whale over a ship\n");
    expect(stage.kie.creates.at(-1)?.family).toBe("veo");
  });

  it("gets a batch as an album whose tiles become pictures, with a notice and a unit back for the failed one", async () => {
    const { chat, say } = newMember("Cy");
    stage.gemini.script({
      match: { prompt: "glass castle" },
      times: 1,
      answer: { kind: "finish", finishReason: "IMAGE_SAFETY" },
    });
    say("/generate a glass castle in the fog --count=3");
    const summary = await lastOnce(
      chat,
      (message) =>
        (shows("8 of 10 left")(message) && shows("2. Ready")(message)) ||
        (shows("8 of 10 left")(message) && (message.text?.match(/Ready after/g) ?? []).length === 2),
    );
    const album = telegram.messages(chat).filter(({ media_group_id }) => media_group_id !== undefined);
    expect(album).toHaveLength(3);
    await telegram.until(
      () => telegram.messages(chat).filter(({ caption }) => caption !== undefined).length === 3,
      WAIT_MS,
    );
    const captions = telegram.messages(chat).flatMap(({ caption }) => caption ?? []);
    expect(captions.filter((caption) => caption.startsWith("Picture by Gemini Flash"))).toHaveLength(2);
    expect(
      captions.filter((caption) => caption.includes("Nothing was charged: the unit is back.")),
    ).toHaveLength(1);
    expect(summary.reply_markup?.inline_keyboard.flat()).toHaveLength(8);
    expect(telegram.history.filter(({ chat: id, kind }) => id === chat.id && kind === "sent")).toHaveLength(
      4,
    );
  });

  it("is told plainly why nothing came, that it cost nothing, and what to do", async () => {
    const { chat, say } = newMember("Di");
    stage.gemini.script({
      match: { prompt: "forbidden" },
      times: 1,
      answer: { kind: "blocked", blockReason: "PROHIBITED_CONTENT" },
    });
    say("/generate something forbidden and long enough");
    const notice = await lastOnce(chat, shows("No picture this time"));
    expect(notice.text).toContain("The provider refused this prompt because of its content rules.");
    expect(notice.text).toContain("Nothing was charged: the unit is back.\n10 of 10 left");
    expect(telegram.messages(chat)).toHaveLength(2);
  });

  it("sends words alone and makes them with a button, type and number chosen on the way", async () => {
    const { user, chat, say } = newMember("Ed");
    const words = say("a blue hen on a bicycle");
    const offer = await lastOnce(chat, shows("Make this?"));
    telegram.press({ user, message: offer, label: "2" });
    await lastOnce(
      chat,
      ({ reply_markup }) => reply_markup?.inline_keyboard.flat().some(({ text }) => text === "✓ 2") ?? false,
    );
    telegram.press({ user, message: offer, label: "Make it" });
    const summary = await lastOnce(chat, shows("8 of 10 left"));
    expect(summary.reply_to_message?.message_id).toBe(words.message_id);
    telegram.press({ user, message: offer, label: "Make it" });
    await telegram.until(() => telegram.messages(chat).filter(shows("Picture by")).length === 2, WAIT_MS);
    expect(telegram.messages(chat).filter(({ media_group_id }) => media_group_id !== undefined)).toHaveLength(
      2,
    );
  });

  it("answers the question for a prompt", async () => {
    const { user, chat, say } = newMember("Flo");
    say("/generate");
    const question = await lastOnce(chat, shows("What should it show?"));
    telegram.send({ user, chat, text: "a green parrot in the rain", replyTo: question.message_id });
    await lastOnce(chat, ({ photo }) => photo !== undefined);
  });

  it("is refused at the limit, with what the plan allows and when it resets; an admin gives more", async () => {
    const { user, chat, say } = newMember("Gus");
    const { admin } = stage;
    const adminChat = telegram.privateChat(admin);
    say("/quota");
    await lastOnce(chat, shows("10 of 10 left"));
    telegram.send({ user: admin, chat: adminChat, text: `/admin limit ${user.id} 1` });
    await lastOnce(adminChat, shows("Gus has a limit of 1 a month now."));
    const calls = stage.gemini.calls.length;
    say("/generate two foxes in the snow --count=2");
    const refusal = await lastOnce(chat, shows("Monthly media generation limit reached"));
    expect(refusal.text).toContain("Your plan allows 1 a month; one is left, 2 were asked for.");
    expect(refusal.text).toContain("It resets");
    expect(stage.gemini.calls).toHaveLength(calls);
    telegram.press({ user, message: refusal, label: "Make 1" });
    await lastOnce(chat, ({ photo }) => photo !== undefined);
    telegram.send({ user: admin, chat: adminChat, text: `/admin grant ${user.id} 3` });
    await lastOnce(adminChat, shows("Gus has 3 bonus units now."));
  });

  it("cancels what waits, and gets the unit back", async () => {
    const { user, chat, say } = newMember("Hal");
    const hold = Promise.withResolvers<void>();
    stage.gemini.script({
      match: { prompt: "slow river" },
      times: 2,
      answer: { kind: "image" },
      hold: hold.promise,
    });
    say("/generate a slow river one --count=2");
    await lastOnce(chat, shows("8 of 10 left"));
    say("/cancel");
    await lastOnce(chat, shows("Which one?"));
    say("/generate a third picture that waits");
    const waiting = await lastOnce(chat, shows("Waiting for your other requests to finish."));
    const click = telegram.press({ user, message: waiting, label: "Cancel" });
    expect((await click.answer).text).toBe("Cancelled. The unit is back.");
    await lastOnce(chat, shows("Cancelled. Nothing was charged: the unit is back."));
    hold.resolve();
    say("/quota");
    await lastOnce(chat, shows("8 of 10 left"));
  });

  it("changes settings by buttons, in place", async () => {
    const { user, chat, say } = newMember("Ida");
    say("/settings");
    const panel = await lastOnce(chat, shows("Your settings"));
    telegram.press({ user, message: panel, label: "Video" });
    const changed = await lastOnce(chat, shows("Type: video"));
    expect(changed.message_id).toBe(panel.message_id);
  });

  it("keeps, fetches and deletes a result by its buttons; a stranger cannot", async () => {
    const { user, chat, say } = newMember("Jo");
    say("/generate a yellow boat at night");
    const result = await lastOnce(chat, ({ photo }) => photo !== undefined);
    expect((await telegram.press({ user, message: result, label: "Favourite" }).answer).text).toBe(
      "Kept as a favourite.",
    );
    expect((await telegram.press({ user, message: result, label: "Original" }).answer).text).toBe(
      "The original is on its way.",
    );
    const original = await lastOnce(chat, ({ document }) => document !== undefined);
    expect(original.reply_to_message?.message_id).toBe(result.message_id);
    const stranger = newMember("Kay");
    const data =
      result.reply_markup?.inline_keyboard.flat().find(({ text }) => text === "Delete")?.callback_data ?? "";
    const forged = telegram.press({ user: stranger.user, message: original, data, forged: true });
    expect((await forged.answer).text).toBe("Only the person who asked for it may do that.");
    telegram.press({ user, message: result, label: "Delete" });
    const question = await lastOnce(chat, shows("gone for good"));
    telegram.press({ user, message: question, label: "Delete for good" });
    await telegram.until(
      () => !telegram.messages(chat).some(({ message_id }) => message_id === result.message_id),
      WAIT_MS,
    );
    await lastOnce(chat, shows("Deleted."));
  });

  it("works in a group's topic: results there for all, quota and errors for the member alone", async () => {
    const { user, chat } = newMember("Lea");
    const forum = telegram.supergroup({ title: "Art club", members: [user], topics: ["Drafts"] });
    const topic = telegram.topics(forum).get("Drafts") ?? 0;
    const asked = telegram.send({
      user,
      chat: forum,
      topic,
      text: "/generate@easel_test_bot a paper crane on a desk",
    });
    const result = await lastOnce(forum, ({ photo }) => photo !== undefined);
    expect(result).toMatchObject({ message_thread_id: topic, is_topic_message: true });
    expect(result.reply_to_message?.message_id).toBe(asked.message.message_id);
    telegram.send({ user, chat: forum, topic, text: "/quota" });
    await lastOnce(chat, shows("9 of 10 left"));
    telegram.send({ user, chat: forum, topic, text: "/generate short" });
    await lastOnce(chat, shows("The prompt needs at least 10 characters"));
    const shy = telegram.addUser("Max");
    telegram.send({ user: shy, chat: forum, topic, text: "/quota" });
    await lastOnce(forum, shows("open a private chat with me"));
    expect(telegram.transcript(forum)).not.toContain("10 of 10");
  });

  it("has no allowance when a channel or an anonymous admin speaks", async () => {
    const { user } = newMember("Ned");
    const group = telegram.supergroup({ members: [user] });
    const before = stage.gemini.calls.length;
    telegram.send({ user, chat: group, text: "/generate a fox in disguise", asChannel: "anonymous" });
    await telegram.send({ user, chat: group, text: "/help" }).confirmed;
    await telegram.until(() => telegram.history.some(({ text }) => text?.includes("What I can do")), WAIT_MS);
    expect(stage.gemini.calls).toHaveLength(before);
  });

  it("is one of forty at once: all are served, and the platform never has to ask for patience", async () => {
    const members = Array.from({ length: 40 }, (_, index) => newMember(`Guest ${index}`));
    for (const { say } of members) say("/generate a crowd of paper boats");
    await telegram.until(
      () => members.every(({ chat }) => telegram.messages(chat).some(({ photo }) => photo !== undefined)),
      WAIT_MS * 2,
    );
    expect(telegram.requests.filter(({ status }) => status === 429)).toEqual([]);
    for (const { chat } of members) expect(telegram.messages(chat)).toHaveLength(2);
  });

  it("gets the result once when the platform floods, breaks and loses answers", async () => {
    const { chat, say } = newMember("Olu");
    telegram.fail({ method: "sendMessage", chat: chat.id, answer: { kind: "flood", retryAfterSeconds: 1 } });
    telegram.fail({ method: "sendMessage", chat: chat.id, answer: { kind: "status", status: 502 } });
    telegram.fail({ method: "editMessageMedia", chat: chat.id, answer: { kind: "html", status: 502 } });
    telegram.fail({ method: "editMessageMedia", chat: chat.id, answer: { kind: "cut-after" } });
    telegram.fail({
      method: "editMessageMedia",
      chat: chat.id,
      answer: { kind: "flood", retryAfterSeconds: 1 },
    });
    telegram.fail({ method: "editMessageMedia", chat: chat.id, answer: { kind: "cut-before" } });
    const hold = Promise.withResolvers<void>();
    stage.gemini.script({
      match: { prompt: "lantern" },
      times: 1,
      answer: { kind: "image" },
      hold: hold.promise,
    });
    say("/generate a lantern in the storm");
    await lastOnce(chat, shows("9 of 10 left"));
    hold.resolve();
    await lastOnce(chat, ({ photo }) => photo !== undefined);
    await telegram.until(
      () =>
        telegram.requests.filter(
          ({ method, params, status }) =>
            method === "editMessageMedia" && params["chat_id"] === chat.id && status === 200,
        ).length === 1,
      WAIT_MS,
    );
    expect(telegram.messages(chat).filter(({ photo }) => photo !== undefined)).toHaveLength(1);
    expect(stage.gemini.calls.filter(({ prompt }) => prompt.includes("lantern"))).toHaveLength(1);
  });
});

describe("a process that dies", () => {
  it("goes on where it was: one picture, one unit, one message", async () => {
    const stage = await createStage();
    const { telegram, gemini, kie, easel } = stage;
    await easel.start();
    const ada = telegram.addUser("Ada");
    const chat = telegram.privateChat(ada);
    kie.setDefaults({ durationMs: 3_000 });
    telegram.send({ user: ada, chat, text: "/generate a comet over the sea --video" });
    await telegram.until(() => kie.requests.some(({ path }) => path.includes("record-info")), WAIT_MS);
    await easel.kill();
    telegram.send({ user: ada, chat, text: "/quota" });
    await easel.start();
    await telegram.until(() => telegram.messages(chat).some(({ video }) => video !== undefined), WAIT_MS);
    await telegram.until(() => telegram.transcript(chat).includes("9 of 10 left this month"), WAIT_MS);
    expect(kie.paidCreates).toHaveLength(1);
    expect(gemini.calls).toHaveLength(0);
    expect(telegram.messages(chat).filter(({ video }) => video !== undefined)).toHaveLength(1);
    expectClean(stage);
    await leave(stage);
  });
});

describe("updates by webhook", () => {
  it("are taken instead of polling when an address and a secret are given", async () => {
    const stage = await createStage();
    const { telegram, easel } = stage;
    const port = await freePort();
    await easel.start({
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      TELEGRAM_WEBHOOK_SECRET: "a-secret-of-ours",
    });
    const ada = telegram.addUser("Ada");
    const chat = telegram.privateChat(ada);
    await telegram.send({ user: ada, chat, text: "/generate a harbour in the morning" }).confirmed;
    await telegram.until(() => telegram.messages(chat).some(({ photo }) => photo !== undefined), WAIT_MS);
    expect(telegram.requests.some(({ method }) => method === "getUpdates")).toBe(false);
    expectClean(stage);
    await leave(stage);
  });
});

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

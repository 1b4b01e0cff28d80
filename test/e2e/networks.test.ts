/** One picture, two networks, two texts: from the caption's language to what each network got, by the real process. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buttonsOf, textOf } from "../emulators/discord/message-view.ts";
import type { EmulatedMessage } from "../emulators/discord/model.ts";
import { type OpenAiEmulator, startOpenAiEmulator } from "../emulators/openai/index.ts";
import type { Message } from "../emulators/telegram/index.ts";
import { startZernioEmulator, type ZernioEmulator } from "../emulators/zernio/index.ts";
import * as discordStage from "./discord-stage.ts";
import * as telegramStage from "./telegram-stage.ts";

const { WAIT_MS } = telegramStage;
const GERMAN = "Ein Fuchs wärmt sich im Schnee.";
const CAPTION = `${GERMAN}\n\n#fuchs`;
const FOR_INSTAGRAM = "Ein Fuchs, der erste Schnee, und sonst ist noch niemand wach.";

let zernio: ZernioEmulator;
let openai: OpenAiEmulator;

beforeAll(async () => {
  [openai, zernio] = await Promise.all([startOpenAiEmulator(), startZernioEmulator()]);
  const caption = { hashtags: ["fuchs"], language: "de", altText: "Ein roter Fuchs im Schnee." };
  openai.chat.script({
    words: '"network":"Instagram"',
    answer: { kind: "caption", caption: { ...caption, text: FOR_INSTAGRAM, hashtags: [] } },
  });
  openai.chat.script({ words: '"network":"X"', answer: { kind: "refusal", words: "no" } });
  openai.chat.script({
    words: '"language":"de"',
    answer: { kind: "caption", caption: { ...caption, text: GERMAN } },
  });
});
afterAll(() => Promise.all([openai.close(), zernio.close()]));
afterEach(() => {
  expect([zernio.violations, zernio.errors, openai.violations, openai.errors]).toEqual([[], [], [], []]);
  expect([zernio.doubles(), zernio.afterCancel(), zernio.tooEarly()]).toEqual([[], [], []]);
});

const settings = () => ({
  OPENAI_API_KEY: "openai-key-of-the-networks-story",
  OPENAI_BASE_URL: openai.baseUrl,
  LATE_API_KEY: "late-key-of-the-networks-story",
  LATE_API_URL: zernio.apiUrl,
  LATE_WEBHOOK_SECRET: "late-webhook-secret-of-the-networks-story",
});
const asked = (): string => openai.chat.calls.at(-1)?.user ?? "";
/** What the networks got since then, by network. */
const publishedAfter = (before: number): Record<string, string> =>
  Object.fromEntries(zernio.publications.slice(before).map(({ platform, text }) => [platform, text]));

describe("a picture for two networks on Telegram", () => {
  let stage: telegramStage.Stage;
  beforeAll(async () => {
    stage = await telegramStage.createStage(settings());
    await stage.easel.start();
    zernio.setWebhook({
      url: `${stage.easel.url}/webhooks/late`,
      secret: settings().LATE_WEBHOOK_SECRET,
    });
  });
  afterAll(() => telegramStage.leave(stage));

  it("has its caption in the language that was chosen, and a text of its own for each network", async () => {
    const { telegram, admin: user } = stage;
    const { has, shows, wordsOf } = telegramStage;
    const chat = telegram.privateChat(user);
    const say = (text: string) => telegram.send({ user, chat, text }).message;
    const press = (message: Message, label: string) => telegram.press({ user, message, label });
    /** The newest message of the bot that is like that: a card may come anew where Telegram wants a pause. */
    const newest = (...checks: ((message: Message) => boolean)[]): Promise<Message> =>
      telegram.until(
        () =>
          telegram
            .messages(chat)
            .findLast(
              (message) => message.from?.id === telegram.me.id && checks.every((check) => check(message)),
            ),
        WAIT_MS,
      );
    for (const network of ["Instagram", "X"]) {
      say("/accounts");
      press(await newest(has(`+ ${network}`)), `+ ${network}`);
      const link = await newest(shows(`Open ${network}`));
      zernio.signIn({ username: "atelier" });
      await fetch(/http\S+$/.exec(wordsOf(link))?.[0] ?? "");
      say("/accounts");
      await newest(shows(`${network} @atelier: works`));
    }

    say("/generate a red fox in the snow");
    const result = await newest(({ photo }) => photo !== undefined, has("Caption"));
    press(result, "Caption");
    press(await newest(shows("Caption for "), has("Language")), "Language");
    const choice = await newest(has("Deutsch"), has("Back"));
    press(choice, "Deutsch");
    await newest(shows(`Caption for `), shows(CAPTION), has("New"));
    expect(JSON.parse(asked())).toMatchObject({ language: "de", network: "none in particular" });
    // The words under the picture follow.
    const amended = await newest(shows(`${CAPTION}\n\nTook`));
    expect(amended.message_id).toBe(result.message_id);

    press(amended, "Post now");
    press(await newest(has("Instagram @atelier")), "Instagram @atelier");
    press(await newest(has("✓ Instagram @atelier")), "X @atelier");
    const both = await newest(has("✓ X @atelier"), has("✓ Instagram @atelier"), has("Post it now"));
    expect(wordsOf(both)).toContain(CAPTION);
    expect(wordsOf(both)).not.toContain("— X —");
    press(both, "Write for each network");
    const written = await newest(
      shows("The caption model gave nothing usable for X: that text is as it was."),
    );
    expect(wordsOf(written)).toContain(`— Instagram —\n${FOR_INSTAGRAM}\n\n— X —\n${CAPTION}`);

    press(written, "X text");
    const question = await newest(shows("What should the post on X say?"));
    telegram.send({ user, chat, text: "Nur für X #kurz", replyTo: question.message_id });
    const card = await newest(shows("— X —\nNur für X #kurz"), has("Post it now"));
    expect(wordsOf(card)).toContain(`— Instagram —\n${FOR_INSTAGRAM}\n\n— X —\nNur für X #kurz`);
    const before = zernio.publications.length;
    press(card, "Post it now");
    await newest(shows("You are told here as soon as it is out"));
    await telegram.until(() => zernio.publications.length === before + 2 || undefined, WAIT_MS);
    expect(publishedAfter(before)).toEqual({ instagram: FOR_INSTAGRAM, twitter: "Nur für X #kurz" });
    await newest(shows("Published."), shows("Nur für X #kurz"));
    telegramStage.expectClean(stage);
  });

  it("has a caption that is too long to stand under it in a second message, on its card as well", async () => {
    const { telegram, admin: user } = stage;
    const chat = telegram.privateChat(user);
    const long = Array.from({ length: 180 }, (_, at) => `word${at}`).join(" ");
    openai.chat.script({ words: "a winding road", answer: { kind: "caption", caption: { text: long } } });
    telegram.send({ user, chat, text: "/generate a winding road" });
    const bot = () => telegram.messages(chat).filter(({ from }) => from?.id === telegram.me.id);
    const told = () => bot().slice(bot().findLastIndex(({ caption }) => caption?.includes("word0 ")));
    const shown = await telegram.until(
      () => (told().some(({ text }) => text?.includes("a winding road")) ? told() : undefined),
      WAIT_MS,
    );
    const all = shown.map(({ text, caption }) => text ?? caption ?? "").join("\n");
    expect(shown[0]?.caption?.length).toBeLessThanOrEqual(1_024);
    for (const word of ["word0 ", "word179", "receipt"]) expect(all).toContain(word);

    const result = shown[0];
    if (!result) throw new Error("no result");
    telegram.press({ user, message: result, label: "Post now" });
    const card = await telegram.until(
      () =>
        bot().findLast(({ reply_markup: keys }) =>
          keys?.inline_keyboard.flat().some(({ text }) => text === "Instagram @atelier"),
        ),
      WAIT_MS,
    );
    telegram.press({ user, message: card, label: "Instagram @atelier" });
    const isLast = ({ caption, text }: Message) => (caption ?? text ?? "").includes("Part 2 of 2");
    const isFirst = ({ caption, text }: Message) => (caption ?? text ?? "").includes("Part 1 of 2");
    const first = await telegram.until(() => bot().findLast(isFirst), WAIT_MS);
    expect(first.caption?.length).toBeLessThanOrEqual(1_024);
    const labels = first.reply_markup?.inline_keyboard.flat().map(({ text }) => text);
    expect(labels).toContain("Read on");
    expect(labels).not.toContain("Post it now");
    const read = () =>
      bot()
        .slice(-2)
        .map(({ text, caption }) => text ?? caption ?? "")
        .join("\n");
    expect(read()).toContain("word0 ");
    telegram.press({ user, message: first, label: "Read on" });
    await telegram.until(() => bot().findLast(isLast), WAIT_MS);
    expect(read()).toContain("word179");
    telegramStage.expectClean(stage);
  });
});

describe("a picture for two networks on Discord", () => {
  let stage: discordStage.Stage;
  beforeAll(async () => {
    stage = await discordStage.createStage(settings());
    zernio.setWebhook({
      url: `${stage.easel.url}/webhooks/late`,
      secret: settings().LATE_WEBHOOK_SECRET,
    });
  });
  afterAll(() => stage.leave());

  it("has its caption in the language that was chosen, and a text of its own for each network", async () => {
    const { discord, admin: user, channel } = stage;
    const has = (label: string) => (message: EmulatedMessage) =>
      buttonsOf(message).some((button) => button.label === label);
    const shows = (words: string) => (message: EmulatedMessage) =>
      textOf(message).replaceAll("\\", "").replaceAll("\n> ", "\n").includes(words);
    const newest = (...checks: ((message: EmulatedMessage) => boolean)[]): Promise<EmulatedMessage> =>
      discord.waitFor(
        () =>
          [...discord.world.channels.values()]
            .flatMap(({ messages }) => [...messages.values()])
            .filter(({ deleted, authorId }) => !deleted && authorId === discord.bot.id)
            .toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
            .findLast((message) => checks.every((check) => check(message))),
        WAIT_MS,
      );
    const press = (message: EmulatedMessage, label: string) => discord.press({ user, message, label });
    for (const network of ["Instagram", "X"]) {
      discord.slash({ user, channel, name: "accounts" });
      press(await newest(has(`+ ${network}`)), `+ ${network}`);
      const link = await newest(shows(`The button leads to ${network}.`));
      zernio.signIn({ username: "atelier" });
      await fetch(buttonsOf(link)[0]?.url ?? /http\S+/.exec(textOf(link))?.[0] ?? "");
      discord.slash({ user, channel, name: "accounts" });
      await newest(shows(`${network} @atelier: works`));
    }

    discordStage.generate(stage, user);
    const result = await newest(({ attachments }) => attachments.length > 0, has("Caption"));
    press(result, "Caption");
    press(await newest(shows("Caption for "), has("Language")), "Language");
    press(await newest(has("Deutsch"), has("Back")), "Deutsch");
    await newest(shows("Caption for "), shows(CAPTION), has("New"));
    expect(JSON.parse(asked())).toMatchObject({ language: "de", network: "none in particular" });
    await discord.waitFor(() => shows(`${CAPTION}\n\nTook`)(result), WAIT_MS);
    expect(result.attachments[0]?.description).toBe("Ein roter Fuchs im Schnee.");

    press(result, "Post now");
    press(await newest(has("Instagram @atelier")), "Instagram @atelier");
    press(await newest(has("✓ Instagram @atelier")), "X @atelier");
    const card = await newest(has("✓ X @atelier"), has("✓ Instagram @atelier"), has("Post it now"));
    expect(shows("— X —")(card)).toBe(false);
    const form = press(card, "X text");
    expect(JSON.stringify((await form.ack).data)).toMatch(/Text for X.*Ein Fuchs/);
    const answer = form.submit({ words: { words: "Nur für X #kurz" } });
    const changed = await answer.originalWhen(shows("Nur für X #kurz"), WAIT_MS);
    expect(changed.id).toBe(card.id);
    expect(shows(`— Instagram —\n${CAPTION}\n\n— X —\nNur für X #kurz`)(changed)).toBe(true);
    const before = zernio.publications.length;
    press(changed, "Post it now");
    await discord.waitFor(() => zernio.publications.length === before + 2, WAIT_MS);
    expect(publishedAfter(before)).toEqual({ instagram: CAPTION, twitter: "Nur für X #kurz" });
    await newest(shows("Published."), shows("Nur für X #kurz"));
    discordStage.expectClean(stage);
  });
});

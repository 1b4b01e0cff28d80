import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type OpenAiEmulator, startOpenAiEmulator } from "../emulators/openai/index.ts";
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

/** Pictures to work from, as members of Telegram send them, through the real process to the providers' stand-ins. */
let stage: Stage;
let telegram: TelegramEmulator;

beforeAll(async () => {
  stage = await createStage();
  ({ telegram } = stage);
  stage.kie.setDefaults({ durationMs: 500 });
  await stage.easel.start();
});
afterEach(() => expectClean(stage));
afterAll(async () => leave(stage));

const newMember = (name: string): Member => memberOf(telegram, name);
const lastOnce = (chat: Chat, check: (message: Message) => boolean): Promise<Message> =>
  lastMessageOnce(telegram, chat, check);

type Colour = readonly [red: number, green: number, blue: number, alpha?: number];
const RED: Colour = [210, 30, 30];
const GREEN: Colour = [30, 170, 60];
const BLUE: Colour = [30, 60, 200];

function plain([r, g, b, alpha = 1]: Colour, width = 640, height = 480): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 4, background: { r, g, b, alpha } } })
    .png()
    .toBuffer();
}

async function looksLike(bytes: Buffer, [red, green, blue]: Colour): Promise<boolean> {
  const { channels } = await sharp(bytes).stats();
  return [red, green, blue].every((value, index) => Math.abs((channels[index]?.mean ?? -99) - value) < 12);
}

const generateContent = z.object({
  contents: z.array(
    z.object({
      parts: z.array(
        z.object({ inlineData: z.object({ mimeType: z.string(), data: z.string() }).optional() }),
      ),
    }),
  ),
});

/** The pictures that the last call of Gemini with these words had with it. */
function givenToGemini(prompt: string): readonly { mimeType: string; bytes: Buffer }[] {
  const call = stage.gemini.calls.findLast((candidate) => candidate.prompt.includes(prompt));
  return generateContent
    .parse(call?.body)
    .contents.flatMap(({ parts }) => parts)
    .flatMap(({ inlineData }) =>
      inlineData ? [{ mimeType: inlineData.mimeType, bytes: Buffer.from(inlineData.data, "base64") }] : [],
    );
}

function paidCalls(): number {
  return stage.gemini.paidCalls.length + stage.kie.paidCreates.length;
}

/** What the bot's call for this message said about the member's keyboard. */
function forcedReply({ text = "" }: Message): unknown {
  const call = telegram.requests.findLast(({ method, params }) => {
    const said = params["text"];
    return method === "sendMessage" && typeof said === "string" && said.startsWith(text.slice(0, 10));
  });
  return call?.params["reply_markup"];
}

const isPicture = ({ photo }: Message): boolean => photo !== undefined;
const isFilm = ({ video }: Message): boolean => video !== undefined;

/** `/quota`, in words. */
async function left({ chat, say }: Member): Promise<string> {
  say("/quota");
  const told = await lastOnce(chat, shows(" left this month"));
  return /(\d+ of \d+) left/.exec(told.text ?? "")?.[1] ?? "";
}

describe("a picture to work from", () => {
  it("is a photo with the command under it: for a picture, and for a film", async () => {
    const { user, chat } = newMember("Ada");
    telegram.send({
      user,
      chat,
      photo: await plain(RED, 3_000, 2_000),
      text: "/generate as an oil painting",
    });
    await lastOnce(chat, isPicture);
    const [given] = givenToGemini("as an oil painting");
    expect(await looksLike(given?.bytes ?? Buffer.alloc(0), RED)).toBe(true);
    // So that the search for what must not be there is known to find what is.
    expect(stage.easel.holds("as an oil painting")).toBe(true);
    telegram.send({ user, chat, photo: await plain(GREEN), text: "/generate --video the wind blows softly" });
    const film = await lastOnce(chat, isFilm);
    expect(film.caption).toContain("KIE Veo");
    const create = stage.kie.creates.at(-1);
    expect(create).toMatchObject({ family: "veo", accepted: true });
    expect(create?.references).toHaveLength(1);
  });

  it("is anybody's, answered in a group's topic", async () => {
    const { user } = newMember("Bo");
    const other = newMember("Cy");
    const forum = telegram.supergroup({ members: [user, other.user], topics: ["Drafts"] });
    const topic = telegram.topics(forum).get("Drafts") ?? 0;
    const shown = telegram.send({
      user: other.user,
      chat: forum,
      topic,
      photo: await plain(BLUE),
      text: "my boat",
    });
    const asked = telegram.send({
      user,
      chat: forum,
      topic,
      text: "/edit make it night over there",
      replyTo: shown.message.message_id,
    });
    const result = await lastOnce(forum, isPicture);
    expect(result).toMatchObject({ message_thread_id: topic, is_topic_message: true });
    expect(result.reply_to_message?.message_id).toBe(asked.message.message_id);
    expect(
      await looksLike(givenToGemini("make it night over there")[0]?.bytes ?? Buffer.alloc(0), BLUE),
    ).toBe(true);
  });

  it("is asked for words in the topic where it was shown, and made there", async () => {
    const { user } = newMember("Cleo");
    const forum = telegram.supergroup({ members: [user], topics: ["Drafts"] });
    const topic = telegram.topics(forum).get("Drafts") ?? 0;
    const shown = telegram.send({ user, chat: forum, topic, photo: await plain(GREEN) }).message;
    const asked = telegram.send({
      user,
      chat: forum,
      topic,
      text: "/edit",
      replyTo: shown.message_id,
    }).message;
    const question = await lastOnce(forum, shows("What should be made of it?"));
    expect(question).toMatchObject({
      message_thread_id: topic,
      reply_to_message: { message_id: asked.message_id },
    });
    const answer = telegram.send({
      user,
      chat: forum,
      topic,
      text: "a hedge maze from above",
      replyTo: question.message_id,
    }).message;
    const result = await lastOnce(forum, isPicture);
    expect(result).toMatchObject({
      message_thread_id: topic,
      reply_to_message: { message_id: answer.message_id },
    });
    expect(givenToGemini("a hedge maze from above")).toHaveLength(1);
  });

  it("is a result of the bot, answered with a command or with plain words", async () => {
    const { user, chat, say } = newMember("Di");
    say("/generate a paper boat on a lake");
    const result = await lastOnce(chat, isPicture);
    telegram.send({ user, chat, text: "/edit now as a woodcut", replyTo: result.message_id });
    await lastOnce(chat, (message) => isPicture(message) && message.message_id > result.message_id);
    expect(givenToGemini("now as a woodcut")).toHaveLength(1);
    telegram.send({ user, chat, text: "with a red sail", replyTo: result.message_id });
    const offer = await lastOnce(chat, shows("Make this?"));
    expect(offer.text).toContain("From the picture you sent.");
    telegram.press({ user, message: offer, label: "Make it" });
    await lastOnce(chat, (message) => isPicture(message) && message.message_id > offer.message_id);
    expect(givenToGemini("with a red sail")).toHaveLength(1);
  });

  it("is a file that keeps its transparency, or a sticker", async () => {
    const { user, chat } = newMember("Ed");
    const clear = await plain([210, 30, 30, 0.4]);
    telegram.send({ user, chat, document: clear, fileName: "logo.png", text: "/edit put it on a mug" });
    await lastOnce(chat, isPicture);
    const [given] = givenToGemini("put it on a mug");
    expect(given?.mimeType).toBe("image/png");
    expect(await sharp(given?.bytes).metadata()).toMatchObject({ hasAlpha: true });
    const sticker = await sharp(await plain(GREEN, 512, 512))
      .webp()
      .toBuffer();
    const shown = telegram.send({ user, chat, sticker }).message;
    await lastOnce(chat, shows("What should be made of it?"));
    telegram.send({ user, chat, text: "/edit make it shine", replyTo: shown.message_id });
    await lastOnce(chat, shows("make it shine"));
    await telegram.until(
      () => stage.gemini.calls.some(({ prompt }) => prompt.includes("make it shine")),
      WAIT_MS,
    );
    expect(givenToGemini("make it shine")).toHaveLength(1);
  });

  it("is one of an album of three, in their order", async () => {
    const { user, chat } = newMember("Flo");
    const items = await Promise.all(
      [RED, GREEN, BLUE].map(async (colour) => ({ photo: await plain(colour) })),
    );
    telegram.sendAlbum({ user, chat, items, text: "/generate three flags in one picture", captionOn: 1 });
    await lastOnce(chat, isPicture);
    const given = givenToGemini("three flags in one picture");
    const looks = await Promise.all(
      [RED, GREEN, BLUE].map((colour, index) => looksLike(given[index]?.bytes ?? Buffer.alloc(0), colour)),
    );
    expect([given.length, looks]).toEqual([3, [true, true, true]]);
  });

  it("is asked about when it comes alone, and made with the answer", async () => {
    const { user, chat } = newMember("Gus");
    telegram.send({ user, chat, photo: await plain(BLUE) });
    const question = await lastOnce(chat, shows("What should be made of it?"));
    expect(forcedReply(question)).toMatchObject({ force_reply: true, selective: true });
    telegram.send({ user, chat, text: "as a stained glass window", replyTo: question.message_id });
    await lastOnce(chat, isPicture);
    expect(givenToGemini("as a stained glass window")).toHaveLength(1);
  });

  it("is edited and animated by the buttons of a result, by an answer to the question", async () => {
    const { user, chat, say } = newMember("Hal");
    say("/generate a lighthouse in the storm");
    const result = await lastOnce(chat, isPicture);
    telegram.press({ user, message: result, label: "Edit" });
    const question = await lastOnce(chat, shows("What should change?"));
    const asked = telegram.send({
      user,
      chat,
      text: "at dawn, calm sea",
      replyTo: question.message_id,
    }).message;
    const edited = await lastOnce(
      chat,
      (message) => isPicture(message) && message.message_id > question.message_id,
    );
    expect(edited.reply_to_message?.message_id).toBe(asked.message_id);
    expect(givenToGemini("at dawn, calm sea")).toHaveLength(1);
    telegram.press({ user, message: edited, label: "Animate" });
    const move = await lastOnce(chat, shows("How should it move?"));
    telegram.send({ user, chat, text: "the light turns slowly", replyTo: move.message_id });
    const film = await lastOnce(chat, isFilm);
    expect(film.caption).toContain("the light turns slowly");
    telegram.press({ user, message: move, label: "Just animate it" });
    await telegram.until(() => telegram.messages(chat).filter(isFilm).length === 2, WAIT_MS);
    expect(stage.kie.creates.slice(-2).map(({ references }) => references.length)).toEqual([1, 1]);
  });
});

describe("what is no picture to work from", () => {
  it("is refused in words, and nothing is charged", async () => {
    const member = newMember("Ida");
    const { user, chat } = member;
    const before = paidCalls();
    const refused = async (words: string, parts: Partial<Parameters<TelegramEmulator["send"]>[0]>) => {
      const { message } = telegram.send({ user, chat, text: "/edit make it night", ...parts });
      const told = await lastOnce(chat, (last) => last.message_id > message.message_id);
      expect(told.text).toContain(words);
    };
    const red = await plain(RED);
    await refused("That is no picture the bot can read.", {
      document: Buffer.from("%PDF-1.7\n% not a picture at all, whatever it is called\n"),
      fileName: "picture.png",
      mime: "image/png",
    });
    await refused("That is no picture the bot can read.", {
      document: Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
      ),
      fileName: "drawing.svg",
      mime: "image/svg+xml",
    });
    await refused("The picture is damaged", {
      document: red.subarray(0, red.length - 400),
      fileName: "cut.png",
    });
    await refused("The picture is too large", {
      document: Buffer.concat([red, Buffer.alloc(20 * 1024 * 1024)]),
      fileName: "large.png",
    });
    telegram.fail({ method: "file", answer: { kind: "cut-after" } });
    await refused("could not be fetched", { document: red, fileName: "slow.png" });
    telegram.fail({
      method: "getFile",
      answer: { kind: "status", status: 400, description: "Bad Request: file is too big" },
    });
    await refused("The picture is too large", { document: red, fileName: "large.png" });
    const film = telegram.send({
      user,
      chat: chat,
      video: Buffer.from("\0\0\0\x18ftypisom\0\0\0\0isommp42", "latin1"),
    });
    await refused("Which picture?", { replyTo: film.message.message_id });
    expect(await left(member)).toBe("10 of 10");
    expect(paidCalls()).toBe(before);
  });

  it.each([
    "http://127.0.0.1:9/x.png",
    "https://169.254.169.254/latest/meta-data/",
    "https://user:pass@example.com/x.png",
    "https://[::1]/x.png",
    "file:///etc/passwd",
  ])("is a link that leads where it must not: %s", async (url) => {
    const member = newMember("Jo");
    const before = paidCalls();
    member.say(`/generate a red fox in the snow --reference=${url}`);
    const told = await lastOnce(member.chat, shows("That link cannot be used."));
    expect(told.text).toContain("Nothing was started and nothing was charged.");
    expect(await left(member)).toBe("10 of 10");
    expect(paidCalls()).toBe(before);
  });
});

describe("an instance with a service that takes masks, and one whose credit is used up", () => {
  let own: Stage;
  let openai: OpenAiEmulator;

  beforeAll(async () => {
    openai = await startOpenAiEmulator();
    own = await createStage({ OPENAI_IMAGE_BASE_URL: openai.baseUrl, OPENAI_IMAGE_API_KEY: "image-key" });
    await own.easel.start();
  });
  afterAll(async () => {
    await leave(own);
    await openai.close();
  });

  it("changes a picture only where the mask says", async () => {
    const { user, chat } = memberOf(own.telegram, "Kim");
    const shown = own.telegram.send({ user, chat, document: await plain(RED), fileName: "room.png" }).message;
    own.telegram.send({
      user,
      chat,
      document: await plain([0, 0, 0, 0]),
      fileName: "mask.png",
      text: "/edit --provider=openai-image a cat on the sofa --mask",
      replyTo: shown.message_id,
    });
    await lastMessageOnce(own.telegram, chat, isPicture);
    const [call] = openai.paidCalls;
    expect(call).toMatchObject({ route: "edits" });
    expect(call?.pictures).toHaveLength(1);
    expect(await sharp(call?.mask ?? Buffer.alloc(0)).metadata()).toMatchObject({
      format: "png",
      hasAlpha: true,
    });
    expectClean(own);
  });

  it("tells its admin alone", async () => {
    const { user, chat, say } = memberOf(own.telegram, "Lou");
    own.kie.setCredits("kie-key", 0);
    say("/generate --video a kite over the dunes");
    const adminChat = own.telegram.privateChat(own.admin);
    const notice = await lastMessageOnce(own.telegram, adminChat, shows("KIE"));
    expect(notice.text).toMatch(/credit/i);
    expect(user.id).not.toBe(own.admin.id);
    const told = await lastMessageOnce(own.telegram, chat, shows("Nothing was charged"));
    expect(told.text).not.toMatch(/credit/i);
  });
});

/** From the picture in the chat to the post on Instagram, told to the real process on Telegram. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type OpenAiEmulator, STANDARD_CAPTION, startOpenAiEmulator } from "../emulators/openai/index.ts";
import type { Chat, Message, TelegramEmulator, User } from "../emulators/telegram/index.ts";
import { startZernioEmulator, type ZernioEmulator } from "../emulators/zernio/index.ts";
import {
  createStage,
  expectClean,
  labelsOf,
  lastOnce as lastMessageOnce,
  leave,
  type Member,
  newMember,
  type Stage,
  shows,
  WAIT_MS,
  wordsOf,
} from "./telegram-stage.ts";

const LATE_KEY = "late-key-of-the-telegram-story";
const WEBHOOK_SECRET = "late-webhook-secret-of-the-telegram-story";
const OPENAI_KEY = "openai-key-of-the-telegram-story";

const has = (label: string) => (message: Message) => labelsOf(message).some((text) => text.startsWith(label));

describe("captions and posts on Telegram", () => {
  let stage: Stage;
  let telegram: TelegramEmulator;
  let openai: OpenAiEmulator;
  let zernio: ZernioEmulator;
  let admin: Member;
  /** What members confirmed, in order: it is published, and nothing else ever is. */
  const confirmed: string[] = [];

  beforeAll(async () => {
    [openai, zernio] = await Promise.all([startOpenAiEmulator(), startZernioEmulator()]);
    stage = await createStage({
      OPENAI_API_KEY: OPENAI_KEY,
      OPENAI_BASE_URL: openai.baseUrl,
      LATE_API_KEY: LATE_KEY,
      LATE_API_URL: zernio.apiUrl,
      LATE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      FREE_MONTHLY_LIMIT: "100",
    });
    telegram = stage.telegram;
    await stage.easel.start();
    zernio.setWebhook({ url: `${stage.easel.url}/webhooks/late`, secret: WEBHOOK_SECRET });
    const [user, chat] = [stage.admin, telegram.privateChat(stage.admin)];
    admin = { user, chat, say: (text) => telegram.send({ user, chat, text }).message };
  });

  afterEach(() => {
    expectClean(stage);
    expect([zernio.violations, zernio.errors, openai.violations, openai.errors]).toEqual([[], [], [], []]);
    expect(zernio.publications.map(({ text }) => text)).toEqual(confirmed);
    expect([zernio.doubles(), zernio.afterCancel(), zernio.tooEarly()].flat()).toEqual([]);
    for (const secret of [LATE_KEY, WEBHOOK_SECRET, OPENAI_KEY])
      expect(stage.easel.output).not.toContain(secret);
  });
  afterAll(async () => {
    await leave(stage);
    await Promise.all([openai.close(), zernio.close()]);
  });

  const lastOnce = (chat: Chat, check: (message: Message) => boolean): Promise<Message> =>
    lastMessageOnce(telegram, chat, check);
  const press = (user: User, message: Message, label: string) => telegram.press({ user, message, label });
  /** This very message, once it is as wanted. */
  const once = (chat: Chat, { message_id: id }: Message, check: (message: Message) => boolean) =>
    telegram.until(
      () => telegram.messages(chat).find((message) => message.message_id === id && check(message)),
      WAIT_MS,
    );
  const answer = ({ user, chat }: Member, question: Message, text: string) =>
    telegram.send({ user, chat, text, replyTo: question.message_id });

  async function pictureOf({ chat, say }: Member, words: string): Promise<Message> {
    say(`/generate ${words}`);
    return lastOnce(chat, (message) => message.photo !== undefined && has("Caption")(message));
  }

  async function connect(member: Member, network = "Instagram", username = "atelier"): Promise<void> {
    const { chat, say, user } = member;
    say("/accounts");
    const list = await lastOnce(chat, shows("Social accounts"));
    press(user, list, `+ ${network}`);
    const link = await lastOnce(chat, shows(`Open ${network}`));
    expect(wordsOf(link)).toContain("Sign in there, and come back with /accounts.");
    zernio.signIn({ username });
    await fetch(/http\S+$/.exec(wordsOf(link))?.[0] ?? "");
    say("/accounts");
    await lastOnce(chat, shows(`${network} @${username}: works`));
  }

  /** The admin's list of posts, once it has this line. */
  async function listedAs(words: string): Promise<Message> {
    for (let look = 0; look < 50; look += 1) {
      const asked = admin.say("/posts");
      const list = await lastOnce(
        admin.chat,
        ({ reply_to_message: to }) => to?.message_id === asked.message_id,
      );
      if (shows(words)(list)) return list;
    }
    throw new Error(`never listed: ${words}`);
  }

  it("finds a caption under the picture, and changes it until it is right", async () => {
    const member = newMember(telegram, "Ada");
    const { user, chat } = member;
    const result = await pictureOf(member, "a red fox in the snow");
    expect(result.caption).toContain(`${STANDARD_CAPTION.text}\n\n#fox #winter #snow\n\nTook`);
    expect(labelsOf(result).slice(0, 3)).toEqual(["Caption", "Post now", "Schedule"]);

    press(user, result, "Caption");
    const card = await lastOnce(chat, shows("Caption for "));
    expect(labelsOf(card)).toEqual(["New", "Shorter", "Longer", "Edit", "Language", "Post now", "Schedule"]);
    for (const label of ["Shorter", "Longer", "New"]) {
      const text = `${label} words for a fox.`;
      openai.chat.script({ times: 1, answer: { kind: "caption", caption: { text, hashtags: [] } } });
      press(user, card, label);
      await once(chat, card, shows(text));
    }
    press(user, card, "Edit");
    const question = await lastOnce(chat, shows("Answer this message with the whole text."));
    answer(member, question, "My own words #fox @everyone");
    const own = await lastOnce(chat, shows("My own words #fox @everyone"));
    expect(has("New")(own)).toBe(true);

    const receipt = /receipt (\w+)/.exec(result.caption ?? "")?.[1] ?? "";
    member.say("/style caption like a sailor, no emojis");
    await lastOnce(chat, shows("Your captions follow that from now on."));
    member.say(`/caption ${receipt}`);
    const isKnown = shows(`Caption for ${receipt}`);
    const known = await lastOnce(chat, (message) => isKnown(message) && message.message_id > own.message_id);
    press(user, known, "New");
    await lastOnce(chat, (message) => isKnown(message) && shows(STANDARD_CAPTION.text)(message));
    expect(`${openai.chat.calls.at(-1)?.system}${openai.chat.calls.at(-1)?.user}`).toContain("like a sailor");
  });

  it("does not wait for a slow model: the caption comes into the picture's message later", async () => {
    const member = newMember(telegram, "Bo");
    const hold = Promise.withResolvers<void>();
    openai.chat.script({ times: 1, answer: { kind: "caption" }, hold: hold.promise });
    const result = await pictureOf(member, "a slow boat in the fog");
    expect(result.caption).not.toContain(STANDARD_CAPTION.text);
    hold.resolve();
    await once(member.chat, result, shows(STANDARD_CAPTION.text));
    expect(telegram.messages(member.chat)).toHaveLength(2);
  });

  it("takes mentions and links of the model for what they are", async () => {
    const member = newMember(telegram, "Cy");
    const text = "Hello @everyone, look at https://evil.example/win now";
    openai.chat.script({ times: 1, answer: { kind: "caption", caption: { text } } });
    const result = await pictureOf(member, "a lighthouse on a cliff");
    expect(result.caption).not.toMatch(/@everyone|evil\.example/);
    expect(result.caption_entities?.map(({ type }) => type) ?? []).not.toContain("mention");
  });

  it("carries no caption where the member does not want one", async () => {
    const member = newMember(telegram, "Di");
    member.say("/settings captions off");
    await lastOnce(member.chat, shows("Captions: off"));
    const before = openai.chat.calls.length;
    const result = await pictureOf(member, "a quiet library at night");
    expect(result.caption).not.toContain(STANDARD_CAPTION.text);
    expect(openai.chat.calls).toHaveLength(before);
  });

  it("connects and disconnects accounts, where one may", async () => {
    const stranger = newMember(telegram, "Eve");
    stranger.say("/accounts");
    await lastOnce(stranger.chat, shows("You may not connect accounts here."));
    await connect(admin, "TikTok", "films");
    const { user, chat, say } = admin;
    say("/accounts");
    const list = await lastOnce(chat, has("✕ @films"));
    press(user, list, "✕ @films");
    const question = await lastOnce(chat, shows("Disconnect TikTok @films?"));
    press(user, question, "Disconnect");
    await once(chat, question, shows("None is connected yet."));
  });

  it("posts exactly what the card shows, once, and tells where it is", async () => {
    await connect(admin);
    const { user, chat } = admin;
    const result = await pictureOf(admin, "a tall tower in the rain --aspect=9:16");
    press(user, result, "Post now");
    const card = await lastOnce(chat, shows("This is too tall for Instagram"));
    expect(labelsOf(card)).toEqual([
      "✓ Instagram @atelier",
      "Cut to 4:5",
      "Whole, on a plain ground",
      "Whole, on a blurred ground",
      "As a story",
      "Edit text",
    ]);
    press(user, card, "Cut to 4:5");
    const cut = await once(chat, card, has("Post it now"));
    expect(cut.photo?.at(-1)).toMatchObject({ width: 52, height: 65 });

    press(user, cut, "Edit text");
    const question = await lastOnce(chat, shows("What should the post say?"));
    answer(admin, question, "The exact words\n\n#tower");
    const changed = await lastOnce(chat, shows("The exact words\n\n#tower"));
    // The card of before says something else, so it confirms nothing.
    press(user, cut, "Post it now");
    await once(chat, cut, shows("This has changed since that card was sent."));

    confirmed.push("The exact words\n\n#tower");
    await Promise.all([1, 2, 3].map(() => press(user, changed, "Post it now").answer));
    await once(chat, changed, shows("You are told here as soon as it is out"));
    const told = await lastOnce(chat, shows("Published."));
    expect(told.reply_markup?.inline_keyboard).toEqual([
      [{ text: "Open post", url: zernio.publications.at(-1)?.url }],
    ]);
    expect(zernio.publications.at(-1)).toMatchObject({
      altTexts: [STANDARD_CAPTION.altText],
      isAiGenerated: true,
      isStory: false,
    });
  });

  it("schedules in words, and moves, edits and cancels from the list", async () => {
    const { user, chat, say } = admin;
    say("/settings zone Europe/Berlin");
    await lastOnce(chat, shows("Europe/Berlin"));
    const result = await pictureOf(admin, "a calm lake at dawn");
    press(user, result, "Schedule");
    const card = await lastOnce(chat, shows("Choose when, with a button or in your own words."));
    expect(has("Schedule it")(card)).toBe(false);
    press(user, card, "Tomorrow 9:00");
    const quick = await once(chat, card, has("Schedule it"));
    expect(wordsOf(quick)).toMatch(/\w{3} \d+ \w{3} 09:00 CES?T \(UTC\+[12]\) = 0[78]:00 UTC/);
    press(user, quick, "Other time");
    answer(admin, await lastOnce(chat, shows("When? Answer this message")), "friday 18:30");
    const timed = await lastOnce(chat, shows("Fri "));
    expect(wordsOf(timed)).toMatch(/Fri \d+ \w{3} 18:30 CES?T/);
    press(user, timed, "Schedule it");
    await once(chat, timed, shows("It goes out at Fri "));
    press(user, await listedAs("1. Instagram @atelier, scheduled Fri "), "1");
    const shown = await lastOnce(chat, has("Cancel post"));
    press(user, shown, "Move");
    answer(admin, await lastOnce(chat, shows("When instead?")), "in 3 days");
    const moved = await lastOnce(chat, has("Cancel post"));
    expect(wordsOf(moved)).not.toContain("18:30");
    press(user, moved, "Edit text");
    answer(admin, await lastOnce(chat, shows("What should it say instead?")), "A calmer lake");
    const edited = await lastOnce(
      chat,
      (message) => has("Cancel post")(message) && shows("A calmer lake")(message),
    );
    press(user, edited, "Cancel post");
    await lastOnce(chat, shows("Cancelled. It will not be published."));
    expect([...zernio.posts.values()].at(-1)?.content).toBe("A calmer lake");
  });

  it("publishes at the time, says so, and is too late to cancel afterwards", async () => {
    const { user, chat, say } = admin;
    const result = await pictureOf(admin, "a kite over the dunes");
    const receipt = /receipt (\w+)/.exec(result.caption ?? "")?.[1] ?? "";
    say(`/post ${receipt} in 3 days`);
    const card = await lastOnce(chat, has("Schedule it"));
    press(user, card, "Schedule it");
    await once(chat, card, shows("It goes out at "));
    const text = `${STANDARD_CAPTION.text}\n\n#fox #winter #snow`;
    press(user, await listedAs("1. Instagram @atelier, scheduled "), "1");
    const shown = await lastOnce(chat, has("Cancel post"));
    confirmed.push(text);
    // What was cancelled before was for that day too.
    await zernio.advance(3 * 86_400_000 + 60_000);
    await lastOnce(chat, (message) => shows("Published.")(message) && has("Open post")(message));
    const late = await press(user, shown, "Cancel post").answer;
    expect(late.text ?? "").toContain("Too late");
  });

  it("says in plain words why it was not published, and tries again", async () => {
    const { user, chat } = admin;
    zernio.script({ outcome: "failed", errorCategory: "platform_rejected", errorMessage: "policy #7" });
    const result = await pictureOf(admin, "a loud parade of robots");
    press(user, result, "Post now");
    const card = await lastOnce(chat, has("Post it now"));
    press(user, card, "Edit text");
    answer(admin, await lastOnce(chat, shows("What should the post say?")), "Robots on parade");
    const ready = await lastOnce(
      chat,
      (message) => shows("Robots on parade")(message) && has("Post it now")(message),
    );
    press(user, ready, "Post it now");
    const failed = await lastOnce(chat, shows("Not published."));
    expect(wordsOf(failed)).toContain("Instagram refused it because of its rules.");
    expect(wordsOf(failed)).not.toContain("policy #7");
    confirmed.push("Robots on parade");
    press(user, failed, "Try again");
    await lastOnce(chat, (message) => shows("Published.")(message) && shows("Robots on parade")(message));
  });
});

describe("captions and posts on Telegram without keys", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
    await stage.easel.start();
  });
  afterAll(async () => leave(stage));

  it("says what the operator has to set, and offers a template that says so", async () => {
    const { telegram } = stage;
    const { user, chat, say } = newMember(telegram, "Kim");
    say("/generate a red fox in the snow");
    const result = await lastMessageOnce(telegram, chat, ({ photo }) => photo !== undefined);
    for (const label of ["Post now", "Schedule"]) {
      const said = await telegram.press({ user, message: result, label }).answer;
      expect(said).toMatchObject({
        text: "Posting is not set up here: the operator has to set LATE_API_KEY.",
        showAlert: true,
      });
    }
    telegram.press({ user, message: result, label: "Caption" });
    const card = await lastMessageOnce(telegram, chat, shows("Caption for "));
    expect(card.text).toContain("a red fox in the snow (a picture made with AI)");
    expect(card.text).toContain("Written from your prompt; no caption model is set up here.");
    expect(labelsOf(card)).toEqual(["Edit", "Post now", "Schedule"]);
    say("/accounts");
    await lastMessageOnce(telegram, chat, shows("Posting is not set up here"));
    expectClean(stage);
  });
});

/** From the picture in the thread to the post on Instagram, told to the real process on Discord. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DiscordEmulator } from "../emulators/discord/discord-emulator.ts";
import type { InteractionHandle } from "../emulators/discord/member-actions.ts";
import { buttonsOf, textOf } from "../emulators/discord/message-view.ts";
import type { EmulatedMessage, EmulatedUser } from "../emulators/discord/model.ts";
import { type OpenAiEmulator, STANDARD_CAPTION, startOpenAiEmulator } from "../emulators/openai/index.ts";
import { startZernioEmulator, type ZernioEmulator } from "../emulators/zernio/index.ts";
import {
  createStage,
  expectClean,
  generate,
  results,
  resultsAfter,
  type Stage,
  WAIT_MS,
} from "./discord-stage.ts";

const LATE_KEY = "late-key-of-the-discord-story";
const WEBHOOK_SECRET = "late-webhook-secret-of-the-discord-story";
const OPENAI_KEY = "openai-key-of-the-discord-story";
const CAPTION = `${STANDARD_CAPTION.text}\n\n#fox #winter #snow`;

const labelsOf = (message: EmulatedMessage): string[] => buttonsOf(message).map(({ label }) => label);
const has = (label: string) => (message: EmulatedMessage) => labelsOf(message).includes(label);
const shows = (words: string) => (message: EmulatedMessage) => textOf(message).includes(words);

const shownAtLast = (message: EmulatedMessage): boolean =>
  textOf(message) !== "" && textOf(message) !== "Easel is thinking…";

describe("captions and posts on Discord", () => {
  let stage: Stage;
  let discord: DiscordEmulator;
  let zernio: ZernioEmulator;
  let openai: OpenAiEmulator;
  let admin: EmulatedUser;
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
    ({ discord, admin } = stage);
    zernio.setWebhook({ url: `${stage.easel.url}/webhooks/late`, secret: WEBHOOK_SECRET });
  });

  afterEach(() => {
    expectClean(stage);
    expect([zernio.violations, zernio.errors, openai.violations, openai.errors]).toEqual([[], [], [], []]);
    expect(zernio.publications.map(({ text }) => text)).toEqual(confirmed);
    expect([zernio.doubles(), zernio.afterCancel(), zernio.tooEarly()]).toEqual([[], [], []]);
    for (const secret of [LATE_KEY, WEBHOOK_SECRET, OPENAI_KEY])
      expect(stage.easel.output()).not.toContain(secret);
  });
  afterAll(async () => {
    await stage.leave();
    await Promise.all([openai.close(), zernio.close()]);
  });

  /** The newest message of the bot that is like that, wherever and for whom it is. */
  const newest = (check: (message: EmulatedMessage) => boolean): Promise<EmulatedMessage> =>
    discord.waitFor(
      () =>
        [...discord.world.channels.values()]
          .flatMap(({ messages }) => [...messages.values()])
          .filter(({ deleted, authorId }) => !deleted && authorId === discord.bot.id)
          .toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
          .findLast(check),
      WAIT_MS,
    );
  const once = (message: EmulatedMessage, check: (message: EmulatedMessage) => boolean) =>
    discord.waitFor(() => !message.deleted && check(message) && message, WAIT_MS);
  const press = (user: EmulatedUser, message: EmulatedMessage, label: string): InteractionHandle =>
    discord.press({ user, message, label });
  /** Presses a button that shows a form, and sends it with these words. Gives what stood in the form. */
  async function fill(user: EmulatedUser, message: EmulatedMessage, label: string, words: string) {
    const handle = press(user, message, label);
    const { data } = await handle.ack;
    const answer = handle.submit({ words: { words } });
    return { form: JSON.stringify(data), answer };
  }
  const slash = (
    user: EmulatedUser,
    name: string,
    options: Record<string, string | EmulatedUser> = {},
    more: { subcommand?: string; channel?: Stage["channel"] } = {},
  ): Promise<EmulatedMessage> => {
    const { channel = stage.channel, ...rest } = more;
    return discord.slash({ user, channel, name, options, ...rest }).originalWhen(shownAtLast, WAIT_MS);
  };

  async function pictureOf(user: EmulatedUser, prompt: string, aspect = "1:1"): Promise<EmulatedMessage> {
    const before = results(discord).length;
    generate(stage, user, { prompt, aspect });
    await resultsAfter(stage, before);
    return newest((message) => message.attachments.length > 0 && has("Caption")(message));
  }

  async function connect(network: string, username: string): Promise<void> {
    const list = await slash(admin, "accounts");
    press(admin, list, `+ ${network}`);
    const link = await newest(shows(`The button leads to ${network}.`));
    // Discord takes no button that leads to plain http.
    const url = buttonsOf(link)[0]?.url ?? /http\S+/.exec(textOf(link))?.[0] ?? "";
    zernio.signIn({ username });
    await fetch(url);
    expect(textOf(await slash(admin, "accounts"))).toContain(`${network} \\@${username}: works`);
  }

  it("finds a caption and its description under the picture, and changes it until it is right", async () => {
    const user = discord.addUser({ username: "ada" });
    const result = await pictureOf(user, "a red fox in the snow");
    expect(textOf(result)).toContain(STANDARD_CAPTION.text);
    expect(result.attachments[0]?.description).toBe(STANDARD_CAPTION.altText);
    press(user, result, "Caption");
    const card = await newest(shows("Caption for "));
    expect(card.visibleTo).toBe(user.id);
    expect(labelsOf(card)).toEqual(["New", "Shorter", "Longer", "Edit", "Language", "Post now", "Schedule"]);
    for (const label of ["Shorter", "Longer", "New"]) {
      const text = `${label} words for a fox.`;
      openai.chat.script({ times: 1, answer: { kind: "caption", caption: { text, hashtags: [] } } });
      press(user, card, label);
      await once(card, shows(text));
    }
    const { form } = await fill(user, card, "Edit", "My own words");
    expect(form).toContain("New words for a fox.");
    await newest((message) => shows("Caption for ")(message) && shows("My own words")(message));

    const receipt = /receipt (\w+)/.exec(textOf(result))?.[1] ?? "";
    expect(
      textOf(await slash(user, "style", { instructions: "like a sailor" }, { subcommand: "caption" })),
    ).toBe("Your captions follow that from now on.");
    press(user, await slash(user, "caption", { id: receipt }), "New");
    await discord.waitFor(() => openai.chat.calls.at(-1)?.user.includes("My own words"), WAIT_MS);
    expect(`${openai.chat.calls.at(-1)?.system}${openai.chat.calls.at(-1)?.user}`).toContain("like a sailor");

    expect(textOf(await slash(user, "settings", { captions: "off" }))).toContain("Captions: off");
    const without = await pictureOf(user, "a quiet library at night");
    expect(textOf(without)).not.toContain(STANDARD_CAPTION.text);
    expect(without.attachments[0]?.description).toBe("a quiet library at night");
  });

  it("does not wait for a slow model, and takes its mentions and links for what they are", async () => {
    const user = discord.addUser({ username: "bo" });
    const hold = Promise.withResolvers<void>();
    const text = "Hello @everyone and <@1>, look at https://evil.example/win now";
    openai.chat.script({ times: 1, answer: { kind: "caption", caption: { text } }, hold: hold.promise });
    const result = await pictureOf(user, "a slow boat in the fog");
    expect(textOf(result)).not.toContain("Hello");
    hold.resolve();
    await once(result, shows("Hello"));
    expect(textOf(result)).not.toMatch(/@everyone|<@1>|evil\.example/);
    expect(result.attachments).toHaveLength(1);
  });

  it("posts exactly what the card shows, once, and tells where it is", async () => {
    const stranger = discord.addUser({ username: "eve" });
    expect(textOf(await slash(stranger, "accounts"))).toContain("You may not connect accounts here.");
    await connect("Instagram", "atelier");
    const result = await pictureOf(admin, "a tall tower in the rain", "9:16");
    press(admin, result, "Post now");
    const card = await newest(shows("This is too tall for Instagram"));
    expect(card.visibleTo).toBe(admin.id);
    expect(has("Post it now")(card)).toBe(false);
    const tall = card.attachments[0]?.sizeBytes;
    press(admin, card, "Cut to 4:5");
    await once(card, has("Post it now"));
    expect(card.attachments[0]?.sizeBytes).not.toBe(tall);

    const stale = buttonsOf(card).find(({ label }) => label === "Post it now")?.customId ?? "";
    const { form, answer } = await fill(admin, card, "Edit text", "The exact words\n\n#tower");
    expect(form).toContain(STANDARD_CAPTION.text);
    const changed = await answer.originalWhen(shows("The exact words"), WAIT_MS);
    expect(changed.id).toBe(card.id);
    // Somebody who still sees the card of before confirms nothing.
    discord.press({ user: admin, message: changed, customId: stale, forged: true });
    await once(changed, shows("This has changed since that card was sent."));

    confirmed.push("The exact words\n\n#tower");
    for (const pressed of [press(admin, changed, "Post it now"), press(admin, changed, "Post it now")]) {
      pressed.replay();
      await pressed.ack;
    }
    await once(changed, shows("You are told here as soon as it is out"));
    const told = await newest(shows("Published."));
    expect([told.visibleTo, told.channelId]).toEqual([undefined, result.channelId]);
    expect(buttonsOf(told)).toMatchObject([{ label: "Open post", url: zernio.publications.at(-1)?.url }]);
    expect(zernio.publications.at(-1)).toMatchObject({
      altTexts: [STANDARD_CAPTION.altText],
      isAiGenerated: true,
    });
  });

  it("schedules, moves, edits and cancels, and nothing of it is published", async () => {
    await slash(admin, "settings", { zone: "Europe/Berlin" });
    const result = await pictureOf(admin, "a calm lake at dawn");
    press(admin, result, "Schedule");
    const card = await newest(shows("Choose when, with a button or in your own words."));
    press(admin, card, "Tomorrow 9:00");
    await once(card, has("Schedule it"));
    expect(textOf(card)).toMatch(/\w{3} \d+ \w{3} 09:00 CES?T \(UTC\+[12]\) = 0[78]:00 UTC/);
    const { answer } = await fill(admin, card, "Other time", "friday 18:30");
    const timed = await answer.originalWhen(shows("Fri "), WAIT_MS);
    expect(textOf(timed)).toMatch(/Fri \d+ \w{3} 18:30 CES?T/);
    press(admin, timed, "Schedule it");
    await once(timed, shows("It goes out at Fri "));

    press(admin, await listedAs("atelier, scheduled Fri "), "1");
    const shown = await newest(has("Cancel post"));
    await fill(admin, shown, "Move", "in 3 days");
    const moved = await once(shown, (message) => !shows("18:30")(message) && has("Cancel post")(message));
    const editing = await fill(admin, moved, "Edit text", "A calmer lake");
    const edited = await editing.answer.originalWhen(shows("A calmer lake"), WAIT_MS);
    press(admin, edited, "Cancel post");
    await newest(shows("Cancelled. It will not be published."));
    expect([...zernio.posts.values()].at(-1)?.content).toBe("A calmer lake");
  });

  it("publishes at the time, long after the answer's quarter of an hour, and is then too late to cancel", async () => {
    const result = await pictureOf(admin, "a kite over the dunes");
    const receipt = /receipt (\w+)/.exec(textOf(result))?.[1] ?? "";
    const card = await slash(admin, "post", { id: receipt, when: "in 3 days" });
    press(admin, card, "Schedule it");
    await once(card, shows("It goes out at "));
    const showing = press(admin, await listedAs("atelier, scheduled "), "1");
    const shown = await discord.waitFor(() => showing.followUps()[0], WAIT_MS);
    confirmed.push(CAPTION);
    discord.setTokenLifeMs(1);
    // What was cancelled before was for that day too.
    await zernio.advance(3 * 86_400_000 + 60_000);
    const told = await newest((message) => shows("Published.")(message) && shows("Curled up")(message));
    expect([told.visibleTo, told.channelId]).toEqual([undefined, result.channelId]);
    discord.setTokenLifeMs(15 * 60_000);
    press(admin, shown, "Cancel post");
    await newest(shows("Too late: it is being published or was published already."));
  });

  it("says in plain words why it was not published, and tries again", async () => {
    const result = await pictureOf(admin, "a loud parade of robots");
    zernio.script({ outcome: "failed", errorCategory: "platform_rejected", errorMessage: "policy #7" });
    press(admin, result, "Post now");
    const card = await newest(
      (message) => message.channelId === result.channelId && has("Post it now")(message),
    );
    const { answer } = await fill(admin, card, "Edit text", "Robots on parade");
    press(admin, await answer.originalWhen(shows("Robots on parade"), WAIT_MS), "Post it now");
    const failed = await newest(shows("Not published."));
    expect(textOf(failed)).toContain("Instagram refused it because of its rules.");
    confirmed.push("Robots on parade");
    press(admin, failed, "Try again");
    await newest((message) => shows("Published.")(message) && shows("Robots on parade")(message));
  });

  it("asks the community's approvers first, and nothing leaves before they say so", async () => {
    const author = discord.addUser({ username: "ida" });
    const mallory = discord.addUser({ username: "mallory" });
    const result = await pictureOf(author, "a paper crane");
    const desk = discord.addChannel({ guildId: stage.channel.guildId ?? "", name: "desk" });
    const community = (user: EmulatedUser, subcommand: string, options = {}, channel = stage.channel) =>
      slash(user, "community", options, { subcommand, channel });
    expect(textOf(await community(mallory, "approval", { approval: "on" }))).toBe(
      "Only managers of this server or group may change that.",
    );
    await community(admin, "moderators", {}, desk);
    expect(textOf(await community(admin, "approval", { approval: "on" }))).toContain("wait for approval");
    expect(textOf(await community(admin, "grant", { member: author, account: "@atelier" }))).toContain(
      "ida may post to",
    );
    const ask = async (): Promise<EmulatedMessage> => {
      press(author, result, "Post now");
      const card = await newest((message) => message.visibleTo === author.id && has("Post it now")(message));
      press(author, card, "Post it now");
      await once(card, shows("Waiting for approval"));
      const asked = await newest(has("Approve"));
      expect(asked.channelId).toBe(desk.id);
      expect(textOf(asked)).toContain("ida wants to post this to Instagram");
      return asked;
    };
    const first = await ask();
    for (const user of [author, mallory]) {
      const pressed = press(user, first, "Approve");
      await discord.waitFor(() => pressed.followUps()[0]?.content.includes("Only managers"), WAIT_MS);
    }
    await fill(admin, first, "Reject", "Please without the logo.");
    await once(first, shows("Not approved by admin: “Please without the logo.” The author is told."));
    expect(labelsOf(first)).toEqual([]);
    await newest(shows("Not approved: Please without the logo."));
    expect(zernio.publications).toHaveLength(confirmed.length);

    const second = await ask();
    await fill(admin, second, "Edit text", "As the desk wants it #crane");
    await once(second, shows("As the desk wants it"));
    await newest((message) => shows("changed the text before approving")(message));
    confirmed.push("As the desk wants it #crane");
    press(admin, second, "Approve");
    await once(second, (card) => shows("Approved by admin.")(card) && has("Open post")(card));
    await newest((message) => shows("Published.")(message) && message.channelId === result.channelId);
  });

  /** The admin's list of posts, once it has this line. */
  async function listedAs(words: string): Promise<EmulatedMessage> {
    for (let look = 0; look < 50; look += 1) {
      const list = await slash(admin, "posts");
      if (shows(words)(list)) return list;
    }
    throw new Error(`never listed: ${words}`);
  }
});

describe("captions and posts on Discord without keys", () => {
  it("says what the operator has to set, and offers a template that says so", async () => {
    const stage = await createStage();
    const { discord } = stage;
    const user = discord.addUser({ username: "kim" });
    generate(stage, user);
    const [result] = await resultsAfter(stage, 0);
    if (!result) throw new Error("no result");
    for (const label of ["Post now", "Schedule"]) {
      const handle = discord.press({ user, message: result, label });
      const said = await discord.waitFor(() => handle.followUps()[0], WAIT_MS);
      expect(said.content.replaceAll("\\", "")).toBe(
        "Posting is not set up here: the operator has to set LATE_API_KEY.",
      );
      expect(said.visibleTo).toBe(user.id);
    }
    const handle = discord.press({ user, message: result, label: "Caption" });
    const card = await discord.waitFor(() => handle.followUps()[0], WAIT_MS);
    expect(textOf(card)).toContain("(a picture made with AI)");
    expect(textOf(card)).toContain("Written from your prompt; no caption model is set up here.");
    expect(labelsOf(card)).toEqual(["Edit", "Post now", "Schedule"]);
    expectClean(stage);
    await stage.leave();
  });
});

/** Accounts that posts go to: connected, in need of a new sign-in, granted and taken away, told to the real process. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Chat, Message, TelegramEmulator, User } from "../emulators/telegram/index.ts";
import { startZernioEmulator, type ZernioEmulator } from "../emulators/zernio/index.ts";
import {
  all,
  type Check,
  createStage,
  expectClean,
  has,
  labelsOf,
  leave,
  type Member,
  newMember,
  type Stage,
  shows,
  WAIT_MS,
  wordsOf,
} from "./telegram-stage.ts";

const LATE_KEY = "late-key-of-the-accounts-story";
const WEBHOOK_SECRET = "late-webhook-secret-of-the-accounts-story";
const DAY_MS = 86_400_000;

describe("social accounts", () => {
  let stage: Stage;
  let telegram: TelegramEmulator;
  let zernio: ZernioEmulator;
  let admin: Member;
  /** How many posts were confirmed for good: as many are public, and nothing else. */
  let released = 0;

  beforeAll(async () => {
    zernio = await startZernioEmulator();
    stage = await createStage({
      LATE_API_KEY: LATE_KEY,
      LATE_API_URL: zernio.apiUrl,
      LATE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      FREE_MONTHLY_LIMIT: "100",
    });
    telegram = stage.telegram;
    // What Telegram lets through is told by other stories.
    telegram.setLimits(false);
    await stage.easel.start();
    zernio.setWebhook({ url: `${stage.easel.url}/webhooks/late`, secret: WEBHOOK_SECRET });
    const [user, chat] = [stage.admin, telegram.privateChat(stage.admin)];
    admin = { user, chat, say: (text) => telegram.send({ user, chat, text }).message };
  });

  afterEach(() => {
    expectClean(stage);
    expect([zernio.violations, zernio.errors]).toEqual([[], []]);
    expect(zernio.publications).toHaveLength(released);
    expect([zernio.doubles(), zernio.afterCancel(), zernio.tooEarly()].flat()).toEqual([]);
    for (const secret of [LATE_KEY, WEBHOOK_SECRET]) expect(stage.easel.output).not.toContain(secret);
  });
  afterAll(async () => {
    await leave(stage);
    await zernio.close();
  });

  const own = (chat: Chat): Message[] =>
    telegram.messages(chat).filter(({ from }) => from?.id === telegram.me.id);
  const newest = (chat: Chat, check: Check): Promise<Message> =>
    telegram.until(() => own(chat).findLast(check), WAIT_MS);
  const once = (chat: Chat, { message_id: id }: Message, check: Check): Promise<Message> =>
    telegram.until(() => own(chat).find((one) => one.message_id === id && check(one)), WAIT_MS);
  const press = (user: User, message: Message, label: string) => telegram.press({ user, message, label });
  /** What comes to this chat after something was done. */
  async function after(chat: Chat, act: () => unknown, check: Check): Promise<Message> {
    const before = own(chat).length;
    act();
    return telegram.until(() => own(chat).slice(before).find(check), WAIT_MS);
  }

  const accountNamed = (username: string) => {
    const account = [...zernio.accounts.values()].find((one) => one.username === username);
    if (!account) throw new Error(`no account ${username}`);
    return account;
  };

  /** What a command is answered, asked again until it says this: what a service knows is not known at once. */
  async function repeated(
    { user, chat }: Member,
    command: string,
    words: string,
    where: Chat = chat,
  ): Promise<Message> {
    const until = Date.now() + WAIT_MS;
    for (;;) {
      const asked = () => telegram.send({ user, chat: where, text: command });
      const answer = await after(chat, asked, () => true);
      if (shows(words)(answer)) return answer;
      if (Date.now() > until) throw new Error(`never said: ${words}`);
    }
  }
  const listed = (member: Member, words: string, where?: Chat): Promise<Message> =>
    repeated(member, "/accounts", words, where);

  /** Presses a button of the list that leads to a network, and signs in there. */
  async function signIn({ user, chat }: Member, list: Message, label: string, username: string) {
    const link = await after(chat, () => press(user, list, label), shows("Open "));
    zernio.signIn({ username });
    return fetch(/http\S+$/.exec(wordsOf(link))?.[0] ?? "");
  }

  const pictureOf = (member: Member, words: string): Promise<Message> =>
    after(member.chat, () => member.say(`/generate ${words}`), has("Post now"));

  it("is connected by a link that works once, and by nobody who may not", async () => {
    const stranger = newMember(telegram, "Eve");
    stranger.say("/accounts");
    await newest(stranger.chat, shows("You may not connect accounts here."));

    const list = await listed(admin, "None is connected yet.");
    const link = await after(
      admin.chat,
      () => press(admin.user, list, "+ Instagram"),
      shows("Open Instagram"),
    );
    const url = /http\S+$/.exec(wordsOf(link))?.[0] ?? "";
    zernio.signIn({ error: "user_denied" });
    await fetch(url);
    expect((await fetch(url)).status).toBe(410);
    const still = await listed(admin, "None is connected yet.");
    await signIn(admin, still, "+ Instagram", "atelier");
    const there = await listed(admin, "Instagram @atelier: works");
    expect(labelsOf(there)).toContain("✕ @atelier");
  });

  it("says when it needs a new sign-in, takes no post until then, and one afterwards", async () => {
    zernio.setAccount(accountNamed("atelier").id, { needsReconnection: true });
    const list = await listed(admin, "Instagram @atelier: needs to be connected again");
    expect(wordsOf(list)).toContain("nothing can be posted there until then");
    const result = await pictureOf(admin, "a red fox in the snow");
    const refused = await after(
      admin.chat,
      () => press(admin.user, result, "Post now"),
      shows("Instagram @atelier"),
    );
    expect(has("Post it now")(refused)).toBe(false);
    expect(wordsOf(refused)).toContain("/accounts");

    await signIn(admin, list, "↻ @atelier", "atelier");
    await listed(admin, "Instagram @atelier: works");
    const card = await after(admin.chat, () => press(admin.user, result, "Post now"), has("Post it now"));
    released += 1;
    press(admin.user, card, "Post it now");
    await newest(admin.chat, shows("Published."));
  });

  it("takes what is planned for it along when it is disconnected, and says so", async () => {
    const result = await pictureOf(admin, "a lighthouse in a storm");
    const card = await after(admin.chat, () => press(admin.user, result, "Schedule"), has("Tomorrow 9:00"));
    press(admin.user, card, "Tomorrow 9:00");
    press(admin.user, await once(admin.chat, card, has("Schedule it")), "Schedule it");
    await once(admin.chat, card, shows("It goes out at "));
    const list = await listed(admin, "Instagram @atelier: works");
    const question = await after(
      admin.chat,
      () => press(admin.user, list, "✕ @atelier"),
      shows("Disconnect Instagram @atelier?"),
    );
    const told = await after(
      admin.chat,
      () => press(admin.user, question, "Disconnect"),
      shows("a lighthouse in a storm"),
    );
    expect(wordsOf(told)).toContain("It will not be published.");
    await once(admin.chat, question, shows("None is connected yet."));
  });

  describe("of a community", () => {
    let ida: Member;
    let manager: Member;
    let group: Chat;

    beforeAll(async () => {
      ida = newMember(telegram, "Ida");
      manager = newMember(telegram, "Mo");
      group = telegram.supergroup({ title: "Atelier", members: [stage.admin, ida.user, manager.user] });
      telegram.promote(group, manager.user);
      await signIn(manager, await listed(manager, "None is connected yet.", group), "+ Instagram", "club");
      await listed(manager, "Instagram @club: works", group);
    });

    const manage = (text: string, words: string): Promise<Message> =>
      after(manager.chat, () => telegram.send({ user: manager.user, chat: group, text }), shows(words));

    it("is posted to by whom it was granted; a revoke takes back what waits", async () => {
      const result = await pictureOf(ida, "a paper boat on the river");
      await manage(`/community grant telegram:${ida.user.id} @club`, "Ida may post to");
      const plan = async (): Promise<Message> => {
        const card = await after(ida.chat, () => press(ida.user, result, "Schedule"), has("Tomorrow 9:00"));
        press(ida.user, card, "Tomorrow 9:00");
        return once(ida.chat, card, has("Schedule it"));
      };
      press(ida.user, await plan(), "Schedule it");
      await newest(ida.chat, shows("It goes out at "));
      await repeated(ida, "/posts", "scheduled ");
      const unconfirmed = await plan();

      const told = await after(
        ida.chat,
        () =>
          telegram.send({
            user: manager.user,
            chat: group,
            text: `/community revoke telegram:${ida.user.id} @club`,
          }),
        shows("The right to post to @club was taken away"),
      );
      expect(wordsOf(told)).toContain("a paper boat on the river");
      await newest(manager.chat, shows("Ida may not post to"));
      // A card of before confirms nothing any more.
      press(ida.user, unconfirmed, "Schedule it");
      await telegram.until(() => !has("Schedule it")(own(ida.chat).at(-1) ?? unconfirmed), WAIT_MS);
    });

    it("may be joined by members' own ones where its managers say so", async () => {
      telegram.send({ user: ida.user, chat: group, text: "/accounts" });
      await newest(ida.chat, shows("You may not connect accounts here."));
      await manage("/community accounts members", "Social accounts are connected by");
      const list = await listed(ida, "None is connected yet.", group);
      await signIn(ida, list, "+ Instagram", "ida.paints");
      const there = await listed(ida, "Instagram @ida.paints: works", group);
      expect(wordsOf(there)).not.toContain("@club");
      const result = await pictureOf(ida, "a quiet garden at noon");
      const card = await after(ida.chat, () => press(ida.user, result, "Post now"), has("Post it now"));
      expect(wordsOf(card)).toContain("Post to Instagram @ida.paints");
      released += 1;
      press(ida.user, card, "Post it now");
      await newest(ida.chat, shows("Published."));
      expect(zernio.publications.at(-1)?.accountId).toBe(accountNamed("ida.paints").id);
    });
  });

  it("takes a video as it is, within what its network allows", async () => {
    const { user, chat, say } = admin;
    await signIn(admin, await listed(admin, "None is connected yet."), "+ TikTok", "films");
    await listed(admin, "TikTok @films: works");
    const result = await after(
      chat,
      () => say("/generate --video a whale over a ship"),
      all(({ video }) => video !== undefined, has("Post now")),
    );
    const card = await after(chat, () => press(user, result, "Post now"), has("Post it now"));
    expect(card.video).toMatchObject({ mime_type: "video/mp4" });
    const question = await after(
      chat,
      () => press(user, card, "Edit text"),
      shows("What should the post say?"),
    );
    const answer = (text: string, to: Message) => telegram.send({ user, chat, text, replyTo: to.message_id });
    const long = await after(
      chat,
      () => answer("A whale. ".repeat(300), question),
      shows("The text has 2,699 characters and TikTok takes 2,200"),
    );
    expect([has("Post it now")(long), has("Shorten to 2,200 characters")(long)]).toEqual([false, true]);
    const again = await after(chat, () => press(user, long, "Edit text"), shows("What should the post say?"));
    const ready = await after(chat, () => answer("A whale. A ship.", again), has("Post it now"));
    released += 1;
    press(user, ready, "Post it now");
    await newest(chat, all(shows("Published."), shows("A whale.")));
    const [film] = zernio.publications.at(-1)?.media ?? [];
    expect(film?.contentType).toBe("video/mp4");
  });

  it("publishes nothing of what was taken back when its time comes", async () => {
    await zernio.advance(2 * DAY_MS);
    expect([...zernio.posts.values()].filter(({ status }) => status === "scheduled")).toEqual([]);
  });
});

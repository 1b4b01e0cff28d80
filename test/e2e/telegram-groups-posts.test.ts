/** Posts out of a group with topics on Telegram: who sees what where, approval, and who may post. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Chat, Message, TelegramEmulator, User } from "../emulators/telegram/index.ts";
import { startZernioEmulator, type ZernioEmulator } from "../emulators/zernio/index.ts";
import {
  all,
  buttonsOf,
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

const LATE_KEY = "late-key-of-the-group-story";
const WEBHOOK_SECRET = "late-webhook-secret-of-the-group-story";

describe("posts out of a group on Telegram", () => {
  let stage: Stage;
  let telegram: TelegramEmulator;
  let zernio: ZernioEmulator;
  let group: Chat;
  let pictures: number;
  let desk: number;
  let ida: Member;
  let mallory: Member;
  let manager: Member;
  /** How many posts were confirmed, and approved where that was needed: as many are public. */
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
    // What Telegram lets through is told by other stories; here many speak in one group within seconds.
    telegram.setLimits(false);
    await stage.easel.start();
    zernio.setWebhook({ url: `${stage.easel.url}/webhooks/late`, secret: WEBHOOK_SECRET });
    ida = newMember(telegram, "Ida");
    mallory = newMember(telegram, "Mallory");
    manager = newMember(telegram, "Mo");
    gather();
  });

  /** Another group: in each the bot says no more than Telegram lets it say in a minute. */
  function gather(): void {
    group = telegram.supergroup({
      title: "Atelier",
      members: [stage.admin, ida.user, mallory.user, manager.user],
      topics: ["Pictures", "Desk"],
    });
    telegram.promote(group, manager.user);
    const topics = telegram.topics(group);
    [pictures, desk] = [topics.get("Pictures") ?? 0, topics.get("Desk") ?? 0];
  }

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
  /** The newest message of the bot that is like that. */
  const newest = (chat: Chat, check: Check): Promise<Message> =>
    telegram.until(() => own(chat).findLast(check), WAIT_MS);
  const once = (chat: Chat, { message_id: id }: Message, check: Check): Promise<Message> =>
    telegram.until(() => own(chat).find((one) => one.message_id === id && check(one)), WAIT_MS);
  const press = (user: User, message: Message, label: string) => telegram.press({ user, message, label });
  const say = (user: User, text: string, topic?: number, replyTo?: number): Message =>
    telegram.send({
      user,
      chat: group,
      text,
      ...(topic === undefined ? {} : { topic }),
      ...(replyTo === undefined ? {} : { replyTo }),
    }).message;
  /** What only the manager reads, in answer to a command in the group. */
  async function manage(text: string, words: string, replyTo?: number): Promise<void> {
    const before = own(manager.chat).length;
    say(manager.user, text, pictures, replyTo);
    await telegram.until(() => own(manager.chat).slice(before).find(shows(words)), WAIT_MS);
  }

  /** The list comes to the manager alone; its buttons still speak of the group. */
  async function connect(username: string): Promise<void> {
    await manage("/accounts", "Social accounts");
    const before = own(manager.chat).length;
    press(manager.user, await newest(manager.chat, has("+ Instagram")), "+ Instagram");
    const link = await telegram.until(
      () => own(manager.chat).slice(before).find(shows("Open Instagram")),
      WAIT_MS,
    );
    zernio.signIn({ username });
    await fetch(/http\S+$/.exec(wordsOf(link))?.[0] ?? "");
    await manage("/accounts", `Instagram @${username}: works`);
  }

  async function pictureOf(user: User, words: string, topic?: number): Promise<Message> {
    const asked = say(user, `/generate ${words}`, topic);
    return newest(
      group,
      all(has("Post now"), ({ reply_to_message: to }) => to?.message_id === asked.message_id),
    );
  }

  /** Post now under a result, and the card in the member's private chat. */
  async function cardFor({ user, chat }: Member, result: Message, label = "Post it now"): Promise<Message> {
    const before = own(chat).length;
    press(user, result, "Post now");
    return telegram.until(() => own(chat).slice(before).find(has(label)), WAIT_MS);
  }

  it("lets a manager connect the community's account, and grants it to people it has never met", async () => {
    say(mallory.user, "/community approval on", pictures);
    await newest(mallory.chat, shows("Only managers of this server or group may change that."));
    await connect("community");

    const result = await pictureOf(ida.user, "a fox nobody may post yet", pictures);
    const refused = await press(ida.user, result, "Post now").answer;
    expect(refused.text).toBe(
      "No social account is connected for you. /accounts connects one, or ask an admin.",
    );
    // Neither has ever written to the bot: the one is answered, the other is not there.
    const quiet = telegram.addUser("Quinn");
    const talk = say(quiet, "good morning", pictures);
    await manage(
      "/community grant @community",
      "Quinn may post to Instagram @community now.",
      talk.message_id,
    );
    await manage("/community grant @nobody_knows @community", "I do not know “@nobody_knows” yet.");
    await manage(
      `/community grant telegram:${ida.user.id} @community`,
      "Ida may post to Instagram @community now.",
    );
  });

  it.each(["Pictures", "General"])("tells the outcome under the picture, in the topic %s", async (name) => {
    const topic = name === "General" ? undefined : pictures;
    const result = await pictureOf(ida.user, `a paper crane for ${name}`, topic);
    const card = await cardFor(ida, result);
    released += 1;
    press(ida.user, card, "Post it now");
    const told = await newest(group, all(shows("Published."), shows(`a paper crane for ${name}`)));
    expect(told.reply_to_message?.message_id).toBe(result.message_id);
    expect([told.message_thread_id, told.is_topic_message]).toEqual(
      topic === undefined ? [undefined, undefined] : [topic, true],
    );
    expect(buttonsOf(told)).toEqual([{ text: "Open post", url: zernio.publications.at(-1)?.url }]);
    // The card, which names accounts and words that nobody has seen, was never in the group.
    expect(own(group).filter(has("Post it now"))).toEqual([]);
  });

  it("says in the group how to get a card that cannot be sent, and loses nothing", async () => {
    const max = telegram.addUser("Max");
    const result = await pictureOf(max, "a shy hedgehog in a hat", pictures);
    await manage(
      `/community grant telegram:${max.id} @community`,
      "Max may post to Instagram @community now.",
    );
    press(max, result, "Post now");
    const hint = await newest(group, shows("press Start, and it comes there."));
    expect([hint.message_thread_id, hint.reply_to_message?.message_id]).toEqual([
      pictures,
      result.message_id,
    ]);
    expect(wordsOf(hint)).not.toContain("hedgehog");
    const [start] = buttonsOf(hint);
    expect(start?.text).toBe("Open private chat");
    const link = new URL(start?.url ?? "");
    expect(link.origin + link.pathname).toBe(`https://t.me/${telegram.me.username}`);

    const chat = telegram.privateChat(max);
    telegram.send({ user: max, chat, text: `/start ${link.searchParams.get("start")}` });
    const card = await newest(chat, all(has("Post it now"), shows("a shy hedgehog")));
    released += 1;
    press(max, card, "Post it now");
    const told = await newest(group, all(shows("Published."), shows("a shy hedgehog")));
    expect(told.reply_to_message?.message_id).toBe(result.message_id);
  });

  it("opens nothing by a link that would change something", async () => {
    const result = await pictureOf(ida.user, "a picture that stays", pictures);
    const handle = buttonsOf(result)[0]?.callback_data?.split("|")[2] ?? "";
    ida.say(`/start delete-sure-${handle}`);
    await newest(ida.chat, shows("Hello Ida"));
    expect(telegram.messages(group).some(({ message_id: id }) => id === result.message_id)).toBe(true);
  });

  describe("with approval", () => {
    beforeAll(async () => {
      gather();
      await connect("desk");
      await manage(`/community grant telegram:${ida.user.id} @desk`, "Ida may post to Instagram @desk now.");
      await manage("/community approval on", "First type /community moderators");
      say(manager.user, "/community moderators", desk);
      await newest(group, shows("Approvers are asked in the place that was chosen."));
      await manage("/community approval on", "wait for approval");
    });

    /** Ida wants to post a picture of hers: the card in her private chat, and what the desk is asked. */
    async function asked(words: string): Promise<{ card: Message; request: Message }> {
      ida.say(`/generate ${words}`);
      const result = await newest(ida.chat, all(has("Post now"), shows(words)));
      const chosen = await cardFor(ida, result, "Instagram @desk");
      press(ida.user, chosen, "Instagram @desk");
      const card = await once(ida.chat, chosen, has("Post it now"));
      press(ida.user, card, "Post it now");
      await once(ida.chat, card, shows("Waiting for approval"));
      const request = await newest(group, all(has("Approve"), shows(words)));
      expect(request.message_thread_id).toBe(desk);
      expect(wordsOf(request)).toContain("Ida wants to post this to Instagram @desk");
      return { card, request };
    }
    /** Messages of the bot at the desk that somebody could decide with. */
    const open = (): Message[] => own(group).filter(has("Approve"));

    it("shows on the card who did not want it and why, and takes its buttons", async () => {
      const { request } = await asked("a whale with a logo");
      for (const { user } of [ida, mallory]) {
        const said = await press(user, request, "Approve").answer;
        expect(said.text).toBe("Only managers of this community may decide about posts.");
      }
      press(manager.user, request, "Reject");
      const question = await newest(group, shows("Why not?"));
      say(manager.user, "Please without the logo.", desk, question.message_id);
      const decided = await once(group, request, shows("Not approved by Mo: “Please without the logo.”"));
      expect(labelsOf(decided)).toEqual([]);
      await newest(ida.chat, shows("Not approved: Please without the logo."));
      // What is said of it beside the card stays at the desk, in words alone.
      const said = await newest(group, shows("The author is told."));
      expect([said.message_thread_id, said.photo]).toEqual([desk, undefined]);
      expect(open()).toEqual([]);
    });

    it("changes the card where an approver edits, and ends it with the link", async () => {
      const { request } = await asked("a castle made of sugar");
      press(manager.user, request, "Edit text");
      const question = await newest(group, shows("What should it say instead?"));
      say(manager.user, "As the desk wants it #castle", desk, question.message_id);
      const edited = await once(group, request, all(shows("As the desk wants it"), has("Approve")));
      expect(open()).toHaveLength(1);
      await newest(ida.chat, shows("Mo changed the text before approving it."));

      released += 1;
      press(manager.user, edited, "Approve");
      const ended = await once(group, request, all(shows("Approved by Mo."), shows("Published.")));
      expect(buttonsOf(ended)).toEqual([{ text: "Open post", url: zernio.publications.at(-1)?.url }]);
      expect(zernio.publications.at(-1)?.text).toBe("As the desk wants it #castle");
      // Made in private: its outcome is told there.
      await newest(ida.chat, all(shows("Published."), shows("As the desk wants it"), has("Open post")));
    });

    it("tells whoever comes second what was decided, on whatever they press or answer", async () => {
      const { request } = await asked("a bridge over the clouds");
      const approve = buttonsOf(request).find(({ text }) => text === "Approve")?.callback_data ?? "";
      press(manager.user, request, "Reject");
      const question = await newest(
        group,
        all(shows("Why not?"), ({ reply_to_message: to }) => to?.message_id === request.message_id),
      );
      released += 1;
      press(stage.admin, request, "Approve");
      const ended = await once(group, request, all(shows("Approved by Admin."), shows("Published.")));
      say(manager.user, "Too many clouds.", desk, question.message_id);
      await newest(group, all(shows("Somebody has decided meanwhile."), shows("Approved by Admin.")));
      // A screen that still shows the old buttons.
      telegram.press({ user: manager.user, message: request, data: approve, forged: true });
      expect(await once(group, request, has("Open post"))).toMatchObject({ caption: ended.caption });
    });
  });
});

/** What is told on Discord later than its request: in the thread of a result, and on cards that others decide about. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Reply } from "../../src/core/conversation/text.ts";
import type { Json } from "../../src/core/json.ts";
import type { Outgoing } from "../../src/core/ports/messenger.ts";
import type { DiscordEmulator } from "../emulators/discord/discord-emulator.ts";
import { buttonsOf } from "../emulators/discord/message-view.ts";
import type { EmulatedChannel, EmulatedMessage } from "../emulators/discord/model.ts";
import {
  type DiscordScene,
  deliveryId,
  picture,
  refOf,
  result,
  startScene,
  status,
  words,
} from "./support/discord-scene.ts";

const DAYS_MS = 86_400_000;

let scene: DiscordScene;
let emulator: DiscordEmulator;
/** Added to the time of both sides. */
let aheadMs = 0;

beforeEach(async () => {
  aheadMs = 0;
  scene = await startScene({ now: () => Date.now() + aheadMs });
  emulator = scene.emulator;
});

afterEach(async () => {
  await scene.close();
  expect(emulator.violations).toEqual([]);
});

describe("news of a result", () => {
  const news = (statusRef: Json): Outgoing => ({
    kind: "notice",
    reply: words("Published."),
    index: null,
    count: 1,
    statusRef,
  });
  const threads = (): EmulatedChannel[] =>
    [...emulator.world.channels.values()].filter(({ type }) => type === 11);
  const last = (channelId: string): EmulatedMessage | undefined => emulator.messages(channelId).at(-1);

  /** A result in a thread of its own, days ago. */
  async function resultOfDaysAgo() {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    const ref = refOf(await scene.send(result(statusRef), target, { deliveryId: deliveryId("a") }));
    const [thread] = threads();
    if (!thread) throw new Error("there is no thread");
    aheadMs += 3 * DAYS_MS;
    return { target, ref, thread };
  }

  it("comes into its thread, and opens that again where it was archived", async () => {
    const { target, ref, thread } = await resultOfDaysAgo();
    thread.archived = true;
    const sent = await scene.send(news(ref), target, { deliveryId: deliveryId("b") });
    expect(sent).toMatchObject({ status: "sent" });
    expect(last(thread.id)).toMatchObject({ content: "Published." });
    expect(last(thread.id)?.visibleTo).toBeUndefined();
    expect(thread.archived).toBe(false);
    expect(threads()).toHaveLength(1);
  });

  it("comes into the channel where its thread is locked, or gone", async () => {
    const { target, ref, thread } = await resultOfDaysAgo();
    Object.assign(thread, { archived: true, locked: true });
    await scene.send(news(ref), target, { deliveryId: deliveryId("b") });
    expect(last(scene.channel.id)?.content).toBe("Published.");
    thread.deleted = true;
    const sent = await scene.send(news(ref), target, { deliveryId: deliveryId("c") });
    expect(sent).toMatchObject({ status: "sent" });
    expect(
      emulator.messages(scene.channel.id).filter(({ content }) => content === "Published."),
    ).toHaveLength(2);
  });

  it("answers it in the thread where it was asked for", async () => {
    const thread = emulator.addChannel({
      guildId: scene.guild.id,
      parentId: scene.channel.id,
      type: 11,
      name: "t",
    });
    const { target } = await scene.generate({ channel: thread });
    const statusRef = refOf(await scene.send(status("Generating"), target));
    const ref = refOf(await scene.send(result(statusRef), target, { deliveryId: deliveryId("a") }));
    const shown = last(thread.id);
    aheadMs += DAYS_MS;
    await scene.send(news(ref), target, { deliveryId: deliveryId("b") });
    expect(last(thread.id)).toMatchObject({ content: "Published.", replyTo: { messageId: shown?.id } });
  });
});

describe("a card that somebody else decides about", () => {
  const asks: Reply = {
    ...words("May it go out?"),
    buttons: [[{ label: "Approve", style: "primary", data: "v1|approve|handle1|" }]],
  };
  const amend = (text: string, resultRef: Json): Outgoing => ({
    kind: "amend",
    reply: words(text),
    altText: "a red fox",
    resultRef,
  });

  it("shows it in its place with its file, and loses its buttons, however often it is said", async () => {
    const { target } = await scene.generate();
    const card = { kind: "reply", reply: asks, media: picture() } as const;
    const ref = refOf(await scene.send(card, target));
    const message = emulator.messages(scene.channel.id).at(-1);
    if (!message) throw new Error("there is no card");
    expect(buttonsOf(message)).toHaveLength(1);
    aheadMs += DAYS_MS;
    for (const id of ["b", "c"])
      await scene.send(amend("Approved by Bo.", ref), target, { deliveryId: deliveryId(id) });
    expect(message).toMatchObject({ content: "Approved by Bo." });
    expect(buttonsOf(message)).toEqual([]);
    expect(message.attachments).toMatchObject([{ description: "a red fox" }]);
  });

  it("that came through an interaction is changed that way, and never what the interaction was answered", async () => {
    const { target, handle } = await scene.generate({ options: { private: true } });
    await scene.send(status("Generating"), target);
    const ref = refOf(await scene.send({ kind: "reply", reply: asks }, target));
    const [card] = handle.followUps();
    await scene.send(amend("Approved by Bo.", ref), target, { deliveryId: deliveryId("b") });
    expect([card?.content, handle.original()?.content]).toEqual(["Approved by Bo.", "Generating"]);
    aheadMs += 15 * 60_000;
    const requests = emulator.requests.length;
    expect(await scene.send(amend("Too late", ref), target)).toMatchObject({ status: "sent" });
    expect(emulator.requests).toHaveLength(requests);
  });
});

describe("a member whom a command names", () => {
  it("is called as Discord says; a bot is nobody to grant anything to", async () => {
    const { user, channel } = scene;
    const quinn = emulator.addUser({ username: "quinn" });
    const bot = emulator.addUser({ username: "beep", bot: true });
    for (const member of [quinn, bot]) {
      const options = { member, account: "@atelier" };
      emulator.slash({ user, channel, name: "community", subcommand: "grant", options });
    }
    await emulator.waitFor(() => scene.arrivals.length === 2);
    expect(scene.arrivals.map(({ intent }) => (intent.kind === "command" ? intent.options : {}))).toEqual([
      { member: `discord:${quinn.id}`, "member-name": "quinn", account: "@atelier" },
      { member: `discord:${bot.id}`, account: "@atelier" },
    ]);
  });
});

/** Files in answers, results that are amended, and filled forms on Discord, with a core that says what it is told to. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Reply } from "../../src/core/conversation/text.ts";
import type { Json } from "../../src/core/json.ts";
import type { Outgoing } from "../../src/core/ports/messenger.ts";
import type { DiscordEmulator } from "../emulators/discord/discord-emulator.ts";
import { buttonsOf } from "../emulators/discord/message-view.ts";
import { fieldsOf } from "../emulators/discord/modal-form.ts";
import type { EmulatedMessage } from "../emulators/discord/model.ts";
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

const DAYS_MS = 86_400_000;
const button = (label: string, data: string) => ({ label, style: "primary", data }) as const;

/** Words about a stored file of this size. */
function card(text: string, key = "ast_1/aa.png", sizeBytes = 9): Reply {
  const facts = { contentType: "image/png", sizeBytes, width: 8, height: 8, durationMs: null } as const;
  return {
    ...words(text),
    buttons: [[button("Change", "v1|favourite|handle1|on")]],
    media: { file: { key, sha256: key, ...facts }, altText: "a red fox" },
  };
}

function store(key: string, text = `bytes of ${key}`): void {
  scene.files.set(key, new TextEncoder().encode(text));
}

const slash = (options: Record<string, string | boolean> = {}) =>
  emulator.slash({
    user: scene.user,
    channel: scene.channel,
    name: "generate",
    options: { prompt: "a red fox in the snow", ...options },
  });

const told = (text: string) => (message: EmulatedMessage) => message.content === text;
const filesOf = (message: EmulatedMessage | undefined) =>
  message?.attachments.map(({ filename, description, bytes }) => [filename, description, bytes.toString()]);

describe("an answer that shows a file", () => {
  beforeEach(() => {
    store("ast_1/aa.png");
    store("ast_2/bb.png");
  });

  it("has words, buttons and the file with its alt text in one message", async () => {
    scene.answerWith(() => ({ status: "reply", reply: card("as it will be") }));
    const message = await slash().originalWhen(told("as it will be"));
    expect(filesOf(message)).toEqual([["easel-post.png", "a red fox", "bytes of ast_1/aa.png"]]);
    expect(buttonsOf(message).map(({ label }) => label)).toEqual(["Change"]);
  });

  it("is private where its words are", async () => {
    scene.answerWith(() => ({ status: "reply", reply: { ...card("for you"), private: true } }));
    const handle = slash();
    await emulator.waitFor(() => handle.followUps().length === 1);
    expect(handle.followUps()[0]?.visibleTo).toBe(scene.user.id);
    expect(filesOf(handle.followUps()[0])).toHaveLength(1);
  });

  it("changes in its place: another file replaces the first, and goes where none is shown", async () => {
    scene.answerWith(() => ({ status: "reply", reply: card("first") }));
    const message = await slash().originalWhen(told("first"));
    scene.answerWith(() => ({ status: "replace", reply: card("second", "ast_2/bb.png") }));
    emulator.press({ user: scene.user, message, label: "Change" });
    await emulator.waitFor(() => message.content === "second");
    expect(filesOf(message)).toEqual([["easel-post.png", "a red fox", "bytes of ast_2/bb.png"]]);
    const { media: _, ...bare } = card("third");
    scene.answerWith(() => ({ status: "replace", reply: bare }));
    emulator.press({ user: scene.user, message, label: "Change" });
    await emulator.waitFor(() => message.content === "third");
    expect(message.attachments).toEqual([]);
    scene.answerWith(() => ({ status: "replace", reply: card("fourth") }));
    emulator.press({ user: scene.user, message, label: "Change" });
    await emulator.waitFor(() => message.content === "fourth");
    expect(message.attachments).toHaveLength(1);
  });

  it("leaves the picture of a result where only its words change", async () => {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    await scene.send(result(statusRef), target);
    const message = emulator.messages(String(emulator.history.at(-1)?.channelId)).at(-1) ?? never();
    const { media: _, ...bare } = card("kept");
    scene.answerWith(() => ({ status: "replace", reply: bare }));
    message.components = [
      { type: 1, components: [{ type: 2, style: 1, label: "Keep", custom_id: "v1|favourite|handle0|" }] },
    ];
    emulator.press({ user: scene.user, message, label: "Keep" });
    await emulator.waitFor(() => message.content === "kept");
    expect(message.attachments.map(({ filename }) => filename)).toEqual(["easel-k7q2zm.png"]);
  });

  it.each([
    ["is known to be too large", card("large", "ast_1/aa.png", 30 * 1024 * 1024), 10_485_760],
    ["is found too large by Discord", card("large"), 5],
    ["is not there any more", card("large", "ast_9/zz.png"), 10_485_760],
  ])("has a link in its place where the file %s", async (_why, reply, limitBytes) => {
    emulator.setFileLimitBytes(limitBytes);
    scene.answerWith(() => ({ status: "reply", reply }));
    const message = await slash().originalWhen(told("large"));
    expect(message.attachments).toEqual([]);
    expect(buttonsOf(message).map(({ url }) => url)).toEqual([
      "",
      `https://easel.example/media/${reply.media?.file.key}`,
    ]);
  });

  it("is words alone where nobody could open a link", async () => {
    scene.setLinks(false);
    scene.answerWith(() => ({ status: "reply", reply: card("large", "ast_9/zz.png") }));
    const message = await slash().originalWhen(told("large"));
    expect(buttonsOf(message).map(({ label }) => label)).toEqual(["Change"]);
  });

  it("comes once although its answer was lost", async () => {
    scene.answerWith(() => ({ status: "reply", reply: card("here") }));
    emulator.fail({ method: "PATCH", do: { kind: "cut-after" } });
    const message = await slash().originalWhen(({ edits }) => edits === 2);
    expect(message.attachments).toHaveLength(1);
  });
});

describe("a reply of the outbox", () => {
  const reply = (text: string, more: Partial<Extract<Outgoing, { kind: "reply" }>> = {}): Outgoing => ({
    kind: "reply",
    reply: { ...words(text), buttons: [[button("Approve", `v1|favourite|${text}|`)]] },
    ...more,
  });

  it("is posted for all where an interaction of days ago came from", async () => {
    emulator.slash({ user: scene.user, channel: scene.channel, name: "community", subcommand: "moderators" });
    await emulator.waitFor(() => scene.arrivals.length === 1);
    const { target } = scene.arrivals[0] ?? never();
    expect(target).toMatchObject({ private: false, community: `discord:${scene.guild.id}` });
    aheadMs += 3 * DAYS_MS;
    const ref = refOf(await scene.send(reply("A post waits", { media: picture("easel-post.png") }), target));
    const message = emulator.messages(scene.channel.id).at(-1);
    expect(message?.visibleTo).toBeUndefined();
    expect(message).toMatchObject({
      content: "A post waits",
      attachments: [{ description: expect.any(String) }],
    });
    expect(ref).toMatchObject({ byBot: true, channelId: scene.channel.id, messageId: message?.id });
  });

  it("is posted in the thread where that was", async () => {
    const { guild, channel: parent } = scene;
    const thread = emulator.addChannel({ guildId: guild.id, parentId: parent.id, type: 11, name: "t" });
    const { target } = await scene.generate({ channel: thread });
    aheadMs += 3 * DAYS_MS;
    await scene.send(reply("A post waits"), target);
    expect(emulator.messages(thread.id).at(-1)?.content).toBe("A post waits");
  });

  it("does not write over what the interaction was answered, and comes once after a lost answer", async () => {
    scene.answerWith(() => ({ status: "reply", reply: words("Cards come here.") }));
    await slash().originalWhen(told("Cards come here."));
    const { target } = scene.arrivals[0] ?? never();
    emulator.fail({ method: "POST", path: /\/messages$/, do: { kind: "cut-after" } });
    expect(await scene.send(reply("one"), target)).toMatchObject({ status: "unknown" });
    await scene.send(reply("one"), target, { tries: 2 });
    await scene.send(reply("two"), target, { deliveryId: deliveryId("b") });
    expect(emulator.messages(scene.channel.id).map(({ content }) => content)).toEqual([
      "Cards come here.",
      "one",
      "two",
    ]);
  });

  it("that is private is a further private answer, later a direct message", async () => {
    const { target, handle } = await scene.generate({ options: { private: true } });
    await scene.send(status("Generating"), target);
    await scene.send(reply("Published"), target, { deliveryId: deliveryId("a") });
    expect(handle.original()?.content).toBe("Generating");
    expect(handle.followUps()).toMatchObject([{ content: "Published", visibleTo: scene.user.id }]);
    aheadMs += DAYS_MS;
    await scene.send(reply("Published again"), target, { deliveryId: deliveryId("b") });
    expect(emulator.messages(emulator.directChannel(scene.user.id).id)).toMatchObject([
      { content: "Published again" },
    ]);
  });

  it("that is private stays so where all could read it", async () => {
    const { target } = await scene.generate();
    await scene.send(status("Generating"), target);
    aheadMs += DAYS_MS;
    await scene.send({ kind: "reply", reply: words("Published", true) }, target);
    expect(emulator.messages(scene.channel.id)).toHaveLength(1);
    expect(emulator.messages(emulator.directChannel(scene.user.id).id)).toMatchObject([
      { content: "Published" },
    ]);
  });

  it("keeps its words where the file is too large", async () => {
    const { target } = await scene.generate();
    emulator.setFileLimitBytes(5);
    expect(await scene.send(reply("A post waits", { media: picture() }), target)).toMatchObject({
      status: "sent",
    });
    expect(emulator.messages(scene.channel.id).at(-1)).toMatchObject({
      content: "A post waits",
      attachments: [],
    });
  });
});

describe("a result whose caption comes later", () => {
  const amend = (resultRef: Json, text: string, index = 0): Outgoing => ({
    kind: "amend",
    reply: {
      ...words(text),
      buttons: [
        [button("Again", `v1|again|handle${index}|`)],
        [button("Post", `v1|favourite|handle${index}|post`)],
      ],
    },
    altText: "A fox that looks at the moon",
    resultRef,
  });

  it("has it in its own message, with the file and its new alt text, however often that is sent", async () => {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    const ref = refOf(await scene.send(result(statusRef), target));
    const message = emulator.messages(String(emulator.history.at(-1)?.channelId)).at(-1);
    aheadMs += DAYS_MS;
    for (const tries of [1, 2]) {
      const sent = await scene.send(amend(ref, "With a caption"), target, { tries });
      expect(sent).toMatchObject({ status: "sent" });
    }
    expect(message).toMatchObject({ content: "With a caption" });
    expect(filesOf(message)).toEqual([["easel-k7q2zm.png", "A fox that looks at the moon", "a picture"]]);
    expect(buttonsOf(message ?? never()).map(({ label }) => label)).toEqual(["Again", "Post"]);
  });

  it("has it in the private answer that it shares, beside the others", async () => {
    emulator.setRateLimits(false);
    const { target, handle } = await scene.generate({ options: { private: true } });
    const one = result(null, { index: 0, count: 2, name: "one.png" });
    const two = result(null, { index: 1, count: 2, name: "two.png" });
    const ref = refOf(await scene.send(one, target, { deliveryId: deliveryId("a") }));
    const other = { ...two, reply: words("The second") } as Outgoing;
    await scene.send(other, target, { deliveryId: deliveryId("b") });
    const first = refOf(await scene.send(amend(ref, "With a caption"), target));
    await scene.send(amend(ref, "With another"), target, { ref: first });
    const message = handle.original();
    expect(message?.content).toBe("With another\nThe second");
    expect(filesOf(message)).toEqual([
      ["one.png", "A fox that looks at the moon", "a picture"],
      ["two.png", "a red fox in the snow", "a picture"],
    ]);
    expect(buttonsOf(message ?? never()).map(({ label }) => label)).toEqual(["Again", "Post"]);
  });

  it("has it in a private answer of its own, and no more once that is out of reach", async () => {
    const { target, handle } = await scene.generate({ options: { private: true } });
    const ref = refOf(await scene.send(result(null), target));
    await scene.send(amend(ref, "With a caption"), target);
    expect(handle.original()).toMatchObject({ content: "With a caption", attachments: [expect.anything()] });
    aheadMs += 15 * 60_000;
    const requests = emulator.requests.length;
    expect(await scene.send(amend(ref, "Too late"), target)).toMatchObject({ status: "sent" });
    expect(emulator.requests).toHaveLength(requests);
  });

  it("is let be where it was deleted, or its thread is archived and locked", async () => {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    const ref = refOf(await scene.send(result(statusRef), target));
    const message = emulator.messages(String(emulator.history.at(-1)?.channelId)).at(-1) ?? never();
    const archived = { kind: "answer", status: 400, json: { code: 50_083, message: "" } } as const;
    emulator.fail({ method: "PATCH", do: archived });
    expect(await scene.send(amend(ref, "Archived"), target)).toMatchObject({ status: "sent" });
    emulator.deleteMessage(message);
    expect(await scene.send(amend(ref, "Gone"), target)).toMatchObject({ status: "sent" });
    expect(await scene.send(amend(null, "Never"), target)).toMatchObject({ status: "sent" });
  });

  it("is tried again when the answer was lost or Discord asks to wait", async () => {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    const ref = refOf(await scene.send(result(statusRef), target));
    emulator.fail({ method: "PATCH", do: { kind: "cut-after" } });
    expect(await scene.send(amend(ref, "With a caption"), target)).toMatchObject({ status: "failed" });
    emulator.fail({ method: "PATCH", do: { kind: "rate-limit", retryAfterSeconds: 2 } });
    expect(await scene.send(amend(ref, "With a caption"), target)).toMatchObject({ status: "wait" });
  });
});

describe("a form that stands filled", () => {
  async function pressed() {
    const reply = { ...words("a result"), buttons: [[button("Write", "v1|edit|handle1|")]] };
    scene.answerWith(() => ({ status: "reply", reply }));
    const message = await slash().originalWhen(told("a result"));
    const handle = emulator.press({ user: scene.user, message, label: "Write" });
    const { type, data, latencyMs } = await handle.ack;
    expect(type).toBe(9);
    // A form is never late, however long core takes.
    expect(latencyMs).toBeLessThan(2300);
    return fieldsOf(data)[0];
  }

  it("shows what core knows for the one who pressed, whole or not at all", async () => {
    const words = (count: number) =>
      scene.prefillWith((data, actor) =>
        Promise.resolve(`${data} ${actor.identity} `.padEnd(count, "long ")),
      );
    words(4_000);
    const field = await pressed();
    expect(field?.value).toMatch(new RegExp(`^v1\\|edit\\|handle1\\| discord:${scene.user.id} long`));
    expect(field?.value).toHaveLength(4_000);
    expect(field?.component["style"]).toBe(2);
    words(4_001);
    expect((await pressed())?.value).toBe("");
  });

  it("is empty where core has nothing, fails, or takes too long", async () => {
    scene.prefillWith(() => Promise.resolve(null));
    expect((await pressed())?.value).toBe("");
    scene.prefillWith(() => Promise.reject(new Error("away")));
    expect((await pressed())?.value).toBe("");
    scene.prefillWith(() => new Promise(() => undefined));
    expect((await pressed())?.value).toBe("");
  });
});

function never(): never {
  throw new Error("there is none");
}

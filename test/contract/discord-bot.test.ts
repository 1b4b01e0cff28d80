/** The Discord bot against the emulator, with a core that says what it is told to. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DiscordEmulator, startDiscordEmulator } from "../emulators/discord/discord-emulator.ts";
import { buttonsOf } from "../emulators/discord/message-view.ts";
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

const kinds = () => emulator.history.map(({ kind }) => kind).filter((kind) => kind !== "commands.put");
const creates = () => emulator.history.filter(({ kind }) => kind === "message.create");

describe("commands on Discord", () => {
  it("are registered once, and again only when Discord has others", async () => {
    const puts = () => emulator.history.filter(({ kind }) => kind === "commands.put").length;
    const looks = () =>
      emulator.requests.filter(({ method, path }) => method === "GET" && path.endsWith("/commands")).length;
    expect([puts(), looks()]).toEqual([1, 0]);
    await scene.restart();
    await emulator.waitFor(() => looks() === 1);
    emulator.forgetCommands();
    await scene.restart();
    await emulator.waitFor(() => puts() === 2);
    expect(looks()).toBe(2);
  });

  it("have subcommands for two-word names, and hide those for admins", () => {
    const admin = emulator.registeredCommands().find(({ name }) => name === "admin");
    expect(admin).toMatchObject({
      default_member_permissions: 0,
      contexts: [0, 1, 2],
      integration_types: [0, 1],
    });
    expect(admin?.["options"]).toContainEqual(expect.objectContaining({ type: 1, name: "limit" }));
  });

  it("complete options while they are typed", async () => {
    const { user, channel } = scene;
    const handle = emulator.autocomplete({
      user,
      channel,
      name: "generate",
      options: { prompt: "a fox", provider: "ki" },
      focused: "provider",
    });
    expect((await handle.ack).data["choices"]).toEqual([{ name: "provider ki", value: "ki-1" }]);
  });

  it("bring subcommands and members in the words of the catalogue", async () => {
    const other = emulator.addUser({ username: "bob" });
    const { user, channel } = scene;
    const options = { member: other, units: "20" };
    emulator.slash({ user, channel, name: "admin", subcommand: "limit", options });
    await emulator.waitFor(() => scene.arrivals.length === 1);
    expect(scene.arrivals[0]?.intent).toEqual({
      kind: "command",
      name: "admin limit",
      options: { member: `discord:${other.id}`, "member-name": "bob", units: "20" },
    });
  });
});

describe("an interaction on Discord", () => {
  const slash = (options: Record<string, string | boolean> = {}) =>
    emulator.slash({
      user: scene.user,
      channel: scene.channel,
      name: "generate",
      options: { prompt: "a red fox in the snow", ...options },
    });

  it("is acknowledged publicly, or privately where its answer is private", async () => {
    expect(await slash().ack).toMatchObject({ type: 5, ephemeral: false });
    expect(await slash({ private: true }).ack).toMatchObject({ type: 5, ephemeral: true });
  });

  it("is refused privately and at once when it is wrong in itself", async () => {
    const handle = slash({ prompt: "fox" });
    expect(await handle.ack).toMatchObject({ type: 4, ephemeral: true });
    expect(scene.inboxRows()).toEqual([]);
  });

  it("is refused before anything is taken where the bot may not post", async () => {
    const { user, guild } = scene;
    for (const deny of ["sendMessages", "attachFiles"] as const) {
      const channel = emulator.addChannel({ guildId: guild.id, deny: [deny] });
      const options = { prompt: "a red fox in the snow" };
      const handle = emulator.slash({ user, channel, name: "generate", options });
      expect(await handle.ack).toMatchObject({ type: 4, ephemeral: true });
      expect(handle.original()?.content).toContain("may not send messages");
    }
    expect(scene.arrivals).toEqual([]);
  });

  it("that comes too late is left alone", async () => {
    const { user, channel } = scene;
    emulator.gateway.setClosed(true);
    emulator.gateway.drop();
    const handle = emulator.slash({ user, channel, name: "quota" });
    aheadMs += 4000;
    emulator.gateway.setClosed(false);
    await emulator.waitFor(
      () => scene.logs.some(({ event }) => event === "an interaction came too late"),
      15_000,
    );
    expect((await handle.ack).type).toBe("none");
    expect(scene.arrivals).toEqual([]);
  });

  it("is not handled when Discord does not take the acknowledgement", async () => {
    emulator.fail({
      path: "/callback",
      do: { kind: "answer", status: 404, json: { code: 10_062, message: "" } },
    });
    slash();
    await emulator.waitFor(() => scene.inboxRows().some(({ handled }) => handled));
    expect(scene.arrivals).toEqual([]);
  });

  it("is handled once when the answer to the acknowledgement is lost", async () => {
    emulator.fail({ path: "/callback", do: { kind: "cut-after" } });
    scene.answerWith(() => ({ status: "reply", reply: words("here") }));
    const handle = slash();
    const message = await handle.originalWhen(({ content }) => content === "here");
    expect(message.edits).toBe(1);
    expect(scene.arrivals).toHaveLength(1);
  });

  it("is acknowledged and answered although Discord asks to wait", async () => {
    emulator.fail({ path: "/callback", do: { kind: "rate-limit", retryAfterSeconds: 0.05 } });
    emulator.fail({ method: "PATCH", do: { kind: "rate-limit", retryAfterSeconds: 0.05 } });
    scene.answerWith(() => ({ status: "reply", reply: words("here") }));
    const handle = slash();
    await handle.originalWhen(({ content }) => content === "here");
    expect(scene.arrivals).toHaveLength(1);
  });

  it("shows a private answer privately although it was acknowledged publicly", async () => {
    scene.answerWith(() => ({ status: "reply", reply: words("Limit reached", true) }));
    const handle = slash();
    await emulator.waitFor(() => handle.followUps().length === 1);
    expect(handle.original()?.deleted).toBe(true);
    expect(handle.followUps()[0]).toMatchObject({ content: "Limit reached", visibleTo: scene.user.id });
  });

  it("tells a button's few words privately and replaces a message in its place", async () => {
    scene.answerWith(() => ({
      status: "reply",
      reply: {
        ...words("a result"),
        buttons: [[{ label: "Keep", style: "secondary", data: "v1|favourite|h|on" }]],
      },
    }));
    const message = await slash().originalWhen(({ content }) => content === "a result");
    scene.answerWith(() => ({ status: "toast", text: "Kept." }));
    const first = emulator.press({ user: scene.user, message, label: "Keep" });
    expect(await first.ack).toMatchObject({ type: 6 });
    await emulator.waitFor(() => first.followUps().length === 1);
    expect(first.followUps()[0]).toMatchObject({ content: "Kept.", visibleTo: scene.user.id });
    scene.answerWith(() => ({ status: "replace", reply: words("kept for good") }));
    emulator.press({ user: scene.user, message, label: "Keep" });
    await emulator.waitFor(() => message.content === "kept for good");
    expect(buttonsOf(message)).toEqual([]);
  });

  it("goes on after a restart when it was acknowledged before", async () => {
    let wake: (answer: { status: "nothing" }) => void = () => undefined;
    scene.answerWith(
      () =>
        new Promise((resolve) => {
          wake = resolve;
        }),
    );
    const handle = slash();
    await emulator.waitFor(() => scene.arrivals.length === 1);
    scene.answerWith(() => ({ status: "reply", reply: words("after the restart") }));
    // The first process hangs in its work for ever, as one that was killed; the next takes its rows.
    const next = await scene.another();
    await handle.originalWhen(({ content }) => content === "after the restart");
    await next.stop();
    wake({ status: "nothing" });
    expect(scene.arrivals).toHaveLength(2);
    expect(scene.arrivals[0]?.key).toBe(scene.arrivals[1]?.key);
    expect(scene.inboxRows().every(({ handled }) => handled)).toBe(true);
  });

  it("is not gone on with after a restart when it was never acknowledged, or too long ago", async () => {
    scene.answerWith(() => new Promise(() => undefined));
    const handle = slash();
    await emulator.waitFor(() => scene.arrivals.length === 1);
    emulator.deleteMessage(handle.original() ?? never());
    const next = await scene.another();
    await emulator.waitFor(() => scene.inboxRows().every(({ handled }) => handled));
    expect(scene.arrivals).toHaveLength(1);
    await next.stop();
    scene.abandon();
  });
});

describe("a result on Discord", () => {
  it("comes into a thread that starts from the status message", async () => {
    const { target, handle } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    expect(await scene.send(result(statusRef), target)).toMatchObject({ status: "sent" });
    expect(handle.original()?.content).toBe("Generating");
    expect(emulator.transcript()).toBe(
      [
        "#general in Test guild",
        "  ada used /generate prompt:a red fox in the snow",
        "  Easel (edited): Generating",
        '      thread "a red fox in the snow"',
        "        Easel: > a red fox in the snow",
        "            Took 3 s",
        '            <easel-k7q2zm.png, image/png, 9 bytes "a red fox in the snow">',
        "            [Again]",
      ].join("\n"),
    );
  });

  it("uses one thread for a whole batch, also after a restart", async () => {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    await scene.send(result(statusRef, { index: 0 }), target, { deliveryId: deliveryId("a") });
    await scene.restart();
    await scene.send(result(statusRef, { index: 1 }), target, { deliveryId: deliveryId("b") });
    expect(kinds().filter((kind) => kind === "thread.create")).toHaveLength(1);
    expect(creates()).toHaveLength(2);
  });

  it.each([
    ["the permission is missing", { deny: ["createPublicThreads" as const] }, {}],
    ["too many threads are open", {}, { activeThreadCap: 0 }],
  ])("is a reply in the channel where %s", async (_why, place, guildChanges) => {
    Object.assign(scene.guild, guildChanges);
    const channel = emulator.addChannel({ guildId: scene.guild.id, ...place });
    const { target, handle } = await scene.generate({ channel });
    const statusRef = refOf(await scene.send(status("Generating"), target));
    await scene.send(result(statusRef), target);
    const message = emulator.messages(channel.id).at(-1);
    expect(message).toMatchObject({ type: 19, replyTo: { messageId: handle.original()?.id } });
  });

  it("is a reply in the thread in which it was asked for", async () => {
    const thread = emulator.addChannel({
      guildId: scene.guild.id,
      parentId: scene.channel.id,
      type: 11,
      name: "t",
    });
    const { target } = await scene.generate({ channel: thread });
    const statusRef = refOf(await scene.send(status("Generating"), target));
    await scene.send(result(statusRef), target);
    expect(emulator.messages(thread.id)).toHaveLength(2);
    expect(kinds()).not.toContain("thread.create");
  });

  it("is a reply in a direct message", async () => {
    const channel = emulator.directChannel(scene.user.id);
    const { target } = await scene.generate({ channel });
    const statusRef = refOf(await scene.send(status("Generating"), target));
    await scene.send(result(statusRef), target);
    expect(emulator.messages(channel.id).at(-1)).toMatchObject({
      type: 19,
      attachments: [expect.anything()],
    });
  });

  it("fills the private answer, file by file, and repeats nothing after a lost answer", async () => {
    emulator.setRateLimits(false);
    const { target, handle } = await scene.generate({ options: { private: true } });
    const statusRef = refOf(await scene.send(status("Generating"), target));
    emulator.fail({ method: "PATCH", do: { kind: "cut-after" } });
    const first = result(statusRef, { index: 0, count: 2, name: "one.png" });
    expect(await scene.send(first, target)).toMatchObject({ status: "failed" });
    await scene.send(first, target, { tries: 2 });
    await scene.send(result(statusRef, { index: 1, count: 2, name: "two.png" }), target);
    await scene.send(status("Done"), target, { ref: statusRef });
    const message = handle.original();
    expect(message?.visibleTo).toBe(scene.user.id);
    expect(message?.attachments.map(({ filename }) => filename)).toEqual(["one.png", "two.png"]);
    expect(buttonsOf(message ?? never())).toHaveLength(2);
    expect(emulator.messages(scene.channel.id)).toHaveLength(1);
  });

  it("fills the answer where only the member's own app is, and goes to direct messages after 14 minutes", async () => {
    const guild = emulator.addGuild({ installed: false });
    const channel = emulator.addChannel({ guildId: guild.id });
    const { target, handle } = await scene.generate({ channel });
    const statusRef = refOf(await scene.send(status("Generating"), target));
    await scene.send(result(statusRef), target);
    expect(handle.original()?.attachments).toHaveLength(1);
    aheadMs += 14 * 60_000;
    await scene.send(result(statusRef, { name: "late.png" }), target, { deliveryId: deliveryId("b") });
    expect(emulator.messages(emulator.directChannel(scene.user.id).id)).toHaveLength(1);
    expect(await scene.send(status("Done"), target, { ref: statusRef })).toMatchObject({ status: "sent" });
  });

  it("that is private goes to direct messages after 14 minutes, never to the channel", async () => {
    const { target } = await scene.generate({ options: { private: true } });
    aheadMs += 14 * 60_000;
    await scene.send(result(null), target);
    expect(emulator.messages(scene.channel.id).map(({ visibleTo }) => visibleTo)).toEqual([scene.user.id]);
    scene.user.dmsClosed = true;
    const closed = await scene.send(result(null), target, { deliveryId: deliveryId("b") });
    expect(closed).toMatchObject({ status: "undeliverable" });
  });

  it("comes as an ordinary message, and its status is edited as one, when the token is dead", async () => {
    const { target, handle } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    aheadMs += 15 * 60_000;
    await scene.send(status("Storing"), target, { ref: statusRef });
    await scene.send(result(statusRef), target);
    expect(handle.original()?.content).toBe("Storing");
    expect(creates()).toHaveLength(1);
  });

  it("stands there once after a lost answer: by its nonce within a minute, by the history later", async () => {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    const lose = () => emulator.fail({ method: "POST", path: /\/messages$/, do: { kind: "cut-after" } });
    const firstTriedAt = Date.now() + aheadMs;
    const send = (tries: number, letter: string) =>
      scene.send(result(statusRef, { name: `${letter}.png` }), target, {
        tries,
        firstTriedAt,
        deliveryId: deliveryId(letter),
      });
    lose();
    expect(await send(1, "a")).toMatchObject({ status: "unknown" });
    expect(await send(2, "a")).toMatchObject({ status: "sent" });
    lose();
    expect(await send(1, "b")).toMatchObject({ status: "unknown" });
    aheadMs += 10 * 60_000;
    expect(await send(2, "b")).toMatchObject({ status: "sent" });
    expect(creates()).toHaveLength(2);
  });

  it("waits when Discord asks for it, and sends nothing meanwhile", async () => {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    emulator.fail({
      method: "POST",
      path: /\/messages$/,
      do: { kind: "rate-limit", retryAfterSeconds: 2.5 },
    });
    expect(await scene.send(result(statusRef), target)).toMatchObject({
      status: "wait",
      scope: "chat",
      afterMs: 2500,
    });
    const before = emulator.requests.length;
    expect(await scene.send(result(statusRef), target)).toMatchObject({ status: "wait", scope: "chat" });
    expect(emulator.requests).toHaveLength(before);
    aheadMs += 2600;
    expect(await scene.send(result(statusRef), target)).toMatchObject({ status: "sent" });
    const global = { kind: "rate-limit", retryAfterSeconds: 1, global: true } as const;
    emulator.fail({ method: "POST", path: /\/messages$/, do: global });
    const limited = await scene.send(result(statusRef), target, { deliveryId: deliveryId("b") });
    expect(limited).toMatchObject({ status: "wait", scope: "platform" });
  });

  it("is asked for smaller when it is too large", async () => {
    const { target } = await scene.generate();
    emulator.setFileLimitBytes(5);
    const statusRef = refOf(await scene.send(status("Generating"), target));
    expect(await scene.send(result(statusRef), target)).toEqual({ status: "too-large" });
  });

  it.each([
    ["the thread is gone", closeThreads],
    ["the thread is locked", lockThreads],
  ])("takes the next way when %s", async (_why, change) => {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    await scene.send(result(statusRef), target, { deliveryId: deliveryId("a") });
    change();
    await scene.send(result(statusRef, { name: "b.png" }), target, { deliveryId: deliveryId("b") });
    expect(emulator.messages(scene.channel.id).at(-1)?.attachments).toHaveLength(1);
  });

  it("goes to direct messages when the bot was thrown out, and asks no closed door twice", async () => {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    aheadMs += 15 * 60_000;
    scene.guild.installed = false;
    await scene.send(result(statusRef), target);
    expect(emulator.messages(emulator.directChannel(scene.user.id).id)).toHaveLength(1);
    expect(emulator.invalidRequests().length).toBeLessThanOrEqual(2);
  });

  it("still comes when the status message was deleted", async () => {
    const { target, handle } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    emulator.deleteMessage(handle.original() ?? never());
    await scene.send(result(statusRef), target);
    expect(emulator.messages(scene.channel.id)).toMatchObject([{ attachments: [expect.anything()] }]);
    const edited = await scene.send(status("Done"), target, { ref: statusRef });
    expect(edited).toMatchObject({ status: "sent", ref: { gone: true } });
  });

  it("is tried again, not lost, when Discord answers with HTML or not at all", async () => {
    const { target } = await scene.generate();
    const html = { kind: "answer", status: 502, html: "<html>bad gateway</html>" } as const;
    emulator.fail({ method: "PATCH", do: html });
    expect(await scene.send(status("Generating"), target)).toMatchObject({ status: "failed" });
    const statusRef = refOf(await scene.send(status("Generating"), target));
    emulator.fail({ method: "POST", path: /\/messages$/, do: { kind: "cut-before" } });
    expect(await scene.send(result(statusRef), target)).toMatchObject({ status: "unknown" });
    expect(await scene.send(result(statusRef), target, { tries: 2 })).toMatchObject({ status: "sent" });
    expect(creates()).toHaveLength(1);
  });
});

describe("other messages on Discord", () => {
  it("a notice goes where a result would", async () => {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    const notice = { kind: "notice", reply: words("It failed"), index: 0, count: 1, statusRef } as const;
    await scene.send(notice, target);
    const [, said] = emulator.messages(String(emulator.history.at(-1)?.channelId));
    expect(said?.content).toBe("It failed");
  });

  it("a private notice is a private follow-up", async () => {
    const { target, handle } = await scene.generate({ options: { private: true } });
    const statusRef = refOf(await scene.send(status("Generating"), target));
    const notice = { kind: "notice", reply: words("It failed"), index: 0, count: 1, statusRef } as const;
    await scene.send(notice, target);
    expect(handle.followUps()).toMatchObject([{ content: "It failed", visibleTo: scene.user.id }]);
  });

  it("the original comes as a file, and a removed result is taken away", async () => {
    const { target } = await scene.generate();
    const statusRef = refOf(await scene.send(status("Generating"), target));
    const ref = refOf(await scene.send(result(statusRef), target, { deliveryId: deliveryId("a") }));
    const original = {
      kind: "original",
      reply: words("The original"),
      media: picture("o.png"),
      statusRef,
    } as const;
    await scene.send(original, target, { deliveryId: deliveryId("b") });
    const thread = String(emulator.history.at(-1)?.channelId);
    const shown = () =>
      emulator.messages(thread).flatMap(({ attachments }) => attachments.map((f) => f.filename));
    expect(shown()).toEqual(["easel-k7q2zm.png", "o.png"]);
    const removal = { kind: "removal", messageRef: ref } as const;
    expect(await scene.send(removal, target)).toMatchObject({ status: "sent" });
    expect(await scene.send(removal, target)).toMatchObject({ status: "sent" });
    expect(shown()).toEqual(["o.png"]);
  });

  it("only the removed file leaves a private answer with several", async () => {
    emulator.setRateLimits(false);
    const { target, handle } = await scene.generate({ options: { private: true } });
    const statusRef = refOf(await scene.send(status("Generating"), target));
    const ref = refOf(await scene.send(result(statusRef, { count: 2, name: "one.png" }), target));
    await scene.send(result(statusRef, { index: 1, count: 2, name: "two.png" }), target);
    await scene.send({ kind: "removal", messageRef: ref }, target);
    expect(handle.original()?.attachments.map(({ filename }) => filename)).toEqual(["two.png"]);
  });
});

describe("the bot's connection", () => {
  it("says that it is up, and why it is not", async () => {
    expect(scene.bot().health()).toEqual({ up: true, detail: "connected" });
    const { target } = await scene.generate({ channel: emulator.directChannel(scene.user.id) });
    emulator.fail({
      path: "/channels",
      do: { kind: "answer", status: 401, json: { message: "401", code: 0 } },
    });
    await scene.send(result(null), target);
    expect(scene.bot().health()).toMatchObject({ up: false });
    const before = emulator.requests.length;
    expect(await scene.send(result(null), target)).toMatchObject({ status: "failed" });
    expect(emulator.requests).toHaveLength(before);
  });

  it("is made later when Discord cannot be reached at the start", async () => {
    // discord.js itself asks four times.
    emulator.fail({ path: "/gateway/bot", times: 4, do: { kind: "answer", status: 503, html: "down" } });
    await scene.restart();
    expect(scene.bot().health()).toMatchObject({ up: false });
    await emulator.waitFor(() => scene.bot().health().up, 10_000);
    const handle = emulator.slash({ user: scene.user, channel: scene.channel, name: "quota" });
    expect(await handle.ack).toMatchObject({ type: 5 });
  });

  it("rejects at start when the token is wrong", async () => {
    const other = await startDiscordEmulator();
    try {
      await expect(startScene({ emulator: { ...other, token: "wrong.token.here" } })).rejects.toThrow();
    } finally {
      await other.close();
    }
  });
});

function never(): never {
  throw new Error("there is no message");
}

function threads() {
  return [...emulator.world.channels.values()].filter(({ type }) => type === 11);
}

function closeThreads(): void {
  for (const thread of threads()) thread.deleted = true;
}

function lockThreads(): void {
  for (const thread of threads()) {
    thread.locked = true;
    thread.archived = true;
  }
}

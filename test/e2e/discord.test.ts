/** Stories of members on Discord, told to the real process. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DiscordEmulator } from "../emulators/discord/discord-emulator.ts";
import { buttonsOf, textOf } from "../emulators/discord/message-view.ts";
import type { EmulatedUser } from "../emulators/discord/model.ts";
import {
  createStage,
  expectClean,
  generate,
  PROMPT,
  results,
  resultsAfter,
  type Stage,
  WAIT_MS,
  wordsTo,
} from "./discord-stage.ts";

describe("a member on Discord", () => {
  let stage: Stage;
  let discord: DiscordEmulator;

  beforeAll(async () => {
    stage = await createStage({ FREE_MONTHLY_LIMIT: "3" });
    ({ discord } = stage);
  });

  afterEach(() => expectClean(stage));
  afterAll(async () => stage.leave());

  it("asks for a picture and gets it in a thread, with buttons and what is left", async () => {
    const user = discord.addUser({ username: "ada" });
    const handle = generate(stage, user);
    expect(await handle.ack).toMatchObject({ type: 5, ephemeral: false });
    const [result] = await resultsAfter(stage, 0);
    const status = await handle.originalWhen((message) => textOf(message).includes("Ready"), WAIT_MS);
    expect(status.threadId).toBe(status.id);
    expect(result).toMatchObject({ channelId: status.id, attachments: [{ description: PROMPT }] });
    expect(textOf(status)).toContain("2 of 3 left this month, resets <t:");
    expect(buttonsOf(result ?? status).map(({ label }) => label)).toEqual([
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
    const [file] = result?.attachments ?? [];
    expect(file?.bytes.subarray(0, 3).toString("hex")).toMatch(/^ffd8ff|^89504e/);
  });

  it("presses buttons after a restart, and a stranger's presses do nothing", async () => {
    const user = discord.addUser({ username: "ben" });
    const before = results(discord).length;
    generate(stage, user);
    const found = await resultsAfter(stage, before);
    const message = found.at(-1);
    if (message === undefined) throw new Error("no result");
    await stage.restart("kill");

    const stranger = discord.addUser({ username: "mallory" });
    for (const label of ["Again", "Original", "Favourite", "Delete"]) {
      const press = discord.press({ user: stranger, message, label });
      await discord.waitFor(() => wordsTo(stranger, press) !== undefined, WAIT_MS);
      expect(wordsTo(stranger, press)).toBe("Only the person who asked for it may do that.");
    }

    const favourite = discord.press({ user, message, label: "Favourite" });
    expect(await favourite.ack).toMatchObject({ type: 6 });
    await discord.waitFor(() => wordsTo(user, favourite) === "Kept as a favourite.", WAIT_MS);

    discord.press({ user, message, label: "Original" });
    const withOriginal = await resultsAfter(stage, before, 2);
    expect(withOriginal.at(-1)).toMatchObject({ content: expect.stringContaining("The original file") });
    expect(withOriginal.at(-1)?.channelId).toBe(message.channelId);

    discord.press({ user, message, label: "Again" });
    const withAgain = await resultsAfter(stage, before, 3);
    expect(withAgain.at(-1)?.channelId).toBe(message.channelId);

    const asking = discord.press({ user, message, label: "Delete" });
    const question = await asking.originalWhen((shown) => buttonsOf(shown).length > 0, WAIT_MS);
    discord.press({ user, message: question, label: "Delete for good" });
    await discord.waitFor(() => message.deleted && question.content === "Deleted.", WAIT_MS);
  });

  it("reads privately that the limit is reached, and nothing is started", async () => {
    const user = discord.addUser({ username: "cleo" });
    const before = results(discord).length;
    generate(stage, user, { count: 3 });
    await resultsAfter(stage, before, 3);
    const handle = generate(stage, user);
    const said = await discord.waitFor(() => handle.followUps()[0], WAIT_MS);
    expect(said.visibleTo).toBe(user.id);
    expect(said.content).toContain("Monthly media generation limit reached");
    expect(said.content).toContain("It resets <t:");
    expect(handle.original()?.deleted).toBe(true);
    expect(results(discord)).toHaveLength(before + 3);
  });

  it("may ask for as many as are left by a button", async () => {
    const user = discord.addUser({ username: "dora" });
    const before = results(discord).length;
    generate(stage, user, { count: 2 });
    await resultsAfter(stage, before, 2);
    const refused = generate(stage, user, { count: 4 });
    const said = await discord.waitFor(() => refused.followUps()[0], WAIT_MS);
    discord.press({ user, message: said, label: "Make 1" });
    await resultsAfter(stage, before, 3);
  });

  it.each([
    ["in a direct message", (user: EmulatedUser) => discord.directChannel(user.id), "reply"],
    [
      "where threads may not be made",
      () => discord.addChannel({ guildId: stage.channel.guildId ?? "", deny: ["createPublicThreads"] }),
      "reply",
    ],
    [
      "where only the member's own app is",
      () => discord.addChannel({ guildId: discord.addGuild({ installed: false }).id }),
      "answer",
    ],
  ] as const)("gets it %s", async (_where, place, form) => {
    const user = discord.addUser({ username: "eve" });
    const channel = place(user);
    const handle = generate(stage, user, {}, channel);
    const shown = await discord.waitFor(
      () => discord.messages(channel.id).find(({ attachments }) => attachments.length > 0),
      WAIT_MS,
    );
    if (form === "answer") expect(shown.id).toBe(handle.original()?.id);
    else expect(shown).toMatchObject({ type: 19, replyTo: { messageId: handle.original()?.id } });
    expect(discord.messages(channel.id).every(({ threadId }) => threadId === undefined)).toBe(true);
  });

  it("gets a private picture for no other eyes", async () => {
    const user = discord.addUser({ username: "fay" });
    const handle = generate(stage, user, { private: true });
    const message = await handle.originalWhen(({ attachments }) => attachments.length === 1, WAIT_MS);
    expect(message.visibleTo).toBe(user.id);
    discord.press({ user, message, label: "Again" });
    await discord.waitFor(
      () =>
        discord
          .messages(stage.channel.id)
          .filter(({ visibleTo, attachments }) => visibleTo === user.id && attachments.length === 1)
          .length === 2,
      WAIT_MS,
    );
  });

  it("is told at once where the bot may not post", async () => {
    const user = discord.addUser({ username: "gus" });
    const channel = discord.addChannel({ guildId: stage.channel.guildId ?? "", deny: ["attachFiles"] });
    const handle = generate(stage, user, {}, channel);
    expect(await handle.ack).toMatchObject({ type: 4, ephemeral: true });
    expect(handle.original()?.content).toContain("Nothing was started and nothing was charged.");
  });

  it("loses nothing and gets nothing twice when Discord limits and answers are lost", async () => {
    const user = discord.addUser({ username: "hal" });
    const before = results(discord).length;
    discord.fail({ method: "PATCH", path: "@original", do: { kind: "rate-limit", retryAfterSeconds: 1 } });
    discord.fail({ method: "POST", path: "/threads", do: { kind: "cut-after" } });
    const lost = discord.fail({
      method: "POST",
      path: /^\/channels\/\d+\/messages$/,
      do: { kind: "cut-after" },
    });
    const html = { kind: "answer", status: 502, html: "<html>bad gateway</html>" } as const;
    discord.fail({ method: "POST", path: /^\/channels\/\d+\/messages$/, skip: 1, do: html });
    const handle = generate(stage, user, { count: 2 });
    await handle.originalWhen((message) => (textOf(message).match(/Ready/g) ?? []).length === 2, WAIT_MS);
    await resultsAfter(stage, before, 2);
    await discord.waitFor(() => discord.history.some(({ kind }) => kind === "message.deduplicated"), WAIT_MS);
    expect(lost.hits).toBe(1);
    expect(results(discord)).toHaveLength(before + 2);
  });

  it("gets the result when the interaction has died meanwhile", async () => {
    const user = discord.addUser({ username: "ida" });
    const before = results(discord).length;
    stage.kie.script({ match: { prompt: /lighthouse/ }, durationMs: 4000 });
    const prompt = "a lighthouse on a cliff at dawn";
    const handle = generate(stage, user, { prompt, provider: "kie-4o-image" });
    await handle.originalWhen(({ content }) => content !== "", WAIT_MS);
    discord.setTokenLifeMs(1000);
    await resultsAfter(stage, before);
    await handle.originalWhen((message) => textOf(message).includes("Ready"), WAIT_MS);
    discord.setTokenLifeMs(15 * 60_000);
    const byBot = discord.requests.filter(
      ({ method, path }) => method === "PATCH" && path.startsWith("/channels"),
    );
    expect(byBot.length).toBeGreaterThan(0);
  });

  it("reads why nothing came of it, and has the unit back", async () => {
    const user = discord.addUser({ username: "joe" });
    stage.kie.script({ match: { prompt: /forbidden/ }, outcome: "refused", durationMs: 500 });
    const prompt = "a forbidden picture of something";
    const handle = generate(stage, user, { prompt, provider: "kie-4o-image" });
    const notice = await discord.waitFor(
      () =>
        discord
          .messages(handle.original()?.id ?? "")
          .find(({ content }) => content.includes("because of its content rules")),
      WAIT_MS,
    );
    expect(notice.content).toContain("Nothing was charged");
    const quota = discord.slash({ user, channel: stage.channel, name: "quota" });
    const message = await quota.originalWhen(({ content }) => content !== "", WAIT_MS);
    expect(message.content).toContain("3 of 3 left");
  });

  it("cancels what still waits for its turn", async () => {
    const user = discord.addUser({ username: "kim" });
    stage.kie.script({ match: { prompt: /for ever/ }, outcome: "never" });
    const options = { prompt: "a river that flows for ever", provider: "kie-4o-image" };
    const running = generate(stage, user, { ...options, count: 2 });
    const states = /Being made/g;
    await running.originalWhen((message) => (textOf(message).match(states) ?? []).length === 2, WAIT_MS);
    const waiting = generate(stage, user, options);
    const status = await waiting.originalWhen((message) => buttonsOf(message).length > 0, WAIT_MS);
    const press = discord.press({ user, message: status, label: "Cancel" });
    await discord.waitFor(() => wordsTo(user, press) === "Cancelled. The unit is back.", WAIT_MS);
    await waiting.originalWhen((message) => textOf(message).includes("Cancelled."), WAIT_MS);
  });

  it("is helped while typing, and finds the commands registered once", async () => {
    const user = discord.addUser({ username: "lea" });
    const options = { prompt: PROMPT, provider: "kie" };
    const typing = discord.autocomplete({
      user,
      channel: stage.channel,
      name: "generate",
      options,
      focused: "provider",
    });
    const choices = JSON.stringify((await typing.ack).data["choices"]);
    expect(choices).toContain("kie-4o-image");
    expect(choices).not.toContain("sketch");
    expect(discord.history.filter(({ kind }) => kind === "commands.put")).toHaveLength(1);
  });

  it("finds every command answered", async () => {
    const user = discord.addUser({ username: "max" });
    for (const name of ["status", "gallery", "quota", "settings", "studio", "help", "start"]) {
      const handle = discord.slash({ user, channel: stage.channel, name });
      const message = await handle.originalWhen(({ content }) => content !== "", WAIT_MS);
      expect(message.visibleTo).toBe(user.id);
    }
    const handle = discord.slash({
      user,
      channel: stage.channel,
      name: "admin",
      subcommand: "user",
      options: { member: user },
    });
    const message = await handle.originalWhen(({ content }) => content !== "", WAIT_MS);
    expect(message.content).toBe("This needs an admin of the bot.");
  });
});

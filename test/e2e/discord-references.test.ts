/** Pictures to work from, by every way in which a member can give one on Discord; told to the real process. */
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CANARY } from "../contract/support/media-cases.ts";
import type { FileToStore } from "../emulators/discord/content-delivery.ts";
import type { DiscordEmulator } from "../emulators/discord/discord-emulator.ts";
import type { InteractionHandle } from "../emulators/discord/member-actions.ts";
import { buttonsOf, textOf } from "../emulators/discord/message-view.ts";
import { fieldsOf } from "../emulators/discord/modal-form.ts";
import type { EmulatedMessage, EmulatedUser } from "../emulators/discord/model.ts";
import type { OptionValue } from "../emulators/discord/slash-options.ts";
import {
  createStage,
  expectClean,
  PROMPT,
  results,
  resultsAfter,
  type Stage,
  WAIT_MS,
  wordsTo,
} from "./discord-stage.ts";

const LIMIT = 6;
let stage: Stage;
let discord: DiscordEmulator;
/** The error in the log that belongs to a story. */
let expectedError: string | undefined;

beforeAll(async () => {
  stage = await createStage({ FREE_MONTHLY_LIMIT: String(LIMIT) }, true);
  ({ discord } = stage);
  stage.kie.setDefaults({ durationMs: 300 });
});

afterEach(() => {
  expectClean(stage, expectedError);
  expectOurCopiesOnly();
});
afterAll(async () => stage.leave());

/** No provider ever saw a link of Discord's, or anything of the file but its pixels. */
function expectOurCopiesOnly(): void {
  const { kie, gemini, openai } = stage;
  expect(kie.foreignReferences).toEqual([]);
  const files = [
    ...kie.uploads.map(({ bytes }) => bytes),
    ...gemini.calls.flatMap(({ body }) => inlineFiles(body)),
    ...openai.calls.flatMap(({ pictures, mask }) => [...pictures, ...(mask ? [mask] : [])]),
  ];
  for (const bytes of files) {
    expect(bytes.subarray(0, 3).toString("hex")).toMatch(/^ffd8ff|^89504e/);
    expect(bytes.includes(CANARY)).toBe(false);
  }
  const said = JSON.stringify([
    kie.requests.map(({ bodyText, query }) => [bodyText, query]),
    gemini.calls.map(({ body }) => body),
    openai.calls.map(({ fields }) => fields),
  ]);
  for (const secret of [new URL(discord.url).host, "discordapp", "attachments/", discord.token, CANARY])
    expect(said).not.toContain(secret);
}

function inlineFiles(body: unknown): Buffer[] {
  return [...JSON.stringify(body).matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, base64 = ""]) =>
    Buffer.from(base64, "base64"),
  );
}

/** A photograph that says who took it, and where. */
async function photo(filename = "photo.jpg", width = 300, height = 200): Promise<FileToStore> {
  const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
  const bytes = await sharp({ create: { width, height, channels: 3, background: "navy", noise } })
    .withExif({ IFD0: { Copyright: CANARY }, IFD3: { GPSAreaInformation: CANARY } })
    .jpeg()
    .toBuffer();
  expect(bytes.includes(CANARY)).toBe(true);
  return { filename, contentType: "image/jpeg", bytes };
}

function slash(user: EmulatedUser, name: string, options: Record<string, OptionValue>): InteractionHandle {
  return discord.slash({ user, channel: stage.channel, name, options });
}

/** The one new message of the bot with a file. */
async function nextResult(before: number): Promise<EmulatedMessage> {
  const found = (await resultsAfter(stage, before)).at(-1);
  if (found === undefined) throw new Error("no result");
  return found;
}

const paid = (): number =>
  stage.kie.paidCreates.length + stage.gemini.paidCalls.length + stage.openai.paidCalls.length;

async function unitsLeft(user: EmulatedUser): Promise<string> {
  const quota = slash(user, "quota", {});
  const { content } = await quota.originalWhen((message) => textOf(message).includes("left"), WAIT_MS);
  return /\d+ of \d+ left/.exec(content)?.[0] ?? content;
}

describe("an attachment on Discord", () => {
  it("is what a picture is made from, by the provider's own upload or inline", async () => {
    const user = discord.addUser({ username: "ada" });
    for (const provider of ["gemini-flash", "kie-4o-image"]) {
      const before = results(discord).length;
      const handle = slash(user, "generate", { prompt: PROMPT, provider, reference: await photo() });
      expect(await handle.ack).toMatchObject({ type: 5, ephemeral: false });
      const result = await nextResult(before);
      expect(result.channelId).toBe(handle.original()?.id);
    }
    expect(stage.gemini.calls.at(-1)).toMatchObject({ references: 1 });
    expect(inlineFiles(stage.gemini.calls.at(-1)?.body)).toHaveLength(1);
    expect(stage.kie.uploads).toHaveLength(1);
    expect(stage.kie.creates.at(-1)?.references).toEqual([stage.kie.uploads[0]?.url]);
    expect(await unitsLeft(user)).toBe(`${LIMIT - 2} of ${LIMIT} left`);
  });

  it("is animated, with words or without", async () => {
    const user = discord.addUser({ username: "ben" });
    const before = results(discord).length;
    slash(user, "animate", { reference: await photo(), provider: "kie-veo3" });
    const result = await nextResult(before);
    expect(result.attachments[0]).toMatchObject({ contentType: "video/mp4" });
    const create = stage.kie.creates.at(-1);
    expect([create?.family, create?.references.length]).toEqual(["veo", 1]);
  });

  it("is changed where the mask says so", async () => {
    const user = discord.addUser({ username: "cleo" });
    const before = results(discord).length;
    const hole = { create: { width: 300, height: 200, channels: 4, background: "#00000000" } } as const;
    const bytes = await sharp(hole).png().toBuffer();
    const mask = { filename: "mask.png", contentType: "image/png", bytes };
    slash(user, "edit", {
      prompt: "a full moon",
      reference: await photo(),
      mask,
      provider: "openai-image",
    });
    await nextResult(before);
    const call = stage.openai.calls.at(-1);
    expect([call?.route, call?.pictures.length, call?.mask === null]).toEqual(["edits", 1, false]);
    const sent = await sharp(call?.mask ?? undefined).metadata();
    expect([sent.width, sent.height, sent.hasAlpha]).toEqual([300, 200, true]);
  });

  it.each([
    ["an SVG", "image/svg+xml", () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), "no picture"],
    ["a text", "image/png", () => Buffer.from("this is no picture, whatever it says"), "no picture"],
    ["30 MB", "image/png", () => Buffer.alloc(30 * 1024 * 1024), "too large"],
    ["half a picture", "image/jpeg", async () => (await photo()).bytes.subarray(0, 2000), "damaged"],
  ])("that is %s is refused privately, and costs nothing", async (_what, contentType, make, reason) => {
    const user = discord.addUser({ username: "dora" });
    const before = paid();
    const reference = { filename: "file.png", contentType, bytes: await make() };
    const handle = slash(user, "generate", { prompt: PROMPT, reference });
    const said = await discord.waitFor(() => wordsTo(user, handle), WAIT_MS);
    expect(said).toContain(reason);
    expect(said).toContain("Nothing was started and nothing was charged.");
    expect(await unitsLeft(user)).toBe(`${LIMIT} of ${LIMIT} left`);
    expect(paid()).toBe(before);
  });

  it("that is gone when it is fetched is refused, too", async () => {
    const user = discord.addUser({ username: "eve" });
    const message = discord.say({ user, channel: stage.channel, content: "look", files: [await photo()] });
    for (const file of message.attachments) file.gone = true;
    const handle = discord.menu({ user, channel: stage.channel, name: "Animate", message });
    expect(await discord.waitFor(() => wordsTo(user, handle), WAIT_MS)).toContain("not there any more");
    expect(await unitsLeft(user)).toBe(`${LIMIT} of ${LIMIT} left`);
  });
});

describe("a link on Discord", () => {
  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "https://127.0.0.1/secret.png",
    "https://[::ffff:10.0.0.1]/a.png",
    "https://localhost:8787/a.png",
    "https://user:pass@example.com/a.png",
    "file:///etc/passwd",
  ])("to %s is refused privately with the reason, and costs nothing", async (url) => {
    const user = discord.addUser({ username: "fay" });
    const before = paid();
    const handle = slash(user, "generate", { prompt: PROMPT, "reference-url": url });
    const said = await discord.waitFor(() => wordsTo(user, handle), WAIT_MS);
    expect(said).toContain("That link cannot be used.");
    expect(said).toContain("Nothing was started and nothing was charged.");
    expect(await unitsLeft(user)).toBe(`${LIMIT} of ${LIMIT} left`);
    expect(paid()).toBe(before);
  });

  it("to the server of Discord's files is no better than any other", async () => {
    const user = discord.addUser({ username: "gus" });
    const fetches = discord.fileFetches.length;
    const url = discord.world.storeFile(await photo(), "ephemeral").url;
    const handle = slash(user, "generate", { prompt: PROMPT, "reference-url": url });
    const said = await discord.waitFor(() => wordsTo(user, handle), WAIT_MS);
    expect(said).toContain("That link cannot be used.");
    expect(discord.fileFetches).toHaveLength(fetches);
  });
});

describe("Edit and Animate on Discord", () => {
  it("ask for words by a form, and make something new of the result", async () => {
    const user = discord.addUser({ username: "hal" });
    const before = results(discord).length;
    slash(user, "generate", { prompt: PROMPT, provider: "kie-4o-image" });
    const message = await nextResult(before);
    const uploads = stage.kie.uploads.length;

    const edit = discord.press({ user, message, label: "Edit" });
    expect(await edit.ack).toMatchObject({ type: 9, data: { title: "Edit this picture" } });
    const edited = edit.submit({ words: { words: "make it night" } });
    expect(await edited.ack).toMatchObject({ type: 5, ephemeral: false });
    edited.replay();
    const second = await nextResult(before + 1);
    expect(textOf(second)).toContain("make it night");

    const animate = discord.press({ user, message: second, label: "Animate" });
    const { data } = await animate.ack;
    expect(fieldsOf(data)[0]?.value).toContain("Bring this picture to life");
    animate.submit({});
    const film = await nextResult(before + 2);
    expect(film.attachments[0]).toMatchObject({ contentType: "video/mp4" });
    expect(stage.kie.uploads.length + stage.gemini.calls.length).toBeGreaterThan(uploads);
    expect(await unitsLeft(user)).toBe(`${LIMIT - 3} of ${LIMIT} left`);
  });

  it("do nothing for a stranger, who reads why after the form", async () => {
    const [message] = results(discord);
    if (message === undefined) throw new Error("no result");
    const stranger = discord.addUser({ username: "mallory" });
    const before = paid();
    const press = discord.press({ user: stranger, message, label: "Edit" });
    await press.ack;
    const sent = press.submit({ words: { words: "make it mine" } });
    expect(await discord.waitFor(() => wordsTo(stranger, sent), WAIT_MS)).toBe(
      "Only the person who asked for it may do that.",
    );
    expect(paid()).toBe(before);
  });

  it("stand in the menu of anybody's message, and ask for the words that are missing", async () => {
    const [bob, user] = [discord.addUser({ username: "bob" }), discord.addUser({ username: "ida" })];
    const { channel } = stage;
    const message = discord.say({ user: bob, channel, content: "my cat", files: [await photo("cat.jpg")] });
    const before = results(discord).length;
    const menu = discord.menu({ user, channel, name: "Edit with AI", message });
    const asked = await menu.originalWhen((shown) => buttonsOf(shown).length > 0, WAIT_MS);
    expect(buttonsOf(asked).map(({ label }) => label)).toEqual(["Write it"]);
    const press = discord.press({ user, message: asked, label: "Write it" });
    const { data } = await press.ack;
    expect(fieldsOf(data).map(({ customId }) => customId)).toEqual(["words", "pictures"]);
    press.submit({ words: { words: "as a watercolour" }, files: { pictures: [await photo("light.jpg")] } });
    await nextResult(before);
    expect(stage.gemini.calls.at(-1)).toMatchObject({ references: 2 });

    const film = discord.menu({ user, channel, name: "Animate", message });
    expect(await film.ack).toMatchObject({ type: 5 });
    const shown = await nextResult(before + 1);
    expect(shown.attachments[0]).toMatchObject({ contentType: "video/mp4" });
    expect(await unitsLeft(user)).toBe(`${LIMIT - 2} of ${LIMIT} left`);
  });

  it("say which picture they need where a message has none", async () => {
    const user = discord.addUser({ username: "joe" });
    const { channel } = stage;
    const message = discord.say({ user, channel, content: "only words" });
    const menu = discord.menu({ user, channel, name: "Edit with AI", message });
    expect(await discord.waitFor(() => wordsTo(user, menu), WAIT_MS)).toContain("Which picture?");
  });

  it("stay private, and work where only the member's own app is", async () => {
    const user = discord.addUser({ username: "nina" });
    const channel = discord.addChannel({ guildId: discord.addGuild({ installed: false }).id });
    const options = { prompt: PROMPT, reference: await photo(), private: true };
    const first = discord.slash({ user, channel: stage.channel, name: "generate", options });
    const message = await first.originalWhen(({ attachments }) => attachments.length === 1, WAIT_MS);
    expect(message.visibleTo).toBe(user.id);
    const press = discord.press({ user, message, label: "Edit" });
    await press.ack;
    const edited = press.submit({ words: { words: "make it night" } });
    const second = await edited.originalWhen(({ attachments }) => attachments.length === 1, WAIT_MS);
    expect(second.visibleTo).toBe(user.id);

    const written = discord.say({ user, channel, content: "my fish", files: [await photo("fish.jpg")] });
    const film = discord.menu({ user, channel, name: "Animate", message: written });
    const shown = await film.originalWhen(({ attachments }) => attachments.length === 1, WAIT_MS);
    expect(shown.attachments[0]).toMatchObject({ contentType: "video/mp4" });
  });

  it("go on from what was written before the process was killed", async () => {
    const user = discord.addUser({ username: "kim" });
    const { channel } = stage;
    const message = discord.say({ user, channel, content: "my dog", files: [await photo("dog.jpg")] });
    const before = results(discord).length;
    const menu = discord.menu({ user, channel, name: "Edit with AI", message });
    const asked = await menu.originalWhen((shown) => buttonsOf(shown).length > 0, WAIT_MS);
    await stage.restart("kill");
    const press = discord.press({ user, message: asked, label: "Write it" });
    await press.ack;
    press.submit({ words: { words: "in the rain" } });
    const result = await nextResult(before);
    expect(textOf(result)).toContain("in the rain");
  });
});

describe("an admin on Discord", () => {
  it("is told alone when a provider's credit is used up, and members are not", async () => {
    const user = discord.addUser({ username: "lea" });
    const before = results(discord).length;
    expectedError = "a provider needs its operator";
    stage.kie.fault({ on: "create", code: 402, times: 1 });
    slash(user, "generate", { prompt: PROMPT, provider: "kie-4o-image" });
    const direct = discord.directChannel(stage.admin.id);
    const notice = await discord.waitFor(() => discord.messages(direct.id)[0], WAIT_MS);
    expect(notice.content).toContain("credit");
    await nextResult(before);
    const elsewhere = [...discord.world.channels.values()].filter(({ id }) => id !== direct.id);
    for (const { messages } of elsewhere)
      for (const message of messages.values()) expect(textOf(message)).not.toContain("credit is used up");
  });
});

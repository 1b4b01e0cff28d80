/** The Discord emulator, met by the real discord.js: what it gets wrong, every test above it gets wrong. */
import {
  type ChatInputCommandInteraction,
  Client,
  DiscordAPIError,
  Events,
  GatewayIntentBits,
  MessageFlags,
  Routes,
} from "discord.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DiscordEmulator, startDiscordEmulator } from "../emulators/discord/discord-emulator.ts";
import { asArray, asObject } from "../emulators/discord/json.ts";

const quiet = { allowed_mentions: { parse: [] } };
let emulator: DiscordEmulator;
let client: Client<true>;
let close: (() => Promise<void>)[] = [];

async function login(): Promise<void> {
  const fresh = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: emulator.url, retries: 0, timeout: 2000 },
    allowedMentions: { parse: [], repliedUser: false },
  });
  close.push(() => fresh.destroy());
  const ready = new Promise<Client<true>>((resolve) => {
    fresh.once(Events.ClientReady, resolve);
  });
  await fresh.login(emulator.token);
  client = await ready;
}

/** A guild with a channel and a member, and /generate registered. */
async function scene() {
  const guild = emulator.addGuild();
  const channel = emulator.addChannel({ guildId: guild.id });
  const user = emulator.addUser({ username: "alice" });
  await login();
  await client.application.commands.set([
    {
      name: "generate",
      description: "Makes a picture",
      options: [{ type: 3, name: "prompt", description: "What", required: true }],
    },
  ]);
  const slash = (options = { prompt: "a red fox" }) =>
    emulator.slash({ user, channel, name: "generate", options });
  return { guild, channel, user, slash };
}

function onCommand(handle: (interaction: ChatInputCommandInteraction) => Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once(Events.InteractionCreate, (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      handle(interaction).then(() => resolve(), reject);
    });
  });
}

beforeEach(async () => {
  emulator = await startDiscordEmulator();
  close = [() => emulator.close()];
});

afterEach(async () => {
  for (const end of close.reverse()) await end();
});

describe("the Discord emulator", () => {
  it("lets discord.js log in, register, defer, edit and start a thread from the answer", async () => {
    const { channel, slash } = await scene();
    const handled = onCommand(async (interaction) => {
      await interaction.deferReply();
      // discord.js's own editReply and startThread send fields that the specification does not have.
      const body = { ...quiet, content: "A fox, 9 left" };
      await client.rest.patch(Routes.webhookMessage(client.user.id, interaction.token), {
        body,
        auth: false,
      });
      const { id } = await interaction.fetchReply();
      const thread = { name: "a red fox", auto_archive_duration: 60 };
      await client.rest.post(Routes.threads(channel.id, id), { body: thread });
    });
    const handle = slash();
    expect(await handle.ack).toMatchObject({ type: 5, ephemeral: false });
    await handled;
    const message = handle.original();
    expect(message).toMatchObject({ content: "A fox, 9 left", edits: 1, threadId: message?.id });
    expect(emulator.world.channel(message?.id ?? "")).toMatchObject({
      parentId: channel.id,
      name: "a red fox",
    });
    expect(emulator.transcript()).toBe(
      [
        "#general in Test guild",
        "  alice used /generate prompt:a red fox",
        "  Easel (edited): A fox, 9 left",
        '      thread "a red fox"',
      ].join("\n"),
    );
    expect(emulator.violations).toEqual([]);
  });

  it("keeps an uploaded file with its alt text and serves it", async () => {
    const { channel } = await scene();
    await client.rest.post(Routes.channelMessages(channel.id), {
      body: { ...quiet, content: "done", attachments: [{ id: "0", description: "a fox in snow" }] },
      files: [{ name: "fox.png", data: Buffer.from("picture"), contentType: "image/png" }],
    });
    const [message] = emulator.messages(channel.id);
    const [file] = message?.attachments ?? [];
    expect(file).toMatchObject({ filename: "fox.png", description: "a fox in snow", sizeBytes: 7 });
    expect(await (await fetch(file?.url ?? "")).text()).toBe("picture");
    expect(emulator.requests.at(-1)?.files[0]?.sha256).toBe(file?.sha256);
    expect(emulator.violations).toEqual([]);
  });

  it("gives back the first message when a nonce comes again after a lost answer", async () => {
    const { channel } = await scene();
    const body = { ...quiet, content: "your fox", nonce: "n-1", enforce_nonce: true };
    emulator.fail({ method: "POST", path: "/messages", do: { kind: "cut-after" } });
    await expect(client.rest.post(Routes.channelMessages(channel.id), { body })).rejects.toThrow();
    await client.rest.post(Routes.channelMessages(channel.id), { body });
    expect(emulator.messages(channel.id)).toHaveLength(1);
    const kinds = emulator.history.slice(-2).map(({ kind, answerLost }) => `${kind} ${String(answerLost)}`);
    expect(kinds).toEqual(["message.create true", "message.deduplicated false"]);
  });

  it("limits messages of a channel so that discord.js waits instead of being refused", async () => {
    const { channel } = await scene();
    const started = performance.now();
    emulator.fail({ method: "POST", do: { kind: "rate-limit", retryAfterSeconds: 0.2 } });
    const send = (n: number) =>
      client.rest.post(Routes.channelMessages(channel.id), { body: { ...quiet, content: `m${n}` } });
    await Promise.all([1, 2, 3].map(send));
    expect(performance.now() - started).toBeGreaterThan(200);
    expect(emulator.messages(channel.id).map(({ content }) => content)).toEqual(["m1", "m2", "m3"]);
    expect(emulator.requests.filter(({ status }) => status === 429)).toHaveLength(1);
  });

  it("refuses the sixth message within 5 s with the real headers", async () => {
    const { channel } = await scene();
    const send = (content: string) =>
      fetch(`${emulator.url}/v10/channels/${channel.id}/messages`, {
        method: "POST",
        headers: { authorization: `Bot ${emulator.token}`, "content-type": "application/json" },
        body: JSON.stringify({ ...quiet, content }),
      });
    for (const n of [1, 2, 3, 4, 5]) expect((await send(String(n))).status).toBe(200);
    const refused = await send("6");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(refused.headers.get("retry-after")).toBe("5");
    const body = asObject(await refused.json());
    expect(body).toMatchObject({ global: false, message: "You are being rate limited." });
  });

  it("answers a late, a second and an expired answer as Discord does", async () => {
    let ahead = 0;
    await emulator.close();
    emulator = await startDiscordEmulator({ now: () => Date.now() + ahead });
    const { slash } = await scene();
    const codes: unknown[] = [];
    const handled = onCommand(async (interaction) => {
      const note = (error: unknown) => codes.push(error instanceof DiscordAPIError ? error.code : error);
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      const again = { body: { type: 5 }, auth: false };
      await client.rest
        .post(Routes.interactionCallback(interaction.id, interaction.token), again)
        .catch(note);
      ahead += 15 * 60_000 + 1;
      await interaction.editReply("too late").catch(note);
    });
    const handle = slash();
    expect(await handle.ack).toMatchObject({ type: 5, ephemeral: true });
    await handled;
    expect(codes).toEqual([40_060, 50_027]);

    const late = onCommand(async (interaction) => {
      ahead += 3001;
      await expect(interaction.deferReply()).rejects.toMatchObject({ code: 10_062 });
    });
    slash();
    await late;
  });

  it("fills the deferred answer with the first follow-up and keeps its visibility", async () => {
    const { slash } = await scene();
    const handled = onCommand(async (interaction) => {
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      await interaction.followUp("only for you");
      await interaction.followUp("for all");
    });
    const handle = slash();
    await handled;
    expect(handle.original()).toMatchObject({ content: "only for you", visibleTo: expect.any(String) });
    expect(handle.followUps().map(({ visibleTo }) => visibleTo)).toEqual([undefined]);
  });

  it("refuses threads that exist, that may not be made and that are too many", async () => {
    const { guild, channel } = await scene();
    const closed = emulator.addChannel({ guildId: guild.id, name: "closed", deny: ["createPublicThreads"] });
    const post = async (channelId: string): Promise<string> => {
      const body = { ...quiet, content: "x" };
      return String(asObject(await client.rest.post(Routes.channelMessages(channelId), { body }))["id"]);
    };
    const thread = (channelId: string, messageId: string) =>
      client.rest.post(Routes.threads(channelId, messageId), { body: { name: "t" } });
    const first = await post(channel.id);
    await thread(channel.id, first);
    await expect(thread(channel.id, first)).rejects.toMatchObject({ code: 160_004 });
    await expect(thread(closed.id, await post(closed.id))).rejects.toMatchObject({ code: 50_013 });
    guild.activeThreadCap = 1;
    await expect(thread(channel.id, await post(channel.id))).rejects.toMatchObject({ code: 160_006 });
  });

  it("lets discord.js show a form, and sends what the member wrote and handed in", async () => {
    const { slash } = await scene();
    const label = (name: string, component: object) => ({ type: 18, label: name, component });
    const form = {
      custom_id: "form-1",
      title: "A form",
      components: [
        label("Words", { type: 4, custom_id: "words", style: 2, value: "as before", min_length: 3 }),
        label("Files", { type: 19, custom_id: "files", required: false, min_values: 0, max_values: 2 }),
      ],
    };
    const answers: unknown[] = [];
    const handled = onCommand(async (interaction) => {
      const post = (body: unknown) =>
        client.rest.post(Routes.interactionCallback(interaction.id, interaction.token), {
          body,
          auth: false,
        });
      const codeOf = (error: unknown) => answers.push(error instanceof DiscordAPIError && error.code);
      const [words, files] = form.components;
      const wrong = [
        { ...form, title: "x".repeat(46) },
        { ...form, components: [{ ...words, label: "x".repeat(46) }] },
        { ...form, components: [words, words] },
        { ...form, components: [label("Words", { type: 4, custom_id: "w", style: 1, label: "twice" })] },
        {
          ...form,
          components: [label("Words", { type: 4, custom_id: "w", style: 1, value: "ab", min_length: 3 })],
        },
        { ...form, components: [files], custom_id: "x".repeat(101) },
      ];
      for (const data of wrong) await post({ type: 9, data }).catch(codeOf);
      await post({ type: 9, data: form });
      await post({ type: 5 }).catch(codeOf);
    });
    const handle = slash();
    expect((await handle.ack).type).toBe(9);
    await handled;
    expect(answers).toEqual([...Array.from({ length: 6 }, () => 50_035), 40_060]);
    expect(emulator.violations.splice(0)).toHaveLength(6);

    const submitted = new Promise<unknown[]>((resolve, reject) => {
      client.once(Events.InteractionCreate, (interaction) => {
        if (!interaction.isModalSubmit()) return;
        const { fields, customId } = interaction;
        const files = fields.getUploadedFiles("files", true).map(({ name, size }) => `${name} ${size}`);
        const again = { body: { type: 9, data: form }, auth: false };
        client.rest
          .post(Routes.interactionCallback(interaction.id, interaction.token), again)
          .catch(async (error: unknown) => {
            await interaction.deferReply();
            resolve([customId, fields.getTextInputValue("words"), files, error]);
          })
          .catch(reject);
      });
    });
    const picture = { filename: "a.png", contentType: "image/png", bytes: Buffer.from("picture") };
    expect(() => handle.submit({ words: { words: "no" } })).toThrow("takes 3 to 4000");
    expect(() => handle.submit({ files: { files: [picture, picture, picture] } })).toThrow("0 to 2");
    const sent = handle.submit({ files: { files: [picture] } });
    const [customId, words, files, error] = await submitted;
    expect([customId, words, files]).toEqual(["form-1", "as before", ["a.png 7"]]);
    expect(error).toMatchObject({ code: 50_035 });
    expect(await sent.ack).toMatchObject({ type: 5 });
  });

  it("opens the menu of a message with what discord.js reads of it", async () => {
    const { channel, user } = await scene();
    await client.application.commands.set([{ name: "Look at it", type: 3 }]);
    const picture = { filename: "a.png", contentType: "image/png", bytes: Buffer.from("picture") };
    const written = emulator.say({ user, channel, content: "look", files: [picture] });
    const message = emulator.say({ user, channel, content: "", forwards: written });
    const seen = new Promise<unknown[]>((resolve) => {
      client.once(Events.InteractionCreate, (interaction) => {
        if (!interaction.isMessageContextMenuCommand()) return;
        const [shot] = interaction.targetMessage.messageSnapshots?.values() ?? [];
        void interaction.deferReply();
        resolve([interaction.targetId, shot?.content, shot?.attachments.map(({ name }) => name)]);
      });
    });
    const handle = emulator.menu({ user, channel, name: "Look at it", message });
    expect(await seen).toEqual([message.id, "look", ["a.png"]]);
    expect(await handle.ack).toMatchObject({ type: 5 });
    expect(handle.original()?.type).toBe(23);
    expect(() => emulator.menu({ user, channel, name: "Another", message })).toThrow("in no menu");
  });

  it("gives files out by signed links that end, to whoever asks", async () => {
    let ahead = 0;
    await emulator.close();
    emulator = await startDiscordEmulator({ now: () => Date.now() + ahead });
    const file = { filename: "a.png", contentType: "image/png", bytes: Buffer.from("picture") };
    const { url } = emulator.world.storeFile(file, "ephemeral");
    const statusOf = async (link: string) => (await fetch(link)).status;
    expect(await statusOf(url)).toBe(200);
    expect(await statusOf(url.replace(/hm=./, "hm=x"))).toBe(404);
    expect(await statusOf(url.replace(/\?.*/, ""))).toBe(404);
    ahead = 25 * 3_600_000;
    expect(await statusOf(url)).toBe(404);
    expect(emulator.fileFetches.map(({ status }) => status)).toEqual([200, 404, 404, 404]);
  });

  it("replays what was missed when the connection drops, and starts anew after an invalid session", async () => {
    const { slash } = await scene();
    emulator.gateway.drop();
    const handled = onCommand((interaction) => interaction.deferReply());
    const handle = slash();
    expect(await handle.ack).toMatchObject({ type: 5 });
    await handled;
    expect(emulator.gateway.counts()).toEqual({ identifies: 1, resumes: 1 });
    const readyAgain = new Promise((resolve) => {
      client.once(Events.ShardReady, resolve);
    });
    emulator.gateway.invalidateSessions();
    await readyAgain;
    expect(emulator.gateway.counts()).toEqual({ identifies: 2, resumes: 1 });
  });

  it("says which rule a request broke", async () => {
    const { channel } = await scene();
    const button = (n: number) => ({ type: 2, style: 2, label: "x", custom_id: `${n}${"y".repeat(100)}` });
    const broken = { content: "x", colour: 1, components: [{ type: 1, components: [button(1)] }] };
    const post = (id: string, body: unknown) => client.rest.post(Routes.channelMessages(id), { body });
    await expect(post(channel.id, broken)).rejects.toMatchObject({ code: 50_035 });
    const texts = emulator.violations.map((text) => text.slice(text.indexOf("}: ") + 3));
    expect(texts.toSorted()).toEqual([
      "allowed_mentions is missing",
      "colour is no field of this request",
      "components.0.components.0.custom_id maxLength is 100, this is 101",
    ]);
    const body = { ...quiet, content: "gone" };
    await expect(post("123", body)).rejects.toMatchObject({ code: 10_003 });
    await expect(post("123", body)).rejects.toMatchObject({ code: 10_003 });
    expect(emulator.violations.at(-1)).toContain("repeated although it was refused with 404");
  });

  it("lists messages newest first, by limit, before, after and around", async () => {
    const { channel, user } = await scene();
    const ids = [1, 2, 3, 4, 5].map((n) => emulator.say({ user, channel, content: `m${n}` }).id);
    const list = async (query: Record<string, string>) => {
      const found = await client.rest.get(Routes.channelMessages(channel.id), {
        query: new URLSearchParams(query),
      });
      return asArray(found).map((message) => asObject(message)["content"]);
    };
    expect(await list({ limit: "2" })).toEqual(["m5", "m4"]);
    expect(await list({ after: ids[1] ?? "", limit: "2" })).toEqual(["m4", "m3"]);
    expect(await list({ before: ids[2] ?? "" })).toEqual(["m2", "m1"]);
    expect(await list({ around: ids[2] ?? "", limit: "3" })).toEqual(["m4", "m3", "m2"]);
  });
});

/** Pictures and forms on Discord, with a core that says what it is told to. */
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modal } from "../../src/bots/discord/modal.ts";
import { createOpenPicture } from "../../src/bots/discord/pictures.ts";
import type { Arrival, PictureName } from "../../src/core/conversation/intents.ts";
import type { Json } from "../../src/core/json.ts";
import { systemDial, systemResolve } from "../../src/providers/shared/dial.ts";
import { createSafeFetch } from "../../src/providers/shared/safe-fetch.ts";
import type { FileToStore } from "../emulators/discord/content-delivery.ts";
import type { DiscordEmulator } from "../emulators/discord/discord-emulator.ts";
import { asObject, asString } from "../emulators/discord/json.ts";
import { fieldsOf } from "../emulators/discord/modal-form.ts";
import type { EmulatedMessage } from "../emulators/discord/model.ts";
import { checkRules } from "../emulators/discord/rule-check.ts";
import { checkRequest } from "../emulators/discord/schema-check.ts";
import { type DiscordScene, deliveryId, startScene, words } from "./support/discord-scene.ts";
import { realClock } from "./support/real-clock.ts";

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

const file = (filename: string, contentType = "image/png", bytes = Buffer.from(filename)): FileToStore => ({
  filename,
  contentType,
  bytes,
});

async function arrived(count = 1): Promise<Arrival> {
  await emulator.waitFor(() => scene.arrivals.length >= count);
  const last = scene.arrivals.at(-1);
  if (last === undefined) throw new Error("nothing arrived");
  return last;
}

const pathOf = ({ name }: PictureName): string => {
  const { url } = asObject(name);
  return new URL(asString(url)).pathname.split("/").at(-1) ?? "";
};

async function picturesFrom(
  message: EmulatedMessage,
  name = "Edit with AI",
): Promise<readonly PictureName[]> {
  const before = scene.arrivals.length;
  emulator.menu({ user: scene.user, channel: scene.channel, name, message });
  const { intent } = await arrived(before + 1);
  if (intent.kind !== "command") throw new Error(intent.kind);
  return intent.pictures ?? [];
}

/** What core gets for a name: the bytes, or the status of the guard. */
async function opened(name: Json): Promise<string> {
  const signal = AbortSignal.timeout(5000);
  const given = await scene.bot().messenger.openPicture?.(name, signal);
  if (given?.status !== "link") return `${given?.status} ${given?.status === "refused" ? given.why : ""}`;
  const fetch = createSafeFetch({
    policy: { schemes: ["https"], allowIpLiterals: false, refusedHosts: [] },
    clock: realClock,
    resolve: systemResolve,
    dial: systemDial,
  });
  const { url, hosts } = given;
  const fetched = await fetch({ url, hosts, maxBytes: 1000, totalMs: 3000, signal });
  if (fetched.ok) return Buffer.from(fetched.bytes).toString();
  return `${fetched.reason} ${fetched.httpStatus ?? fetched.because ?? ""}`.trim();
}

describe("an attachment option", () => {
  it("comes as a picture or a mask by its name, never among the options", async () => {
    const options = { prompt: "make it night", reference: file("a.png"), mask: file("b.png") };
    emulator.slash({ user: scene.user, channel: scene.channel, name: "edit", options });
    const { intent } = await arrived();
    expect(intent).toEqual({
      kind: "command",
      name: "edit",
      options: { prompt: "make it night" },
      pictures: [
        { role: "picture", name: { url: expect.stringContaining("/a.png?ex="), sizeBytes: 5 } },
        { role: "mask", name: { url: expect.stringContaining("/b.png?ex="), sizeBytes: 5 } },
      ],
    });
  });

  it("is opened as a link that only leads to Discord, and not at all when it is too large", async () => {
    const options = { prompt: "a red fox in the snow", reference: file("fox.png") };
    emulator.slash({ user: scene.user, channel: scene.channel, name: "generate", options });
    const { intent } = await arrived();
    const [picture] = "pictures" in intent ? (intent.pictures ?? []) : [];
    const name = picture?.name ?? null;
    expect(await opened(name)).toBe("fox.png");
    const [fetched] = emulator.fileFetches;
    expect(fetched?.headers["authorization"]).toBeUndefined();
    aheadMs += 25 * 3_600_000;
    expect(await opened(name)).toContain("404");
    expect(await opened({ url: "https://example.com/fox.png", sizeBytes: 5 })).toContain("host");
    expect(await opened({ url: "http://169.254.169.254/fox.png" })).not.toContain("ok");
    expect(await opened({ url: "https://cdn.discordapp.com/x", sizeBytes: 20 * 1024 * 1024 + 1 })).toBe(
      "refused too-large",
    );
    for (const odd of [null, 1, "x", {}, { url: 1 }, { sizeBytes: 3 }])
      expect(await opened(odd)).toBe("refused gone");
  });

  it("may come from Discord's hosts alone where the API is Discord's own", () => {
    for (const url of ["https://discord.com/api", "https://canary.discord.com/api"]) {
      expect(createOpenPicture(url)({ url: "https://cdn.discordapp.com/x" })).toEqual({
        status: "link",
        url: "https://cdn.discordapp.com/x",
        hosts: { suffixes: [".discordapp.com", ".discordapp.net"], trustedOrigins: [] },
      });
    }
    const elsewhere = createOpenPicture("https://notdiscord.com/api")({ url: "https://notdiscord.com/x" });
    expect(elsewhere).toMatchObject({ hosts: { trustedOrigins: ["https://notdiscord.com"] } });
  });
});

describe("the menu of a message", () => {
  const say = (more: Partial<Parameters<DiscordEmulator["say"]>[0]> = {}, by = "bob"): EmulatedMessage =>
    emulator.say({
      user: emulator.addUser({ username: by }),
      channel: scene.channel,
      content: "look",
      ...more,
    });

  it("has Edit and Animate, for members everywhere", () => {
    const menus = emulator.registeredCommands().filter(({ type }) => type === 3);
    expect(menus.map(({ name }) => name)).toEqual(["Edit with AI", "Animate"]);
    for (const menu of menus)
      expect(menu).toMatchObject({ description: "", contexts: [0, 1, 2], integration_types: [0, 1] });
  });

  it("is a command without words on the pictures of anybody's message", async () => {
    const message = say({
      files: [file("one.png"), file("notes.txt", "text/plain"), file("two.jpg", "image/jpeg")],
    });
    expect((await picturesFrom(message)).map(pathOf)).toEqual(["one.png", "two.jpg"]);
    expect(scene.arrivals.at(-1)?.intent).toMatchObject({ kind: "command", name: "edit", options: {} });
    await picturesFrom(message, "Animate");
    expect(scene.arrivals.at(-1)?.intent).toMatchObject({ kind: "command", name: "animate" });
  });

  it("names Discord's copies of what comes from elsewhere, never the links of an author", async () => {
    const evil = "https://evil.example/tracker.png";
    const proxied = (name: string) => emulator.world.proxied(file(name), evil);
    const message = say({
      embeds: [
        { type: "rich", image: proxied("image.png"), thumbnail: proxied("unused.png") },
        { type: "image", url: evil, thumbnail: proxied("thumbnail.png") },
        { type: "rich", image: { url: evil } },
      ],
      components: [
        {
          type: 17,
          components: [
            { type: 12, items: [{ media: proxied("gallery.png") }, { media: { url: evil } }] },
            { type: 9, components: [], accessory: { type: 11, media: proxied("accessory.png") } },
          ],
        },
      ],
    });
    const pictures = await picturesFrom(message);
    expect(pictures.map(pathOf)).toEqual(["image.png", "thumbnail.png", "gallery.png", "accessory.png"]);
    expect(JSON.stringify([pictures, scene.inboxRows()])).not.toContain("evil.example");
    expect(await opened(pictures[0]?.name ?? null)).toBe("image.png");
  });

  it("sees what is forwarded, each file once, and ten at most", async () => {
    const original = say({ files: [file("forwarded.png")] });
    expect((await picturesFrom(say({ forwards: original }))).map(pathOf)).toEqual(["forwarded.png"]);
    const shown = say({ files: [file("same.png")] });
    const [same] = shown.attachments;
    const url = same?.url.replace("hm=", "width=10&hm=");
    shown.components = [{ type: 12, items: [{ media: { url, proxy_url: url, content_type: "image/png" } }] }];
    expect((await picturesFrom(shown)).map(pathOf)).toEqual(["same.png"]);
    const many = say({ files: Array.from({ length: 12 }, (_, index) => file(`${index}.png`)) });
    expect(await picturesFrom(many)).toHaveLength(10);
  });

  it("goes on without pictures where there are none, and with odd messages", async () => {
    expect(await picturesFrom(say())).toEqual([]);
    const odd = [null, { image: 5 }, { image: { proxy_url: 5 } }];
    expect(await picturesFrom(say({ embeds: odd, files: [file("still.png")] }))).toHaveLength(1);
  });

  it("is refused at once where the bot may not post", async () => {
    const channel = emulator.addChannel({ guildId: scene.guild.id, deny: ["attachFiles"] });
    const message = say({ files: [file("one.png")] });
    const handle = emulator.menu({ user: scene.user, channel, name: "Edit with AI", message });
    expect(await handle.ack).toMatchObject({ type: 4, ephemeral: true });
    expect(scene.arrivals).toEqual([]);
  });
});

describe("a press that needs words", () => {
  async function message(data: string, isPrivate = false): Promise<EmulatedMessage> {
    const buttons = [[{ label: "Write", style: "secondary", data } as const]];
    scene.answerWith(() => ({ status: "reply", reply: { ...words("a result", isPrivate), buttons } }));
    const options = { prompt: "a red fox in the snow", private: isPrivate };
    const handle = emulator.slash({ user: scene.user, channel: scene.channel, name: "generate", options });
    const shown = await handle.originalWhen(({ content }) => content === "a result");
    await emulator.waitFor(() => scene.inboxRows().every(({ handled }) => handled));
    return shown;
  }
  const press = (shown: EmulatedMessage, user = scene.user) =>
    emulator.press({ user, message: shown, label: "Write" });

  it("is answered by a form at once, and nothing is written", async () => {
    const shown = await message("v1|edit|handle1|");
    const rows = scene.inboxRows().length;
    const handle = press(shown);
    const { type, data } = await handle.ack;
    expect(type).toBe(9);
    expect(data).toMatchObject({ custom_id: "v1|edit|handle1|", title: "Edit this picture" });
    expect(fieldsOf(data).map(({ customId, label, value }) => [customId, label, value])).toMatchObject([
      ["words", "What should change?", ""],
      ["pictures", "More pictures to work from", ""],
    ]);
    expect([scene.inboxRows().length, scene.arrivals.length]).toEqual([rows, 1]);
  });

  it("comes back as words, answered in a message of its own, for whoever wrote them", async () => {
    const shown = await message("v1|edit|handle1|");
    const stranger = emulator.addUser({ username: "eve" });
    const handle = press(shown, stranger);
    await handle.ack;
    scene.answerWith(() => ({ status: "reply", reply: words("on its way") }));
    const sent = handle.submit({ words: { words: "make it night" } });
    expect(await sent.ack).toMatchObject({ type: 5, ephemeral: false });
    const said = await sent.originalWhen(({ content }) => content === "on its way");
    expect(said.id).not.toBe(shown.id);
    expect(await arrived(2)).toMatchObject({
      actor: { identity: `discord:${stranger.id}` },
      intent: { kind: "form", data: "v1|edit|handle1|", text: "make it night" },
    });
    expect(scene.arrivals[1]?.intent).not.toHaveProperty("pictures");
  });

  it("is prefilled where words stand already, and these may be sent as they are or not at all", async () => {
    const shown = await message("v1|animate|handle1|");
    const handle = press(shown);
    const { data } = await handle.ack;
    const [field] = fieldsOf(data);
    expect(field?.value).toContain("Bring this picture to life");
    handle.submit({});
    expect((await arrived(2)).intent).toMatchObject({ kind: "form", text: field?.value });
    const again = press(shown);
    await again.ack;
    again.submit({ words: { words: "" } });
    expect((await arrived(3)).intent).toMatchObject({ kind: "form", text: "" });
  });

  it("takes pictures for a draft", async () => {
    const handle = press(await message("v1|fill|draft1|"));
    const { data } = await handle.ack;
    expect(fieldsOf(data).map(({ customId }) => customId)).toEqual(["words", "pictures"]);
    handle.submit({
      words: { words: "as a watercolour" },
      files: { pictures: [file("a.png"), file("b.png")] },
    });
    const { intent } = await arrived(2);
    expect(intent).toMatchObject({ kind: "form", data: "v1|fill|draft1|", text: "as a watercolour" });
    expect("pictures" in intent && intent.pictures?.map(pathOf)).toEqual(["a.png", "b.png"]);
  });

  it("acts once when what was written comes again", async () => {
    const handle = press(await message("v1|edit|handle1|"));
    await handle.ack;
    scene.answerWith(() => ({ status: "reply", reply: words("on its way") }));
    const sent = handle.submit({ words: { words: "make it night" } });
    await sent.originalWhen(({ content }) => content === "on its way");
    sent.replay();
    // A later one is handled behind it.
    const options = { prompt: "a red fox in the snow" };
    const later = emulator.slash({ user: scene.user, channel: scene.channel, name: "generate", options });
    await later.originalWhen(({ content }) => content === "on its way");
    expect(scene.arrivals.map(({ intent }) => intent.kind)).toEqual(["command", "form", "command"]);
  });

  it("stays private under a message that only one member sees", async () => {
    const handle = press(await message("v1|edit|handle1|", true));
    await handle.ack;
    const sent = handle.submit({ words: { words: "make it night" } });
    expect(await sent.ack).toMatchObject({ type: 5, ephemeral: true });
    expect((await arrived(2)).target.private).toBe(true);
  });

  it("shows one form when the answer to the first is lost", async () => {
    const shown = await message("v1|edit|handle1|");
    emulator.fail({ path: "/callback", do: { kind: "cut-after" } });
    const handle = press(shown);
    expect((await handle.ack).type).toBe(9);
    const callbacks = () => emulator.requests.filter(({ path }) => path.includes(handle.token));
    await emulator.waitFor(() => callbacks().length === 2 && callbacks()[1]?.status === 400);
    expect(callbacks()[1]?.answer).toMatchObject({ code: 40_060 });
    expect(scene.logs.some(({ event }) => event === "an interaction was not answered")).toBe(false);
  });

  it("opens no form where the result could not be posted", async () => {
    const shown = await message("v1|edit|handle1|");
    scene.channel.botPermissions &= ~(1n << 15n);
    expect(await press(shown).ack).toMatchObject({ type: 4, ephemeral: true });
  });

  it("has a form within Discord's limits, whatever a language says in it", () => {
    const line = fc.string({ unit: "grapheme", maxLength: 5000, size: "max" });
    const form = fc.record({
      data: fc.constantFrom("v1|fill|draft1|", "v1|edit|handle1|"),
      title: line,
      label: line,
      placeholder: line,
      value: line,
      required: fc.boolean(),
    });
    fc.assert(
      fc.property(form, line, (given, uploadLabel) => {
        const body = modal(given, uploadLabel);
        const problems = checkRequest("create_interaction_response", body);
        expect([...problems, ...checkRules("create_interaction_response", body)]).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("believes nothing of a form that nobody was shown", async () => {
    const forge = (data: Record<string, unknown>) =>
      emulator.forgeForm({ user: scene.user, channel: scene.channel, data });
    const label = (component: unknown) => [{ type: 18, component }];
    const forms: Record<string, unknown>[] = [
      {},
      { custom_id: "x".repeat(3000), components: label({ custom_id: "words", value: 5 }) },
      { custom_id: "v1|edit|a|", components: label({ custom_id: "words", value: { toString: 1 } }) },
      {
        custom_id: "v1|fill|a|",
        components: label({ custom_id: "pictures", values: ["__proto__", "constructor", 5, "404"] }),
        resolved: { attachments: {} },
      },
    ];
    for (const [index, data] of forms.entries()) {
      forge(data);
      const { intent } = await arrived(index + 1);
      expect(intent).toMatchObject({ kind: "form", text: "" });
      expect(intent).not.toHaveProperty("pictures");
    }
  });
});

describe("a member alone", () => {
  const notice = { kind: "reply", reply: words("Few credits are left.", true) } as const;

  function targetOf(identity: `${string}:${string}`) {
    const target = scene.bot().messenger.privateTarget?.(identity);
    if (!target) throw new Error("no target");
    return target;
  }

  it("is written to without an interaction, once, also when the answer is lost", async () => {
    const target = targetOf(`discord:${scene.user.id}`);
    emulator.fail({ method: "POST", path: "/users/@me/channels", do: { kind: "cut-after" } });
    expect(await scene.send(notice, target)).toMatchObject({ status: "failed" });
    emulator.fail({ method: "POST", path: "/messages", do: { kind: "cut-after" } });
    expect(await scene.send(notice, target, { tries: 2 })).toMatchObject({ status: "unknown" });
    expect(await scene.send(notice, target, { tries: 3 })).toMatchObject({ status: "sent" });
    const firstTriedAt = Date.now();
    aheadMs += 200_000;
    expect(await scene.send(notice, target, { tries: 4, firstTriedAt })).toMatchObject({ status: "sent" });
    const { id } = emulator.directChannel(scene.user.id);
    expect(emulator.messages(id).map(({ content }) => content)).toEqual(["Few credits are left."]);
    await scene.send({ ...notice, reply: words("Another.") }, target, { deliveryId: deliveryId("b") });
    expect(emulator.messages(id)).toHaveLength(2);
  });

  it("who takes no messages is given up", async () => {
    scene.user.dmsClosed = true;
    const target = targetOf(`discord:${scene.user.id}`);
    expect(await scene.send(notice, target)).toMatchObject({ status: "undeliverable" });
    expect(await scene.send(notice, targetOf("discord:404"))).toMatchObject({ status: "undeliverable" });
  });

  it("is nobody of another platform, and no made-up id", () => {
    const { messenger } = scene.bot();
    for (const identity of ["telegram:5", "discord:../../x", "discord:"] as const)
      expect(messenger.privateTarget?.(identity)).toBeNull();
  });
});

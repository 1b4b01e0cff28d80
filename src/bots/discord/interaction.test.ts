import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intentOf } from "./intent.ts";
import { type Interaction, parseInteraction } from "./interaction.ts";
import { actorOf, placeOf, readPlace, targetOf } from "./place.ts";

const ALL = String((1n << 50n) - 1n);
const golden = {
  id: "1310000000000000000",
  application_id: "1300000000000000000",
  type: 2,
  token: "aW50ZXJhY3Rpb246MTIz-_x",
  channel_id: "1200000000000000000",
  channel: { id: "1200000000000000000", type: 0 },
  guild_id: "1100000000000000000",
  member: {
    user: { id: "1000000000000000000", username: "ada", global_name: "Ada", bot: false },
    permissions: String(1n << 13n),
  },
  locale: "de",
  app_permissions: ALL,
  attachment_size_limit: 10_485_760,
  context: 0,
  authorizing_integration_owners: { "0": "1100000000000000000" },
  data: {
    name: "admin",
    type: 1,
    options: [
      {
        name: "limit",
        type: 1,
        options: [
          { name: "member", type: 6, value: "1000000000000000001" },
          { name: "units", type: 3, value: "20" },
        ],
      },
    ],
  },
};

const media = { url: "https://example.com/a.png", proxy_url: "https://media.discordapp.net/a.png" };
const attachment = { id: "5", url: "https://cdn.discordapp.com/b.png", size: 9, content_type: "image/png" };
const shown = {
  attachments: [attachment],
  embeds: [{ type: "rich", image: media }],
  components: [
    {
      type: 17,
      components: [
        { type: 12, items: [{ media }] },
        { type: 9, accessory: { type: 11, media } },
      ],
    },
  ],
};
const menu = {
  ...golden,
  data: {
    name: "Edit with AI",
    type: 3,
    target_id: "77",
    resolved: { messages: { "77": { id: "77", ...shown, message_snapshots: [{ message: shown }] } } },
  },
};
const form = {
  ...golden,
  type: 5,
  data: {
    custom_id: "v1|fill|draft1|",
    components: [
      { type: 18, component: { type: 4, custom_id: "words", value: "at night" } },
      { type: 18, component: { type: 19, custom_id: "pictures", values: ["5"] } },
    ],
    resolved: { attachments: { "5": attachment } },
  },
};

/** A second after the interaction was made. */
const NOW = Number(1310000000000000000n >> 22n) + 1_420_070_400_000 + 1_000;

const noMenu = (): undefined => undefined;

function parse(raw: unknown): Interaction {
  const parsed = parseInteraction(raw);
  if ("wrong" in parsed) throw new Error(parsed.wrong);
  return parsed.interaction;
}

function place(changes: object) {
  return placeOf(parse({ ...golden, ...changes }), NOW);
}

describe("an interaction", () => {
  it("is read as actor, intent and target", () => {
    const interaction = parse(golden);
    const where = placeOf(interaction, NOW);
    if (where === null) throw new Error("no place");
    expect(actorOf(interaction, where)).toEqual({
      identity: "discord:1000000000000000000",
      platform: "discord",
      name: "Ada",
      username: "ada",
      locale: "de",
      isBot: false,
      isChatIdentity: false,
      context: "group",
      community: "discord:1100000000000000000",
      managesCommunity: true,
      governsCommunity: false,
    });
    expect(intentOf(interaction, noMenu)).toEqual({
      kind: "command",
      name: "admin limit",
      options: { member: "discord:1000000000000000001", units: "20" },
    });
    const target = targetOf(interaction, where, false);
    expect(target.chatKey).toBe("discord:1200000000000000000/1310000000000000000");
    expect(readPlace(target.place)).toEqual(where);
    expect(target.community).toBe("discord:1100000000000000000");
    expect(targetOf(interaction, where, true)).not.toHaveProperty("community");
  });

  it("is a form with its words and files, or a command on the pictures of a message", () => {
    const file = { role: "picture", name: { url: attachment.url, sizeBytes: 9 } };
    expect(intentOf(parse(form), noMenu)).toEqual({
      kind: "form",
      data: "v1|fill|draft1|",
      text: "at night",
      pictures: [file],
    });
    expect(intentOf(parse(menu), noMenu)).toBeNull();
    expect(intentOf(parse(menu), () => "edit")).toEqual({
      kind: "command",
      name: "edit",
      options: {},
      pictures: [file, { role: "picture", name: { url: media.proxy_url } }],
    });
  });

  it("knows the places it can come from", () => {
    expect(place({})?.kind).toBe("guild");
    expect(place({ channel: { id: "1", type: 11 } })?.kind).toBe("thread");
    const dm = { guild_id: null, member: null, user: golden.member.user, channel: { id: "1", type: 1 } };
    expect(place({ ...dm, context: 1 })?.kind).toBe("dm");
    expect(place({ ...dm, context: 2 })?.kind).toBe("outside");
    const userInstall = { authorizing_integration_owners: { "1": "1000000000000000000" } };
    expect(place(userInstall)?.kind).toBe("outside");
  });

  it("tells what the bot may do there", () => {
    const allowed = place({});
    expect(allowed).toMatchObject({ canSend: true, canAttach: true, canStartThread: true });
    expect(place({ app_permissions: "0" })).toMatchObject({ canSend: false, canStartThread: false });
    expect(place({ app_permissions: "8" })).toMatchObject({ canSend: true, canStartThread: true });
    expect(place({ channel: { id: "1", type: 2 } })).toMatchObject({ canStartThread: false });
  });

  it("believes an id about its time only where that can be", () => {
    expect(place({})?.interactionAt).toBe(NOW - 1_000);
    expect(place({ id: "77" })?.interactionAt).toBe(NOW);
    expect(place({ id: "4310000000000000000" })?.interactionAt).toBe(NOW);
  });

  it("lets results of one channel share its pace only where they stand in it", () => {
    const interaction = parse({ ...golden, app_permissions: String((1n << 10n) | (1n << 11n)) });
    const where = placeOf(interaction, NOW);
    if (where === null) throw new Error("no place");
    expect(targetOf(interaction, where, false).resultKey).toBe("discord:1200000000000000000");
    expect(targetOf(interaction, where, true).resultKey).toBeUndefined();
  });

  it("lets nothing into a request path that is not an id or a token", () => {
    for (const [field, value] of [
      ["id", "../../users/@me"],
      ["application_id", "1/2"],
      ["token", "a/../b"],
      ["token", "a?b"],
      ["channel_id", "%2e%2e"],
    ] as const) {
      expect(parseInteraction({ ...golden, [field]: value })).toEqual({ wrong: field });
    }
  });

  it("is not understood when it is nested without end", () => {
    let component: object = { type: 12, items: [] };
    for (let depth = 0; depth < 10_000; depth += 1) component = { type: 17, components: [component] };
    const data = { ...menu.data, resolved: { messages: { "77": { components: [component] } } } };
    expect(parseInteraction({ ...menu, data })).toEqual({ wrong: "nested too deep" });
  });

  it("survives any change of its shape", () => {
    const cases = [golden, menu, form].flatMap((whole) => pathsOf(whole).map((path) => ({ whole, path })));
    const junk = fc.oneof(
      fc.constantFrom(null, undefined, Number.NaN, "", "__proto__", -1, 1e308, [], {}, true),
      fc.jsonValue({ maxDepth: 4 }),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...cases), junk, ({ whole, path }, value) => {
        const parsed = parseInteraction(changed(whole, path, value));
        if ("wrong" in parsed) return;
        const where = placeOf(parsed.interaction, NOW);
        if (where === null) return;
        actorOf(parsed.interaction, where);
        intentOf(parsed.interaction, () => "edit");
        expect(readPlace(targetOf(parsed.interaction, where, true).place)).toEqual(where);
      }),
      { numRuns: 3000 },
    );
    fc.assert(fc.property(fc.anything(), (value) => void parseInteraction(value)));
  });
});

function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

function changed(value: unknown, [key, ...rest]: string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? changed(item, rest, replacement) : item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      name === key ? changed(item, rest, replacement) : item,
    ]),
  );
}

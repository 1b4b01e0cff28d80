import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildCatalogue } from "../../core/conversation/catalogue.ts";
import type { GeneratorModel } from "../../core/ports/generator.ts";
import { createReader } from "./inbound.ts";
import { updateSchema } from "./updates.ts";

/** Takes pictures for everything, so that all commands are there. */
const model: GeneratorModel = {
  id: "made-up",
  label: "Made up",
  kind: "image",
  aspects: ["1:1"],
  maxReferences: 3,
  takesMask: true,
  costDollars: null,
  paid: false,
  repeatable: true,
  typicalMs: 1_000,
  startTimeoutMs: 1_000,
  sketch: true,
};
const reader = createReader({
  me: () => ({ id: 7, username: "easel_bot" }),
  commands: buildCatalogue([model, { ...model, kind: "video" }], []),
});
const alice = { id: 501, first_name: "Alice", username: "alice", language_code: "de" };
const group = { id: -100_1, type: "supergroup" };
const alone = { id: 501, type: "private" };

function read(message: object) {
  return reader.read(
    updateSchema.parse({ message: { message_id: 9, from: alice, chat: alone, ...message } }),
  );
}

describe("what somebody writes", () => {
  it("is a command with who, where and what", () => {
    expect(
      read({
        text: "/generate@Easel_bot a red fox",
        chat: group,
        message_thread_id: 4,
        is_topic_message: true,
      }),
    ).toEqual({
      eventKey: "tg:7:-1001:9",
      lane: "-1001:501",
      actor: {
        identity: "telegram:501",
        platform: "telegram",
        name: "Alice",
        username: "alice",
        locale: "de",
        isBot: false,
        isChatIdentity: false,
        context: "group",
        community: "telegram:-1001",
        managesCommunity: false,
        governsCommunity: false,
      },
      intent: { kind: "command", name: "generate", options: { prompt: "a red fox" } },
      place: { chatId: -1001, group: true, userId: 501, replyTo: 9, topicId: 4 },
      press: null,
      rightsIn: null,
      staysInPlace: false,
    });
  });

  it("keeps the thread of an answer in a plain supergroup out of it", () => {
    expect(read({ text: "/help", chat: group, message_thread_id: 4 })?.place).not.toHaveProperty("topicId");
  });

  it("is a prompt to offer when it is words alone with the bot", () => {
    expect(read({ text: " a red fox " })?.intent).toEqual({ kind: "words", text: "a red fox" });
  });

  it.each([
    ["ordinary talk in a group", { text: "a red fox", chat: group }],
    ["another bot's command", { text: "/generate@other_bot x", chat: group }],
    ["an unknown command in a group", { text: "/roll 2d6", chat: group }],
    [
      "a channel's post that was forwarded by itself",
      { text: "/generate x", chat: group, is_automatic_forward: true },
    ],
    ["a service message", {}],
    ["a picture without words in a group", { chat: group, photo: [{ file_id: "p" }] }],
    ["a picture with ordinary words in a group", { chat: group, photo: [{ file_id: "p" }], caption: "look" }],
    ["a film without words", { animation: { file_id: "a" }, document: { file_id: "a" } }],
    ["a message in a channel", { text: "/generate x", chat: { id: -5, type: "channel" } }],
  ])("is nothing to us: %s", (_, message) => {
    expect(read(message)).toBeNull();
  });

  it("has nobody's rights when a channel or an anonymous admin speaks", () => {
    const understood = read({ text: "/generate x", chat: group, sender_chat: group });
    expect(understood?.actor).toMatchObject({ isChatIdentity: true, identity: "telegram:-1001" });
  });

  it("takes the words it answers as the prompt", () => {
    const reply_to_message = { message_id: 3, from: { id: 8 }, text: "a blue hen" };
    expect(read({ text: "/generate --video", reply_to_message })?.intent).toEqual({
      kind: "command",
      name: "generate",
      options: { type: "video", prompt: "a blue hen" },
    });
    expect(read({ text: "/generate a fox", reply_to_message })?.intent).toMatchObject({
      options: { prompt: "a fox" },
    });
  });

  it("is the prompt when it answers the question for one", () => {
    const question = {
      message_id: 3,
      from: { id: 7, is_bot: true },
      text: "What should it show?\u200b",
      entities: [{ type: "text_link", offset: 20, length: 1, url: "https://t.me/#prompt" }],
    };
    expect(read({ text: "a fox --count=2", chat: group, reply_to_message: question })?.intent).toEqual({
      kind: "command",
      name: "generate",
      options: { prompt: "a fox", count: 2 },
    });
    expect(read({ text: "nice", chat: group, reply_to_message: { ...question, entities: [] } })).toBeNull();
  });

  it("names a member by an answer to them, or by a mention without a public name", () => {
    const reply_to_message = { message_id: 3, from: { id: 88 }, text: "spam" };
    expect(read({ text: "/admin ban buys likes", reply_to_message })?.intent).toEqual({
      kind: "command",
      name: "admin ban",
      options: { member: "telegram:88", reason: "buys likes" },
    });
    const text = "/admin limit Bob B 20";
    const entities = [{ type: "text_mention", offset: 13, length: 5, user: { id: 99 } }];
    expect(read({ text, entities })?.intent).toMatchObject({
      options: { member: "telegram:99", units: "20" },
    });
  });

  it("passes an unknown subcommand on, so that it can be refused in words", () => {
    expect(read({ text: "/admin explode" })?.intent).toMatchObject({ name: "admin explode" });
    expect(read({ text: "/nonsense" })?.intent).toMatchObject({ name: "nonsense" });
  });
});

describe("pictures", () => {
  const photo = (fileId: string) => [
    { file_id: `${fileId}-s`, width: 90, height: 90 },
    { file_id: fileId, width: 900, height: 900, file_size: 5 },
  ];
  const picture = (fileId: string, sizeBytes: number | null = 5) => ({
    role: "picture",
    name: { fileId, sizeBytes },
  });
  const result = { message_id: 3, from: { id: 7, is_bot: true }, photo: photo("result"), caption: "Made by" };

  it.each([
    ["/generate a red fox", "generate"],
    ["/edit@easel_bot make it night", "edit"],
    ["/animate the wind blows", "animate"],
  ])("come with a command under them: %s", (caption, name) => {
    for (const chat of [group, alone]) {
      const intent = read({ caption, photo: photo("p"), chat })?.intent;
      expect(intent).toMatchObject({ kind: "command", name, pictures: [picture("p")] });
    }
  });

  it("of an answered message come after one's own, whoever sent it", () => {
    const others = { message_id: 3, from: { id: 8 }, photo: photo("theirs"), caption: "my holiday" };
    const edit = { text: "/edit make it night", chat: group };
    expect(read({ ...edit, reply_to_message: others })?.intent).toEqual({
      kind: "command",
      name: "edit",
      options: { prompt: "make it night" },
      pictures: [picture("theirs")],
    });
    expect(read({ ...edit, reply_to_message: result })?.intent).toMatchObject({
      pictures: [picture("result")],
    });
    expect(
      read({ caption: "/edit swap them", photo: photo("own"), reply_to_message: others })?.intent,
    ).toMatchObject({ pictures: [picture("own"), picture("theirs")] });
  });

  it("keep their own words for themselves: those are no prompt", () => {
    const others = { message_id: 3, from: { id: 8 }, photo: photo("theirs"), caption: "my holiday" };
    expect(read({ text: "/animate", reply_to_message: others })?.intent).toEqual({
      kind: "command",
      name: "animate",
      options: {},
      pictures: [picture("theirs")],
    });
  });

  it("are none in a video that is answered", () => {
    const film = { message_id: 3, from: { id: 8 }, video: { file_id: "v" } };
    expect(read({ text: "/edit make it night", reply_to_message: film })?.intent).not.toHaveProperty(
      "pictures",
    );
  });

  it("are offered with their words, or without any, alone with the bot", () => {
    expect(read({ caption: " make it night ", photo: photo("p") })?.intent).toEqual({
      kind: "words",
      text: "make it night",
      pictures: [picture("p")],
    });
    expect(read({ photo: photo("p") })?.intent).toEqual({
      kind: "words",
      text: "",
      pictures: [picture("p")],
    });
    expect(read({ text: "make it night", reply_to_message: result })?.intent).toMatchObject({
      kind: "words",
      pictures: [picture("result")],
    });
    expect(read({ sticker: { file_id: "s" } })?.intent).toMatchObject({ pictures: [picture("s", null)] });
  });

  it("are named even if they are no pictures, where a command brings them", () => {
    const document = { file_id: "d", mime_type: "application/pdf" };
    expect(read({ caption: "/generate a red fox", document })?.intent).toMatchObject({
      pictures: [picture("d", null)],
    });
    expect(read({ caption: "a red fox", document })?.intent).toEqual({ kind: "words", text: "a red fox" });
    expect(read({ caption: "/quota", photo: photo("p") })?.intent).toEqual({
      kind: "command",
      name: "quota",
      options: {},
    });
  });

  it("are a mask where that is said", () => {
    const answering = { reply_to_message: result, photo: photo("mask") };
    expect(read({ caption: "/edit a hat --mask", ...answering })?.intent).toMatchObject({
      options: { prompt: "a hat" },
      pictures: [{ ...picture("mask"), role: "mask" }, picture("result")],
    });
  });

  it("of an album are known by it", () => {
    const update = (fields: object) =>
      updateSchema.parse({ message: { message_id: 9, from: alice, chat: alone, ...fields } });
    const photographed = { photo: photo("p"), media_group_id: "77" };
    expect(reader.albumPart(update(photographed))).toEqual({
      albumId: "501:77",
      messageId: 9,
      file: { picture: picture("p"), isPicture: true },
      speaks: false,
    });
    expect(reader.albumPart(update({ ...photographed, caption: "x" }))?.speaks).toBe(true);
    expect(reader.albumPart(update({ photo: photo("p") }))).toBeNull();
    expect(reader.albumPart(update({ media_group_id: "77", text: "x" }))).toBeNull();
  });
});

describe("an answer to a question of the bot", () => {
  const question = (data: string, from: object = { id: 7, is_bot: true }) => ({
    message_id: 3,
    from,
    text: "What should change?\u200b",
    entities: [
      { type: "text_link", offset: 19, length: 1, url: `https://t.me/#${encodeURIComponent(data)}` },
    ],
  });

  it("is what the question was for, with its pictures, also in a group", () => {
    const reply_to_message = question("v1|edit|K7Q2ZM|");
    expect(read({ text: "make it night", chat: group, reply_to_message })?.intent).toEqual({
      kind: "form",
      data: "v1|edit|K7Q2ZM|",
      text: "make it night",
    });
    const photo = [{ file_id: "p" }];
    expect(read({ caption: "like this", photo, reply_to_message })?.intent).toMatchObject({
      kind: "form",
      text: "like this",
      pictures: [{ role: "picture", name: { fileId: "p", sizeBytes: null } }],
    });
  });

  it("is none when somebody else's message only looks like one, or when it is a command", () => {
    const reply_to_message = question("v1|edit|K7Q2ZM|", { id: 8 });
    expect(read({ text: "make it night", chat: group, reply_to_message })).toBeNull();
    expect(read({ text: "/quota", reply_to_message: question("v1|edit|K7Q2ZM|") })?.intent).toMatchObject({
      kind: "command",
      name: "quota",
    });
  });

  it("keeps the flags that were given with the bare command; those of the answer win", () => {
    const reply_to_message = question("prompt?type=video&count=2&nonsense=1");
    expect(read({ text: "a red fox --count=3", reply_to_message })?.intent).toEqual({
      kind: "command",
      name: "generate",
      options: { prompt: "a red fox", type: "video", count: 3 },
    });
  });
});

describe("a click", () => {
  it("is known by its own id, whoever pressed and however often it comes", () => {
    const press = { id: "77", from: alice, data: "v1|delete|abc|", message: { message_id: 5, chat: group } };
    const understood = reader.read(updateSchema.parse({ callback_query: press }));
    expect(understood).toMatchObject({
      eventKey: "tgcb:77",
      intent: { kind: "button", data: "v1|delete|abc|" },
      place: { chatId: -1001, replyTo: 5 },
      rightsIn: -1001,
      staysInPlace: true,
    });
  });

  it("on an offer starts what answers the member's own words", () => {
    const message = { message_id: 5, chat: alone, reply_to_message: { message_id: 4 } };
    const press = (data: string) =>
      reader.read(updateSchema.parse({ callback_query: { id: "77", from: alice, data, message } }));
    expect(press("v1|draft|abc|go")?.place.replyTo).toBe(4);
    for (const action of ["edit", "animate", "fill"])
      expect(press(`v1|${action}|abc|`)?.place.replyTo).toBe(4);
    expect(press("v1|again|abc|")?.place.replyTo).toBe(5);
  });
});

describe("anything at all", () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  const small = fc.jsonValue({ maxDepth: 1 });
  const file = fc.record(
    {
      file_id: fc.oneof(fc.string(), small),
      file_size: fc.oneof(fc.double(), small),
      width: small,
      mime_type: fc.oneof(fc.constant("image/png"), small),
    },
    { requiredKeys: [] },
  );
  const sizes = fc.oneof(fc.array(file, { maxLength: 4 }), small);
  const files = fc.record({ message_id: fc.constant(3), photo: sizes, document: file }, { requiredKeys: [] });

  it("is either understood or skipped, never an exception", () => {
    const messages = fc.record(
      {
        message_id: fc.oneof(fc.integer(), value),
        chat: fc.oneof(fc.constant(group), fc.constant(alone), value),
        from: fc.oneof(fc.constant(alice), value),
        text: fc.oneof(
          fc.string({ unit: "binary" }).map((text) => `/generate ${text}`),
          value,
        ),
        entities: fc.oneof(
          fc.array(
            fc.record({
              type: fc.constant("text_mention"),
              offset: fc.integer(),
              length: fc.integer(),
              user: fc.constant(alice),
            }),
          ),
          value,
        ),
        reply_to_message: fc.oneof(small, files),
        external_reply: fc.oneof(small, files),
        media_group_id: fc.oneof(fc.string(), small),
        caption: fc.oneof(fc.constant("/edit x"), small),
        photo: sizes,
        document: fc.oneof(file, small),
        sticker: fc.oneof(file, small),
        animation: fc.oneof(file, small),
        video: small,
      },
      { requiredKeys: [] },
    );
    const property = fc.property(fc.oneof(messages, value), (message) => {
      const parsed = updateSchema.safeParse({ message });
      if (!parsed.success) return;
      reader.read(parsed.data);
      reader.albumPart(parsed.data);
    });
    expect(() => fc.assert(property, { numRuns: 1_000 })).not.toThrow();
  });

  it("that is odd about a file does not take the words with it", () => {
    const property = fc.property(
      fc.record({ photo: value, document: value, external_reply: value }),
      (odd) => {
        const options = read({ text: "/generate a red fox", ...odd })?.intent;
        expect(options).toMatchObject({ options: { prompt: "a red fox" } });
      },
    );
    fc.assert(property);
  });
});

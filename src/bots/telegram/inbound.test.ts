import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildCatalogue } from "../../core/conversation/catalogue.ts";
import { createReader } from "./inbound.ts";
import { updateSchema } from "./updates.ts";

const reader = createReader({
  me: () => ({ id: 7, username: "easel_bot" }),
  commands: buildCatalogue([], []),
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
      },
      intent: { kind: "command", name: "generate", options: { prompt: "a red fox" } },
      place: { chatId: -1001, group: true, userId: 501, replyTo: 9, topicId: 4 },
      press: null,
      asksForRights: false,
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
    ["a picture without words", {}],
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

describe("a click", () => {
  it("is known by its own id, whoever pressed and however often it comes", () => {
    const press = { id: "77", from: alice, data: "v1|delete|abc|", message: { message_id: 5, chat: group } };
    const understood = reader.read(updateSchema.parse({ callback_query: press }));
    expect(understood).toMatchObject({
      eventKey: "tgcb:77",
      intent: { kind: "button", data: "v1|delete|abc|" },
      place: { chatId: -1001, replyTo: 5 },
      asksForRights: true,
      staysInPlace: true,
    });
  });

  it("on an offer starts what answers the member's own words", () => {
    const message = { message_id: 5, chat: alone, reply_to_message: { message_id: 4 } };
    const press = (data: string) =>
      reader.read(updateSchema.parse({ callback_query: { id: "77", from: alice, data, message } }));
    expect(press("v1|draft|abc|go")?.place.replyTo).toBe(4);
    expect(press("v1|again|abc|")?.place.replyTo).toBe(5);
  });
});

describe("anything at all", () => {
  const value = fc.jsonValue({ maxDepth: 4 });
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
        reply_to_message: value,
      },
      { requiredKeys: [] },
    );
    const property = fc.property(fc.oneof(messages, value), (message) => {
      const parsed = updateSchema.safeParse({ message });
      if (parsed.success) reader.read(parsed.data);
    });
    expect(() => fc.assert(property, { numRuns: 2_000 })).not.toThrow();
  });
});

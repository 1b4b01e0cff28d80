import { readButtonData } from "../../core/conversation/actions.ts";
import type { CommandSpec } from "../../core/conversation/catalogue.ts";
import type { Actor, Intent } from "../../core/conversation/intents.ts";
import { identity } from "../../core/identifiers.ts";
import { readOptions } from "./flags.ts";
import { chatKeyOf, type Place } from "./place.ts";
import { asksForPrompt } from "./prompt-mark.ts";
import type { IncomingMessage, IncomingPress, IncomingUser, Update } from "./updates.ts";

/** What somebody wants, where, and who it is. */
export interface Understood {
  /** The event's own name, the same whenever it comes: hashed before it is stored. */
  readonly eventKey: string;
  /** Work of one lane stays in order. */
  readonly lane: string;
  readonly actor: Actor;
  readonly intent: Intent;
  readonly place: Place;
  readonly press: IncomingPress | null;
  /** Whether it matters that the sender manages this group; asking costs a call. */
  readonly asksForRights: boolean;
  /** A question about a message that all can see: it is asked there, even if the answer is one person's. */
  readonly staysInPlace: boolean;
}

export interface Reader {
  /** Null for what is none of ours: ordinary talk, other bots' commands, service messages. */
  read(update: Update): Understood | null;
}

export interface ReaderOptions {
  /** Who we are; nothing is read before that is known. */
  readonly me: () => Me;
  readonly commands: readonly CommandSpec[];
}

export interface Me {
  readonly id: number;
  /** Without the @. */
  readonly username: string;
}

export function createReader({ me, commands }: ReaderOptions): Reader {
  const firstWords = new Set(commands.map(({ name }) => name.split(" ")[0]));

  function readMessage(message: IncomingMessage): Understood | null {
    const { chat, from } = message;
    const isGroup = chat.type === "group" || chat.type === "supergroup";
    if (!from || message.is_automatic_forward || (!isGroup && chat.type !== "private")) return null;
    const intent = readIntent(message, isGroup);
    if (intent === null) return null;
    const topicId = message.is_topic_message ? message.message_thread_id : null;
    return {
      eventKey: `tg:${me().id}:${chat.id}:${message.message_id}`,
      lane: `${chat.id}:${message.sender_chat?.id ?? from.id}`,
      actor: actorOf(from, message.sender_chat?.id ?? null, isGroup ? chat.id : null),
      intent,
      place: {
        chatId: chat.id,
        group: isGroup,
        userId: from.id,
        replyTo: message.message_id,
        ...(topicId ? { topicId } : {}),
      },
      press: null,
      asksForRights: false,
      staysInPlace: false,
    };
  }

  function readIntent(message: IncomingMessage, isGroup: boolean): Intent | null {
    const text = (message.text ?? message.caption ?? "").trim();
    if (text === "") return null;
    const typed = /^\/([a-z0-9_]{1,32})(?:@(\w{3,32}))?(?:\s+([\s\S]*))?$/i.exec(text);
    if (typed === null) {
      if (text.startsWith("/") && isGroup) return null;
      const replied = message.reply_to_message;
      if (replied?.from?.id === me().id && asksForPrompt(replied.entities ?? []))
        return readCommand(message, "generate", text);
      return isGroup ? null : { kind: "words", text };
    }
    const [, name = "", addressee, line = ""] = typed;
    const mine = addressee === undefined || addressee.toLowerCase() === me().username.toLowerCase();
    // An unknown command in a group may be another bot's.
    if (!mine || (isGroup && addressee === undefined && !firstWords.has(name.toLowerCase()))) return null;
    return readCommand(message, name.toLowerCase(), withMentions(message, text, line));
  }

  function readCommand(message: IncomingMessage, name: string, line: string): Intent {
    const replied = message.reply_to_message;
    const [subcommand = ""] = line.trim().split(/\s+/);
    const spec =
      commands.find((candidate) => candidate.name === `${name} ${subcommand.toLowerCase()}`) ??
      commands.find((candidate) => candidate.name === name);
    if (spec === undefined)
      return {
        kind: "command",
        name: firstWords.has(name) ? `${name} ${subcommand}`.trim() : name,
        options: {},
      };
    const own = spec.name.includes(" ") ? line.trim().slice(subcommand.length) : line;
    const options = readOptions(spec, own, {
      repliedMember:
        replied?.from && !replied.sender_chat ? identity("telegram", String(replied.from.id)) : null,
    });
    const quoted = replied?.from?.id === me().id ? undefined : (replied?.text ?? replied?.caption);
    const takesQuoted = spec.restOfLine === "prompt" && options["prompt"] === undefined;
    return {
      kind: "command",
      name: spec.name,
      options: {
        ...options,
        ...(takesQuoted && quoted ? { prompt: quoted } : {}),
        // A photo with the command is meant as a reference: refused in words where nothing takes one.
        ...(spec.name === "generate" && message.photo?.length ? { reference: "photo" } : {}),
      },
    };
  }

  return {
    read(update) {
      if (update.message) return readMessage(update.message);
      return update.callback_query ? readPress(update.callback_query) : null;
    },
  };
}

function readPress(press: IncomingPress): Understood | null {
  const { message, data, from, id } = press;
  if (!message || !data) return null;
  const isGroup = message.chat.type !== "private";
  const topicId = message.is_topic_message ? message.message_thread_id : null;
  const action = readButtonData(data)?.action;
  return {
    eventKey: `tgcb:${id}`,
    lane: `${message.chat.id}:${from.id}`,
    actor: actorOf(from, null, isGroup ? message.chat.id : null),
    intent: { kind: "button", data },
    place: {
      chatId: message.chat.id,
      group: isGroup,
      userId: from.id,
      // What an offer starts answers the member's own words, everything else the message with the button.
      replyTo: (action === "draft" ? message.reply_to_message?.message_id : null) ?? message.message_id,
      ...(topicId ? { topicId } : {}),
    },
    press,
    asksForRights: isGroup && (action === "delete" || action === "delete-sure"),
    staysInPlace: action === "delete",
  };
}

/** Somebody without a public name is mentioned by an entity: their id takes the place of the words. */
function withMentions(message: IncomingMessage, text: string, line: string): string {
  const lineStart = text.length - line.length;
  const lead = (message.text ?? message.caption ?? "").indexOf(text);
  const entities = message.entities ?? message.caption_entities ?? [];
  let result = line;
  for (const entity of entities.toReversed()) {
    const start = entity.offset - lead - lineStart;
    if (entity.type !== "text_mention" || !entity.user || start < 0) continue;
    result = `${result.slice(0, start)}telegram:${entity.user.id}${result.slice(start + entity.length)}`;
  }
  return result;
}

/**
 * `speaksAs` is the chat in whose name a message was sent; its `from` is then a stand-in shared by many. `groupId` is
 * the group where it happened.
 */
function actorOf(from: IncomingUser, speaksAs: number | null, groupId: number | null): Actor {
  return {
    identity: identity("telegram", String(speaksAs ?? from.id)),
    platform: "telegram",
    ...(from.username && speaksAs === null ? { username: from.username } : {}),
    name: [from.first_name, from.last_name].filter(Boolean).join(" ") || String(from.id),
    locale: from.language_code || null,
    isBot: speaksAs === null && from.is_bot === true,
    isChatIdentity: speaksAs !== null,
    context: groupId === null ? "private" : "group",
    ...(groupId === null ? {} : { community: chatKeyOf(groupId) }),
    managesCommunity: false,
  };
}

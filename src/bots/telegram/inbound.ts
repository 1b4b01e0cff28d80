import { readButtonData } from "../../core/conversation/actions.ts";
import type { CommandSpec } from "../../core/conversation/catalogue.ts";
import { MEMBER_NAME } from "../../core/conversation/commands/community.ts";
import type { Actor, Intent, PictureName } from "../../core/conversation/intents.ts";
import { identity } from "../../core/identifiers.ts";
import { MASK_FLAG, type Options, readFlags, readOptions } from "./flags.ts";
import { groupNamedBy, namesPlace, needsRights } from "./moderation.ts";
import { type AttachedFile, answeredPicture, fileOf, withMask } from "./pictures.ts";
import { chatKeyOf, type Place } from "./place.ts";
import { readMark } from "./prompt-mark.ts";
import { openingOf, readOpening } from "./start-link.ts";
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
  /** The group where it matters that the sender manages it, or null; asking costs a call. */
  readonly rightsIn: number | null;
  /** About a message that all can see: what is said of it is said there, even if it is one person's. */
  readonly staysInPlace: boolean;
}

/** One message of an album, whether or not anything else in it concerns the bot. */
export interface AlbumPart {
  /** The same for all messages of the album. */
  readonly albumId: string;
  readonly messageId: number;
  readonly file: AttachedFile;
  /** The album's words stand on it. */
  readonly speaks: boolean;
}

export interface Reader {
  /** Null for what is none of ours: ordinary talk, other bots' commands, service messages. */
  read(update: Update): Understood | null;
  albumPart(update: Update): AlbumPart | null;
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
        // What is told in a named place later has nothing to do with the message that named it.
        ...(namesPlace(intent) ? {} : { replyTo: message.message_id }),
        ...(topicId ? { topicId } : {}),
      },
      press: null,
      rightsIn: isGroup && needsRights(intent) ? chat.id : null,
      staysInPlace: namesPlace(intent) || (isGroup && intent.kind === "form" && needsRights(intent)),
    };
  }

  function readIntent(message: IncomingMessage, isGroup: boolean): Intent | null {
    const text = wordsOf(message);
    const typed = /^\/([a-z0-9_]{1,32})(?:@(\w{3,32}))?(?:\s+([\s\S]*))?$/i.exec(text);
    if (typed === null) return readWords(message, text, isGroup);
    const [, name = "", addressee, line = ""] = typed;
    const mine = addressee === undefined || addressee.toLowerCase() === me().username.toLowerCase();
    // An unknown command in a group may be another bot's.
    if (!mine || (isGroup && addressee === undefined && !firstWords.has(name.toLowerCase()))) return null;
    const opening = name.toLowerCase() === "start" && !isGroup ? readOpening(line.trim()) : null;
    if (opening !== null) return opening;
    return readCommand(message, name.toLowerCase(), withMentions(message, text, line));
  }

  /** No command: an answer to a question of ours, or words or a picture for the bot alone. */
  function readWords(message: IncomingMessage, text: string, isGroup: boolean): Intent | null {
    const file = fileOf(message);
    const own = file?.isPicture ? [file.picture] : [];
    if (text === "" && own.length === 0) return null;
    if (text.startsWith("/") && isGroup) return null;
    const replied = message.reply_to_message;
    const mark =
      replied?.from?.id === me().id ? readMark(replied.entities ?? replied.caption_entities ?? []) : null;
    if (mark?.kind === "prompt") return readCommand(message, "generate", text, mark.flags);
    if (mark?.kind === "form") return { kind: "form", data: mark.data, text, ...withPictures(own) };
    return isGroup ? null : { kind: "words", text, ...withPictures([...own, ...answered(message)]) };
  }

  function readCommand(
    message: IncomingMessage,
    name: string,
    line: string,
    given: ReadonlyMap<string, string> = new Map(),
  ): Intent {
    const replied = message.reply_to_message;
    const [subcommand = ""] = line.trim().split(/\s+/);
    const spec =
      commands.find((candidate) => candidate.name === `${name} ${subcommand.toLowerCase()}`) ??
      commands.find((candidate) => candidate.name === name) ??
      (subcommand === "" ? commands.find((candidate) => candidate.name === `${name} show`) : undefined);
    if (spec === undefined)
      return {
        kind: "command",
        name: firstWords.has(name) ? `${name} ${subcommand}`.trim() : name,
        options: {},
      };
    const own = spec.name.includes(" ") ? line.trim().slice(subcommand.length) : line;
    const options: Options = {
      ...readFlags(spec, given),
      ...readOptions(spec, own, {
        repliedMember:
          replied?.from && !replied.sender_chat ? identity("telegram", String(replied.from.id)) : null,
      }),
    };
    if (name === "community")
      return { kind: "command", name: spec.name, options: { ...options, ...nameOf(message, options) } };
    if (spec.restOfLine !== "prompt") return { kind: "command", name: spec.name, options };
    const pictures = commandPictures(message, options[MASK_FLAG] === true);
    // Words under a picture that is answered are about it; they are no prompt.
    const quoted =
      replied?.from?.id === me().id || pictures.length > 0 ? undefined : (replied?.text ?? replied?.caption);
    return {
      kind: "command",
      name: spec.name,
      options: { ...options, ...(options["prompt"] === undefined && quoted ? { prompt: quoted } : {}) },
      ...withPictures(pictures),
    };
  }

  return {
    read(update) {
      if (update.message) return readMessage(update.message);
      return update.callback_query ? readPress(update.callback_query) : null;
    },
    albumPart({ message }) {
      const file = message ? fileOf(message) : null;
      if (!message?.media_group_id || file === null) return null;
      return {
        albumId: `${message.chat.id}:${message.media_group_id}`,
        messageId: message.message_id,
        file,
        speaks: wordsOf(message) !== "",
      };
    },
  };
}

function wordsOf({ text, caption }: IncomingMessage): string {
  return (text ?? caption ?? "").trim();
}

function answered(message: IncomingMessage): readonly PictureName[] {
  const picture = answeredPicture(message);
  return picture === null ? [] : [picture];
}

/** With a command any file counts: one that is no picture is refused by its bytes, rather than left out unsaid. */
function commandPictures(message: IncomingMessage, hasMask: boolean): readonly PictureName[] {
  const file = fileOf(message);
  const own = file === null ? [] : [file.picture];
  return [...(hasMask ? withMask(own) : own), ...answered(message)];
}

function withPictures(pictures: readonly PictureName[]): { pictures?: readonly PictureName[] } {
  return pictures.length === 0 ? {} : { pictures };
}

const ANSWERS_MEMBER: ReadonlySet<string> = new Set([
  "draft",
  "edit",
  "animate",
  "fill",
  "caption-edit",
  "pd-text",
  "pd-time",
  "post-move",
  "post-edit",
  "reject",
]);

function readPress(press: IncomingPress): Understood | null {
  const { message, data, from, id } = press;
  if (!message || !data) return null;
  const isGroup = message.chat.type !== "private";
  const topicId = message.is_topic_message ? message.message_thread_id : null;
  const action = readButtonData(data)?.action;
  const intent = { kind: "button", data } as const;
  const group = isGroup ? null : groupNamedBy(intent);
  const opens = openingOf(intent);
  return {
    eventKey: `tgcb:${id}`,
    lane: `${message.chat.id}:${from.id}`,
    actor: {
      ...actorOf(from, null, isGroup ? message.chat.id : null),
      ...(group === null ? {} : { community: chatKeyOf(group) }),
    },
    intent,
    place: {
      chatId: message.chat.id,
      group: isGroup,
      userId: from.id,
      // What an offer starts, and a question, answer the member's own words; everything else answers the message with
      // the button. A question that answers anything else would open the answering for nobody.
      replyTo:
        (action && ANSWERS_MEMBER.has(action) ? message.reply_to_message?.message_id : null) ??
        message.message_id,
      ...(topicId ? { topicId } : {}),
      ...(isGroup && opens !== null ? { opens } : {}),
    },
    press,
    rightsIn: isGroup && needsRights(intent) ? message.chat.id : group,
    staysInPlace: action === "delete" || (isGroup && action === "post-edit"),
  };
}

/** How the member is called whom a command names: who is answered, or mentioned without a public name. */
function nameOf(message: IncomingMessage, options: Options): Options {
  const replied = message.reply_to_message;
  const mentioned = [...(message.entities ?? []), ...(message.caption_entities ?? [])].map(
    ({ user }) => user,
  );
  const known = [replied?.sender_chat ? null : replied?.from, ...mentioned].find(
    (user) => user && !user.is_bot && identity("telegram", String(user.id)) === options["member"],
  );
  return known ? { [MEMBER_NAME]: calledBy(known) } : {};
}

function calledBy(user: IncomingUser): string {
  return [user.first_name, user.last_name].filter(Boolean).join(" ") || String(user.id);
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
    name: calledBy(from),
    locale: from.language_code || null,
    isBot: speaksAs === null && from.is_bot === true,
    isChatIdentity: speaksAs !== null,
    context: groupId === null ? "private" : "group",
    ...(groupId === null ? {} : { community: chatKeyOf(groupId) }),
    managesCommunity: false,
    governsCommunity: false,
  };
}

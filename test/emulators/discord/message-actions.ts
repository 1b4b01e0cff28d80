/** Creating, editing and reading messages and threads, with Discord's permission and size rules. */
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from "./json.ts";
import {
  channelTypes,
  type EmulatedChannel,
  type EmulatedMessage,
  type EmulatedUser,
  errors,
  messageFlags,
  permissions,
  type StoredFile,
} from "./model.ts";
import type { RecordedRequest } from "./request-reader.ts";
import type { World } from "./world.ts";

/** An identical nonce of the same author within this time gives back the first message. */
const NONCE_WINDOW_MS = 180_000;

export type MessageActions = ReturnType<typeof createMessageActions>;

export function createMessageActions(
  world: World,
  bot: EmulatedUser,
  now: () => number,
  fileLimitBytes: () => number,
) {
  const nonces = new Map<string, { message: EmulatedMessage; at: number }>();

  /** Stores new files; `kept` are those of an edited message that its new list still names. */
  function attachments(
    request: RecordedRequest,
    message: JsonObject,
    channelId: string,
    before: StoredFile[] = [],
  ): StoredFile[] {
    for (const file of request.files) if (file.sizeBytes > fileLimitBytes()) throw errors.tooLarge();
    const listed = Array.isArray(message["attachments"]) ? message["attachments"].map(asObject) : undefined;
    const entryOf = (id: string): JsonObject | undefined =>
      listed?.find((entry) => String(entry["id"]) === id);
    const kept = before
      .filter((file) => listed === undefined || entryOf(file.id) !== undefined)
      .map((file) => described(file, entryOf(file.id)));
    const stored = request.files.map((file) => {
      const entry = entryOf(String(file.index)) ?? {};
      const filename = asString(entry["filename"]);
      return world.storeFile(
        { ...file, filename: filename === "" ? file.filename : filename },
        channelId,
        asString(entry["description"]),
      );
    });
    const known = new Set([...before.map((file) => file.id), ...request.files.map((f) => String(f.index))]);
    for (const entry of listed ?? []) {
      if (!known.has(String(entry["id"])))
        throw errors.invalidForm([
          { path: "attachments", message: `${String(entry["id"])} was not uploaded` },
        ]);
    }
    return [...kept, ...stored];
  }

  /** An edit that names a file it keeps may give it another description. */
  function described(file: StoredFile, entry: JsonObject | undefined): StoredFile {
    return entry === undefined || !("description" in entry)
      ? file
      : { ...file, description: asString(entry["description"]) };
  }

  function contentOf(message: JsonObject): Pick<EmulatedMessage, "content" | "embeds" | "components"> {
    return {
      content: asString(message["content"]).trim(),
      embeds: asArray(message["embeds"]),
      components: asArray(message["components"]),
    };
  }

  function assertNotEmpty(
    message: Pick<EmulatedMessage, "content" | "embeds" | "components" | "attachments">,
  ): void {
    const { content, embeds, components } = message;
    const hasV2 = components.some((component) => asNumber(asObject(component)["type"]) !== 1);
    if (content === "" && embeds.length === 0 && message.attachments.length === 0 && !hasV2)
      throw errors.emptyMessage();
  }

  /** The channel if the bot can see it: a missing one is 404, a hidden one 403. */
  function reachable(channelId: string): EmulatedChannel {
    const channel = world.channels.get(channelId);
    if (channel === undefined || channel.deleted) throw errors.unknownChannel();
    const guild = channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
    if (guild?.installed === false || !may(channel, permissions.viewChannel)) throw errors.missingAccess();
    return channel;
  }

  function may(channel: EmulatedChannel, permission: bigint): boolean {
    return channel.type === channelTypes.dm || (channel.botPermissions & permission) === permission;
  }

  function create(channelId: string, request: RecordedRequest): EmulatedMessage {
    const channel = reachable(channelId);
    const body = asObject(request.body);
    const inThread = channel.type === channelTypes.publicThread;
    const recipient = channel.recipientId === undefined ? undefined : world.user(channel.recipientId);
    if (recipient?.dmsClosed === true) throw errors.dmClosed();
    if (!may(channel, inThread ? permissions.sendMessagesInThreads : permissions.sendMessages))
      throw errors.missingPermissions();
    if (request.files.length > 0 && !may(channel, permissions.attachFiles)) throw errors.missingPermissions();
    if (channel.locked) throw errors.threadArchived();

    const { nonce: givenNonce } = body;
    const nonce =
      typeof givenNonce === "string" || typeof givenNonce === "number" ? String(givenNonce) : undefined;
    const known = nonce === undefined ? undefined : nonces.get(nonce);
    if (body["enforce_nonce"] === true && known !== undefined && now() - known.at < NONCE_WINDOW_MS) {
      if (known.message.deleted) throw errors.unknownMessage();
      world.record({ kind: "message.deduplicated", channelId, messageId: known.message.id });
      return known.message;
    }

    const replyTo = replyTarget(channel, body["message_reference"]);
    const stored = attachments(request, body, channelId);
    assertNotEmpty({ ...contentOf(body), attachments: stored });
    const message = world.insertMessage({
      channelId,
      authorId: bot.id,
      ...contentOf(body),
      attachments: stored,
      flags: asNumber(body["flags"]) & ~messageFlags.ephemeral,
      type: replyTo === undefined ? 0 : 19,
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(nonce === undefined ? {} : { nonce }),
    });
    if (nonce !== undefined) nonces.set(nonce, { message, at: now() });
    world.record({ kind: "message.create", channelId, messageId: message.id });
    return message;
  }

  function replyTarget(channel: EmulatedChannel, reference: unknown): EmulatedMessage["replyTo"] {
    if (!isObject(reference)) return undefined;
    if (!may(channel, permissions.readMessageHistory)) throw errors.noHistoryForReply();
    const messageId = asString(reference["message_id"]);
    const target = channel.messages.get(messageId);
    if (target !== undefined && !target.deleted && target.visibleTo === undefined)
      return { channelId: channel.id, messageId };
    // fail_if_not_exists is true unless it is sent as false.
    if (reference["fail_if_not_exists"] === false) return undefined;
    throw errors.invalidForm([{ path: "message_reference", message: "Unknown message" }]);
  }

  /** A message that the bot can reach through its channel: never an ephemeral one. */
  function find(channelId: string, messageId: string): EmulatedMessage {
    const message = reachable(channelId).messages.get(messageId);
    if (message === undefined || message.deleted || message.visibleTo !== undefined)
      throw errors.unknownMessage();
    return message;
  }

  /** What `PATCH` does: fields that are absent stay, `null` empties. */
  function apply(message: EmulatedMessage, body: JsonObject, request: RecordedRequest): void {
    const next = contentOf({
      content: "content" in body ? body["content"] : message.content,
      embeds: "embeds" in body ? body["embeds"] : message.embeds,
      components: "components" in body ? body["components"] : message.components,
    });
    const stored = attachments(request, body, message.channelId, message.attachments);
    assertNotEmpty({ ...next, attachments: stored });
    Object.assign(message, next, { attachments: stored });
    message.flags &= ~messageFlags.loading;
    if ("flags" in body) message.flags |= asNumber(body["flags"]) & messageFlags.componentsV2;
  }

  function edit(channelId: string, messageId: string, request: RecordedRequest): EmulatedMessage {
    const message = find(channelId, messageId);
    if (message.authorId !== bot.id) throw errors.notOwnMessage();
    apply(message, asObject(request.body), request);
    world.touchMessage(message);
    world.record({ kind: "message.edit", channelId, messageId });
    return message;
  }

  function remove(channelId: string, messageId: string): void {
    const message = find(channelId, messageId);
    const channel = reachable(channelId);
    if (message.authorId !== bot.id && !may(channel, permissions.manageMessages))
      throw errors.missingPermissions();
    world.deleteMessage(message);
    world.record({ kind: "message.delete", channelId, messageId });
  }

  /** Newest first, as Discord lists them. */
  function list(channelId: string, query: Record<string, string>): EmulatedMessage[] {
    const channel = reachable(channelId);
    if (!may(channel, permissions.readMessageHistory)) return [];
    const limit = Number(query["limit"] ?? 50);
    if (!Number.isInteger(limit) || limit < 1 || limit > 100)
      throw errors.invalidForm([{ path: "limit", message: "is not between 1 and 100" }]);
    const all = [...channel.messages.values()].filter(
      (message) => !message.deleted && message.visibleTo === undefined,
    );
    const { before, after, around } = query;
    if (after !== undefined)
      return all
        .filter(({ id }) => BigInt(id) > BigInt(after))
        .slice(0, limit)
        .reverse();
    if (before !== undefined)
      return all
        .filter(({ id }) => BigInt(id) < BigInt(before))
        .slice(-limit)
        .reverse();
    if (around === undefined) return all.slice(-limit).reverse();
    const half = Math.floor(limit / 2);
    const older = all.filter(({ id }) => BigInt(id) < BigInt(around)).slice(-half);
    const rest = all.filter(({ id }) => BigInt(id) >= BigInt(around)).slice(0, limit - older.length);
    return [...older, ...rest].reverse();
  }

  /** A thread from a message; its id is the message's id. */
  function startThread(channelId: string, messageId: string, body: JsonObject): EmulatedChannel {
    const channel = reachable(channelId);
    if (channel.type !== channelTypes.text && channel.type !== channelTypes.announcement)
      throw errors.wrongChannelType();
    const message = find(channelId, messageId);
    if (!may(channel, permissions.createPublicThreads)) throw errors.missingPermissions();
    if (message.threadId !== undefined) throw errors.threadExists();
    const guild = world.guilds.get(channel.guildId ?? "");
    const active = [...world.channels.values()].filter(
      (other) =>
        other.type === channelTypes.publicThread &&
        other.guildId === channel.guildId &&
        !other.archived &&
        !other.deleted,
    );
    if (guild !== undefined && active.length >= guild.activeThreadCap) throw errors.threadCap();
    message.threadId = messageId;
    const thread = world.addChannel({
      id: messageId,
      type: channelTypes.publicThread,
      name: asString(body["name"]),
      guildId: channel.guildId ?? "",
      parentId: channelId,
      botPermissions: channel.botPermissions,
      nsfw: channel.nsfw,
      autoArchiveMinutes: asNumber(body["auto_archive_duration"], 1440),
    });
    world.insertMessage({
      channelId: thread.id,
      authorId: bot.id,
      type: 21,
      replyTo: { channelId, messageId },
    });
    world.record({ kind: "thread.create", channelId: thread.id, messageId });
    return thread;
  }

  return {
    create,
    edit,
    remove,
    list,
    find,
    apply,
    attachments,
    assertNotEmpty,
    contentOf,
    startThread,
    reachable,
    may,
  };
}

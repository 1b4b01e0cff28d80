/** Guilds, channels, users and messages, and the changes that users or the bot make to them. */
import { EventEmitter } from "node:events";
import { createContentDelivery, type FileToStore } from "./content-delivery.ts";
import {
  channelTypes,
  type Effect,
  type EmulatedChannel,
  type EmulatedGuild,
  type EmulatedMessage,
  type EmulatedUser,
  errors,
  type PermissionName,
  permissions,
  type StoredFile,
  usualBotPermissions,
} from "./model.ts";

export interface IncomingFile extends FileToStore {
  /** The `n` of `files[n]`. */
  index: number;
}

export type World = ReturnType<typeof createWorld>;

export function createWorld(now: () => number, baseUrl: () => string) {
  const users = new Map<string, EmulatedUser>();
  const guilds = new Map<string, EmulatedGuild>();
  const channels = new Map<string, EmulatedChannel>();
  const effects: Effect[] = [];
  /** "changed" after every change, "dispatch" (event, data source) for the gateway. */
  const events = new EventEmitter();
  events.setMaxListeners(0);
  const delivery = createContentDelivery(now, baseUrl);
  let sequence = 0n;

  /** A snowflake of the current time: ids sort by age, and their age can be read off them. */
  function id(): string {
    sequence = (sequence + 1n) & 0x3f_ffffn;
    return String(((BigInt(Math.trunc(now())) - 1_420_070_400_000n) << 22n) | sequence);
  }

  function changed(): void {
    events.emit("changed");
  }

  function addUser(options: Partial<EmulatedUser> = {}): EmulatedUser {
    const user: EmulatedUser = {
      id: id(),
      username: `member${users.size}`,
      bot: false,
      locale: "en-US",
      dmsClosed: false,
      ...options,
    };
    users.set(user.id, user);
    return user;
  }

  function addGuild(options: Partial<EmulatedGuild> = {}): EmulatedGuild {
    const guild: EmulatedGuild = {
      id: id(),
      name: "Test guild",
      locale: "en-US",
      installed: true,
      activeThreadCap: 1000,
      ...options,
    };
    guilds.set(guild.id, guild);
    events.emit("dispatch", "GUILD_CREATE", guild);
    return guild;
  }

  function addChannel(
    options: Partial<Omit<EmulatedChannel, "messages">> & {
      /** Taken from what the bot may usually do. */
      deny?: PermissionName[];
    } = {},
  ): EmulatedChannel {
    const { deny = [], ...given } = options;
    const denied = deny.reduce((bits, name) => bits | permissions[name], 0n);
    const channel: EmulatedChannel = {
      id: id(),
      type: given.guildId === undefined ? channelTypes.dm : channelTypes.text,
      name: given.guildId === undefined ? "" : "general",
      botPermissions: usualBotPermissions & ~denied,
      nsfw: false,
      deleted: false,
      archived: false,
      locked: false,
      autoArchiveMinutes: 60,
      messages: new Map(),
      ...given,
    };
    channels.set(channel.id, channel);
    events.emit("dispatch", "CHANNEL_CREATE", channel);
    return channel;
  }

  /** The DM between the bot and a user: always the same one. */
  function directChannel(userId: string): EmulatedChannel {
    for (const channel of channels.values()) {
      if (channel.type === channelTypes.dm && channel.recipientId === userId) return channel;
    }
    return addChannel({ recipientId: userId });
  }

  /** `place` is a channel's id, or `ephemeral` for what came with a command or a form. */
  function storeFile(file: FileToStore, place: string, description?: string): StoredFile {
    const folder = place === "ephemeral" ? "ephemeral-attachments" : `attachments/${place}`;
    return delivery.store(file, folder, id(), description);
  }

  /** A picture of another site as embeds and galleries show it: the author's link, and Discord's own copy of it. */
  function proxied(file: FileToStore, url: string) {
    const stored = delivery.store(file, "external", id());
    return { url, proxy_url: stored.url, width: 64, height: 64, content_type: file.contentType };
  }

  function insertMessage(
    given: Partial<EmulatedMessage> & { channelId: string; authorId: string },
  ): EmulatedMessage {
    const channel = channels.get(given.channelId);
    if (channel === undefined || channel.deleted) throw errors.unknownChannel();
    const message: EmulatedMessage = {
      id: id(),
      type: 0,
      content: "",
      embeds: [],
      components: [],
      flags: 0,
      attachments: [],
      createdAt: now(),
      edits: 0,
      deleted: false,
      ...given,
    };
    channel.messages.set(message.id, message);
    if (channel.archived && !channel.locked) channel.archived = false;
    events.emit("dispatch", "MESSAGE_CREATE", message);
    changed();
    return message;
  }

  /** Counts as an edit only if the message was more than an empty "thinking…" before. */
  function touchMessage(message: EmulatedMessage): void {
    message.editedAt = now();
    message.edits += 1;
    events.emit("dispatch", "MESSAGE_UPDATE", message);
    changed();
  }

  function deleteMessage(message: EmulatedMessage): void {
    message.deleted = true;
    events.emit("dispatch", "MESSAGE_DELETE", message);
    changed();
  }

  function record(effect: Omit<Effect, "at" | "answerLost">): void {
    effects.push({ at: now(), answerLost: false, ...effect });
    changed();
  }

  return {
    users,
    guilds,
    channels,
    delivery,
    effects,
    events,
    id,
    changed,
    addUser,
    addGuild,
    addChannel,
    directChannel,
    storeFile,
    proxied,
    insertMessage,
    touchMessage,
    deleteMessage,
    record,
    user: (userId: string) => users.get(userId),
    channel: (channelId: string) => channels.get(channelId),
  };
}

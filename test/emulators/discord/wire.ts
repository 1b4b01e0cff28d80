/** The emulated state in the shapes that Discord sends. */
import type { JsonObject } from "./json.ts";
import {
  channelTypes,
  type EmulatedChannel,
  type EmulatedGuild,
  type EmulatedMessage,
  type EmulatedUser,
  type StoredFile,
} from "./model.ts";

export function wireUser(user: EmulatedUser): JsonObject {
  return {
    id: user.id,
    username: user.username,
    discriminator: "0",
    global_name: user.username,
    avatar: null,
    bot: user.bot,
    public_flags: 0,
  };
}

export function wireMember(user: EmulatedUser, permissions?: bigint): JsonObject {
  return {
    user: wireUser(user),
    nick: null,
    avatar: null,
    roles: [],
    joined_at: "2026-01-01T00:00:00.000000+00:00",
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
    ...(permissions === undefined ? {} : { permissions: String(permissions) }),
  };
}

export function wireChannel(channel: EmulatedChannel, recipient?: EmulatedUser): JsonObject {
  const visible = [...channel.messages.values()].filter(
    (message) => message.visibleTo === undefined && !message.deleted,
  );
  const common = {
    id: channel.id,
    type: channel.type,
    last_message_id: visible.at(-1)?.id ?? null,
    flags: 0,
  };
  if (channel.type === channelTypes.dm) {
    return { ...common, recipients: recipient === undefined ? [] : [wireUser(recipient)] };
  }
  const inGuild = { ...common, name: channel.name, guild_id: channel.guildId, rate_limit_per_user: 0 };
  if (channel.type !== channelTypes.publicThread) {
    return {
      ...inGuild,
      nsfw: channel.nsfw,
      topic: null,
      position: 0,
      parent_id: null,
      permission_overwrites: [],
    };
  }
  return {
    ...inGuild,
    parent_id: channel.parentId,
    message_count: visible.length,
    member_count: 1,
    thread_metadata: {
      archived: channel.archived,
      locked: channel.locked,
      auto_archive_duration: channel.autoArchiveMinutes,
      archive_timestamp: "2026-01-01T00:00:00.000000+00:00",
    },
  };
}

export function wireGuild(
  guild: EmulatedGuild,
  channels: EmulatedChannel[],
  bot: EmulatedUser,
  botPermissions: bigint,
): JsonObject {
  const threads = channels.filter((channel) => channel.type === channelTypes.publicThread);
  const everyone = {
    id: guild.id,
    name: "@everyone",
    color: 0,
    hoist: false,
    position: 0,
    permissions: String(botPermissions),
    managed: false,
    mentionable: false,
    flags: 0,
  };
  return {
    id: guild.id,
    name: guild.name,
    owner_id: "1",
    preferred_locale: guild.locale,
    features: [],
    roles: [everyone],
    emojis: [],
    stickers: [],
    channels: channels
      .filter((channel) => !threads.includes(channel))
      .map((channel) => ({ ...wireChannel(channel), guild_id: undefined })),
    threads: threads.map((thread) => wireChannel(thread)),
    members: [wireMember(bot)],
    member_count: 2,
    joined_at: "2026-01-01T00:00:00.000000+00:00",
    large: false,
    unavailable: false,
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    premium_tier: 0,
    system_channel_flags: 0,
  };
}

export function wireAttachment(file: StoredFile): JsonObject {
  return {
    id: file.id,
    filename: file.filename,
    ...(file.description === undefined ? {} : { description: file.description }),
    content_type: file.contentType,
    size: file.sizeBytes,
    url: file.url,
    proxy_url: file.url,
  };
}

/** A message as it stands in one that forwards it. */
export function wireSnapshot(message: EmulatedMessage): JsonObject {
  return {
    message: {
      type: message.type,
      content: message.content,
      embeds: message.embeds,
      attachments: message.attachments.map(wireAttachment),
      components: message.components,
      timestamp: new Date(message.createdAt).toISOString(),
      edited_timestamp: null,
      flags: message.flags,
      mentions: [],
      mention_roles: [],
    },
  };
}

/** `withNonce` only in the answer to the create, as Discord does it. */
export function wireMessage(
  message: EmulatedMessage,
  lookup: {
    user(id: string): EmulatedUser | undefined;
    channel(id: string): EmulatedChannel | undefined;
  },
  withNonce = false,
): JsonObject {
  const author = lookup.user(message.authorId);
  const asker = message.interaction && lookup.user(message.interaction.userId);
  const thread = message.threadId === undefined ? undefined : lookup.channel(message.threadId);
  const channel = lookup.channel(message.channelId);
  return {
    id: message.id,
    channel_id: message.channelId,
    author: author === undefined ? null : wireUser(author),
    type: message.type,
    content: message.content,
    timestamp: new Date(message.createdAt).toISOString(),
    edited_timestamp: message.editedAt === undefined ? null : new Date(message.editedAt).toISOString(),
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: message.attachments.map(wireAttachment),
    embeds: message.embeds,
    components: message.components,
    pinned: false,
    flags: message.flags,
    ...(message.snapshots === undefined ? {} : { message_snapshots: message.snapshots }),
    application_id: author?.bot === true ? author.id : undefined,
    ...(author?.bot === true && message.interaction !== undefined ? { webhook_id: author.id } : {}),
    ...(withNonce && message.nonce !== undefined ? { nonce: message.nonce } : {}),
    ...(message.replyTo === undefined
      ? {}
      : {
          message_reference: {
            type: message.snapshots === undefined ? 0 : 1,
            channel_id: message.replyTo.channelId,
            message_id: message.replyTo.messageId,
            ...(channel?.guildId === undefined ? {} : { guild_id: channel.guildId }),
          },
        }),
    ...(message.interaction === undefined || asker === undefined
      ? {}
      : {
          interaction_metadata: {
            id: message.interaction.id,
            type: 2,
            user: wireUser(asker),
            authorizing_integration_owners: {},
          },
        }),
    ...(thread === undefined ? {} : { thread: wireChannel(thread) }),
  };
}

/** What the emulated Discord remembers. The wire shapes are made from this in wire.ts. */

export interface EmulatedUser {
  id: string;
  username: string;
  bot: boolean;
  locale: string;
  /** Sending to this user's DM then answers 403 (50007). */
  dmsClosed: boolean;
}

export interface EmulatedGuild {
  id: string;
  name: string;
  locale: string;
  /** Whether the bot itself is a member; false is a place where only a user-installed app can act. */
  installed: boolean;
  /** Creating one more thread than this answers 400 (160006). */
  activeThreadCap: number;
}

export const channelTypes = {
  text: 0,
  dm: 1,
  voice: 2,
  groupDm: 3,
  announcement: 5,
  publicThread: 11,
} as const;

export interface EmulatedChannel {
  id: string;
  type: number;
  name: string;
  guildId?: string;
  /** The channel that a thread belongs to. */
  parentId?: string;
  /** The other side of a DM. */
  recipientId?: string;
  /** What the bot may do here. */
  botPermissions: bigint;
  nsfw: boolean;
  deleted: boolean;
  archived: boolean;
  locked: boolean;
  autoArchiveMinutes: number;
  /** By id, oldest first; deleted messages are kept and marked. */
  messages: Map<string, EmulatedMessage>;
}

export interface StoredFile {
  id: string;
  filename: string;
  description?: string;
  contentType: string;
  sizeBytes: number;
  sha256: string;
  bytes: Buffer;
  /** Signed, and good for a day. */
  url: string;
  /** Its link answers 404. */
  gone: boolean;
}

export interface EmulatedMessage {
  id: string;
  channelId: string;
  authorId: string;
  /** 0 normal, 19 reply, 20 answer to a command, 21 first message of a thread, 23 answer to a context menu. */
  type: number;
  content: string;
  embeds: unknown[];
  components: unknown[];
  flags: number;
  attachments: StoredFile[];
  nonce?: string;
  replyTo?: { channelId: string; messageId: string };
  /** What it forwards, in the shape of Discord's message snapshots. */
  snapshots?: unknown[];
  interaction?: { id: string; name: string; userId: string };
  /** Set on ephemeral messages: the only user who sees it. */
  visibleTo?: string;
  createdAt: number;
  editedAt?: number;
  edits: number;
  deleted: boolean;
  threadId?: string;
}

export const messageFlags = { ephemeral: 64, loading: 128, componentsV2: 32_768 } as const;

export const permissions = {
  createInstantInvite: 1n << 0n,
  administrator: 1n << 3n,
  manageGuild: 1n << 5n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  manageMessages: 1n << 13n,
  embedLinks: 1n << 14n,
  attachFiles: 1n << 15n,
  readMessageHistory: 1n << 16n,
  useApplicationCommands: 1n << 31n,
  manageThreads: 1n << 34n,
  createPublicThreads: 1n << 35n,
  sendMessagesInThreads: 1n << 38n,
} as const;

export type PermissionName = keyof typeof permissions;

/** What the documented invite link of a media bot asks for. */
export const usualBotPermissions =
  permissions.viewChannel |
  permissions.sendMessages |
  permissions.embedLinks |
  permissions.attachFiles |
  permissions.readMessageHistory |
  permissions.createPublicThreads |
  permissions.sendMessagesInThreads |
  permissions.useApplicationCommands;

/** One thing that the bot changed, in order, as crash tests count them. */
export interface Effect {
  at: number;
  kind:
    | "ack"
    | "commands.put"
    | "dm.open"
    | "message.create"
    | "message.deduplicated"
    | "message.edit"
    | "message.delete"
    | "thread.create"
    | "typing";
  channelId?: string;
  messageId?: string;
  interactionId?: string;
  /** Whether the request's answer was cut off on purpose. */
  answerLost: boolean;
}

/** An error in Discord's own shape: `{message, code, errors?}`. */
export class DiscordError extends Error {
  readonly status: number;
  readonly code: number;
  readonly details: Record<string, unknown>;
  constructor(status: number, code: number, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Source of each code: Discord documentation, Opcodes and Status Codes, JSON error codes. */
export const errors = {
  unauthorized: () => new DiscordError(401, 0, "401: Unauthorized"),
  unknownChannel: () => new DiscordError(404, 10_003, "Unknown Channel"),
  unknownMessage: () => new DiscordError(404, 10_008, "Unknown Message"),
  unknownUser: () => new DiscordError(404, 10_013, "Unknown User"),
  unknownWebhook: () => new DiscordError(404, 10_015, "Unknown Webhook"),
  unknownInteraction: () => new DiscordError(404, 10_062, "Unknown interaction"),
  alreadyAcknowledged: () => new DiscordError(400, 40_060, "Interaction has already been acknowledged."),
  followUpLimit: () =>
    new DiscordError(400, 40_094, "This interaction has reached the maximum number of follow-up messages"),
  tooLarge: () => new DiscordError(413, 40_005, "Request entity too large"),
  missingAccess: () => new DiscordError(403, 50_001, "Missing Access"),
  notOwnMessage: () => new DiscordError(403, 50_005, "Cannot edit a message authored by another user"),
  emptyMessage: () => new DiscordError(400, 50_006, "Cannot send an empty message"),
  dmClosed: () => new DiscordError(403, 50_007, "Cannot send messages to this user"),
  missingPermissions: () => new DiscordError(403, 50_013, "Missing Permissions"),
  wrongChannelType: () => new DiscordError(400, 50_024, "Cannot execute action on this channel type"),
  invalidWebhookToken: () => new DiscordError(401, 50_027, "Invalid Webhook Token"),
  invalidForm: (problems: { path: string; message: string }[]) =>
    new DiscordError(400, 50_035, "Invalid Form Body", {
      errors: Object.fromEntries(
        problems.map(({ path, message }) => [path, { _errors: [{ code: "INVALID", message }] }]),
      ),
    }),
  threadArchived: () => new DiscordError(400, 50_083, "Thread is archived"),
  noHistoryForReply: () =>
    new DiscordError(403, 160_002, "Cannot reply without permission to read message history"),
  threadExists: () => new DiscordError(400, 160_004, "A thread has already been created for this message"),
  threadCap: () => new DiscordError(400, 160_006, "Maximum number of active threads reached"),
} as const;

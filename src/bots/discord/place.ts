import { z } from "zod";
import type { Actor, Target } from "../../core/conversation/intents.ts";
import { identity } from "../../core/identifiers.ts";
import type { Json } from "../../core/json.ts";
import type { Interaction } from "./interaction.ts";
import { EPHEMERAL } from "./render.ts";
import { happenedAt } from "./snowflake.ts";

export const PLATFORM = "discord";

/** Bits of Discord's permission set. */
const PERMISSIONS = {
  administrator: 1n << 3n,
  manageGuild: 1n << 5n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  manageMessages: 1n << 13n,
  attachFiles: 1n << 15n,
  readMessageHistory: 1n << 16n,
  createPublicThreads: 1n << 35n,
  sendMessagesInThreads: 1n << 38n,
} as const;

const THREAD_TYPES = [10, 11, 12];
/** Text and announcement channels: where a thread can start from a message. */
const THREADABLE_TYPES = [0, 5];

/** Where an interaction came from and what the bot may do there; stored with everything that is owed. */
const placeSchema = z.object({
  /** Ours; empty where no interaction told it. */
  applicationId: z.string(),
  /** Of the interaction: edits and follow-ups for 15 minutes. */
  token: z.string(),
  interactionAt: z.number(),
  userId: z.string(),
  channelId: z.string(),
  /** `guild`: the bot is a member. `thread`: of such a guild. `dm`: with the bot. `outside`: only the user's app. */
  kind: z.enum(["guild", "thread", "dm", "outside"]),
  canSend: z.boolean(),
  canAttach: z.boolean(),
  canReadHistory: z.boolean(),
  canStartThread: z.boolean(),
});

export type Place = z.output<typeof placeSchema>;

export function readPlace(stored: Json): Place | null {
  const result = placeSchema.safeParse(stored);
  return result.success ? result.data : null;
}

/** Null where an interaction has no user or no channel. What Discord leaves unsaid about rights is found out by trying. */
export function placeOf(interaction: Interaction, heardAt: number): Place | null {
  const userId = (interaction.member?.user ?? interaction.user)?.id;
  const channelId = interaction.channel?.id ?? interaction.channel_id;
  if (userId === undefined || channelId === undefined || channelId === null) return null;
  const kind = kindOf(interaction);
  const granted = BigInt(interaction.app_permissions ?? PERMISSIONS.administrator);
  const may = (permission: bigint): boolean =>
    kind === "dm" || (granted & PERMISSIONS.administrator) !== 0n || (granted & permission) === permission;
  const sending = kind === "thread" ? PERMISSIONS.sendMessagesInThreads : PERMISSIONS.sendMessages;
  return {
    applicationId: interaction.application_id,
    token: interaction.token,
    interactionAt: happenedAt(interaction.id, heardAt),
    userId,
    channelId,
    kind,
    canSend: may(PERMISSIONS.viewChannel | sending),
    canAttach: may(PERMISSIONS.attachFiles),
    canReadHistory: may(PERMISSIONS.readMessageHistory),
    canStartThread:
      kind === "guild" &&
      THREADABLE_TYPES.includes(interaction.channel?.type ?? 0) &&
      may(PERMISSIONS.createPublicThreads | PERMISSIONS.sendMessagesInThreads),
  };
}

function kindOf(interaction: Interaction): Place["kind"] {
  const owners = interaction.authorizing_integration_owners ?? {};
  if (interaction.context === 1) return "dm";
  if (interaction.context === 2) return "outside";
  if (!interaction.guild_id) return interaction.channel?.type === 1 ? "dm" : "outside";
  if (!("0" in owners) && "1" in owners) return "outside";
  return THREAD_TYPES.includes(interaction.channel?.type ?? -1) ? "thread" : "guild";
}

/**
 * The status is edited through the interaction's own webhook, so it has a key of its own and waits for nobody. So
 * do results that stand there, or in a thread of their own; others share the pace of their channel.
 */
export function targetOf(interaction: Interaction, place: Place, isPrivate: boolean): Target {
  const limit = interaction.attachment_size_limit;
  const shares = !isPrivate && place.kind !== "outside" && !place.canStartThread;
  return {
    platform: PLATFORM,
    chatKey: `${PLATFORM}:${place.channelId}/${interaction.id}`,
    ...(shares ? { resultKey: `${PLATFORM}:${place.channelId}` as const } : {}),
    ...(interaction.guild_id && place.kind !== "outside" && !isPrivate
      ? { community: communityOf(interaction.guild_id) }
      : {}),
    place,
    private: isPrivate,
    ...(limit ? { fileLimitBytes: limit } : {}),
  };
}

function communityOf(guildId: string): string {
  return `${PLATFORM}:${guildId}`;
}

/** A button of a message that only one member sees is answered the same way. */
export function standsInPrivate(interaction: Interaction): boolean {
  return ((interaction.message?.flags ?? 0) & EPHEMERAL) !== 0;
}

export function actorOf(interaction: Interaction, place: Place): Actor {
  const user = interaction.member?.user ?? interaction.user;
  const rights = BigInt(interaction.member?.permissions ?? "0");
  const contexts = { guild: "group", thread: "group", dm: "private", outside: "outside" } as const;
  return {
    identity: identity(PLATFORM, place.userId),
    platform: PLATFORM,
    name: user?.global_name ?? user?.username ?? place.userId,
    ...(user?.username ? { username: user.username } : {}),
    locale: interaction.locale ?? null,
    isBot: user?.bot ?? false,
    isChatIdentity: false,
    context: contexts[place.kind],
    ...(interaction.guild_id ? { community: communityOf(interaction.guild_id) } : {}),
    managesCommunity: (rights & (PERMISSIONS.administrator | PERMISSIONS.manageMessages)) !== 0n,
    // What comes here holds for the channel. These two can be given for a whole server only.
    governsCommunity: (rights & (PERMISSIONS.administrator | PERMISSIONS.manageGuild)) !== 0n,
  };
}

/** A member alone, wherever that is: the channel is opened when something is sent. */
export function directTarget(userId: string): Target {
  const place: Place = {
    applicationId: "",
    token: "",
    interactionAt: 0,
    userId,
    channelId: "",
    kind: "dm",
    canSend: false,
    canAttach: true,
    canReadHistory: true,
    canStartThread: false,
  };
  return { platform: PLATFORM, chatKey: `${PLATFORM}:member/${userId}`, place, private: true };
}

import { z } from "zod";
import type { Target } from "../../core/conversation/intents.ts";
import { type ChatKey, type Identity, parseIdentity } from "../../core/identifiers.ts";
import { toJson } from "./json.ts";

/** Where in Telegram a message goes; stored with a delivery and parsed when it is sent. */
const spot = z.object({
  chatId: z.number().int(),
  group: z.boolean(),
  /** Forum topic; never the General topic, whose id the server refuses. */
  topicId: z.number().int().optional(),
  /** The message that is answered. */
  replyTo: z.number().int().optional(),
});

const placeSchema = spot.extend({
  /** The member, for a way round through the private chat. */
  userId: z.number().int(),
  /** This is the member's private chat instead of the place where it was asked. */
  insteadOf: spot.optional(),
  /** What a link that starts the private chat would ask for there, in the word of `start-link.ts`. */
  opens: z.string().optional(),
});

export type Spot = z.output<typeof spot>;
export type Place = z.output<typeof placeSchema>;

export function placeOf(target: Target): Place {
  return placeSchema.parse(target.place);
}

export function chatKeyOf(chatId: number): ChatKey {
  return `telegram:${chatId}`;
}

export function targetOf(place: Place): Target {
  return {
    platform: "telegram",
    chatKey: chatKeyOf(place.chatId),
    ...(place.group ? { community: chatKeyOf(place.chatId) } : {}),
    place: toJson(place),
    private: !place.group,
  };
}

/** The member's private chat, for what nobody else in the group may read. */
export function privateTarget(place: Place): Target {
  if (!place.group) return targetOf(place);
  const { userId, insteadOf: _, opens, ...asked } = place;
  const asks = opens === undefined ? {} : { opens };
  return targetOf({ chatId: userId, group: false, userId, insteadOf: asked, ...asks });
}

/** A member's private chat, whose id is the member's; null for a chat that speaks as itself. */
export function chatWith(member: Identity): Target | null {
  const parsed = parseIdentity(member);
  if (parsed?.platform !== "telegram" || !/^[1-9]\d{0,15}$/.test(parsed.externalId)) return null;
  const userId = Number(parsed.externalId);
  return targetOf({ chatId: userId, group: false, userId });
}

/** The same place, as an answer to a message of ours there. */
export function answerTo(
  place: Place,
  message: { readonly chatId: number; readonly messageId?: number | undefined },
): Place {
  return message.chatId === place.chatId && message.messageId !== undefined
    ? { ...place, replyTo: message.messageId }
    : place;
}

import type { Target } from "../../core/conversation/intents.ts";
import type { Reply } from "../../core/conversation/text.ts";
import { parseIdentity } from "../../core/identifiers.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type {
  Messenger,
  Outgoing,
  OutgoingMedia,
  SendContext,
  SendResult,
} from "../../core/ports/messenger.ts";
import { createAmend } from "./amend.ts";
import { webhook } from "./answers.ts";
import { limits, TOKEN_MS } from "./limits.ts";
import { createOpenPicture } from "./pictures.ts";
import { directTarget, PLATFORM, type Place, readPlace } from "./place.ts";
import { createRemoval } from "./removal.ts";
import { filesOf, renderReply } from "./render.ts";
import type { DiscordRest } from "./rest.ts";
import { createCreateMessage, type Step, stepOf } from "./send.ts";
import { createWays, type Way } from "./ways.ts";
import { messageIn, type Ref, readRef } from "./wire.ts";

/** What goes as a message of its own. */
type Parcelled = Exclude<Outgoing, { kind: "status" | "removal" | "amend" }>;

/** The message was deleted. */
const UNKNOWN_MESSAGE = 10_008;
const SNOWFLAKE = /^\d{1,20}$/;

export function createMessenger(dependencies: {
  readonly rest: DiscordRest;
  readonly clock: Clock;
  readonly apiUrl: string;
}): Messenger {
  const { rest, clock } = dependencies;
  const create = createCreateMessage({ rest, clock });
  const ways = createWays({ rest, create });

  const tokenLives = (place: Place): boolean => clock.now() - place.interactionAt < TOKEN_MS;

  /**
   * The one status message: the answer to the interaction, edited through its webhook (a rate-limit bucket of its
   * own) while the token lives, then as an ordinary message of the bot. An edit that cannot be made is left out:
   * the result does not depend on it.
   */
  async function status(reply: Reply, place: Place, context: SendContext): Promise<SendResult> {
    const ref = readRef(context.ref);
    if (ref.gone) return { status: "sent", ref };
    const body = renderReply(reply);
    if (tokenLives(place) && !ref.byBot) {
      const path = `${webhook(place)}/messages/@original`;
      if (carriesResults(place, context.target) && ref.messageId !== null) {
        const there = await rest.call({ method: "GET", path, authorized: false });
        const hasFiles = there.status === "ok" && (messageIn(there.body)?.attachments ?? []).length > 0;
        if (hasFiles) return { status: "sent", ref };
      }
      const edited = await rest.call({
        method: "PATCH",
        path,
        body,
        authorized: false,
        signal: context.signal,
      });
      if (edited.status === "ok") {
        const message = messageIn(edited.body);
        return {
          status: "sent",
          ref: {
            ...ref,
            messageId: message?.id ?? ref.messageId,
            channelId: message?.channel_id ?? place.channelId,
          },
        };
      }
      if (edited.status === "refused" && edited.code === UNKNOWN_MESSAGE)
        return { status: "sent", ref: { ...ref, gone: true } };
      const step = stepOf(edited, "repeatable", ref);
      if (step !== "next") return step;
    }
    if (carriesResults(place, context.target)) return { status: "sent", ref: { ...ref, gone: true } };
    if (ref.messageId !== null) {
      const path = `/channels/${ref.channelId ?? place.channelId}/messages/${ref.messageId}`;
      const edited = await rest.call({ method: "PATCH", path, body, signal: context.signal });
      const step = edited.status === "ok" ? "sent" : stepOf(edited, "repeatable", ref);
      if (step === "sent") return { status: "sent", ref };
      return step === "next" ? { status: "sent", ref: { ...ref, gone: true } } : step;
    }
    const step = await create(place.channelId, { body, files: [] }, context, ref, place.applicationId);
    return step === "next" ? { status: "undeliverable", reason: "no way to the channel" } : step;
  }

  /** A reply is one that counts by its words: where its file is too large, they come alone. */
  async function deliver(outgoing: Parcelled, place: Place, context: SendContext): Promise<SendResult> {
    const result = await down(outgoing, place, context);
    if (result.status !== "too-large" || outgoing.kind !== "reply") return result;
    return down({ kind: "reply", reply: outgoing.reply }, place, context);
  }

  /** Goes down the ways to this place until one is open. */
  async function down(outgoing: Parcelled, place: Place, context: SendContext): Promise<SendResult> {
    const media: OutgoingMedia | undefined = "media" in outgoing ? outgoing.media : undefined;
    const statusRef = readRef("statusRef" in outgoing ? outgoing.statusRef : null);
    const ref: Ref = readRef(context.ref);
    const isPrivate = context.target.private || (outgoing.kind === "reply" && outgoing.reply.private);
    for (const way of waysTo(place, isPrivate, outgoing.kind)) {
      const step: Step = await ways[way]({
        kind: outgoing.kind,
        body: renderReply(outgoing.reply, media),
        files: filesOf(media),
        reply: outgoing.reply,
        place,
        context,
        ref,
        statusRef,
        isPrivate,
        isAlone: outgoing.kind === "result" && outgoing.count === 1,
      });
      if (step !== "next") return step;
    }
    return { status: "undeliverable", reason: "no way to the member is open" };
  }

  /**
   * The best way first. What only the member may see never goes to a channel. What was answered to the interaction
   * stays as it is when something else is told later.
   */
  function waysTo(place: Place, isPrivate: boolean, kind: Outgoing["kind"]): Way[] {
    const isOwn = kind === "notice" || kind === "reply";
    const interaction: Way[] = tokenLives(place) ? [isOwn ? "follow-up" : "answer"] : [];
    if (isPrivate || place.kind === "outside") return [...interaction, "direct"];
    if (kind === "reply") return ["channel", ...interaction, "direct"];
    return [...(place.canStartThread ? (["thread"] as const) : []), "channel", ...interaction, "direct"];
  }

  const amend = createAmend(rest);
  const remove = createRemoval(rest);
  const open = createOpenPicture(dependencies.apiUrl);

  return {
    platform: PLATFORM,
    limits,
    chatPace: () => limits.pace.chat,
    async send(outgoing, context) {
      const place = readPlace(context.target.place);
      if (place === null) return { status: "undeliverable", reason: "unreadable target" };
      if (outgoing.kind === "status") return status(outgoing.reply, place, context);
      if (outgoing.kind === "removal") {
        return remove(readRef(outgoing.messageRef), place, tokenLives(place), context);
      }
      if (outgoing.kind === "amend") {
        const inAnswer = carriesResults(place, context.target);
        return amend(outgoing, { place, tokenLives: tokenLives(place), inAnswer }, context);
      }
      return deliver(outgoing, place, context);
    },
    openPicture: async (name) => open(name),
    privateTarget(identity) {
      const member = parseIdentity(identity);
      return member?.platform === PLATFORM && SNOWFLAKE.test(member.externalId)
        ? directTarget(member.externalId)
        : null;
    },
  };
}

/** Where the bot cannot post by itself, results stand in the answer to the interaction. */
function carriesResults(place: Place, target: Target): boolean {
  return target.private || place.kind === "outside";
}

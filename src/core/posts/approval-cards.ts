import { writeButtonData } from "../conversation/actions.ts";
import type { Target } from "../conversation/intents.ts";
import type { Reply, Text } from "../conversation/text.ts";
import { amendKey, type NewDelivery } from "../delivery/delivery.ts";
import { excerpt } from "../generation/prompt.ts";
import type { DeliveryId } from "../identifiers.ts";
import { lines, type Messages } from "../messages/messages.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { NewPost, PostStores } from "../ports/post-stores.ts";
import type { Stores } from "../ports/stores.ts";
import type { User } from "../usage/user.ts";
import { rulesOf } from "./networks.ts";
import { pagesOf } from "./pages.ts";
import type { Post } from "./post.ts";
import { echo } from "./zones.ts";

/** The card that a community's approvers are sent for a post that waits; nothing for one that does not. */
export type AskApprovers = (author: User, post: NewPost) => Promise<readonly NewDelivery[]>;

type Waiting = Pick<
  Post,
  | "handle"
  | "epoch"
  | "story"
  | "isAiGenerated"
  | "network"
  | "accountName"
  | "text"
  | "scheduledAt"
  | "zone"
  | "media"
  | "altText"
>;

/**
 * Of what approvers see: its author may change it while they think, and each change raises the epoch. A hash of the text
 * would not do, since its author could look for another text of the same hash.
 */
export function approvalMark({ epoch, scheduledAt }: Pick<Waiting, "epoch" | "scheduledAt">): string {
  return `${epoch}${scheduledAt === null ? "now" : "at"}`;
}

/** The one card of a post: found again by the post's own id. */
function cardIdOf({ id }: Pick<Post, "id">): DeliveryId {
  return `dlv_${id.slice("post_".length)}`;
}

/** The change of the card that says who decided what. */
function verdictIdOf(post: Pick<Post, "id">): DeliveryId {
  return `${cardIdOf(post)}-verdict`;
}

/**
 * What stands on the approvers' card after it was sent. Whoever decided, and wherever they pressed, the card itself
 * shows it and loses its buttons.
 */
export interface ApprovalCards {
  /** As it waits now, with its buttons. */
  waiting(post: Post): Promise<Reply>;
  /** As it was decided, with what came of it since. */
  settled(post: Post): Promise<Reply>;
  /** What of a long text is not on the card itself: sent once for each state of the post. */
  before(post: Post): Promise<readonly NewDelivery[]>;
  /** Changes of the card, as deliveries; none where no card was asked for. `key` tells changes of one kind apart. */
  toWaiting(post: Post, key: string): Promise<readonly NewDelivery[]>;
  toVerdict(post: Post, verdict: Text): Promise<readonly NewDelivery[]>;
  toSettled(post: Post): Promise<readonly NewDelivery[]>;
}

export function createApprovalCards(dependencies: {
  readonly stores: Pick<Stores, "users" | "generation" | "deliveries">;
  readonly messages: Messages;
  readonly ids: Ids;
  readonly now: () => number;
}): ApprovalCards {
  const { stores, messages, ids, now } = dependencies;
  /** It stands in a place of many. */
  const language = messages.choose(null);

  async function waiting(post: Post): Promise<Reply> {
    const [author, asset] = [await stores.users.byId(post.userId), await stores.generation.get(post.assetId)];
    const facts = { author: author?.name ?? "", prompt: asset?.prompt ?? null };
    return approvalCard(messages, language, post, facts);
  }

  function closed({ network, accountName, text, media, altText, publicUrl }: Post, said: Text): Reply {
    const open = { label: messages.line(language, "button-open-post"), url: publicUrl ?? "" };
    return {
      title: messages.line(language, "post-title", { network: rulesOf(network).label, account: accountName }),
      text: said,
      quote: text,
      media: { file: media, altText },
      ...(publicUrl === null ? {} : { buttons: [[open]] }),
      private: false,
    };
  }

  async function settled(post: Post): Promise<Reply> {
    const verdict = (await stores.deliveries.get(verdictIdOf(post)))?.reply?.text ?? null;
    const says = verdict !== null && (post.state === "confirmed" || post.state === "rejected");
    return closed(post, lines(verdict, says ? null : await stateLine(post, verdict !== null)));
  }

  async function stateLine(post: Post, wasApproved: boolean): Promise<Text> {
    const { state, failure, network, accountName: account } = post;
    const said = messages.text(language, `post-${state.replace("_", "-")}`);
    if (state === "cancelled" && !wasApproved) {
      const name = (await stores.users.byId(post.userId))?.name.slice(0, 60) ?? "";
      return messages.text(language, "approve-taken-back", { name });
    }
    if (state !== "failed" || failure === null) return said;
    const names = { network: rulesOf(network).label, account };
    return lines(said, messages.text(language, `post-failed-${failure.why}`, names));
  }

  async function change(
    post: Post,
    key: string,
    reply: Reply,
    id = ids.create("dlv"),
  ): Promise<NewDelivery[]> {
    const card = post.community === null ? null : await stores.deliveries.get(cardIdOf(post));
    if (card === null) return [];
    return [
      {
        id,
        kind: "amend",
        dedupeKey: amendKey(card.id, key),
        userId: null,
        batchId: null,
        assetId: null,
        target: card.target,
        lane: "interactive",
        reply,
        dueAt: now(),
      },
    ];
  }

  async function before(post: Post): Promise<readonly NewDelivery[]> {
    const card = await stores.deliveries.get(cardIdOf(post));
    if (card === null) return [];
    const place = { target: card.target, dueAt: now(), newId: () => ids.create("dlv") };
    return partsBefore(messages, language, post, place);
  }

  return {
    waiting,
    settled,
    toWaiting: async (post, key) => [
      ...(await before(post)),
      ...(await change(post, key, await waiting(post))),
    ],
    before,
    toVerdict: (post, verdict) => change(post, "verdict", closed(post, verdict), verdictIdOf(post)),
    toSettled: async (post) => change(post, `${post.state}:${post.epoch}`, await settled(post)),
  };
}

/** A card shows so much of a text on every platform; what is longer comes in parts, the last one on the card. */
function partsOf({ text }: Pick<Waiting, "text">): readonly string[] {
  return pagesOf([{ heading: null, text }]);
}

/** The parts of a long text that are not on the card itself, once for each state of the post. */
function partsBefore(
  messages: Messages,
  language: string,
  post: Waiting & Pick<Post, "id">,
  place: { readonly target: Target; readonly dueAt: number; readonly newId: () => DeliveryId },
): readonly NewDelivery[] {
  const names = { network: rulesOf(post.network).label, account: post.accountName };
  const parts = partsOf(post);
  return parts.slice(0, -1).map((part, index) => ({
    id: place.newId(),
    kind: "reply",
    dedupeKey: `approval:${post.id}:${post.epoch}:${index}`,
    userId: null,
    batchId: null,
    assetId: null,
    target: place.target,
    lane: "interactive",
    reply: {
      title: messages.line(language, "post-title", names),
      text: messages.text(language, "post-approve-part", { part: index + 1, parts: parts.length }),
      quote: part,
      private: false,
    },
    dueAt: place.dueAt,
  }));
}

function approvalCard(
  messages: Messages,
  language: string,
  post: Waiting,
  { author, prompt }: { readonly author: string; readonly prompt: string | null },
): Reply {
  const names = { network: rulesOf(post.network).label, account: post.accountName };
  const parts = partsOf(post);
  return {
    title: messages.line(language, "post-approve-title", { ...names, name: author.slice(0, 60) }),
    text: lines(
      post.scheduledAt === null
        ? messages.text(language, "post-approve-now")
        : messages.text(language, "post-at", { local: echo(post.scheduledAt, post.zone, language) }),
      post.story ? messages.text(language, "post-as-story") : null,
      post.isAiGenerated ? messages.text(language, "post-ai-label") : null,
      prompt === null
        ? null
        : messages.text(language, "post-approve-prompt", { prompt: excerpt(prompt, 300) }),
      parts.length === 1 ? null : messages.text(language, "post-approve-last-part", { parts: parts.length }),
    ),
    quote: parts.at(-1) ?? "",
    media: { file: post.media, altText: post.altText },
    buttons: [
      [
        {
          label: messages.line(language, "button-approve"),
          data: writeButtonData("approve", post.handle, approvalMark(post)),
          style: "primary",
        },
        {
          label: messages.line(language, "button-post-edit"),
          data: writeButtonData("post-edit", post.handle),
          style: "secondary",
        },
        {
          label: messages.line(language, "button-reject"),
          data: writeButtonData("reject", post.handle),
          style: "danger",
        },
      ],
    ],
    private: false,
  };
}

export function createAskApprovers(dependencies: {
  readonly stores: Pick<PostStores, "communities"> & Pick<Stores, "generation">;
  readonly messages: Messages;
  readonly clock: Clock;
  readonly ids: Ids;
}): AskApprovers {
  const { stores, messages, clock, ids } = dependencies;
  return async (author, post) => {
    if (post.community === null) return [];
    const { moderators } = await stores.communities.get(post.community);
    if (moderators === null) return [];
    const asset = await stores.generation.get(post.assetId);
    const facts = { author: author.name, prompt: asset?.prompt ?? null };
    const [language, first] = [messages.choose(null), { ...post, epoch: 0 }];
    const place = { target: moderators, dueAt: clock.now(), newId: () => ids.create("dlv") };
    return [
      ...partsBefore(messages, language, first, place),
      {
        id: cardIdOf(post),
        kind: "reply",
        dedupeKey: `approval:${post.id}`,
        userId: null,
        batchId: null,
        assetId: null,
        target: moderators,
        lane: "interactive",
        reply: approvalCard(messages, language, first, facts),
        dueAt: clock.now(),
      },
    ];
  };
}

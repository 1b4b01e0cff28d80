import { writeButtonData } from "../conversation/actions.ts";
import type { Reply } from "../conversation/text.ts";
import type { NewDelivery } from "../delivery/delivery.ts";
import { excerpt } from "../generation/prompt.ts";
import { lines, type Messages } from "../messages/messages.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { NewPost, PostStores } from "../ports/post-stores.ts";
import type { Stores } from "../ports/stores.ts";
import type { User } from "../usage/user.ts";
import { markOf } from "./mark.ts";
import { rulesOf } from "./networks.ts";
import { echo } from "./zones.ts";

/** The card that a community's approvers are sent for a post that waits; nothing for one that does not. */
export type AskApprovers = (author: User, post: NewPost) => Promise<readonly NewDelivery[]>;

type Waiting = Pick<
  NewPost,
  "handle" | "network" | "accountName" | "text" | "scheduledAt" | "zone" | "media" | "altText"
>;

/** Of what approvers see: it may change while they think. */
export function approvalMark({ text, scheduledAt }: Pick<Waiting, "text" | "scheduledAt">): string {
  return markOf({ text, scheduledAt });
}

export function approvalCard(
  messages: Messages,
  language: string,
  post: Waiting,
  { author, prompt }: { readonly author: string; readonly prompt: string | null },
): Reply {
  const names = { network: rulesOf(post.network).label, account: post.accountName };
  return {
    title: messages.line(language, "post-approve-title", { ...names, name: author.slice(0, 60) }),
    text: lines(
      post.scheduledAt === null
        ? messages.text(language, "post-approve-now")
        : messages.text(language, "post-at", { local: echo(post.scheduledAt, post.zone, language) }),
      prompt === null
        ? null
        : messages.text(language, "post-approve-prompt", { prompt: excerpt(prompt, 300) }),
    ),
    quote: post.text,
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
    return [
      {
        id: ids.create("dlv"),
        kind: "reply",
        dedupeKey: `approval:${post.id}`,
        userId: null,
        batchId: null,
        assetId: null,
        target: moderators,
        lane: "interactive",
        reply: approvalCard(messages, messages.choose(null), post, facts),
        dueAt: clock.now(),
      },
    ];
  };
}

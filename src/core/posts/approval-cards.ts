import { writeButtonData } from "../conversation/actions.ts";
import type { NewDelivery } from "../delivery/delivery.ts";
import { excerpt } from "../generation/prompt.ts";
import { lines, type Messages } from "../messages/messages.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { NewPost, PostStores } from "../ports/post-stores.ts";
import type { Stores } from "../ports/stores.ts";
import type { User } from "../usage/user.ts";
import { rulesOf } from "./networks.ts";
import { echo } from "./zones.ts";

/** The card that a community's approvers are sent for a post that waits; nothing for one that does not. */
export type AskApprovers = (author: User, post: NewPost) => Promise<readonly NewDelivery[]>;

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
    const language = messages.choose(null);
    const asset = await stores.generation.get(post.assetId);
    const names = { network: rulesOf(post.network).label, account: post.accountName };
    const press = (id: string, action: "approve" | "reject", style: "primary" | "danger") => ({
      label: messages.line(language, id),
      data: writeButtonData(action, post.handle),
      style,
    });
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
        reply: {
          title: messages.line(language, "post-approve-title", {
            ...names,
            name: author.name.slice(0, 60),
          }),
          text: lines(
            post.scheduledAt === null
              ? null
              : messages.text(language, "post-at", { local: echo(post.scheduledAt, post.zone, language) }),
            asset
              ? messages.text(language, "post-approve-prompt", { prompt: excerpt(asset.prompt, 300) })
              : null,
          ),
          quote: post.text,
          media: { file: post.media, altText: post.altText },
          buttons: [
            [press("button-approve", "approve", "primary"), press("button-reject", "reject", "danger")],
          ],
          private: false,
        },
        dueAt: clock.now(),
      },
    ];
  };
}

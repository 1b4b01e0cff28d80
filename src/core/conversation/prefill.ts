import { composeCaption } from "../captions/caption.ts";
import { networkNamed } from "../posts/networks.ts";
import { networksOf, textFor } from "../posts/plan-text.ts";
import { readButtonData } from "./actions.ts";
import type { ConversationDependencies } from "./context.ts";
import type { Conversation } from "./conversation.ts";

/** What stands in a form already: the words that are to be changed, for the one whose they are. */
export function createPrefill(dependencies: ConversationDependencies): Conversation["prefill"] {
  const { members, gallery, captioning, publishing, stores } = dependencies;
  return async (data, actor) => {
    const button = readButtonData(data);
    if (!button) return null;
    const user = await members.of(actor);
    const { action, handle, argument } = button;
    if (action === "caption-edit") {
      const asset = await gallery.find(user.id, handle);
      const caption = asset && (await captioning.latest(asset));
      return caption ? composeCaption(caption) : null;
    }
    if (action === "pd-text") {
      const found = await publishing.plans.get(user, handle);
      if (!found) return null;
      const { plan, usable } = found;
      const [only, ...others] = networksOf(publishing.desk.chosenOf(plan, usable));
      const network = networkNamed(argument) ?? (others.length === 0 ? only : undefined);
      return composeCaption(network === undefined ? plan : textFor(plan, network));
    }
    const post = action === "post-edit" ? await stores.posts.byHandle(handle) : null;
    const isApprover =
      post?.state === "waiting" &&
      (members.isAdmin(actor.identity) || (actor.managesCommunity && actor.community === post.community));
    return post && (post.userId === user.id || isApprover) ? post.text : null;
  };
}

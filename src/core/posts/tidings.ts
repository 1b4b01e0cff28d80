import { writeButtonData } from "../conversation/actions.ts";
import type { LinkButton, Reply } from "../conversation/text.ts";
import type { NewDelivery } from "../delivery/delivery.ts";
import { lines, type Messages } from "../messages/messages.ts";
import type { Ids } from "../ports/ids.ts";
import type { Stores } from "../ports/stores.ts";
import { rulesOf } from "./networks.ts";
import type { Post } from "./post.ts";
import { echo } from "./zones.ts";

/** What its author is told of a post, in the thread where it was confirmed. */
export interface Tidings {
  /** The messages that the end of a post owes. */
  ofEnd(post: Post): Promise<readonly NewDelivery[]>;
  /** One post as a card: state, account, text, time, and what can be done with it. */
  card(language: string, post: Post): Reply;
}

export function createTidings(dependencies: {
  readonly messages: Messages;
  readonly stores: Pick<Stores, "users" | "generation">;
  readonly ids: Ids;
  readonly now: () => number;
}): Tidings {
  const { messages, stores, ids, now } = dependencies;

  function card(language: string, post: Post): Reply {
    const { handle, state, publicUrl } = post;
    const line = (id: string, args: Readonly<Record<string, string | number>> = {}) =>
      messages.line(language, id, args);
    const names = { network: rulesOf(post.network).label, account: post.accountName };
    const when = post.scheduledAt;
    const why = post.failure ? messages.text(language, `post-failed-${post.failure.why}`, names) : null;
    const press = (
      id: string,
      action: Parameters<typeof writeButtonData>[0],
      argument = "",
      style: "primary" | "secondary" | "danger" = "secondary",
    ) => ({
      label: line(id),
      data: writeButtonData(action, handle, argument),
      style,
    });
    const open: LinkButton[] =
      publicUrl === null ? [] : [{ label: line("button-open-post"), url: publicUrl }];
    const buttons = {
      waiting: [
        press("button-post-edit", "post-edit"),
        press("button-post-cancel", "post-cancel", "", "danger"),
      ],
      confirmed: [press("button-post-cancel", "post-cancel", "", "danger")],
      handing_over: [],
      scheduled: [
        press("button-post-move", "post-move"),
        press("button-post-edit", "post-edit"),
        press("button-post-cancel", "post-cancel", "", "danger"),
      ],
      publishing: [],
      cancelling: [],
      published: open,
      failed: [press("button-post-retry", "post-retry", "", "primary")],
      cancelled: [],
      rejected: [],
    }[state];
    return {
      title: line("post-title", names),
      text: lines(
        messages.text(language, `post-${state.replace("_", "-")}`, names),
        when === null ? null : messages.text(language, "post-at", { local: echo(when, post.zone, language) }),
        why,
      ),
      quote: post.text,
      ...(buttons.length > 0 ? { buttons: [buttons] } : {}),
      private: post.target.private,
    };
  }

  return {
    card,
    async ofEnd(post) {
      const user = await stores.users.byId(post.userId);
      if (!user) return [];
      const language = messages.choose(user.settings.language, user.locale);
      const { target } = post;
      // What became public, or should have, is told in the open thread of its picture; the rest is the author's own.
      const asset = await stores.generation.get(post.assetId);
      const isOpen = (post.state === "published" || post.state === "failed") && asset?.private === false;
      const isPrivate = target.private && !isOpen;
      return [
        {
          id: ids.create("dlv"),
          kind: "reply",
          dedupeKey: `post:${post.id}:${post.state}:${post.epoch}`,
          userId: user.id,
          batchId: null,
          assetId: null,
          target: { ...target, chatKey: target.resultKey ?? target.chatKey, private: isPrivate },
          lane: "backlog",
          reply: { ...card(language, post), private: isPrivate },
          dueAt: now(),
        },
      ];
    },
  };
}

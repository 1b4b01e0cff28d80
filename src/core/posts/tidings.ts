import { writeButtonData } from "../conversation/actions.ts";
import type { Target } from "../conversation/intents.ts";
import type { LinkButton, Reply } from "../conversation/text.ts";
import type { NewDelivery } from "../delivery/delivery.ts";
import { lines, type Messages } from "../messages/messages.ts";
import type { Ids } from "../ports/ids.ts";
import type { Stores } from "../ports/stores.ts";
import { createApprovalCards } from "./approval-cards.ts";
import { rulesOf } from "./networks.ts";
import type { Post } from "./post.ts";
import { echo } from "./zones.ts";

/** What its author is told of a post, in the thread where it was confirmed. */
export interface Tidings {
  /** The messages that the end of a post owes. */
  ofEnd(post: Post): Promise<readonly NewDelivery[]>;
  /** What its author is told when a change that had to wait for the service was made, or was not. */
  ofChange(post: Post, isTaken: boolean): Promise<readonly NewDelivery[]>;
  /** What is told, once, of a post that has to wait until then. */
  ofDelay(post: Post, until: number): Promise<readonly NewDelivery[]>;
  /** What approvers are shown of a post that has been decided by others. */
  ofSettled(post: Post): Promise<readonly NewDelivery[]>;
  /** What is told of a post that no approver has decided in time. */
  ofExpiry(post: Post): Promise<readonly NewDelivery[]>;
  /** One post as a card: state, account, text, time, and what can be done with it. */
  card(language: string, post: Post): Reply;
}

export function createTidings(dependencies: {
  readonly messages: Messages;
  readonly stores: Pick<Stores, "users" | "generation" | "deliveries">;
  readonly ids: Ids;
  readonly now: () => number;
}): Tidings {
  const { messages, stores, ids, now } = dependencies;
  const approvals = createApprovalCards(dependencies);

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
    const changes = [
      press("button-post-move", "post-move"),
      press("button-post-edit", "post-edit"),
      press("button-post-cancel", "post-cancel", "", "danger"),
    ];
    const buttons = {
      waiting: when === null ? changes.slice(1) : changes,
      confirmed: when === null || post.community !== null ? changes.slice(-1) : changes,
      handing_over: changes.slice(-1),
      scheduled: post.community === null ? changes : changes.slice(-1),
      publishing: [],
      cancelling: [],
      published: open,
      failed: [
        press("button-post-retry", "post-retry", "", "primary"),
        ...(post.community === null ? [press("button-post-edit", "post-edit")] : []),
      ],
      cancelled: [],
      rejected: [],
    }[state];
    return {
      title: line("post-title", names),
      text: lines(
        messages.text(language, `post-${state.replace("_", "-")}`, names),
        when === null ? null : messages.text(language, "post-at", { local: echo(when, post.zone, language) }),
        post.story ? messages.text(language, "post-as-story") : null,
        why,
      ),
      quote: post.text,
      ...(buttons.length > 0 ? { buttons: [buttons] } : {}),
      private: post.target.private,
    };
  }

  /** Into the thread of its picture where it is open to everybody, else for its author alone. */
  async function news(
    post: Post,
    key: string,
    isPublic: boolean,
    tell: (language: string) => Reply,
  ): Promise<readonly NewDelivery[]> {
    const user = await stores.users.byId(post.userId);
    if (!user) return [];
    const language = messages.choose(user.settings.language, user.locale);
    const asset = isPublic ? await stores.generation.get(post.assetId) : null;
    const thread = asset?.private === false ? await threadOf(asset.id) : null;
    const target = thread ?? post.target;
    const isPrivate = target.private && asset?.private !== false;
    return [
      {
        id: ids.create("dlv"),
        kind: "reply",
        dedupeKey: `post:${post.id}:${key}:${post.epoch}`,
        userId: user.id,
        batchId: null,
        assetId: thread && post.assetId,
        target: { ...target, chatKey: target.resultKey ?? target.chatKey, private: isPrivate },
        lane: "backlog",
        reply: { ...tell(language), private: isPrivate },
        dueAt: now(),
      },
    ];
  }

  /** Where everybody sees the picture; null: it was sent to its author alone, or never. */
  async function threadOf(assetId: Post["assetId"]): Promise<Target | null> {
    const sent = await stores.deliveries.ofAsset(assetId);
    const result = sent.find(({ kind, ref }) => kind === "result" && ref !== null);
    return result === undefined || result.target.private ? null : result.target;
  }

  return {
    card,
    // What became public, or should have, is everybody's.
    ofEnd: async (post) => [
      ...(await news(post, post.state, post.state === "published" || post.state === "failed", (language) =>
        card(language, post),
      )),
      ...(await approvals.toSettled(post)),
    ],
    ofDelay: async (post, until) => {
      const told = await news(post, "delayed", false, (language) => {
        const { network, zone } = post;
        const local = echo(until, zone, language);
        const args = { network: rulesOf(network).label, account: post.accountName, local };
        return { ...card(language, post), text: messages.text(language, "post-delayed", args) };
      });
      return told.map((delivery) => ({ ...delivery, dedupeKey: `post:${post.id}:delayed` }));
    },
    ofSettled: (post) => approvals.toSettled(post),
    ofExpiry: async (post) => {
      const ended: Post = { ...post, state: "rejected" };
      const told = await news(post, "expired", false, (language) => ({
        ...card(language, ended),
        text: messages.text(language, "post-undecided"),
      }));
      return [...told, ...(await approvals.toSettled(ended))];
    },
    ofChange: (post, isTaken) =>
      news(post, "change", false, (language) => {
        const shown = card(language, post);
        const said = messages.text(language, isTaken ? "post-changed" : "post-not-changed");
        return { ...shown, text: lines(said, shown.text) };
      }),
  };
}

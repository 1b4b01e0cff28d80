import type { NewDelivery } from "../../delivery/delivery.ts";
import { excerpt } from "../../generation/prompt.ts";
import { lines, type Messages } from "../../messages/messages.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { PostStores } from "../../ports/post-stores.ts";
import type { Stores } from "../../ports/stores.ts";
import { approvalMark, createApprovalCards } from "../../posts/approval-cards.ts";
import { exactText, textProblems } from "../../posts/changes.ts";
import { rulesOf } from "../../posts/networks.ts";
import type { Post } from "../../posts/post.ts";
import { NEAREST_MS } from "../../posts/when.ts";
import type { Members } from "../../usage/members.ts";
import { writeButtonData } from "../actions.ts";
import { reply, type Turn } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Text } from "../text.ts";

/** Posts that wait for somebody's word before anything leaves. */
export interface Approvals {
  /** `mark`: of what the card showed; a post that has changed meanwhile is shown again instead. */
  approve(turn: Turn, handle: string, mark: string): Promise<Answer>;
  reject(turn: Turn, handle: string, reason: string | undefined): Promise<Answer>;
  /** Another text for a post that waits, by an approver; its author is told. Null: it is not theirs to edit. */
  edit(turn: Turn, handle: string, text: string | undefined): Promise<Answer | null>;
}

const REASON_GRAPHEMES = 300;

export function createApprovals(dependencies: {
  readonly stores: PostStores & Pick<Stores, "users" | "generation" | "deliveries">;
  readonly members: Members;
  readonly messages: Messages;
  readonly clock: Clock;
  readonly ids: Ids;
  wake(post: Pick<Post, "target">): void;
}): Approvals {
  const { stores, members, messages, clock, ids } = dependencies;
  const cards = createApprovalCards({ stores, messages, ids, now: () => clock.now() });

  /**
   * A waiting post, for one of its approvers; else what to say. One that is decided is shown as it is: on the card that
   * was pressed, or in a sentence to who answered a form.
   */
  async function waiting(turn: Turn, handle: string): Promise<Post | Answer> {
    const post = await stores.posts.byHandle(handle);
    const { actor } = turn.arrival;
    const isApprover =
      members.isAdmin(actor.identity) || (actor.managesCommunity && actor.community === post?.community);
    if (!post || !isApprover) return { status: "toast", text: turn.line("approve-not-allowed") };
    if (post.state === "waiting") return post;
    const card = await cards.settled(post);
    if (turn.arrival.intent.kind === "button") return { status: "replace", reply: card };
    return turn.say(turn.text("approve-decided"), card.text);
  }

  /** What its author reads about a post of theirs, where they confirmed it. */
  async function news(post: Post, key: string, sentence: (language: string) => Text): Promise<NewDelivery> {
    const author = await stores.users.byId(post.userId);
    const language = messages.choose(author?.settings.language ?? null, author?.locale ?? null);
    const { label } = rulesOf(post.network);
    return {
      id: ids.create("dlv"),
      kind: "reply",
      dedupeKey: `post:${post.id}:${key}`,
      userId: post.userId,
      batchId: null,
      assetId: null,
      target: { ...post.target, chatKey: post.target.resultKey ?? post.target.chatKey },
      lane: "backlog",
      reply: {
        title: messages.line(language, "post-title", { network: label, account: post.accountName }),
        text: sentence(language),
        quote: post.text,
        private: post.target.private,
      },
      dueAt: clock.now(),
    };
  }

  return {
    async approve(turn, handle, mark) {
      const post = await waiting(turn, handle);
      if ("status" in post) return post;
      const now = clock.now();
      // Nobody has said yes to another time than the one that was confirmed.
      const isOver = post.scheduledAt !== null && post.scheduledAt < now + NEAREST_MS;
      const shown = isOver ? { ...post, scheduledAt: null } : post;
      if (mark !== approvalMark(shown)) {
        const card = await cards.waiting(shown);
        await stores.deliveries.add(await cards.before(post));
        const text = lines(turn.text(isOver ? "approve-time-over" : "post-card-changed"), card.text);
        return { status: "replace", reply: { ...card, text } };
      }
      const by = { name: nameOf(turn) };
      const verdict = turn.text("post-approved", by);
      const told = await news(shown, "approved", (language) => messages.text(language, "post-approved", by));
      const deliveries = [told, ...(await cards.toVerdict(post, verdict))];
      if (!(await stores.posts.approve(post, { atOnce: isOver, deliveries, now })))
        return overtaken(turn, handle);
      dependencies.wake(post);
      // The card says so by itself, in order with what comes of it.
      return { status: "nothing" };
    },

    async reject(turn, handle, reason) {
      const post = await waiting(turn, handle);
      if ("status" in post) return post;
      if (reason === undefined)
        return reply({
          text: turn.text("form-reject-ask"),
          private: false,
          asksFor: writeButtonData("reject", handle),
        });
      const why = excerpt(reason.trim(), REASON_GRAPHEMES);
      const by = { name: nameOf(turn), reason: why };
      const told = await news(post, "rejected", (language) =>
        why === ""
          ? messages.text(language, "post-rejected")
          : messages.text(language, "post-rejected-why", { reason: why }),
      );
      const verdict =
        why === "" ? turn.text("post-rejected-done", by) : turn.text("post-rejected-done-why", by);
      const done = await stores.posts.withdraw(post.id, {
        state: "rejected",
        publicUrl: null,
        externalId: null,
        failure: null,
        now: clock.now(),
        deliveries: [told, ...(await cards.toVerdict(post, verdict))],
      });
      if (!done) return overtaken(turn, handle);
      dependencies.wake(post);
      return turn.say(verdict);
    },

    async edit(turn, handle, text) {
      const found = await stores.posts.byHandle(handle);
      if (!found || found.userId === turn.user.id) return null;
      const post = await waiting(turn, handle);
      if ("status" in post) return post;
      if (text === undefined || text.trim() === "")
        return reply({
          text: turn.text("form-post-edit-ask"),
          private: false,
          asksFor: writeButtonData("post-edit", handle),
        });
      const exact = exactText(text);
      const problems = textProblems(post, exact);
      if (problems.length > 0)
        return turn.say(...problems.map(({ message, args }) => turn.text(message, args)));
      // Its mark is of the row as it will be.
      const changed = { ...post, text: exact, epoch: post.epoch + 1 };
      const { key } = turn.arrival;
      const owed = [
        ...(await cards.toWaiting(changed, key)),
        await news(changed, `edited:${key}`, (language) =>
          messages.text(language, "post-edited-by", { name: nameOf(turn) }),
        ),
      ];
      if (!(await stores.posts.change(post.id, { text: exact }, clock.now(), owed)))
        return overtaken(turn, handle);
      dependencies.wake(post);
      return turn.say(turn.text("approve-edited"));
    },
  };

  /** Somebody else was faster. */
  async function overtaken(turn: Turn, handle: string): Promise<Answer> {
    const post = await waiting(turn, handle);
    return "status" in post ? post : { status: "toast", text: turn.line("too-old-button") };
  }
}

function nameOf({ user }: Turn): string {
  return user.name.slice(0, 60);
}

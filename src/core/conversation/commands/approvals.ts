import { excerpt } from "../../generation/prompt.ts";
import { lines, type Messages } from "../../messages/messages.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { PostStores } from "../../ports/post-stores.ts";
import type { Stores } from "../../ports/stores.ts";
import { approvalCard, approvalMark } from "../../posts/approval-cards.ts";
import { rulesOf } from "../../posts/networks.ts";
import type { Post } from "../../posts/post.ts";
import type { Members } from "../../usage/members.ts";
import { writeButtonData } from "../actions.ts";
import { reply, type Turn } from "../context.ts";
import type { Answer } from "../intents.ts";

/** Posts that wait for somebody's word before anything leaves. */
export interface Approvals {
  /** `mark`: of what the card showed; a post that has changed meanwhile is shown again instead. */
  approve(turn: Turn, handle: string, mark: string): Promise<Answer>;
  reject(turn: Turn, handle: string, reason: string | undefined): Promise<Answer>;
}

const REASON_GRAPHEMES = 300;

export function createApprovals(dependencies: {
  readonly stores: PostStores & Pick<Stores, "users" | "generation">;
  readonly members: Members;
  readonly messages: Messages;
  readonly clock: Clock;
  readonly ids: Ids;
  wake(post: Pick<Post, "target">): void;
}): Approvals {
  const { stores, members, messages, clock, ids } = dependencies;

  /** A waiting post, for one of its approvers; else what to say. */
  async function waiting(turn: Turn, handle: string): Promise<Post | Answer> {
    const post = await stores.posts.byHandle(handle);
    const { actor } = turn.arrival;
    const isApprover =
      members.isAdmin(actor.identity) || (actor.managesCommunity && actor.community === post?.community);
    if (!post || !isApprover) return { status: "toast", text: turn.line("approve-not-allowed") };
    return post.state === "waiting"
      ? post
      : { status: "toast", text: turn.line(`post-${post.state.replace("_", "-")}`) };
  }

  return {
    async approve(turn, handle, mark) {
      const post = await waiting(turn, handle);
      if ("status" in post) return post;
      if (mark !== approvalMark(post)) {
        const [author, asset] = [
          await stores.users.byId(post.userId),
          await stores.generation.get(post.assetId),
        ];
        const facts = { author: author?.name ?? "", prompt: asset?.prompt ?? null };
        const card = approvalCard(messages, turn.language, post, facts);
        const text = lines(turn.text("post-card-changed"), card.text);
        return { status: "replace", reply: { ...card, text } };
      }
      if (!(await stores.posts.approve(post.id, clock.now())))
        return { status: "toast", text: turn.line("too-old-button") };
      dependencies.wake(post);
      return {
        status: "replace",
        reply: {
          title: turn.line("post-title", { network: rulesOf(post.network).label, account: post.accountName }),
          text: turn.text("post-approved", { name: turn.user.name.slice(0, 60) }),
          quote: post.text,
          media: { file: post.media, altText: post.altText },
          private: false,
        },
      };
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
      const author = await stores.users.byId(post.userId);
      const language = messages.choose(author?.settings.language ?? null, author?.locale ?? null);
      const why = excerpt(reason.trim(), REASON_GRAPHEMES);
      const now = clock.now();
      const done = await stores.posts.withdraw(post.id, {
        state: "rejected",
        publicUrl: null,
        externalId: null,
        failure: null,
        now,
        deliveries: [
          {
            id: ids.create("dlv"),
            kind: "reply",
            dedupeKey: `post:${post.id}:rejected`,
            userId: post.userId,
            batchId: null,
            assetId: null,
            target: { ...post.target, chatKey: post.target.resultKey ?? post.target.chatKey },
            lane: "backlog",
            reply: {
              title: messages.line(language, "post-title", {
                network: rulesOf(post.network).label,
                account: post.accountName,
              }),
              text:
                why === ""
                  ? messages.text(language, "post-rejected")
                  : messages.text(language, "post-rejected-why", { reason: why }),
              quote: post.text,
              private: post.target.private,
            },
            dueAt: now,
          },
        ],
      });
      if (!done) return { status: "toast", text: turn.line("too-old-button") };
      dependencies.wake(post);
      return {
        status: "replace",
        reply: {
          title: turn.line("post-title", { network: rulesOf(post.network).label, account: post.accountName }),
          text: turn.text("post-rejected-done", { name: turn.user.name.slice(0, 60) }),
          quote: post.text,
          media: { file: post.media, altText: post.altText },
          private: false,
        },
      };
    },
  };
}

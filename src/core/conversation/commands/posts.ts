import type { Gallery } from "../../gallery/gallery.ts";
import { excerpt } from "../../generation/prompt.ts";
import { lines } from "../../messages/messages.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PostStores, PostWish } from "../../ports/post-stores.ts";
import type { PostDesk } from "../../posts/desk.ts";
import { rulesOf } from "../../posts/networks.ts";
import type { Post } from "../../posts/post.ts";
import type { Tidings } from "../../posts/tidings.ts";
import { parseWhen } from "../../posts/when.ts";
import { echo } from "../../posts/zones.ts";
import { writeButtonData } from "../actions.ts";
import { type CommandHandler, notFound, reply, type Turn, words } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Button, Reply } from "../text.ts";
import type { PostCards } from "./post-card.ts";

const PAGE_SIZE = 5;

/** /post, /posts, and what can be done with a confirmed post. Only its author's. */
export interface PostCommands {
  readonly post: CommandHandler;
  readonly posts: CommandHandler;
  open(turn: Turn, handle: string, isTimed: boolean): Promise<Answer>;
  page(turn: Turn, page: number): Promise<Answer>;
  show(turn: Turn, handle: string): Promise<Answer>;
  cancel(turn: Turn, handle: string): Promise<Answer>;
  retry(turn: Turn, handle: string): Promise<Answer>;
  /** `text` undefined: it is asked for. */
  move(turn: Turn, handle: string, text: string | undefined): Promise<Answer>;
  edit(turn: Turn, handle: string, text: string | undefined): Promise<Answer>;
}

export function createPostCommands(dependencies: {
  readonly cards: PostCards;
  readonly gallery: Gallery;
  readonly tidings: Tidings;
  readonly desk: PostDesk;
  readonly stores: Pick<PostStores, "posts">;
  readonly clock: Clock;
}): PostCommands {
  const { cards, gallery, tidings, desk, stores, clock } = dependencies;
  const toast = (turn: Turn, id: string): Answer => ({ status: "toast", text: turn.line(id) });

  async function pageOf(turn: Turn, page: number): Promise<Reply> {
    const { posts, total } = await stores.posts.list({
      userId: turn.user.id,
      limit: PAGE_SIZE,
      offset: (page - 1) * PAGE_SIZE,
    });
    if (total === 0) return { text: turn.text("posts-none"), private: true };
    const pages = Math.ceil(total / PAGE_SIZE);
    const entries = posts.map((post, index) =>
      turn.text(post.scheduledAt === null ? "posts-line" : "posts-line-at", {
        number: (page - 1) * PAGE_SIZE + index + 1,
        network: rulesOf(post.network).label,
        account: post.accountName,
        state: turn.line(`post-short-${post.state.replace("_", "-")}`),
        text: excerpt(post.text, 60).replaceAll(/\s+/g, " "),
        ...(post.scheduledAt === null ? {} : { local: echo(post.scheduledAt, post.zone, turn.language) }),
      }),
    );
    const show = posts.map(
      (post, index): Button => ({
        label: String((page - 1) * PAGE_SIZE + index + 1),
        data: writeButtonData("post-show", post.handle),
        style: "secondary",
      }),
    );
    const go = (id: string, to: number) => turn.button(id, writeButtonData("posts", "posts", String(to)));
    const moves = [
      ...(page > 1 ? [go("button-previous", page - 1)] : []),
      ...(page < pages ? [go("button-next", page + 1)] : []),
    ];
    return {
      title: turn.line("posts-title", { page, pages }),
      text: lines(...entries),
      buttons: [show, moves].filter((row) => row.length > 0),
      private: true,
    };
  }

  const cardOf = (turn: Turn, post: Post): Reply => ({ ...tidings.card(turn.language, post), private: true });

  async function change(turn: Turn, post: Post, what: PostWish): Promise<Answer> {
    const result = await desk.change(post, what);
    switch (result.status) {
      case "changed":
        return { status: "replace", reply: cardOf(turn, result.post) };
      case "too-late":
        return turn.say(turn.text("post-too-late"));
      case "not-changed":
        return turn.say(turn.text("post-not-changed"));
      case "asked":
        return turn.say(turn.text("post-change-asked"));
      case "busy":
        return turn.say(turn.text("post-busy"));
      case "approved":
        return turn.say(turn.text("post-approved-as-it-is"));
      case "ended":
        return turn.say(turn.text("post-ended"));
      case "not-allowed":
        return turn.say(turn.text("post-right-gone"));
      case "problems":
        return turn.say(lines(...result.problems.map(({ message, args }) => turn.text(message, args))));
    }
  }

  return {
    async post(turn, options) {
      const id = words(options, "id") ?? "";
      const asset = await gallery.find(turn.user.id, id);
      if (!asset?.media) return turn.say(notFound(turn, "post", id));
      const when = words(options, "when");
      const isNow = when === undefined || when.toLowerCase() === "now";
      return cards.open(turn, asset, !isNow, isNow ? undefined : when);
    },

    async posts(turn, options) {
      return reply(await pageOf(turn, Math.max(1, Math.min(10_000, Number(options["page"] ?? 1) || 1))));
    },

    async open(turn, handle, isTimed) {
      const asset = await gallery.find(turn.user.id, handle);
      return asset?.media ? cards.open(turn, asset, isTimed) : toast(turn, "not-allowed");
    },

    page: async (turn, page) => ({ status: "replace", reply: await pageOf(turn, page) }),

    async show(turn, handle) {
      const post = await desk.own(turn.user, handle);
      return post ? reply(cardOf(turn, post)) : toast(turn, "not-allowed");
    },

    async cancel(turn, handle) {
      const post = await desk.own(turn.user, handle);
      if (!post) return toast(turn, "not-allowed");
      const done = await desk.cancel(post);
      if (done === "too-late") return toast(turn, "post-too-late");
      if (done === "ended") return toast(turn, "post-ended");
      return { status: "replace", reply: cardOf(turn, { ...post, state: done }) };
    },

    async retry(turn, handle) {
      const post = await desk.own(turn.user, handle);
      if (!post) return toast(turn, "not-allowed");
      if (!(await desk.retry(post))) return toast(turn, "too-old-button");
      return { status: "replace", reply: cardOf(turn, { ...post, state: "confirmed", failure: null }) };
    },

    async move(turn, handle, text) {
      const post = await desk.own(turn.user, handle);
      if (!post) return toast(turn, "not-allowed");
      if (text === undefined)
        return reply({
          text: turn.text("form-post-move-ask"),
          private: false,
          asksFor: writeButtonData("post-move", handle),
        });
      const zone = turn.user.settings.zone ?? post.zone;
      const when = await parseWhen(text, { now: clock.now(), zone, language: turn.language });
      if (when.status === "refused") return turn.say(turn.text(`when-${when.why}`));
      return change(turn, post, { scheduledAt: when.at, zone });
    },

    async edit(turn, handle, text) {
      const post = await desk.own(turn.user, handle);
      if (!post) return toast(turn, "not-allowed");
      if (text === undefined || text.trim() === "")
        return reply({
          text: turn.text("form-post-edit-ask"),
          private: false,
          asksFor: writeButtonData("post-edit", handle),
        });
      return change(turn, post, { text });
    },
  };
}

import type { ApiPost } from "../post-types.ts";
import { make } from "./dom.ts";
import { postWords } from "./post-words.ts";

export type PostAction = "move" | "edit" | "cancel" | "retry" | "anew" | "accounts";

export interface PostHandlers {
  act(action: PostAction, post: ApiPost): void;
  /** All of one confirmation that failed. */
  retryAll(posts: readonly ApiPost[]): void;
  /** Something was pressed and is not answered yet. */
  isBusy(post: ApiPost): boolean;
}

/** Failures after which the same thing again would fail again. */
const CHANGE_FIRST = ["content", "media", "rejected", "duplicate"];

/** Posts in order; those that were confirmed together stand together, as long as they have the same time. */
export function postItems(posts: readonly ApiPost[], on: PostHandlers): readonly HTMLLIElement[] {
  const groups = new Map<string, ApiPost[]>();
  for (const post of posts) {
    const key = `${post.group} ${post.listedAt}`;
    groups.set(key, [...(groups.get(key) ?? []), post]);
  }
  return [...groups.values()].map((together) => {
    const [only] = together;
    return only && together.length === 1 ? itemOf(only, on) : groupOf(together, on);
  });
}

function groupOf(posts: readonly ApiPost[], on: PostHandlers): HTMLLIElement {
  const failed = posts.filter(({ can }) => can.retry);
  const counts = new Map<string, number>();
  for (const { state } of posts) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = [...counts].map(([state, count]) => `${count} ${postWords.short(state)}`);
  return make(
    "li",
    { class: "post-group" },
    make(
      "div",
      { class: "group-top" },
      make("p", {}, make("strong", {}, postWords.together(posts.length)), ` ${parts.join(", ")}`),
      failed.length < 2
        ? null
        : make(
            "button",
            {
              class: "button",
              type: "button",
              disabled: failed.some((post) => on.isBusy(post)),
              click: () => on.retryAll(failed),
            },
            postWords.retryAll(failed.length),
          ),
    ),
    make(
      "ul",
      { class: "post-items", "aria-label": postWords.together(posts.length) },
      ...posts.map((post) => itemOf(post, on)),
    ),
  );
}

/** One confirmed post: what, where, when, how it stands, and what can still be done. */
function itemOf(post: ApiPost, on: PostHandlers): HTMLLIElement {
  const isBusy = on.isBusy(post);
  const name = `${post.networkLabel} ${post.account}`;
  const button = (action: PostAction, label: string) =>
    make(
      "button",
      {
        class: "button quiet",
        type: "button",
        "data-action": action,
        "aria-label": `${label}: ${name}`,
        disabled: isBusy,
        click: () => on.act(action, post),
      },
      label,
    );
  const open =
    post.publicUrl === null
      ? null
      : make(
          "a",
          {
            class: "button quiet",
            href: post.publicUrl,
            target: "_blank",
            rel: "noopener noreferrer",
            "aria-label": `${postWords.open}: ${name}`,
          },
          postWords.open,
        );
  const { can, failureWhy } = post;
  const needsChange = failureWhy !== null && CHANGE_FIRST.includes(failureWhy);
  return make(
    "li",
    { class: "post", "data-id": post.id, "data-state": post.state, "aria-busy": String(isBusy) },
    pictureOf(post),
    make(
      "div",
      { class: "about-post" },
      make(
        "p",
        {},
        make("strong", {}, name),
        " ",
        make("span", { class: `state is-${post.state}` }, post.stateText),
      ),
      make(
        "p",
        { class: "facts" },
        make(
          "time",
          { datetime: post.listedAt },
          post.scheduledAt?.label ?? postWords.atOnce(post.listedLabel),
        ),
      ),
      post.story
        ? make("p", { class: "hint" }, postWords.isStory)
        : make("p", { class: "exact", dir: "auto" }, post.text),
      post.changeAsked === null
        ? null
        : make("p", { class: "note" }, postWords.changeAsked(post.changeAsked)),
      post.failureText === null ? null : make("p", { class: "problem" }, failureOf(post)),
      make(
        "div",
        { class: "actions" },
        open,
        can.move ? button("move", postWords.move) : null,
        can.edit ? button("edit", postWords.edit) : null,
        failureWhy === "account" ? button("accounts", postWords.toAccounts) : null,
        can.retry && needsChange ? button("anew", postWords.anew) : null,
        can.retry ? button("retry", postWords.retry) : null,
        can.cancel ? button("cancel", postWords.cancel) : null,
      ),
    ),
  );
}

/** What happened, and what to do here: the server's sentence is the one of the chats. */
function failureOf({ failureText, failureWhy }: ApiPost): string {
  const advice = postWords.advice(failureWhy ?? "");
  return failureWhy === "account" ? advice : [failureText, advice].filter(Boolean).join(" ");
}

function pictureOf(post: ApiPost): HTMLElement {
  // Its picture was deleted, and nothing needs the file any more.
  const lost = (): void => shown.replaceWith(make("div", { class: "lost" }, postWords.pictureGone));
  const shown: HTMLElement =
    post.type === "video"
      ? make("video", {
          src: post.mediaUrl,
          preload: "metadata",
          "aria-label": post.altText,
          error: lost,
        })
      : make("img", {
          src: post.mediaUrl,
          alt: post.altText,
          width: "96",
          height: "96",
          loading: "lazy",
          error: lost,
        });
  return shown;
}

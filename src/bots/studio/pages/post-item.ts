import type { ApiPost } from "../post-types.ts";
import { make } from "./dom.ts";
import { postWords } from "./post-words.ts";
import { formatMoment } from "./words.ts";

export type PostAction = "move" | "edit" | "cancel" | "retry";

/** One confirmed post: what, where, when, how it stands, and what can still be done. */
export function postItem(post: ApiPost, act: (action: PostAction, post: ApiPost) => void): HTMLLIElement {
  const size = { width: "96", height: "96", loading: "lazy" };
  const picture =
    post.type === "video"
      ? make("video", { src: post.mediaUrl, preload: "metadata", "aria-label": post.altText })
      : make("img", { src: post.mediaUrl, alt: post.altText, ...size });
  const button = (action: PostAction, label: string) =>
    make(
      "button",
      {
        class: "button quiet",
        type: "button",
        "data-action": action,
        click: () => act(action, post),
      },
      label,
    );
  const open =
    post.publicUrl === null
      ? null
      : make(
          "a",
          { class: "button quiet", href: post.publicUrl, target: "_blank", rel: "noopener noreferrer" },
          postWords.open,
        );
  return make(
    "li",
    { class: "post", "data-id": post.id, "data-state": post.state },
    picture,
    make(
      "div",
      { class: "about-post" },
      make(
        "p",
        {},
        make("strong", {}, `${post.networkLabel} ${post.account}`),
        " ",
        make("span", { class: `state is-${post.state}` }, post.stateText),
      ),
      make(
        "p",
        { class: "facts" },
        post.scheduledAt?.label ?? `${postWords.atOnce}, ${formatMoment(post.listedAt)}`,
      ),
      make("p", { class: "exact", dir: "auto" }, post.text),
      post.failureText === null ? null : make("p", { class: "problem" }, post.failureText),
      make(
        "div",
        { class: "actions" },
        open,
        post.can.move ? button("move", postWords.move) : null,
        post.can.edit ? button("edit", postWords.edit) : null,
        post.can.retry ? button("retry", postWords.retry) : null,
        post.can.cancel ? button("cancel", postWords.cancel) : null,
      ),
    ),
  );
}

import { byId, make } from "./dom.ts";
import type { ServerError } from "./read.ts";
import { formatDay, words } from "./words.ts";

/** The browser gives focus back to where it was when a dialog closes. */
function show(id: string, ...content: readonly Node[]): HTMLDialogElement {
  const dialog = byId(id, HTMLDialogElement);
  dialog.replaceChildren(...content);
  if (!dialog.open) dialog.showModal();
  return dialog;
}

/** Says that the month is used up, and what can be done about it. */
export function showLimit(answer: ServerError, isOwner: boolean): void {
  const ways = [
    answer.left !== null && answer.left > 0 ? words.limitFewer(answer.left) : null,
    answer.resetsAt === null ? null : words.limitWait(formatDay(answer.resetsAt)),
    isOwner ? words.limitOwner : words.limitAsk,
  ].filter((way) => way !== null);
  const close = make(
    "button",
    { class: "button primary", type: "button", autofocus: true, click: () => dialog.close() },
    words.close,
  );
  const dialog = show(
    "limit-dialog",
    make("h2", { id: "limit-title" }, words.limitTitle),
    make("p", {}, answer.message),
    make("p", {}, make("strong", {}, words.limitWhat)),
    make("ul", {}, ...ways.map((way) => make("li", {}, way))),
    make("div", { class: "dialog-buttons" }, close),
  );
}

/** @param posts of it that still go out. */
export const confirmDelete = (posts: number): Promise<boolean> =>
  confirm({
    title: words.deleteTitle,
    text: posts === 0 ? words.deleteText : `${words.deleteText} ${words.deletePosts(posts)}`,
    keep: words.keep,
    yes: words.delete,
  });

/** Resolves true only when the dangerous button was pressed. */
export function confirm(question: {
  readonly title: string;
  readonly text: string;
  readonly keep: string;
  readonly yes: string;
}): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (value: string) => () => dialog.close(value);
    const dialog = show(
      "confirm-dialog",
      make("h2", { id: "confirm-title" }, question.title),
      make("p", {}, question.text),
      make(
        "div",
        { class: "dialog-buttons" },
        make(
          "button",
          { class: "button", type: "button", autofocus: true, click: finish("no") },
          question.keep,
        ),
        make("button", { class: "button danger", type: "button", click: finish("yes") }, question.yes),
      ),
    );
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** A picture as large as the window allows. */
export function showPicture(url: string, caption: string): void {
  const dialog = show(
    "viewer",
    make("img", { src: url, alt: caption }),
    make(
      "div",
      { class: "caption" },
      make("p", { dir: "auto", tabindex: "0" }, caption),
      make(
        "button",
        { class: "button", type: "button", autofocus: true, click: () => dialog.close() },
        words.close,
      ),
    ),
  );
}

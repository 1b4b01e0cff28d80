import type { ApiPreflight } from "../post-types.ts";
import { sentenceOf } from "./api.ts";
import { make } from "./dom.ts";
import { postMedia } from "./post-preview.ts";
import { countOf } from "./post-texts.ts";
import { postWords } from "./post-words.ts";

/**
 * The last look: everything that will be public, and the button that makes it so. Pressed again after a lost answer,
 * it asks for the same post. `back`: it is to be changed. `closed`: the dialog was closed.
 */
export function showReview(
  dialog: HTMLDialogElement,
  plan: ApiPreflight,
  confirm: () => Promise<void>,
): Promise<"confirmed" | "back" | "closed"> {
  return new Promise((resolve) => {
    let isSending = false;
    const problem = make("p", { class: "problem", role: "alert", hidden: true });
    const back = make(
      "button",
      { class: "button", type: "button", click: () => finish("back") },
      postWords.back,
    );
    const label = plan.scheduledAt === null ? postWords.confirmNow : postWords.confirmAt;
    const yes = make(
      "button",
      { class: "button primary", type: "button", id: "post-confirm", click: () => void press() },
      label,
    );
    const onClose = (): void => finish("closed");
    // Escape must not hide what comes of it.
    const onCancel = (event: Event): void => {
      if (isSending) event.preventDefault();
    };

    function finish(result: "confirmed" | "back" | "closed"): void {
      dialog.removeEventListener("close", onClose);
      dialog.removeEventListener("cancel", onCancel);
      resolve(result);
    }

    function setSending(sending: boolean): void {
      isSending = sending;
      yes.disabled = sending;
      back.disabled = sending;
      yes.textContent = sending ? postWords.confirming : label;
    }

    async function press(): Promise<void> {
      setSending(true);
      problem.hidden = true;
      try {
        await confirm();
        finish("confirmed");
      } catch (error) {
        problem.textContent = sentenceOf(error);
        problem.hidden = false;
        setSending(false);
        yes.focus();
      }
    }

    dialog.replaceChildren(
      make("h2", { id: "post-title", tabindex: "-1" }, postWords.reviewTitle),
      make(
        "div",
        { class: "post-columns" },
        make("figure", { class: "post-preview" }, postMedia(plan.preview)),
        make(
          "div",
          { class: "post-fields" },
          make("p", { class: "time" }, plan.scheduledAt?.label ?? postWords.reviewNow),
          plan.timeNote === null ? null : make("p", { class: "note" }, plan.timeNote),
          make("ul", { class: "review" }, ...plan.texts.map((one) => textItem(one, plan.story))),
          make("p", { class: "note" }, postWords.reviewPublic),
          problem,
        ),
      ),
      make("div", { class: "dialog-buttons" }, back, yes),
    );
    dialog.addEventListener("close", onClose);
    dialog.addEventListener("cancel", onCancel);
    dialog.scrollTop = 0;
    dialog.querySelector<HTMLElement>("#post-title")?.focus();
  });
}

function textItem(one: ApiPreflight["texts"][number], isStory: boolean): HTMLLIElement {
  const { account, text } = one;
  if (isStory)
    return make("li", {}, make("strong", {}, account), make("p", { class: "hint" }, postWords.isStory));
  return make(
    "li",
    {},
    make("strong", {}, account),
    text === ""
      ? make("p", { class: "hint" }, postWords.noText)
      : make("p", { class: "exact", dir: "auto" }, text),
    countOf(one, false),
  );
}

import type { ApiPreflight } from "../post-types.ts";
import { Refused } from "./api.ts";
import { make } from "./dom.ts";
import { postWords } from "./post-words.ts";
import { words } from "./words.ts";

/**
 * The last look: everything that will be public, and the button that makes it so. Pressed again after a lost answer,
 * it asks for the same post. `back`: it is to be changed. `failed`: the dialog was closed.
 */
export function showReview(
  dialog: HTMLDialogElement,
  plan: ApiPreflight,
  confirm: () => Promise<void>,
): Promise<"confirmed" | "back" | "failed"> {
  return new Promise((resolve) => {
    const problem = make("p", { class: "problem", role: "alert", hidden: true });
    const back = make(
      "button",
      { class: "button", type: "button", click: () => finish("back") },
      postWords.back,
    );
    const yes = make(
      "button",
      { class: "button primary", type: "button", id: "post-confirm", click: () => void press() },
      plan.scheduledAt === null ? postWords.confirmNow : postWords.confirmAt,
    );
    const onClose = (): void => finish("failed");

    function finish(result: "confirmed" | "back" | "failed"): void {
      dialog.removeEventListener("close", onClose);
      resolve(result);
    }

    async function press(): Promise<void> {
      yes.disabled = true;
      back.disabled = true;
      yes.textContent = postWords.confirming;
      try {
        await confirm();
        finish("confirmed");
      } catch (error) {
        problem.hidden = false;
        problem.textContent =
          error instanceof Refused
            ? error.answer.details.map(({ message }) => message).join(" ") || error.answer.message
            : words.noAnswer;
        yes.disabled = false;
        back.disabled = false;
        yes.textContent = plan.scheduledAt === null ? postWords.confirmNow : postWords.confirmAt;
      }
    }

    const { url, type, width, height, altText } = plan.preview;
    const size = { width: String(width), height: String(height) };
    dialog.replaceChildren(
      make("h2", { id: "post-title", tabindex: "-1" }, postWords.reviewTitle),
      make(
        "div",
        { class: "post-columns" },
        make(
          "figure",
          { class: "post-preview" },
          type === "video"
            ? make("video", { src: url, controls: true, playsinline: true, "aria-label": altText })
            : make("img", { src: url, alt: altText, ...size }),
        ),
        make(
          "div",
          { class: "post-fields" },
          make(
            "ul",
            { class: "review" },
            ...plan.texts.map(({ account, text }) =>
              make(
                "li",
                {},
                make("strong", {}, account),
                plan.story
                  ? make("p", { class: "hint" }, postWords.isStory)
                  : make("p", { class: "exact", dir: "auto" }, text),
              ),
            ),
          ),
          make("p", { class: "time" }, plan.scheduledAt?.label ?? postWords.reviewNow),
          plan.timeNote === null ? null : make("p", { class: "note" }, plan.timeNote),
          make("p", { class: "note" }, postWords.reviewPublic),
          problem,
        ),
      ),
      make("div", { class: "dialog-buttons" }, back, yes),
    );
    dialog.addEventListener("close", onClose);
    dialog.querySelector<HTMLElement>("#post-title")?.focus();
  });
}

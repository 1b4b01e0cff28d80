import { Refused } from "./api.ts";
import { byId, icon, make } from "./dom.ts";
import { createMaskCanvas, type MaskPicture } from "./mask-canvas.ts";
import type { Stroke } from "./mask-strokes.ts";
import { uploadFile } from "./upload.ts";
import { words } from "./words.ts";

export interface Mask {
  /** The upload. */
  readonly id: string;
  /** So that it can be worked on again. */
  readonly strokes: readonly Stroke[];
}

/**
 * Lets the member mark a part of a picture. Resolves with the mask that was uploaded, null when nothing is marked,
 * and undefined when it was closed without an answer.
 */
export function editMask(picture: MaskPicture, before: Mask | null): Promise<Mask | null | undefined> {
  return new Promise((resolve) => {
    const dialog = byId("mask-dialog", HTMLDialogElement);
    const canvas = createMaskCanvas(picture, before?.strokes ?? [], describe);
    const problem = make("p", { class: "problem", role: "alert", hidden: true });
    const status = make("p", { class: "hint", role: "status" });
    const undo = tool(words.undo, () => canvas.undo());
    const clear = tool(words.clear, () => canvas.clear());
    const use = make(
      "button",
      { class: "button primary", type: "button", click: () => void finish() },
      words.maskUse,
    );
    const brush = make("input", {
      type: "range",
      id: "mask-brush",
      min: "8",
      max: "200",
      value: "60",
      input: () => canvas.resize(Number(brush.value)),
    });
    let answer: Mask | null | undefined;

    dialog.replaceChildren(
      make("h2", { id: "mask-title" }, words.maskTitle),
      make("p", { class: "hint" }, words.maskText),
      canvas.element,
      make(
        "div",
        { class: "mask-tools" },
        make(
          "fieldset",
          { class: "segments" },
          make("legend", { class: "visually-hidden" }, words.maskTitle),
          mode("paint", true),
          mode("erase", false),
        ),
        make("label", { class: "brush", for: "mask-brush" }, words.brush, brush),
        undo,
        clear,
      ),
      status,
      problem,
      make(
        "div",
        { class: "dialog-buttons" },
        make("button", { class: "button", type: "button", click: () => dialog.close() }, words.close),
        use,
      ),
    );
    dialog.addEventListener("close", () => resolve(answer), { once: true });
    canvas.resize(Number(brush.value));
    describe();
    dialog.showModal();
    canvas.focus();

    function tool(label: string, act: () => void): HTMLButtonElement {
      return make("button", { class: "button", type: "button", click: act }, label);
    }

    function mode(value: "paint" | "erase", checked: boolean): HTMLLabelElement {
      const choose = () => canvas.use(value);
      return make(
        "label",
        {},
        make("input", { type: "radio", name: "mask-mode", value, checked, change: choose }),
        make("span", {}, value === "paint" ? icon("brush") : "", words[value]),
      );
    }

    function describe(): void {
      const isEmpty = canvas.strokes().length === 0;
      undo.disabled = isEmpty;
      clear.disabled = isEmpty;
      brush.value = String(canvas.brush());
      status.textContent = isEmpty ? words.maskNone : "";
    }

    async function finish(): Promise<void> {
      problem.hidden = true;
      use.disabled = true;
      use.textContent = words.uploading;
      try {
        const file = await canvas.file();
        answer =
          file === null
            ? null
            : { id: (await uploadFile(file, "mask", () => undefined)).id, strokes: canvas.strokes() };
        dialog.close();
      } catch (error) {
        const said =
          error instanceof Refused ? (error.answer.details[0]?.message ?? error.answer.message) : null;
        problem.textContent = said ?? words.fileNotTaken;
        problem.hidden = false;
      } finally {
        use.disabled = false;
        use.textContent = words.maskUse;
      }
    }
  });
}

import { NETWORKS } from "../../../core/ports/publisher.ts";
import { rulesOf } from "../../../core/posts/networks.ts";
import { countCharacters } from "../../../core/posts/text-fit.ts";
import type { ApiAsset } from "../api-types.ts";
import { Refused } from "./api.ts";
import { byId, make } from "./dom.ts";
import { postApi } from "./post-api.ts";
import { postWords } from "./post-words.ts";
import { toast } from "./toasts.ts";

/** The caption of one result: written, changed, copied, kept; `post` goes on with its text. */
export async function showCaption(
  asset: ApiAsset,
  on: { post(text: string): void; failed(error: unknown): void },
): Promise<void> {
  const dialog = byId("caption-dialog", HTMLDialogElement);
  let kept = "";
  const area = make("textarea", { id: "caption-area", rows: "8", dir: "auto", input: () => count() });
  const wish = make("input", {
    id: "caption-wish",
    type: "text",
    maxlength: "2000",
    placeholder: postWords.captionWishExample,
  });
  const network = make(
    "select",
    { id: "caption-network", change: () => count() },
    ...NETWORKS.map((id) => make("option", { value: id }, rulesOf(id).label)),
  );
  const counter = make("output", { class: "counter", for: "caption-area" });
  const note = make("p", { class: "hint", role: "status" });
  const write = (change: "new" | "shorter" | "longer", label: string) =>
    make("button", { class: "button", type: "button", click: () => void written(change) }, label);
  const writers = make(
    "div",
    { class: "row", hidden: true },
    write("new", postWords.captionNew),
    write("shorter", postWords.captionShorter),
    write("longer", postWords.captionLonger),
  );
  const wishField = make(
    "div",
    { class: "field", hidden: true },
    make("label", { for: "caption-wish" }, postWords.captionWish),
    wish,
  );
  const button = (label: string, click: () => void, kind = "button") =>
    make("button", { class: kind, type: "button", click }, label);

  function count(): void {
    const chosen = NETWORKS.find((id) => id === network.value) ?? "instagram";
    const { limit } = rulesOf(chosen).text;
    const characters = countCharacters(area.value, chosen);
    counter.textContent = `${characters.toLocaleString("en")} / ${limit.toLocaleString("en")}`;
    counter.classList.toggle("over", characters > limit);
  }

  function take({ caption, metadata }: Awaited<ReturnType<typeof postApi.caption>>): void {
    area.value = caption;
    kept = caption;
    note.textContent = metadata.template ? postWords.captionTemplate : "";
    count();
  }

  async function busy(work: () => Promise<void>): Promise<void> {
    const buttons = [...dialog.querySelectorAll("button")];
    for (const one of buttons) one.disabled = true;
    dialog.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      on.failed(error);
    } finally {
      dialog.removeAttribute("aria-busy");
      for (const one of buttons) one.disabled = false;
    }
  }

  const written = (change: "new" | "shorter" | "longer") =>
    busy(async () => {
      note.textContent = postWords.captionWriting;
      try {
        take(await postApi.writeCaption(asset.id, change, wish.value.trim()));
      } catch (error) {
        note.textContent = "";
        throw error;
      }
    });

  /** The member's own words are kept before they go anywhere. */
  async function keep(): Promise<void> {
    if (area.value.trim() !== "" && area.value !== kept)
      take(await postApi.keepCaption(asset.id, area.value));
  }

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(area.value);
    } catch {
      area.select();
      return;
    }
    toast(postWords.copied);
  }

  dialog.replaceChildren(
    make("h2", { id: "caption-title" }, postWords.captionTitle),
    make(
      "div",
      { class: "field" },
      make("label", { for: "caption-area" }, postWords.captionText),
      area,
      make(
        "div",
        { class: "under" },
        make("label", { class: "count-for", for: "caption-network" }, postWords.captionCount, " ", network),
        counter,
      ),
    ),
    note,
    wishField,
    writers,
    make(
      "div",
      { class: "dialog-buttons" },
      button(postWords.close, () => dialog.close()),
      button(postWords.copy, () => void copy()),
      button(postWords.save, () => void busy(async () => keep().then(() => toast(postWords.saved)))),
      button(
        postWords.post,
        () =>
          void busy(async () => {
            await keep();
            dialog.close();
            on.post(area.value);
          }),
        "button primary",
      ),
    ),
  );
  count();
  dialog.showModal();
  area.focus();
  await busy(async () => {
    const { writesCaptions } = await postApi.accounts();
    writers.hidden = !writesCaptions;
    wishField.hidden = !writesCaptions;
    try {
      take(await postApi.caption(asset.id));
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      note.textContent = postWords.captionWriting;
      take(await postApi.writeCaption(asset.id, "new", ""));
    }
  });
}

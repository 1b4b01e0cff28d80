import { NETWORKS, type Network } from "../../../core/ports/publisher.ts";
import { rulesOf } from "../../../core/posts/networks.ts";
import { fitText } from "../../../core/posts/text-fit.ts";
import type { ApiAsset, ApiOptions } from "../api-types.ts";
import type { ApiCaption } from "../post-types.ts";
import { Refused, sentenceOf } from "./api.ts";
import { byId, make } from "./dom.ts";
import { type CaptionWish, postApi } from "./post-api.ts";
import { postWords } from "./post-words.ts";
import { toast } from "./toasts.ts";

/** The caption of one result: written, changed, copied, kept; `post` goes on with its text. */
export async function showCaption(
  asset: ApiAsset,
  { isWritten, languages }: ApiOptions["captions"],
  on: { post(text: string): void },
): Promise<void> {
  const dialog = byId("caption-dialog", HTMLDialogElement);
  let kept = "";
  let writtenIn = "";
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
  const language = make("select", { id: "caption-language" });
  const counter = make("output", { class: "counter", for: "caption-area" });
  const note = make("p", { class: "hint", role: "status" });
  const problem = make("p", { class: "problem", role: "alert", hidden: true });
  const button = (label: string, click: () => void, kind = "button") =>
    make("button", { class: kind, type: "button", click }, label);
  const write = (change: CaptionWish["change"], label: string) =>
    button(label, () => void busy(() => written(change)));

  const chosen = (): Network => NETWORKS.find((id) => id === network.value) ?? "instagram";

  function count(): void {
    const rules = rulesOf(chosen());
    const { characters, limit, charactersOver, hashtags, hashtagsOver } = fitText(area.value, [], chosen());
    counter.textContent = postWords.length(characters, limit, hashtags, rules.hashtags);
    counter.classList.toggle("over", charactersOver > 0 || hashtagsOver > 0);
  }

  function take({ caption, metadata, note: why }: ApiCaption): void {
    area.value = caption;
    kept = caption;
    note.textContent = why ?? (metadata.template ? postWords.captionTemplate(isWritten) : "");
    offer(metadata.language);
    count();
  }

  function offer(now: string): void {
    writtenIn = now;
    const isKnown = languages.some(({ tag }) => tag === now);
    const names = new Intl.DisplayNames("en", { type: "language" });
    const all = isKnown ? languages : [{ tag: now, name: names.of(now) ?? now }, ...languages];
    language.replaceChildren(...all.map(({ tag, name }) => make("option", { value: tag }, name)));
    language.value = now;
  }

  async function busy(work: () => Promise<void>): Promise<void> {
    const buttons = [...dialog.querySelectorAll("button")];
    for (const one of buttons) one.disabled = true;
    close.disabled = false;
    dialog.setAttribute("aria-busy", "true");
    problem.hidden = true;
    try {
      await work();
    } catch (error) {
      note.textContent = "";
      problem.textContent = sentenceOf(error);
      problem.hidden = false;
    } finally {
      dialog.removeAttribute("aria-busy");
      for (const one of buttons) one.disabled = false;
    }
  }

  async function written(change: CaptionWish["change"]): Promise<void> {
    const to = language.value;
    // Shorter, longer and another language are of what stands here, not of what was written before.
    if (change !== "new" || to !== writtenIn) await keep();
    note.textContent = postWords.captionWriting;
    const prompt = wish.value.trim();
    const made = await postApi.writeCaption(asset.id, {
      change,
      ...(prompt === "" ? {} : { prompt }),
      network: chosen(),
      language: to,
    });
    take(made);
    if (
      made.note === undefined &&
      new Intl.Locale(made.metadata.language).language !== new Intl.Locale(to).language
    )
      note.textContent = postWords.captionOtherLanguage;
  }

  /** The member's own words are kept before they go anywhere. */
  async function keep(): Promise<void> {
    if (area.value.trim() !== "" && area.value !== kept)
      take(await postApi.keepCaption(asset.id, area.value));
  }

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(area.value);
      note.textContent = postWords.copied;
    } catch {
      area.select();
    }
  }

  const save = async (): Promise<void> => {
    await keep();
    toast(postWords.saved);
    note.textContent = postWords.saved;
  };
  const close = button(postWords.close, () => dialog.close());
  const field = (label: string, content: HTMLElement) =>
    make("div", { class: "field" }, make("label", { for: content.id }, label), content);

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
    isWritten
      ? make(
          "fieldset",
          { class: "writers" },
          make("legend", {}, postWords.captionWriters),
          make(
            "div",
            { class: "pair" },
            field(postWords.captionLanguage, language),
            field(postWords.captionWish, wish),
          ),
          make(
            "div",
            { class: "row" },
            write("new", postWords.captionNew),
            write("shorter", postWords.captionShorter),
            write("longer", postWords.captionLonger),
          ),
        )
      : "",
    note,
    problem,
    make(
      "div",
      { class: "dialog-buttons" },
      close,
      button(postWords.copy, () => void copy()),
      button(postWords.save, () => void busy(save)),
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
  offer(languages[0]?.tag ?? "en");
  count();
  dialog.showModal();
  area.focus();
  await busy(async () => {
    try {
      take(await postApi.caption(asset.id));
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      note.textContent = postWords.captionWriting;
      take(await postApi.writeCaption(asset.id, { change: "new" }));
    }
  });
}

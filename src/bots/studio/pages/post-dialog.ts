import type { ApiAsset } from "../api-types.ts";
import type { ApiAccounts, ApiFix, ApiPreflight } from "../post-types.ts";
import { Refused, sentenceOf } from "./api.ts";
import { stopExpecting } from "./connect.ts";
import { byId, make } from "./dom.ts";
import { createAccountField, showNobody } from "./post-accounts.ts";
import { postApi } from "./post-api.ts";
import { postMedia } from "./post-preview.ts";
import { showReview } from "./post-review.ts";
import { createTextFields } from "./post-texts.ts";
import { createTimeFields } from "./post-time.ts";
import { postWords } from "./post-words.ts";
import { toast } from "./toasts.ts";
import { forgetKey, keepKey, openKey } from "./unanswered.ts";

/** A look at the plan waits for so long after the last key. */
const LOOK_AFTER_MS = 350;

export interface PostDialogHandlers {
  /** It was confirmed. */
  done(): void;
  failed(error: unknown): void;
}

export interface PostBeginning {
  /** Null: the caption that there is, or one that is written meanwhile. */
  readonly text: string | null;
  /** One for each post, unless an earlier one of this result is not answered yet: then it is the same post. */
  readonly key: string;
  /** A model writes captions here. */
  readonly isWritten: boolean;
}

/**
 * Puts a post together: accounts, exact text, exact picture, time. Everything that it shows was said by the server of
 * just this plan; only such a plan can be reviewed and confirmed.
 */
export async function showPost(
  asset: ApiAsset,
  beginning: PostBeginning,
  on: PostDialogHandlers,
): Promise<void> {
  const dialog = byId("post-dialog", HTMLDialogElement);
  dialog.replaceChildren(
    make("h2", { id: "post-title" }, postWords.postTitle),
    make("p", { class: "hint", role: "status" }, postWords.checking),
  );
  dialog.addEventListener("close", stopExpecting, { once: true });
  dialog.showModal();
  const begin = (offer: ApiAccounts) => createPostForm(dialog, asset, beginning, offer, on).open();
  try {
    const offer = await postApi.accounts();
    if (!dialog.open) return;
    if (offer.accounts.length > 0) begin(offer);
    else showNobody(dialog, offer, begin);
  } catch (error) {
    dialog.close();
    on.failed(error);
  }
}

function createPostForm(
  dialog: HTMLDialogElement,
  asset: ApiAsset,
  { text: firstText, key: freshKey, isWritten }: PostBeginning,
  offer: ApiAccounts,
  on: PostDialogHandlers,
): { open(): void } {
  const open = openKey(asset.id);
  const key = open ?? freshKey;
  let fit = "as-is";
  let story = false;
  let looks = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let checked: ApiPreflight | null = null;

  const accounts = createAccountField(offer, later);
  const texts = createTextFields(firstText ?? "", later);
  const problems = make("ul", { class: "problems", "aria-label": postWords.problems });
  const status = make("p", { class: "hint", role: "status" });
  const note = make("p", { class: "note", role: "status" }, open === null ? "" : postWords.unanswered);
  const trouble = make("div", { class: "trouble", role: "alert", hidden: true });
  const preview = make("figure", { class: "post-preview" });
  const time = createTimeFields("post", later);
  const review = make(
    "button",
    { class: "button primary", type: "button", disabled: true, click: () => void toReview() },
    postWords.review,
  );

  const write: HTMLButtonElement = make(
    "button",
    { class: "button", type: "button", hidden: true, click: () => void writeEach() },
    postWords.writeEach,
  );

  const wish = () => ({
    mediaId: asset.id,
    accountIds: accounts.chosen(),
    ...texts.value(),
    fit,
    story,
    when: time.value(),
  });

  function later(): void {
    review.disabled = true;
    checked = null;
    clearTimeout(timer);
    timer = setTimeout(() => void look(), LOOK_AFTER_MS);
  }

  async function look(): Promise<void> {
    looks += 1;
    const turn = looks;
    status.textContent = postWords.checking;
    try {
      const found = await postApi.preflight(wish());
      if (turn === looks && dialog.open) show(found);
    } catch (error) {
      if (turn !== looks) return;
      status.textContent = "";
      trouble.hidden = false;
      trouble.replaceChildren(
        make("p", { class: "problem" }, sentenceOf(error)),
        press(postWords.checkAgain, () => void look()),
      );
    }
  }

  const press = (label: string, click: () => void) =>
    make("button", { class: "button", type: "button", click }, label);
  const again = (label: string, change: () => void) =>
    press(label, () => {
      change();
      later();
    });

  function show(found: ApiPreflight): void {
    checked = found;
    fit = found.fit;
    trouble.hidden = true;
    texts.show(found.texts);
    write.hidden = !isWritten || texts.shared().length === 0;
    problems.replaceChildren(
      ...found.problems.map(({ message, fixes }) =>
        make(
          "li",
          {},
          make("p", { class: "problem" }, message),
          make("div", { class: "row" }, ...fixes.map((one) => again(one.label, () => apply(one)))),
        ),
      ),
    );
    preview.replaceChildren(
      postMedia(found.preview),
      make("figcaption", { class: "hint" }, story ? postWords.isStory : postWords.preview),
      make(
        "div",
        { class: "row" },
        fit === "as-is" ? null : again(postWords.asIs, () => void (fit = "as-is")),
        story ? again(postWords.toFeed, () => void (story = false)) : null,
      ),
    );
    time.show(found);
    status.textContent =
      accounts.chosen().length === 0 ? postWords.chooseAccount : time.isMissing() ? postWords.noTime : "";
    review.disabled = !found.isReady || time.isMissing();
  }

  function apply({ kind, story: toStory, text, network }: ApiFix): void {
    if (kind === "story") story = toStory ?? false;
    else if (kind === "shorter-text" || kind === "fewer-hashtags") {
      if (text !== undefined) texts.put(text, network);
    } else fit = kind;
  }

  async function toReview(): Promise<void> {
    if (checked === null) return;
    // The moment that was shown, not the words for it: "in 2 hours" is later by now.
    const plan = { ...wish(), when: checked.scheduledAt?.at ?? null };
    const result = await showReview(dialog, checked, async () => {
      keepKey(asset.id, key);
      try {
        const { posts, already } = await postApi.confirm(plan, key);
        forgetKey(asset.id);
        toast(already ? postWords.already : postWords.confirmed(posts));
      } catch (error) {
        // Refused for certain: the next press is another post.
        if (error instanceof Refused && error.status < 500) forgetKey(asset.id);
        throw error;
      }
    });
    if (result === "closed") return;
    if (result === "confirmed") {
      dialog.close();
      on.done();
      return;
    }
    draw();
    later();
  }

  /** A caption for what has none yet; whoever types first is not disturbed. */
  async function fetchCaption(): Promise<void> {
    try {
      const { caption } = await captionOf(asset, () => void (status.textContent = postWords.captionWriting));
      if (!texts.isUntouched() || !dialog.open) return;
      texts.put(caption, undefined);
      later();
    } catch (error) {
      status.textContent = "";
      toast(sentenceOf(error), "bad");
    }
  }

  async function writeEach(): Promise<void> {
    write.disabled = true;
    write.textContent = postWords.writingEach;
    try {
      const made = await postApi.variants(asset.id, texts.value().text, texts.shared());
      for (const [network, words] of Object.entries(made.texts)) texts.put(words, network);
      note.textContent =
        made.note ?? (made.unwritten.length === 0 ? "" : postWords.unwritten(made.unwritten));
      later();
    } catch (error) {
      note.textContent = sentenceOf(error);
    } finally {
      write.disabled = false;
      write.textContent = postWords.writeEach;
    }
  }

  function draw(): void {
    dialog.replaceChildren(
      make("h2", { id: "post-title", tabindex: "-1" }, postWords.postTitle),
      make(
        "div",
        { class: "post-columns" },
        preview,
        make(
          "div",
          { class: "post-fields" },
          accounts.element,
          texts.element,
          make("div", { class: "row" }, write),
          note,
          problems,
          time.element,
          trouble,
          status,
        ),
      ),
      make(
        "div",
        { class: "dialog-buttons" },
        make("button", { class: "button", type: "button", click: () => dialog.close() }, postWords.close),
        review,
      ),
    );
  }

  return {
    open() {
      draw();
      void look();
      if (firstText === null) void fetchCaption();
      // Not the text: a phone would cover the rest with its keyboard.
      dialog.querySelector<HTMLElement>("#post-title")?.focus();
    },
  };
}

async function captionOf(asset: ApiAsset, writing: () => void) {
  try {
    return await postApi.caption(asset.id);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    writing();
    return postApi.writeCaption(asset.id, { change: "new" });
  }
}

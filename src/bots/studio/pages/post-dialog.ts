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
import { forgetKey, keepKey } from "./unanswered.ts";

/** A look at the plan waits for so long after the last key. */
const LOOK_AFTER_MS = 350;

export interface PostDialogHandlers {
  /** It was confirmed. */
  done(): void;
  failed(error: unknown): void;
}

/**
 * Puts a post together: accounts, exact text, exact picture, time. Everything that it shows was said by the server of
 * just this plan; only such a plan can be reviewed and confirmed.
 *
 * @param text null: the caption that there is, or one that is written meanwhile.
 * @param key one for each post: confirmed again after a lost answer, it is the same post.
 */
export async function showPost(
  asset: ApiAsset,
  text: string | null,
  key: string,
  on: PostDialogHandlers,
): Promise<void> {
  const dialog = byId("post-dialog", HTMLDialogElement);
  dialog.replaceChildren(
    make("h2", { id: "post-title" }, postWords.postTitle),
    make("p", { class: "hint", role: "status" }, postWords.checking),
  );
  dialog.addEventListener("close", stopExpecting, { once: true });
  dialog.showModal();
  const begin = (offer: ApiAccounts) => createPostForm(dialog, asset, text, offer, key, on).open();
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
  firstText: string | null,
  offer: ApiAccounts,
  key: string,
  on: PostDialogHandlers,
): { open(): void } {
  let fit = "as-is";
  let story = false;
  let looks = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let checked: ApiPreflight | null = null;

  const accounts = createAccountField(offer, later);
  const texts = createTextFields(firstText ?? "", later);
  const problems = make("ul", { class: "problems", "aria-label": postWords.problems });
  const status = make("p", { class: "hint", role: "status" });
  const trouble = make("div", { class: "trouble", role: "alert", hidden: true });
  const preview = make("figure", { class: "post-preview" });
  const time = createTimeFields("post", later);
  const review = make(
    "button",
    { class: "button primary", type: "button", disabled: true, click: () => void toReview() },
    postWords.review,
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

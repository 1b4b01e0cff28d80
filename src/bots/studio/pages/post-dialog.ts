import type { ApiAsset } from "../api-types.ts";
import type { ApiAccount, ApiAccounts, ApiFix, ApiPreflight } from "../post-types.ts";
import { Refused } from "./api.ts";
import { byId, make } from "./dom.ts";
import { postApi } from "./post-api.ts";
import { showReview } from "./post-review.ts";
import { createTimeFields } from "./post-time.ts";
import { postWords } from "./post-words.ts";
import { toast } from "./toasts.ts";

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
 * @param key one for each opening: confirmed again after a lost answer, it is the same post.
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
  dialog.showModal();
  try {
    const offer = await postApi.accounts();
    if (offer.accounts.length === 0) return showNothing(dialog, offer);
    const words = text ?? (await captionOf(asset));
    createPostForm(dialog, asset, words, offer.accounts, key, on).open();
  } catch (error) {
    dialog.close();
    on.failed(error);
  }
}

async function captionOf(asset: ApiAsset): Promise<string> {
  try {
    return (await postApi.caption(asset.id)).caption;
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    return (await postApi.writeCaption(asset.id, "new", "")).caption;
  }
}

/** Nobody can be posted to: what has to be done, and by whom. */
function showNothing(dialog: HTMLDialogElement, offer: ApiAccounts): void {
  const close = make(
    "button",
    { class: "button primary", type: "button", click: () => dialog.close() },
    postWords.close,
  );
  dialog.replaceChildren(
    make("h2", { id: "post-title" }, postWords.postTitle),
    make("p", {}, offer.message ?? ""),
    make("div", { class: "dialog-buttons" }, close),
  );
  close.focus();
}

function createPostForm(
  dialog: HTMLDialogElement,
  asset: ApiAsset,
  firstText: string,
  accounts: readonly ApiAccount[],
  key: string,
  on: PostDialogHandlers,
): { open(): void } {
  const able = accounts.filter(({ health }) => health === "fine");
  const chosen = new Set(able.length === 1 ? able.map(({ id }) => id) : []);
  let fit = "as-is";
  let story = false;
  let looks = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let checked: ApiPreflight | null = null;

  const area = make("textarea", { id: "post-text", rows: "6", dir: "auto", input: () => later() }, firstText);
  area.value = firstText;
  const counts = make("ul", { class: "counts" });
  const problems = make("ul", { class: "problems", "aria-label": "What has to be put right" });
  const status = make("p", { class: "hint", role: "status" });
  const preview = make("figure", { class: "post-preview" });
  const time = createTimeFields("post", () => later());
  const review = make(
    "button",
    { class: "button primary", type: "button", disabled: true, click: () => void toReview() },
    postWords.review,
  );

  const wish = () => ({
    mediaId: asset.id,
    accountIds: [...chosen],
    text: area.value,
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
      on.failed(error);
    }
  }

  function show(found: ApiPreflight): void {
    checked = found;
    fit = found.fit;
    counts.replaceChildren(
      ...found.texts.map(({ account, characters, limit }) =>
        make(
          "li",
          { class: characters > limit ? "counter over" : "counter" },
          postWords.count(account, characters, limit),
        ),
      ),
    );
    const again = (label: string, change: () => void) =>
      make(
        "button",
        {
          class: "button",
          type: "button",
          click: () => {
            change();
            later();
          },
        },
        label,
      );
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
    const { url, type, width, height, altText } = found.preview;
    const size = { width: String(width), height: String(height) };
    preview.replaceChildren(
      type === "video"
        ? make("video", {
            src: url,
            controls: true,
            playsinline: true,
            preload: "metadata",
            "aria-label": altText,
          })
        : make("img", { src: url, alt: altText, ...size }),
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
      chosen.size === 0 ? postWords.chooseAccount : time.isMissing() ? postWords.noTime : "";
    review.disabled = !found.isReady || time.isMissing();
  }

  function apply({ kind, story: toStory, text }: ApiFix): void {
    if (kind === "story") story = toStory ?? false;
    else if (kind === "shorter-text" || kind === "fewer-hashtags") area.value = text ?? area.value;
    else fit = kind;
  }

  async function toReview(): Promise<void> {
    if (checked === null) return;
    // The moment that was shown, not the words for it: "in 2 hours" is later by now.
    const plan = { ...wish(), when: checked.scheduledAt?.at ?? null };
    const isConfirmed = await showReview(dialog, checked, async () => {
      const posts = await postApi.confirm(plan, key);
      toast(postWords.confirmed(posts.length, plan.when === null));
    });
    if (isConfirmed === "failed") return;
    if (isConfirmed === "confirmed") {
      dialog.close();
      on.done();
      return;
    }
    draw();
    later();
  }

  const accountField = (account: ApiAccount) => {
    const box = make("input", {
      type: "checkbox",
      value: account.id,
      checked: chosen.has(account.id),
      disabled: account.health !== "fine",
      change: () => {
        if (box.checked) chosen.add(account.id);
        else chosen.delete(account.id);
        later();
      },
    });
    const note = account.health === "fine" ? null : ` (${postWords[account.health]})`;
    return make("label", { class: "check" }, box, `${account.networkLabel} ${account.name}`, note);
  };

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
          make(
            "fieldset",
            {},
            make("legend", {}, postWords.accounts),
            ...accounts.map((account) => accountField(account)),
          ),
          make("div", { class: "field" }, make("label", { for: "post-text" }, postWords.text), area, counts),
          problems,
          time.element,
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
      // Not the text: a phone would cover the rest with its keyboard.
      dialog.querySelector<HTMLElement>("#post-title")?.focus();
    },
  };
}

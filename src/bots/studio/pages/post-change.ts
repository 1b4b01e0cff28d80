import { NETWORKS } from "../../../core/ports/publisher.ts";
import { rulesOf } from "../../../core/posts/networks.ts";
import { fitText } from "../../../core/posts/text-fit.ts";
import type { ApiPost, ApiTimes } from "../post-types.ts";
import { sentenceOf } from "./api.ts";
import { byId, make } from "./dom.ts";
import { type ChangedPost, postApi } from "./post-api.ts";
import { createTimeFields } from "./post-time.ts";
import { postWords } from "./post-words.ts";

const LOOK_AFTER_MS = 350;

/** Another time for a post that is not out yet: the one that was shown. Resolves with null when it was left as it is. */
export async function movePost(post: ApiPost): Promise<ChangedPost | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looks = 0;
  let shown: ApiTimes | null = null;
  const time = createTimeFields("move", later, "timed");
  const question = createQuestion(postWords.moveTitle, postWords.move, time.element, () =>
    postApi.change(post.id, { when: shown?.scheduledAt?.at ?? "" }),
  );

  function later(): void {
    shown = null;
    question.allow(false);
    clearTimeout(timer);
    timer = setTimeout(() => void look(), LOOK_AFTER_MS);
  }

  async function look(): Promise<void> {
    looks += 1;
    const turn = looks;
    try {
      const found = await postApi.times(post.id, time.value());
      if (turn !== looks) return;
      shown = found;
      time.show(found);
      question.allow(found.scheduledAt !== null);
    } catch (error) {
      if (turn === looks) question.say(sentenceOf(error));
    }
  }

  question.allow(false);
  void look();
  return question.answer;
}

/** Another text for a post that is not out yet. */
export async function editPost(post: ApiPost): Promise<ChangedPost | null> {
  const counter = make("output", { class: "counter", for: "post-change-text" });
  const area = make("textarea", { id: "post-change-text", rows: "8", dir: "auto", input: () => count() });
  area.value = post.text;
  const network = NETWORKS.find((id) => id === post.network) ?? "instagram";

  function count(): void {
    const { characters, limit, charactersOver, hashtags, hashtagsOver } = fitText(area.value, [], network);
    counter.textContent = postWords.length(characters, limit, hashtags, rulesOf(network).hashtags);
    counter.classList.toggle("over", charactersOver > 0 || hashtagsOver > 0);
  }

  count();
  const label = postWords.textFor(`${post.networkLabel} ${post.account}`);
  const field = make(
    "div",
    { class: "field" },
    make("label", { for: "post-change-text" }, label),
    area,
    make("div", { class: "under" }, make("span", {}), counter),
  );
  return createQuestion(postWords.editTitle, postWords.save, field, () =>
    postApi.change(post.id, { text: area.value }),
  ).answer;
}

interface Question {
  /** Null: left as it is. */
  readonly answer: Promise<ChangedPost | null>;
  allow(isAllowed: boolean): void;
  say(problem: string): void;
}

/** Stays open with everything in it until it was done, or is closed. */
function createQuestion(
  title: string,
  label: string,
  content: HTMLElement,
  send: () => Promise<ChangedPost>,
): Question {
  const dialog = byId("post-change", HTMLDialogElement);
  let answer: ChangedPost | null = null;
  const problem = make("p", { class: "problem", role: "alert", hidden: true });
  const yes = make("button", { class: "button primary", type: "button", click: () => void press() }, label);

  async function press(): Promise<void> {
    yes.disabled = true;
    problem.hidden = true;
    try {
      answer = await send();
      dialog.close();
    } catch (error) {
      say(sentenceOf(error));
    } finally {
      yes.disabled = false;
    }
  }

  function say(text: string): void {
    problem.textContent = text;
    problem.hidden = false;
  }

  dialog.replaceChildren(
    make("h2", { id: "post-change-title" }, title),
    content,
    problem,
    make(
      "div",
      { class: "dialog-buttons" },
      make("button", { class: "button", type: "button", click: () => dialog.close() }, postWords.close),
      yes,
    ),
  );
  const closed = new Promise<ChangedPost | null>((resolve) => {
    dialog.addEventListener("close", () => resolve(answer), { once: true });
  });
  dialog.showModal();
  return {
    answer: closed,
    allow: (isAllowed) => void (yes.disabled = !isAllowed),
    say,
  };
}

import type { ApiPost } from "../post-types.ts";
import { sentenceOf } from "./api.ts";
import { byId, make } from "./dom.ts";
import { type ChangedPost, postApi } from "./post-api.ts";
import { createTimeFields } from "./post-time.ts";
import { postWords } from "./post-words.ts";

/** Another time for a post that is not out yet. Resolves with null when it was left as it is. */
export async function movePost(post: ApiPost): Promise<ChangedPost | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looks = 0;
  const time = createTimeFields(
    "move",
    () => {
      clearTimeout(timer);
      timer = setTimeout(() => void look(), 350);
    },
    "timed",
  );

  async function look(): Promise<void> {
    looks += 1;
    const turn = looks;
    const wish = {
      accountIds: [post.accountId],
      text: post.text,
      texts: {},
      fit: "as-is",
      story: post.story,
    };
    try {
      const found = await postApi.preflight({ mediaId: post.mediaId, ...wish, when: time.value() });
      if (turn === looks) time.show(found);
    } catch {
      // Its picture or account may be gone by now; what is wrong with the time is said when it is sent.
    }
  }

  void look();
  return ask(postWords.moveTitle, postWords.move, time.element, async () =>
    time.isMissing() ? { problem: postWords.noTime } : postApi.change(post.id, { when: time.value() ?? "" }),
  );
}

/** Another text for a post that is not out yet. */
export async function editPost(post: ApiPost): Promise<ChangedPost | null> {
  const area = make("textarea", { id: "post-change-text", rows: "8", dir: "auto" }, post.text);
  const field = make(
    "div",
    { class: "field" },
    make("label", { for: "post-change-text" }, postWords.text),
    area,
  );
  return ask(postWords.editTitle, postWords.save, field, () => postApi.change(post.id, { text: area.value }));
}

function ask(
  title: string,
  label: string,
  content: HTMLElement,
  send: () => Promise<ChangedPost | { readonly problem: string }>,
): Promise<ChangedPost | null> {
  return new Promise((resolve) => {
    const dialog = byId("post-change", HTMLDialogElement);
    let answer: ChangedPost | null = null;
    const problem = make("p", { class: "problem", role: "alert", hidden: true });
    const yes = make("button", { class: "button primary", type: "button", click: () => void press() }, label);

    async function press(): Promise<void> {
      yes.disabled = true;
      problem.hidden = true;
      try {
        const result = await send();
        if ("problem" in result) return say(result.problem);
        answer = result;
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
    dialog.addEventListener("close", () => resolve(answer), { once: true });
    dialog.showModal();
  });
}

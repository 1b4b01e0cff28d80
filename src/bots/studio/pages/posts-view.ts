import type { ApiPost } from "../post-types.ts";
import { sentenceOf } from "./api.ts";
import { type Calendar, createCalendar, dayIn, dayName } from "./calendar.ts";
import { confirm } from "./dialogs.ts";
import { byId } from "./dom.ts";
import { postApi } from "./post-api.ts";
import { editPost, movePost } from "./post-change.ts";
import { type PostAction, postItems } from "./post-item.ts";
import { postWords } from "./post-words.ts";
import { toast } from "./toasts.ts";

/** The member's posts as a list or a month. */
export interface PostsView {
  load(): void;
  /** The server says that it has changed, or is new. */
  put(post: ApiPost): void;
}

/** Where events do not come through, posts are asked for; else now and then, for those of long ago. */
const ASK_EVERY_MS = 10_000;
const RARELY = 12;

export function createPostsView(on: {
  /** Whether the server's events come through. */
  isLive(): boolean;
  failed(error: unknown): void;
  /** The same picture and text once more, to be changed before. */
  anew(post: ApiPost): void;
  accounts(): void;
}): PostsView {
  const area = byId("posts", HTMLElement);
  const items = byId("post-items", HTMLUListElement);
  const message = byId("posts-message", HTMLElement);
  const dayTitle = byId("posts-day", HTMLElement);
  const more = byId("posts-more", HTMLButtonElement);
  const toList = byId("posts-list", HTMLButtonElement);
  const toCalendar = byId("posts-calendar", HTMLButtonElement);
  const month = byId("calendar", HTMLElement);
  const busy = new Set<string>();
  let calendar: Calendar | null = null;
  let posts: readonly ApiPost[] | null = null;
  let isMonth = false;
  let pages = 1;
  let asked = 0;
  let drawn = "";

  async function load(): Promise<void> {
    asked += 1;
    const turn = asked;
    if (posts === null) say(postWords.loading);
    try {
      const found = isMonth ? await wholeMonth() : await firstPages();
      if (turn !== asked) return;
      posts = found;
      if (isMonth) calendar?.show(found);
      draw();
    } catch (error) {
      if (turn !== asked) return;
      if (posts === null) say(sentenceOf(error));
      else on.failed(error);
    }
  }

  function say(text: string): void {
    message.textContent = text;
    message.hidden = text === "";
  }

  async function firstPages(): Promise<readonly ApiPost[]> {
    const { found, last } = await read(pages);
    more.hidden = last <= pages;
    return found;
  }

  async function wholeMonth(): Promise<readonly ApiPost[]> {
    more.hidden = true;
    const { range } = calendar ?? (await begunCalendar());
    return (await read(Number.POSITIVE_INFINITY, range())).found;
  }

  /** Each once: what is added meanwhile moves the pages. */
  async function read(most: number, range?: { readonly from: Date; readonly to: Date }) {
    const found = new Map<string, ApiPost>();
    let last = 1;
    for (let page = 1; page <= Math.min(most, last); page += 1) {
      const answer = await postApi.list(page, range);
      for (const post of answer.posts) found.set(post.id, post);
      last = answer.pages;
      calendar?.setToday(dayIn(answer.now, answer.zone ?? undefined));
    }
    return { found: [...found.values()], last };
  }

  /** Begins with the day that the server's clock says. */
  async function begunCalendar(): Promise<Calendar> {
    const { now, zone } = await postApi.list(1);
    if (calendar) return calendar;
    calendar = createCalendar(dayIn(now, zone ?? undefined), {
      month: () => void load(),
      day: () => draw(),
    });
    month.replaceChildren(calendar.element);
    return calendar;
  }

  /** Redrawn only when something is different, so that nobody loses their place. */
  function draw(): void {
    if (posts === null) return;
    const day = calendar?.day() ?? "";
    const shown = isMonth ? posts.filter((post) => dayIn(post.listedAt, post.zone) === day) : posts;
    const picture = JSON.stringify([isMonth, day, shown, [...busy]]);
    if (picture === drawn) return;
    drawn = picture;
    dayTitle.hidden = !isMonth;
    dayTitle.textContent = isMonth && day !== "" ? dayName(day) : "";
    say(shown.length > 0 ? "" : isMonth ? postWords.noPostsDay : postWords.noPosts);
    const focused = document.activeElement;
    const id = focused?.closest("[data-id]")?.getAttribute("data-id");
    const action = focused?.getAttribute("data-action");
    const isInside = items.contains(focused);
    const handlers = {
      act: (what: PostAction, post: ApiPost) => void act(what, post),
      retryAll: (failed: readonly ApiPost[]) => void retryAll(failed),
      isBusy: ({ id: one }: ApiPost) => busy.has(one),
    };
    items.replaceChildren(...postItems(shown, handlers));
    items.hidden = shown.length === 0;
    if (!isInside) return;
    const same = items.querySelector<HTMLElement>(`[data-id="${id}"] [data-action="${action}"]`);
    (same ?? area).focus();
  }

  async function act(action: PostAction, post: ApiPost): Promise<void> {
    if (action === "accounts") return on.accounts();
    if (action === "anew") return on.anew(post);
    try {
      const changed = await change(action, post);
      if (changed === null) return;
      const { label } = changed.post.scheduledAt ?? { label: "" };
      toast(action === "move" ? `${changed.message} ${label}` : changed.message);
      put(changed.post);
    } catch (error) {
      on.failed(error);
      await load();
    }
  }

  async function change(action: Exclude<PostAction, "accounts" | "anew">, post: ApiPost) {
    switch (action) {
      case "move":
        return movePost(post);
      case "edit":
        return editPost(post);
      case "retry":
        return whileBusy(post, () => postApi.retry(post.id));
      case "cancel": {
        const { cancelTitle: title, cancelText: text, keep, cancel: yes } = postWords;
        const isSure = await confirm({ title, text, keep, yes });
        return isSure ? whileBusy(post, () => postApi.cancel(post.id)) : null;
      }
    }
  }

  async function whileBusy<Result>({ id }: ApiPost, work: () => Promise<Result>): Promise<Result> {
    busy.add(id);
    draw();
    try {
      return await work();
    } finally {
      busy.delete(id);
      draw();
    }
  }

  async function retryAll(failed: readonly ApiPost[]): Promise<void> {
    for (const post of failed) await act("retry", post);
  }

  function put(post: ApiPost): void {
    if (posts === null || area.hidden) return;
    const at = posts.findIndex(({ id }) => id === post.id);
    const before = posts[at];
    if (before?.listedAt !== post.listedAt) return void load();
    posts = posts.with(at, post);
    if (isMonth) calendar?.show(posts);
    draw();
  }

  function showAs(asMonth: boolean): void {
    isMonth = asMonth;
    month.hidden = !isMonth;
    toCalendar.setAttribute("aria-pressed", String(isMonth));
    toList.setAttribute("aria-pressed", String(!isMonth));
    void load();
  }

  toList.addEventListener("click", () => showAs(false));
  toCalendar.addEventListener("click", () => showAs(true));
  more.addEventListener("click", () => {
    pages += 1;
    void load();
  });
  let ticks = 0;
  setInterval(() => {
    ticks += 1;
    const isTime = !on.isLive() || ticks % RARELY === 0;
    if (isTime && !area.hidden && !document.hidden) void load();
  }, ASK_EVERY_MS);

  return { load: () => void load(), put };
}

import type { ApiPost } from "../post-types.ts";
import { type Calendar, createCalendar, dayIn, dayName } from "./calendar.ts";
import { confirm } from "./dialogs.ts";
import { byId } from "./dom.ts";
import { postApi } from "./post-api.ts";
import { editPost, movePost } from "./post-change.ts";
import { type PostAction, postItem } from "./post-item.ts";
import { postWords } from "./post-words.ts";
import { toast } from "./toasts.ts";

/** The member's posts as a list or a month; asked for anew while it is open. */
export interface PostsView {
  open(): void;
  /** Something has happened to a post. */
  refresh(): void;
}

/** Posts have no events of their own: what the service does to them is asked for. */
const ASK_EVERY_MS = 10_000;

export function createPostsView(failed: (error: unknown) => void): PostsView {
  const gallery = byId("gallery", HTMLElement);
  const area = byId("posts", HTMLElement);
  const items = byId("post-items", HTMLUListElement);
  const message = byId("posts-message", HTMLElement);
  const dayTitle = byId("posts-day", HTMLElement);
  const more = byId("posts-more", HTMLButtonElement);
  const toGallery = byId("view-gallery", HTMLButtonElement);
  const toPosts = byId("view-posts", HTMLButtonElement);
  const toList = byId("posts-list", HTMLButtonElement);
  const toCalendar = byId("posts-calendar", HTMLButtonElement);
  const month = byId("calendar", HTMLElement);
  let calendar: Calendar | null = null;
  let posts: readonly ApiPost[] = [];
  let isMonth = false;
  let pages = 1;
  let asked = 0;
  let drawn = "";

  async function load(): Promise<void> {
    asked += 1;
    const turn = asked;
    try {
      const found = isMonth ? await wholeMonth() : await firstPages();
      if (turn !== asked) return;
      posts = found;
      if (isMonth) calendar?.show(posts);
      draw();
    } catch (error) {
      if (turn === asked) failed(error);
    }
  }

  async function firstPages(): Promise<readonly ApiPost[]> {
    const found: ApiPost[] = [];
    let last = 1;
    for (let page = 1; page <= Math.min(pages, last); page += 1) {
      const answer = await postApi.list(page);
      found.push(...answer.posts);
      last = answer.pages;
    }
    more.hidden = last <= pages;
    return found;
  }

  /** Begins with the day that the server's clock says. */
  async function begunCalendar(): Promise<Calendar> {
    const { now } = await postApi.list(1);
    if (calendar) return calendar;
    calendar = createCalendar(dayIn(now), { month: () => void load(), day: () => draw() });
    month.replaceChildren(calendar.element);
    return calendar;
  }

  async function wholeMonth(): Promise<readonly ApiPost[]> {
    more.hidden = true;
    const { from, to } = (calendar ?? (await begunCalendar())).range();
    const found: ApiPost[] = [];
    let last = 1;
    for (let page = 1; page <= last; page += 1) {
      const answer = await postApi.list(page, { from, to });
      found.push(...answer.posts);
      last = answer.pages;
    }
    return found;
  }

  /** Redrawn only when something is different, so that nobody loses their place. */
  function draw(): void {
    const day = calendar?.day() ?? "";
    const shown = isMonth ? posts.filter((post) => dayIn(post.listedAt, post.zone) === day) : posts;
    const picture = JSON.stringify([isMonth, day, shown]);
    if (picture === drawn) return;
    drawn = picture;
    dayTitle.hidden = !isMonth;
    dayTitle.textContent = isMonth && day !== "" ? dayName(day) : "";
    message.hidden = shown.length > 0;
    message.textContent = isMonth ? postWords.noPostsDay : postWords.noPosts;
    const focused = document.activeElement;
    const id = focused?.closest("[data-id]")?.getAttribute("data-id");
    const action = focused?.getAttribute("data-action");
    const isInside = items.contains(focused);
    items.replaceChildren(...shown.map((post) => postItem(post, (what, one) => void act(what, one))));
    items.hidden = shown.length === 0;
    if (!isInside) return;
    const same = items.querySelector<HTMLElement>(`[data-id="${id}"] [data-action="${action}"]`);
    (same ?? area).focus();
  }

  async function act(action: PostAction, post: ApiPost): Promise<void> {
    try {
      const changed = await change(action, post);
      if (changed === null) return;
      const { label } = changed.post.scheduledAt ?? { label: "" };
      toast(action === "move" ? `${changed.message} ${label}` : changed.message);
    } catch (error) {
      failed(error);
    }
    await load();
  }

  async function change(action: PostAction, post: ApiPost) {
    switch (action) {
      case "move":
        return movePost(post);
      case "edit":
        return editPost(post);
      case "retry":
        return postApi.retry(post.id);
      case "cancel": {
        const { cancelTitle: title, cancelText: text, keep, cancel: yes } = postWords;
        return (await confirm({ title, text, keep, yes })) ? postApi.cancel(post.id) : null;
      }
    }
  }

  function show(isPosts: boolean): void {
    area.hidden = !isPosts;
    gallery.hidden = isPosts;
    toPosts.setAttribute("aria-pressed", String(isPosts));
    toGallery.setAttribute("aria-pressed", String(!isPosts));
    if (isPosts) void load();
  }

  function showAs(asMonth: boolean): void {
    isMonth = asMonth;
    month.hidden = !isMonth;
    toCalendar.setAttribute("aria-pressed", String(isMonth));
    toList.setAttribute("aria-pressed", String(!isMonth));
    void load();
  }

  toPosts.addEventListener("click", () => {
    show(true);
    area.focus();
  });
  toGallery.addEventListener("click", () => {
    show(false);
    gallery.focus();
  });
  toList.addEventListener("click", () => showAs(false));
  toCalendar.addEventListener("click", () => showAs(true));
  more.addEventListener("click", () => {
    pages += 1;
    void load();
  });
  setInterval(() => {
    if (!area.hidden && !document.hidden) void load();
  }, ASK_EVERY_MS);

  return {
    open() {
      show(true);
      area.focus();
    },
    refresh() {
      if (!area.hidden) void load();
    },
  };
}

import type { ApiAsset } from "../api-types.ts";
import { api } from "./api.ts";
import { type Card, type CardAction, createCard } from "./card.ts";
import { byId, make } from "./dom.ts";
import { EXAMPLES, words } from "./words.ts";

export interface Gallery {
  /** Loads the first page anew, keeping what is there until it has come. */
  refresh(): Promise<void>;
  /** A new asset, or one that changed. Gives back how it was before, if it was shown. */
  put(asset: ApiAsset): ApiAsset | null;
  remove(id: string): void;
  /** Those that are still being made. */
  working(): readonly string[];
}

const SEARCH_DELAY_MS = 250;
/** As many as the server gives a page. */
const PAGE_SIZE = 12;

export function createGallery(options: {
  act(action: CardAction, asset: ApiAsset): void;
  useExample(prompt: string): void;
  failed(error: unknown): void;
}): Gallery {
  const list = byId("cards", HTMLUListElement);
  const empty = byId("empty", HTMLElement);
  const more = byId("more", HTMLButtonElement);
  const search = byId("search", HTMLInputElement);
  const favourites = byId("favourites", HTMLButtonElement);
  const summary = byId("summary", HTMLElement);
  const cards = new Map<string, Card>();
  let favouritesOnly = false;
  let isLoaded = false;
  let asked = 0;

  const term = () => search.value.trim();
  const isNewer = (one: ApiAsset, other: ApiAsset) =>
    one.createdAt === other.createdAt ? one.id > other.id : one.createdAt > other.createdAt;

  function insert(asset: ApiAsset): void {
    const card = createCard(asset, options.act);
    const after = [...cards.values()]
      .filter((other) => isNewer(asset, other.asset()))
      .reduce<Card | null>(
        (best, other) => (best === null || isNewer(other.asset(), best.asset()) ? other : best),
        null,
      );
    cards.set(asset.id, card);
    list.insertBefore(card.element, after?.element ?? null);
  }

  function put(asset: ApiAsset): ApiAsset | null {
    const card = cards.get(asset.id);
    if (card) {
      const before = card.asset();
      card.update(asset);
      return before;
    }
    const isWanted = term() === "" && (!favouritesOnly || asset.favourite);
    if (isWanted) insert(asset);
    showEmpty();
    return null;
  }

  function remove(id: string): void {
    cards.get(id)?.element.remove();
    cards.delete(id);
    showEmpty();
  }

  function showEmpty(): void {
    empty.hidden = cards.size > 0 || !isLoaded;
    if (empty.hidden) return;
    if (term() !== "" || favouritesOnly) {
      const text = term() === "" ? words.noFavourites : words.noneText;
      empty.replaceChildren(make("h3", {}, words.noneTitle), make("p", {}, text));
      return;
    }
    const examples = EXAMPLES.map((prompt) =>
      make("button", { class: "button", type: "button", click: () => options.useExample(prompt) }, prompt),
    );
    empty.replaceChildren(
      make("h3", {}, words.emptyTitle),
      make("p", {}, words.emptyText),
      make("div", { class: "examples" }, ...examples),
    );
  }

  async function load(page: number, isFresh: boolean): Promise<void> {
    asked += 1;
    const turn = asked;
    const found = await api.list(term(), favouritesOnly, page);
    if (turn !== asked) return;
    isLoaded = true;
    if (isFresh) {
      const kept = new Set(found.assets.map((asset) => asset.id));
      for (const id of cards.keys()) if (!kept.has(id)) remove(id);
    }
    for (const asset of found.assets) {
      const card = cards.get(asset.id);
      if (card) card.update(asset);
      else insert(asset);
    }
    more.hidden = cards.size >= found.total;
    summary.textContent = words.found(found.total);
    showEmpty();
  }

  const refresh = () => load(1, true).catch(options.failed);

  let timer: ReturnType<typeof setTimeout> | undefined;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), SEARCH_DELAY_MS);
  });
  byId("finder", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void refresh();
  });
  favourites.addEventListener("click", () => {
    favouritesOnly = !favouritesOnly;
    favourites.setAttribute("aria-pressed", String(favouritesOnly));
    void refresh();
  });
  more.addEventListener("click", () => {
    const before = cards.size;
    // What was deleted or added meanwhile moves the pages: the last one is read again rather than one left out.
    void load(Math.floor(before / PAGE_SIZE) + 1, false)
      .then(() => list.children[before]?.querySelector<HTMLElement>("button, a, video")?.focus())
      .catch(options.failed);
  });

  return {
    refresh,
    put,
    remove,
    working: () =>
      [...cards.values()]
        .map((card) => card.asset())
        .filter((asset) => asset.status === "processing")
        .map((asset) => asset.id),
  };
}

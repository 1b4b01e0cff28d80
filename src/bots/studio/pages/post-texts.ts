import type { ApiPreflight } from "../post-types.ts";
import { make } from "./dom.ts";
import { postWords } from "./post-words.ts";

/** The words of a post: one text for all networks, or another one where a network wants its own. */
export interface TextFields {
  readonly element: HTMLElement;
  value(): { readonly text: string; readonly texts: Readonly<Record<string, string>> };
  /** A text for one network, or for all where there is only one. */
  put(text: string, network: string | undefined): void;
  /** The networks that it goes to, where there are several. */
  shared(): readonly string[];
  /** Nothing was typed yet. */
  isUntouched(): boolean;
  show(found: ApiPreflight["texts"]): void;
}

interface OwnText {
  readonly element: HTMLElement;
  readonly area: HTMLTextAreaElement;
  readonly count: HTMLElement;
}

export function createTextFields(firstText: string, changed: () => void): TextFields {
  const own = new Map<string, OwnText>();
  let isTouched = firstText !== "";
  let shown: ApiPreflight["texts"] = [];
  const type = (): void => {
    isTouched = true;
    changed();
  };
  const area = make("textarea", { id: "post-text", rows: "6", dir: "auto", input: type });
  area.value = firstText;
  const common = make("div", { class: "field" }, make("label", { for: "post-text" }, postWords.text), area);
  const counts = make("ul", { class: "counts", "aria-label": postWords.counts });
  const owns = make("div", { class: "own-texts" });

  function begin(network: string, label: string, text: string): void {
    const id = `post-text-${network}`;
    const field = make("textarea", { id, rows: "4", dir: "auto", input: type });
    field.value = text;
    const back = make(
      "button",
      {
        class: "link",
        type: "button",
        "aria-label": postWords.sameTextFor(label),
        click: () => end(network),
      },
      postWords.sameText,
    );
    const count = make("span", {});
    const element = make(
      "div",
      { class: "field" },
      make("label", { for: id }, postWords.textFor(label)),
      field,
      make("div", { class: "under" }, count, back),
    );
    own.get(network)?.element.remove();
    own.set(network, { element, area: field, count });
    owns.append(element);
    drawCounts();
  }

  function end(network: string): void {
    own.get(network)?.element.remove();
    own.delete(network);
    drawCounts();
    area.focus();
    changed();
  }

  const networks = () => [...new Set(shown.map(({ network }) => network))];
  const isShared = () => networks().length > 1;

  function drawCounts(): void {
    const offered = new Set<string>();
    const items = shown.flatMap((one) => {
      const { network, networkLabel, text } = one;
      const itsOwn = own.get(network);
      if (itsOwn) {
        itsOwn.count.replaceChildren(countOf(one));
        return [];
      }
      const mayHaveOwn = isShared() && !offered.has(network);
      offered.add(network);
      const another = make(
        "button",
        {
          class: "link",
          type: "button",
          "data-network": network,
          "aria-label": postWords.otherTextFor(networkLabel),
          click: () => {
            begin(network, networkLabel, text);
            own.get(network)?.area.focus();
            changed();
          },
        },
        postWords.otherText,
      );
      return [make("li", {}, countOf(one), mayHaveOwn ? another : null)];
    });
    // Words that nobody would get are not in the way.
    common.hidden = shown.length > 0 && items.length === 0;
    const focused = document.activeElement;
    const network = counts.contains(focused) ? focused?.getAttribute("data-network") : null;
    counts.replaceChildren(...items);
    if (network) counts.querySelector<HTMLElement>(`[data-network="${network}"]`)?.focus();
  }

  return {
    element: make("div", { class: "texts" }, common, counts, owns),
    value: () => ({
      text: area.value,
      texts: Object.fromEntries(
        [...own]
          .filter(([network]) => shown.length === 0 || shown.some((one) => one.network === network))
          .map(([network, { area: field }]) => [network, field.value]),
      ),
    }),
    put(text, network) {
      const label = shown.find((one) => one.network === network)?.networkLabel;
      if (network !== undefined && label !== undefined && (isShared() || own.has(network)))
        begin(network, label, text);
      else area.value = text;
    },
    shared: () => (isShared() ? networks() : []),
    isUntouched: () => !isTouched,
    show(found) {
      shown = found;
      // Words for a network that is not chosen any more are kept, but not in the way.
      for (const [network, { element }] of own)
        element.hidden = !found.some((one) => one.network === network);
      drawCounts();
    },
  };
}

/** `X @atelier: 312 / 280 characters, 6 / 5 hashtags`, marked where it is too much. */
export function countOf(one: ApiPreflight["texts"][number], isNamed = true): HTMLElement {
  const { account, characters, limit, hashtags, hashtagLimit } = one;
  const isOver = characters > limit || (hashtagLimit !== null && hashtags > hashtagLimit);
  return make(
    "span",
    { class: isOver ? "counter over" : "counter" },
    `${isNamed ? `${account}: ` : ""}${postWords.length(characters, limit, hashtags, hashtagLimit)}`,
  );
}

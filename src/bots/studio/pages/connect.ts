import type { ApiAccounts } from "../post-types.ts";
import { sentenceOf } from "./api.ts";
import { make } from "./dom.ts";
import { postApi } from "./post-api.ts";
import { postWords } from "./post-words.ts";

/** Signing in to a network, in a tab of its own, by a link that the publishing service hands out. */
export interface Connect {
  /** A choice of networks with its button. */
  readonly element: HTMLElement;
  /** The same for one network, as the button says: `Connect again`. */
  again(network: string, label: string): HTMLButtonElement;
}

/** Somebody who signs in elsewhere comes back within this; asked for as often while nothing is new. */
const RETURN_MS = 10 * 60_000;
const ASK_EVERY_MS = 6_000;

/**
 * @param name of the fields, once a page.
 * @param returned somebody may have signed in by now: whenever the window has the focus again, and now and then.
 */
export function createConnect(
  name: string,
  networks: ApiAccounts["networks"],
  returned: () => void,
): Connect {
  const status = make("p", { class: "hint", role: "status" });
  const problem = make("p", { class: "problem", role: "alert", hidden: true });
  const choice = make(
    "select",
    { id: `${name}-network` },
    ...networks.map(({ id, label }) => make("option", { value: id }, label)),
  );
  const labelOf = (network: string) => networks.find(({ id }) => id === network)?.label ?? network;
  const press = make(
    "button",
    { class: "button primary", type: "button", click: () => void open(choice.value, press) },
    postWords.connect,
  );

  async function open(network: string, button: HTMLButtonElement): Promise<void> {
    problem.hidden = true;
    button.disabled = true;
    // Opened with the click itself: a browser lets no tab be opened by an answer that comes later.
    const tab = window.open("", "_blank");
    if (tab) tab.opener = null;
    try {
      const url = await postApi.connect(network);
      if (!/^https?:/i.test(url)) throw new TypeError("the link leads nowhere");
      if (tab) tab.location.href = url;
      status.replaceChildren(
        tab ? postWords.connecting(labelOf(network)) : postWords.connectBlocked,
        " ",
        make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, postWords.connectLink),
      );
      expectReturn(returned);
    } catch (error) {
      tab?.close();
      problem.textContent = sentenceOf(error);
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  return {
    element: make(
      "div",
      { class: "connect" },
      networks.length === 0
        ? null
        : make(
            "div",
            { class: "connect-row" },
            make("label", { for: `${name}-network` }, postWords.network),
            choice,
            press,
          ),
      status,
      problem,
    ),
    again(network, label) {
      const button: HTMLButtonElement = make(
        "button",
        {
          class: "button",
          type: "button",
          "data-action": "reconnect",
          click: () => void open(network, button),
        },
        label,
      );
      return button;
    },
  };
}

let expected: AbortController | null = null;

/** One at a time: whoever opened a link last is told. */
function expectReturn(returned: () => void): void {
  expected?.abort();
  const waiting = new AbortController();
  expected = waiting;
  const { signal } = waiting;
  const ask = (): void => {
    if (!document.hidden) returned();
  };
  window.addEventListener("focus", ask, { signal });
  document.addEventListener("visibilitychange", ask, { signal });
  const timer = setInterval(ask, ASK_EVERY_MS);
  const end = setTimeout(() => waiting.abort(), RETURN_MS);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    clearTimeout(end);
  });
}

/** Nobody is waited for any more. */
export function stopExpecting(): void {
  expected?.abort();
  expected = null;
}

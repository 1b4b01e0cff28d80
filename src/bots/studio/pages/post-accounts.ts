import type { ApiAccount, ApiAccounts } from "../post-types.ts";
import { type Connect, createConnect, stopExpecting } from "./connect.ts";
import { make } from "./dom.ts";
import { postApi } from "./post-api.ts";
import { postWords } from "./post-words.ts";

/** Which accounts a post goes to; one that is missing is connected on the spot. */
export interface AccountField {
  readonly element: HTMLFieldSetElement;
  /** Their ids. */
  chosen(): readonly string[];
}

export function createAccountField(first: ApiAccounts, changed: () => void): AccountField {
  const chosen = new Set<string>();
  const boxes = make("div", { class: "boxes" });
  const connect = createConnect("post-connect", first.networks, () => void refresh());
  const more = make(
    "details",
    { class: "more-accounts" },
    make("summary", {}, postWords.connectMore),
    connect.element,
  );
  let known: readonly ApiAccount[] = [];

  async function refresh(): Promise<void> {
    // Somebody is still signing in: what went wrong now may go well the next time.
    const found = await postApi.accounts().catch(() => null);
    if (found === null || !boxes.isConnected) return;
    const arrived = found.accounts.filter(({ id, health }) => health === "fine" && !isFine(id));
    if (arrived.length === 0) return;
    stopExpecting();
    more.open = false;
    for (const { id } of arrived) chosen.add(id);
    show(found.accounts);
    changed();
  }

  const isFine = (id: string) => known.some((one) => one.id === id && one.health === "fine");

  function show(accounts: readonly ApiAccount[]): void {
    known = accounts;
    boxes.replaceChildren(...accounts.map((account) => boxOf(account)));
  }

  function boxOf({ id, network, networkLabel, name, health, isOwn }: ApiAccount): HTMLElement {
    const box: HTMLInputElement = make("input", {
      type: "checkbox",
      value: id,
      checked: chosen.has(id),
      disabled: health !== "fine",
      change: () => {
        if (box.checked) chosen.add(id);
        else chosen.delete(id);
        changed();
      },
    });
    const note = health === "fine" ? null : make("span", { class: "hint" }, postWords[health]);
    const mayConnect = health !== "fine" && isOwn && first.networks.some((one) => one.id === network);
    return make(
      "div",
      { class: "box" },
      make("label", { class: "check" }, box, make("span", {}, `${networkLabel} ${name}`), note),
      mayConnect ? again(connect, network) : null,
    );
  }

  function again({ again: button }: Connect, network: string): HTMLButtonElement {
    const found = button(network, postWords.connectAgain);
    // What to do in the other tab is said there.
    found.addEventListener("click", () => void (more.open = true));
    return found;
  }

  const able = first.accounts.filter(({ health }) => health === "fine");
  if (able.length === 1) for (const { id } of able) chosen.add(id);
  show(first.accounts);
  return {
    element: make(
      "fieldset",
      {},
      make("legend", {}, postWords.accounts),
      boxes,
      first.networks.length === 0 ? null : more,
    ),
    chosen: () => [...chosen],
  };
}

/** Nobody can be posted to yet: what has to be done, and by whom; `connected` once it was done here. */
export function showNobody(
  dialog: HTMLDialogElement,
  offer: ApiAccounts,
  connected: (offer: ApiAccounts) => void,
): void {
  async function look(): Promise<void> {
    const found = await postApi.accounts().catch(() => null);
    if (found === null || found.accounts.length === 0 || !connect.element.isConnected) return;
    stopExpecting();
    connected(found);
  }

  const connect = createConnect("post-first", offer.networks, () => void look());
  const close = make(
    "button",
    { class: "button", type: "button", click: () => dialog.close() },
    postWords.close,
  );
  dialog.replaceChildren(
    make("h2", { id: "post-title", tabindex: "-1" }, postWords.postTitle),
    make("p", {}, offer.message ?? postWords.noAccounts),
    connect.element,
    make("div", { class: "dialog-buttons" }, close),
  );
  (connect.element.querySelector("select") ?? close).focus();
}

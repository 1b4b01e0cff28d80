import type { ApiAccount, ApiAccounts } from "../post-types.ts";
import { createConnect, stopExpecting } from "./connect.ts";
import { confirm } from "./dialogs.ts";
import { byId, make } from "./dom.ts";
import { postApi } from "./post-api.ts";
import { postWords } from "./post-words.ts";
import { toast } from "./toasts.ts";

/** The social accounts that the member may post to. */
export interface AccountsView {
  load(): void;
}

export function createAccountsView(failed: (error: unknown) => void): AccountsView {
  const area = byId("accounts", HTMLElement);
  const message = byId("accounts-message", HTMLElement);
  const items = byId("account-items", HTMLUListElement);
  const adding = byId("accounts-connect", HTMLElement);
  let connect = createConnect("accounts", [], refresh);
  let offered = "";
  let known: readonly ApiAccount[] | null = null;
  let asked = 0;

  async function load(): Promise<void> {
    asked += 1;
    const turn = asked;
    if (known === null) message.textContent = postWords.loading;
    try {
      const found = await postApi.accounts();
      if (turn === asked) show(found);
    } catch (error) {
      if (turn !== asked) return;
      if (known === null) message.textContent = "";
      failed(error);
    }
  }

  /** Whoever comes back from signing in hears what came of it. */
  function refresh(): void {
    if (area.hidden) return;
    void load();
  }

  function show(found: ApiAccounts): void {
    const { accounts, networks } = found;
    const fineBefore = known?.filter(({ health }) => health === "fine").map(({ id }) => id);
    const arrived = accounts.filter(
      ({ id, health }) => health === "fine" && fineBefore !== undefined && !fineBefore.includes(id),
    );
    known = accounts;
    if (arrived.length > 0) {
      stopExpecting();
      toast(
        postWords.connected(arrived.map(({ networkLabel, name }) => `${networkLabel} ${name}`).join(", ")),
      );
    }
    message.textContent = messageOf(found);
    message.hidden = message.textContent === "";
    const offer = JSON.stringify(networks);
    // The words beside it (what to do in the other tab) stay as long as the offer is the same.
    if (offer !== offered || arrived.length > 0) {
      offered = offer;
      connect = createConnect("accounts", networks, refresh);
      adding.replaceChildren(connect.element);
    }
    const focused = document.activeElement;
    const id = focused?.closest("[data-id]")?.getAttribute("data-id");
    const action = focused?.getAttribute("data-action");
    const isInside = items.contains(focused);
    items.replaceChildren(...accounts.map((account) => itemOf(account, networks)));
    items.hidden = accounts.length === 0;
    if (!isInside) return;
    const same = items.querySelector<HTMLElement>(`[data-id="${id}"] [data-action="${action}"]`);
    (same ?? area).focus();
  }

  function messageOf({ accounts, networks, message: why }: ApiAccounts): string {
    if (accounts.length === 0) return why ?? postWords.noAccounts;
    return networks.length === 0 ? (why ?? "") : "";
  }

  function itemOf(account: ApiAccount, networks: ApiAccounts["networks"]): HTMLLIElement {
    const { id, network, networkLabel, name, health, isOwn } = account;
    const mayConnect = isOwn && networks.some((one) => one.id === network);
    return make(
      "li",
      { class: "social", "data-id": id, "data-health": health },
      make(
        "div",
        { class: "about-social" },
        make("p", {}, make("strong", {}, networkLabel), ` ${name}`),
        make("p", { class: `health is-${health}` }, postWords.health[health]),
        isOwn ? null : make("p", { class: "hint" }, postWords.lent),
      ),
      make(
        "div",
        { class: "row" },
        health !== "fine" && mayConnect ? connect.again(network, postWords.connectAgain) : null,
        isOwn
          ? make(
              "button",
              {
                class: "button quiet",
                type: "button",
                "data-action": "disconnect",
                "aria-label": `${postWords.disconnect} ${networkLabel} ${name}`,
                click: () => void disconnect(account),
              },
              postWords.disconnect,
            )
          : null,
      ),
    );
  }

  async function disconnect({ id, networkLabel, name, postsAhead }: ApiAccount): Promise<void> {
    const account = `${networkLabel} ${name}`;
    const isSure = await confirm({
      title: postWords.disconnectTitle(account),
      text: postWords.disconnectText(postsAhead),
      keep: postWords.keep,
      yes: postWords.disconnect,
    });
    if (!isSure) return;
    try {
      show(await postApi.disconnect(id));
      toast(postWords.disconnected(account));
      area.focus();
    } catch (error) {
      failed(error);
    }
  }

  return { load: () => void load() };
}

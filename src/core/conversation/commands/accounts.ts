import { lines } from "../../messages/messages.ts";
import { NETWORKS, type Network } from "../../ports/publisher.ts";
import type { Accounts, Refused } from "../../posts/accounts.ts";
import { rulesOf } from "../../posts/networks.ts";
import type { AccountId, SocialAccount } from "../../posts/post.ts";
import { writeButtonData } from "../actions.ts";
import { type CommandHandler, type Options, reply, type Turn, words } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Button, Reply } from "../text.ts";

/** /accounts: what can be posted to, and connecting it. Everything is private. */
export interface AccountsCommands {
  readonly accounts: CommandHandler;
  press(turn: Turn, argument: string): Promise<Answer>;
}

/** Shown as buttons; the others by the option. */
const OFFERED: readonly Network[] = ["instagram", "tiktok", "twitter", "facebook", "linkedin", "youtube"];

/**
 * What a button says of the community that a list is about: its number, for platforms that send the list to a private
 * chat. Where it is too long for a button the press itself happens in the community.
 */
function placeOf({ arrival }: Turn): string {
  const number = arrival.actor.community?.split(":")[1] ?? "";
  return /^-?\d{1,15}$/.test(number) ? number : "accounts";
}

export function createAccountsCommands(accounts: Accounts): AccountsCommands {
  function refused(turn: Turn, { status }: Refused): Answer {
    return turn.say(turn.text(`accounts-${status}`));
  }

  async function overview(turn: Turn): Promise<Reply | Answer> {
    const { user, arrival } = turn;
    const managed = await accounts.managedBy(user, arrival.actor);
    const usable = await accounts.usableBy(user);
    if ("status" in managed && usable.length === 0) return refused(turn, managed);
    const manages = !("status" in managed);
    const own = "status" in managed ? [] : managed;
    const shown = [...own, ...usable.filter(({ id }) => !own.some((one) => one.id === id))];
    const press = (label: string, argument: string, style: Button["style"] = "secondary"): Button => ({
      label,
      data: writeButtonData("accounts", placeOf(turn), argument),
      style,
    });
    return {
      title: turn.line("accounts-title"),
      text: lines(
        ...(shown.length === 0
          ? [turn.text("accounts-none")]
          : shown.map((one) => turn.text("accounts-line", facts(turn, one)))),
        manages ? turn.text("accounts-hint") : null,
        own.some(({ health }) => health === "reconnect") ? turn.text("accounts-hint-reconnect") : null,
        own.some(({ owner }) => owner !== user.id) ? turn.text("accounts-hint-community") : null,
      ),
      buttons: [
        ...(manages
          ? [OFFERED.slice(0, 3), OFFERED.slice(3)].map((row) =>
              row.map((network) => press(`+ ${rulesOf(network).label}`, `add=${network}`)),
            )
          : []),
        own
          .filter(({ health }) => health === "reconnect")
          .slice(0, 5)
          .map((one) => press(`↻ ${one.name}`.slice(0, 40), `add=${one.network}`, "primary")),
        own.slice(0, 5).map((one) => press(`✕ ${one.name}`.slice(0, 40), `del=${one.id.slice(4)}`, "danger")),
      ].filter((row) => row.length > 0),
      private: true,
    };
  }

  function facts(turn: Turn, account: SocialAccount) {
    return {
      network: rulesOf(account.network).label,
      account: account.name,
      health: turn.line(`account-${account.health}`),
    };
  }

  async function connect(turn: Turn, name: string): Promise<Answer> {
    const network = NETWORKS.find((one) => one === name || rulesOf(one).label.toLowerCase() === name);
    if (!network)
      return turn.say(
        turn.text("accounts-unknown-network", {
          networks: NETWORKS.map((one) => rulesOf(one).label).join(", "),
        }),
      );
    const result = await accounts.connect(turn.user, turn.arrival.actor, network);
    if (result.status !== "link") return refused(turn, result);
    return reply({
      text: turn.text("accounts-connect", { network: rulesOf(network).label }),
      buttons: [
        [{ label: turn.line("button-connect", { network: rulesOf(network).label }), url: result.url }],
      ],
      private: true,
    });
  }

  return {
    async accounts(turn: Turn, options: Options) {
      const network = words(options, "connect");
      if (network !== undefined) return connect(turn, network.toLowerCase());
      const shown = await overview(turn);
      return "status" in shown ? shown : reply(shown);
    },

    async press(turn, argument) {
      const [action = "", value = ""] = argument.split("=", 2);
      if (action === "add") return connect(turn, value);
      const id: AccountId = `acc_${value}`;
      if (action === "del") {
        const account = await accounts.managedOne(turn.user, turn.arrival.actor, id);
        if ("status" in account) return { status: "toast", text: turn.line(`accounts-${account.status}`) };
        return reply({
          text: turn.text("accounts-disconnect-ask", facts(turn, account)),
          buttons: [
            [
              turn.button(
                "button-disconnect",
                writeButtonData("accounts", placeOf(turn), `sure=${value}`),
                "danger",
              ),
            ],
          ],
          private: true,
        });
      }
      if (action === "sure") {
        const result = await accounts.disconnect(turn.user, turn.arrival.actor, id);
        if (result.status !== "done")
          return { status: "toast", text: turn.line(`accounts-${result.status}`) };
        const shown = await overview(turn);
        return "status" in shown ? shown : { status: "replace", reply: shown };
      }
      return { status: "toast", text: turn.line("too-old-button") };
    },
  };
}

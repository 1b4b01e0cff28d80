import type { Identity } from "../../identifiers.ts";
import { lines } from "../../messages/messages.ts";
import type { Ids } from "../../ports/ids.ts";
import type { PostStores } from "../../ports/post-stores.ts";
import type { Stores } from "../../ports/stores.ts";
import type { Accounts } from "../../posts/accounts.ts";
import { rulesOf } from "../../posts/networks.ts";
import type { CommunitySettings, SocialAccount } from "../../posts/post.ts";
import type { Members } from "../../usage/members.ts";
import type { User } from "../../usage/user.ts";
import { type CommandHandler, type Options, reply, type Turn, words } from "../context.ts";
import type { Answer } from "../intents.ts";

/** An option that a platform adds where it vouches for it: how the member is called whom the command names. */
export const MEMBER_NAME = "member-name";

/** /community: what managers of a server or group decide for it. */
export function createCommunityCommands(dependencies: {
  readonly stores: Pick<PostStores, "communities" | "accounts"> & Pick<Stores, "users">;
  readonly members: Members;
  readonly accounts: Accounts;
  readonly ids: Ids;
  readonly now: () => number;
}): Readonly<Record<string, CommandHandler>> {
  const { stores, members, accounts, ids, now } = dependencies;

  /** For managers of the community they stand in (and admins of the bot) alone. */
  function managed(
    act: (turn: Turn, community: string, options: Options) => Promise<Answer>,
  ): CommandHandler {
    return async (turn, options) => {
      const { community, governsCommunity, identity } = turn.arrival.actor;
      if (community === undefined) return turn.say(turn.text("community-not-here"));
      if (!governsCommunity && !members.isAdmin(identity))
        return turn.say(turn.text("community-only-managers"));
      return act(turn, community, options);
    };
  }

  function shown(turn: Turn, settings: CommunitySettings, saved: boolean): Answer {
    return reply({
      title: turn.line("community-title"),
      text: lines(
        saved ? turn.text("community-saved") : null,
        turn.text("community-accounts", { accounts: settings.accounts }),
        turn.text("community-approval", { approval: settings.approval ? "yes" : "no" }),
        turn.text("community-moderators", { moderators: settings.moderators ? "yes" : "no" }),
      ),
      private: true,
    });
  }

  const change = async (turn: Turn, community: string, patch: Partial<CommunitySettings>) =>
    shown(turn, await stores.communities.change(community, patch, now()), true);

  /** Named by its id, `@name`, or `instagram @name` where several networks have that name. */
  async function accountsNamed(community: string, name: string): Promise<readonly SocialAccount[]> {
    const known = await stores.accounts.ofOwners([community]);
    const [last = "", ...before] = name.trim().toLowerCase().split(/\s+/).toReversed();
    const network = before.join(" ");
    return known.filter(
      (one) =>
        one.id === name ||
        (one.name.replace(/^@/, "").toLowerCase() === last.replace(/^@/, "") &&
          (network === "" ||
            network === one.network ||
            network === rulesOf(one.network).label.toLowerCase())),
    );
  }

  /** Also somebody who has never used the bot, where the platform says who that is. */
  async function memberOf(turn: Turn, options: Options): Promise<User | null> {
    const named = words(options, "member") ?? "";
    if (named.startsWith("@")) return stores.users.byUsername(turn.arrival.actor.platform, named.slice(1));
    const identity: Identity | null = /^[a-z]+:\S+$/.test(named)
      ? `${named.split(":")[0]}:${named.slice(named.indexOf(":") + 1)}`
      : null;
    if (identity === null) return null;
    const known = await stores.users.byIdentity(identity);
    const name = words(options, MEMBER_NAME);
    if (known !== null || name === undefined) return known;
    return stores.users.resolve(identity, { name, locale: null }, ids.create("usr"), now());
  }

  const grants = (allowed: boolean) =>
    managed(async (turn, community, options) => {
      const [account, ...others] = await accountsNamed(community, words(options, "account") ?? "");
      if (!account) return turn.say(turn.text("community-no-account"));
      if (others.length > 0) {
        const names = [account, ...others].map(({ network, name }) => `${rulesOf(network).label} ${name}`);
        return turn.say(turn.text("community-which-account", { names: names.join(", ") }));
      }
      const member = await memberOf(turn, options);
      if (!member)
        return turn.say(
          turn.text("community-no-member", { member: (words(options, "member") ?? "").slice(0, 40) }),
        );
      const result = await accounts.grant(turn.user, turn.arrival.actor, account.id, member, allowed);
      if (result.status !== "done") return turn.say(turn.text(`accounts-${result.status}`));
      const named = `${rulesOf(account.network).label} ${account.name}`;
      const args = { name: member.name.slice(0, 60), account: named };
      return turn.say(turn.text(allowed ? "community-granted" : "community-revoked", args));
    });

  return {
    "community show": managed(async (turn, community) =>
      shown(turn, await stores.communities.get(community), false),
    ),
    "community accounts": managed((turn, community, options) =>
      change(turn, community, { accounts: words(options, "who") === "members" ? "members" : "admins" }),
    ),
    "community approval": managed(async (turn, community, options) => {
      const said = (words(options, "approval") ?? "").toLowerCase();
      const isOn = ["on", "yes", "true", "1"].includes(said);
      // Only a plain word turns it off: a slip of the keyboard must not let posts out.
      if (!isOn && !["off", "no", "false", "0"].includes(said))
        return shown(turn, await stores.communities.get(community), false);
      const { moderators } = await stores.communities.get(community);
      if (isOn && moderators === null) return turn.say(turn.text("community-approval-needs-place"));
      return change(turn, community, { approval: isOn });
    }),
    "community moderators": managed((turn, community) => {
      const { target } = turn.arrival;
      const place = { ...target, chatKey: target.resultKey ?? target.chatKey, private: false };
      return change(turn, community, { moderators: place });
    }),
    "community grant": grants(true),
    "community revoke": grants(false),
  };
}

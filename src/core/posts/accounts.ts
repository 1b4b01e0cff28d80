import type { Actor } from "../conversation/intents.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { PostStores } from "../ports/post-stores.ts";
import type { Network, Publisher } from "../ports/publisher.ts";
import type { Stores } from "../ports/stores.ts";
import type { Members } from "../usage/members.ts";
import type { User } from "../usage/user.ts";
import type { AccountId, Post, SocialAccount } from "./post.ts";

const CALL_MS = 30_000;
/** The service is not asked again for the same owner within this. */
const FRESH_MS = 5_000;
const MOST_CONNECTING = 1_000;
/** Who asked for a link may post to what comes of it, and to nothing that comes later. */
const LINK_LIFE_MS = 15 * 60_000;

export type Refused = { readonly status: "not-set-up" | "not-allowed" | "away" };

/** Social accounts: whose they are, who may post to them. Rights are checked here, for the one who acts. */
export interface Accounts {
  /** What this member may post to: their own, and those of communities that were granted to them. */
  usableBy(user: User): Promise<readonly SocialAccount[]>;
  /** Whether the author of a post still may: asked at the hand-over. */
  mayPost(post: Post): Promise<boolean>;
  /** Whether what the service keeps for it may stay there. An account that is missing from one answer takes nothing back. */
  mayKeep(post: Post): Promise<boolean>;
  /** Accounts that this member may manage here: the community's for its managers, else their own. */
  managedBy(user: User, actor: Actor): Promise<readonly SocialAccount[] | Refused>;
  /** One of those. */
  managedOne(user: User, actor: Actor, id: AccountId): Promise<SocialAccount | Refused>;
  /** A link where the owner signs in to the network. */
  connect(
    user: User,
    actor: Actor,
    network: Network,
  ): Promise<{ readonly status: "link"; readonly url: string } | Refused>;
  disconnect(user: User, actor: Actor, id: AccountId): Promise<{ readonly status: "done" } | Refused>;
  /** By an admin or a manager of that community: lets a member post to one of its accounts, or no more. */
  grant(
    user: User,
    actor: Actor,
    id: AccountId,
    member: User,
    allowed: boolean,
  ): Promise<{ readonly status: "done" } | Refused>;
  /** Asks the service what there is, at most once in five seconds for an owner. */
  refresh(owner: string): Promise<void>;
}

export function createAccounts(dependencies: {
  readonly publisher: Publisher | null;
  readonly stores: Pick<PostStores, "accounts" | "communities" | "posts"> & Pick<Stores, "users">;
  readonly members: Members;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The page that the network's sign-in leads back to, or null. */
  readonly returnUrl: string | null;
  /** Wakes whoever hands posts over: what may not be posted any more is taken back. */
  wake(): void;
}): Accounts {
  const { publisher, stores, members, clock, ids, log, wake } = dependencies;
  const refreshedAt = new Map<string, number>();
  /** Owners with a link that nobody may have used yet. */
  const awaitedUntil = new Map<string, number>();
  /** Who asked for a link of a community last: may post to what is there then. */
  const connecting = new Map<
    string,
    { readonly by: User["id"]; readonly network: Network; readonly until: number }
  >();

  /** Whose accounts this actor manages where they stand: `discord:…` for a manager, else their own; null: nobody's. */
  async function ownerFor(user: User, actor: Actor): Promise<string | null> {
    const isAdmin = members.isAdmin(actor.identity);
    if (actor.community !== undefined && (isAdmin || actor.governsCommunity)) return actor.community;
    if (isAdmin) return user.id;
    if (actor.community === undefined) return null;
    const { accounts } = await stores.communities.get(actor.community);
    return accounts === "members" ? user.id : null;
  }

  async function profileOf(owner: string): Promise<string | null> {
    const known = await stores.accounts.profileOf(owner);
    if (known !== null || !publisher) return known;
    const made = await publisher.profile(`easel ${owner}`, AbortSignal.timeout(CALL_MS));
    return made.status === "ok" ? stores.accounts.rememberProfile(owner, made.value, clock.now()) : null;
  }

  async function refresh(owner: string): Promise<void> {
    const profileId = await stores.accounts.profileOf(owner);
    const now = clock.now();
    // While somebody signs in, each look counts: what they have just connected is to be there.
    const isAwaited = now < (awaitedUntil.get(owner) ?? 0);
    const isFresh = !isAwaited && now < (refreshedAt.get(owner) ?? 0) + FRESH_MS;
    if (!publisher || profileId === null || isFresh) return;
    refreshedAt.set(owner, now);
    const found = await publisher.accounts(profileId, AbortSignal.timeout(CALL_MS));
    if (found.status !== "ok") {
      log.warn("accounts could not be read", { detail: found.status });
      return;
    }
    const before = await stores.accounts.ofOwners([owner]);
    await stores.accounts.sync(owner, profileId, found.value, () => ids.create("acc"), now);
    const asked = connecting.get(owner);
    if (asked === undefined || now > asked.until) return;
    const [fresh] = (await stores.accounts.ofOwners([owner])).filter(
      ({ id, network }) => network === asked.network && !before.some((one) => one.id === id),
    );
    if (!fresh) return;
    connecting.delete(owner);
    await stores.accounts.grant(fresh.id, asked.by, asked.by, now);
  }

  async function usableBy(user: User): Promise<readonly SocialAccount[]> {
    const own = await stores.accounts.ofOwners([user.id]);
    return [...own, ...(await stores.accounts.grantedTo(user.id))].filter(
      (account, index, all) => all.findIndex(({ id }) => id === account.id) === index,
    );
  }

  /** Of the member alone, whatever the service says of the account. */
  async function hasRight({ userId }: Post, account: SocialAccount): Promise<boolean> {
    const author = await stores.users.byId(userId);
    if (author === null || author.bannedAt !== null) return false;
    return account.owner === userId || (await stores.accounts.isGranted(account.id, userId));
  }

  async function managed(user: User, actor: Actor, id: AccountId): Promise<SocialAccount | Refused> {
    if (!publisher) return { status: "not-set-up" };
    const [owner, account] = [await ownerFor(user, actor), await stores.accounts.get(id)];
    const isTheirs = account !== null && (account.owner === owner || account.owner === user.id);
    return isTheirs ? account : { status: "not-allowed" };
  }

  return {
    refresh,
    managedOne: managed,
    async usableBy(user) {
      const known = await usableBy(user);
      if (known.length > 0) return known;
      // Perhaps they have just signed in.
      for (const owner of [
        user.id,
        ...[...connecting].flatMap(([at, { by }]) => (by === user.id ? [at] : [])),
      ])
        await refresh(owner);
      return usableBy(user);
    },
    async mayPost(post) {
      const account = await stores.accounts.get(post.accountId);
      return account !== null && account.health !== "gone" && (await hasRight(post, account));
    },
    async mayKeep(post) {
      const account = await stores.accounts.get(post.accountId);
      return account !== null && (await hasRight(post, account));
    },
    async managedBy(user, actor) {
      if (!publisher) return { status: "not-set-up" };
      const owner = await ownerFor(user, actor);
      if (owner === null) return { status: "not-allowed" };
      await refresh(owner);
      return stores.accounts.ofOwners([owner]);
    },
    async connect(user, actor, network) {
      if (!publisher) return { status: "not-set-up" };
      const owner = await ownerFor(user, actor);
      if (owner === null) return { status: "not-allowed" };
      const profileId = await profileOf(owner);
      if (profileId === null) return { status: "away" };
      if (awaitedUntil.size >= MOST_CONNECTING) awaitedUntil.clear();
      awaitedUntil.set(owner, clock.now() + LINK_LIFE_MS);
      if (connecting.size >= MOST_CONNECTING) connecting.clear();
      if (owner !== user.id)
        connecting.set(owner, { by: user.id, network, until: clock.now() + LINK_LIFE_MS });
      const signal = AbortSignal.timeout(CALL_MS);
      const link = await publisher.connectLink(profileId, network, dependencies.returnUrl, signal);
      return link.status === "ok" ? { status: "link", url: link.value } : { status: "away" };
    },
    async disconnect(user, actor, id) {
      const account = await managed(user, actor, id);
      if ("status" in account) return account;
      const result = await publisher?.disconnect(account.externalId, AbortSignal.timeout(CALL_MS));
      if (result?.status === "failed") return { status: "away" };
      await stores.accounts.setHealth(id, "gone", clock.now());
      await stores.posts.askCancelAll(id, clock.now());
      wake();
      return { status: "done" };
    },
    async grant(user, actor, id, member, allowed) {
      const account = await managed(user, actor, id);
      if ("status" in account) return account;
      if (allowed) await stores.accounts.grant(id, member.id, user.id, clock.now());
      else {
        await stores.accounts.revoke(id, member.id);
        await stores.posts.nudgeAll({ accountId: id, userId: member.id }, clock.now());
        wake();
      }
      return { status: "done" };
    },
  };
}

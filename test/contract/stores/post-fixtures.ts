import type { UserId } from "../../../src/core/identifiers.ts";
import type { NewPost, PostEnding, PostStore } from "../../../src/core/ports/post-stores.ts";
import type { Stores } from "../../../src/core/ports/stores.ts";
import type { AccountId, Post, PostState, SocialAccount } from "../../../src/core/posts/post.ts";
import { LEASE_MS, MEDIA, member, NOON, unique } from "../../support/store-fixtures.ts";

export const POST_STATES: readonly PostState[] = [
  "waiting",
  "confirmed",
  "handing_over",
  "scheduled",
  "publishing",
  "cancelling",
  "published",
  "failed",
  "cancelled",
  "rejected",
];

/** The states in which somebody may be at work on a post. */
export const AT_WORK = ["confirmed", "handing_over", "scheduled", "publishing", "cancelling"] as const;
export type AtWork = (typeof AT_WORK)[number];

export const TARGET = {
  platform: "discord",
  chatKey: "discord:1",
  place: { channel: "1" },
  private: false,
} as const;

export async function accountOf(stores: Stores, owner: string = unique("owner")): Promise<SocialAccount> {
  const externalId = unique("ext");
  const found = [{ externalId, network: "instagram", name: "@atelier", health: "fine" }] as const;
  const known = await stores.accounts.ofOwners([owner]);
  const kept = known.map(({ externalId: id, network, name, health }) => ({
    externalId: id,
    network,
    name,
    health: health === "gone" ? "fine" : health,
  }));
  await stores.accounts.sync(owner, "prf_1", [...kept, ...found], newAccountId, NOON);
  const account = await stores.accounts.byExternalId(externalId);
  if (account === null) throw new Error("the account that was found is not there");
  return account;
}

export const newAccountId = (): AccountId => `acc_${unique()}`;

export async function draftOf(stores: Stores, userId: UserId): Promise<string> {
  const id = unique("draft");
  await stores.drafts.save({ id, userId, content: null, createdAt: NOON, expiresAt: NOON + 86_400_000 });
  return id;
}

export function newPost(account: SocialAccount, userId: UserId, changes: Partial<NewPost> = {}): NewPost {
  return {
    id: `post_${unique()}`,
    handle: unique("handle"),
    group: unique("group"),
    userId,
    assetId: "gen_1",
    accountId: account.id,
    externalAccountId: account.externalId,
    accountName: account.name,
    network: account.network,
    text: "A red fox in the snow #fox",
    altText: "A fox",
    media: MEDIA,
    story: false,
    isAiGenerated: true,
    scheduledAt: null,
    zone: "Europe/Berlin",
    idempotencyKey: unique("key"),
    requestId: unique("req"),
    target: TARGET,
    community: null,
    state: "confirmed",
    ...changes,
  };
}

/** Confirms one post by a draft of its own. */
export async function confirmed(
  stores: Stores,
  changes: Partial<NewPost> & { readonly account?: SocialAccount; readonly now?: number } = {},
): Promise<Post> {
  const { account = await accountOf(stores), now = NOON, userId, ...rest } = changes;
  const author = userId ?? (await member(stores)).id;
  const draftId = await draftOf(stores, author);
  const post = newPost(account, author, { group: draftId, ...rest });
  const result = await stores.posts.confirm({ draftId, userId: author, posts: [post], deliveries: [], now });
  const [row] = result === "duplicate" ? [] : result;
  if (row === undefined) throw new Error("a post that is new was called a duplicate");
  return row;
}

export function newPostEnding(state: PostEnding["state"], changes: Partial<PostEnding> = {}): PostEnding {
  return {
    state,
    publicUrl: state === "published" ? "https://e.example/p/1" : null,
    externalId: null,
    failure: state === "failed" ? { why: "media", detail: "too long" } : null,
    now: NOON + 60_000,
    deliveries: [],
    ...changes,
  };
}

/** Takes this one of all that is due at `at`. */
export async function take(
  posts: PostStore,
  { id }: Pick<Post, "id">,
  at = NOON,
  holder = "test",
): Promise<Post> {
  const post = (await posts.claim(holder, at, LEASE_MS, 100)).find((each) => each.id === id);
  if (post === undefined) throw new Error(`${id} was not due`);
  return post;
}

export async function stored(posts: PostStore, { id }: Pick<Post, "id">): Promise<Post> {
  const post = await posts.get(id);
  if (post === null) throw new Error(`${id} is not there`);
  return post;
}

/** A post in `state`, due at noon where it is under way, with nobody at work on it. */
export async function postIn(
  stores: Stores,
  state: PostState,
  changes: Partial<NewPost> = {},
): Promise<Post> {
  const { posts } = stores;
  const isEarly = state === "waiting" || state === "rejected";
  const post = await confirmed(stores, { ...changes, state: isEarly ? "waiting" : "confirmed" });
  const must = async (move: Promise<boolean>) => {
    if (!(await move)) throw new Error(`no way to ${state}`);
  };
  if (state === "rejected") await must(posts.withdraw(post.id, newPostEnding("rejected")));
  if (state === "cancelled") await must(posts.withdraw(post.id, newPostEnding("cancelled")));
  if (isEarly || state === "cancelled" || state === "confirmed") return stored(posts, post);

  const held = await take(posts, post);
  await must(posts.uploaded(held, "https://files.example/1"));
  await must(posts.beginHandOver(held, held.requestId, NOON));
  if (state === "published" || state === "failed") {
    await must(posts.end(held, newPostEnding(state, { externalId: unique("remote") })));
  } else if (state === "handing_over") {
    await must(posts.later(held, { dueAt: NOON }));
  } else {
    const there = state === "publishing" ? "publishing" : "scheduled";
    await must(posts.handedOver(held, { state: there, externalId: unique("remote"), dueAt: NOON }));
    if (state === "cancelling") await must(posts.askCancel(post.id, NOON));
  }
  return stored(posts, post);
}

/** The same with its lease held by `test`. */
export async function heldIn(stores: Stores, state: AtWork): Promise<Post> {
  return take(stores.posts, await postIn(stores, state));
}

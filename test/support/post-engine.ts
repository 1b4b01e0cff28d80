import { readFileSync } from "node:fs";
import { createMessages } from "../../src/core/messages/messages.ts";
import type { Clock } from "../../src/core/ports/clock.ts";
import type { NewPost, PostStore } from "../../src/core/ports/post-stores.ts";
import type { Publisher } from "../../src/core/ports/publisher.ts";
import type { Stores } from "../../src/core/ports/stores.ts";
import { advancePost } from "../../src/core/posts/advance-post.ts";
import type { Post, PostId } from "../../src/core/posts/post.ts";
import { POST_LEASE_MS, type PostWork } from "../../src/core/posts/post-work.ts";
import { createTidings } from "../../src/core/posts/tidings.ts";
import type { User } from "../../src/core/usage/user.ts";
import type { Database } from "../../src/db/database.ts";
import { createStores } from "../../src/db/stores.ts";
import { createIds } from "../../src/system.ts";
import { openTestDatabase, silentLog } from "./databases.ts";
import { MEDIA, member, NOON, unique } from "./store-fixtures.ts";

export const messages = createMessages({ en: readFileSync("src/core/messages/en.ftl", "utf8") });

/** The real rules of posts on a real database in memory, with a publisher of the test's and a clock moved by hand. */
export interface PostEngine {
  readonly stores: Stores;
  readonly database: Database;
  readonly user: User;
  readonly clock: Clock;
  /** What a worker works with; another `posts` store may stand in for the real one. */
  workOf(posts?: PostStore): PostWork;
  /** What `mayPost` says, what the media store has, and the details that the operator was told. */
  readonly facts: { mayPost: boolean; file: Uint8Array | null; publisher: Publisher | null };
  readonly operator: readonly string[];
  /** Changes whose outcome was found out later, and so is told. */
  readonly changes: readonly { readonly id: PostId; readonly isTaken: boolean }[];
  now(): number;
  /** Short pauses are over at once, or when this says so. */
  pauses(hold: (resume: () => void) => void): void;
  /** Lets time pass without anybody working. */
  skip(delayMs: number): void;
  /** Lets this much time pass, step by step, with everything that becomes due. */
  pass(delayMs: number, stepMs?: number): Promise<void>;
  /** Claims and works once, now. */
  tick(posts?: PostStore): Promise<void>;
  newPost(changes?: Partial<NewPost>): NewPost;
  confirm(changes?: Partial<NewPost>): Promise<Post>;
  post(id: PostId): Promise<Post>;
  /** How many messages are owed or sent about the posts of this chat. */
  told(post: Pick<Post, "target">): Promise<number>;
  close(): Promise<void>;
}

export async function createPostEngine(publisher: Publisher): Promise<PostEngine> {
  let now = NOON;
  let pause = (resume: () => void): void => resume();
  const clock: Clock = {
    now: () => now,
    monotonicMs: () => now,
    // Calls last no time here: a renewal waits until its call is over, a pause is over at once.
    sleep: (delayMs, signal) =>
      signal === undefined || delayMs < 30_000
        ? new Promise((resolve) => pause(resolve))
        : new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  };
  const database = await openTestDatabase("file::memory:");
  const stores = createStores(database);
  const user = await member(stores, "discord:1");
  const found = [{ externalId: "ext-1", network: "instagram", name: "@atelier", health: "fine" }] as const;
  const [account] = await stores.accounts.sync(user.id, "prf_1", found, () => `acc_${unique()}`, NOON);
  if (!account) throw new Error("no account");
  const ids = createIds(Buffer.from("test"));
  const tidings = createTidings({ messages, stores, ids, now: () => now });
  const operator: string[] = [];
  const changes: { id: PostId; isTaken: boolean }[] = [];
  const facts: PostEngine["facts"] = { mayPost: true, file: new Uint8Array([1]), publisher };
  const workOf = (posts = stores.posts): PostWork => ({
    publisher: facts.publisher,
    stores: { posts },
    media: { read: () => Promise.resolve(facts.file) },
    clock,
    ids,
    log: silentLog,
    mayPost: () => Promise.resolve(facts.mayPost),
    mayKeep: () => Promise.resolve(facts.mayPost),
    tidings: (post) => tidings.ofEnd(post),
    changeNews: ({ id }, isTaken) => {
      changes.push({ id, isTaken });
      return Promise.resolve([]);
    },
    delayNews: (post, until) => tidings.ofDelay(post, until),
    announce: () => undefined,
    tellOperator: (detail) => void operator.push(detail),
  });
  const tick = async (posts = stores.posts): Promise<void> => {
    const work = workOf(posts);
    for (const post of await posts.claim("engine", now, POST_LEASE_MS, 4)) await advancePost(work, post);
  };
  const newPost = (changes: Partial<NewPost> = {}): NewPost => ({
    id: `post_${unique()}`,
    handle: unique("handle"),
    group: unique("group"),
    userId: user.id,
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
    zone: "UTC",
    idempotencyKey: unique("key"),
    requestId: unique("req"),
    target: { platform: "discord", chatKey: `discord:${unique()}`, place: { channel: "1" }, private: false },
    community: null,
    state: "confirmed",
    ...changes,
  });
  return {
    stores,
    database,
    user,
    clock,
    workOf,
    facts,
    operator,
    changes,
    now: () => now,
    pauses(hold) {
      pause = hold;
    },
    skip(delayMs) {
      now += delayMs;
    },
    async pass(delayMs, stepMs = 1_000) {
      for (const end = now + delayMs; now < end; ) {
        now = Math.min(end, now + stepMs);
        await tick();
      }
    },
    tick,
    newPost,
    async confirm(changes = {}) {
      const post = newPost(changes);
      const { id } = user;
      const draft = { id: post.group, userId: id, content: null, createdAt: now, expiresAt: now + 1_000 };
      await stores.drafts.save(draft);
      const request = { draftId: post.group, userId: id, posts: [post], deliveries: [], now } as const;
      const rows = await stores.posts.confirm(request);
      const [row] = rows === "duplicate" ? [] : rows;
      if (!row) throw new Error("a new post was called a duplicate");
      return row;
    },
    async post(id) {
      const post = await stores.posts.get(id);
      if (!post) throw new Error(`no post ${id}`);
      return post;
    },
    async told({ target }) {
      const chats = await stores.deliveries.due("discord", Number.MAX_SAFE_INTEGER, 1_000);
      return chats.find(({ chatKey }) => chatKey === target.chatKey)?.count ?? 0;
    },
    close: () => database.close(),
  };
}

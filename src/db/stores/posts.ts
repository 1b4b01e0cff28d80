import type { NewPost, PostStore } from "../../core/ports/post-stores.ts";
import type { Post, PostState } from "../../core/posts/post.ts";
import { type Database, Undone } from "../database.ts";
import { toPost } from "../post-rows.ts";
import { printable } from "../rows.ts";
import type { PostRow } from "../schema.ts";
import { addDelivery } from "./delivery-statements.ts";
import { useDraft } from "./drafts.ts";
import { createPostMoves } from "./post-moves.ts";
import * as statements from "./post-statements.ts";
import { createPostWishes } from "./post-wishes.ts";

/** Does not compile when core gave it a state that a list would leave out. */
const STATES: Readonly<Record<PostState, true>> = {
  waiting: true,
  confirmed: true,
  handing_over: true,
  scheduled: true,
  publishing: true,
  cancelling: true,
  published: true,
  failed: true,
  cancelled: true,
  rejected: true,
};
const EVERY_STATE: readonly string[] = Object.keys(STATES);

export function createPostStore(database: Database): PostStore {
  const { read, write } = database;
  return {
    ...createPostMoves(database),
    ...createPostWishes(database),

    confirm: ({ draftId, userId, posts, deliveries, now }) =>
      write<readonly Post[] | "duplicate">(async (session) => {
        const used = await useDraft(session, { id: draftId, userId, now });
        if (used.length === 0) return new Undone("duplicate");
        const rows: PostRow[] = [];
        for (const post of posts) {
          const added = await statements.addPost(session, newRow(post, now));
          if (added.length === 0) return new Undone("duplicate");
          rows.push(...added);
        }
        for (const delivery of deliveries) await addDelivery(session, delivery, now);
        return rows.map(toPost);
      }),

    async claim(holder, now, leaseMs, limit) {
      const [next] = await read(async (session) => statements.nextDue(session, {}));
      if (next === undefined || next.dueAt === null || next.dueAt > now) return [];
      return write(async (session) => {
        const found = (await statements.findDue(session, { now, limit })).map(({ id }) => id);
        if (found.length === 0) return [];
        const taken = await statements.takePosts(session, {
          ids: JSON.stringify(found),
          holder,
          until: now + leaseMs,
        });
        const posts = new Map(taken.map((row) => [row.id, toPost(row)]));
        return found.flatMap((id) => posts.get(id) ?? []);
      });
    },

    nudge: (by, now) =>
      write(async (session) => {
        const nudged = await ("id" in by
          ? statements.nudgeById(session, { id: by.id, now })
          : statements.nudgeByExternalId(session, { externalId: by.externalId, now }));
        return nudged.length > 0 ? true : new Undone(false);
      }),

    nudgeAll: ({ accountId, userId }, now) =>
      write(async (session) => {
        await statements.nudgeOf(session, { accountId: accountId ?? null, userId: userId ?? null, now });
      }),

    releaseLeases: (holder, now) =>
      write(async (session) => (await statements.releaseOthers(session, { holder, now })).length),

    returnLeases: (holder, now) =>
      write(async (session) => (await statements.returnOwn(session, { holder, now })).length),

    async get(id) {
      const [row] = await read(async (session) => statements.findPost(session, { id }));
      return row === undefined ? null : toPost(row);
    },

    async byHandle(handle) {
      const [row] = await read(async (session) => statements.findByHandle(session, { handle }));
      return row === undefined ? null : toPost(row);
    },

    ofGroup: (group) =>
      read(async (session) => (await statements.postsOfGroup(session, { group })).map(toPost)),

    ofAsset: (assetId) =>
      read(async (session) => (await statements.postsOfAsset(session, { assetId })).map(toPost)),

    list: ({ userId, states, from, to, limit, offset }) =>
      read(async (session) => {
        const filter = {
          userId,
          states: JSON.stringify(states ?? EVERY_STATE),
          from: from ?? Number.MIN_SAFE_INTEGER,
          to: to ?? Number.MAX_SAFE_INTEGER,
        };
        const [counted] = await statements.countPosts(session, filter);
        const rows = await statements.pageOfPosts(session, { ...filter, limit, offset });
        return { posts: rows.map(toPost), total: counted?.total ?? 0 };
      }),

    undecided: (before, limit) =>
      read(async (session) => (await statements.undecidedPosts(session, { ...before, limit })).map(toPost)),

    async scheduledTimes(accountId, from) {
      const rows = await read(async (session) => statements.scheduledTimes(session, { accountId, from }));
      return rows.flatMap(({ scheduledAt }) => scheduledAt ?? []);
    },

    async overview() {
      const [row] = await read(async (session) => statements.countDue(session, {}));
      if (row === undefined || row.waiting === 0) return { waiting: 0, oldestDue: null };
      return row;
    },
  };
}

/** A confirmed one is due at once; one that waits for an approver is not due at all. */
function newRow(post: NewPost, now: number): Parameters<typeof statements.addPost>[1] {
  return {
    id: post.id,
    handle: post.handle,
    group: post.group,
    userId: post.userId,
    assetId: post.assetId,
    accountId: post.accountId,
    externalAccountId: post.externalAccountId,
    accountName: printable(post.accountName),
    network: post.network,
    text: printable(post.text),
    altText: printable(post.altText),
    media: post.media,
    story: post.story,
    isAiGenerated: post.isAiGenerated,
    scheduledAt: post.scheduledAt,
    zone: post.zone,
    state: post.state,
    dueAt: post.state === "confirmed" ? now : null,
    idempotencyKey: post.idempotencyKey,
    requestId: post.requestId,
    target: post.target,
    community: post.community,
    createdAt: now,
    listedAt: post.scheduledAt ?? now,
  };
}

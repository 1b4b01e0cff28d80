/** The contract of `PostStore` between confirmation and end: every move, from where it may be made and by whom. */
import { describe, expect, it } from "vitest";
import type { PostStore } from "../../../src/core/ports/post-stores.ts";
import type { Post, PostState } from "../../../src/core/posts/post.ts";
import { LEASE_MS, NOON, newDelivery, unique } from "../../support/store-fixtures.ts";
import {
  AT_WORK,
  type AtWork,
  heldIn,
  newPostEnding,
  POST_STATES,
  postIn,
  stored,
  take,
} from "./post-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

interface Move<From extends PostState> {
  readonly name: string;
  readonly from: readonly From[];
  /** Null: it stays where it is. */
  readonly to: PostState | null;
  readonly make: (posts: PostStore, post: Post) => Promise<boolean>;
}

const change = { dueAt: NOON + 9_000, deliveries: [], now: NOON };
const anew = { idempotencyKey: "key-anew", requestId: "req-anew", formerIds: ["remote-0"] };
const remote = { externalId: "remote-1", dueAt: NOON + 9_000 };

const HELD_MOVES: readonly Move<AtWork>[] = [
  {
    name: "renew",
    from: AT_WORK,
    to: null,
    make: (posts, post) => posts.renew(post, NOON + 2 * LEASE_MS),
  },
  {
    name: "uploaded",
    from: ["confirmed", "handing_over"],
    to: null,
    make: (posts, post) => posts.uploaded(post, "https://files.example/2"),
  },
  {
    name: "beginHandOver",
    from: ["confirmed", "handing_over"],
    to: "handing_over",
    make: (posts, post) => posts.beginHandOver(post, "req_late", NOON + 1),
  },
  {
    name: "handedOver (scheduled)",
    from: ["handing_over"],
    to: "scheduled",
    make: (posts, post) => posts.handedOver(post, { ...remote, state: "scheduled" }),
  },
  {
    name: "handedOver (publishing)",
    from: ["handing_over"],
    to: "publishing",
    make: (posts, post) => posts.handedOver(post, { ...remote, state: "publishing" }),
  },
  {
    name: "later",
    from: AT_WORK,
    to: null,
    make: (posts, post) => posts.later(post, { dueAt: NOON + 9_000 }),
  },
  {
    name: "later (publishing)",
    from: ["scheduled", "cancelling", "publishing"],
    to: "publishing",
    make: (posts, post) => posts.later(post, { dueAt: NOON + 9_000, state: "publishing" }),
  },
  {
    name: "settleChange (taken)",
    from: ["scheduled"],
    to: "scheduled",
    make: (posts, post) => posts.settleChange(post, { ...change, taken: { text: "Better" } }),
  },
  {
    name: "settleChange (refused)",
    from: ["scheduled"],
    to: "scheduled",
    make: (posts, post) => posts.settleChange(post, { ...change, taken: {} }),
  },
  {
    name: "takenBack",
    from: ["scheduled"],
    to: "confirmed",
    make: (posts, post) => posts.takenBack(post, { ...anew, deliveries: [], now: NOON }),
  },
  {
    name: "end (published)",
    from: ["handing_over", "scheduled", "publishing"],
    to: "published",
    make: (posts, post) => posts.end(post, newPostEnding("published")),
  },
  {
    name: "end (failed)",
    from: ["confirmed", "handing_over", "scheduled", "publishing"],
    to: "failed",
    make: (posts, post) => posts.end(post, newPostEnding("failed")),
  },
  {
    name: "end (cancelled)",
    from: ["confirmed", "handing_over", "scheduled", "publishing", "cancelling"],
    to: "cancelled",
    make: (posts, post) => posts.end(post, newPostEnding("cancelled")),
  },
];

/** Moves by people. `under`: the states in which they are made under the hands of whoever is at work. */
const FREE_MOVES: readonly (Move<PostState> & { readonly under: readonly AtWork[] })[] = [
  {
    name: "approve",
    from: ["waiting"],
    under: [],
    to: "confirmed",
    make: (posts, post) => posts.approve(post, { atOnce: false, deliveries: [], now: NOON + 1 }),
  },
  {
    name: "withdraw (rejected)",
    from: ["waiting"],
    under: [],
    to: "rejected",
    make: (posts, { id }) => posts.withdraw(id, newPostEnding("rejected")),
  },
  {
    name: "withdraw (cancelled)",
    from: ["waiting", "confirmed"],
    under: ["confirmed"],
    to: "cancelled",
    make: (posts, { id }) => posts.withdraw(id, newPostEnding("cancelled")),
  },
  {
    name: "change",
    from: ["waiting", "confirmed"],
    under: ["confirmed"],
    to: null,
    make: (posts, { id }) => posts.change(id, { text: "Better" }, NOON + 1),
  },
  {
    name: "want",
    from: ["scheduled"],
    under: ["scheduled"],
    to: null,
    make: async (posts, { id }) => (await posts.want(id, { text: "Better" }, "desk", NOON + 9_000)) !== null,
  },
  {
    name: "tryAgain",
    from: ["failed"],
    under: [],
    to: "confirmed",
    make: (posts, { id }) =>
      posts.tryAgain(id, { idempotencyKey: unique(), requestId: unique() }, NOON + 1, NOON - 1),
  },
  {
    name: "becamePublic",
    from: ["failed"],
    under: [],
    to: "published",
    make: (posts, { id }) => posts.becamePublic(id, newPostEnding("published")),
  },
  {
    name: "nudge",
    from: ["scheduled", "publishing", "cancelling"],
    under: [],
    to: null,
    make: (posts, { id }) => posts.nudge({ id }, NOON),
  },
  {
    name: "nudge (by the service's id)",
    from: ["scheduled", "publishing", "cancelling"],
    under: [],
    to: null,
    make: (posts, { externalId }) => posts.nudge({ externalId: externalId ?? "none" }, NOON),
  },
];

const isAtWork = (state: PostState): state is AtWork => AT_WORK.some((each) => each === state);

export function postWorkContract(make: MakeDatabase): void {
  describe.each(HELD_MOVES)("a post's $name", ({ from, to, make: moveOn }) => {
    const open = openWith(make);

    it("is made from where the table of states says, and refused from everywhere else", async () => {
      const { stores } = await open();
      for (const state of POST_STATES) {
        const post = isAtWork(state) ? await heldIn(stores, state) : await postIn(stores, state);
        const isAllowed = from.some((each) => each === state);
        expect([state, await moveOn(stores.posts, post)]).toEqual([state, isAllowed]);
        const after = await stored(stores.posts, post);
        if (isAllowed) expect(after.state).toBe(to ?? state);
        else expect(after).toEqual(post);
      }
    });

    it("is refused to a holder whose epoch is over, and where nobody is at work", async () => {
      const { stores } = await open();
      for (const state of from) {
        const held = await heldIn(stores, state);
        const taken = await take(stores.posts, held, NOON + LEASE_MS, "other");
        expect([state, await moveOn(stores.posts, held)]).toEqual([state, false]);
        expect(await stored(stores.posts, held)).toEqual(taken);
        await stores.posts.later(taken, { dueAt: NOON + 9 * LEASE_MS });
        const free = await stored(stores.posts, held);
        expect([state, await moveOn(stores.posts, free)]).toEqual([state, false]);
        expect(await stored(stores.posts, held)).toEqual(free);
      }
    });
  });

  describe.each(FREE_MOVES)("a post's $name", ({ from, under, to, make: moveOn }) => {
    const open = openWith(make);

    it("is made from where the table of states says, and refused from everywhere else", async () => {
      const { stores } = await open();
      for (const state of POST_STATES) {
        const post = await postIn(stores, state);
        const isAllowed = from.includes(state);
        expect([state, await moveOn(stores.posts, post)]).toEqual([state, isAllowed]);
        const after = await stored(stores.posts, post);
        if (isAllowed) expect(after.state).toBe(to ?? state);
        else expect(after).toEqual(post);
      }
    });

    it("is refused while somebody is at work on it, or ends that work where nothing has left", async () => {
      const { stores } = await open();
      for (const state of AT_WORK) {
        const held = await heldIn(stores, state);
        const isAllowed = under.includes(state);
        expect([state, await moveOn(stores.posts, held)]).toEqual([state, isAllowed]);
        if (!isAllowed) expect(await stored(stores.posts, held)).toEqual(held);
        expect(await stores.posts.renew(held, NOON + LEASE_MS)).toBe(!isAllowed);
        expect(await stores.posts.beginHandOver(held, "req", NOON)).toBe(
          !isAllowed && ["confirmed", "handing_over"].includes(state),
        );
      }
    });
  });

  describe("a hand-over", () => {
    const open = openWith(make);

    it("keeps the first link and the first moment, and counts its tries", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "confirmed");
      expect(held).toMatchObject({ tries: 0, uploadUrl: null, firstTriedAt: null, lastTriedAt: null });
      await stores.posts.uploaded(held, "https://files.example/first");
      await stores.posts.uploaded(held, "https://files.example/second");
      await stores.posts.beginHandOver(held, held.requestId, NOON + 1);
      await stores.posts.beginHandOver(held, "req_late", NOON + 2);
      expect(await stored(stores.posts, held)).toEqual({
        ...held,
        state: "handing_over",
        uploadUrl: "https://files.example/first",
        requestId: "req_late",
        isInDoubt: true,
        tries: 2,
        firstTriedAt: NOON + 1,
        lastTriedAt: NOON + 2,
      });
    });

    it("is over with the service's id and the next look, and its lease with it", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "handing_over");
      await stores.posts.handedOver(held, { state: "scheduled", externalId: "remote-9", dueAt: NOON + 500 });
      const after = await stored(stores.posts, held);
      expect(after).toEqual({
        ...held,
        state: "scheduled",
        externalId: "remote-9",
        dueAt: NOON + 500,
        isInDoubt: false,
      });
      expect(await stores.posts.claim("w", NOON + 499, LEASE_MS, 10)).toEqual([]);
      expect(await take(stores.posts, held, NOON + 500)).toMatchObject({ epoch: held.epoch + 1 });
    });

    it("that failed is begun anew by its author, where it is at the service", async () => {
      const { stores } = await open();
      const failed = await postIn(stores, "failed");
      const keys = { idempotencyKey: "key_2", requestId: "req_2" };
      expect(await stores.posts.tryAgain(failed.id, keys, NOON + 3, NOON - 1)).toBe(true);
      expect(await stores.posts.tryAgain(failed.id, keys, NOON + 4, NOON - 1)).toBe(false);
      expect(await stored(stores.posts, failed)).toEqual({
        ...failed,
        ...keys,
        state: "confirmed",
        epoch: failed.epoch + 1,
        dueAt: NOON + 3,
        tries: 0,
        firstTriedAt: NOON + 3,
        lastTriedAt: null,
        failure: null,
        endedAt: null,
      });
    });
  });

  describe("the end of a post", () => {
    const open = openWith(make);

    it("keeps what came of it, and owes its messages once", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "publishing");
      const [news, again] = [newDelivery(), newDelivery()];
      const ending = newPostEnding("published", { deliveries: [news] });
      expect(await stores.posts.end(held, ending)).toBe(true);
      expect(await stores.posts.end(held, { ...ending, deliveries: [again] })).toBe(false);
      expect(await stored(stores.posts, held)).toEqual({
        ...held,
        state: "published",
        publicUrl: "https://e.example/p/1",
        endedAt: NOON + 60_000,
        dueAt: null,
      });
      expect((await stores.deliveries.get(news.id))?.state).toBe("new");
      expect(await stores.deliveries.get(again.id)).toBeNull();
      expect(await stores.posts.claim("w", NOON + 9 * LEASE_MS, LEASE_MS, 10)).toEqual([]);
    });

    it("keeps why it failed, and the service's id that it learned at the end", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "handing_over");
      const failure = { why: "duplicate", detail: "an identical one" } as const;
      await stores.posts.end(held, newPostEnding("failed", { failure, externalId: "remote-3" }));
      expect(await stored(stores.posts, held)).toMatchObject({
        failure,
        externalId: "remote-3",
        publicUrl: null,
      });
    });

    it("is made by one of many who try at once", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "publishing");
      const results = await Promise.all(
        Array.from({ length: 24 }, () =>
          stores.posts.end(held, newPostEnding("published", { deliveries: [newDelivery()] })),
        ),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect((await stores.deliveries.overview()).waiting).toBe(1);
    });

    it("is told together with a withdrawal, and with none that was refused", async () => {
      const { stores } = await open();
      const waiting = await postIn(stores, "waiting");
      const [rejected, cancelled] = [newDelivery(), newDelivery()];
      const results = await Promise.all([
        stores.posts.withdraw(waiting.id, newPostEnding("rejected", { deliveries: [rejected] })),
        stores.posts.withdraw(waiting.id, newPostEnding("cancelled", { deliveries: [cancelled] })),
        stores.posts.approve(waiting, { atOnce: false, deliveries: [], now: NOON }),
      ]);
      expect(results.filter(Boolean)).toHaveLength(1);
      const told = [await stores.deliveries.get(rejected.id), await stores.deliveries.get(cancelled.id)];
      expect(told.map((delivery) => delivery !== null)).toEqual(results.slice(0, 2));
    });

    it("is no end where it names a state that nobody may bring it to", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "publishing");
      const owed = { deliveries: [newDelivery()] };
      expect(await stores.posts.end(held, newPostEnding("rejected", owed))).toBe(false);
      const waiting = await postIn(stores, "waiting");
      expect(await stores.posts.withdraw(waiting.id, newPostEnding("published", owed))).toBe(false);
      expect(await stores.posts.withdraw(waiting.id, newPostEnding("failed", owed))).toBe(false);
      expect((await stores.deliveries.overview()).waiting).toBe(0);
    });
  });

  describe("a change of a post", () => {
    const open = openWith(make);

    it("is of the text, or of the time, which its author's list follows, and is worked on at once", async () => {
      const { stores } = await open();
      const scheduledAt = NOON + 86_400_000;
      const post = await postIn(stores, "confirmed", { scheduledAt });
      await stores.posts.later(await take(stores.posts, post), { dueAt: scheduledAt });
      await stores.posts.change(post.id, { text: "Better\0" }, NOON);
      const better = { text: "Better", scheduledAt, dueAt: NOON };
      expect(await stored(stores.posts, post)).toMatchObject(better);
      await stores.posts.change(post.id, { scheduledAt: scheduledAt + 5 }, NOON + 1);
      const later = { text: "Better", scheduledAt: scheduledAt + 5, dueAt: NOON + 1 };
      expect(await stored(stores.posts, post)).toMatchObject(later);
      const list = { userId: post.userId, from: scheduledAt + 5, limit: 10, offset: 0 };
      expect((await stores.posts.list(list)).posts.map(({ id }) => id)).toEqual([post.id]);
    });

    it("is refused once a try has begun, and of one that the service knows already", async () => {
      const { stores } = await open();
      const failed = await postIn(stores, "failed");
      await stores.posts.tryAgain(failed.id, { idempotencyKey: "k", requestId: "r" }, NOON, NOON - 1);
      expect(failed.externalId).not.toBeNull();
      expect(await stores.posts.change(failed.id, { text: "Better" }, NOON)).toBe(false);
    });

    it("makes nothing due that waits for an approver", async () => {
      const { stores } = await open();
      const post = await postIn(stores, "waiting");
      await stores.posts.change(post.id, { scheduledAt: NOON + 1, text: "Better" }, NOON);
      const after = await stored(stores.posts, post);
      expect(after).toMatchObject({ scheduledAt: NOON + 1, text: "Better", dueAt: null });
    });
  });

  describe("a nudge", () => {
    const open = openWith(make);

    it("makes due at once what is there, of every post that has this id at the service", async () => {
      const { stores } = await open();
      const ids = [];
      for (const externalId of ["same", "same", "other"]) {
        const held = await heldIn(stores, "handing_over");
        await stores.posts.handedOver(held, { state: "publishing", externalId, dueAt: NOON + 900_000 });
        ids.push(held.id);
      }
      expect(await stores.posts.nudge({ externalId: "same" }, NOON + 7)).toBe(true);
      expect(await stores.posts.nudge({ externalId: "nobody's" }, NOON + 7)).toBe(false);
      const claimed = await stores.posts.claim("w", NOON + 7, LEASE_MS, 10);
      expect(claimed.map(({ id }) => id).sort()).toEqual(ids.slice(0, 2).sort());
    });

    it("puts nothing off that is due already", async () => {
      const { stores } = await open();
      const post = await postIn(stores, "publishing");
      expect(await stores.posts.nudge({ id: post.id }, NOON + 5_000)).toBe(true);
      expect((await stored(stores.posts, post)).dueAt).toBe(NOON);
    });
  });
}

/** The contract of `PostStore` for what an author wants of a post that is at the service, or on its way there. */
import { describe, expect, it } from "vitest";
import type { Post, PostState } from "../../../src/core/posts/post.ts";
import { LEASE_MS, NOON, newDelivery } from "../../support/store-fixtures.ts";
import { AT_WORK, type AtWork, heldIn, POST_STATES, postIn, stored, take } from "./post-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

const change = { dueAt: NOON + 9_000, deliveries: [], now: NOON };
const anew = { idempotencyKey: "key-anew", requestId: "req-anew", formerIds: ["remote-0"] };
const remote = { externalId: "remote-1", dueAt: NOON + 9_000 };

const isAtWork = (state: PostState): state is AtWork => AT_WORK.some((each) => each === state);

export function postWishContract(make: MakeDatabase): void {
  describe("a wish for a scheduled post", () => {
    const open = openWith(make);
    const until = NOON + LEASE_MS;

    it("is stored with a lease before anybody is asked, and stands in the row once it is taken", async () => {
      const { stores } = await open();
      const post = await postIn(stores, "scheduled", { scheduledAt: NOON + 50_000 });
      const wish = { text: "Better\0", scheduledAt: NOON + 90_000 };
      const held = await stores.posts.want(post.id, wish, "desk", until);
      const wanted = { wantedText: "Better", wantedScheduledAt: NOON + 90_000 };
      expect(held).toEqual({ ...post, ...wanted, epoch: post.epoch + 1, dueAt: until });
      if (!held) return;
      const owed = newDelivery();
      const next = { taken: wish, dueAt: NOON + 95_000, deliveries: [owed], now: NOON };
      expect(await stores.posts.settleChange(held, next)).toBe(true);
      expect(await stored(stores.posts, post)).toEqual({
        ...held,
        text: "Better",
        scheduledAt: NOON + 90_000,
        wantedText: null,
        wantedScheduledAt: null,
        dueAt: NOON + 95_000,
      });
      expect((await stores.deliveries.get(owed.id))?.state).toBe("new");
      const list = { userId: post.userId, from: NOON + 90_000, limit: 10, offset: 0 };
      expect((await stores.posts.list(list)).total).toBe(1);
    });

    it("that is refused leaves the post as it was", async () => {
      const { stores } = await open();
      const post = await postIn(stores, "scheduled");
      const held = await stores.posts.want(post.id, { text: "Better" }, "desk", until);
      if (!held) throw new Error("not taken");
      await stores.posts.settleChange(held, { taken: {}, dueAt: NOON + 1, deliveries: [], now: NOON });
      const { text, wantedText, dueAt } = await stored(stores.posts, post);
      expect({ text, wantedText, dueAt }).toEqual({ text: post.text, wantedText: null, dueAt: NOON + 1 });
    });

    it("waits for one that is being asked for, joins one that is open, and never one that is wanted back", async () => {
      const { stores } = await open();
      const post = await postIn(stores, "scheduled");
      const first = await stores.posts.want(post.id, { text: "First" }, "desk", until);
      if (!first) throw new Error("not taken");
      expect(await stores.posts.want(post.id, { text: "Second" }, "desk", until)).toBeNull();
      await stores.posts.later(first, { dueAt: NOON + 10_000 });
      const joined = await stores.posts.want(post.id, { scheduledAt: NOON + 90_000 }, "desk", until);
      expect(joined).toMatchObject({ wantedText: "First", wantedScheduledAt: NOON + 90_000 });
      if (!joined) return;
      await stores.posts.askCancel(post.id, NOON);
      await stores.posts.later(joined, { dueAt: NOON + 10_000 });
      expect(await stores.posts.want(post.id, { text: "Third" }, "desk", until)).toBeNull();
    });

    it("for a far time begins the post anew, with the former one remembered", async () => {
      const { stores } = await open();
      const post = await postIn(stores, "scheduled", { scheduledAt: NOON + 50_000 });
      const held = await stores.posts.want(post.id, { scheduledAt: NOON + 9e8 }, "desk", until);
      if (!held) throw new Error("not taken");
      expect(await stores.posts.takenBack(held, { ...anew, deliveries: [], now: NOON + 2 })).toBe(true);
      expect(await stored(stores.posts, post)).toEqual({
        ...held,
        ...anew,
        state: "confirmed",
        scheduledAt: NOON + 9e8,
        wantedScheduledAt: null,
        dueAt: NOON + 2,
        tries: 0,
        isInDoubt: false,
        firstTriedAt: null,
        lastTriedAt: null,
        uploadUrl: null,
        externalId: null,
      });
    });
  });

  describe("what its author wants back", () => {
    const open = openWith(make);

    it("is remembered while it is being handed over or looked at, and refused anywhere else", async () => {
      const { stores } = await open();
      for (const state of POST_STATES) {
        const post = isAtWork(state) ? await heldIn(stores, state) : await postIn(stores, state);
        const isAllowed = ["confirmed", "handing_over", "scheduled"].includes(state);
        expect([state, await stores.posts.askCancel(post.id, NOON + 1)]).toEqual([state, isAllowed]);
        const cancelAskedAt = isAllowed ? NOON + 1 : post.cancelAskedAt;
        expect(await stored(stores.posts, post)).toEqual({ ...post, cancelAskedAt });
      }
    });

    it("becomes cancelling when whoever is at work puts it down, and is due at once", async () => {
      const { stores } = await open();
      const downs = [
        (held: Post) => stores.posts.later(held, { dueAt: NOON + 900_000 }),
        (held: Post) => stores.posts.settleChange(held, { ...change, taken: {} }),
        (held: Post) => stores.posts.settleChange(held, { ...change, taken: { text: "Better" } }),
      ];
      for (const down of downs) {
        const held = await heldIn(stores, "scheduled");
        await stores.posts.askCancel(held.id, NOON + 1);
        expect(await down(held)).toBe(true);
        expect(await stored(stores.posts, held)).toMatchObject({ state: "cancelling", dueAt: NOON + 1 });
      }
      const there = await heldIn(stores, "handing_over");
      await stores.posts.askCancel(there.id, NOON + 1);
      await stores.posts.handedOver(there, { ...remote, state: "scheduled" });
      expect(await stored(stores.posts, there)).toMatchObject({ state: "cancelling", dueAt: NOON + 1 });
    });

    it("of one that is being handed over is looked at at once, by who did not know it", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "handing_over");
      await stores.posts.askCancel(held.id, NOON + 1);
      await stores.posts.later(held, { dueAt: NOON + 900_000 });
      expect(await stored(stores.posts, held)).toMatchObject({ state: "handing_over", dueAt: NOON + 1 });
      const aware = await take(stores.posts, held, NOON + 2);
      await stores.posts.later(aware, { dueAt: NOON + 900_000 });
      expect((await stored(stores.posts, held)).dueAt).toBe(NOON + 900_000);
    });

    it("rises to publishing where the service has it on its way", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "handing_over");
      await stores.posts.askCancel(held.id, NOON + 1);
      await stores.posts.handedOver(held, { ...remote, state: "publishing" });
      expect(await stored(stores.posts, held)).toMatchObject({ state: "publishing", dueAt: remote.dueAt });
    });
  });

  describe("doubt about a try", () => {
    const open = openWith(make);

    it("begins with the try, and ends only with what is certain", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "handing_over");
      expect((await stored(stores.posts, held)).isInDoubt).toBe(true);
      await stores.posts.later(held, { dueAt: NOON });
      const again = await take(stores.posts, held, NOON);
      expect(again.isInDoubt).toBe(true);
      await stores.posts.later(again, { dueAt: NOON, isCertain: true });
      expect((await stored(stores.posts, held)).isInDoubt).toBe(false);
    });
  });
}

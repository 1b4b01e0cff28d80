/** The contract of `PostStore` but for the moves, which are in post-work.ts: confirmation, claims, leases, lists. */
import { describe, expect, it } from "vitest";
import { LEASE_MS, MEDIA, member, NOON, newDelivery, unique } from "../../support/store-fixtures.ts";
import {
  AT_WORK,
  accountOf,
  confirmed,
  draftOf,
  heldIn,
  newPost,
  newPostEnding,
  POST_STATES,
  postIn,
  stored,
  take,
} from "./post-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

const HOUR_MS = 3_600_000;

export function postStoreContract(make: MakeDatabase): void {
  describe("a confirmation", () => {
    const open = openWith(make);

    it("writes one post for each account as it was shown, uses up the draft and owes the messages", async () => {
      const { stores } = await open();
      const { id: userId } = await member(stores);
      const draftId = await draftOf(stores, userId);
      const [first, second] = [await accountOf(stores), await accountOf(stores)];
      const waiting = newPost(second, userId, {
        group: draftId,
        state: "waiting",
        scheduledAt: NOON + HOUR_MS,
        community: "discord:1",
        story: true,
        text: 'Fuchs "im"\n\nSchnee \u{1f98a}',
      });
      const posts = [newPost(first, userId, { group: draftId }), waiting] as const;
      const news = newDelivery();
      const result = await stores.posts.confirm({ draftId, userId, posts, deliveries: [news], now: NOON });
      const fresh = {
        epoch: 0,
        tries: 0,
        firstTriedAt: null,
        lastTriedAt: null,
        uploadUrl: null,
        externalId: null,
        publicUrl: null,
        failure: null,
        createdAt: NOON,
        endedAt: null,
        isInDoubt: false,
        formerIds: [],
        cancelAskedAt: null,
        wantedText: null,
        wantedScheduledAt: null,
      };
      expect(result).toEqual([
        { ...posts[0], ...fresh, dueAt: NOON },
        { ...waiting, ...fresh, dueAt: null },
      ]);
      expect(await stores.posts.byHandle(waiting.handle)).toEqual({ ...waiting, ...fresh, dueAt: null });
      expect(await stores.drafts.get(draftId, NOON)).toBeNull();
      expect((await stores.deliveries.get(news.id))?.state).toBe("new");
    });

    it("is made by one of many presses at once", async () => {
      const { stores } = await open();
      const { id: userId } = await member(stores);
      const draftId = await draftOf(stores, userId);
      const accounts = [await accountOf(stores), await accountOf(stores)] as const;
      const results = await Promise.all(
        Array.from({ length: 24 }, () => {
          const [first, second] = accounts;
          const posts = [
            newPost(first, userId, { group: draftId }),
            newPost(second, userId, { group: draftId }),
          ] as const;
          return stores.posts.confirm({ draftId, userId, posts, deliveries: [newDelivery()], now: NOON });
        }),
      );
      expect(results.filter((result) => result !== "duplicate")).toHaveLength(1);
      expect(await stores.posts.ofGroup(draftId)).toHaveLength(2);
      expect((await stores.deliveries.overview()).waiting).toBe(1);
    });

    it("gives an account one post of a group, whichever draft asks for it", async () => {
      const { stores } = await open();
      const { id: userId } = await member(stores);
      const account = await accountOf(stores);
      const group = unique("group");
      const drafts = await Promise.all(Array.from({ length: 24 }, () => draftOf(stores, userId)));
      const results = await Promise.all(
        drafts.map((draftId) => {
          const posts = [newPost(account, userId, { group })] as const;
          return stores.posts.confirm({ draftId, userId, posts, deliveries: [newDelivery()], now: NOON });
        }),
      );
      expect(results.filter((result) => result !== "duplicate")).toHaveLength(1);
      expect(await stores.posts.ofGroup(group)).toHaveLength(1);
      expect((await stores.deliveries.overview()).waiting).toBe(1);
      const left = await Promise.all(drafts.map((draftId) => stores.drafts.get(draftId, NOON)));
      expect(left.filter((draft) => draft !== null)).toHaveLength(23);
    });

    it("writes nothing by a draft that is not there, has expired or is somebody else's", async () => {
      const { stores } = await open();
      const [{ id: userId }, other] = [await member(stores), await member(stores)];
      const account = await accountOf(stores);
      const draftId = await draftOf(stores, userId);
      const ask = (changes: {
        readonly draftId?: string;
        readonly userId?: typeof userId;
        readonly now?: number;
      }) =>
        stores.posts.confirm({
          draftId,
          userId,
          now: NOON,
          posts: [newPost(account, userId, { group: draftId })],
          deliveries: [newDelivery()],
          ...changes,
        });
      expect(await ask({ draftId: "none" })).toBe("duplicate");
      expect(await ask({ userId: other.id })).toBe("duplicate");
      expect(await ask({ now: NOON + 24 * HOUR_MS })).toBe("duplicate");
      expect(await stores.posts.ofGroup(draftId)).toEqual([]);
      expect((await stores.deliveries.overview()).waiting).toBe(0);
      expect(await ask({})).toHaveLength(1);
    });
  });

  describe("a claim of posts", () => {
    const open = openWith(make);

    it("takes what is due with a lease, oldest first and not more than was asked for", async () => {
      const { stores } = await open();
      const account = await accountOf(stores);
      const { id: userId } = await member(stores);
      const ids = [];
      for (const now of [NOON + 3, NOON + 1, NOON + 2, NOON + 9]) {
        ids.push((await confirmed(stores, { account, userId, now })).id);
      }
      expect(await stores.posts.claim("w", NOON, LEASE_MS, 10)).toEqual([]);
      const first = await stores.posts.claim("w", NOON + 5, LEASE_MS, 2);
      expect(first.map(({ id }) => id)).toEqual([ids[1], ids[2]]);
      expect(first[0]).toMatchObject({ state: "confirmed", epoch: 1, dueAt: NOON + 5 + LEASE_MS });
      expect(await stored(stores.posts, { id: first[0]?.id ?? "post_" })).toEqual(first[0]);
      const second = await stores.posts.claim("w", NOON + 5, LEASE_MS, 2);
      expect(second.map(({ id }) => id)).toEqual([ids[0]]);
    });

    it("takes posts in every state in which there is work, as it is, and in no other", async () => {
      const { stores } = await open();
      const states = new Map<string, string>();
      for (const state of POST_STATES.toReversed()) states.set((await postIn(stores, state)).id, state);
      // Making them has claimed and left some of them.
      await stores.posts.releaseLeases("new", NOON);
      const claimed = await stores.posts.claim("w", NOON, LEASE_MS, 100);
      const found = claimed.map(({ id, state }) => `${states.get(id)} as ${state}`);
      expect(found.sort()).toEqual(AT_WORK.map((state) => `${state} as ${state}`).sort());
    });

    it("takes up what another one let slip, with a new epoch", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "handing_over");
      expect(await stores.posts.claim("w", NOON + LEASE_MS - 1, LEASE_MS, 10)).toEqual([]);
      expect(await stores.posts.claim("w", NOON + LEASE_MS, LEASE_MS, 10)).toEqual([
        { ...held, epoch: held.epoch + 1, dueAt: NOON + 2 * LEASE_MS },
      ]);
    });

    it("never gives one post to two claimers", async () => {
      const { stores } = await open();
      const { id: userId } = await member(stores);
      const account = await accountOf(stores);
      await Promise.all(Array.from({ length: 120 }, () => confirmed(stores, { account, userId })));
      const seen: string[] = [];
      const claimer = async (holder: string): Promise<void> => {
        const claimed = await stores.posts.claim(holder, NOON, LEASE_MS, 3);
        seen.push(...claimed.map(({ id }) => id));
        if (claimed.length > 0) await claimer(holder);
      };
      await Promise.all(Array.from({ length: 24 }, (_, index) => claimer(`w${index}`)));
      // Who came while the last ones were being taken found nothing and went; whatever was left is still due.
      seen.push(...(await stores.posts.claim("last", NOON, LEASE_MS, 200)).map(({ id }) => id));
      expect(seen).toHaveLength(120);
      expect(new Set(seen).size).toBe(120);
    });
  });

  describe("the lease of a post", () => {
    const open = openWith(make);

    it("can be given back for all other holders, who may write nothing more then", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "publishing");
      expect(await stores.posts.releaseLeases("test", NOON + 1)).toBe(0);
      expect(await stores.posts.releaseLeases("new", NOON + 1)).toBe(1);
      expect(await stores.posts.end(held, newPostEnding("published"))).toBe(false);
      expect(await take(stores.posts, held, NOON + 1, "new")).toMatchObject({ epoch: held.epoch + 2 });
    });

    it("is given back by the process that ends, and by no other", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "cancelling");
      expect(await stores.posts.returnLeases("another", NOON + 1)).toBe(0);
      expect(await stores.posts.renew(held, NOON + LEASE_MS)).toBe(true);
      expect(await stores.posts.returnLeases("test", NOON + 1)).toBe(1);
      expect(await stores.posts.renew(held, NOON + LEASE_MS)).toBe(false);
    });

    it("is moved on by who holds it", async () => {
      const { stores } = await open();
      const held = await heldIn(stores, "confirmed");
      expect(await stores.posts.renew(held, NOON + 2 * LEASE_MS)).toBe(true);
      expect(await stores.posts.claim("w", NOON + 2 * LEASE_MS - 1, LEASE_MS, 10)).toEqual([]);
    });
  });

  describe("the list of posts", () => {
    const open = openWith(make);

    it("has a member's own by their time, newest first, in pages", async () => {
      const { stores } = await open();
      const [ada, bo] = [await member(stores), await member(stores)];
      const account = await accountOf(stores);
      const make = (now: number, scheduledAt: number | null) =>
        confirmed(stores, { account, userId: ada.id, now, scheduledAt });
      const later = await make(NOON, NOON + 5 * HOUR_MS);
      const atOnce = await make(NOON + 2 * HOUR_MS, null);
      const soon = await make(NOON + HOUR_MS, NOON + 3 * HOUR_MS);
      await confirmed(stores, { account, userId: bo.id });
      const page = async (limit: number, offset: number) => {
        const { posts, total } = await stores.posts.list({ userId: ada.id, limit, offset });
        return [posts.map(({ id }) => id), total];
      };
      expect(await page(2, 0)).toEqual([[later.id, soon.id], 3]);
      expect(await page(2, 2)).toEqual([[atOnce.id], 3]);
      expect(await page(2, 4)).toEqual([[], 3]);
    });

    it("has a range of time, its end not counted, and the states that were asked for", async () => {
      const { stores } = await open();
      const { id: userId } = await member(stores);
      const account = await accountOf(stores);
      const at = async (hour: number) =>
        (await confirmed(stores, { account, userId, scheduledAt: NOON + hour * HOUR_MS })).id;
      const [one, two, three] = [await at(1), await at(2), await at(3)];
      await stores.posts.withdraw(two, newPostEnding("cancelled"));
      const list = async (
        query: Omit<Parameters<typeof stores.posts.list>[0], "userId" | "limit" | "offset">,
      ) => (await stores.posts.list({ userId, limit: 10, offset: 0, ...query })).posts.map(({ id }) => id);
      expect(await list({ from: NOON + 2 * HOUR_MS })).toEqual([three, two]);
      expect(await list({ to: NOON + 3 * HOUR_MS })).toEqual([two, one]);
      expect(await list({ from: NOON + 2 * HOUR_MS, to: NOON + 3 * HOUR_MS })).toEqual([two]);
      expect(await list({ states: ["confirmed"] })).toEqual([three, one]);
      expect(await list({ states: ["cancelled", "failed"] })).toEqual([two]);
      expect(await list({ states: [] })).toEqual([]);
      expect((await stores.posts.list({ userId, states: ["cancelled"], limit: 0, offset: 0 })).total).toBe(1);
    });

    it("has those of a group, of an asset, and one by its id or handle", async () => {
      const { stores } = await open();
      const { id: userId } = await member(stores);
      const draftId = await draftOf(stores, userId);
      const [first, second] = [await accountOf(stores), await accountOf(stores)];
      const posts = [
        newPost(first, userId, { group: draftId, accountName: "@b" }),
        newPost(second, userId, { group: draftId, accountName: "@a", assetId: "gen_2" }),
      ] as const;
      await stores.posts.confirm({ draftId, userId, posts, deliveries: [], now: NOON });
      const [b, a] = posts;
      const ids = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id);
      expect(ids(await stores.posts.ofGroup(draftId))).toEqual([a.id, b.id]);
      expect(ids(await stores.posts.ofAsset("gen_2"))).toEqual([a.id]);
      expect((await stores.posts.byHandle(b.handle))?.id).toBe(b.id);
      expect((await stores.posts.get(b.id))?.media).toEqual(MEDIA);
      expect(await stores.posts.ofGroup("none")).toEqual([]);
      expect(await stores.posts.ofAsset("gen_none")).toEqual([]);
      expect(await stores.posts.byHandle("none")).toBeNull();
      expect(await stores.posts.get("post_none")).toBeNull();
    });

    it("knows the moments at which an account is busy, of what may still come or came", async () => {
      const { stores } = await open();
      const [account, other] = [await accountOf(stores), await accountOf(stores)];
      const at = (hour: number, of = account) =>
        confirmed(stores, { account: of, scheduledAt: NOON + hour * HOUR_MS });
      await at(3);
      await at(0);
      await at(1);
      await at(2, other);
      await stores.posts.withdraw((await at(4)).id, newPostEnding("cancelled"));
      await confirmed(stores, { account });
      const times = await stores.posts.scheduledTimes(account.id, NOON + HOUR_MS);
      expect(times).toEqual([NOON + HOUR_MS, NOON + 3 * HOUR_MS]);
    });

    it("tells how many are under way, and the moment at which the next one is due", async () => {
      const { stores } = await open();
      expect(await stores.posts.overview()).toEqual({ waiting: 0, oldestDue: null });
      for (const state of ["waiting", "published", "scheduled", "confirmed"] as const) {
        await postIn(stores, state);
      }
      await stores.posts.releaseLeases("new", NOON + 4);
      const later = await confirmed(stores, { now: NOON + 9 });
      expect(await stores.posts.overview()).toEqual({ waiting: 3, oldestDue: NOON });
      expect((await stored(stores.posts, later)).dueAt).toBe(NOON + 9);
    });
  });
}

/** The contract of `GenerationStore` between claim and end: claims, leases and every move; endings are in ending.ts. */
import { describe, expect, it } from "vitest";
import type { AssetState, MediaAsset } from "../../../src/core/generation/asset.ts";
import type { GenerationStore, Stores } from "../../../src/core/ports/stores.ts";
import {
  assetIn,
  EVERYTHING,
  LEASE_MS,
  MEDIA,
  member,
  NOON,
  newEnding,
  newOrder,
  PROVIDER,
  started,
  unique,
} from "../../support/store-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

const OPEN_STATES = ["queued", "preparing", "submitting", "submitted", "storing", "unknown"] as const;

/** Every move between claim and end, with the states that it may come from. */
const MOVES: readonly {
  readonly name: string;
  readonly from: readonly AssetState[];
  readonly to: AssetState | null;
  readonly make: (generation: GenerationStore, held: MediaAsset) => Promise<boolean>;
}[] = [
  {
    name: "renew",
    from: ["preparing", "submitting", "storing"],
    to: null,
    make: (generation, held) => generation.renew(held, NOON + 500_000),
  },
  {
    name: "beginAttempt",
    from: ["preparing"],
    to: "submitting",
    make: (generation, held) =>
      generation.beginAttempt(held, {
        id: `att_${unique()}`,
        startedAt: NOON,
        callbackDigest: unique(),
        capDay: null,
      }),
  },
  {
    name: "accept",
    from: ["submitting"],
    to: "submitted",
    make: (generation, held) =>
      generation.accept(held, {
        operation: 1,
        taskKey: unique("task"),
        now: NOON,
        dueAt: NOON,
        rankAt: NOON,
      }),
  },
  {
    name: "lookAgain",
    from: ["storing"],
    to: "submitted",
    make: (generation, held) =>
      generation.lookAgain(held, {
        dueAt: NOON,
        rankAt: NOON,
        progress: 0.4,
        fetchFailures: 1,
        statusDueAt: NOON,
      }),
  },
  {
    name: "beginStoring",
    // From `storing` too: a fetch whose lease ran out is begun again.
    from: ["submitting", "storing"],
    to: "storing",
    make: (generation, held) => generation.beginStoring(held, NOON),
  },
  {
    name: "postpone",
    from: ["preparing"],
    to: "queued",
    make: (generation, held) => generation.postpone(held, NOON + 1),
  },
  {
    name: "retry",
    from: ["submitting", "storing"],
    to: "queued",
    make: (generation, held) =>
      generation.retry(held, { now: NOON, dueAt: NOON + 1, detail: "kie 501", counts: true }),
  },
  {
    name: "reroute",
    from: ["preparing", "submitting", "storing"],
    to: "queued",
    make: (generation, held) =>
      generation.reroute(held, {
        provider: "another",
        aspect: "4:5",
        tried: ["first"],
        now: NOON,
        dueAt: NOON + 1,
        detail: "gave up",
        statusDueAt: NOON,
      }),
  },
  {
    name: "doubt",
    from: ["submitting", "storing"],
    to: "unknown",
    make: (generation, held) => generation.doubt(held, { now: NOON, dueAt: NOON + 1, detail: "lost" }),
  },
];

async function due(stores: Stores, at: number, holder = "w") {
  return (await stores.generation.claim(EVERYTHING, holder, at, LEASE_MS)).map(({ asset }) => asset);
}

export function workContract(make: MakeDatabase): void {
  describe("a claim", () => {
    const open = openWith(make);

    it("takes what is due with a lease, and nothing that is not", async () => {
      const { stores } = await open();
      const user = await member(stores);
      started(await stores.generation.order(newOrder(user, 2, { atOnce: 1 })));
      expect(await stores.generation.claim(EVERYTHING, "w", NOON - 1, LEASE_MS)).toEqual([]);
      const claimed = await stores.generation.claim(EVERYTHING, "w", NOON, LEASE_MS);
      expect(claimed).toHaveLength(1);
      expect(claimed[0]).toMatchObject({
        foundIn: "queued",
        asset: { state: "preparing", epoch: 1, dueAt: NOON + LEASE_MS },
      });
      expect(await due(stores, NOON + LEASE_MS - 1)).toEqual([]);
    });

    it("takes up what another one let slip, in the state it was left in and with a new epoch", async () => {
      const { stores } = await open();
      const left = {
        preparing: await assetIn(stores, "preparing"),
        submitting: await assetIn(stores, "submitting"),
        storing: await assetIn(stores, "storing"),
      };
      const groups = Object.values(left).map(({ provider }) => ({
        providers: [provider],
        creates: 5,
        reads: 5,
      }));
      const again = await stores.generation.claim(groups, "other", NOON + LEASE_MS, LEASE_MS);
      const found = Object.fromEntries(
        again.map(({ asset, foundIn }) => [asset.id, [foundIn, asset.state, asset.epoch]]),
      );
      expect(found).toEqual({
        [left.preparing.id]: ["preparing", "preparing", 2],
        [left.submitting.id]: ["submitting", "submitting", 2],
        [left.storing.id]: ["storing", "storing", 2],
      });
    });

    it("keeps to the numbers of each group, oldest requests first", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const orders = [3, 1, 2].map((age) => newOrder(user, 1, { limit: null, now: NOON - age * 1000 }));
      for (const order of orders) await stores.generation.order(order);
      await stores.generation.order(newOrder(user, 2, { limit: null, provider: "other" }));
      const groups = [
        { providers: [PROVIDER, "unused"], creates: 2, reads: 2 },
        { providers: ["other"], creates: 0, reads: 2 },
      ];
      const claimed = await stores.generation.claim(groups, "w", NOON, LEASE_MS);
      expect(claimed.map(({ asset }) => asset.createdAt)).toEqual([NOON - 3000, NOON - 2000]);
    });

    it("reads first what ranks lowest", async () => {
      const { stores } = await open();
      const user = await member(stores);
      started(await stores.generation.order(newOrder(user, 3)));
      const ranks = [30, 10, 20];
      for (const [index, { id, epoch }] of (await due(stores, NOON)).entries()) {
        const held = { id, epoch };
        await stores.generation.beginAttempt(held, {
          id: `att_${unique()}`,
          startedAt: NOON,
          callbackDigest: unique(),
          capDay: null,
        });
        const rankAt = NOON + (ranks[index] ?? 0);
        await stores.generation.accept(held, {
          operation: rankAt,
          taskKey: unique(),
          now: NOON,
          dueAt: NOON,
          rankAt,
        });
      }
      const groups = [{ providers: [PROVIDER], creates: 0, reads: 2 }];
      const claimed = await stores.generation.claim(groups, "w", NOON + 1, LEASE_MS);
      expect(claimed.map(({ asset }) => asset.operation)).toEqual([NOON + 10, NOON + 20]);
    });

    it("takes what is in doubt whatever the numbers", async () => {
      const { stores } = await open();
      const doubtful = await assetIn(stores, "unknown");
      const groups = [{ providers: [doubtful.provider], creates: 0, reads: 0 }];
      expect(await stores.generation.claim(groups, "w", NOON + 4_999, LEASE_MS)).toEqual([]);
      const [claimed] = await stores.generation.claim(groups, "w", NOON + 5_000, LEASE_MS);
      expect(claimed).toMatchObject({ foundIn: "unknown", asset: { id: doubtful.id } });
    });

    it("never gives one asset to two claimers", async () => {
      const { stores } = await open();
      const user = await member(stores);
      for (let batch = 0; batch < 25; batch += 1) {
        await stores.generation.order(newOrder(user, 4, { limit: null }));
      }
      const groups = [{ providers: [PROVIDER], creates: 9, reads: 9 }];
      const seen: string[] = [];
      const claimer = async (holder: string): Promise<void> => {
        const claimed = await stores.generation.claim(groups, holder, NOON, LEASE_MS);
        seen.push(...claimed.map(({ asset }) => asset.id));
        if (claimed.length > 0) await claimer(holder);
      };
      await Promise.all(["a", "b", "c", "d", "e", "f"].map(claimer));
      expect(seen).toHaveLength(100);
      expect(new Set(seen).size).toBe(100);
    });

    it.each(OPEN_STATES)("finds what is %s with a provider that is gone, when it is due", async (state) => {
      const { stores } = await open();
      const stray = await assetIn(stores, state);
      const known = await assetIn(stores, "queued");
      const others = [known.provider, "sketch"];
      expect(await stores.generation.claimStrays([stray.provider], "w", NOON - 1, LEASE_MS)).toEqual([]);
      const later = NOON + 2 * LEASE_MS;
      const claimed = await stores.generation.claimStrays(others, "w", later, LEASE_MS);
      expect(claimed.map(({ asset }) => asset.provider)).not.toContain(known.provider);
      const found = claimed.find(({ asset }) => asset.id === stray.id);
      expect(found).toMatchObject({ foundIn: state, asset: { epoch: stray.epoch + 1 } });
      expect(await stores.generation.claimStrays(others, "w", later, LEASE_MS)).toEqual([]);
    });

    it("brings at most 500, the rest at the next", async () => {
      const { stores } = await open();
      const user = await member(stores);
      await Promise.all(
        Array.from({ length: 130 }, () => stores.generation.order(newOrder(user, 4, { limit: null }))),
      );
      const groups = [{ providers: [PROVIDER], creates: 10_000, reads: 10_000 }];
      expect(await stores.generation.claim(groups, "w", NOON, LEASE_MS)).toHaveLength(500);
      expect(await stores.generation.claim(groups, "w", NOON, LEASE_MS)).toHaveLength(20);
    });
  });

  describe("a lease", () => {
    const open = openWith(make);

    it("can be given back for all other holders, who may write nothing more then", async () => {
      const { stores } = await open();
      const held = await assetIn(stores, "preparing");
      expect(await stores.generation.releaseLeases("test", NOON + 1)).toBe(0);
      expect(await stores.generation.releaseLeases("new", NOON + 1)).toBe(1);
      expect(await stores.generation.renew(held, NOON + LEASE_MS)).toBe(false);
      const groups = [{ providers: [held.provider], creates: 1, reads: 0 }];
      expect(await stores.generation.claim(groups, "new", NOON + 1, LEASE_MS)).toHaveLength(1);
    });

    it("is given back by the process that ends, and by no other", async () => {
      const { stores } = await open();
      const held = await assetIn(stores, "submitting");
      expect(await stores.generation.returnLeases("another", NOON + 1)).toBe(0);
      expect(await stores.generation.renew(held, NOON + LEASE_MS)).toBe(true);
      expect(await stores.generation.returnLeases("test", NOON + 1)).toBe(1);
      expect(await stores.generation.renew(held, NOON + LEASE_MS)).toBe(false);
    });

    it("is moved on by who holds it", async () => {
      const { stores } = await open();
      const held = await assetIn(stores, "submitting");
      expect(await stores.generation.renew(held, NOON + 2 * LEASE_MS)).toBe(true);
      const groups = [{ providers: [held.provider], creates: 1, reads: 1 }];
      expect(await stores.generation.claim(groups, "w", NOON + 2 * LEASE_MS - 1, LEASE_MS)).toEqual([]);
    });
  });

  describe.each(MOVES)("$name", ({ from, to, make: moveOn }) => {
    const open = openWith(make);

    it("is made from where the table of states says, and refused from everywhere else", async () => {
      const { stores } = await open();
      for (const state of OPEN_STATES) {
        const asset = await assetIn(stores, state);
        const isAllowed = from.includes(state);
        expect([state, await moveOn(stores.generation, asset)]).toEqual([state, isAllowed]);
        const after = await stores.generation.get(asset.id);
        expect(after?.state).toBe(isAllowed ? (to ?? state) : state);
      }
    });

    it("is refused to a holder whose epoch is over", async () => {
      const { stores } = await open();
      const [state] = from;
      if (
        state === undefined ||
        state === "ready" ||
        state === "failed" ||
        state === "cancelled" ||
        state === "expired"
      ) {
        return expect.unreachable();
      }
      const asset = await assetIn(stores, state);
      const groups = [{ providers: [asset.provider], creates: 1, reads: 1 }];
      expect(await stores.generation.claim(groups, "other", NOON + LEASE_MS, LEASE_MS)).toHaveLength(1);
      const before = await stores.generation.get(asset.id);
      expect(await moveOn(stores.generation, asset)).toBe(false);
      expect(await stores.generation.get(asset.id)).toEqual(before);
    });
  });

  describe("an attempt", () => {
    const open = openWith(make);

    it("counts, keeps the moment of the first, and stores the operation as it was given", async () => {
      const { stores } = await open();
      const held = await assetIn(stores, "submitting");
      const operation = { task: "1", nested: [{ a: null }], text: "\0 \ud800" };
      await stores.generation.accept(held, {
        operation,
        taskKey: unique(),
        now: NOON + 5,
        dueAt: NOON + 9,
        rankAt: NOON + 9,
      });
      expect(await stores.generation.get(held.id)).toMatchObject({
        state: "submitted",
        attempts: 1,
        submittedAt: NOON,
        acceptedAt: NOON + 5,
        dueAt: NOON + 9,
        operation: { task: "1", nested: [{ a: null }], text: "\0 \ud800" },
      });
    });

    it.each([
      [true, 1],
      [false, 0],
    ])("that is tried again counts (%s) as %i, and leaves no trace of its task", async (counts, attempts) => {
      const { stores } = await open();
      const held = await assetIn(stores, "submitting");
      await stores.generation.retry(held, { now: NOON, dueAt: NOON + 2_000, detail: "kie 429", counts });
      expect(await stores.generation.get(held.id)).toMatchObject({
        state: "queued",
        attempts,
        submittedAt: NOON,
        acceptedAt: null,
        operation: null,
        dueAt: NOON + 2_000,
      });
    });

    it("that was given up goes on with another provider as if it were new, but for its time", async () => {
      const { stores } = await open();
      const held = await assetIn(stores, "submitting");
      const next = { provider: "another", aspect: "4:5", tried: [held.provider], now: NOON } as const;
      const rest = { dueAt: NOON, detail: "gave up", statusDueAt: NOON };
      expect(await stores.generation.reroute(held, { ...next, ...rest })).toBe(true);
      const asset = await stores.generation.get(held.id);
      expect(asset).toMatchObject({
        state: "queued",
        provider: "another",
        requestedProvider: held.provider,
        tried: [held.provider],
        aspect: "4:5",
        attempts: 0,
        operation: null,
        submittedAt: NOON,
      });
      const groups = [{ providers: ["another"], creates: 9, reads: 0 }];
      const claimed = await stores.generation.claim(groups, "w", NOON, LEASE_MS);
      expect(claimed.map((one) => one.asset.id)).toContain(held.id);
    });

    describe("whose task is named from outside", () => {
      async function begun(stores: Stores) {
        const held = await assetIn(stores, "preparing");
        const callbackDigest = unique("digest");
        const attemptId = `att_${unique()}` as const;
        const attempt = { id: attemptId, startedAt: NOON, callbackDigest, capDay: null };
        expect(await stores.generation.beginAttempt(held, attempt)).toBe(true);
        return { held, callbackDigest, attemptId };
      }

      it("remembers it once, and is due at once where it is in doubt", async () => {
        const { stores } = await open();
        const { held, callbackDigest } = await begun(stores);
        await stores.generation.doubt(held, { now: NOON, dueAt: NOON + 300_000, detail: "lost" });
        const key = unique("task");
        const noted = await stores.generation.noteTask({ callbackDigest }, key, NOON + 5);
        expect(noted).toMatchObject({ isFirst: true, isCurrent: true, taskKey: key, startedAt: NOON });
        expect(await stores.generation.get(held.id)).toMatchObject({ state: "unknown", dueAt: NOON + 5 });
        const again = await stores.generation.noteTask({ callbackDigest }, unique("other"), NOON + 9);
        expect(again).toMatchObject({ isFirst: false, taskKey: key });
        expect(await stores.generation.notedTask(held.id)).toEqual({ taskKey: key, startedAt: NOON });
      });

      it("leaves whoever is at work on it alone, and is due at once when that one gives up", async () => {
        const { stores } = await open();
        const { held, attemptId } = await begun(stores);
        const before = await stores.generation.get(held.id);
        await stores.generation.noteTask({ attemptId }, unique("task"), NOON + 5);
        expect(await stores.generation.get(held.id)).toEqual(before);
        await stores.generation.doubt(held, { now: NOON + 7, dueAt: NOON + 300_000, detail: "lost" });
        expect(await stores.generation.get(held.id)).toMatchObject({ state: "unknown", dueAt: NOON + 7 });
      });

      it("is nobody's for a digest that was never given out, and for another one's task", async () => {
        const { stores } = await open();
        const one = await begun(stores);
        const two = await begun(stores);
        const taskKey = unique("task");
        const accepted = { operation: 1, taskKey, now: NOON, dueAt: NOON + 60_000, rankAt: NOON };
        expect(await stores.generation.accept(one.held, accepted)).toBe(true);
        const { generation } = stores;
        expect(await generation.noteTask({ callbackDigest: unique("none") }, taskKey, NOON)).toBeNull();
        const foreign = { callbackDigest: two.callbackDigest };
        expect(await generation.noteTask(foreign, taskKey, NOON)).toBeNull();
        const own = { callbackDigest: one.callbackDigest };
        expect(await generation.noteTask(own, unique("another"), NOON)).toBeNull();
        expect(await generation.noteTask(own, taskKey, NOON + 3)).toMatchObject({ isFirst: true });
        expect(await generation.get(one.held.id)).toMatchObject({ dueAt: NOON + 3 });
      });

      it("gets its operation after it was given back as lost, once, and is looked at late", async () => {
        const { stores } = await open();
        const { held } = await begun(stores);
        const lost = { ...newEnding("failed"), reason: "answer-lost" } as const;
        await stores.generation.end(held, lost);
        expect(await stores.generation.adoptLate(held.id, { task: 1 }, unique("task"))).toBe(true);
        expect(await stores.generation.adoptLate(held.id, { task: 2 }, unique("task"))).toBe(false);
        const late = await stores.generation.lateSince(NOON - 1, 500);
        expect(late.find(({ id }) => id === held.id)).toMatchObject({ operation: { task: 1 } });
      });
    });

    it("keeps its own copies of what it is made from", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const order = newOrder(user, 1);
      const reference = { ...MEDIA, role: "picture" } as const;
      const [first] = order.assets;
      const [asset] = started(
        await stores.generation.order({ ...order, assets: [{ ...first, references: [reference] }] }),
      );
      expect(await stores.generation.get(asset?.id ?? "gen_")).toMatchObject({ references: [reference] });
    });

    it("that had a task is never in doubt while its result is fetched", async () => {
      const { stores } = await open();
      const held = await assetIn(stores, "submitting");
      await stores.generation.accept(held, {
        operation: 1,
        taskKey: unique(),
        now: NOON,
        dueAt: NOON,
        rankAt: NOON,
      });
      const groups = [{ providers: [held.provider], creates: 1, reads: 1 }];
      const [claimed] = await stores.generation.claim(groups, "w", NOON, LEASE_MS);
      if (claimed === undefined) return expect.unreachable();
      expect(await stores.generation.beginStoring(claimed.asset, NOON)).toBe(true);
      expect(await stores.generation.doubt(claimed.asset, { now: NOON, dueAt: NOON, detail: "lost" })).toBe(
        false,
      );
    });

    it("after the first counts against the instance's day", async () => {
      const { stores } = await open();
      const held = await assetIn(stores, "preparing");
      await stores.generation.beginAttempt(held, {
        id: `att_${unique()}`,
        startedAt: NOON,
        callbackDigest: unique(),
        capDay: "2026-11-22",
      });
      const user = await member(stores);
      const dailyCap = { day: "2026-11-22", count: 1 };
      expect((await stores.generation.order(newOrder(user, 1, { dailyCap }))).status).toBe("daily-cap");
    });

    it("cannot have the task of another one", async () => {
      const { stores } = await open();
      const user = await member(stores);
      started(await stores.generation.order(newOrder(user, 2)));
      const held = await due(stores, NOON);
      for (const { id, epoch } of held) {
        const attempt = {
          id: `att_${unique()}`,
          startedAt: NOON,
          callbackDigest: unique(),
          capDay: null,
        } as const;
        await stores.generation.beginAttempt({ id, epoch }, attempt);
      }
      const accept = (index: number) =>
        stores.generation.accept(
          { id: held[index]?.id ?? "gen_", epoch: 1 },
          { operation: 1, taskKey: "same", now: NOON, dueAt: NOON, rankAt: NOON },
        );
      expect(await accept(0)).toBe(true);
      await expect(accept(1)).rejects.toThrow();
      expect((await stores.generation.get(held[1]?.id ?? "gen_"))?.state).toBe("submitting");
    });
  });

  describe("what a status message shows", () => {
    const open = openWith(make);

    it("is due again when the progress changed, and only then", async () => {
      const { stores } = await open();
      const { batchId, id, provider } = await assetIn(stores, "submitted");
      const versions: (number | undefined)[] = [];
      for (const progress of [null, 0.2, 0.2, null, 0.5]) {
        const groups = [{ providers: [provider], creates: 1, reads: 1 }];
        const [claimed] = await stores.generation.claim(groups, "w", NOON + 9_000, LEASE_MS);
        if (claimed === undefined) return expect.unreachable();
        const look = { dueAt: NOON, rankAt: NOON, progress, fetchFailures: 0, statusDueAt: NOON };
        expect(await stores.generation.lookAgain(claimed.asset, look)).toBe(true);
        versions.push((await stores.deliveries.statusOf(batchId))?.version);
      }
      expect(versions).toEqual([0, 1, 1, 1, 2]);
      expect((await stores.generation.get(id))?.progress).toBe(0.5);
    });
  });

  describe("the place in the queue", () => {
    const open = openWith(make);

    it("counts the older requests for the same provider that are not submitted yet", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const provider = unique("provider");
      const ordered = [];
      for (const age of [3, 2, 1]) {
        const order = newOrder(user, 1, { provider, now: NOON - age });
        ordered.push(...started(await stores.generation.order(order)));
      }
      await stores.generation.order(newOrder(user, 1, { now: NOON - 9 }));
      const ahead = await Promise.all(ordered.map((asset) => stores.generation.aheadOf(asset)));
      expect(ahead).toEqual([0, 1, 2]);
    });
  });
}

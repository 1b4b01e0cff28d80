import { describe, expect, it } from "vitest";
import type { MediaAsset } from "../../../src/core/generation/asset.ts";
import { checkLedger } from "../../../src/db/ledger-check.ts";
import {
  assetIn,
  EVERYTHING,
  LEASE_MS,
  MEDIA,
  member,
  NOON,
  newDelivery,
  newEnding,
  newOrder,
  started,
  unique,
} from "../../support/store-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

const UNFINISHED = ["queued", "preparing", "submitting", "submitted", "storing", "unknown"] as const;

export function endingContract(make: MakeDatabase): void {
  describe("an end", () => {
    const open = openWith(make);

    it("with media settles the unit, keeps the media and owes the result", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const held = await assetIn(stores, "storing", user);
      const result = newDelivery({
        kind: "result",
        dedupeKey: `result:${held.id}`,
        assetId: held.id,
        reply: null,
      });
      expect(await stores.generation.end(held, newEnding("ready", { deliveries: [result] }))).toBe(true);
      expect(await stores.generation.get(held.id)).toMatchObject({
        state: "ready",
        media: MEDIA,
        endReason: null,
        dueAt: null,
        endedAt: NOON + 60_000,
      });
      expect((await stores.users.balance(user.id, "2026-11")).used).toBe(1);
      expect((await stores.deliveries.get(result.id))?.state).toBe("new");
      expect((await stores.deliveries.statusOf(held.batchId))?.version).toBe(2);
      expect(await checkLedger(database)).toEqual([]);
    });

    it("without media gives the unit back to the month it was taken from", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const held = await assetIn(stores, "submitted", user);
      await stores.generation.order(newOrder(user, 1, { period: "2026-12" }));
      const ending = newEnding("failed", {
        now: Date.UTC(2026, 11, 1),
        reason: "content-refused",
        code: "CONTENT_REFUSED",
      });
      expect(await stores.generation.end(held, ending)).toBe(true);
      expect(await stores.generation.get(held.id)).toMatchObject({
        state: "failed",
        endReason: "content-refused",
        endCode: "CONTENT_REFUSED",
        media: null,
      });
      expect((await stores.users.balance(user.id, "2026-11")).used).toBe(0);
      expect((await stores.users.balance(user.id, "2026-12")).used).toBe(1);
      expect(await checkLedger(database)).toEqual([]);
    });

    it("gives a bonus unit back to the bonus units", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const audit = { key: unique(), at: NOON, actorId: "usr_admin", action: "grant" } as const;
      await stores.users.administer(user.id, { action: "grant", units: 1 }, audit);
      const [asset] = started(await stores.generation.order(newOrder(user, 1, { limit: 0 })));
      if (asset === undefined) return expect.unreachable();
      expect(await stores.generation.cancel(asset.id, newEnding("cancelled"))).toBe(true);
      expect(await stores.users.balance(user.id, "2026-11")).toEqual({ used: 0, grants: 1 });
      expect(await checkLedger(database)).toEqual([]);
    });

    it.each([
      ["ready", ["storing"]],
      ["failed", UNFINISHED],
      ["expired", UNFINISHED],
      ["cancelled", ["queued"]],
    ] as const)("as %s comes from %s, and from nowhere else", async (state, from) => {
      const { stores, database } = await open();
      const allowed: readonly string[] = from;
      for (const before of UNFINISHED) {
        const asset = await assetIn(stores, before);
        const ended = await stores.generation.end(asset, newEnding(state));
        expect([before, ended]).toEqual([before, allowed.includes(before)]);
        expect((await stores.generation.get(asset.id))?.state).toBe(ended ? state : before);
      }
      expect(await checkLedger(database)).toEqual([]);
    });

    it("happens once, whoever comes first, with one entry in the ledger", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const held = await assetIn(stores, "storing", user);
      const endings = [newEnding("failed"), newEnding("ready"), newEnding("expired"), newEnding("failed")];
      const results = await Promise.all(endings.map((ending) => stores.generation.end(held, ending)));
      // The late edge may follow a failure; it settles nothing.
      expect(results.filter(Boolean).length).toBeGreaterThanOrEqual(1);
      expect(await checkLedger(database)).toEqual([]);
      expect((await stores.users.balance(user.id, "2026-11")).used).toBeLessThanOrEqual(1);
    });

    it("is refused to a holder whose epoch is over", async () => {
      const { stores } = await open();
      const held = await assetIn(stores, "storing");
      await stores.generation.releaseLeases("other", NOON);
      expect(await stores.generation.end(held, newEnding("ready"))).toBe(false);
      expect((await stores.generation.get(held.id))?.state).toBe("storing");
    });

    it("that comes late is on the house: media and delivery, nothing in the ledger, the reason kept", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const held = await assetIn(stores, "submitted", user);
      await stores.generation.end(held, newEnding("expired", { reason: "timed-out" }));
      const result = newDelivery({ kind: "result", dedupeKey: `result:${held.id}` });
      expect(await stores.generation.end(held, newEnding("ready", { deliveries: [result] }))).toBe(true);
      expect(await stores.generation.get(held.id)).toMatchObject({
        state: "ready",
        media: MEDIA,
        endReason: "timed-out",
      });
      expect((await stores.users.balance(user.id, "2026-11")).used).toBe(0);
      expect((await stores.deliveries.get(result.id))?.state).toBe("new");
      expect(await stores.generation.end(held, newEnding("ready"))).toBe(false);
      const differences = await checkLedger(database);
      expect(differences).toEqual([]);
    });

    it("cannot be settled twice even by a program that tried: the ledger's steps are unique", async () => {
      const { stores, database } = await open();
      const held = await assetIn(stores, "queued");
      const ending = newEnding("cancelled");
      await stores.generation.cancel(held.id, ending);
      const { addLedgerEntry } = await import("../../../src/db/stores/ledger-statements.ts");
      const again = database.write(async (session) => {
        await addLedgerEntry(session, {
          id: unique("led"),
          userId: held.userId,
          assetId: held.id,
          step: 2,
          kind: "refund",
          source: "limit",
          period: held.period,
          units: -1,
          now: NOON,
        });
      });
      await expect(again).rejects.toThrow();
      expect(await checkLedger(database)).toEqual([]);
    });

    it("lets the member's next ones go, oldest first, and nobody else's", async () => {
      const { stores } = await open();
      const [user, other] = [await member(stores), await member(stores)];
      const atOnce = 2;
      const mine = started(await stores.generation.order(newOrder(user, 4, { atOnce })));
      await stores.generation.order(newOrder(other, 3, { atOnce }));
      const dueOfMine = async () => {
        const assets = await Promise.all(mine.map(({ id }) => stores.generation.get(id)));
        return assets.map((asset) => asset?.dueAt ?? null);
      };
      expect(await dueOfMine()).toEqual([NOON, NOON, null, null]);
      await stores.generation.cancel(mine[0]?.id ?? "gen_", newEnding("cancelled", { atOnce }));
      expect(await dueOfMine()).toEqual([null, NOON, NOON + 60_000, null]);
      await stores.generation.cancel(mine[3]?.id ?? "gen_", newEnding("cancelled", { atOnce }));
      expect(await dueOfMine()).toEqual([null, NOON, NOON + 60_000, null]);
    });
  });

  describe("assets that wait", () => {
    const open = openWith(make);

    it("are woken when nothing of their member's is under way, one at a time, or when they are too old", async () => {
      const { stores } = await open();
      const [lonely, busy] = [await member(stores), await member(stores)];
      const waiting = started(await stores.generation.order(newOrder(lonely, 3, { atOnce: 0 })));
      started(await stores.generation.order(newOrder(busy, 3, { atOnce: 1 })));
      expect(await stores.generation.wakeWaiting(NOON - 1, NOON + 5, 100)).toBe(1);
      expect((await stores.generation.get(waiting[0]?.id ?? "gen_"))?.dueAt).toBe(NOON + 5);
      expect(await stores.generation.wakeWaiting(NOON - 1, NOON + 5, 100)).toBe(0);
      expect(await stores.generation.wakeWaiting(NOON + 1, NOON + 5, 100)).toBe(4);
    });
  });

  describe("what is unfinished", () => {
    const open = openWith(make);

    it("is known by its newest batch a member and by numbers", async () => {
      const { stores } = await open();
      const [ada, bo] = [await member(stores), await member(stores)];
      const orders = [
        newOrder(ada, 2, { now: NOON - 5 }),
        newOrder(ada, 1, { now: NOON }),
        newOrder(bo, 1, { now: NOON - 9 }),
      ];
      for (const order of orders) await stores.generation.order(order);
      const newest = await stores.generation.unfinishedBatches(10);
      expect([...newest].sort((a, b) => (a.batchId < b.batchId ? -1 : 1))).toEqual(
        [orders[1], orders[2]]
          .map((order) => ({ batchId: order?.batchId, userId: order?.userId }))
          .sort((a, b) => ((a.batchId ?? "") < (b.batchId ?? "") ? -1 : 1)),
      );
      expect(await stores.generation.overview()).toEqual({ states: { queued: 4 }, oldest: NOON - 9 });
      const claimed = await stores.generation.claim(EVERYTHING, "w", NOON, LEASE_MS);
      const end = ({ asset }: { asset: MediaAsset }) => stores.generation.end(asset, newEnding("failed"));
      for (const each of claimed) await end(each);
      expect(await stores.generation.unfinishedBatches(10)).toEqual([]);
      expect(await stores.generation.overview()).toEqual({ states: {}, oldest: null });
    });
  });
}

import { describe, expect, it } from "vitest";
import type { OrderResult } from "../../../src/core/ports/stores.ts";
import { checkLedger } from "../../../src/db/ledger-check.ts";
import {
  member,
  NOON,
  newDelivery,
  newEnding,
  newOrder,
  started,
  unique,
} from "../../support/store-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

const statuses = (results: readonly OrderResult[], status: OrderResult["status"]) =>
  results.filter((result) => result.status === status);

export function orderContract(make: MakeDatabase): void {
  describe("an order", () => {
    const open = openWith(make);

    it("writes everything that it asks for", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const order = newOrder(user, 2, { style: "ink", aspect: "16:9", private: true, limit: 10 });
      const result = await stores.generation.order(order);
      const assets = started(result);
      expect(result).toMatchObject({ balance: { used: 2, limit: 10, grants: 0 } });
      expect(assets[1]).toEqual({
        id: order.assets[1]?.id,
        batchId: order.batchId,
        batchIndex: 1,
        batchCount: 2,
        userId: user.id,
        platform: "discord",
        receipt: order.assets[1]?.receipts[0],
        handle: order.assets[1]?.handle,
        kind: "image",
        provider: order.provider,
        prompt: order.prompt,
        aspect: "16:9",
        style: "ink",
        seed: 7,
        state: "queued",
        epoch: 0,
        dueAt: NOON,
        attempts: 0,
        fetchFailures: 0,
        progress: null,
        operation: null,
        submittedAt: null,
        acceptedAt: null,
        media: null,
        endReason: null,
        endCode: null,
        favourite: false,
        private: true,
        period: "2026-11",
        unitSource: "limit",
        requestedProvider: order.provider,
        tried: [],
        references: [],
        createdAt: NOON,
        endedAt: null,
        deletedAt: null,
      });
      expect(await stores.generation.batch(order.batchId)).toEqual(assets);
      expect(await stores.generation.get(assets[0]?.id ?? "gen_")).toEqual(assets[0]);
      expect(await stores.generation.byHandle(assets[0]?.handle ?? "")).toEqual(assets[0]);
      expect(await stores.users.balance(user.id, "2026-11")).toEqual({ used: 2, grants: 0 });
      expect((await stores.deliveries.statusOf(order.batchId))?.id).toBe(order.status.id);
    });

    it("gives exactly as many as are left to many who ask at once", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const results = await Promise.all(
        Array.from({ length: 50 }, () => stores.generation.order(newOrder(user))),
      );
      expect(statuses(results, "started")).toHaveLength(10);
      expect(statuses(results, "limit")).toHaveLength(40);
      expect((await stores.users.balance(user.id, "2026-11")).used).toBe(10);
      expect(await checkLedger(database)).toEqual([]);
    });

    it("takes all units of a batch or none, also in a race", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const results = await Promise.all(
        Array.from({ length: 12 }, () => stores.generation.order(newOrder(user, 4))),
      );
      expect(statuses(results, "started")).toHaveLength(2);
      expect(await stores.users.balance(user.id, "2026-11")).toEqual({ used: 8, grants: 0 });
      expect(await checkLedger(database)).toEqual([]);
    });

    it("uses the month's limit first and then the bonus units, remembered for each asset", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const audit = { key: unique(), at: NOON, actorId: "usr_admin", action: "grant" } as const;
      await stores.users.administer(user.id, { action: "grant", units: 3 }, audit);
      await stores.generation.order(newOrder(user, 3, { limit: 4 }));
      const result = await stores.generation.order(newOrder(user, 3, { limit: 4 }));
      expect(started(result).map((asset) => asset.unitSource)).toEqual(["limit", "grant", "grant"]);
      expect(result).toMatchObject({ balance: { used: 4, limit: 4, grants: 1 } });
      const refused = await stores.generation.order(newOrder(user, 2, { limit: 4 }));
      expect(refused).toEqual({ status: "limit", balance: { used: 4, limit: 4, grants: 1 } });
      expect(await checkLedger(database)).toEqual([]);
    });

    it("never overdraws the bonus units in a race", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const audit = { key: unique(), at: NOON, actorId: "usr_admin", action: "grant" } as const;
      await stores.users.administer(user.id, { action: "grant", units: 5 }, audit);
      const results = await Promise.all(
        Array.from({ length: 20 }, () => stores.generation.order(newOrder(user, 1, { limit: 2 }))),
      );
      expect(statuses(results, "started")).toHaveLength(7);
      expect(await stores.users.balance(user.id, "2026-11")).toEqual({ used: 2, grants: 0 });
      expect(await checkLedger(database)).toEqual([]);
    });

    it("counts without end where there is no limit", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const result = await stores.generation.order(newOrder(user, 4, { limit: null }));
      expect(result).toMatchObject({ status: "started", balance: { used: 4, limit: null } });
    });

    it("counts each month by itself", async () => {
      const { stores } = await open();
      const user = await member(stores);
      await stores.generation.order(newOrder(user, 4, { limit: 4 }));
      const december = await stores.generation.order(newOrder(user, 4, { limit: 4, period: "2026-12" }));
      expect(december.status).toBe("started");
      expect((await stores.generation.order(newOrder(user, 1, { limit: 4 }))).status).toBe("limit");
    });

    it("takes nothing and writes nothing where it is refused", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const order = newOrder(user, 4, { limit: 3 });
      expect(await stores.generation.order(order)).toEqual({
        status: "limit",
        balance: { used: 0, limit: 3, grants: 0 },
      });
      expect(await stores.generation.batch(order.batchId)).toEqual([]);
      expect(await stores.deliveries.overview()).toEqual({ waiting: 0, oldest: null });
      expect(await checkLedger(database)).toEqual([]);
    });

    it("is answered once for one inbox key, also in a race", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const inboxKey = unique("key");
      const results = await Promise.all(
        Array.from({ length: 5 }, () => stores.generation.order(newOrder(user, 1, { inboxKey }))),
      );
      expect(statuses(results, "started")).toHaveLength(1);
      expect(statuses(results, "duplicate")).toHaveLength(4);
      expect((await stores.users.balance(user.id, "2026-11")).used).toBe(1);
    });

    it("uses up its draft: a second press starts nothing", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const draft = {
        id: unique("draft"),
        userId: user.id,
        content: {},
        createdAt: NOON,
        expiresAt: NOON + 10,
      };
      await stores.drafts.save(draft);
      const press = () => stores.generation.order(newOrder(user, 1, { draftId: draft.id }));
      expect((await press()).status).toBe("started");
      expect((await press()).status).toBe("duplicate");
      expect(await stores.drafts.get(draft.id, NOON)).toBeNull();
    });

    it("starts nothing for a draft that is expired or somebody else's", async () => {
      const { stores } = await open();
      const [user, other] = [await member(stores), await member(stores)];
      const draft = {
        id: unique("draft"),
        userId: user.id,
        content: {},
        createdAt: NOON,
        expiresAt: NOON + 10,
      };
      await stores.drafts.save(draft);
      const stolen = await stores.generation.order(newOrder(other, 1, { draftId: draft.id }));
      expect(stolen.status).toBe("duplicate");
      const late = await stores.generation.order(newOrder(user, 1, { draftId: draft.id, now: NOON + 10 }));
      expect(late.status).toBe("duplicate");
    });

    it("keeps to the instance's cap of a day, and takes no unit where it is reached", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const capped = (units: number, day = "2026-11-22") =>
        stores.generation.order(newOrder(user, units, { dailyCap: { day, count: 5 } }));
      expect((await capped(4)).status).toBe("started");
      expect((await capped(2)).status).toBe("daily-cap");
      expect((await capped(1)).status).toBe("started");
      expect((await capped(1)).status).toBe("daily-cap");
      expect((await stores.users.balance(user.id, "2026-11")).used).toBe(5);
      expect((await capped(1, "2026-11-23")).status).toBe("started");
    });

    it("lets as many be under way at once as the member may have; the rest waits", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const first = started(await stores.generation.order(newOrder(user, 3, { atOnce: 2 })));
      expect(first.map((asset) => asset.dueAt)).toEqual([NOON, NOON, null]);
      const second = started(await stores.generation.order(newOrder(user, 1, { atOnce: 2 })));
      expect(second.map((asset) => asset.dueAt)).toEqual([null]);
      const third = started(await stores.generation.order(newOrder(user, 1, { atOnce: 5 })));
      expect(third.map((asset) => asset.dueAt)).toEqual([NOON]);
    });

    it("lets no more be under way than that in a race", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const results = await Promise.all(
        Array.from({ length: 8 }, () => stores.generation.order(newOrder(user, 1, { atOnce: 2 }))),
      );
      const due = results.flatMap(started).filter((asset) => asset.dueAt !== null);
      expect(due).toHaveLength(2);
    });

    it("takes the first receipt that the member has not had", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const withReceipts = (receipts: string[]) => {
        const order = newOrder(user);
        return { ...order, assets: [{ ...order.assets[0], receipts }] as const };
      };
      const take = async (receipts: string[]) =>
        started(await stores.generation.order(withReceipts(receipts)))[0]?.receipt;
      expect(await take(["AAAAAA", "BBBBBB", "CCCCCC"])).toBe("AAAAAA");
      expect(await take(["AAAAAA", "BBBBBB", "CCCCCC"])).toBe("BBBBBB");
      await expect(take(["AAAAAA", "BBBBBB"])).rejects.toThrow(/receipt/);
      expect((await stores.users.balance(user.id, "2026-11")).used).toBe(2);
    });

    it("owes one status message, whatever its key says already", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const status = newDelivery({ kind: "status", dedupeKey: "status:same" });
      await stores.generation.order(newOrder(user, 1, { status }));
      await stores.generation.order(newOrder(user, 1, { status: { ...status, id: "dlv_other" } }));
      expect((await stores.deliveries.overview()).waiting).toBe(1);
    });

    it("leaves the others alone that are committed with it when it fails", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const good = [newOrder(user), newOrder(user)];
      const broken = { ...newOrder(user), userId: "usr_nobody" } as const;
      const results = await Promise.allSettled(
        [good[0], broken, good[1]].map((order) => stores.generation.order(order ?? broken)),
      );
      expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect((await stores.users.balance(user.id, "2026-11")).used).toBe(2);
      expect(await checkLedger(database)).toEqual([]);
    });
  });

  describe("a cancelled asset", () => {
    const open = openWith(make);

    it("gives its unit back and says so", async () => {
      const { stores, database } = await open();
      const user = await member(stores);
      const order = newOrder(user, 2);
      const [asset] = started(await stores.generation.order(order));
      if (asset === undefined) return expect.unreachable();
      expect(await stores.generation.cancel(asset.id, newEnding("cancelled"))).toBe(true);
      expect(await stores.generation.cancel(asset.id, newEnding("cancelled"))).toBe(false);
      expect(await stores.generation.get(asset.id)).toMatchObject({
        state: "cancelled",
        endReason: "cancelled",
        dueAt: null,
      });
      expect((await stores.users.balance(user.id, "2026-11")).used).toBe(1);
      expect(await checkLedger(database)).toEqual([]);
    });

    it("cannot be cancelled once somebody works on it", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const [asset] = started(await stores.generation.order(newOrder(user)));
      if (asset === undefined) return expect.unreachable();
      await stores.generation.claim([{ providers: [asset.provider], creates: 1, reads: 0 }], "w", NOON, 1000);
      expect(await stores.generation.cancel(asset.id, newEnding("cancelled"))).toBe(false);
    });
  });
}

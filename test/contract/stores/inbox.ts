import { describe, expect, it } from "vitest";
import { member, NOON, newDelivery, newOrder, unique } from "../../support/store-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

export function inboxStoreContract(make: MakeDatabase): void {
  describe("the inbox", () => {
    const open = openWith(make);
    const entry = (key: string, at = NOON) => ({
      key,
      source: "telegram",
      payload: { text: "draw \0 \ud800 me", nested: [1, null, { deep: true }] },
      receivedAt: at,
    });

    it("takes each key once, and says which ones were new", async () => {
      const { inbox } = (await open()).stores;
      expect([...(await inbox.receive([entry("a"), entry("b"), entry("a")]))].sort()).toEqual(["a", "b"]);
      expect([...(await inbox.receive([entry("b"), entry("c")]))]).toEqual(["c"]);
      expect([...(await inbox.receive([]))]).toEqual([]);
    });

    it("gives back what waits as it came, oldest first, for one platform", async () => {
      const { inbox } = (await open()).stores;
      await inbox.receive([entry("z"), entry("m"), { ...entry("other"), source: "discord" }]);
      await inbox.receive([entry("a")]);
      const waiting = await inbox.waiting("telegram", 10);
      expect(waiting).toEqual([entry("z"), entry("m"), entry("a")]);
      expect(await inbox.waiting("telegram", 1)).toHaveLength(1);
    });

    it("lets each be handled once, together with the answer that is owed", async () => {
      const { inbox, deliveries } = (await open()).stores;
      await inbox.receive([entry("a")]);
      const answers = [newDelivery(), newDelivery(), newDelivery()];
      const results = await Promise.all(
        answers.map((answer) => inbox.handled("a", "telegram", NOON, answer)),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect((await deliveries.overview()).waiting).toBe(1);
      expect(await inbox.waiting("telegram", 10)).toEqual([]);
      expect([...(await inbox.receive([entry("a")]))]).toEqual([]);
    });

    it("may be written as handled at once, where nothing was received before", async () => {
      const { inbox } = (await open()).stores;
      expect(await inbox.handled("new", "discord", NOON, null)).toBe(true);
      expect(await inbox.handled("new", "discord", NOON, null)).toBe(false);
    });

    it("is handled by the order that it asked for", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const inboxKey = unique("key");
      await stores.inbox.receive([entry(inboxKey)]);
      expect((await stores.generation.order(newOrder(user, 1, { inboxKey }))).status).toBe("started");
      expect(await stores.inbox.waiting("telegram", 10)).toEqual([]);
      expect(await stores.inbox.handled(inboxKey, "telegram", NOON, null)).toBe(false);
    });

    it("waits on where the order was refused, so that the answer can be owed", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const inboxKey = unique("key");
      await stores.inbox.receive([entry(inboxKey)]);
      expect((await stores.generation.order(newOrder(user, 1, { inboxKey, limit: 0 }))).status).toBe("limit");
      expect(await stores.inbox.handled(inboxKey, "telegram", NOON, newDelivery())).toBe(true);
    });

    it("forgets what was handled long ago, some at a time, and nothing that waits", async () => {
      const { inbox } = (await open()).stores;
      await inbox.receive([entry("waits", NOON - 1000)]);
      for (const key of ["a", "b", "c"]) await inbox.handled(key, "telegram", NOON, null);
      await inbox.handled("young", "telegram", NOON + 10, null);
      expect(await inbox.prune(NOON + 5, 2)).toBe(2);
      expect(await inbox.prune(NOON + 5, 2)).toBe(1);
      expect(await inbox.prune(NOON + 5, 2)).toBe(0);
      expect(await inbox.waiting("telegram", 10)).toHaveLength(1);
      expect(await inbox.handled("young", "telegram", NOON, null)).toBe(false);
    });
  });
}

import { describe, expect, it } from "vitest";
import { NO_SETTINGS } from "../../../src/core/usage/user.ts";
import { checkLedger } from "../../../src/db/ledger-check.ts";
import { member, NOON, newOrder, unique } from "../../support/store-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

export function userStoreContract(make: MakeDatabase): void {
  describe("members", () => {
    const open = openWith(make);

    it("are made at first sight, free and without settings", async () => {
      const { users } = (await open()).stores;
      const user = await users.resolve("discord:1", { name: "Ada", locale: "en-GB" }, "usr_1", NOON);
      expect(user).toEqual({
        id: "usr_1",
        identity: "discord:1",
        name: "Ada",
        locale: "en-GB",
        plan: "free",
        planUntil: null,
        limitOverride: null,
        grants: 0,
        bannedAt: null,
        settings: NO_SETTINGS,
        createdAt: NOON,
      });
      expect(await users.byId("usr_1")).toEqual(user);
      expect(await users.byIdentity("discord:1")).toEqual(user);
      expect(await users.byIdentity("discord:2")).toBeNull();
      expect(await users.byId("usr_2")).toBeNull();
    });

    it("stay the same when they come again, with the latest name and language", async () => {
      const { users } = (await open()).stores;
      await users.resolve("discord:1", { name: "Ada", locale: "en" }, "usr_1", NOON);
      const again = await users.resolve("discord:1", { name: "Ada L.", locale: null }, "usr_2", NOON + 1);
      expect(again).toMatchObject({ id: "usr_1", name: "Ada L.", locale: null });
      expect(await users.byId("usr_2")).toBeNull();
    });

    it("are one member when they come many times at once", async () => {
      const { users } = (await open()).stores;
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          users.resolve("telegram:7", { name: "Bo", locale: null }, `usr_${index}`, NOON),
        ),
      );
      expect(new Set(all.map((user) => user.id)).size).toBe(1);
    });

    it("are found by their public name without regard to case, the last one seen with it", async () => {
      const { users } = (await open()).stores;
      const as = (username: string) => ({ name: "Ada", locale: null, username });
      await users.resolve("telegram:1", as("AdaLove"), "usr_1", NOON);
      await users.resolve("telegram:2", as("adalove"), "usr_2", NOON + 5);
      expect((await users.byUsername("telegram", "ADALOVE"))?.id).toBe("usr_2");
      expect(await users.byUsername("discord", "adalove")).toBeNull();
      expect(await users.byUsername("telegram", "somebody")).toBeNull();
    });

    it("may have a name that the engine could not store as it is", async () => {
      const { users } = (await open()).stores;
      const user = await users.resolve(
        "discord:1",
        { name: "A\0d'a \u{1f98a}", locale: null },
        "usr_1",
        NOON,
      );
      expect(user.name).toBe("Ad'a \u{1f98a}");
    });

    it("change only the settings that they name", async () => {
      const { stores } = await open();
      const user = await member(stores);
      await stores.users.changeSettings(user.id, { zone: "Europe/Berlin", kind: "video" });
      const settings = await stores.users.changeSettings(user.id, { kind: null, aspect: "16:9" });
      expect(settings).toEqual({ ...NO_SETTINGS, zone: "Europe/Berlin", aspect: "16:9" });
      expect((await stores.users.byId(user.id))?.settings).toEqual(settings);
    });

    it("lose no setting when several are changed at once", async () => {
      const { stores } = await open();
      const user = await member(stores);
      await Promise.all([
        stores.users.changeSettings(user.id, { zone: "UTC" }),
        stores.users.changeSettings(user.id, { language: "de" }),
        stores.users.changeSettings(user.id, { style: "ink" }),
      ]);
      expect((await stores.users.byId(user.id))?.settings).toMatchObject({
        zone: "UTC",
        language: "de",
        style: "ink",
      });
    });

    it("have nothing used in a month in which they asked for nothing", async () => {
      const { stores } = await open();
      const user = await member(stores);
      expect(await stores.users.balance(user.id, "2026-11")).toEqual({ used: 0, grants: 0 });
    });
  });

  describe("what admins change", () => {
    const open = openWith(make);
    const audit = (action: "limit" | "plan" | "grant" | "ban" | "unban", key = unique("audit")) =>
      ({ key, at: NOON, actorId: "usr_admin", action }) as const;

    it("is a limit, a plan, bonus units and a ban", async () => {
      const { stores } = await open();
      const { id } = await member(stores);
      const { users } = stores;
      expect(await users.administer(id, { action: "limit", limit: 3 }, audit("limit"))).toMatchObject({
        limitOverride: 3,
      });
      const pro = { action: "plan", plan: "pro", until: NOON + 1 } as const;
      expect(await users.administer(id, pro, audit("plan"))).toMatchObject({
        plan: "pro",
        planUntil: NOON + 1,
      });
      expect(await users.administer(id, { action: "grant", units: 5 }, audit("grant"))).toMatchObject({
        grants: 5,
      });
      expect(await users.administer(id, { action: "ban", reason: "spam" }, audit("ban"))).toMatchObject({
        bannedAt: NOON,
      });
      expect(await users.administer(id, { action: "unban" }, audit("unban"))).toMatchObject({
        bannedAt: null,
        plan: "pro",
        limitOverride: 3,
        grants: 5,
      });
    });

    it("happens once for one command", async () => {
      const { stores, database } = await open();
      const { id } = await member(stores);
      const once = audit("grant");
      const grant = { action: "grant", units: 5 } as const;
      const all = await Promise.all(
        Array.from({ length: 4 }, () => stores.users.administer(id, grant, once)),
      );
      expect(all.map((user) => user.grants)).toEqual([5, 5, 5, 5]);
      expect(await checkLedger(database)).toEqual([]);
    });

    it("never brings bonus units below nothing", async () => {
      const { stores, database } = await open();
      const { id } = await member(stores);
      await stores.users.administer(id, { action: "grant", units: 2 }, audit("grant"));
      const user = await stores.users.administer(id, { action: "grant", units: -10 }, audit("grant"));
      expect(user.grants).toBe(0);
      expect(await checkLedger(database)).toEqual([]);
    });

    it("is refused for somebody who is not there", async () => {
      const { users } = (await open()).stores;
      const change = users.administer("usr_nobody", { action: "unban" }, audit("unban"));
      await expect(change).rejects.toMatchObject({ code: "NOT_FOUND" });
    });

    it("counts from the next request on", async () => {
      const { stores } = await open();
      const user = await member(stores);
      await stores.users.administer(user.id, { action: "grant", units: 2 }, audit("grant"));
      const result = await stores.generation.order(newOrder(user, 2, { limit: 1 }));
      expect(result).toMatchObject({ status: "started", balance: { used: 1, limit: 1, grants: 1 } });
    });
  });
}

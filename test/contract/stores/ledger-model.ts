import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MediaAsset } from "../../../src/core/generation/asset.ts";
import type { Period } from "../../../src/core/usage/allowance.ts";
import { checkLedger } from "../../../src/db/ledger-check.ts";
import {
  EVERYTHING,
  LEASE_MS,
  member,
  NOON,
  newEnding,
  newOrder,
  unique,
} from "../../support/store-fixtures.ts";
import { type MakeDatabase, type Opened, openWith } from "./suite.ts";

/** What a member and an admin can do to an allowance. */
type Command =
  | { readonly kind: "order"; readonly units: number; readonly times: number }
  | { readonly kind: "cancel" | "fail" | "finish" | "next-month" | "claim" }
  | { readonly kind: "limit"; readonly limit: number | null }
  | { readonly kind: "grant"; readonly units: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("order"),
      units: fc.integer({ min: 1, max: 4 }),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("cancel", "fail", "finish", "claim") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("next-month") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("limit"),
      limit: fc.option(fc.integer({ min: 0, max: 12 }), { nil: null }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("grant"), units: fc.integer({ min: -3, max: 5 }) }) },
);

/** The allowance as it is meant, in a few lines: what is used of each month, and the bonus units. */
class Model {
  readonly used = new Map<Period, number>();
  limit: number | null = 10;
  grants = 0;
  month = 1;

  get period(): Period {
    return `2026-${String(this.month).padStart(2, "0")}`;
  }

  usedIn(period: Period): number {
    return this.used.get(period) ?? 0;
  }

  reserve(units: number): boolean {
    const left = this.limit === null ? units : Math.max(0, this.limit - this.usedIn(this.period));
    const ofLimit = Math.min(units, left);
    if (units - ofLimit > this.grants) return false;
    this.used.set(this.period, this.usedIn(this.period) + ofLimit);
    this.grants -= units - ofLimit;
    return true;
  }

  refund(asset: MediaAsset): void {
    if (asset.unitSource === "grant") this.grants += 1;
    else this.used.set(asset.period, this.usedIn(asset.period) - 1);
  }
}

export function ledgerModelContract(make: MakeDatabase, runs: number): void {
  describe("the allowance", () => {
    const open = openWith(make);

    it("is what the model says after any sequence of requests, ends, grants, limits and months", async () => {
      const opened = await open();
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), async (commands) => {
          await play(opened, commands);
        }),
        { numRuns: runs },
      );
      expect(await checkLedger(opened.database)).toEqual([]);
    });
  });
}

async function play({ stores }: Opened, commands: readonly Command[]): Promise<void> {
  const { generation, users } = stores;
  const user = await member(stores);
  const model = new Model();
  const queued: MediaAsset[] = [];
  const held: MediaAsset[] = [];
  for (const each of commands) {
    switch (each.kind) {
      case "order": {
        const orders = Array.from({ length: each.times }, () =>
          newOrder(user, each.units, { limit: model.limit, period: model.period }),
        );
        const results = await Promise.all(orders.map((order) => generation.order(order)));
        for (const result of results) if (result.status === "started") queued.push(...result.assets);
        const expected = orders.filter(() => model.reserve(each.units)).length;
        expect(results.filter(({ status }) => status === "started")).toHaveLength(expected);
        break;
      }
      case "claim": {
        const claimed = await generation.claim(EVERYTHING, "w", NOON, LEASE_MS);
        const mine = claimed.filter(({ asset }) => asset.userId === user.id);
        held.push(...mine.map(({ asset }) => asset));
        queued.splice(0);
        break;
      }
      case "cancel": {
        const asset = queued.shift();
        if (asset === undefined) break;
        const endings = [newEnding("cancelled"), newEnding("cancelled")];
        const ended = await Promise.all(endings.map((ending) => generation.cancel(asset.id, ending)));
        expect(ended.filter(Boolean)).toHaveLength(1);
        model.refund(asset);
        break;
      }
      case "fail": {
        const asset = held.shift();
        if (asset === undefined) break;
        const endings = [newEnding("failed"), newEnding("expired")];
        const ended = await Promise.all(endings.map((ending) => generation.end(asset, ending)));
        expect(ended.filter(Boolean)).toHaveLength(1);
        model.refund(asset);
        break;
      }
      case "finish": {
        const asset = held.shift();
        if (asset === undefined) break;
        const attempt = {
          id: `att_${unique()}`,
          startedAt: NOON,
          callbackDigest: unique(),
          capDay: null,
        } as const;
        await generation.beginAttempt(asset, attempt);
        await generation.beginStoring(asset, NOON);
        expect(await generation.end(asset, newEnding("ready"))).toBe(true);
        break;
      }
      case "limit":
        model.limit = each.limit;
        break;
      case "grant": {
        const audit = { key: unique("audit"), at: NOON, actorId: "usr_admin", action: "grant" } as const;
        await users.administer(user.id, { action: "grant", units: each.units }, audit);
        model.grants = Math.max(0, model.grants + each.units);
        break;
      }
      case "next-month":
        model.month = Math.min(12, model.month + 1);
    }
    for (const period of [model.period, ...model.used.keys()]) {
      expect(await users.balance(user.id, period)).toEqual({
        used: model.usedIn(period),
        grants: model.grants,
      });
    }
  }
}

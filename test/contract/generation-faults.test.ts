import { describe, expect, it } from "vitest";
import { limits as LIMITS } from "../../src/bots/discord/limits.ts";
import { AppError } from "../../src/core/errors.ts";
import { advance } from "../../src/core/generation/advance.ts";
import type { GenerationStore, Stores } from "../../src/core/ports/stores.ts";
import { assetIn } from "../support/store-fixtures.ts";
import { createPaid, failing, workBenches } from "./support/work-bench.ts";

/** The same stores with some operations of the generation store in place of the real ones. */
const withGeneration =
  (change: (generation: GenerationStore) => Partial<GenerationStore>) =>
  (stores: Stores): Stores => ({
    ...stores,
    generation: { ...stores.generation, ...change(stores.generation) },
  });

describe("work on a paid asset while something of ours fails", () => {
  const bench = workBenches();

  it("remembers the provider's task though the database was away when it was accepted", async () => {
    const paid = createPaid({});
    const { stores, order, turn } = await bench({
      generators: [paid.generator],
      wrap: withGeneration(({ accept }) => ({ accept: failing(accept, 3) })),
    });
    const { id } = await order();
    await turn();
    expect(await stores.generation.get(id)).toMatchObject({ state: "submitted", operation: { task: 1 } });
  });

  it("keeps the result though the database was away when it was to be written", async () => {
    const paid = createPaid({
      start: () => Promise.resolve({ status: "done", media: [{ bytes: new Uint8Array([1]) }] }),
    });
    const { stores, order, turn } = await bench({
      generators: [paid.generator],
      wrap: withGeneration(({ beginStoring, end }) => ({
        beginStoring: failing(beginStoring, 2),
        end: failing(end, 2),
      })),
    });
    const { id } = await order();
    await turn();
    expect(await stores.generation.get(id)).toMatchObject({ state: "ready" });
    expect(paid.calls.starts).toBe(1);
  });

  it("takes the answer of a provider though no sign of life could be given meanwhile", async () => {
    const paid = createPaid({});
    const { stores, work, order } = await bench({ generators: [paid.generator] });
    const { id } = await order();
    const hinting = {
      ...work,
      stores: {
        ...work.stores,
        deliveries: {
          ...work.stores.deliveries,
          statusOf: () => Promise.reject(new AppError("STORE_UNAVAILABLE", "away")),
        },
      },
      messenger: () => ({
        platform: "discord",
        limits: LIMITS,
        chatPace: () => LIMITS.pace.chat,
        send: () => Promise.resolve({ status: "sent", ref: null } as const),
        hint: () => undefined,
      }),
    };
    const groups = [{ providers: ["kie-4o-image"], creates: 1, reads: 1 }];
    const [claimed] = await stores.generation.claim(groups, "bench", work.clock.now(), 120_000);
    if (claimed === undefined) throw new Error("nothing was claimed");
    await advance(hinting, claimed);
    expect(await stores.generation.get(id)).toMatchObject({ state: "submitted" });
  });

  it.each(["queued", "preparing", "submitting", "submitted", "storing", "unknown"] as const)(
    "gives the unit back for what was %s when its provider was taken away",
    async (state) => {
      const { stores, work, clock } = await bench({ generators: [] });
      const asset = await assetIn(stores, state);
      for (let turns = 0; turns < 3; turns += 1) {
        clock.advance(150_000);
        const strays = await stores.generation.claimStrays([], "bench", clock.now(), 120_000);
        for (const stray of strays) await advance(work, stray);
      }
      expect(await stores.generation.get(asset.id)).toMatchObject({ state: "failed" });
      expect((await stores.users.balance(asset.userId, "2026-11")).used).toBe(0);
    },
  );

  it("does not pay a second time where the media store is full", async () => {
    const paid = createPaid({
      start: () => Promise.resolve({ status: "done", media: [{ bytes: new Uint8Array([1]) }] }),
    });
    const { stores, clock, order, turn } = await bench({
      generators: [paid.generator],
      intake: { fromBytes: () => Promise.reject(new AppError("STORE_UNAVAILABLE", "media directory")) },
    });
    const { id, userId } = await order();
    for (let turns = 0; turns < 4; turns += 1) {
      await turn();
      clock.advance(10_000);
    }
    expect(paid.calls.starts).toBe(1);
    expect(await stores.generation.get(id)).toMatchObject({ state: "failed", endReason: "no-result" });
    expect((await stores.users.balance(userId, "2026-11")).used).toBe(0);
  });
});

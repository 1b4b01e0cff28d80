import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmulatorService } from "../support/emulator-service.ts";
import { LIGHT, type Place, play } from "../support/post-histories.ts";
import { histories } from "../support/post-history-events.ts";
import { startPostgresPlace } from "../support/postgres-place.ts";

const isRight = (place: Place, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(histories, async (history) => {
      expect((await play(history, place)).wrong).toEqual([]);
    }),
    { numRuns, seed: 20261122, endOnFailure: true },
  );

describe("whatever members, approvers, networks and crashes do", { timeout: 120_000 }, () => {
  let postgres: Awaited<ReturnType<typeof startPostgresPlace>>;
  beforeAll(async () => {
    postgres = await startPostgresPlace();
  });
  afterAll(() => postgres.stop());

  it("no post is public twice, early, unapproved, or after its cancel, and each end is told once", () =>
    isRight(LIGHT, 60));

  it("the same holds over Zernio's wire", () => isRight({ ...LIGHT, serve: startEmulatorService }, 10));

  it("the same holds on PostgreSQL", () => isRight({ ...LIGHT, ...postgres }, 6));
});

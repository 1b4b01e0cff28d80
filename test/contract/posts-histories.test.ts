import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { histories, play } from "../support/post-histories.ts";

describe("whatever members, networks and crashes do", () => {
  it("no post is public twice, early, or after its cancel, and each end is told once", {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        expect((await play(history)).wrong).toEqual([]);
      }),
      { numRuns: 300, seed: 20261122 },
    );
  });
});

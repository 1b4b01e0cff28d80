import { describe, expect, it } from "vitest";
import { backoffMs, nextLookAfterMs, rankAt, retryDelayMs } from "./ramp.ts";

describe("the polling ramp", () => {
  it("looks after 3 s up to 30 s of age, every 8 s up to 2 min, then at the configured interval", () => {
    expect([0, 29_999, 30_000, 119_999, 120_000, 900_000].map((age) => nextLookAfterMs(age, 30_000))).toEqual(
      [3_000, 3_000, 8_000, 8_000, 30_000, 30_000],
    );
  });

  it("never waits longer than the configured interval", () => {
    expect([0, 60_000, 600_000].map((age) => nextLookAfterMs(age, 2_000))).toEqual([2_000, 2_000, 2_000]);
  });

  it("ranks what should be done before what is not expected yet", () => {
    const young = rankAt(10_000, 9_000, 100_000);
    const overdue = rankAt(12_000, -200_000, 100_000);
    expect(overdue).toBeLessThan(young);
  });
});

describe("delays", () => {
  it("are 2, 4 and 6 s between attempts, half of it drawn", () => {
    expect([1, 2, 3].map((n) => retryDelayMs(n, () => 1))).toEqual([2_000, 4_000, 6_000]);
    expect([1, 2, 3].map((n) => retryDelayMs(n, () => 0))).toEqual([1_000, 2_000, 3_000]);
  });

  it("are never shorter than the provider asked for", () => {
    expect(retryDelayMs(1, () => 0, 36_000)).toBe(36_000);
    expect(backoffMs(1, () => 0, 20_000)).toBe(20_000);
  });

  it("double up to a quarter of an hour", () => {
    expect([1, 2, 3, 30].map((n) => backoffMs(n, () => 1))).toEqual([5_000, 10_000, 20_000, 900_000]);
  });
});

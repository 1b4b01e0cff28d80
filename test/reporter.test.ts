import { describe, expect, it } from "vitest";
import { formatTotals, isRefused } from "./support/reporter.ts";

describe("the closing line of a test run", () => {
  it("is plain text that a CI can read", () => {
    expect(formatTotals({ passed: 12, failed: 1, skipped: 2 })).toBe("12 passed, 1 failed, 2 skipped");
  });

  it("fails the run for a skip in CI, and only there", () => {
    const totals = { passed: 3, failed: 0, skipped: 1 };
    expect(isRefused(totals, "true")).toBe(true);
    expect(isRefused(totals, "1")).toBe(true);
    expect(isRefused(totals, undefined)).toBe(false);
    expect(isRefused(totals, "false")).toBe(false);
  });

  it("fails the run for a failure anywhere", () => {
    expect(isRefused({ passed: 0, failed: 1, skipped: 0 }, undefined)).toBe(true);
  });
});

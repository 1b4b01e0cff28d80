import { describe, expect, it } from "vitest";
import { parseRetryAfterMs } from "./retry-after.ts";

describe("Retry-After", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  it.each([
    [undefined, undefined],
    ["", undefined],
    ["soon", undefined],
    ["NaN", undefined],
    ["0", 0],
    ["1.5", 1_500],
    ["-3", 0],
    ["99999999", 900_000],
    ["Sun, 22 Nov 2026 12:00:30 GMT", 30_000],
    ["Sun, 22 Nov 2026 11:00:00 GMT", 0],
  ])("%j is %s ms", (text, expected) => {
    expect(parseRetryAfterMs(text, now)).toBe(expected);
  });
});

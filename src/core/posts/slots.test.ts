import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextFreeSlot, quickTimes } from "./slots.ts";
import { echo, resolveWall, wallAt, wallText } from "./zones.ts";

const at = (text: string) => Date.parse(text);
const HOUR_MS = 3_600_000;

describe("times on buttons", () => {
  it("are in an hour, tonight and tomorrow morning", () => {
    const times = quickTimes(at("2026-11-22T16:45:10Z"), "Europe/Berlin");
    expect(times.map((time) => [time.kind, wallText(wallAt(time.at, "Europe/Berlin"))])).toEqual([
      ["hour", "2026-11-22T18:46"],
      ["tonight", "2026-11-22T19:00"],
      ["tomorrow", "2026-11-23T09:00"],
    ]);
  });

  it("leave out the evening once it is there", () => {
    const kinds = (now: string) => quickTimes(at(now), "UTC").map(({ kind }) => kind);
    expect(kinds("2026-11-22T18:58:00Z")).toContain("tonight");
    expect(kinds("2026-11-22T18:58:01Z")).not.toContain("tonight");
    expect(kinds("2026-11-22T23:30:00Z")).toEqual(["hour", "tomorrow"]);
  });

  it("are on the member's day, not on ours", () => {
    const [, tomorrow] = quickTimes(at("2026-11-22T11:00:00Z"), "Pacific/Kiritimati").map((time) => time.at);
    expect(tomorrow).toBe(at("2026-11-23T19:00:00Z") - 14 * HOUR_MS);
  });
});

describe("the next free slot", () => {
  it("is the first of nine, twelve and seven that nothing else is near", () => {
    const now = at("2026-11-22T16:45:00Z");
    expect(nextFreeSlot([], now, "UTC")).toBe(at("2026-11-22T19:00:00Z"));
    expect(nextFreeSlot([at("2026-11-22T19:59:00Z")], now, "UTC")).toBe(at("2026-11-23T09:00:00Z"));
    expect(nextFreeSlot([at("2026-11-22T20:00:00Z")], now, "UTC")).toBe(at("2026-11-22T19:00:00Z"));
  });

  it("is none where everything is taken", () => {
    const now = at("2026-11-22T16:45:00Z");
    const taken = Array.from({ length: 200 * 24 }, (_, hours) => now + hours * HOUR_MS);
    expect(nextFreeSlot(taken, now, "UTC")).toBeNull();
  });

  it("keeps an hour's distance whatever is planned, in any zone", () => {
    const now = at("2026-10-24T10:00:00Z");
    const taken = fc.array(
      fc.integer({ min: 0, max: 20 * 24 * 4 }).map((quarters) => now + quarters * 900_000),
      {
        maxLength: 60,
      },
    );
    const zones = fc.constantFrom("Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu");
    fc.assert(
      fc.property(taken, zones, (others, zone) => {
        const slot = nextFreeSlot(others, now, zone) ?? 0;
        expect(slot).toBeGreaterThan(now);
        expect([9, 12, 19]).toContain(wallAt(slot, zone).hour);
        for (const other of others) expect(Math.abs(other - slot)).toBeGreaterThanOrEqual(HOUR_MS);
      }),
    );
  });
});

describe("an instant for people", () => {
  it.each([
    ["2026-11-01T05:30Z", "America/New_York", "en", "Sun 1 Nov 01:30 EDT (UTC-4) = 05:30 UTC"],
    ["2026-11-01T06:30Z", "America/New_York", "en", "Sun 1 Nov 01:30 EST (UTC-5) = 06:30 UTC"],
    ["2026-11-27T17:30Z", "Europe/Berlin", "de", "Fr 27. Nov 18:30 CET (UTC+1) = 17:30 UTC"],
    ["2026-12-31T20:00Z", "Asia/Tokyo", "en", "Fri 1 Jan 05:00 Tokyo (UTC+9) = Thu 31 Dec 20:00 UTC"],
    [
      "2026-12-31T20:00Z",
      "Asia/Kathmandu",
      "en",
      "Fri 1 Jan 01:45 Kathmandu (UTC+5:45) = Thu 31 Dec 20:00 UTC",
    ],
    ["2026-12-31T20:00Z", "Europe/London", "en", "Thu 31 Dec 20:00 GMT (UTC) = 20:00 UTC"],
    ["2026-12-31T20:00Z", "UTC", "en", "Thu 31 Dec 20:00 UTC"],
  ])("%s in %s, %s", (instant, zone, language, text) => {
    expect(echo(at(instant), zone, language)).toBe(text);
  });
});

describe("a wall time", () => {
  it("that was skipped with a whole day is the first minute after it", () => {
    const skipped = Temporal.PlainDateTime.from("2011-12-30T12:00");
    expect(resolveWall(skipped, "Pacific/Apia")).toEqual({
      at: at("2011-12-30T10:00:00Z"),
      kind: "gap",
      second: null,
    });
  });
});

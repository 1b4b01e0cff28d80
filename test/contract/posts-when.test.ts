import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { FARTHEST_MS, NEAREST_MS, parseWhen, type When } from "../../src/core/posts/when.ts";
import { echo } from "../../src/core/posts/zones.ts";
import { changesOf, minuteClock } from "./support/zone-changes.ts";

interface Phrase {
  readonly language: string;
  readonly zone: string;
  readonly now: number;
  readonly words: string;
  readonly expected: string;
}

const phrases = readFileSync(new URL("../corpora/times.tsv", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line): Phrase => {
    const [language = "", zone = "", now = "", words = "", ...expected] = line.split("\t");
    return { language, zone, now: Date.parse(now), words, expected: expected.join(" ") };
  });

/** An answer as the corpus writes it. */
function written(when: When): string {
  const list = (moments: readonly { wall: string }[]) => moments.map(({ wall }) => wall).join(",") || "-";
  return when.status === "ok"
    ? `${when.wall} ${when.note ?? "-"} ${list(when.alternatives)}`
    : `${when.why} - ${list(when.readings)}`;
}

async function answers(): Promise<readonly string[]> {
  const all: string[] = [];
  for (const phrase of phrases) {
    all.push(`${phrase.language} ${phrase.words}: ${written(await parseWhen(phrase.words, phrase))}`);
  }
  return all;
}
const expected = phrases.map((phrase) => `${phrase.language} ${phrase.words}: ${phrase.expected}`);

describe("points in time from words", () => {
  const zoneOfProcess = process.env["TZ"];
  afterEach(() => {
    if (zoneOfProcess === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zoneOfProcess;
  });

  it("are what people mean by them, in ten languages", async () => {
    expect(phrases.length).toBeGreaterThan(200);
    expect(new Set(phrases.map(({ language }) => language)).size).toBeGreaterThan(9);
    expect(await answers()).toEqual(expected);
  });

  it.each(["America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "Europe/Berlin"])(
    "are the same where the process itself lives in %s",
    async (zone) => {
      process.env["TZ"] = zone;
      expect(await answers()).toEqual(expected);
    },
  );

  it("are refused in a zone that does not exist rather than taken as UTC", async () => {
    await expect(parseWhen("18:30", { now: 0, zone: "Mars/Olympus", language: "en" })).rejects.toThrow(
      RangeError,
    );
  });
});

/** Every kind of change: whole and half hours, at night and at midnight, both hemispheres, none at all. */
const ZONES = [
  "Africa/Cairo",
  "Africa/Casablanca",
  "America/Asuncion",
  "America/Chicago",
  "America/Denver",
  "America/Godthab",
  "America/Halifax",
  "America/Havana",
  "America/Los_Angeles",
  "America/New_York",
  "America/Santiago",
  "America/St_Johns",
  "Antarctica/Troll",
  "Asia/Beirut",
  "Asia/Jerusalem",
  "Asia/Kathmandu",
  "Asia/Tokyo",
  "Atlantic/Azores",
  "Australia/Adelaide",
  "Australia/Lord_Howe",
  "Australia/Sydney",
  "Europe/Berlin",
  "Europe/Dublin",
  "Europe/Lisbon",
  "Europe/London",
  "Pacific/Auckland",
  "Pacific/Chatham",
  "Pacific/Easter",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
];
const YEARS = [2026, 2027];

describe("times at which clocks change", () => {
  const changes = ZONES.map((zone) => ({ zone, changes: YEARS.flatMap((year) => changesOf(zone, year)) }));

  it("are looked for in zones of every kind", () => {
    const changing = changes.filter((entry) => entry.changes.length === 4);
    expect(changing.length).toBeGreaterThanOrEqual(24);
    expect(changes.filter((entry) => entry.changes.length === 0).length).toBeGreaterThanOrEqual(3);
  });

  it.each(changes.filter((entry) => entry.changes.length > 0))("are resolved in $zone", async (entry) => {
    for (const { at, gap, overlap } of entry.changes) {
      // Half a day before: both sides are ahead.
      const now = at - 12 * 3_600_000;
      const clock = minuteClock(entry.zone);
      const context = { now, zone: entry.zone, language: "en" };
      for (const wall of gap) {
        const when = await parseWhen(wall, context);
        expect(when, `${entry.zone} ${wall}`).toMatchObject({
          status: "ok",
          note: "gap",
          at,
          wall: clock(at),
          alternatives: [],
        });
      }
      for (const { wall, first, second } of overlap) {
        const when = await parseWhen(wall, context);
        expect(when, `${entry.zone} ${wall}`).toMatchObject({
          status: "ok",
          note: "overlap-first",
          at: first,
          wall,
          alternatives: [{ at: second, wall }],
        });
        // Between the two, the first is over.
        const between = { ...context, now: first + 60_000 };
        expect(await parseWhen(wall, between)).toMatchObject({ note: "overlap-second", at: second });
      }
      for (const edge of [at - 60_000, at + overlapLength(overlap)]) {
        expect(await parseWhen(clock(edge), context), `${entry.zone} ${clock(edge)}`).toMatchObject(
          overlap.some(({ wall }) => wall === clock(edge)) ? { status: "ok" } : { at: edge, note: null },
        );
      }
    }
  });
});

function overlapLength(overlap: readonly { first: number; second: number }[]): number {
  const [one] = overlap;
  return one === undefined ? 0 : one.second - one.first;
}

describe("any words at any time", () => {
  const zone = fc.constantFrom(...ZONES, "UTC", "Asia/Kolkata");
  const now = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 11, 31) });

  it("never give a time that is over, too near or too far", async () => {
    const words = fc.oneof(
      fc.constantFrom(...phrases.map((phrase) => phrase.words)),
      fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 70 })).map(([h, m]) => `${h}:${m}`),
      fc
        .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 14 }))
        .map(([d, m]) => `${d}.${m}. 9 Uhr`),
      fc.integer({ min: 0, max: 6_000 }).map((hours) => `in ${hours} hours`),
      fc.integer({ min: 0, max: 300 }).map((days) => `in ${days} days`),
      fc.string({ maxLength: 30 }),
      fc.string({ maxLength: 100, unit: "binary" }),
    );
    await fc.assert(
      fc.asyncProperty(
        words,
        zone,
        now,
        fc.constantFrom("en", "de", "fr"),
        async (text, where, at, language) => {
          const when = await parseWhen(text, { now: at, zone: where, language });
          const moments = when.status === "ok" ? [when, ...when.alternatives] : when.readings;
          for (const moment of moments) {
            expect(moment.at).toBeGreaterThanOrEqual(at + NEAREST_MS);
            expect(moment.at).toBeLessThanOrEqual(at + FARTHEST_MS);
            expect(moment.at % 60_000).toBe(0);
            expect(moment.wall).toBe(minuteClock(where)(moment.at));
          }
        },
      ),
      { numRuns: 600 },
    );
  });

  it("read back what was echoed, to the minute", async () => {
    const ahead = fc.integer({ min: 3, max: 179 * 24 * 60 });
    await fc.assert(
      fc.asyncProperty(
        zone,
        now,
        ahead,
        fc.constantFrom("en", "de", "fr", "es", "pt", "ja", "ru", "ar"),
        async (where, from, minutes, language) => {
          const at = Math.ceil(from / 60_000) * 60_000 + minutes * 60_000;
          const when = await parseWhen(echo(at, where, language), { now: from, zone: where, language });
          expect(when, echo(at, where, language)).toMatchObject({ status: "ok", at });
        },
      ),
      { numRuns: 500 },
    );
  });
});

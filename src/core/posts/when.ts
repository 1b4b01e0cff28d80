import { type Reading, readWords, type WallReading } from "./when-read.ts";
import { plainWords, type WrittenDate } from "./when-words.ts";
import { echo, resolveWall, wallAt, wallText, wholeMinute } from "./zones.ts";

/** A post in less than two minutes is a post now; one in more than half a year is forgotten by then. */
export const NEAREST_MS = 2 * 60_000;
export const FARTHEST_MS = 180 * 24 * 3_600_000;

export interface Moment {
  /** Milliseconds UTC, a whole minute. */
  readonly at: number;
  /** What a clock in the zone shows then: `2026-11-27T18:30`. */
  readonly wall: string;
}

/**
 * What has to be said along with a time.
 *
 * - `gap`: clocks go forward over it; this is the first minute that exists
 * - `overlap-first`: clocks go back and show it twice; this is the first, `alternatives` has the second
 * - `overlap-second`: the same, but the first is over
 * - `morning`: an hour without am or pm, taken as a.m.; `alternatives` has the evening
 * - `midnight`: the one that the day begins with; `alternatives` has the one that it ends with
 * - `same-time`: `in 3 days`: at the time of day that it is now
 */
export type WhenNote = "gap" | "overlap-first" | "overlap-second" | "morning" | "midnight" | "same-time";

export type WhenRefusal = "past" | "too-soon" | "too-far" | "not-understood" | "ambiguous";

export type When =
  | {
      readonly status: "ok";
      readonly at: number;
      readonly wall: string;
      readonly zone: string;
      readonly note: WhenNote | null;
      readonly alternatives: readonly Moment[];
    }
  | {
      readonly status: "refused";
      readonly why: WhenRefusal;
      /** What an ambiguous one may mean, as far as it may be chosen: buttons. Empty for the others. */
      readonly readings: readonly Moment[];
    };

export interface WhenContext {
  /** Milliseconds UTC. */
  readonly now: number;
  /** IANA zone of the member. */
  readonly zone: string;
  /** BCP 47: the member's language. */
  readonly language: string;
}

/**
 * A point in time from words: `friday 18:30`, `in 2 hours`, `1.12. 9 Uhr`, `2026-12-01T09:00Z`, or what `echo` wrote.
 *
 * Every word has to be understood: nothing is guessed around one that is not. What is left open is either said by the
 * note, or nothing is taken and `readings` has what it may be. Two minutes to 180 days ahead.
 *
 * @throws RangeError where `zone` is no zone.
 */
export async function parseWhen(words: string, context: WhenContext): Promise<When> {
  const text = plainWords(words);
  if (text === null) return refused("not-understood");
  const reading = await read(text, context);
  return reading === null ? refused("not-understood") : settle(reading, context);
}

/** `sun 1 nov 01:30 edt (utc-4) = 05:30 utc`, `mon 8 mar 20:00 utc` */
const ECHO = /^.+ (\d{2}):(\d{2})(?: \S.*\(utc(?:([+-]\d{1,2})(:\d{2})?)?\) = .+)? utc$/;
const DAY_MS = 24 * 3_600_000;

/**
 * The instant that this is the echo of, in the same language and zone: abbreviated names of days and months are not
 * read but written, since nobody reads all of them (`mar 7 abr` is a Tuesday in Spanish, or March).
 */
function readEcho(text: string, { now, zone, language }: WhenContext): Reading | null {
  const [, hour, minute, hours = "+0", minutes = ":00"] = ECHO.exec(text) ?? [];
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59) return null;
  const offset = `${hours.slice(0, 1)}${hours.slice(1).padStart(2, "0")}${minutes}`;
  const first = wallAt(now, offset).with({
    hour: Number(hour),
    minute: Number(minute),
    second: 0,
    millisecond: 0,
  });
  for (let days = -1; days <= FARTHEST_MS / DAY_MS + 1; days += 1) {
    const day = first.add({ days });
    if (!text.includes(String(day.day))) continue;
    const { at } = resolveWall(day, offset);
    if (plainWords(echo(at, zone, language)) === text) return { kind: "instant", at };
  }
  return null;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})t(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:(z)|([+-]\d{2}):?(\d{2}))?$/;

async function read(text: string, context: WhenContext): Promise<Reading | null> {
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [, year, month, day, hour, minute, zulu, hours, minutes] = iso;
    if (Number(hour) > 23 || Number(minute) > 59) return null;
    return {
      kind: "wall",
      dates: [{ day: Number(day), month: Number(month), year: Number(year) }],
      hour: Number(hour),
      minute: Number(minute),
      note: null,
      weekday: null,
      offset: zulu ? "+00:00" : hours && minutes ? `${hours}:${minutes}` : null,
    };
  }
  return readEcho(text, context) ?? (await readWords(text, context));
}

function settle(reading: Reading, context: WhenContext): When {
  switch (reading.kind) {
    case "instant": {
      const at = wholeMinute(reading.at);
      return taken({ at, note: null, second: null }, [], context);
    }
    case "ambiguous":
      return refused("ambiguous");
    case "day":
      return openDay(reading.dates, context);
    case "wall":
      return settleWall(reading, context);
  }
}

/** Hours that are offered for a day without a time. */
const OFFERED_HOURS = [9, 12, 19];

function openDay(dates: readonly WrittenDate[], context: WhenContext): When {
  const times = dates.flatMap((date) =>
    OFFERED_HOURS.flatMap((hour) => onDate(date, hour, 0, context.zone, context.now) ?? []),
  );
  const [first] = times;
  if (first === undefined) return refused("not-understood");
  const readings = times.filter(({ at }) => refusalOf(at, context.now) === null);
  return readings.length > 0
    ? refused(
        "ambiguous",
        moments(
          readings.map(({ at }) => at),
          context,
        ),
      )
    : refused(refusalOf(first.at, context.now) ?? "ambiguous");
}

function settleWall(reading: WallReading, context: WhenContext): When {
  const { now } = context;
  const zone = reading.offset ?? context.zone;
  const { hour, minute, note } = reading;
  const found =
    reading.dates === "next"
      ? [nextAt(hour, minute, reading.weekday, zone, now)]
      : reading.dates.flatMap((date) => onDate(date, hour, minute, zone, now) ?? []);
  const allowed = found.filter(({ at }) => refusalOf(at, now) === null);
  if (allowed.length > 1)
    return refused(
      "ambiguous",
      moments(
        allowed.map(({ at }) => at),
        context,
      ),
    );
  const one = allowed[0] ?? found[0];
  if (one === undefined) return refused("not-understood");
  const weekday = wallAt(one.at, zone).dayOfWeek % 7;
  if (reading.weekday !== null && reading.weekday !== weekday) {
    return refused(
      "ambiguous",
      moments(
        allowed.map(({ at }) => at),
        context,
      ),
    );
  }
  const others: number[] = [];
  if (note === "midnight") others.push(resolveWall(wallAt(one.at, zone).add({ days: 1 }), zone).at);
  if (note === "morning" && reading.dates === "next") {
    others.push(nextAt(hour + 12, minute, reading.weekday, zone, now).at);
  } else if (note === "morning") {
    others.push(resolveWall(wallAt(one.at, zone).with({ hour: hour + 12, minute }), zone).at);
  }
  return taken({ ...one, note: one.note ?? note }, others, context);
}

interface Found {
  readonly at: number;
  readonly note: WhenNote | null;
  /** The other of two that a clock shows the same way. */
  readonly second: number | null;
}

function find(wall: Temporal.PlainDateTime, zone: string, now: number): Found {
  const { at, kind, second } = resolveWall(wall, zone);
  if (second === null) return { at, note: kind === "gap" ? "gap" : null, second };
  return at < now + NEAREST_MS && second >= now + NEAREST_MS
    ? { at: second, note: "overlap-second", second: null }
    : { at, note: "overlap-first", second };
}

/** The first day from today on, of that weekday where there is one, on which it is still ahead. */
function nextAt(hour: number, minute: number, weekday: number | null, zone: string, now: number): Found {
  let day = wallAt(now, zone).toPlainDate();
  if (weekday !== null) day = day.add({ days: (weekday - (day.dayOfWeek % 7) + 7) % 7 });
  const found = find(day.toPlainDateTime({ hour, minute }), zone, now);
  if (found.at >= now) return found;
  const later = day.add({ days: weekday === null ? 1 : 7 });
  return find(later.toPlainDateTime({ hour, minute }), zone, now);
}

/** Leap days come after eight years at most. */
const MOST_YEARS = 8;

/** Null: there is no such day. */
function onDate(
  { day, month, year }: WrittenDate,
  hour: number,
  minute: number,
  zone: string,
  now: number,
): Found | null {
  const thisYear = wallAt(now, zone).year;
  const years = year === null ? Array.from({ length: MOST_YEARS + 1 }, (_, add) => thisYear + add) : [year];
  for (const candidate of years) {
    if (day < 1 || month < 1 || month > 12 || day > daysIn(candidate, month)) continue;
    const found = find(new Temporal.PlainDateTime(candidate, month, day, hour, minute), zone, now);
    if (year !== null || found.at >= now) return found;
  }
  return null;
}

function daysIn(year: number, month: number): number {
  return new Temporal.PlainYearMonth(year, month).daysInMonth;
}

function taken(found: Found, others: readonly number[], context: WhenContext): When {
  const why = refusalOf(found.at, context.now);
  if (why !== null) return refused(why);
  const alternatives = [...(found.second === null ? [] : [found.second]), ...others].filter(
    (at) => refusalOf(at, context.now) === null,
  );
  return {
    status: "ok",
    at: found.at,
    wall: wallText(wallAt(found.at, context.zone)),
    zone: context.zone,
    note: found.note,
    alternatives: moments(alternatives, context),
  };
}

function refusalOf(at: number, now: number): Extract<WhenRefusal, "past" | "too-soon" | "too-far"> | null {
  if (at < now) return "past";
  if (at < now + NEAREST_MS) return "too-soon";
  return at > now + FARTHEST_MS ? "too-far" : null;
}

function moments(times: readonly number[], { zone }: WhenContext): readonly Moment[] {
  return times.map((at) => ({ at, wall: wallText(wallAt(at, zone)) }));
}

function refused(why: WhenRefusal, readings: readonly Moment[] = []): When {
  return { status: "refused", why, readings };
}

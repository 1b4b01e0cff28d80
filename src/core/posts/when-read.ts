import type { Chrono, ParsedResult } from "chrono-node";
import { isFiller, rewrite, takeDate, type WrittenDate } from "./when-words.ts";
import { wallAt } from "./zones.ts";

/** What words say, before clocks and calendars have their say. */
export type Reading =
  | { readonly kind: "instant"; readonly at: number }
  | WallReading
  /** A day, and nothing about the time of it. */
  | { readonly kind: "day"; readonly dates: readonly WrittenDate[] }
  | { readonly kind: "ambiguous" };

export interface WallReading {
  readonly kind: "wall";
  /** Several where day and month cannot be told apart; `next`: when a clock shows that time next, on that weekday. */
  readonly dates: readonly WrittenDate[] | "next";
  readonly hour: number;
  readonly minute: number;
  readonly note: "morning" | "midnight" | "same-time" | null;
  /** The weekday that was named, 0 is Sunday. */
  readonly weekday: number | null;
  /** `+02:00` where the words named an offset or a zone; null: the member's zone. */
  readonly offset: string | null;
}

export interface ReadingContext {
  /** Milliseconds UTC. */
  readonly now: number;
  readonly zone: string;
  /** BCP 47. */
  readonly language: string;
}

/** Loaded when first needed: all that the library has take 25 MB and a quarter of a second. */
const LANGUAGES: Readonly<Record<string, () => Promise<{ readonly casual: Chrono }>>> = {
  en: () => import("chrono-node/en"),
  de: () => import("chrono-node/de"),
  fr: () => import("chrono-node/fr"),
  es: () => import("chrono-node/es"),
  pt: () => import("chrono-node/pt"),
  nl: () => import("chrono-node/nl"),
  it: () => import("chrono-node/it"),
  ja: () => import("chrono-node/ja"),
  ru: () => import("chrono-node/ru"),
  uk: () => import("chrono-node/uk"),
};

/** The member's language, then English, then whatever all other languages that understand it agree on. */
export async function readWords(text: string, context: ReadingContext): Promise<Reading | null> {
  const base = context.language.split("-")[0]?.toLowerCase() ?? "";
  const first = new Set([Object.hasOwn(LANGUAGES, base) ? base : "en", "en"]);
  for (const language of first) {
    const reading = await readIn(language, text, context);
    if (reading !== null) return reading;
  }
  const others = new Map<string, Reading>();
  for (const language of Object.keys(LANGUAGES)) {
    const reading = first.has(language) ? null : await readIn(language, text, context);
    if (reading !== null) others.set(JSON.stringify(reading), reading);
  }
  const [only, another] = others.values();
  return another === undefined ? (only ?? null) : { kind: "ambiguous" };
}

async function readIn(language: string, text: string, context: ReadingContext): Promise<Reading | null> {
  const chrono = (await LANGUAGES[language]?.())?.casual;
  if (chrono === undefined) return null;
  const today = wallAt(context.now, context.zone).toPlainDate();
  const shaped = rewrite(text, language, today);
  // Some durations become English, since the library has none in that language.
  if (language !== "en" && shaped !== text && /^in \d/.test(shaped)) {
    const reading = await readIn("en", shaped, context);
    if (reading !== null) return reading;
  }
  // Whether 12/1 is in December depends on the region, which only the member's own language has.
  const region = context.language.toLowerCase().startsWith(language) ? context.language : language;
  const taken = takeDate(shaped, region);
  if (taken === "unclear") return { kind: "ambiguous" };
  const rest = taken?.rest ?? shaped;
  if (taken !== null && isFiller(rest)) return { kind: "day", dates: taken.dates };
  const result = readWhole(chrono, rest, context) ?? readWhole(chrono, withMinutes(rest), context);
  if (result === null) return null;
  // `at 9`, `half past seven`: who writes 09, 9:00 or 9h means the morning.
  const isBare = language === "en" && !/:|(?<!\d)0\d|\d ?h(?!\p{L})/u.test(text);
  return meaning(result, { written: taken?.dates ?? null, isBare, chrono, text: rest }, context);
}

/** `tomorrow 9`, `9`: a number at the end that nothing else explains is an hour. */
function withMinutes(text: string): string {
  return text.replace(/(?<![\d:./])([01]?\d|2[0-3])$/, "$1:00");
}

/** The one result that explains every word, or null: `not friday 9:00` is not Friday. */
function readWhole(chrono: Chrono, text: string, { now, zone }: ReadingContext): ParsedResult | null {
  const results = chrono.parse(text, localDate(wallAt(now, zone)));
  const [result] = results;
  if (result === undefined || results.length > 1) return null;
  const before = text.slice(0, result.index);
  const after = text.slice(result.index + result.text.length);
  const isTorn =
    (/\p{L}$/u.test(before) && /^\p{L}/u.test(result.text)) ||
    (/\p{L}$/u.test(result.text) && /^\p{L}/u.test(after));
  return isFiller(`${before} ${after}`) && !isTorn ? result : null;
}

/**
 * A date whose fields in the zone of this process are those of the member's clock. The library reads some words by
 * its own offset option and others by the process's zone, and so both say the same.
 */
function localDate({ year, month, day, hour, minute, second }: Temporal.PlainDateTime): Date {
  return new Date(year, month - 1, day, hour, minute, second);
}

/** Which of several Fridays: the library knows. Without such a word it is the next one, and that we reckon. */
const NEXT = /next|nächst|prochain|próxim|que viene|que vem|volgend|prossim|следующ|наступн|来週/u;

/** Hours for parts of the day, the same in every language; the library has others, and none for some. */
const PARTS_OF_DAY: readonly (readonly [tag: string, hour: number])[] = [
  ["casualReference/midnight", 0],
  ["casualReference/morning", 9],
  ["casualReference/noon", 12],
  ["casualReference/afternoon", 15],
  ["casualReference/evening", 19],
  ["casualReference/tonight", 19],
];
const EVENING_HOUR = 19;
const LATE_HOUR = 22;

interface Said {
  /** The date in figures that was beside it. */
  readonly written: readonly WrittenDate[] | null;
  /** The hour was named the way that people do who count to twelve. */
  readonly isBare: boolean;
  readonly chrono: Chrono;
  readonly text: string;
}

function meaning(result: ParsedResult, said: Said, context: ReadingContext): Reading | null {
  const { written } = said;
  const { start } = result;
  const tags = result.tags();
  if (result.end) return { kind: "ambiguous" };
  if (tags.has("result/relativeDateAndTime") || tags.has("casualReference/now")) {
    return written === null ? { kind: "instant", at: context.now + elapsed(result, said, context) } : null;
  }
  const hasDate = start.isCertain("day") || start.isCertain("month");
  if (written !== null && hasDate) return null;
  const partOfDay = PARTS_OF_DAY.find(([tag]) => tags.has(tag))?.[1];
  const isRelative = tags.has("result/relativeDate");
  const isNamed = hasDate || isRelative || start.isCertain("weekday");
  // "This evening" names no day and is today's, however late it is.
  const isTodays = !isNamed && partOfDay !== undefined && partOfDay >= EVENING_HOUR;
  const today = wallAt(context.now, context.zone);
  const named = {
    day: start.get("day") ?? 0,
    month: start.get("month") ?? 0,
    year: start.isCertain("month") && !start.isCertain("year") ? null : start.get("year"),
  };
  const own = isRelative && !start.isCertain("day") ? monthEnd(named, today.day) : named;
  const isPlainWeekday =
    start.isCertain("weekday") && !hasDate && !isRelative && written === null && !NEXT.test(said.text);
  const weekday = start.isCertain("weekday") ? start.get("weekday") : null;
  const dates = written ?? (!isPlainWeekday && (isNamed || isTodays) ? [own] : "next");
  const wall = (hour: number, minute: number, note: WallReading["note"]): WallReading => ({
    kind: "wall",
    dates,
    hour,
    minute,
    note,
    weekday: isRelative ? null : weekday,
    offset: start.isCertain("timezoneOffset") ? offsetText(start.get("timezoneOffset") ?? 0) : null,
  });

  if (partOfDay === 0) return wall(0, 0, dates === "next" ? null : "midnight");
  if (start.isCertain("hour")) {
    const hour = start.get("hour") ?? 0;
    const isMorning =
      said.isBare && hour >= 1 && hour <= 11 && !start.isCertain("meridiem") && partOfDay === undefined;
    return wall(hour, start.get("minute") ?? 0, isMorning ? "morning" : null);
  }
  if (partOfDay !== undefined) {
    const isToday = written === null && own.day === today.day && own.month === today.month;
    // An evening that has begun still has a late one.
    const hasBegun =
      isToday && partOfDay === EVENING_HOUR && today.hour * 60 + today.minute >= EVENING_HOUR * 60 - 2;
    return wall(hasBegun ? LATE_HOUR : partOfDay, 0, null);
  }
  if (isRelative) return wall(today.hour, today.minute, "same-time");
  if (dates !== "next") return { kind: "day", dates };
  return weekday === null ? null : { kind: "day", dates: [nextWeekday(weekday, today.toPlainDate())] };
}

/** A month from 30 January is 28 February, where the library counts on into March. */
function monthEnd(date: WrittenDate, day: number): WrittenDate {
  if (date.day === day || date.year === null) return date;
  return new Temporal.PlainDate(date.year, date.month, 1).subtract({ days: 1 });
}

function nextWeekday(weekday: number, today: Temporal.PlainDate): WrittenDate {
  return today.add({ days: (weekday - (today.dayOfWeek % 7) + 7) % 7 });
}

/** A winter's noon: no clock anywhere is put forward or back within two days of it. */
const CALM = new Date(2026, 0, 14, 12);
const CALM_MS = 48 * 3_600_000;

/**
 * Milliseconds from now. The library reckons with the clock of the process's own zone, which on two nights a year is
 * an hour wrong: durations are read as from a day on which it is not.
 */
function elapsed(result: ParsedResult, { chrono, text }: Said, { now, zone }: ReadingContext): number {
  const calm = chrono.parse(text, CALM)[0]?.start.date().getTime();
  const elapsedMs = calm === undefined ? CALM_MS : calm - CALM.getTime();
  if (Math.abs(elapsedMs) < CALM_MS) return elapsedMs;
  return result.start.date().getTime() - localDate(wallAt(now, zone)).getTime();
}

function offsetText(minutes: number): string {
  const whole = Math.abs(minutes);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(whole / 60))}:${two(whole % 60)}`;
}

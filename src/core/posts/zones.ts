/** Wall clocks and instants. Instants are milliseconds UTC, zones are IANA names; a zone enters nowhere else. */

const MINUTE_MS = 60_000;

/** What a wall time means in a zone. */
export interface ResolvedWall {
  readonly at: number;
  /**
   * `gap`: that time does not exist on that day, `at` is the first minute that does.
   * `overlap`: it exists twice; `at` is the first, `second` the other.
   */
  readonly kind: "exact" | "gap" | "overlap";
  readonly second: number | null;
}

/** @throws RangeError where `zone` is no zone. */
export function resolveWall(wall: Temporal.PlainDateTime, zone: string): ResolvedWall {
  const earlier = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
  const later = wall.toZonedDateTime(zone, { disambiguation: "later" });
  const at = earlier.epochMilliseconds;
  if (at === later.epochMilliseconds) return { at, kind: "exact", second: null };
  if (earlier.toPlainDateTime().equals(wall)) {
    return { at, kind: "overlap", second: later.epochMilliseconds };
  }
  // In a gap "earlier" lies before the change of clocks and "later" behind it.
  const change = earlier.getTimeZoneTransition("next");
  return { at: (change ?? later).epochMilliseconds, kind: "gap", second: null };
}

/** The wall clock at an instant. */
export function wallAt(at: number, zone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
}

/** `2026-11-27T18:30` */
export function wallText(wall: Temporal.PlainDateTime): string {
  return wall.toString({ smallestUnit: "minute" });
}

/** The next whole minute, or `at` itself where it is one. */
export function wholeMinute(at: number): number {
  return Math.ceil(at / MINUTE_MS) * MINUTE_MS;
}

/**
 * An instant for people, so that nothing is left to guess: `Sun 1 Nov 01:30 EDT (UTC-4) = 05:30 UTC`. Where UTC has
 * another day it is named: `= Sat 31 Oct 23:30 UTC`. Zones without an abbreviation go by their city.
 */
export function echo(at: number, zone: string, language: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const utc = local.withTimeZone("UTC");
  const here = `${dayText(at, zone, language)} ${timeText(local)}`;
  if (zone === "UTC") return `${here} UTC`;
  const sameDay = local.toPlainDate().equals(utc.toPlainDate());
  const there = sameDay ? timeText(utc) : `${dayText(at, "UTC", language)} ${timeText(utc)}`;
  return `${here} ${zoneName(at, zone)} (UTC${offsetText(local)}) = ${there} UTC`;
}

function timeText(time: Temporal.ZonedDateTime): string {
  return time.toPlainTime().toString({ smallestUnit: "minute" });
}

function dayText(at: number, zone: string, language: string): string {
  return formatter(language === "en" ? "en-GB" : language, zone, {
    weekday: "short",
    day: "numeric",
    month: "short",
  })
    .format(at)
    .replaceAll(/,|(?<=\p{L})\./gu, "");
}

/** `-4`, `+5:45`, empty for none. */
function offsetText(time: Temporal.ZonedDateTime): string {
  const minutes = Math.round(time.offsetNanoseconds / (MINUTE_MS * 1_000_000));
  if (minutes === 0) return "";
  const rest = Math.abs(minutes) % 60;
  const hours = Math.floor(Math.abs(minutes) / 60);
  return `${minutes < 0 ? "-" : "+"}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}

/** Each English knows the abbreviations of its own part of the world: EDT, CET, AEDT, IST, SAST. */
const ENGLISHES = ["en-US", "en-GB", "en-AU", "en-CA", "en-IN", "en-ZA", "en-NZ"];

function zoneName(at: number, zone: string): string {
  for (const language of ENGLISHES) {
    const parts = formatter(language, zone, { timeZoneName: "short" }).formatToParts(at);
    const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
    if (/^[A-Z]{2,5}$/.test(name)) return name;
  }
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/** A formatter costs some 30 µs and kilobytes: kept, and dropped all at once before they are many. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const MOST_FORMATTERS = 200;

function formatter(language: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${Object.keys(options).join()}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  if (formatters.size >= MOST_FORMATTERS) formatters.clear();
  const made = new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
  formatters.set(key, made);
  return made;
}

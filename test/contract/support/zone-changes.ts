/** Changes of clocks, found by looking at the clock of each minute: nothing of what is tested is used. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface ZoneChange {
  /** The first minute after it. */
  readonly at: number;
  /** Wall times that no clock shows: the first, one in between, the last. Empty where clocks go back. */
  readonly gap: readonly string[];
  /** Wall times that clocks show twice: the first, one in between, the last. Empty where clocks go forward. */
  readonly overlap: readonly { readonly wall: string; readonly first: number; readonly second: number }[];
}

/** What a clock in the zone shows: `2026-11-27T18:30`. */
export function minuteClock(zone: string): (at: number) => string {
  const format = clockOf(zone);
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? "";
    return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
  };
}

const clocks = new Map<string, Intl.DateTimeFormat>();
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  clocks.set(zone, made);
  return made;
}

export function changesOf(zone: string, year: number): readonly ZoneChange[] {
  const clock = minuteClock(zone);
  // A wall time read as if it were UTC: its distance from the instant is the offset.
  const shown = (at: number) => Date.parse(`${clock(at)}Z`);
  const changes: ZoneChange[] = [];
  for (let hour = Date.UTC(year, 0, 1); hour < Date.UTC(year + 1, 0, 1); hour += HOUR_MS) {
    if (shown(hour + HOUR_MS) - shown(hour) === HOUR_MS) continue;
    for (let at = hour + MINUTE_MS; at <= hour + HOUR_MS; at += MINUTE_MS) {
      const step = shown(at) - shown(at - MINUTE_MS);
      if (step === MINUTE_MS) continue;
      changes.push(step > 0 ? forward(at, shown(at - MINUTE_MS), step) : back(at, shown(at), step));
    }
  }
  return changes;
}

function forward(at: number, before: number, step: number): ZoneChange {
  const missing = step / MINUTE_MS - 1;
  const gap = [1, Math.ceil(missing / 2), missing].map((minutes) => text(before + minutes * MINUTE_MS));
  return { at, gap, overlap: [] };
}

function back(at: number, shownAgain: number, step: number): ZoneChange {
  const lengthMs = MINUTE_MS - step;
  const minutes = [0, Math.floor(lengthMs / MINUTE_MS / 2), lengthMs / MINUTE_MS - 1];
  const overlap = minutes.map((minute) => ({
    wall: text(shownAgain + minute * MINUTE_MS),
    first: at - lengthMs + minute * MINUTE_MS,
    second: at + minute * MINUTE_MS,
  }));
  return { at, gap: [], overlap };
}

function text(shown: number): string {
  return new Date(shown).toISOString().slice(0, 16);
}

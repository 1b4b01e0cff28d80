import type { ApiPost } from "../post-types.ts";
import { make } from "./dom.ts";
import { postWords } from "./post-words.ts";

/** A month of posts as a grid of days: arrows move by day and week, Page Up and Down by month. */
export interface Calendar {
  readonly element: HTMLElement;
  /** The chosen day, `2026-11-27`. */
  day(): string;
  /** From the first day that is seen to behind the last one. */
  range(): { readonly from: Date; readonly to: Date };
  show(posts: readonly ApiPost[]): void;
  /** Midnight passes while the page is open. */
  setToday(day: string): void;
}

const MONTH = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
const DAY = new Intl.DateTimeFormat("en-GB", {
  weekday: "long",
  day: "numeric",
  month: "long",
  timeZone: "UTC",
});
const WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: "UTC" });
const TIME = { hour: "2-digit", minute: "2-digit" } as const;
/** More are counted. */
const MARKS = 3;
const DAY_MS = 24 * 3_600_000;
const WEEK = 7;
/** Zones are up to 14 hours ahead of UTC and 12 behind. */
const ZONES_MS = 14 * 3_600_000;

/** The day of a moment in a zone, as it sorts: `2026-11-27`. */
export const dayIn = (iso: string, zone?: string): string =>
  new Intl.DateTimeFormat("en-CA", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(new Date(iso));

const timeOf = ({ listedAt, zone }: ApiPost): string =>
  new Intl.DateTimeFormat("en-GB", { ...TIME, timeZone: zone }).format(new Date(listedAt));

export const dayName = (day: string): string => DAY.format(utc(day));

// Days are counted in UTC: none of them has 23 hours there.
const utc = (day: string): Date => new Date(`${day}T00:00:00Z`);
const moved = (day: string, days: number): string =>
  new Date(utc(day).getTime() + days * DAY_MS).toISOString().slice(0, 10);

function movedMonths(day: string, months: number): string {
  const date = utc(day);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0));
  last.setUTCDate(Math.min(date.getUTCDate(), last.getUTCDate()));
  return last.toISOString().slice(0, 10);
}

/** As the visitor's country begins its weeks: 1 is Monday, 7 Sunday. Where the browser does not know: Monday. */
function firstWeekday(): number {
  const locale = new Intl.Locale(navigator.language);
  return "getWeekInfo" in locale ? locale.getWeekInfo().firstDay : 1;
}

/** @param from where it begins: today. */
export function createCalendar(from: string, on: { month(): void; day(): void }): Calendar {
  const begin = firstWeekday();
  let today = from;
  let chosen = today;
  let posts: readonly ApiPost[] = [];
  /** The first day of the week that it is in. */
  const weekOf = (day: string): string => moved(day, -((utc(day).getUTCDay() + WEEK - begin) % WEEK));
  const weekdays = Array.from({ length: WEEK }, (_, index) =>
    WEEKDAY.format(utc(moved(weekOf(from), index))),
  );
  const title = make("h3", { id: "calendar-title", "aria-live": "polite" });
  const body = make("tbody", {});
  const turn = (label: string, sign: string, months: number) =>
    make(
      "button",
      {
        class: "button quiet turn",
        type: "button",
        "aria-label": label,
        click: () => choose(movedMonths(chosen, months), false),
      },
      sign,
    );
  const table = make(
    "table",
    { class: "calendar", role: "grid", "aria-labelledby": "calendar-title" },
    make(
      "thead",
      {},
      make(
        "tr",
        { role: "row" },
        ...weekdays.map((name) => make("th", { scope: "col", role: "columnheader" }, name)),
      ),
    ),
    body,
  );
  table.addEventListener("keydown", (event) => {
    const next = moveOf(event.key);
    if (next === null) return;
    event.preventDefault();
    choose(next, true);
  });

  function moveOf(key: string): string | null {
    switch (key) {
      case "ArrowLeft":
        return moved(chosen, -1);
      case "ArrowRight":
        return moved(chosen, 1);
      case "ArrowUp":
        return moved(chosen, -WEEK);
      case "ArrowDown":
        return moved(chosen, WEEK);
      case "Home":
        return weekOf(chosen);
      case "End":
        return moved(weekOf(chosen), WEEK - 1);
      case "PageUp":
        return movedMonths(chosen, -1);
      case "PageDown":
        return movedMonths(chosen, 1);
      default:
        return null;
    }
  }

  function choose(day: string, isFocused: boolean): void {
    const isSameMonth = day.slice(0, 7) === chosen.slice(0, 7);
    chosen = day;
    draw();
    if (isFocused) body.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    if (isSameMonth) on.day();
    else on.month();
  }

  function weeks(): string[] {
    const first = weekOf(`${chosen.slice(0, 7)}-01`);
    const after = movedMonths(`${chosen.slice(0, 7)}-01`, 1);
    const found: string[] = [];
    for (let week = first; week < after; week = moved(week, WEEK)) found.push(week);
    return found;
  }

  function cell(day: string): HTMLTableCellElement {
    const own = posts.filter((post) => dayIn(post.listedAt, post.zone) === day);
    const isOut = day.slice(0, 7) !== chosen.slice(0, 7);
    const most = own.length > MARKS ? MARKS - 1 : MARKS;
    const inOrder = own.toSorted((one, other) => one.listedAt.localeCompare(other.listedAt));
    const rest = inOrder.slice(most);
    const marks = inOrder
      .slice(0, most)
      .map((post) => make("li", { class: `is-${post.state}` }, `${timeOf(post)} ${post.networkLabel}`));
    if (rest.length > 0) {
      const hasFailed = rest.some(({ state }) => state === "failed" || state === "rejected");
      marks.push(make("li", { class: hasFailed ? "is-failed" : "rest" }, postWords.moreMarks(rest.length)));
    }
    return make(
      "td",
      {
        role: "gridcell",
        tabindex: day === chosen ? "0" : "-1",
        "aria-selected": String(day === chosen),
        "data-day": day,
        class: [isOut ? "out" : "", day === today ? "today" : ""].join(" ").trim(),
        click: () => choose(day, true),
        ...(day === today ? { "aria-current": "date" } : {}),
      },
      make("span", { class: "visually-hidden" }, postWords.day(DAY.format(utc(day)), own.length)),
      make("span", { class: "number", "aria-hidden": "true" }, String(utc(day).getUTCDate())),
      own.length === 0 ? null : make("ul", { class: "marks", "aria-hidden": "true" }, ...marks),
      own.length === 0 ? null : make("span", { class: "few", "aria-hidden": "true" }, String(own.length)),
    );
  }

  function draw(): void {
    title.textContent = MONTH.format(utc(chosen));
    const rows = weeks().map((week) =>
      make("tr", { role: "row" }, ...weekdays.map((_, index) => cell(moved(week, index)))),
    );
    const focused = body.contains(document.activeElement);
    body.replaceChildren(...rows);
    if (focused) body.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  draw();
  return {
    element: make(
      "div",
      {},
      make(
        "div",
        { class: "calendar-top" },
        title,
        make(
          "div",
          { class: "row" },
          make(
            "button",
            { class: "button quiet", type: "button", click: () => choose(today, false) },
            postWords.today,
          ),
          turn(postWords.previousMonth, "‹", -1),
          turn(postWords.nextMonth, "›", 1),
        ),
      ),
      table,
    ),
    day: () => chosen,
    range() {
      const all = weeks();
      const [first = chosen] = all;
      return {
        from: new Date(utc(first).getTime() - ZONES_MS),
        to: new Date(utc(moved(all.at(-1) ?? chosen, WEEK)).getTime() + ZONES_MS),
      };
    },
    show(found) {
      posts = found;
      draw();
    },
    setToday(day) {
      if (day === today) return;
      today = day;
      draw();
    },
  };
}

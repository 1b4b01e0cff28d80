/** What is done to words before the library reads them: shapes that it does not know, and dates in figures. */

const MOST_CHARACTERS = 80;

/** One line of plain characters; null where it is none, or too long to be a time. */
export function plainWords(words: string): string | null {
  const text = words
    .normalize("NFKC")
    .replaceAll(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/\p{Cf}/gu, "")
    .trim()
    .toLowerCase();
  return text === "" || text.length > MOST_CHARACTERS ? null : text;
}

const HOUR_WORDS: Readonly<Record<string, readonly string[]>> = {
  en: ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
  de: ["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"],
};

type Rewrite = readonly [RegExp, string | ((...found: string[]) => string)];

const clock = (hour: number, minute: number) => `${(hour + 24) % 24}:${String(minute).padStart(2, "0")}`;

/** Stands for its date, which `rewrite` puts there: as a duration a time behind it would be added to it. */
const DAY_AFTER_TOMORROW = "<+2>";

/** Edges of words that know letters beyond a to z, unlike \b. */
const START = "(?<![\\p{L}\\p{N}])";
const END = "(?![\\p{L}\\p{N}])";
const word = (pattern: string) => new RegExp(`${START}(?:${pattern})${END}`, "gu");

const REWRITES: Readonly<Record<string, readonly Rewrite[]>> = {
  en: [
    [word("(?:the )?day after tomorrow"), DAY_AFTER_TOMORROW],
    [word("half past (\\d{1,2})"), (_, hour = "") => clock(Number(hour), 30)],
    [word("quarter past (\\d{1,2})"), (_, hour = "") => clock(Number(hour), 15)],
    [word("quarter to (\\d{1,2})"), (_, hour = "") => clock(Number(hour) - 1, 45)],
    [word("(\\d{1,2}) ?o['’]?clock"), (_, hour = "") => clock(Number(hour), 0)],
    [word("midday"), "noon"],
    [/^(\d{1,4} ?(?:h|hours?|hrs?|m|min|mins|minutes?))$/gu, "in $1"],
  ],
  de: [
    [word("in (?:einer|1) halben stunde"), "in 30 minuten"],
    [word("in (?:einer|1) dreiviertelstunde"), "in 45 minuten"],
    [word("in (?:einer|1) viertelstunde"), "in 15 minuten"],
    [word("in (?:anderthalb|eineinhalb) stunden"), "in 90 minuten"],
    [word("halb (\\d{1,2})"), (_, hour = "") => clock(Number(hour) - 1, 30)],
    [word("viertel nach (\\d{1,2})"), (_, hour = "") => clock(Number(hour), 15)],
    [word("(?:viertel vor|dreiviertel) (\\d{1,2})"), (_, hour = "") => clock(Number(hour) - 1, 45)],
    [word("(?:früh|vormittags?|morgens)(?= (?:um )?\\d)"), ""],
    [word("früh"), "vormittag"],
  ],
  fr: [
    [word("midi"), "12:00"],
    [word("minuit"), "0:00"],
    [word("après[- ]demain"), DAY_AFTER_TOMORROW],
  ],
  es: [
    [word("pasado mañana"), DAY_AFTER_TOMORROW],
    [word("(?:al )?mediodía"), "12:00"],
    [word("(?:a )?medianoche"), "0:00"],
  ],
  // Read as English afterwards: the library knows no such duration in these languages.
  pt: [
    [word("(?:em|daqui a) (\\d{1,3}) horas?"), "in $1 hours"],
    [word("(?:em|daqui a) (\\d{1,3}) minutos?"), "in $1 minutes"],
    [word("(segunda|terça|quarta|quinta|sexta)(?!-)(?: feira)?"), "$1-feira"],
    [word("meio[- ]dia"), "12:00"],
  ],
  nl: [[word("vanavond"), "vandaag 19:00"]],
  ja: [
    [/今夜|今晩/gu, "今日19:00"],
    [/^(\d{1,3})時間後$/gu, "in $1 hours"],
    [/^(\d{1,3})分後$/gu, "in $1 minutes"],
  ],
};

/** `18 Uhr 30`, `18h30`, `18.30` and `9 Uhr` with a colon, in any language. `18.10` may be a date and stays. */
const TIMES: readonly Rewrite[] = [
  [word("([01]?\\d|2[0-3]) ?(?:uhr|uur|h|u) ?([0-5]\\d)"), "$1:$2"],
  [word("([01]?\\d|2[0-3])\\.([0-5]\\d) ?(?:uhr|uur|h)"), "$1:$2"],
  [word("([01]?\\d|2[0-3])\\.([0-5]\\d) ?([ap]\\.?m\\.?)"), "$1:$2 $3"],
  [/(?<![\d./:])([01]?\d|2[0-3])\.(00|1[3-9]|[2-5]\d)(?![\d./:])/gu, "$1:$2"],
  [/(?<![\d./:])([01]?\d|2[0-3]) ?uhr(?!\p{L})/gu, "$1:00"],
  [/(:[0-5]\d) ?uhr(?!\p{L})/gu, "$1"],
  // A few languages read the m as a minute of something else.
  [/^(\d{1,4}) ?m(?:in)?$/gu, "in $1 minutes"],
];

/** `17h` is a time of day; behind one of these it is a duration. */
const BEFORE_DURATION = "in|within|after|dans|dentro de|en|em|daqui a|over|tra|fra|через";
const DURATION = word(BEFORE_DURATION);
const WHOLE_DURATION = new RegExp(`^(?:${BEFORE_DURATION}) (\\d{1,3}) ?h$`, "u");
const HOUR_LETTER = word("([01]?\\d|2[0-3]) ?h");
/** In English alone, `2h` is how people write two hours. */
const SHORT_DURATION = /^(?:[1-9]|1[0-2]) ?h$/u;

function withHours(text: string, language: string): string {
  const isDuration = text.search(DURATION) >= 0 || (language === "en" && SHORT_DURATION.test(text));
  return isDuration ? text.replace(WHOLE_DURATION, "in $1 hours") : text.replaceAll(HOUR_LETTER, "$1:00");
}

/** The words in shapes that the library reads in `language`. */
export function rewrite(text: string, language: string, today: Temporal.PlainDate): string {
  let result = text;
  for (const [index, name] of (HOUR_WORDS[language] ?? []).entries()) {
    // `halb neun`, `at nine`: never a number that counts something, as in `in two hours`.
    const before = language === "de" ? "halb|viertel nach|viertel vor|dreiviertel|um" : "past|to|at";
    result = result.replaceAll(word(`(${before}) ${name}`), `$1 ${index + 1}`);
  }
  const apply = ([pattern, by]: Rewrite): void => {
    result = typeof by === "string" ? result.replaceAll(pattern, by) : result.replaceAll(pattern, by);
  };
  TIMES.forEach(apply);
  result = withHours(result, language);
  (REWRITES[language] ?? []).forEach(apply);
  return result
    .replaceAll(DAY_AFTER_TOMORROW, today.add({ days: 2 }).toString())
    .replaceAll(/ +/g, " ")
    .trim();
}

/** A day in figures. */
export interface WrittenDate {
  readonly day: number;
  readonly month: number;
  /** Null: the next one. */
  readonly year: number | null;
}

const YEAR_FIRST = /(?<![\d./:-])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\.?(?![\d/:-])/;
/** With its last dot or a year: `1.12.`, `1.12.2026`, `01.12.26`. */
const DOTTED = /(?<![\d./:-])(\d{1,2})\. ?(\d{1,2})\.(?: ?(\d{4})|(\d{2}))?(?![\d:])/;
const DOTTED_OPEN = /(?<![\d./:-])(\d{1,2})\.(\d{1,2})(?![\d.:])/;
const SLASHED = /(?<![\d./:-])(\d{1,2})\/(\d{1,2})(?:\/(\d{4}|\d{2}))?(?![\d/:])/;

/**
 * A day in figures within the words: the rest of them, and what it may mean. Two meanings where nobody can tell day
 * from month (12/1 in English). Null: there is none. `unclear`: `18.10` may be a day or a time.
 */
export function takeDate(
  text: string,
  language: string,
): { readonly rest: string; readonly dates: readonly WrittenDate[] } | "unclear" | null {
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst !== null) {
    const [, year = "", month = "", day = ""] = yearFirst;
    return { rest: without(text, yearFirst), dates: [date(day, month, year)] };
  }
  const dotted = DOTTED.exec(text);
  if (dotted !== null) {
    const [, day = "", month = "", long, short] = dotted;
    return { rest: without(text, dotted), dates: [date(day, month, long ?? short)] };
  }
  const open = DOTTED_OPEN.exec(text);
  if (open !== null) {
    const [, first = "", second = ""] = open;
    const rest = without(text, open);
    const isDate = Number(second) >= 1 && Number(second) <= 12 && Number(first) >= 1 && Number(first) <= 31;
    const isTime = Number(first) <= 23 && second.length === 2;
    if (!isDate) return null;
    return /\d/.test(rest) || !isTime ? { rest, dates: [date(first, second, undefined)] } : "unclear";
  }
  const slashed = SLASHED.exec(text);
  if (slashed === null) return null;
  const [, first = "", second = "", year] = slashed;
  const dayFirst = date(first, second, year);
  const monthFirst = date(second, first, year);
  return { rest: without(text, slashed), dates: inOrder(dayFirst, monthFirst, language) };
}

/** Which of the two is meant: by the language where it says, by what is possible, or both. */
function inOrder(dayFirst: WrittenDate, monthFirst: WrittenDate, language: string): readonly WrittenDate[] {
  if (dayFirst.day === dayFirst.month || monthFirst.month > 12) return [dayFirst];
  if (dayFirst.month > 12 || /^(?:en-us|ja)/i.test(language)) return [monthFirst];
  return /^en(?:-ca)?$/i.test(language) ? [dayFirst, monthFirst] : [dayFirst];
}

function date(day: string, month: string, year: string | undefined): WrittenDate {
  const short = year?.length === 2 ? `20${year}` : year;
  return { day: Number(day), month: Number(month), year: short === undefined ? null : Number(short) };
}

function without(text: string, found: RegExpExecArray): string {
  const after = text.slice(found.index + found[0].length);
  return `${text.slice(0, found.index)} ${after}`.replaceAll(/ +/g, " ").trim();
}

/** Words that change nothing about a time. */
const FILLERS = new Set(
  (
    "at on the for of post it please schedule publish um am den dem der bitte kommenden kommende diesen dieses " +
    "le la les pour à vers el las los a para por favor om op de het o os as às no na il alle per в на о"
  ).split(" "),
);

/** Whether nothing of any meaning is in these words. */
export function isFiller(text: string): boolean {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).every((part) => FILLERS.has(part));
}

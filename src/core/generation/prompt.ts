/**
 * The prompt rule: what a prompt is turned into, and when it is refused. Lengths are counted as people count, in
 * visible graphemes after normalising. Markup, mentions and injections are accepted; output neutralises them.
 */
export const PROMPT_MINIMUM = 10;
/** For words that change a picture: "add a hat". */
export const EDIT_PROMPT_MINIMUM = 3;
export const PROMPT_MAXIMUM = 1000;
/** After normalising; protects providers and the database from emoji made of many units. */
const MAXIMUM_UNITS = 4000;
/** Looked at before any work. */
const RAW_MAXIMUM_UNITS = 8000;
const RAW_MAXIMUM_BYTES = 16_384;

export type PromptCheck =
  | { readonly status: "ok"; readonly prompt: string }
  | {
      readonly status: "refused";
      readonly why: "too-short" | "too-long" | "unreadable";
      readonly length: number;
    };

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** NUL, noncharacters: nothing that a person types. Lone surrogates are asked of the string itself. */
const FORBIDDEN = /[\0\p{Noncharacter_Code_Point}]/u;
const LINE_ENDS = /\r\n?|[\u2028\u2029\u0085\v\f]/g;
/** C0 and C1 but tab and line feed; zero-width but ZWNJ and ZWJ; bidi controls; soft hyphen and other invisibles. */
const INVISIBLE =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/g;
/** A flag is a black flag, tags and a cancel tag; tags anywhere else hide text. */
const TAGS = /(\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,8}\u{e007f})|[\u{e0000}-\u{e007f}]/gu;
/** Looks blank but is no white space to a regular expression: Hangul fillers, braille blank. */
const BLANK_LOOKALIKES = /[\u115f\u1160\u3164\uffa0\u2800]/gu;
const LOOSE_JOINERS = /(?<=^|\s)[\u200c\u200d]+|[\u200c\u200d]+(?=\s|$)/g;
const MARKS_IN_A_ROW = /\p{M}{9,}/u;
const VISIBLE = /[^\s\p{M}\p{Cf}\p{Cc}\p{Zs}]/u;

/** The number of graphemes that can be seen or that stand between them. */
export function graphemeCount(text: string): number {
  return Array.from(segmenter.segment(text)).length;
}

/** Idempotent: the normal form of a normal form is itself. */
export function normalisePrompt(raw: string): string {
  const once = (text: string): string =>
    text
      .normalize("NFC")
      .replace(LINE_ENDS, "\n")
      .replace(INVISIBLE, "")
      .replace(TAGS, "$1")
      .replace(BLANK_LOOKALIKES, " ")
      .replace(LOOSE_JOINERS, "")
      .replace(/[^\S\n]+/g, " ")
      .replace(/ ?\n ?/g, "\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim();
  let text = once(raw);
  // Taking something out can bring two characters together that compose, or blanks that collapse.
  for (let next = once(text); next !== text; next = once(text)) text = next;
  return text;
}

/** `minimum` is smaller for an edit instruction. */
export function checkPrompt(raw: unknown, minimum = PROMPT_MINIMUM): PromptCheck {
  if (typeof raw !== "string") return { status: "refused", why: "unreadable", length: 0 };
  if (raw.length > RAW_MAXIMUM_UNITS || new TextEncoder().encode(raw).length > RAW_MAXIMUM_BYTES) {
    return { status: "refused", why: "too-long", length: raw.length };
  }
  if (!raw.isWellFormed() || FORBIDDEN.test(raw)) return { status: "refused", why: "unreadable", length: 0 };
  const prompt = normalisePrompt(raw);
  if (MARKS_IN_A_ROW.test(prompt.normalize("NFD")))
    return { status: "refused", why: "unreadable", length: 0 };
  let length = 0;
  let visible = 0;
  for (const { segment } of segmenter.segment(prompt)) {
    length += 1;
    if (VISIBLE.test(segment)) visible += 1;
  }
  if (visible < minimum) return { status: "refused", why: "too-short", length: visible };
  if (length > PROMPT_MAXIMUM || prompt.length > MAXIMUM_UNITS) {
    return { status: "refused", why: "too-long", length };
  }
  return { status: "ok", prompt };
}

/** The first words of a prompt for a title or a list, on one line, cut between graphemes. */
export function excerpt(prompt: string, graphemes: number): string {
  const line = prompt.replace(/\s+/g, " ");
  const parts = Array.from(segmenter.segment(line), (part) => part.segment);
  return parts.length <= graphemes
    ? line
    : `${parts
        .slice(0, graphemes - 1)
        .join("")
        .trimEnd()}…`;
}

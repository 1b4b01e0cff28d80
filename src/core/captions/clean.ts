import { normalisePrompt } from "../generation/prompt.ts";

/** Of every kind that our own words ever have; the networks have fewer. */
export const MAX_HASHTAGS = 5;
/** What Instagram and X take, the tightest. */
export const MAX_ALT_TEXT = 1_000;
const MAX_HASHTAG_UNITS = 50;

const NONCHARACTERS = /\p{Noncharacter_Code_Point}/gu;
/** Nobody writes more marks on one letter than this. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu;
/** `[words](address)` and `**words**`, which networks show as they are. */
const MARKDOWN_LINK = /\[([^[\]\n]{0,300})\]\([^()\s]{0,2000}\)/g;
const MARKDOWN_BOLD = /\*\*([^*\n]{1,500})\*\*/g;
/** With a scheme or `www.`, or a name with dots and a path; or (the group) such a name alone. */
const LINK =
  /(?:[a-z][a-z0-9+.-]{0,20}:\/\/|(?<![\p{L}\p{N}])www\.)\S*|(?<![\p{L}\p{N}.-])(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.){1,8}\p{L}{2,24}(?::\d{1,5})?\/\S*|(?<![\p{L}\p{N}.-])(?<name>(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.){1,8}\p{L}{2,24})/giu;
const AFTER_A_LINK = /[.,;:!?)\]}»”"'…]+$/;
const AT = "[@＠﹫]";
const AT_IN_A_WORD = new RegExp(`(?<=[\\p{L}\\p{N}_])${AT}+(?=[\\p{L}\\p{N}_])`, "gu");
const AT_OF_A_MENTION = new RegExp(`${AT}+(?=\\S)`, "gu");
const HASHTAG = /[#＃﹟]+(?=[\p{N}\p{M}_]*[\p{L}_])([\p{L}\p{N}\p{M}_]+)/gu;
const ONLY_HASHTAGS = /^(?:[#＃﹟]+(?=[\p{N}\p{M}_]*[\p{L}_])[\p{L}\p{N}\p{M}_]+[.,;·|]?)+$/u;
const SIGNS_BEFORE_A_LINK = /[@＠﹫#＃﹟]+$/u;

const trimLink = (link: string): string => link.replace(AFTER_A_LINK, "").toLowerCase();

/** The links in a member's own words, which a caption may repeat. */
export function linksIn(words: readonly (string | null)[]): ReadonlySet<string> {
  return new Set(words.flatMap((text) => Array.from(text?.matchAll(LINK) ?? [], ([link]) => trimLink(link))));
}

/**
 * Words of a model, or of a prompt, as they may stand in a post: normalised as prompts are, and nothing in them that
 * a network or a chat would turn into a mention, a hashtag or a link. `links` may stay. Idempotent.
 */
export function cleanWords(raw: string, links: ReadonlySet<string>): string {
  const step = (text: string): string =>
    normalisePrompt(
      betweenLinks(
        text
          .toWellFormed()
          .replace(NONCHARACTERS, "")
          .replace(PILED_MARKS, "$1")
          .replace(MARKDOWN_LINK, "$1")
          .replace(MARKDOWN_BOLD, "$1")
          // With a blank behind its dots a name is a sentence's end and no address.
          .replace(LINK, (link, ...found) =>
            links.has(trimLink(link)) ? link : typeof found[0] === "string" ? link.replaceAll(".", ". ") : "",
          ),
        (words) => words.replace(AT_IN_A_WORD, " at ").replace(AT_OF_A_MENTION, "").replace(HASHTAG, "$1"),
      ),
    );
  // Each round takes something away or parts an address, so this ends.
  let text = step(raw);
  for (let next = step(text); next !== text; next = step(text)) text = next;
  return text;
}

/** The links that were left standing keep their own @ and #. */
function betweenLinks(text: string, change: (words: string) => string): string {
  let result = "";
  let at = 0;
  for (const { 0: link, index } of text.matchAll(LINK)) {
    result += change(text.slice(at, index)).replace(SIGNS_BEFORE_A_LINK, "") + link;
    at = index + link.length;
  }
  return result + change(text.slice(at));
}

/**
 * Hashtags that a model put into its text, and the text without those that stand by themselves at its end. One that
 * ends a sentence (`I love #winter`) stays there as a word.
 */
export function splitHashtags(raw: string): { readonly text: string; readonly hashtags: readonly string[] } {
  const hashtags = Array.from(raw.matchAll(HASHTAG), ([, tag = ""]) => tag);
  const words = raw.split(/(\s+)/);
  let count = words.length;
  const tagsAtTheEnd: string[] = [];
  while (count > 0 && (words[count - 1]?.trim() === "" || ONLY_HASHTAGS.test(words[count - 1] ?? ""))) {
    count -= 1;
    if (words[count]?.trim() !== "") tagsAtTheEnd.push(words[count] ?? "");
  }
  const text = words.slice(0, count).join("");
  const isOwnLine = words[count]?.includes("\n") ?? false;
  const isApart = tagsAtTheEnd.length > 1 || isOwnLine || !/[\p{L}\p{N}\p{M},:-]$/u.test(text);
  return { text: isApart ? text : raw, hashtags };
}

/** Letters, digits and `_` (with the marks that belong to letters); each once, whatever its case; no more than `most`. */
export function cleanHashtags(raw: readonly string[], most: number): string[] {
  const tags = new Map<string, string>();
  for (const one of raw) {
    if (one.length > 4 * MAX_HASHTAG_UNITS) continue;
    const tag = cleanWords(one, new Set())
      .replace(/[^\p{L}\p{N}\p{M}_]/gu, "")
      .replace(/^\p{M}+/u, "")
      .normalize("NFC");
    const fits = tag.length <= MAX_HASHTAG_UNITS && /\p{L}/u.test(tag);
    if (fits && !tags.has(tag.toLowerCase())) tags.set(tag.toLowerCase(), tag);
  }
  return [...tags.values()].slice(0, Math.max(0, Math.min(most, MAX_HASHTAGS)));
}

/** One paragraph of at most 1,000 units, cut between graphemes. */
export function cleanAltText(raw: string): string {
  const words = cleanWords(raw.slice(0, 4 * MAX_ALT_TEXT), new Set()).replace(/\s+/g, " ");
  if (words.length <= MAX_ALT_TEXT) return words;
  let end = 0;
  for (const { segment, index } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(words)) {
    if (index + segment.length > MAX_ALT_TEXT - 1) break;
    end = index + segment.length;
  }
  return `${words.slice(0, end).trimEnd()}…`;
}

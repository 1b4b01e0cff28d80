import type { Network } from "../ports/publisher.ts";
import { rulesOf, type TextUnit } from "./networks.ts";

/** A text as it would be posted, and by how much it is over. */
export interface FittedText {
  /** Exactly what is posted: the text, an empty line, the hashtags. */
  readonly text: string;
  readonly characters: number;
  readonly limit: number;
  /** 0: it fits. */
  readonly charactersOver: number;
  /** Every hashtag that the network will see, those within the text too. */
  readonly hashtags: number;
  readonly hashtagsOver: number;
}

/** @param hashtags with or without their #; what cannot be one is left out. */
export function fitText(text: string, hashtags: readonly string[], network: Network): FittedText {
  const rules = rulesOf(network);
  const whole = compose(text, hashtags);
  const characters = countCharacters(whole, network);
  const found = hashtagsIn(whole).length;
  return {
    text: whole,
    characters,
    limit: rules.text.limit,
    charactersOver: Math.max(0, characters - rules.text.limit),
    hashtags: found,
    hashtagsOver: rules.hashtags === null ? 0 : Math.max(0, found - rules.hashtags),
  };
}

/**
 * The text and as many of its hashtags as fit: the last go first, those within the text lose their # where there are
 * too many even so. A text that is too long ends with `…` after a whole word and keeps its hashtags as long as half of
 * the room is left for words.
 */
export function shorten(
  text: string,
  hashtags: readonly string[],
  network: Network,
): { readonly text: string; readonly hashtags: readonly string[] } {
  const rules = rulesOf(network);
  const most = rules.hashtags ?? Number.POSITIVE_INFINITY;
  let words = keepHashtags(text.trim(), most);
  let tags = cleanHashtags(hashtags).slice(0, Math.max(0, most - hashtagsIn(words).length));
  const fits = (candidate: string) => countCharacters(compose(candidate, tags), network) <= rules.text.limit;
  const isMostOfIt = () => countCharacters(tags.join(" #"), network) > rules.text.limit / 2;
  while (tags.length > 0 && (isMostOfIt() || !fits(""))) tags = tags.slice(0, -1);
  if (!fits(words)) words = cut(words, fits);
  return { text: words, hashtags: tags };
}

/** As that network counts them; see `TextUnit`. */
export function countCharacters(text: string, network: Network): number {
  return COUNTERS[rulesOf(network).text.unit](text);
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const EMOJI = /\p{Extended_Pictographic}|\p{Emoji_Presentation}|\p{Regional_Indicator}|\u20e3/u;
/** A sequence that every network draws as one emoji. */
const DRAWN_EMOJI = /\p{RGI_Emoji}/gv;

const LINK_WEIGHT = 23;
/** What X takes into a link behind its name; everything else ends it, a full stop at the end and CJK too. */
const LINK_END = String.raw`(?::\d{1,5})?(?:\/(?:[\w!*';:=+,.$/%#[\]~@|&À-ÖØ-öø-ɏЀ-ӿ-]*[\w=#/+À-ÖØ-öø-ɏЀ-ӿ-])?)?(?:\?[\w!?*'();:&=+$/%#[\].,~@|-]*[\w&=#/-])?`;
/** The letters behind the last dot, as nothing goes on with them. */
const TOP = String.raw`([a-z]{2,63})(?![a-z\d@+-])`;
const LINK = new RegExp(
  String.raw`(?<![a-z\d@＠$#＃\u202a-\u202e])https?:\/\/((?:[\p{L}\p{N}_-]+\.)+)${TOP}${LINK_END}`,
  "giu",
);
/** Its last name is of another script: X may know it and we do not. Counted as whatever it could be. */
const FOREIGN_LINK = /https?:\/\/(?=[\w.-]*[^\0-\x7f])(?:[\p{L}\p{N}_-]+\.)+\p{L}{2,}/giu;
/** May be shortened as a link as well: counted as whichever is more. */
const BARE_LINK = new RegExp(String.raw`(?<![a-z\d@＠$#＃._/-])(?:[a-z\d_-]+\.)+${TOP}${LINK_END}`, "giu");
/** X knows the names of all that are there; these and those of two letters, which are countries, are nearly all used. */
const TOP_NAMES = new Set(
  (
    "com net org edu gov mil int info biz name pro mobi app dev page web site website online store shop blog art " +
    "design studio photo photos gallery pics media film video music live tv news social link click cloud digital " +
    "agency company group team work world today space tech xyz club fun games design fashion travel fyi zone wiki"
  ).split(" "),
);

const COUNTERS: Readonly<Record<TextUnit, (text: string) => number>> = {
  graphemes: countGraphemes,
  utf16: (text) => text.length,
  utf8: utf8Length,
  threads: (text) =>
    sum(text, (segment) => (EMOJI.test(segment) ? utf8Length(segment) : Array.from(segment).length)),
  x: countX,
};

/** The AT Protocol's second limit: ten bytes for each of its graphemes. Within it only graphemes count. */
const BYTES_A_GRAPHEME = 10;
const GRAPHEMES_BYTES = 3_000;

function countGraphemes(text: string): number {
  const count = [...graphemes.segment(text)].length;
  const bytes = utf8Length(text);
  return bytes > GRAPHEMES_BYTES ? Math.max(count, Math.ceil(bytes / BYTES_A_GRAPHEME)) : count;
}

/** Never less than X itself counts: what is more is refused when the post is due, and nobody is there any more. */
function countX(text: string): number {
  let links = 0;
  // A line break stands where a link was, so that nothing before and behind it becomes one word; it counts 1.
  const take = (weight: number): string => {
    links += weight - 1;
    return "\n";
  };
  const rest = text
    .normalize("NFC")
    .replaceAll(LINK, (link, name: string, top: string) => {
      const isKnown = top.length === 2 || TOP_NAMES.has(top.toLowerCase());
      // Where letters of other scripts are within the name, X may end it among them.
      return take(isKnown ? LINK_WEIGHT + beyondAscii(name) : Math.max(LINK_WEIGHT, weightX(link)));
    })
    .replaceAll(FOREIGN_LINK, (link) => take(LINK_WEIGHT + weightX(link)))
    .replaceAll(BARE_LINK, (link) => take(Math.max(LINK_WEIGHT, weightX(link))));
  return links + weightX(rest);
}

const beyondAscii = (text: string): number => weightX(text.replaceAll(/[\0-\x7f]/g, ""));

function weightX(text: string): number {
  let weight = 0;
  // One letter in its place, which counts 1.
  const rest = text.replaceAll(DRAWN_EMOJI, () => {
    weight += 1;
    return "\n";
  });
  for (const character of rest)
    weight += EMOJI.test(character) || !isLight(character.codePointAt(0) ?? 0) ? 2 : 1;
  return weight;
}

/** Ranges of weight 100 in twitter-text's configuration 3. */
function isLight(point: number): boolean {
  return (
    point <= 0x10ff ||
    (point >= 0x2000 && point <= 0x200d) ||
    (point >= 0x2010 && point <= 0x201f) ||
    (point >= 0x2032 && point <= 0x2037)
  );
}

function sum(text: string, weigh: (segment: string) => number): number {
  let total = 0;
  for (const { segment } of graphemes.segment(text)) total += weigh(segment);
  return total;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_00_00 ? 3 : 4;
  }
  return bytes;
}

function compose(text: string, hashtags: readonly string[]): string {
  const tags = cleanHashtags(hashtags).map((tag) => `#${tag}`);
  return [text.trim(), tags.join(" ")].filter((part) => part !== "").join("\n\n");
}

/** The longest beginning in whole graphemes that `fits` with an ellipsis, back to a whole word where one is near. */
function cut(text: string, fits: (candidate: string) => boolean): string {
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment);
  const ended = (count: number) => `${parts.slice(0, count).join("").trimEnd()}…`;
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(ended(middle))) low = middle;
    else high = middle - 1;
  }
  // What a link counts is no sum of its letters: a beginning may count more than a longer one.
  while (low > 0 && !fits(ended(low))) low -= 1;
  const space = parts.slice(0, low).findLastIndex((part) => /\s/u.test(part));
  if (space > low * 0.6 && fits(ended(space))) return ended(space);
  return low === 0 ? "" : ended(low);
}

const HASHTAG = /(?<![\p{L}\p{N}\p{M}_&/])[#＃](?=[\p{L}\p{N}\p{M}_]*[\p{L}\p{M}_])[\p{L}\p{N}\p{M}_]+/gu;

function hashtagsIn(text: string): readonly string[] {
  return text.match(HASHTAG) ?? [];
}

/** All hashtags behind the first `most` become words. */
function keepHashtags(text: string, most: number): string {
  let kept = 0;
  return text.replaceAll(HASHTAG, (tag) => {
    kept += 1;
    return kept > most ? tag.slice(1) : tag;
  });
}

const LONGEST_HASHTAG = 100;

/** Hashtags without their #, as networks take them: letters, figures and _, each once, in order. */
export function cleanHashtags(hashtags: readonly string[]): readonly string[] {
  const found = new Map<string, string>();
  for (const hashtag of hashtags) {
    const tag = hashtag
      .normalize("NFC")
      .replaceAll(/[^\p{L}\p{N}\p{M}_]/gu, "")
      .replace(/^\p{M}+/u, "");
    const isOne = /[\p{L}_]/u.test(tag) && tag.length <= LONGEST_HASHTAG;
    if (isOne && !found.has(tag.toLowerCase())) found.set(tag.toLowerCase(), tag);
  }
  return [...found.values()];
}

/** Controls, invisible characters and marks that turn the writing direction; joiners between letters stay. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;

/**
 * A text of a model as a post may have it: it mentions nobody, sets no hashtags (they are a list of their own) and
 * hides nothing. `@name` becomes `name`, `a@b` gets a word joiner behind its @, `#word` becomes `word`.
 */
export function safeCaption(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[\p{Zl}\p{Zp}]/gu, "\n")
    .replaceAll(INVISIBLE, (character) => (character === "\n" ? character : character === "\t" ? " " : ""))
    .replaceAll(/[#＃]+(?=[\p{L}\p{N}\p{M}_#＃@＠]*[\p{L}\p{M}_])/gu, "")
    .replaceAll(/(?<![\p{L}\p{N}\p{M}_])[@＠]+/gu, "")
    .replaceAll(/[@＠]+(?=[\p{L}\p{N}\p{M}_])/gu, "@\u2060")
    .replaceAll(/[^\S\n]+\n/g, "\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

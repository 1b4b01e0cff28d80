import {
  COLOURS,
  type ColourName,
  MOODS,
  type Mood,
  NUMBERS,
  SEASONS,
  SETTINGS,
  type Season,
  type Setting,
  SKY_THINGS,
  type SkyThing,
  SUBJECTS,
  type SubjectId,
  TIMES,
  type Time,
  WEATHERS,
  type Weather,
} from "./vocabulary.ts";

export type Meaning =
  | { readonly group: "time"; readonly id: Time }
  | { readonly group: "weather"; readonly id: Weather }
  | { readonly group: "season"; readonly id: Season }
  | { readonly group: "setting"; readonly id: Setting }
  | { readonly group: "sky"; readonly id: SkyThing }
  | { readonly group: "subject"; readonly id: SubjectId }
  | { readonly group: "colour"; readonly id: ColourName }
  | { readonly group: "mood"; readonly id: Mood }
  | { readonly group: "number"; readonly count: number };

function keys<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  const found: K[] = [];
  for (const key in table) found.push(key);
  return found;
}

const meanings = new Map<string, Meaning[]>();

function learn(words: string, meaning: Meaning): void {
  for (const word of words.split(" ")) {
    const key = fold(word);
    const known = meanings.get(key);
    if (known) known.push(meaning);
    else meanings.set(key, [meaning]);
  }
}

/** Lower case without accents or variation selectors, so that "Été" and "ete" are one word. */
export function fold(word: string): string {
  return word
    .normalize("NFKD")
    .replace(/[\p{M}\uFE0F]/gu, "")
    .toLowerCase()
    .replace("ß", "ss");
}

for (const id of keys(TIMES)) learn(TIMES[id], { group: "time", id });
for (const id of keys(WEATHERS)) learn(WEATHERS[id], { group: "weather", id });
for (const id of keys(SEASONS)) learn(SEASONS[id], { group: "season", id });
for (const id of keys(SETTINGS)) learn(SETTINGS[id], { group: "setting", id });
for (const id of keys(SKY_THINGS)) learn(SKY_THINGS[id], { group: "sky", id });
for (const id of keys(SUBJECTS)) learn(SUBJECTS[id], { group: "subject", id });
for (const id of keys(COLOURS)) learn(COLOURS[id].words, { group: "colour", id });
for (const id of keys(MOODS)) learn(MOODS[id], { group: "mood", id });
for (const [count, words] of Object.entries(NUMBERS)) learn(words, { group: "number", count: Number(count) });

const ENDINGS = ["es", "s", "en", "n", "x", "e"];

/** What one word may mean; plurals are tried by cutting their ending. */
export function meaningsOf(word: string): readonly Meaning[] {
  const key = fold(word);
  const exact = meanings.get(key);
  if (exact) return exact;
  if (key.length < 4) return [];
  if (key.endsWith("ies")) {
    const singular = meanings.get(`${key.slice(0, -3)}y`);
    if (singular) return singular;
  }
  for (const ending of ENDINGS) {
    if (!key.endsWith(ending)) continue;
    const stem = meanings.get(key.slice(0, -ending.length));
    if (stem) return stem;
  }
  return [];
}

/** Words in writing order; two words that are one in the vocabulary ("hot air" no, "ice cream" yes) are joined. */
export function splitWords(text: string): string[] {
  const found =
    text.match(/\p{Extended_Pictographic}(?:\u200D\p{Extended_Pictographic})*|[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const words: string[] = [];
  for (let index = 0; index < found.length; index++) {
    const word = found[index] ?? "";
    const joined = word + (found[index + 1] ?? "");
    if (found[index + 1] !== undefined && joined.length > 6 && meanings.has(fold(joined))) {
      words.push(joined);
      index++;
    } else words.push(word);
  }
  return words;
}

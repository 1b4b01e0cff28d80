import type { User } from "../usage/user.ts";

/** Offered besides the member's own: the most used ones of the networks, by number of speakers there. */
const WIDELY_USED = ["en", "es", "fr", "de", "it", "pt", "pl", "tr", "ru", "ar", "hi", "zh", "ja", "ko"];
/** What a button has room for; a longer tag is cut to its language. */
const LONGEST_TAG = 20;

/** BCP 47 in its usual spelling, without what is no part of a language (`-u-…`); null for what is none. */
export function languageTag(raw: string | null): string | null {
  if (raw === null || raw === "") return null;
  try {
    const { baseName, language } = new Intl.Locale(raw.replaceAll("_", "-"));
    return baseName.length > LONGEST_TAG ? language : baseName;
  } catch {
    return null;
  }
}

/** Whether both are one language, wherever it is spoken. */
export function isSameLanguage(one: string, other: string): boolean {
  const [tag, otherTag] = [languageTag(one), languageTag(other)];
  if (tag === null || otherTag === null) return false;
  return new Intl.Locale(tag).language === new Intl.Locale(otherTag).language;
}

/** What captions are written in where nothing else was said: the member's setting, else what their platform reports. */
export function ownLanguage(user: User): string | null {
  return languageTag(user.settings.language) ?? languageTag(user.locale);
}

/** The languages to choose from, the member's own first; each once. */
export function captionLanguages(user: User): readonly string[] {
  const own = [languageTag(user.settings.language), languageTag(user.locale)].filter((tag) => tag !== null);
  const others = WIDELY_USED.filter((tag) => !own.some((one) => isSameLanguage(one, tag)));
  return [...new Set([...own, ...others])];
}

/** As its speakers call it, in `shownIn` where that is given. */
export function languageName(tag: string, shownIn: string = tag): string {
  if (languageTag(tag) === null) return tag;
  const name = new Intl.DisplayNames([shownIn], { type: "language" }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(shownIn) + name.slice(1);
}

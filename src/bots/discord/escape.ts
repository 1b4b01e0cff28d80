/**
 * Makes any text show as it is: no markup, no mention, no link, no timestamp, no custom emoji.
 *
 * A backslash before a punctuation character takes its meaning away (Discord's Markdown, as CommonMark). Every
 * `<` and `@` gets one, so not even the raw text holds `<@1>`, `<t:1>` or `</command:1>`. `@everyone` and `@here`
 * work without brackets: a zero-width space parts them. Mentions are switched off by `allowed_mentions` as well.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\r\n?|[\u2028\u2029]/g, "\n")
    .replaceAll(/[\\*_~`|<>@[\]]/g, "\\$&")
    .replaceAll(/\\@(?=everyone|here)/gi, "\\@\u200b")
    .replaceAll(/:(?=\/\/)/g, "\\:")
    .replaceAll(/^(\s*)([-+#])/gm, "$1\\$2")
    .replaceAll(/^(\s*\d+)([.)])/gm, "$1\\$2");
}

/** The longest beginning of a text, in whole graphemes, that is no longer than `limit` once it is escaped. */
export function escapeWithin(text: string, limit: number): string {
  const whole = escapeMarkdown(text);
  if (whole.length <= limit) return whole;
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment);
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const length = escapeMarkdown(parts.slice(0, middle).join("")).length + 1;
    if (length <= limit) low = middle;
    else high = middle - 1;
  }
  return limit < 1 ? "" : `${escapeMarkdown(parts.slice(0, low).join(""))}…`;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** One text of a card; the heading says whose it is, null where there is only one. */
export interface Section {
  readonly heading: string | null;
  readonly text: string;
}

/**
 * What a page may take, in the units of the platform that shows least: Discord has 2,000 for a message, of which the
 * title (305) and the sentences around the text take theirs.
 */
const PAGE_UNITS = 1_150;
/** A grapheme that takes more is cut where need be: nobody reads it as one sign. */
const GRAPHEME_UNITS = 100;
/** Pages end between words where the last blank is not further back than this part of them. */
const WORD_SHARE = 0.6;
const GAP = "\n\n";

/**
 * The texts in as few pages as show them whole on every platform. Nothing is left out: put together, the parts of a
 * section are its text. A section begins on the page of the one before where it fits there.
 */
export function pagesOf(sections: readonly Section[], most: number = PAGE_UNITS): readonly string[] {
  const pages: string[] = [];
  for (const { heading, text } of sections) {
    const head = heading === null ? "" : `${heading}\n`;
    const whole = `${head}${text}`;
    const last = pages.at(-1);
    const joined = last === undefined ? whole : `${last}${GAP}${whole}`;
    if (unitsOf(joined) <= most) pages.splice(-1, 1, joined);
    else pages.push(...parts(text, most - unitsOf(head)).map((part) => `${head}${part}`));
  }
  return pages;
}

/** The most that a platform makes of it: marks with a backslash before them, each line behind a mark of its own. */
function unitsOf(text: string): number {
  let units = 0;
  for (const unit of text)
    units += unit === "\n" || unit === "@" ? 3 : /[!-/:-@[-`{-~]/.test(unit) ? 2 : unit.length;
  return units;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

function parts(text: string, most: number): string[] {
  const found: string[] = [];
  let page = "";
  let used = 0;
  const add = (piece: string): void => {
    const units = unitsOf(piece);
    if (used + units > most) {
      const blank = Math.max(page.lastIndexOf(" "), page.lastIndexOf("\n")) + 1;
      const at = blank > page.length * WORD_SHARE ? blank : page.length;
      found.push(page.slice(0, at));
      page = page.slice(at);
      used = unitsOf(page);
    }
    page += piece;
    used += units;
  };
  for (const { segment } of graphemes.segment(text)) {
    if (unitsOf(segment) <= GRAPHEME_UNITS) add(segment);
    else for (const point of segment) add(point);
  }
  return [...found, page];
}

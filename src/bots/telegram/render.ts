import type { Button, LinkButton, Reply } from "../../core/conversation/text.ts";
import { plainText } from "../../core/conversation/text.ts";
import { BUTTON_DATA_BYTES, LIMITS } from "./limits.ts";
import { markFor } from "./prompt-mark.ts";

/** For whom moments are written. */
export interface Reading {
  readonly language: string;
  readonly zone: string;
}

export type InlineButton =
  | { text: string; callback_data: string; style?: "primary" | "danger" }
  | { text: string; url: string };

export interface InlineKeyboard {
  inline_keyboard: InlineButton[][];
}

/** A reply as HTML within a length; what did not fit is `rest`, to be sent after it. */
export interface Rendered {
  readonly html: string;
  readonly rest: string | null;
  readonly keyboard: InlineKeyboard | undefined;
}

/** One stretch of visible text in one dress. */
interface Run {
  readonly text: string;
  readonly tag: "b" | "blockquote" | null;
}

/** How many buttons with words fit beside each other on a phone, and up to what length a label is no word. */
const WIDE_BUTTONS_PER_ROW = 3;
const NARROW_LABEL = 4;
/** What the mark of a question takes of its text. */
const MARK_CHARS = 1;

/** A whole message. */
export function renderMessage(reply: Reply, reading: Reading): Rendered {
  return marked(reply, (asking, spent) => render(asking, reading, LIMITS.textLength - spent));
}

/**
 * A file with its words, whole: where they are too long to stand under it, the quotation stands in a message before
 * it, and where that is not enough all of them but the title.
 */
export function renderCard(reply: Reply, reading: Reading): { before: readonly string[]; caption: Rendered } {
  const under = (part: Reply): Rendered =>
    marked(part, (asking, spent) => render(asking, reading, LIMITS.captionLength - spent));
  const whole = under(reply);
  if (whole.rest === null) return { before: [], caption: whole };
  const { quote, title, ...words } = reply;
  const unquoted = under({ ...words, ...(title === undefined ? {} : { title }) });
  const isQuoteAlone = quote !== undefined && unquoted.rest === null;
  const { buttons: _, ...unbuttoned } = reply;
  const first: Reply = isQuoteAlone ? { text: [], quote, private: reply.private } : unbuttoned;
  const { html, rest } = render(first, reading, LIMITS.textLength);
  const caption = isQuoteAlone ? unquoted : under({ ...words, text: [], ...(title ? { title } : {}) });
  return { before: rest === null ? [html] : [html, rest], caption: { ...caption, rest: null } };
}

/** With the mark of a question, which takes some of the room. */
function marked(reply: Reply, rendering: (reply: Reply, spentChars: number) => Rendered): Rendered {
  const { asksFor, buttons } = reply;
  if (asksFor === undefined) return rendering(reply, 0);
  // The message is the form: a button that only opens one would ask the same once more.
  const others = (buttons ?? []).map((row) =>
    row.filter((button) => !("data" in button && button.data === asksFor)),
  );
  const rendered = rendering({ ...reply, buttons: others }, MARK_CHARS);
  return { ...rendered, html: `${rendered.html}${markFor(asksFor)}` };
}

/** Words under a picture. Where all of it is too long, the quotation goes into the rest. */
export function renderCaption(reply: Reply, reading: Reading): Rendered {
  return render(reply, reading, LIMITS.captionLength);
}

/** One line of plain words (a toast, a short notice), cut to a length. */
export function renderLine(reply: Reply, reading: Reading, maxChars: number): string {
  const words = [reply.title ?? "", plainText(reply.text, reading.language, reading.zone), reply.quote ?? ""];
  return cut(words.filter((part) => part !== "").join("\n"), maxChars);
}

function render(reply: Reply, reading: Reading, maxChars: number): Rendered {
  const { keyboard, unlinked } = renderKeyboard(reply.buttons ?? []);
  const title: Run[] = reply.title ? [{ text: reply.title, tag: "b" }] : [];
  const quote: Run[] = reply.quote ? [{ text: reply.quote, tag: "blockquote" }] : [];
  const words = plainText(reply.text, reading.language, reading.zone).trim();
  const text: Run[] = words === "" ? [] : [{ text: words, tag: null }];
  const links: Run[] = unlinked.map(({ label, url }) => ({ text: `${label}: ${url}`, tag: null }));
  const whole = [...title, ...quote, ...text, ...links];
  // A message cannot be empty; a caption may.
  if (visibleLength(whole) <= maxChars) return { html: toHtml(whole), rest: null, keyboard };
  const [head, tail] = split([...title, ...text, ...links, ...quote], maxChars);
  const [rest] = split(tail, LIMITS.textLength);
  return { html: toHtml(head), rest: rest.length === 0 ? null : toHtml(rest), keyboard };
}

function visibleLength(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + run.text.length, Math.max(0, runs.length - 1));
}

function toHtml(runs: readonly Run[]): string {
  let html = "";
  let previous: Run | undefined;
  for (const run of runs) {
    // A quotation is a block of its own: clients draw the line break around it.
    if (previous !== undefined) html += "\n";
    const text = escapeHtml(run.text);
    html += run.tag === null ? text : `<${run.tag}>${text}</${run.tag}>`;
    previous = run;
  }
  return html;
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Cuts between runs where possible, else between words, else between graphemes. */
function split(runs: readonly Run[], maxChars: number): [Run[], Run[]] {
  const head: Run[] = [];
  let left = maxChars;
  for (const [index, run] of runs.entries()) {
    const separator = head.length === 0 ? 0 : 1;
    if (run.text.length + separator <= left) {
      head.push(run);
      left -= run.text.length + separator;
      continue;
    }
    const later = runs.slice(index + 1);
    // A quotation moves as a whole when it fits below.
    if (run.tag === "blockquote" && head.length > 0 && run.text.length <= LIMITS.textLength)
      return [head, [run, ...later]];
    const at = breakBefore(run.text, left - separator);
    if (at === 0) return [head, [run, ...later]];
    return [
      [...head, { ...run, text: run.text.slice(0, at).trimEnd() }],
      [{ ...run, text: run.text.slice(at).trimStart() }, ...later],
    ];
  }
  return [head, []];
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The last good place to break at or before `maxChars`; 0 where there is none. */
function breakBefore(text: string, maxChars: number): number {
  if (maxChars <= 0) return 0;
  const blank = Math.max(text.lastIndexOf(" ", maxChars), text.lastIndexOf("\n", maxChars));
  if (blank > maxChars / 2) return blank;
  let end = 0;
  for (const { index, segment } of graphemes.segment(text.slice(0, maxChars + 64))) {
    if (index + segment.length > maxChars) break;
    end = index + segment.length;
  }
  return end;
}

function cut(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, breakBefore(text, maxChars - 1)).trimEnd()}…`;
}

function renderKeyboard(rows: readonly (readonly (Button | LinkButton)[])[]): {
  keyboard: InlineKeyboard | undefined;
  unlinked: readonly LinkButton[];
} {
  const unlinked: LinkButton[] = [];
  const keyboard: InlineButton[][] = [];
  for (const row of rows) {
    const buttons = row.flatMap((button) => {
      const rendered = renderButton(button);
      if (rendered === null && "url" in button) unlinked.push(button);
      return rendered === null ? [] : [rendered];
    });
    // Phones are narrow: a long row is broken evenly.
    const isNarrow = buttons.every(({ text }) => text.length <= NARROW_LABEL);
    const lines = Math.ceil(buttons.length / (isNarrow ? LIMITS.buttonsPerRow : WIDE_BUTTONS_PER_ROW));
    const width = Math.ceil(buttons.length / Math.max(1, lines));
    for (let start = 0; start < buttons.length; start += width)
      keyboard.push(buttons.slice(start, start + width));
  }
  const kept = keyboard.slice(0, LIMITS.buttonRows);
  return { keyboard: kept.length === 0 ? undefined : { inline_keyboard: kept }, unlinked };
}

function renderButton(button: Button | LinkButton): InlineButton | null {
  const text = cut(button.label.trim() || "…", LIMITS.buttonLabelLength);
  if ("url" in button) return isPublicUrl(button.url) ? { text, url: button.url } : null;
  if (button.data === "" || Buffer.byteLength(button.data) > BUTTON_DATA_BYTES) return null;
  return {
    text,
    callback_data: button.data,
    ...(button.style === "secondary" ? {} : { style: button.style }),
  };
}

/** The server refuses a whole message for a button that leads to this machine; such a link is written out instead. */
function isPublicUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return /^https?:$/.test(protocol) && hostname.includes(".") && !/^[\d.]+$/.test(hostname);
}

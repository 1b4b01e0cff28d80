import type { Button, LinkButton, Reply, TextPart } from "../../core/conversation/text.ts";
import type { OutgoingMedia } from "../../core/ports/messenger.ts";
import { escapeWithin } from "./escape.ts";
import { ALT_TEXT_LENGTH, LINK_LENGTH, limits, THREAD_NAME_LENGTH } from "./limits.ts";

export interface MessageFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A message's JSON, as creating and editing both take it. */
export interface MessageBody {
  readonly content: string;
  readonly components: readonly ActionRow[];
  readonly flags: number;
  readonly allowed_mentions: { readonly parse: readonly never[]; readonly replied_user: false };
  readonly attachments?: readonly AttachmentEntry[];
}

/** `id` is the index of an uploaded file, or the id of one that an edited message keeps. */
export interface AttachmentEntry {
  readonly id: string;
  readonly filename?: string;
  readonly description?: string;
}

export interface ActionRow {
  readonly type: 1;
  readonly components: readonly ButtonComponent[];
}

type ButtonComponent =
  | { readonly type: 2; readonly style: 1 | 2 | 4; readonly label: string; readonly custom_id: string }
  | { readonly type: 2; readonly style: 5; readonly label: string; readonly url: string };

/** Links show no preview: what matters is attached, and a preview fetches whatever a member typed. */
export const SUPPRESS_EMBEDS = 4;
export const EPHEMERAL = 64;

/** The most of a message that one link may take. */
const LONGEST_LINK = 1_500;

const STYLES = { primary: 1, secondary: 2, danger: 4 } as const;
const MARKS = { date: "D", time: "f", relative: "R" } as const;

export function renderReply(reply: Reply, media?: OutgoingMedia): MessageBody {
  const attachments = media === undefined ? undefined : attachmentEntries(media);
  return {
    content: contentOf(reply),
    components: rowsOf(reply),
    flags: SUPPRESS_EMBEDS,
    allowed_mentions: { parse: [], replied_user: false },
    ...(attachments === undefined ? {} : { attachments }),
  };
}

export function filesOf(media: OutgoingMedia | undefined): readonly MessageFile[] {
  return media?.file ? [media.file] : [];
}

function attachmentEntries(media: OutgoingMedia): readonly AttachmentEntry[] | undefined {
  if (!media.file) return undefined;
  return [{ id: "0", filename: media.file.name, ...described(media.altText) }];
}

/** What is said of a file for those who cannot see it. */
export function described(altText: string): Pick<AttachmentEntry, "description"> {
  const description = truncated(altText, ALT_TEXT_LENGTH);
  return description === "" ? {} : { description };
}

/** Title, quotation, text. Where it is too much, the quotation gives way first: the member knows those words. */
function contentOf(reply: Reply): string {
  const title = reply.title ? `**${escapeWithin(oneLine(reply.title), 300)}**` : "";
  const links = linksOf(reply);
  const room = [title, links].reduce(
    (left, piece) => left - (piece === "" ? 0 : piece.length + 1),
    limits.textLength,
  );
  const text = textWithin(reply.text, room);
  const left = room - (text === "" ? 0 : text.length + 1);
  const quote = reply.quote ? quoteWithin(reply.quote, left) : "";
  const content = [title, quote, text, links].filter((piece) => piece !== "").join("\n");
  return content === "" ? "…" : content;
}

function quoteWithin(words: string, limit: number): string {
  // Each line costs the two characters of its mark.
  for (let room = limit - 2; room > 0; ) {
    const quote = escapeWithin(words, room)
      .split("\n")
      .map((line) => `> ${line}`)
      .join("\n");
    if (quote.length <= limit) return quote;
    room -= quote.length - limit;
  }
  return "";
}

function textWithin(parts: readonly TextPart[], limit: number): string {
  let text = "";
  for (const part of joined(parts)) {
    const room = limit - text.length;
    const piece = typeof part === "string" ? escapeWithin(part, room) : timestamp(part);
    if (piece.length > room) break;
    text += piece;
  }
  return text;
}

/** Neighbouring strings as one, so that markup cannot be put together from two of them. */
function joined(parts: readonly TextPart[]): TextPart[] {
  const result: TextPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === "string" && typeof last === "string") result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result;
}

function timestamp(part: Exclude<TextPart, string>): string {
  return `<t:${Math.floor(part.at / 1000)}:${MARKS[part.style]}>`;
}

function rowsOf(reply: Reply): ActionRow[] {
  const taken = new Set<string>();
  return (reply.buttons ?? [])
    .slice(0, limits.buttonRows)
    .map((row) => ({
      type: 1 as const,
      components: row
        .map(buttonOf)
        .filter((button) => button !== null)
        .filter((button) => {
          const key = "url" in button ? button.url : button.custom_id;
          const isNew = !taken.has(key);
          taken.add(key);
          return isNew;
        })
        .slice(0, limits.buttonsPerRow),
    }))
    .filter((row) => row.components.length > 0);
}

/** Links that are too long for a button stand in the text, whole: a sign-in of a network may have two thousand signs. */
function linksOf(reply: Reply): string {
  const long = (reply.buttons ?? [])
    .flat()
    .filter((button) => "url" in button)
    .filter(({ url }) => url.length > LINK_LENGTH && url.length <= LONGEST_LINK)
    .filter(({ url }) => /^https?:\/\/[^\s<>]+$/.test(url));
  return long
    .slice(0, 1)
    .map(({ label, url }) => `${escapeWithin(oneLine(label), limits.buttonLabelLength)}: <${url}>`)
    .join("");
}

/** Null for a link that Discord would refuse. */
function buttonOf(button: Button | LinkButton): ButtonComponent | null {
  const label = truncated(oneLine(button.label), limits.buttonLabelLength) || "…";
  if ("data" in button) return { type: 2, style: STYLES[button.style], label, custom_id: button.data };
  const isUsable = /^https?:\/\//.test(button.url) && button.url.length <= LINK_LENGTH;
  return isUsable ? { type: 2, style: 5, label, url: button.url } : null;
}

/** What a thread is called: the member's own words, else what the message says first. */
export function threadName(reply: Reply): string {
  const words = reply.quote ?? reply.title ?? reply.text.find((part) => typeof part === "string") ?? "";
  return truncated(oneLine(words), THREAD_NAME_LENGTH) || "Easel";
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** Cut between graphemes, with an ellipsis. */
export function truncated(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    if (kept.length + segment.length + 1 > limit) break;
    kept += segment;
  }
  return `${kept}…`;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Every custom_id of a message's rows, ours or as Discord gave them back. */
export function customIds(components: unknown): string[] {
  if (!Array.isArray(components)) return [];
  return components.flatMap((component: unknown) => {
    if (typeof component !== "object" || component === null) return [];
    const own =
      "custom_id" in component && typeof component.custom_id === "string" ? [component.custom_id] : [];
    return "components" in component ? [...own, ...customIds(component.components)] : own;
  });
}

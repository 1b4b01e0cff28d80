import { badRequest, type Entity } from "./wire.ts";

export interface Parsed {
  readonly text: string;
  readonly entities: readonly Entity[];
}

/** Tags of parse_mode HTML and the entity each makes. Source: Bot API, "HTML style", read 2026-11. */
const TAGS: Readonly<Record<string, string>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  "tg-spoiler": "spoiler",
  span: "spoiler",
  a: "text_link",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  "tg-emoji": "custom_emoji",
};
const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** Text and entities of HTML; offsets count UTF-16 units. Throws the server's "can't parse entities". */
export function parseHtml(html: string): Parsed {
  const entities: Entity[] = [];
  const open: { tag: string; offset: number; url: string | undefined }[] = [];
  let text = "";
  let at = 0;
  while (at < html.length) {
    const char = html[at] ?? "";
    if (char === "&") {
      const match = /^&(?:#(\d+)|#x([0-9a-f]+)|(lt|gt|amp|quot));/i.exec(html.slice(at, at + 12));
      if (match === null) {
        text += "&";
        at += 1;
        continue;
      }
      const [whole, decimal, hex, name] = match;
      if (decimal !== undefined) text += String.fromCodePoint(Number(decimal));
      else if (hex !== undefined) text += String.fromCodePoint(Number.parseInt(hex, 16));
      else text += NAMED[(name ?? "").toLowerCase()] ?? "";
      at += whole.length;
      continue;
    }
    if (char !== "<") {
      text += char;
      at += 1;
      continue;
    }
    const offsetBytes = Buffer.byteLength(html.slice(0, at));
    const end = html.indexOf(">", at);
    if (end === -1) throw cantParse(`Unclosed start tag at byte offset ${offsetBytes}`);
    const inside = html.slice(at + 1, end);
    at = end + 1;
    if (inside.startsWith("/")) {
      const tag = inside.slice(1).trim().toLowerCase();
      const last = open.pop();
      if (last === undefined) throw cantParse(`Unexpected end tag at byte offset ${offsetBytes}`);
      if (tag !== "" && tag !== last.tag)
        throw cantParse(
          `Unmatched end tag at byte offset ${offsetBytes}, expected "</${last.tag}>", found "</${tag}>"`,
        );
      const length = text.length - last.offset;
      const type = TAGS[last.tag];
      if (length > 0 && type !== undefined)
        entities.push({
          type,
          offset: last.offset,
          length,
          ...(last.url === undefined ? {} : { url: last.url }),
        });
    } else {
      const tag = (/^[^\s/]*/.exec(inside)?.[0] ?? "").toLowerCase();
      if (TAGS[tag] === undefined)
        throw cantParse(`Unsupported start tag "${tag}" at byte offset ${offsetBytes}`);
      open.push({
        tag,
        offset: text.length,
        url: tag === "a" ? /href="([^"]*)"/i.exec(inside)?.[1] : undefined,
      });
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined)
    throw cantParse(`Can't find end tag corresponding to start tag "${unclosed.tag}"`);
  return trimmed({ text, entities: entities.toSorted((a, b) => a.offset - b.offset) });
}

function cantParse(detail: string): Error {
  return badRequest(`can't parse entities: ${detail}`);
}

/** The server drops blanks around a text. */
function trimmed(parsed: Parsed): Parsed {
  const lead = parsed.text.length - parsed.text.trimStart().length;
  const text = parsed.text.trim();
  const entities = parsed.entities.flatMap((entity) => {
    const offset = Math.max(0, entity.offset - lead);
    const length = Math.min(text.length, entity.offset - lead + entity.length) - offset;
    return length > 0 ? [{ ...entity, offset, length }] : [];
  });
  return { text, entities };
}

/** Text of a call by its parse mode. Only HTML and plain text are emulated. */
export function parseText(text: string, parseMode: string | undefined, given: readonly Entity[]): Parsed {
  if (parseMode === undefined || parseMode === "") return trimmed({ text, entities: given });
  if (parseMode.toLowerCase() === "html") return parseHtml(text);
  throw badRequest(`unsupported parse_mode ${parseMode}`);
}

/** Entities that the platform finds by itself in what a user writes. */
export function detectEntities(text: string): readonly Entity[] {
  const found: Entity[] = [];
  for (const match of text.matchAll(/(?<=^|\s)\/[a-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])/gi))
    found.push({ type: "bot_command", offset: match.index, length: match[0].length });
  for (const match of text.matchAll(/(?<=^|\s)@\w{3,32}/g))
    found.push({ type: "mention", offset: match.index, length: match[0].length });
  for (const match of text.matchAll(/(?<=^|\s)https?:\/\/[^\s]+/g))
    found.push({ type: "url", offset: match.index, length: match[0].length });
  return found.toSorted((a, b) => a.offset - b.offset);
}

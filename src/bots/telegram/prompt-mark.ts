import { readButtonData } from "../../core/conversation/actions.ts";
import type { OptionValue } from "../../core/conversation/intents.ts";

/**
 * How a message that asks for words is known again when somebody answers it, after any restart and without a row:
 * an invisible character in it carries a link, whose fragment says what the words are for. Only messages of the bot
 * itself are read for it.
 */
const LINK = /^https?:\/\/t\.me\/?#([\x21-\x7e]{1,600})$/;
const PROMPT_BYTES = 200;

/** What the words of an answer are for: a new request, with flags given before, or a form. */
export type Mark =
  | { readonly kind: "prompt"; readonly flags: ReadonlyMap<string, string> }
  | { readonly kind: "form"; readonly data: string };

/** `prompt?type=video`: the question for a prompt, and what was said already. Plain `prompt` where that is too long. */
export function promptWith(options: Readonly<Record<string, OptionValue>>): string {
  const flags = new URLSearchParams(Object.entries(options).map(([name, value]) => [name, String(value)]));
  const data = `prompt?${flags.toString()}`;
  return flags.size === 0 || data.length > PROMPT_BYTES ? "prompt" : data;
}

/** HTML that makes the mark; nothing for what could not be read again. */
export function markFor(data: string): string {
  const href = `https://t.me/#${encodeURIComponent(data)}`;
  return readLink(href) === null ? "" : `<a href="${href}">\u200b</a>`;
}

export function readMark(
  entities: readonly { readonly type: string; readonly url?: string | null | undefined }[],
): Mark | null {
  for (const { type, url } of entities) {
    const mark = type === "text_link" && url ? readLink(url) : null;
    if (mark !== null) return mark;
  }
  return null;
}

function readLink(url: string): Mark | null {
  const data = decoded(LINK.exec(url)?.[1] ?? "");
  if (data === "prompt") return { kind: "prompt", flags: new Map() };
  if (data.startsWith("prompt?") && data.length <= PROMPT_BYTES)
    return { kind: "prompt", flags: new Map(new URLSearchParams(data.slice("prompt?".length))) };
  return readButtonData(data) === null ? null : { kind: "form", data };
}

/** Empty for what is no percent-encoded text. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

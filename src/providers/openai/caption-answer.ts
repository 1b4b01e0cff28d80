import { z } from "zod";
import type { WrittenCaption } from "../../core/ports/captions.ts";

/** What is asked for. In strict mode every field is required, and lengths of texts cannot be said. */
const captionSchema = z.object({
  text: z.string().describe("The caption, without hashtags"),
  hashtags: z.array(z.string()).max(5).describe("Single words without the #"),
  altText: z.string().describe("What can be seen, for those who cannot see it"),
  language: z.string().describe("BCP 47"),
});

let built: Record<string, unknown> | undefined;

/** As JSON Schema; made with the first caption and kept, since making it takes half a millisecond. */
export function captionJsonSchema(): Record<string, unknown> {
  if (!built) {
    const { $schema: _, ...schema } = z.toJSONSchema(captionSchema);
    built = schema;
  }
  return built;
}

const word = z.string().nullish().catch(null);

/** What is read of an answer, nothing of which need be there. */
export const chatSchema = z.object({
  choices: z.array(
    z
      .object({
        finish_reason: word,
        message: z.object({
          /** Some servers answer parts, as they are asked. */
          content: z
            .union([
              z.string(),
              z
                .array(z.object({ text: word }).catch({ text: null }))
                .transform((parts) => parts.map(({ text }) => text ?? "").join("")),
            ])
            .nullish()
            .catch(null),
          refusal: word,
        }),
      })
      .nullish()
      .catch(null),
  ),
});

/** The names that models without a schema give these fields. */
const looseSchema = z.object({
  text: word,
  caption: word,
  hashtags: z.unknown().optional(),
  tags: z.unknown().optional(),
  altText: word,
  alt_text: word,
  alt: word,
  language: word,
});

/** No network takes more; what is longer is over every limit anyway. */
const MAX_TEXT_UNITS = 100_000;
const MAX_HASHTAGS = 30;
/** Places in an answer where an object may begin. */
const MAX_STARTS = 50;

/**
 * The caption in what a model wrote, be it JSON alone, in a code fence, or among other words; null where there is none
 * with a text. Words that are not JSON are no caption: nobody knows which of them are meant for the post.
 */
export function readCaption(content: string, language: string): WrittenCaption | null {
  const words = content.replace(/^\s*<think>[^]*?<\/think>/, "").trim();
  for (const candidate of objectsIn(words)) {
    const caption = captionOf(candidate, language);
    if (caption) return caption;
  }
  return null;
}

function captionOf(candidate: unknown, language: string): WrittenCaption | null {
  const parsed = looseSchema.safeParse(candidate);
  if (!parsed.success) return null;
  const { data } = parsed;
  const text = (data.text ?? data.caption ?? "").trim();
  if (text === "") return null;
  return {
    text: text.slice(0, MAX_TEXT_UNITS),
    hashtags: wordsOf(data.hashtags ?? data.tags).slice(0, MAX_HASHTAGS),
    altText: (data.altText ?? data.alt_text ?? data.alt ?? "").slice(0, MAX_TEXT_UNITS),
    language: data.language ?? language,
  };
}

/** A list of words, also where one text holds them all; without the #. */
function wordsOf(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value)
    ? value
    : typeof value === "string"
      ? value.slice(0, MAX_TEXT_UNITS).split(/[\s,]+/)
      : [];
  return list.flatMap((one) => {
    const tag = typeof one === "string" ? one.trim().replace(/^#+/, "") : "";
    return tag === "" ? [] : [tag];
  });
}

/** The whole as JSON, else every object that begins somewhere in it, in their order. */
function* objectsIn(words: string): Generator {
  const whole = parse(words);
  if (whole !== undefined) yield whole;
  let at = words.indexOf("{");
  for (let starts = 0; at !== -1 && starts < MAX_STARTS; starts += 1) {
    const end = endOfObject(words, at);
    const value = end === -1 ? undefined : parse(words.slice(at, end));
    if (value !== undefined) yield value;
    at = words.indexOf("{", at + 1);
  }
}

/** Behind the brace that closes the one at `start`; -1: it is never closed. */
function endOfObject(words: string, start: number): number {
  let depth = 0;
  let isQuoted = false;
  for (let at = start; at < words.length; at += 1) {
    const sign = words[at];
    if (isQuoted && sign === "\\") at += 1;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (!isQuoted && sign === "{") depth += 1;
    else if (!isQuoted && sign === "}" && (depth -= 1) === 0) return at + 1;
  }
  return -1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

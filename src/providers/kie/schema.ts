import { z } from "zod";

/**
 * What is read of KIE's answers: as little as possible, and every variant that its documentation or its
 * recorded traffic shows. Types that disagree with both become "not there", never an exception.
 */
const integer = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*-?\d+\s*$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null);

export const envelopeSchema = z.object({
  code: z.union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,6}$/)
      .transform(Number),
  ]),
  msg: z.string().nullish().catch(null),
  data: z.unknown(),
});

export const createdSchema = z.object({ taskId: z.string().trim().min(1).max(200) });

/** More links than any task has results. */
const MAX_LINKS = 16;

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== "string" || !value.trim().startsWith("[")) return [value];
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

/** Links as a list, as one string, or as the JSON text of a list. Anything that is no link is left out. */
function linksOf(value: unknown): string[] {
  return listOf(value)
    .filter((entry) => typeof entry === "string")
    .map((text) => text.trim())
    .filter((text) => /^https?:/i.test(text) && URL.canParse(text))
    .slice(0, MAX_LINKS);
}

const links = z.unknown().transform(linksOf);

/** The page of reference says `resultUrls`, the quick start `result_urls`. */
const response = z
  .object({ resultUrls: links.optional(), result_urls: links.optional() })
  .transform((value) => [...(value.resultUrls ?? []), ...(value.result_urls ?? [])])
  .nullish()
  .catch(null);

const progress = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*\d+(?:\.\d+)?\s*$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null);

/** The record of a 4o or Veo task. `status` is missing in some examples, `progress` on Veo. */
export const recordSchema = z.object({
  successFlag: integer,
  status: z.string().nullish().catch(null),
  errorCode: integer,
  errorMessage: z.string().nullish().catch(null),
  response,
  progress,
});

export type KieRecord = z.output<typeof recordSchema>;

/** `data` of both download-url routes is the link itself. */
export const freshLinkSchema = z.url({ protocol: /^https?$/ });

/** What `start` stores and `poll` reads back. */
export const operationSchema = z.object({
  api: z.enum(["4o", "veo"]),
  taskId: z.string().min(1),
  /** When the task was made, in milliseconds: a task may be invisible for its first moments. */
  startedAt: z.number(),
});

export type KieOperation = z.output<typeof operationSchema>;

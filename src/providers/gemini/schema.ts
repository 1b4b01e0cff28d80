import { z } from "zod";

/** What is read of an answer; everything may be missing, and what has an unexpected type counts as missing. */
const word = z.string().nullish().catch(null);

const part = z
  .object({
    text: word,
    thought: z.boolean().nullish().catch(null),
    inlineData: z.object({ mimeType: z.string(), data: z.string() }).nullish().catch(null),
  })
  .nullish()
  .catch(null);

const candidate = z.object({
  content: z
    .object({ parts: z.array(part).nullish().catch(null) })
    .nullish()
    .catch(null),
  finishReason: word,
});

export const answerSchema = z.object({
  candidates: z.array(candidate).nullish().catch(null),
  promptFeedback: z.object({ blockReason: word }).nullish().catch(null),
});

/** `error.details`: a list of typed messages, of which three say something to us. */
const detail = z
  .object({
    "@type": z.string(),
    reason: word,
    retryDelay: word,
    violations: z.array(z.unknown()).nullish().catch(null),
  })
  .nullish()
  .catch(null);

export const detailsSchema = z.array(detail).nullish().catch(null);

/** The body of a refusal. */
export const errorSchema = z.object({
  error: z.object({ status: word, details: detailsSchema }).nullish().catch(null),
});

export type GeminiDetails = NonNullable<z.output<typeof detailsSchema>>;

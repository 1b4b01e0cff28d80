import { z } from "zod";

/** What is read of an answer; everything may be missing, and what has an unexpected type counts as missing. */
const word = z.string().nullish().catch(null);

export const answerSchema = z.object({
  data: z.array(z.object({ b64_json: word, url: word }).nullish().catch(null)),
});

/**
 * `error` of a refusal: OpenAI's object, the bare text of stable-diffusion.cpp, or nothing that can be read
 * (HTML). LocalAI's `code` is a number, which says no more than the status.
 */
export const refusalSchema = z
  .union([
    z.object({ code: word, param: word, message: word }),
    z.string().transform((message) => ({ code: null, param: null, message })),
  ])
  .catch({ code: null, param: null, message: null });

/** `GET /models`, whose items may name the day on which they end (`YYYY-MM-DD`). */
export const modelListSchema = z.object({
  data: z.array(z.object({ id: z.string(), shutdown_date: word })),
});

import type { Generator, StartResult } from "../../core/ports/generator.ts";
import type { GeminiClient } from "./client.ts";
import { httpFailure, isPolicy, noPicture, refused, stateOf } from "./errors.ts";
import { bodyOf, geminiModels, isTooLarge } from "./models.ts";
import { answerSchema } from "./schema.ts";

/** The order of decisions for an answer of HTTP 200, where no picture is not an error. */
function resultOf(body: unknown): StartResult {
  const answer = answerSchema.safeParse(body);
  if (!answer.success) return { status: "unknown", detail: "gemini answer" };
  const { candidates, promptFeedback } = answer.data;
  const blockReason = promptFeedback?.blockReason;
  if (blockReason) return refused(blockReason);
  const candidate = candidates?.[0];
  if (!candidate) return { status: "unknown", detail: "gemini no candidate" };
  const finishReason = candidate.finishReason ?? "STOP";
  if (isPolicy(finishReason)) return refused(finishReason);
  // Thoughts may hold interim pictures; of several pictures the largest is the finished one.
  const parts = (candidate.content?.parts ?? []).filter((part) => part?.thought !== true);
  const pictures = parts.flatMap((part) =>
    part?.inlineData?.mimeType.startsWith("image/") ? [part.inlineData.data] : [],
  );
  const [largest] = pictures.sort((one, other) => other.length - one.length);
  const bytes = Buffer.from(largest ?? "", "base64");
  if (bytes.length > 0) return { status: "done", media: [{ bytes }] };
  // Words instead of a picture are how the model itself declines.
  const declines = finishReason === "STOP" && parts.some((part) => (part?.text ?? "").trim() !== "");
  return declines ? refused(finishReason) : noPicture(finishReason);
}

export function createGeminiGenerator(deps: {
  client: GeminiClient;
  /** GEMINI_MODEL. */
  model: string;
  trustedOrigins: readonly string[];
}): Generator {
  return {
    serviceName: "Gemini",
    models: geminiModels(deps.model),
    // Limits differ by project and are not published; a 429 says when to come back. Answers hold whole
    // pictures, so few at once.
    budget: { creates: { count: 20, perMs: 10_000 }, reads: { count: 10, perMs: 1_000 }, concurrency: 4 },
    resultHosts: { suffixes: [], trustedOrigins: deps.trustedOrigins },

    async start(request, context) {
      if (isTooLarge(request)) {
        return {
          status: "failed",
          failure: { kind: "input", code: "INPUT_INVALID", notAsked: true, detail: "gemini request size" },
        };
      }
      const reply = await deps.client.generate(bodyOf(request), context.signal);
      switch (reply.kind) {
        case "answer":
          return resultOf(reply.body);
        case "refused":
          return httpFailure(reply.status, reply.details, reply.message);
        case "not-sent":
          return {
            status: "failed",
            failure: {
              kind: "transient",
              code: "PROVIDER_DOWN",
              serviceDown: true,
              detail: "gemini not reached",
            },
          };
        case "lost":
          return { status: "unknown", detail: `gemini ${reply.detail}`, serviceDown: true };
      }
    },

    /** Nothing is ever pending: `start` answers with the picture. */
    poll: () => Promise.resolve({ status: "unreadable", detail: "gemini has no tasks" }),

    probe: async ({ signal }) => stateOf(await deps.client.look(signal)),
  };
}

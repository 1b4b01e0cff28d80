import { GoogleGenerativeAI, GoogleGenerativeAIFetchError } from "@google/generative-ai";
import type { Clock } from "../../core/ports/clock.ts";
import type { Secret } from "../../core/secret.ts";
import { withDeadline } from "../shared/deadline.ts";
import type { Http, HttpResult } from "../shared/http.ts";
import { type bodyOf } from "./models.ts";
import { detailsSchema, type GeminiDetails } from "./schema.ts";
import { watchWire } from "./wire-watch.ts";

/**
 * What one call came to.
 * - `answer`: HTTP 200 with JSON, not looked into yet
 * - `refused`: another status, with the details of its body where there are any
 * - `not-sent`: the request certainly never left
 * - `lost`: it may have been processed
 */
export type GeminiReply =
  | { readonly kind: "answer"; readonly body: unknown }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly details: GeminiDetails;
      readonly message: string;
    }
  | { readonly kind: "not-sent" }
  | { readonly kind: "lost"; readonly detail: string };

export interface GeminiClient {
  generate(body: ReturnType<typeof bodyOf>, signal: AbortSignal): Promise<GeminiReply>;
  /** Reads the model's page, without cost. */
  look(signal: AbortSignal): Promise<HttpResult>;
}

/** Core's own deadline comes by the signal; this one is the net below it. */
const TIMEOUT_MS = 180_000;
/** A 4K PNG in base64 is well over 10 MB. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_PAGE_BYTES = 256 * 1024;
const PAGE_MS = 20_000;

class Late extends Error {}
class TooLarge extends Error {}

/**
 * `generateContent` through the vendor's library. Its own time-out is not used, since its timer is never cleared
 * and keeps the process alive; neither are its accessors, whose constants stop at 2024.
 */
export function createGeminiClient(deps: {
  apiUrl: string;
  key: Secret;
  model: string;
  clock: Clock;
  http: Http;
}): GeminiClient {
  const model = new GoogleGenerativeAI(deps.key.reveal()).getGenerativeModel(
    { model: deps.model },
    { baseUrl: deps.apiUrl, customHeaders: { "accept-encoding": "identity" } },
  );

  return {
    async generate(body, signal) {
      const tooLarge = new AbortController();
      const outer = AbortSignal.any([signal, tooLarge.signal]);
      const late = new Late();
      const limits = { maxBytes: MAX_BYTES, onTooLarge: () => tooLarge.abort(new TooLarge()) };
      return watchWire(limits, async (watch): Promise<GeminiReply> => {
        try {
          const { response } = await withDeadline(
            deps.clock,
            { delayMs: TIMEOUT_MS, late, outer },
            (deadline) => model.generateContent(body, { signal: deadline }),
          );
          return { kind: "answer", body: response };
        } catch (error) {
          if (error instanceof GoogleGenerativeAIFetchError && error.status !== undefined) {
            const details = detailsSchema.parse(error.errorDetails) ?? [];
            return { kind: "refused", status: error.status, details, message: error.message };
          }
          if (!watch.sent) return { kind: "not-sent" };
          if (tooLarge.signal.aborted) return { kind: "lost", detail: "too large" };
          if (error === late || signal.aborted) return { kind: "lost", detail: "timeout" };
          return { kind: "lost", detail: "no answer" };
        }
      });
    },

    look: (signal) =>
      deps.http.call({
        method: "GET",
        url: `${deps.apiUrl}/v1beta/models/${encodeURIComponent(deps.model)}`,
        headers: { "x-goog-api-key": deps.key.reveal() },
        timeoutMs: PAGE_MS,
        maxBytes: MAX_PAGE_BYTES,
        signal,
      }),
  };
}

/** What a `generateContent` call is, for finding a script and for the history. */
export interface GeminiCall {
  readonly at: number;
  readonly model: string;
  readonly key: string;
  readonly prompt: string;
  /** How many pictures came with the prompt. */
  readonly references: number;
  readonly aspectRatio: string;
  readonly body: unknown;
  /** The answer that was chosen; null where the request itself was refused. */
  answer: GeminiAnswer | null;
  /** A picture was made, whether or not the caller received it. */
  paid: boolean;
  /** HTTP status of the answer; null when there was none. */
  httpStatus: number | null;
}

export interface GeminiMatch {
  model?: string;
  /** A part of the prompt, or a pattern. */
  prompt?: string | RegExp;
  key?: string;
}

/**
 * What comes back.
 * - `image`: `count` pictures, with a text part where `text` is given; `thought` puts an interim picture
 *   and a thought text in front, marked `thought: true`
 * - `text`: a text part and no picture
 * - `finish`: a candidate without parts and this finish reason (NO_IMAGE, IMAGE_SAFETY, anything)
 * - `blocked`: `promptFeedback.blockReason` and no candidates
 * - `empty`: neither candidates nor feedback
 * - `error`: an error body of the documented shape
 * - `html`, `raw`: not the API's own answer
 * - `cut`: the connection breaks: before anything is made, after it, or in the middle of the answer
 */
export type GeminiAnswer =
  | {
      kind: "image";
      count?: number;
      text?: string;
      thought?: boolean;
      finishReason?: string;
      mimeType?: "image/png" | "image/jpeg";
      sizePx?: number;
      noise?: boolean;
      /** Instead of a real picture. */
      data?: Buffer;
    }
  | { kind: "text"; text: string; finishReason?: string }
  | { kind: "finish"; finishReason: string; finishMessage?: string }
  | { kind: "blocked"; blockReason: string }
  | { kind: "empty" }
  | {
      kind: "error";
      httpStatus: 400 | 401 | 403 | 404 | 429 | 500 | 503 | 504;
      message?: string;
      /** `reason` of an ErrorInfo, for example API_KEY_INVALID. */
      reason?: string;
      /** For example `36s` or `20.75s`; written into RetryInfo. */
      retryDelay?: string;
      /** Quota ids for a QuotaFailure. */
      quotaIds?: string[];
    }
  | { kind: "html"; httpStatus: number }
  | { kind: "raw"; httpStatus: number; contentType: string; body: string | Buffer }
  | { kind: "cut"; when: "before" | "after" | "middle" };

export interface GeminiScript {
  match?: GeminiMatch;
  /** How often it applies; without it, always. Numbered scripts go first, in the order they were given. */
  times?: number;
  answer: GeminiAnswer;
  /** Time before the answer. */
  delayMs?: number;
  /** The answer waits for this. */
  hold?: Promise<unknown>;
}

export interface GeminiViolation {
  readonly route: string;
  readonly problem: string;
}

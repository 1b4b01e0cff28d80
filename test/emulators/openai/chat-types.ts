/** One request for words, as it was understood. */
export interface ChatCall {
  readonly at: number;
  /** The bearer's key, or "". */
  readonly key: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly model: string;
  /** What was said as the system. */
  readonly system: string;
  /** The text parts of what was said as the user. */
  readonly user: string;
  /** Pictures that came inside the request. */
  readonly pictures: readonly {
    readonly contentType: string;
    readonly bytes: Buffer;
    readonly detail: string;
  }[];
  /** Everything in the body that looks like a link, a `data:` URL not counted. */
  readonly links: readonly string[];
  readonly format: "json_schema" | "json_object" | "text";
  /** The answer that was chosen; null where the request itself was refused. */
  answer: ChatAnswer | null;
  /** HTTP status of the answer; null when there was none. */
  httpStatus: number | null;
}

export interface ChatCaption {
  text: string;
  hashtags: string[];
  altText: string;
  language: string;
}

/**
 * What comes back.
 * - `caption`: the standard caption with these fields changed, as JSON
 * - `content`: any words (prose, fences, half a JSON), with any reason to stop
 * - `refusal`: the model declines
 * - `error`: an error body as OpenAI's
 * - `html`, `raw`: not the service's own answer
 * - `cut`: the connection breaks: before anything is written, after it, or in the middle of the answer
 */
export type ChatAnswer =
  | { kind: "caption"; caption?: Partial<ChatCaption> }
  | { kind: "content"; content: unknown; finishReason?: "stop" | "length" | "content_filter" }
  | { kind: "refusal"; words: string }
  | {
      kind: "error";
      httpStatus: number;
      code?: string;
      type?: string;
      param?: string;
      message?: string;
      headers?: Record<string, string>;
    }
  | { kind: "html"; httpStatus: number }
  | { kind: "raw"; httpStatus: number; contentType: string; body: string | Buffer }
  | { kind: "cut"; when: "before" | "after" | "middle" };

export interface ChatScript {
  /** How often it applies; without it, always. */
  times?: number;
  /** A part of what the user says. */
  words?: string;
  answer: ChatAnswer;
  /** The answer waits for this. */
  hold?: Promise<unknown>;
}

/** What a server can do; OpenAI can do all of it. */
export interface ChatAbilities {
  formats: readonly ("json_schema" | "json_object")[];
  vision: boolean;
  /** Knows `max_completion_tokens`. */
  bounded: boolean;
}

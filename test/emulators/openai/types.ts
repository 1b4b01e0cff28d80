/** Whose habits are imitated: OpenAI itself, stable-diffusion.cpp's `sd-server`, or LocalAI. */
export type Flavour = "openai" | "sd-cpp" | "localai";

/** One request for a picture, as it was understood. */
export interface ImageCall {
  readonly at: number;
  readonly route: "generations" | "edits";
  /** The bearer's key, or "". */
  readonly key: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Every field that is no file, as text. */
  readonly fields: Readonly<Record<string, string>>;
  readonly pictures: readonly Buffer[];
  readonly mask: Buffer | null;
  /** The answer that was chosen; null where the request itself was refused. */
  answer: ImageAnswer | null;
  /** A picture was made, whether or not the caller received it. */
  paid: boolean;
  /** HTTP status of the answer; null when there was none. */
  httpStatus: number | null;
}

/**
 * What comes back.
 * - `image`: a picture of the size asked for, in the way of the flavour (LocalAI: a link unless base64 was asked for);
 *   `spoilt` says how the base64 is wrong
 * - `link`: a link in any case: to this server, to another one, or to nothing
 * - `refusal`: an error body in the flavour's shape
 * - `html`, `raw`: not the service's own answer
 * - `cut`: the connection breaks: before anything is made, after it, or in the middle of the answer
 */
export type ImageAnswer =
  | { kind: "image"; type?: "png" | "jpeg"; spoilt?: "truncated" | "empty" | "data url" }
  | { kind: "link"; to: "this server" | "another server" | "nothing" | "a page" }
  | {
      kind: "refusal";
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

export interface ImageScript {
  /** How often it applies; without it, always. */
  times?: number;
  /** A part of the prompt. */
  prompt?: string;
  answer: ImageAnswer;
  /** The answer waits for this. */
  hold?: Promise<unknown>;
}

export interface ListedModel {
  id: string;
  shutdown_date?: string | null;
}

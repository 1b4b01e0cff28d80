import type { MediaKind } from "./generator.ts";

/** What is asked of the model: words for one picture or film, for one network. */
export interface CaptionRequest {
  readonly kind: MediaKind;
  /** What the member asked the picture for; data for the model, never an instruction to it. */
  readonly prompt: string;
  /** The stored picture, or a frame of the film, at most 1,024 pixels a side; null: by the words alone. */
  readonly image: { readonly bytes: Uint8Array; readonly contentType: "image/jpeg" | "image/png" } | null;
  /** BCP 47: the language of the caption. */
  readonly language: string;
  /** A name for people: `Instagram`; null: for no network in particular. */
  readonly network: string | null;
  /** Hard limits of that network; hashtags count towards the characters. */
  readonly limits: { readonly characters: number; readonly hashtags: number };
  /** The member's own instructions (tone, emojis, a signature), or null. */
  readonly instructions: string | null;
  /** `new`, or a change of `previous`. */
  readonly change: "new" | "shorter" | "longer" | "repair";
  readonly previous: string | null;
}

/** As the model wrote it: checked for its shape, not yet for the limits. Untrusted text. */
export interface WrittenCaption {
  readonly text: string;
  /** Without the #. */
  readonly hashtags: readonly string[];
  /** What is to be seen, for those who cannot see it. */
  readonly altText: string;
  readonly language: string;
}

export type CaptionResult =
  | { readonly status: "written"; readonly caption: WrittenCaption; readonly model: string }
  /** The model declined, its content filter did, or the service does not take this very request: no other is to wait. */
  | { readonly status: "refused"; readonly detail: string }
  /** Nothing usable came; asking again is cheap and allowed (`mayHelp`). */
  | { readonly status: "failed"; readonly detail: string; readonly mayHelp: boolean };

/** Writes captions. Never loops or waits; a throw is a bug. */
export interface CaptionWriter {
  readonly model: string;
  write(request: CaptionRequest, signal: AbortSignal): Promise<CaptionResult>;
}

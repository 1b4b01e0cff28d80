import type { Identity, UserId } from "../identifiers.ts";
import type { Aspect, MediaKind } from "../ports/generator.ts";

export type Plan = "free" | "pro";

/** What a member chose as defaults; null: the instance's default. */
export interface Settings {
  /** BCP 47 language of the catalogue, or null: what the platform reports. */
  readonly language: string | null;
  /** IANA zone, or null: UTC. */
  readonly zone: string | null;
  readonly kind: MediaKind | null;
  readonly imageProvider: string | null;
  readonly videoProvider: string | null;
  readonly aspect: Aspect | null;
  readonly style: string | null;
  /** Whether results carry a caption where one can be written; null: they do. */
  readonly captions: boolean | null;
  /** Own instructions for captions (tone, emojis, a signature). */
  readonly captionInstructions: string | null;
}

export const NO_SETTINGS: Settings = {
  language: null,
  zone: null,
  kind: null,
  imageProvider: null,
  videoProvider: null,
  aspect: null,
  style: null,
  captions: null,
  captionInstructions: null,
};

export interface User {
  readonly id: UserId;
  /** The identity that was looked up (one member may have several later). */
  readonly identity: Identity;
  readonly name: string;
  readonly locale: string | null;
  readonly plan: Plan;
  /** When `pro` ends (milliseconds), or null: it does not. */
  readonly planUntil: number | null;
  /** A monthly limit of this member's own, or null. */
  readonly limitOverride: number | null;
  /** Bonus units left; they do not expire and are used after the month's limit. */
  readonly grants: number;
  readonly bannedAt: number | null;
  readonly settings: Settings;
  readonly createdAt: number;
}

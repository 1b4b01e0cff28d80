import { z } from "zod";
import type { Caption } from "../core/ports/post-stores.ts";
import type { PostFailure } from "../core/ports/publisher.ts";
import type { CommunitySettings, Post } from "../core/posts/post.ts";
import { storedMedia, target } from "./rows.ts";
import type { CaptionRow, CommunityRow, PostRow } from "./schema.ts";

/** Does not compile when core gave it a reason that would be refused here. */
const REASONS: { readonly [Why in PostFailure["why"]]: Why } = {
  account: "account",
  right: "right",
  content: "content",
  media: "media",
  limit: "limit",
  network: "network",
  rejected: "rejected",
  duplicate: "duplicate",
  payment: "payment",
  service: "service",
  unknown: "unknown",
};
const failure: z.ZodType<PostFailure> = z.object({ why: z.enum(REASONS), detail: z.string() });

export function toPost(row: PostRow): Post {
  const { leasedBy: _, listedAt: __, ...facts } = row;
  return {
    ...facts,
    media: storedMedia.parse(row.media),
    target: target.parse(row.target),
    failure: row.failure === null ? null : failure.parse(row.failure),
    formerIds: z.array(z.string()).parse(row.formerIds ?? []),
  };
}

export function toCaption(row: CaptionRow): Caption {
  const { sequence: _, ...facts } = row;
  return { ...facts, hashtags: z.array(z.string()).parse(row.hashtags) };
}

export function toCommunity(row: CommunityRow): CommunitySettings {
  const { accounts, approval, moderators } = row;
  return { accounts, approval, moderators: moderators === null ? null : target.parse(moderators) };
}

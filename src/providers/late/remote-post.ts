import type { RemotePost } from "../../core/ports/publisher.ts";
import { platformFailure } from "./errors.ts";
import type { LatePlatform, LatePost } from "./schema.ts";

const STATES: Readonly<Record<string, RemotePost["status"]>> = {
  scheduled: "scheduled",
  publishing: "publishing",
  pending: "publishing",
  processing: "publishing",
  uploading: "publishing",
  published: "published",
  failed: "failed",
  cancelled: "cancelled",
};

const stateOf = (word: string | null | undefined): RemotePost["status"] | undefined =>
  Object.hasOwn(STATES, word ?? "") ? STATES[word ?? ""] : undefined;

/**
 * One post of ours has one network, so that network's own state says more than the post's once it is final. A draft
 * is never published by itself and counts as failed; a word that nobody documented counts as under way: it is looked
 * at again, and neither repeated nor called cancelled.
 */
function statusOf(post: LatePost, platform: LatePlatform | undefined): RemotePost["status"] {
  const own = stateOf(platform?.status);
  if (own === "published" || own === "failed" || own === "cancelled") return own;
  if (post.status === "draft") return "failed";
  return stateOf(post.status) ?? own ?? "publishing";
}

/** Null where it has no id, and so cannot be followed. */
export function remotePostOf(post: LatePost, externalAccountId: string | null): RemotePost | null {
  if (post.externalId === null) return null;
  const named = post.platforms.find((one) => one.accountId === externalAccountId);
  const platform = named ?? post.platforms[0];
  const status = statusOf(post, platform);
  const link = platform?.platformPostUrl ?? null;
  const isLink = link !== null && URL.canParse(link) && new URL(link).protocol === "https:";
  const failure = platform
    ? platformFailure(platform)
    : ({ why: "unknown", detail: "late failed without a network" } as const);
  return {
    externalId: post.externalId,
    status,
    publicUrl: status === "published" && isLink ? link : null,
    failure: status === "failed" ? failure : null,
    text: post.content ?? null,
    scheduledAt: post.scheduledFor ?? null,
  };
}

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

/** The one category that the service tries again by itself: it may still be published, whatever its state says. */
const RETRIED_THERE = "platform_rate_limit";

/**
 * One post of ours has one network, so that network's own state says more than the post's once it is final. A draft
 * is never published by itself and counts as failed; a word that nobody documented counts as under way: it is looked
 * at again, and neither repeated nor called cancelled.
 */
function statusOf(post: LatePost, platform: LatePlatform | undefined): RemotePost["status"] {
  const own = stateOf(platform?.status);
  if (own === "failed" && platform?.errorCategory === RETRIED_THERE)
    return post.status === "cancelled" ? "cancelled" : "publishing";
  if (own === "published" || own === "failed" || own === "cancelled") return own;
  if (post.status === "draft") return "failed";
  return stateOf(post.status) ?? own ?? "publishing";
}

/** What every chat takes as the address of a button. */
const LONGEST_LINK = 500;

/** The link that goes to people under our name, written the way that browsers read it; null: it cannot be passed on. */
function publicLink({ platformPostUrl }: LatePlatform): string | null {
  const link = URL.parse(platformPostUrl ?? "");
  if (link === null || link.protocol !== "https:" || link.href.length > LONGEST_LINK) return null;
  // `https://www.instagram.com@elsewhere.test/` leads elsewhere.
  return link.username === "" && link.password === "" ? link.href : null;
}

/** Null where it has no id, and so cannot be followed. */
export function remotePostOf(post: LatePost, externalAccountId: string | null): RemotePost | null {
  if (post.externalId === null) return null;
  const named = post.platforms.find((one) => one.accountId === externalAccountId);
  const platform = named ?? post.platforms[0];
  const status = statusOf(post, platform);
  const failure = platform
    ? platformFailure(platform)
    : ({ why: "unknown", detail: "late failed without a network" } as const);
  const isRetried = status === "publishing" && stateOf(platform?.status) === "failed";
  return {
    externalId: post.externalId,
    status,
    publicUrl: status === "published" && platform ? publicLink(platform) : null,
    failure: status === "failed" || isRetried ? failure : null,
    text: post.content ?? null,
    scheduledAt: post.scheduledFor ?? null,
  };
}

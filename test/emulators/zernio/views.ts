import type { ZernioAccount, ZernioPlatform, ZernioPost, ZernioProfile } from "./types.ts";

const iso = (at: number): string => new Date(at).toISOString();

/** In the lists and answers of posts the account is an object; `asText` gives its id alone, as some routes do. */
function platformOf(entry: ZernioPlatform, account: ZernioAccount | undefined, asText: boolean) {
  return {
    platform: entry.platform,
    accountId:
      asText || !account
        ? entry.accountId
        : { _id: account.id, platform: account.platform, username: account.username },
    status: entry.status,
    ...(entry.platformPostId === null ? {} : { platformPostId: entry.platformPostId }),
    ...(entry.platformPostUrl === null ? {} : { platformPostUrl: entry.platformPostUrl }),
    ...(entry.publishedAt === null ? {} : { publishedAt: iso(entry.publishedAt) }),
    ...(entry.errorMessage === null ? {} : { errorMessage: entry.errorMessage }),
    ...(entry.errorCategory === null ? {} : { errorCategory: entry.errorCategory }),
    ...(entry.errorSource === null ? {} : { errorSource: entry.errorSource }),
    platformSpecificData: entry.platformSpecificData,
  };
}

export function viewOfPost(
  post: ZernioPost,
  accounts: ReadonlyMap<string, ZernioAccount>,
  asText: boolean,
): Record<string, unknown> {
  return {
    _id: post.id,
    userId: "6507a1b2c3d4e5f6a7b8c9d0",
    content: post.content,
    mediaItems: post.mediaItems,
    platforms: post.platforms.map((entry) => platformOf(entry, accounts.get(entry.accountId), asText)),
    // What was published at once is listed under the moment in which it was.
    scheduledFor: iso(post.scheduledFor ?? post.createdAt),
    timezone: post.timezone,
    status: post.status,
    metadata: post.metadata,
    tags: [],
    hashtags: [],
    createdAt: iso(post.createdAt),
    updatedAt: iso(post.createdAt),
  };
}

export const viewOfProfile = ({ id, name }: ZernioProfile) => ({
  _id: id,
  name,
  color: "#ffeda0",
  isDefault: false,
});

export function viewOfAccount(account: ZernioAccount, profileName: string, asText: boolean) {
  return {
    _id: account.id,
    platform: account.platform,
    profileId: asText ? account.profileId : { _id: account.profileId, name: profileName },
    username: account.username,
    displayName: account.displayName,
    isActive: account.isActive,
    ...(account.needsReconnection ? { needsReconnection: true } : {}),
    ...(account.enabled ? {} : { enabled: false }),
  };
}

/** A post as events carry it: other names than the API has. */
export function viewInEvent(post: ZernioPost) {
  const published = post.platforms.find((entry) => entry.publishedAt !== null)?.publishedAt ?? null;
  return {
    id: post.id,
    content: post.content,
    status: post.status,
    scheduledFor: iso(post.scheduledFor ?? post.createdAt),
    ...(published === null ? {} : { publishedAt: iso(published) }),
    platforms: post.platforms.map((entry) => ({
      platform: entry.platform,
      status: entry.status,
      accountId: entry.accountId,
      ...(entry.platformPostId === null ? {} : { platformPostId: entry.platformPostId }),
      ...(entry.platformPostUrl === null ? {} : { publishedUrl: entry.platformPostUrl }),
      ...(entry.errorMessage === null ? {} : { error: entry.errorMessage }),
    })),
    metadata: post.metadata,
  };
}

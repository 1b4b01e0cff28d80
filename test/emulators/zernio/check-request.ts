import { z } from "zod";

/**
 * The documented bodies and query keys, closed: a key that is not there is a violation even where the service would
 * ignore it. Source: OpenAPI of 2026-09 and the reference of the later clients, read 2026-11.
 */
const url = z.url({ protocol: /^https?$/ });
const id = z.string().regex(/^[0-9a-f]{24}$/, "is not an id of 24 hexadecimal digits");

const mediaItem = z.strictObject({
  type: z.enum(["image", "video", "gif", "document"]),
  url,
  title: z.string().optional(),
  altText: z.string().min(1).max(1_000).optional(),
  filename: z.string().min(1).optional(),
  size: z.int().positive().optional(),
  mimeType: z
    .string()
    .regex(/^\w+\/[\w.+-]+$/)
    .optional(),
  thumbnail: url.optional(),
  instagramThumbnail: url.optional(),
});

const instagram = z.strictObject({
  contentType: z.literal("story").optional(),
  isAiGenerated: z.boolean().optional(),
  firstComment: z.string().optional(),
  collaborators: z.array(z.string()).max(3).optional(),
  shareToFeed: z.boolean().optional(),
});
const facebook = z.strictObject({
  contentType: z.enum(["story", "reel"]).optional(),
  title: z.string().optional(),
  firstComment: z.string().optional(),
  pageId: z.string().optional(),
  draft: z.boolean().optional(),
});
const tiktok = z.strictObject({
  draft: z.boolean().optional(),
  privacyLevel: z.string().optional(),
  allowComment: z.boolean().optional(),
  allowDuet: z.boolean().optional(),
  allowStitch: z.boolean().optional(),
  commercialContentType: z.enum(["none", "brand_organic", "brand_content"]).optional(),
  contentPreviewConfirmed: z.literal(true),
  expressConsentGiven: z.literal(true),
  mediaType: z.enum(["video", "photo"]).optional(),
  videoMadeWithAi: z.boolean().optional(),
  description: z.string().max(4_000).optional(),
});
const youtube = z.strictObject({
  title: z.string().max(100).optional(),
  visibility: z.enum(["public", "private", "unlisted"]).optional(),
  madeForKids: z.boolean().optional(),
  firstComment: z.string().optional(),
  containsSyntheticMedia: z.boolean().optional(),
});
const none = z.strictObject({});

const NETWORKS: Readonly<Record<string, z.ZodType>> = {
  instagram,
  facebook,
  tiktok,
  youtube,
  twitter: none,
  linkedin: none,
  threads: none,
  bluesky: none,
  pinterest: z.strictObject({ title: z.string().max(100).optional(), boardId: z.string().optional() }),
};

const platform = z
  .strictObject({
    platform: z.enum(Object.keys(NETWORKS)),
    accountId: id,
    customContent: z.string().optional(),
    customMedia: z.array(mediaItem).optional(),
    scheduledFor: z.string().optional(),
    platformSpecificData: z.record(z.string(), z.unknown()).optional(),
  })
  .superRefine((entry, context) => {
    const parsed = NETWORKS[entry.platform]?.safeParse(entry.platformSpecificData ?? {});
    for (const issue of parsed?.error?.issues ?? []) {
      const path = ["platformSpecificData", ...issue.path];
      context.addIssue({ code: "custom", path, message: issue.message });
    }
  });

const instant = z.iso.datetime({ offset: true, local: true });
const zone = z.string().refine((name) => {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}, "is no IANA zone");

const post = z.strictObject({
  title: z.string().optional(),
  content: z.string().optional(),
  mediaItems: z.array(mediaItem).max(10).optional(),
  platforms: z.array(platform).min(1).optional(),
  scheduledFor: instant.optional(),
  publishNow: z.boolean().optional(),
  isDraft: z.boolean().optional(),
  timezone: zone.optional(),
  tags: z.array(z.string()).optional(),
  hashtags: z.array(z.string()).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

export type ZernioPostBody = z.output<typeof post>;

const whole = z.string().regex(/^[1-9]\d{0,6}$/, "is no number from 1");

export const bodies = {
  create: post,
  change: post,
  "profile create": z.strictObject({ name: z.string().min(1).max(200), description: z.string().optional() }),
  presign: z.strictObject({
    filename: z.string().min(1).max(255),
    contentType: z.string().regex(/^(image|video)\/[\w.+-]+$/),
    size: z.int().positive().max(5e9).optional(),
  }),
} as const;

/** Unknown keys are refused by the service itself, so that a misspelled filter is not read as none. */
export const queries = {
  list: z.strictObject({
    page: whole.optional(),
    limit: whole.refine((text) => Number(text) <= 100, "is above the maximum").optional(),
    status: z.string().optional(),
    platform: z.string().optional(),
    profileId: id.optional(),
    accountId: id.optional(),
    fromDate: z.string().optional(),
    toDate: z.string().optional(),
    search: z.string().optional(),
    sortBy: z.enum(["scheduled-desc", "created-desc"]).optional(),
  }),
  accounts: z
    .strictObject({
      profileId: id.optional(),
      platform: z.string().optional(),
      status: z.enum(["connected", "disconnected"]).optional(),
      page: whole.optional(),
      limit: whole.optional(),
    })
    .refine(
      (query) => (query.page === undefined) === (query.limit === undefined),
      "page and limit go together",
    ),
  connect: z.strictObject({
    profileId: id,
    redirect_url: url.optional(),
    headless: z.enum(["true", "false"]).optional(),
    loginMethod: z.enum(["instagram_login", "facebook_login"]).optional(),
  }),
} as const;

export function problemsOf(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value);
  return (parsed.error?.issues ?? []).map((issue) => `${issue.path.join(".")} ${issue.message}`.trim());
}

/** The rules of networks that the service checks before it takes a post (limits as of 2026-11). */
export function networkProblem(body: {
  readonly content?: string | undefined;
  readonly mediaItems?: readonly { readonly type: string }[] | undefined;
  readonly platforms?: readonly { readonly platform: string }[] | undefined;
}): { param: string; error: string } | null {
  const { content = "", mediaItems = [], platforms = [] } = body;
  for (const { platform: network } of platforms) {
    if (content === "" && mediaItems.length === 0)
      return { param: "content", error: "Content or media required" };
    if (network === "twitter" && Array.from(content).length > 280)
      return { param: "content", error: "Tweet is over 280 characters" };
    if (network === "instagram") {
      if (mediaItems.length === 0) return { param: "mediaItems", error: "Instagram requires media" };
      if (Array.from(content).length > 2_200)
        return { param: "content", error: "Caption is over 2200 characters" };
      if ((content.match(/(?<![\w&])#[\p{L}\p{N}_]+/gu) ?? []).length > 5)
        return { param: "content", error: "Instagram allows a maximum of 5 hashtags per post" };
    }
    if (network === "youtube" && !mediaItems.some((item) => item.type === "video"))
      return { param: "mediaItems", error: "YouTube requires a video" };
  }
  return null;
}

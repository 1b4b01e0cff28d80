import { z } from "zod";

/**
 * What is read of Zernio's answers: as little as possible, unknown fields left out and unknown words kept as words.
 * Types that disagree with the documentation become "not there", never an exception.
 */
const text = z.string().nullish().catch(null);

/** Words that may stand in a log: codes, categories, states. */
const word = z
  .string()
  .regex(/^[\w.-]{1,60}$/)
  .nullish()
  .catch(null);

/** An id that is safe as one segment of a path: `..` in one would name another route. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/);

const id = idSchema.nullish().catch(null);

/** An account or profile is its id in some answers and an object in others. */
const reference = z
  .union([
    idSchema,
    z
      .object({ _id: id, id, accountId: id })
      .transform((one) => one["_id"] ?? one.accountId ?? one.id ?? null),
  ])
  .nullish()
  .catch(null);

const instant = z
  .string()
  .transform((given) => Date.parse(given))
  .pipe(z.number())
  .nullish()
  .catch(null);

/** A list without those of its entries that do not fit. */
const entriesOf = <Entry>(entry: z.ZodType<Entry>) =>
  z.array(z.unknown()).transform((entries) =>
    entries.flatMap((one) => {
      const parsed = entry.safeParse(one);
      return parsed.success ? [parsed.data] : [];
    }),
  );

/** As above, where no list is an empty one. */
const listOf = <Entry>(entry: z.ZodType<Entry>) =>
  entriesOf(entry)
    .nullish()
    .catch(null)
    .transform((all) => all ?? []);

/** What the service says against a request. `existingPostId` stands in `details` or beside `error`, by version. */
export const refusalSchema = z
  .object({
    error: text,
    type: word,
    code: word,
    param: text,
    existingPostId: id,
    details: z.object({ existingPostId: id, param: text }).nullish().catch(null),
  })
  .transform(({ error, type, code, param, existingPostId, details }) => ({
    /** An error of the service itself, not of something before it. */
    isOurs: typeof error === "string" || typeof type === "string",
    type: type ?? null,
    code: code ?? null,
    param: param ?? details?.param ?? null,
    existingPostId: existingPostId ?? details?.existingPostId ?? null,
  }));

export type Refusal = z.output<typeof refusalSchema>;

const platformSchema = z.object({
  accountId: reference,
  status: word,
  platformPostUrl: text,
  errorCategory: word,
  errorSource: word,
});

export const postSchema = z
  .object({
    _id: id,
    id,
    status: word,
    content: text,
    scheduledFor: instant,
    createdAt: instant,
    metadata: z.object({ easelPostId: text }).nullish().catch(null),
    mediaItems: listOf(z.object({ url: text, type: word })),
    platforms: listOf(platformSchema),
  })
  .transform(({ id: plainId, metadata, ...post }) => ({
    ...post,
    externalId: post["_id"] ?? plainId ?? null,
    easelPostId: metadata?.easelPostId ?? null,
  }));

export type LatePost = z.output<typeof postSchema>;
export type LatePlatform = LatePost["platforms"][number];

/** A replay by `x-request-id` names it `existingPost`; while the first try is being saved there is only its id. */
export const postAnswerSchema = z
  .object({
    post: postSchema.nullish().catch(null),
    existingPost: postSchema.nullish().catch(null),
    postId: id,
  })
  .transform(({ post, existingPost, postId }) => ({
    post: post ?? existingPost ?? null,
    postId: (post ?? existingPost)?.externalId ?? postId ?? null,
  }));

export const listSchema = z.object({
  posts: z
    .array(z.unknown())
    .transform((posts) => posts.map((one) => postSchema.safeParse(one).data ?? null)),
  pagination: z
    .object({ pages: z.int().nullish().catch(null) })
    .nullish()
    .catch(null),
});

const profile = z.object({ _id: idSchema, name: z.string() });

export const profilesSchema = z.object({ profiles: entriesOf(profile) });
export const profileMadeSchema = z.object({ profile: z.object({ _id: idSchema }) });

const account = z.object({
  _id: idSchema,
  platform: z.string(),
  profileId: reference,
  username: text,
  displayName: text,
  isActive: z.boolean().nullish().catch(null),
  needsReconnection: z.boolean().nullish().catch(null),
  enabled: z.boolean().nullish().catch(null),
});

export type LateAccount = z.output<typeof account>;

export const accountsSchema = z.object({ accounts: entriesOf(account) });

export const connectSchema = z.object({ authUrl: z.string() });
export const presignSchema = z.object({ uploadUrl: z.string(), publicUrl: z.string() });

const count = z.number().min(0).nullish().catch(null);
export const quotaSchema = z.object({ quotaUsage: count, quotaTotal: count });

/** Events name things otherwise than the API: `post.id`, `account.accountId`. */
export const eventSchema = z.object({
  id: text,
  post: z
    .object({
      id,
      _id: id,
      metadata: z.object({ easelPostId: text }).nullish().catch(null),
      platforms: listOf(z.object({ accountId: reference })),
    })
    .nullish()
    .catch(null),
  account: reference,
});

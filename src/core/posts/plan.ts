import { z } from "zod";
import type { Actor, Target } from "../conversation/intents.ts";
import type { NewDelivery } from "../delivery/delivery.ts";
import { AppError } from "../errors.ts";
import type { MediaAsset } from "../generation/asset.ts";
import { type AssetId, isAssetId, type UserId } from "../identifiers.ts";
import type { Json } from "../json.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { StoredMedia } from "../ports/media.ts";
import type { NewPost, PostStores } from "../ports/post-stores.ts";
import { NETWORKS } from "../ports/publisher.ts";
import type { Stores } from "../ports/stores.ts";
import type { Members } from "../usage/members.ts";
import type { User } from "../usage/user.ts";
import type { Accounts } from "./accounts.ts";
import { rulesOf } from "./networks.ts";
import type { AccountId, Post, SocialAccount } from "./post.ts";

/** How the picture was made to fit a network's frame. */
const FITS = ["as-is", "crop", "pad", "blur", "smaller"] as const;

const accountId = z.custom<AccountId>((value) => typeof value === "string" && value.startsWith("acc_"));
const assetId = z.custom<AssetId>((value) => typeof value === "string" && isAssetId(value));
const storedMedia: z.ZodType<StoredMedia> = z.object({
  key: z.string(),
  contentType: z.enum(["image/png", "image/jpeg", "image/webp", "image/gif", "video/mp4"]),
  sizeBytes: z.number(),
  width: z.number(),
  height: z.number(),
  durationMs: z.number().nullable(),
  sha256: z.string(),
});

/** A post that is being put together: everything that its card shows, in a row until it is confirmed. */
export const planSchema = z.object({
  kind: z.literal("post"),
  assetId,
  accounts: z.array(accountId),
  /** For all networks that have none of their own. */
  text: z.string(),
  hashtags: z.array(z.string()),
  texts: z
    .partialRecord(z.enum(NETWORKS), z.object({ text: z.string(), hashtags: z.array(z.string()) }))
    .default({}),
  /** The page of its texts that the card shows; each follows the one before, and the last one is confirmed. */
  page: z.number().int().nonnegative().default(0),
  altText: z.string(),
  fit: z.enum(FITS),
  story: z.boolean(),
  /** What will be posted: the asset's file, or the fitted one. */
  media: storedMedia,
  /** It is for a time, which has to be chosen before it can be confirmed. */
  isTimed: z.boolean(),
  /** Null: at once, or not chosen yet. */
  scheduledAt: z.number().nullable(),
  zone: z.string(),
});
export type Plan = z.output<typeof planSchema>;

/** Of one member, before approvers: their channel is not to be flooded. */
const MOST_WAITING = 10;
const PLAN_LIFE_MS = 24 * 3_600_000;

export interface Plans {
  open(
    user: User,
    asset: MediaAsset,
    content: Pick<Plan, "text" | "hashtags" | "altText" | "scheduledAt" | "isTimed">,
  ): Promise<{
    readonly id: string;
    readonly plan: Plan;
    readonly usable: readonly SocialAccount[];
  }>;
  /** Null: there is none for this member (any more). */
  get(
    user: User,
    id: string,
  ): Promise<{ readonly plan: Plan; readonly usable: readonly SocialAccount[] } | null>;
  /** Of one that `get` does not give: it has become posts of this member, or is somebody else's. */
  fateOf(user: User, id: string): Promise<"confirmed" | "foreign" | "gone">;
  save(id: string, plan: Plan): Promise<void>;
  /** Puts a whole plan there to be confirmed; one that is there already, or was used, is left as it is. */
  keep(user: User, id: string, plan: Plan): Promise<void>;
  /** Writes the posts, once for a draft however often it is pressed. */
  confirm(
    user: User,
    actor: Actor,
    target: Target,
    id: string,
    plan: Plan,
    texts: ReadonlyMap<AccountId, string>,
    /** What approvers are sent for one that waits. */
    asks: (post: NewPost) => Promise<readonly NewDelivery[]>,
  ): Promise<readonly Post[] | "duplicate" | "not-allowed" | "too-many-waiting">;
}

export function createPlans(dependencies: {
  readonly stores: Pick<Stores, "drafts"> & PostStores;
  readonly accounts: Accounts;
  readonly members: Members;
  readonly clock: Clock;
  readonly ids: Ids;
}): Plans {
  const { stores, accounts, members, clock, ids } = dependencies;

  /** A community's account is posted to by members only with its approvers' word, where it wants that. */
  async function approversOf(actor: Actor, account: SocialAccount, userId: UserId): Promise<string | null> {
    if (account.owner === userId || members.isAdmin(actor.identity)) return null;
    if (actor.governsCommunity && actor.community === account.owner) return null;
    const { approval, moderators } = await stores.communities.get(account.owner);
    return approval && moderators !== null ? account.owner : null;
  }

  async function keep(user: User, id: string, plan: Plan): Promise<void> {
    const createdAt = clock.now();
    const content = jsonOf(plan);
    await stores.drafts.save({
      id,
      userId: user.id,
      content,
      createdAt,
      expiresAt: createdAt + PLAN_LIFE_MS,
    });
  }

  return {
    keep,

    async open(user, asset, content) {
      const usable = await accounts.usableBy(user);
      const [only] = usable;
      const media = asset.media;
      if (media === null) throw new AppError("NOT_FOUND", "an asset without media was to be posted");
      const plan: Plan = {
        kind: "post",
        assetId: asset.id,
        accounts: usable.length === 1 && only ? [only.id] : [],
        texts: {},
        page: 0,
        fit: "as-is",
        story: false,
        media,
        zone: user.settings.zone ?? "UTC",
        ...content,
        hashtags: [...content.hashtags],
      };
      const id = ids.token();
      await keep(user, id, plan);
      return { id, plan, usable };
    },

    async get(user, id) {
      const draft = await stores.drafts.get(id, clock.now());
      const plan = planSchema.safeParse(draft?.userId === user.id ? draft.content : null);
      if (!plan.success) return null;
      const usable = await accounts.usableBy(user);
      // What was taken away meanwhile is not chosen any more.
      const chosen = plan.data.accounts.filter((one) => usable.some((account) => account.id === one));
      const isWhole = chosen.length === plan.data.accounts.length;
      return { plan: isWhole ? plan.data : { ...plan.data, accounts: chosen, page: 0 }, usable };
    },

    async fateOf(user, id) {
      const draft = await stores.drafts.get(id, clock.now());
      const owner = draft?.userId ?? (await stores.posts.ofGroup(id))[0]?.userId;
      if (owner === undefined) return "gone";
      return owner === user.id ? "confirmed" : "foreign";
    },

    save: (id, plan) => stores.drafts.change(id, jsonOf(plan)),

    async confirm(user, actor, target, id, plan, texts, asks) {
      const usable = await accounts.usableBy(user);
      const posts: NewPost[] = [];
      for (const accountId of plan.accounts) {
        const account = usable.find((one) => one.id === accountId);
        const text = texts.get(accountId);
        if (!account || text === undefined) return "not-allowed";
        const community = await approversOf(actor, account, user.id);
        posts.push({
          id: ids.create("post"),
          handle: ids.token(),
          group: id,
          userId: user.id,
          assetId: plan.assetId,
          accountId,
          externalAccountId: account.externalId,
          accountName: account.name,
          network: account.network,
          text,
          altText: plan.altText,
          media: plan.media,
          story: plan.story,
          isAiGenerated: rulesOf(account.network).hasAiLabel,
          scheduledAt: plan.scheduledAt,
          zone: plan.zone,
          idempotencyKey: ids.create("idem"),
          requestId: ids.create("req"),
          target: { ...target, private: target.private },
          community,
          state: community === null ? "confirmed" : "waiting",
        });
      }
      const [first, ...others] = posts;
      if (!first) return "not-allowed";
      if (posts.some(({ state }) => state === "waiting")) {
        const waiting = { userId: user.id, states: ["waiting"], limit: 1, offset: 0 } as const;
        if ((await stores.posts.list(waiting)).total >= MOST_WAITING) return "too-many-waiting";
      }
      const asked = await Promise.all(posts.filter(({ state }) => state === "waiting").map(asks));
      return stores.posts.confirm({
        draftId: id,
        userId: user.id,
        posts: [first, ...others],
        deliveries: asked.flat(),
        now: clock.now(),
      });
    },
  };
}

function jsonOf(plan: Plan): Json {
  const json: unknown = JSON.parse(JSON.stringify(plan));
  return z.json().parse(json);
}

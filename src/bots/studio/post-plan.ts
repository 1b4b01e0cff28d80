import { z } from "zod";
import type { Core } from "../../core/core.ts";
import type { MediaAsset } from "../../core/generation/asset.ts";
import { NETWORKS } from "../../core/ports/publisher.ts";
import { exactText } from "../../core/posts/changes.ts";
import type { Plan } from "../../core/posts/plan.ts";
import type { SocialAccount } from "../../core/posts/post.ts";
import { parseWhen, type When } from "../../core/posts/when.ts";
import type { User } from "../../core/usage/user.ts";

const ACCOUNTS_AT_ONCE = 20;
const LONGEST_TEXT = 10_000;
const LONGEST_WHEN = 200;

/** No network takes more. */
const text = z
  .string()
  .max(LONGEST_TEXT, "A text may have at most 10,000 characters; no network takes more.");
const when = z.string().max(LONGEST_WHEN, "Say the time in at most 200 characters.");
const zone = z.string().max(64).refine(isZone, "No such time zone");

/** When: an ISO moment, or words, or neither for at once. `zone` counts where the member has none of their own. */
export const timeSchema = z.object({
  scheduledAt: when.nullish(),
  when: when.nullish(),
  zone: zone.nullish(),
});

/** A post as the page asks for it: types only; what goes together is core's to say. */
export const postSchema = timeSchema.extend({
  mediaId: z.string(),
  accountIds: z.array(z.string()).max(ACCOUNTS_AT_ONCE),
  text,
  /** Other words for single networks. */
  texts: z.partialRecord(z.enum(NETWORKS), text).nullish(),
  fit: z.enum(["as-is", "crop", "pad", "blur", "smaller"]).nullish(),
  story: z.boolean().nullish(),
});

export const changeSchema = timeSchema.extend({
  text: text.trim().min(1, "A text is needed. Cancel the post where there should be none.").nullish(),
});

export type PostBody = z.infer<typeof postSchema>;

function isZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const zoneOf = (user: User, body: z.infer<typeof timeSchema>): string =>
  user.settings.zone ?? body.zone ?? "UTC";

/** Null: at once. */
export async function timeOf(
  body: z.infer<typeof timeSchema>,
  context: { readonly now: number; readonly zone: string; readonly language: string },
): Promise<When | null> {
  const said = (body.scheduledAt ?? body.when ?? "").trim();
  return said === "" || said.toLowerCase() === "now" ? null : parseWhen(said, context);
}

export interface LaidOut {
  readonly plan: Plan;
  readonly usable: readonly SocialAccount[];
  readonly time: When | null;
}

function ownTexts({ texts }: PostBody): Plan["texts"] {
  const own: Plan["texts"] = {};
  for (const network of NETWORKS) {
    const words = texts?.[network];
    if (words !== undefined) own[network] = { text: exactText(words), hashtags: [] };
  }
  return own;
}

/** Everything that would be posted, the picture fitted already. Null: an account of it is not this member's to use. */
export async function layOut(
  core: Pick<Core, "captioning" | "publishing" | "tell">,
  user: User,
  asset: MediaAsset,
  body: PostBody,
  now: number,
): Promise<LaidOut | null> {
  const { desk, accounts } = core.publishing;
  const usable = await accounts.usableBy(user);
  const chosen = usable.filter(({ id }) => body.accountIds.includes(id));
  if (!asset.media || chosen.length !== new Set(body.accountIds).size) return null;
  const memberZone = zoneOf(user, body);
  const time = await timeOf(body, { now, zone: memberZone, language: core.tell.languageOf(user) });
  const plan: Plan = {
    kind: "post",
    assetId: asset.id,
    accounts: chosen.map(({ id }) => id),
    text: exactText(body.text),
    hashtags: [],
    texts: ownTexts(body),
    page: 0,
    altText: core.captioning.altTextOf(asset, await core.captioning.latest(asset)),
    fit: "as-is",
    story: body.story ?? false,
    media: asset.media,
    isTimed: time !== null,
    scheduledAt: time?.status === "ok" ? time.at : null,
    zone: memberZone,
  };
  return { plan: await desk.fitted(plan, usable, body.fit ?? "as-is"), usable, time };
}

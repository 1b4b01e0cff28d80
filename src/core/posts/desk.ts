import type { Actor, Target } from "../conversation/intents.ts";
import type { NewDelivery } from "../delivery/delivery.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { PictureFitter, StoredMedia } from "../ports/media.ts";
import type { PostStores } from "../ports/post-stores.ts";
import type { Publisher } from "../ports/publisher.ts";
import type { User } from "../usage/user.ts";
import type { AskApprovers } from "./approval-cards.ts";
import { createPostChanges, type PostChanges } from "./changes.ts";
import { rulesOf } from "./networks.ts";
import type { Plan, Plans } from "./plan.ts";
import { textFor, withText } from "./plan-text.ts";
import type { AccountId, Post, PostId, SocialAccount } from "./post.ts";
import { type Fix, type PictureFit, type Problem, preflight } from "./preflight.ts";
import { nextFreeSlot, type QuickTime, quickTimes } from "./slots.ts";
import { fitText, shorten } from "./text-fit.ts";
import { NEAREST_MS } from "./when.ts";

export type Confirmation =
  | { readonly status: "confirmed"; readonly posts: readonly Post[] }
  /** It was confirmed before: nothing was written. */
  | { readonly status: "duplicate" }
  | { readonly status: "not-allowed" }
  /** Approvers have enough of this member's posts before them. */
  | { readonly status: "too-many-waiting" }
  | { readonly status: "no-account" }
  | { readonly status: "too-soon" }
  | { readonly status: "problems"; readonly problems: readonly Problem[] };

/** What a member does with posts, wherever they stand: on a card in a chat, or on the page. Only their own. */
export interface PostDesk extends PostChanges {
  chosenOf(plan: Plan, usable: readonly SocialAccount[]): readonly SocialAccount[];
  /** What the chosen networks would refuse, each thing once. Empty: it can be confirmed. */
  problemsOf(plan: Plan, usable: readonly SocialAccount[]): Promise<readonly Problem[]>;
  /** The plan with one problem put right, a text for that network alone; null: it could not be done. */
  fixed(plan: Plan, fix: Fix, network: SocialAccount["network"] | undefined): Promise<Plan | null>;
  /** The plan with its picture made to fit every chosen network that way, as far as they offer it. */
  fitted(plan: Plan, usable: readonly SocialAccount[], fit: Plan["fit"]): Promise<Plan>;
  /** Null: there is no such time. */
  quickTime(
    kind: QuickTime["kind"] | "slot",
    zone: string,
    chosen: readonly SocialAccount[],
  ): Promise<number | null>;
  confirm(
    user: User,
    actor: Actor,
    target: Target,
    draftId: string,
    plan: Plan,
    usable: readonly SocialAccount[],
  ): Promise<Confirmation>;
  /** By its id or handle; null: none of this member. */
  own(user: User, name: string): Promise<Post | null>;
}

const QUOTA_MS = 5_000;
const QUOTA_KEPT_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
/** Fitted pictures that are remembered, so that a look at a plan does not draw them anew. */
const REMEMBERED_FITS = 100;

const isPostId = (name: string): name is PostId => name.startsWith("post_");

export function createPostDesk(dependencies: {
  readonly publisher: Publisher | null;
  readonly plans: Plans;
  readonly fitter: PictureFitter;
  readonly stores: Pick<PostStores, "posts">;
  readonly askApprovers: AskApprovers;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Names this process in the leases that it takes. */
  readonly holder: string;
  /** Whether its author may still post to its account. */
  mayPost(post: Post): Promise<boolean>;
  /** What approvers are shown of a post that has been decided: changes of its card. */
  settled(post: Post): Promise<readonly NewDelivery[]>;
  /** Wakes whoever hands posts over. */
  wake(): void;
}): PostDesk {
  const { publisher, plans, fitter, stores, askApprovers, clock, ids, log, holder, mayPost, settled, wake } =
    dependencies;
  const fits = new Map<string, StoredMedia>();
  const quotas = new Map<AccountId, { readonly left: number | null; readonly until: number }>();

  const chosenOf: PostDesk["chosenOf"] = (plan, usable) =>
    usable.filter(({ id }) => plan.accounts.includes(id));

  async function problemsOf(plan: Plan, usable: readonly SocialAccount[]): Promise<readonly Problem[]> {
    // What the service counts is the day that lies before now.
    const isSoon = plan.scheduledAt === null ? !plan.isTimed : plan.scheduledAt < clock.now() + DAY_MS;
    const found = await Promise.all(
      chosenOf(plan, usable).map(async (account) => {
        const { story, media } = plan;
        const { network } = account;
        const quotaLeft = isSoon ? await quotaOf(account) : null;
        const inPost = preflight({ network, story, ...textFor(plan, network), media, quotaLeft });
        return account.health === "fine" ? inPost : [unhealthy(account), ...inPost];
      }),
    );
    const seen = new Set<string>();
    return found.flat().filter(({ message, args }) => {
      const key = `${message} ${args["network"]} ${args["account"]}`;
      return !seen.has(key) && seen.add(key);
    });
  }

  function unhealthy({ network, name }: SocialAccount): Problem {
    const args = { network: rulesOf(network).label, account: name };
    return { code: "account", message: "preflight-account", args, fixes: [] };
  }

  /** Asked at most once a minute: each change of a card looks at it. */
  async function quotaOf(account: SocialAccount): Promise<number | null> {
    const known = quotas.get(account.id);
    const now = clock.now();
    if (known && now < known.until) return known.left;
    const left = await askQuota(account);
    if (quotas.size >= REMEMBERED_FITS) quotas.clear();
    quotas.set(account.id, { left, until: now + QUOTA_KEPT_MS });
    return left;
  }

  async function askQuota(account: SocialAccount): Promise<number | null> {
    if (!publisher) return null;
    const { externalId, network, name } = account;
    const health = account.health === "gone" ? "off" : account.health;
    const asked = await publisher
      .quota({ externalId, network, name, health }, AbortSignal.timeout(QUOTA_MS))
      .catch(() => null);
    return asked?.status === "ok" ? asked.value : null;
  }

  async function fit(media: StoredMedia, how: PictureFit): Promise<StoredMedia | null> {
    const key = `${media.key} ${JSON.stringify(how)}`;
    const known = fits.get(key);
    if (known) return known;
    const made = await fitter.fit(media, how);
    if (made) fits.set(key, made);
    if (fits.size > REMEMBERED_FITS) fits.delete(fits.keys().next().value ?? "");
    return made;
  }

  const fixed: PostDesk["fixed"] = async (plan, fix, network) => {
    switch (fix.kind) {
      case "story":
        return { ...plan, story: fix.story };
      case "shorter-text":
      case "fewer-hashtags": {
        if (network === undefined) return null;
        const { text, hashtags } = textFor(plan, network);
        return withText(plan, network, shorten(text, hashtags, network));
      }
      case "crop":
      case "pad":
      case "blur":
      case "smaller": {
        const media = await fit(plan.media, fix.fit);
        return media && { ...plan, media, fit: fix.kind };
      }
    }
  };

  return {
    chosenOf,
    problemsOf,
    fixed,

    async fitted(plan, usable, wanted) {
      if (wanted === "as-is") return plan;
      let better = plan;
      // One network after the other: what fits all of them is found in as many rounds.
      for (let round = 0; round <= plan.accounts.length; round += 1) {
        const offered = chosenOf(plan, usable).flatMap(({ network }) =>
          preflight({ ...better, ...textFor(better, network), network, quotaLeft: null }).flatMap(
            ({ fixes }) => fixes,
          ),
        );
        const fix =
          offered.find(({ kind }) => kind === wanted) ?? offered.find(({ kind }) => kind === "smaller");
        const next = fix && (await fixed(better, fix, undefined));
        if (!next) break;
        better = { ...next, fit: wanted };
      }
      return better;
    },

    async quickTime(kind, zone, chosen) {
      const now = clock.now();
      if (kind !== "slot") return quickTimes(now, zone).find((one) => one.kind === kind)?.at ?? null;
      const taken = await Promise.all(chosen.map(({ id }) => stores.posts.scheduledTimes(id, now)));
      return nextFreeSlot(taken.flat(), now, zone);
    },

    async confirm(user, actor, target, draftId, plan, usable) {
      const chosen = chosenOf(plan, usable);
      if (chosen.length === 0) return { status: "no-account" };
      if (plan.isTimed && (plan.scheduledAt ?? 0) < clock.now() + NEAREST_MS) return { status: "too-soon" };
      const problems = await problemsOf(plan, usable);
      if (problems.length > 0) return { status: "problems", problems };
      const texts = new Map<AccountId, string>(
        chosen.map(({ id, network }) => {
          const { text, hashtags } = textFor(plan, network);
          return [id, fitText(text, hashtags, network).text];
        }),
      );
      const posts = await plans.confirm(user, actor, target, draftId, plan, texts, (post) =>
        askApprovers(user, post),
      );
      if (typeof posts === "string") return { status: posts };
      for (const { id } of chosen) quotas.delete(id);
      wake();
      return { status: "confirmed", posts };
    },

    async own(user, name) {
      const post = isPostId(name) ? await stores.posts.get(name) : await stores.posts.byHandle(name);
      return post?.userId === user.id ? post : null;
    },

    ...createPostChanges({ publisher, stores, clock, ids, log, holder, mayPost, settled, wake }),
  };
}

import type { PostStore } from "../../src/core/ports/post-stores.ts";
import type { Plan } from "../../src/core/posts/plan.ts";
import type { Post, PostId } from "../../src/core/posts/post.ts";
import type { HistoryService } from "./history-service.ts";
import { HOUR, SECOND } from "./post-history-events.ts";
import { fileOf, type Stage } from "./post-history-stage.ts";

const NEAR_MS = 5 * SECOND;
/** Until then what the service keeps is taken back there, whatever goes wrong. */
const TAKEN_BACK_MS = 2 * HOUR;
const FINAL: readonly Post["state"][] = ["published", "failed", "cancelled", "rejected"];

/** One draft that somebody pressed Confirm on. */
export interface Intent {
  readonly draftId: string;
  readonly plan: Plan;
  readonly externalAccountIds: readonly string[];
  readonly chatKey: `discord:${string}`;
  /** Whether the community wanted a word when it was pressed. */
  readonly approval: boolean;
  /** Which of its accounts are the community's. */
  readonly shared: readonly string[];
}

/** What was asked for one post: the last word, or all of them where the outcome of one is not known. */
export interface Wishes {
  texts: string[];
  times: number[];
  /** How many changes were asked for: one that another overtook is certain of nothing. */
  changes: number;
  retries: number;
  /** Edits by an approver: written, and those whose author certainly was told. */
  edits: number;
  toldEdits: number;
  /** Messages about changes whose outcome was found out later. */
  news: number;
  isDelayTold: boolean;
  isWithdrawn: boolean;
  isCancelAsked: boolean;
  rejections: number;
  /** Somebody was told that it is cancelled. */
  isCancelled: boolean;
  /** What an approver saw, and what stood there when their word was written. */
  readonly approvals: {
    readonly seen: string;
    readonly approved: string;
    readonly text: string;
    readonly isAllowed: boolean;
  }[];
  /** What approvers were shown, in order. */
  readonly shown: Seen[];
}

/** What the card of a post that waits shows, and which row it was made of. */
export type Seen = Pick<Post, "text" | "scheduledAt" | "epoch">;

export interface Oracle {
  readonly intents: Intent[];
  /** Found wrong on the way. */
  readonly wrong: string[];
  /** When the right to post to an account (as the service names it) was given, and when it was taken. */
  rightOf(externalAccountId: string): { readonly may: boolean; readonly at: number }[];
  wishesOf(post: Seen & Pick<Post, "id">): Wishes;
  /** The store, with an eye on what is really written whatever the one who asked got to know. */
  watch(posts: PostStore): PostStore;
  judge(): Promise<Ends>;
}

export interface Ends {
  readonly posts: number;
  readonly ends: Readonly<Record<Post["state"], number>>;
  readonly wrong: readonly string[];
}

export const seenAs = ({ text, scheduledAt }: Pick<Post, "text" | "scheduledAt">): string =>
  `${text} at ${scheduledAt ?? "once"}`;

export function createOracle({ stores, told }: Stage, service: HistoryService): Oracle {
  const intents: Intent[] = [];
  const wrong: string[] = [];
  const rights = new Map<string, { readonly may: boolean; readonly at: number }[]>();
  const all = new Map<PostId, Wishes>();

  function wishesOf({ id, ...shown }: Seen & Pick<Post, "id">): Wishes {
    const { text, scheduledAt, epoch } = shown;
    const known = all.get(id);
    if (known) return known;
    const wishes: Wishes = {
      texts: [text],
      times: [scheduledAt ?? 0],
      changes: 0,
      retries: 0,
      edits: 0,
      toldEdits: 0,
      news: 0,
      isDelayTold: false,
      isWithdrawn: false,
      isCancelAsked: false,
      rejections: 0,
      isCancelled: false,
      approvals: [],
      shown: [{ text, scheduledAt, epoch }],
    };
    all.set(id, wishes);
    return wishes;
  }

  function rightOf(externalAccountId: string): { readonly may: boolean; readonly at: number }[] {
    const known = rights.get(externalAccountId) ?? [];
    rights.set(externalAccountId, known);
    return known;
  }

  async function known(id: PostId): Promise<Wishes> {
    const post = await stores.posts.get(id);
    if (!post) throw new Error(`no post ${id}`);
    return wishesOf(post);
  }

  /** From here on its author knows, or is owed a message: what stands in the row is what was asked for. */
  async function settled(id: PostId, news: number): Promise<void> {
    const { text, scheduledAt } = (await stores.posts.get(id)) ?? { text: "", scheduledAt: null };
    const wishes = await known(id);
    wishes.news += news;
    wishes.texts = [text];
    wishes.times = [scheduledAt ?? 0];
  }

  function judgeRow(row: Post, { plan, approval, shared }: Intent): void {
    const wishes = wishesOf(row);
    const say = (what: string): void => void wrong.push(`${row.id} (${row.state}): ${what}`);
    const seen = service.publications.filter(({ postId }) => postId === row.id);
    const needsWord = approval && shared.includes(row.externalAccountId);
    const right = rightOf(row.externalAccountId);
    const wasTaken = right.some(({ may }) => !may);
    if (needsWord !== (row.community !== null)) say("is not asked about as the community wants");
    if (!FINAL.includes(row.state)) say("has not ended");
    if (seen.length > 1) say(`was published ${seen.length} times`);
    if (row.state !== "published" && seen.length > 0) say(`was published, and is called ${row.state}`);
    if (row.state === "published" && seen.length === 0) say("was never published");
    if (row.state === "cancelled" && !wishes.isCancelAsked && !wasTaken) say("was cancelled by nobody");
    if (row.state === "rejected" && wishes.rejections === 0) say("was rejected by nobody");
    if (row.state === "failed" && !service.refused.has(row.id) && !wasTaken)
      say(`failed for no reason (${row.failure?.detail})`);
    if (wishes.isCancelled && row.state !== "cancelled") say("was called cancelled");
    if (wishes.approvals.length > 1) say("was approved more than once");
    for (const { seen: shown, approved, isAllowed } of wishes.approvals) {
      if (!isAllowed) say("was approved by somebody who may not");
      if (shown !== approved) say(`was approved as it was not seen: ${approved}, not ${shown}`);
      if (wishes.rejections > 0) say("was approved and rejected");
    }
    for (const one of seen) {
      if (needsWord && wishes.approvals.length === 0) say("was published without a word of approval");
      if (needsWord && !wishes.approvals.some(({ text }) => text === one.text))
        say(`was published with words that no approver approved: ${one.text}`);
      if (one.at < Math.min(...wishes.times) - NEAR_MS) say("was published before its time");
      if (!wishes.texts.includes(one.text)) say(`was published with words nobody confirmed: ${one.text}`);
      if (one.text !== row.text)
        say(`was published with other words than it shows: ${one.text}, not ${row.text}`);
      if (one.at < (row.scheduledAt ?? 0) - NEAR_MS) say("was published before the time that it shows");
      const last = right.findLast(({ at }) => at <= one.at);
      if (last?.may === false && last.at < one.at - TAKEN_BACK_MS)
        say("was published long after the right was taken");
      if (one.file !== fileOf(plan)) say("was published with another file");
      if (one.altText !== plan.altText) say("was published with another description");
      if (one.isAiGenerated !== row.isAiGenerated) say("was published with another label");
      if (one.externalAccountId !== row.externalAccountId) say("was published to another account");
    }
  }

  /** A person is told each end once; what they withdrew themselves before it left, they are not told. */
  async function judgeTold(rows: readonly Post[], { chatKey }: Intent): Promise<void> {
    let [least, most] = [0, 0];
    for (const row of rows) {
      const { retries, edits, toldEdits, isWithdrawn, isDelayTold, news, approvals } = wishesOf(row);
      const ends = retries + news + approvals.length + (isDelayTold ? 1 : 0) + (isWithdrawn ? 0 : 1);
      least += ends + toldEdits;
      most += ends + edits;
    }
    const count = await told(chatKey);
    if (count < least || count > most)
      wrong.push(
        `${chatKey} was told ${count} times instead of ${least}${least === most ? "" : ` to ${most}`}`,
      );
  }

  return {
    intents,
    wrong,
    rightOf,
    wishesOf,
    watch: (posts) => ({
      ...posts,
      async tryAgain(id, ...rest) {
        const isDone = await posts.tryAgain(id, ...rest);
        if (isDone) (await known(id)).retries += 1;
        return isDone;
      },
      async withdraw(id, ending) {
        const isDone = await posts.withdraw(id, ending);
        if (!isDone) return false;
        const wishes = await known(id);
        if (ending.state === "rejected") wishes.rejections += 1;
        else wishes.isWithdrawn = true;
        return true;
      },
      async settleChange(held, next) {
        const isDone = await posts.settleChange(held, next);
        if (isDone) await settled(held.id, next.deliveries.length);
        return isDone;
      },
      async later(held, next) {
        const isDone = await posts.later(held, next);
        // That it has to wait is told once, however often it is put off.
        if (isDone && next.owed !== undefined && next.owed.deliveries.length > 0)
          (await known(held.id)).isDelayTold = true;
        return isDone;
      },
      async becamePublic(id, ending) {
        const isDone = await posts.becamePublic(id, ending);
        // It was told as failed before.
        if (isDone) (await known(id)).news += 1;
        return isDone;
      },
      async takenBack(held, next) {
        const isDone = await posts.takenBack(held, next);
        if (isDone) await settled(held.id, next.deliveries.length);
        return isDone;
      },
    }),
    async judge() {
      const ends: Record<Post["state"], number> = {
        waiting: 0,
        confirmed: 0,
        handing_over: 0,
        scheduled: 0,
        publishing: 0,
        cancelling: 0,
        published: 0,
        failed: 0,
        cancelled: 0,
        rejected: 0,
      };
      const ours = new Set<string>();
      for (const intent of intents) {
        const rows = await stores.posts.ofGroup(intent.draftId);
        const accounts = rows.map(({ externalAccountId }) => externalAccountId).toSorted();
        if (rows.length > 0 && accounts.join() !== intent.externalAccountIds.toSorted().join())
          wrong.push(`${intent.draftId} was confirmed for ${accounts.join()}`);
        for (const row of rows) {
          ours.add(row.id);
          ends[row.state] += 1;
          judgeRow(row, intent);
        }
        await judgeTold(rows, intent);
      }
      for (const { postId } of service.publications)
        if (postId === null || !ours.has(postId))
          wrong.push(`${postId} was published, and nobody confirmed it`);
      wrong.push(...service.wrong());
      return { posts: ours.size, ends, wrong };
    },
  };
}

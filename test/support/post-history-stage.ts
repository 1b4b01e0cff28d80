import { readFileSync } from "node:fs";
import { createApprovals } from "../../src/core/conversation/commands/approvals.ts";
import { createTurn, type Turn } from "../../src/core/conversation/context.ts";
import type { Actor } from "../../src/core/conversation/intents.ts";
import { createMessages } from "../../src/core/messages/messages.ts";
import type { Clock } from "../../src/core/ports/clock.ts";
import type { Ids } from "../../src/core/ports/ids.ts";
import type { Stores } from "../../src/core/ports/stores.ts";
import { type Accounts, createAccounts } from "../../src/core/posts/accounts.ts";
import { createAskApprovers } from "../../src/core/posts/approval-cards.ts";
import { createPostDesk, type PostDesk } from "../../src/core/posts/desk.ts";
import { createPostExpiry, type PostExpiry } from "../../src/core/posts/expiry.ts";
import { createPlans, type Plan } from "../../src/core/posts/plan.ts";
import type { SocialAccount } from "../../src/core/posts/post.ts";
import { createPostEvents, type PostEvents } from "../../src/core/posts/post-events.ts";
import type { PostWork } from "../../src/core/posts/post-work.ts";
import { createTidings } from "../../src/core/posts/tidings.ts";
import { createMembers } from "../../src/core/usage/members.ts";
import type { User } from "../../src/core/usage/user.ts";
import type { Database } from "../../src/db/database.ts";
import { createStores } from "../../src/db/stores.ts";
import { createIds } from "../../src/system.ts";
import { silentLog } from "./databases.ts";
import type { HistoryService } from "./history-service.ts";
import { SLOTS, type Slot } from "./post-history-events.ts";
import type { Life } from "./post-lives.ts";
import { MEDIA, NOON } from "./store-fixtures.ts";

const messages = createMessages({ en: readFileSync("src/core/messages/en.ftl", "utf8") });
const GUILD = "discord:guild";
const ACCOUNTS = [
  { name: "@mine", network: "instagram", isOwn: true },
  { name: "@first", network: "threads", isOwn: false },
  { name: "@second", network: "instagram", isOwn: false },
] as const;

export interface Person {
  readonly user: User;
  readonly actor: Actor;
}

/** What one process works with. */
export interface Hands {
  readonly plans: ReturnType<typeof createPlans>;
  readonly desk: PostDesk;
  readonly approvals: ReturnType<typeof createApprovals>;
  readonly events: PostEvents;
  readonly expiry: PostExpiry;
  readonly work: PostWork;
}

/** A community with two accounts and approvers, a member with one of their own, on a real database. */
export interface Stage {
  readonly stores: Stores;
  readonly accounts: Accounts;
  readonly author: Person;
  readonly approver: Person;
  now(): number;
  skip(delayMs: number): void;
  /** The account that is connected in that place now, or was last. */
  accountIn(slot: Slot): Promise<SocialAccount>;
  grant(slot: Slot, isGranted: boolean): Promise<void>;
  connect(slot: Slot, isConnected: boolean): Promise<void>;
  setApproval(isOn: boolean): Promise<void>;
  newPlan(number: number, accounts: readonly SocialAccount[], scheduledAt: number | null): Plan;
  handsOf(life: Life): Hands;
  turnOf(person: Person): Turn;
  /** How many messages are owed or sent to one chat. */
  told(chatKey: string): Promise<number>;
}

/** The same at every play, so that a seed gives the same history. */
function countingIds(): Ids {
  let count = 0;
  const next = (): string => String((count += 1)).padStart(16, "0");
  return { ...createIds(Buffer.from("test")), create: (prefix) => `${prefix}_${next()}`, token: next };
}

/** What the store of files gives for a key: the bytes of the key. */
export const fileOf = (plan: Pick<Plan, "media">): string => plan.media.key;

export async function createStage(
  database: Database,
  serve: (now: () => number) => Promise<HistoryService>,
): Promise<Stage & { readonly service: HistoryService }> {
  let now = NOON;
  const clock: Clock = {
    now: () => now,
    monotonicMs: () => now,
    // Calls last no time here: a renewal waits until its call is over, a pause is over at once.
    sleep: (delayMs, signal) =>
      signal === undefined || delayMs < 30_000
        ? Promise.resolve()
        : new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  };
  const service = await serve(() => now);
  const { publisher } = service;
  const stores = createStores(database);
  const ids = countingIds();
  const config = {
    freeMonthlyLimit: 10,
    dailyGenerationCap: 0,
    captionDailyLimit: 0,
    captionDailyCap: 0,
    concurrentFree: 1,
    concurrentPro: 1,
    pollIntervalMs: 30_000,
    generationTimeoutMs: 60_000,
    adminIds: [],
  };
  const members = createMembers({ config, stores, clock, ids });
  const common = { stores, members, clock, ids };
  const accounts = createAccounts({
    ...common,
    publisher,
    log: silentLog,
    returnUrl: null,
    wake: () => undefined,
  });
  const tidings = createTidings({ messages, stores, ids, now: clock.now });
  const askApprovers = createAskApprovers({ stores, messages, clock, ids });

  async function person(name: string, managesCommunity: boolean): Promise<Person> {
    const actor: Actor = {
      identity: `discord:${name}`,
      platform: "discord",
      name,
      locale: "en",
      isBot: false,
      isChatIdentity: false,
      context: "group",
      community: GUILD,
      managesCommunity,
      governsCommunity: managesCommunity,
    };
    return { actor, user: await members.of(actor) };
  }
  const [author, approver] = [await person("ada", false), await person("mo", true)];
  const moderators = {
    platform: "discord",
    chatKey: "discord:moderators",
    place: {},
    private: false,
  } as const;
  await stores.communities.change(GUILD, { moderators }, now);

  const ownerOf = (slot: Slot): string => (ACCOUNTS[slot].isOwn ? author.user.id : GUILD);

  async function signIn(slot: Slot): Promise<void> {
    const owner = ownerOf(slot);
    const made = await publisher.profile(owner, AbortSignal.timeout(60_000));
    if (made.status !== "ok") throw new Error("no profile");
    const profileId = await stores.accounts.rememberProfile(owner, made.value, now);
    service.signIn({ profileId, ...ACCOUNTS[slot] });
    // The service is asked once in five seconds.
    now += 6_000;
    await accounts.refresh(owner);
  }

  async function accountIn(slot: Slot): Promise<SocialAccount> {
    const of = await stores.accounts.ofOwners([ownerOf(slot)]);
    const account = of.find(({ name }) => name.endsWith(ACCOUNTS[slot].name.slice(1))) ?? last.get(slot);
    if (!account) throw new Error(`no account in ${slot}`);
    last.set(slot, account);
    return account;
  }
  const last = new Map<Slot, SocialAccount>();

  async function grant(slot: Slot, isGranted: boolean): Promise<void> {
    const { id } = await accountIn(slot);
    await accounts.grant(approver.user, approver.actor, id, author.user, isGranted);
  }
  for (const slot of SLOTS) {
    await signIn(slot);
    await accountIn(slot);
    if (!ACCOUNTS[slot].isOwn) await grant(slot, true);
  }

  return {
    service,
    stores,
    accounts,
    author,
    approver,
    now: clock.now,
    skip(delayMs) {
      now += delayMs;
    },
    accountIn,
    grant,
    async connect(slot, isConnected) {
      if (isConnected) return signIn(slot);
      const { id } = await accountIn(slot);
      const { user, actor } = ACCOUNTS[slot].isOwn ? author : approver;
      await accounts.disconnect(user, actor, id);
    },
    async setApproval(isOn) {
      await stores.communities.change(GUILD, { approval: isOn }, now);
    },
    newPlan: (number, chosen, scheduledAt) => ({
      kind: "post",
      assetId: "gen_1",
      accounts: chosen.map(({ id }) => id),
      text: `words of ${number}`,
      texts: {},
      page: 0,
      hashtags: [],
      altText: `picture ${number}`,
      fit: "as-is",
      story: false,
      media: { ...MEDIA, key: `gen_1/${number}.png` },
      isTimed: scheduledAt !== null,
      scheduledAt,
      zone: "UTC",
    }),
    handsOf(life) {
      const held = { ...stores, posts: life.posts };
      const deal = { ...common, stores: held };
      const plans = createPlans({ ...deal, accounts });
      const fitter = { fit: () => Promise.resolve(null) };
      const wake = (): void => undefined;
      return {
        plans,
        desk: createPostDesk({
          ...deal,
          publisher: life.publisher,
          plans,
          fitter,
          askApprovers,
          log: silentLog,
          holder: "desk",
          mayPost: (post) => accounts.mayPost(post),
          settled: (post) => tidings.ofSettled(post),
          wake,
        }),
        approvals: createApprovals({ ...deal, messages, wake }),
        events: createPostEvents({
          ...deal,
          publisher: life.publisher,
          tidings,
          accounts,
          log: silentLog,
          wake,
        }),
        expiry: createPostExpiry({ ...deal, tidings, log: silentLog, wake }),
        work: {
          ...deal,
          publisher: life.publisher,
          media: { read: (key) => Promise.resolve(new TextEncoder().encode(key)) },
          log: silentLog,
          mayPost: (post) => accounts.mayPost(post),
          mayKeep: (post) => accounts.mayKeep(post),
          tidings: (post) => tidings.ofEnd(post),
          delayNews: (post, until) => tidings.ofDelay(post, until),
          changeNews: (post, isTaken) => tidings.ofChange(post, isTaken),
          announce: wake,
          tellOperator: wake,
        },
      };
    },
    turnOf({ user, actor }) {
      const target = { platform: "discord", chatKey: "discord:cards", place: {}, private: false } as const;
      const intent = { kind: "button", data: "" } as const;
      return createTurn({ key: ids.token(), actor, target, intent, receivedAt: now }, user, messages);
    },
    async told(chatKey) {
      const chats = await stores.deliveries.due("discord", Number.MAX_SAFE_INTEGER, 1_000);
      return chats.find((one) => one.chatKey === chatKey)?.count ?? 0;
    },
  };
}

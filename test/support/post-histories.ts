import type { Publisher } from "../../src/core/ports/publisher.ts";
import { advancePost } from "../../src/core/posts/advance-post.ts";
import type { Post } from "../../src/core/posts/post.ts";
import { POST_LEASE_MS } from "../../src/core/posts/post-work.ts";
import type { Database } from "../../src/db/database.ts";
import { openTestDatabase } from "./databases.ts";
import { type HistoryService, type ServiceRules, webhookOf } from "./history-service.ts";
import { createModelService } from "./model-service.ts";
import {
  DAY,
  type History,
  type HistoryEvent,
  HOUR,
  INTENTS,
  MINUTE,
  SECOND,
  SLOTS,
} from "./post-history-events.ts";
import { createOracle, type Ends, type Intent } from "./post-history-oracle.ts";
import { createPeople } from "./post-history-people.ts";
import { createStage } from "./post-history-stage.ts";
import { createLives } from "./post-lives.ts";

/** Where a history is played: which database, which service. */
export interface Place {
  /** Empty and migrated; closed by whoever opened it. */
  open(): Promise<Database>;
  close(database: Database): Promise<void>;
  serve(now: () => number, rules: ServiceRules): Promise<HistoryService>;
}

export interface Seen extends Ends {
  readonly published: number;
  readonly deaths: number;
  /** How often each fault, trap and kind of event really came to pass. */
  readonly counts: Readonly<Record<string, number>>;
}

/** SQLite in memory, and a service as a few rules. */
export const LIGHT: Place = {
  open: () => openTestDatabase("file::memory:"),
  close: (database) => database.close(),
  serve: (now, rules) => Promise.resolve(createModelService(now, rules)),
};

/** Claims of one tick: the worker is woken again as soon as it has ended one. */
const ROUNDS = 4;
/** After the last event: longer than any time ahead. */
const LONGEST_MS = 42 * DAY;
/** Beyond the week for which the service keeps files. */
const BEYOND_MS = 20 * DAY;

/** Plays one history to its end, and compares what everybody could see with what was asked for. */
export async function play({ rules, approval, events }: History, place: Place = LIGHT): Promise<Seen> {
  const database = await place.open();
  const stage = await createStage(database, (now) => place.serve(now, rules));
  const { service, stores, author } = stage;
  const oracle = createOracle(stage, service);
  const watched = oracle.watch(stores.posts);
  const lives = createLives(watched, service.publisher);
  const counts: Record<string, number> = {};
  const count = (what: string, times = 1): void => {
    counts[what] = (counts[what] ?? 0) + times;
  };
  const intents: (Intent | null)[] = Array.from({ length: INTENTS }, () => null);
  /** Accounts that the author may post to, by the service's names: as those who decide it were told. */
  const usable = new Set<string>();
  let isApprovalOn = approval;
  let lies = 0;

  const settle = (): Promise<void> => service.settle();
  const { obey, inALife } = createPeople({ stage, oracle, lives, posts: watched, rowsOf, settle, count });

  /** Nothing is asked of the service for an account whose right was gone before the work began. */
  function guarded(publisher: Publisher, post: Post): Publisher {
    if (usable.has(post.externalAccountId)) return publisher;
    const say = (what: string): void =>
      void oracle.wrong.push(`${post.id}: ${what} after the right was taken`);
    return {
      ...publisher,
      create(...given) {
        say("handed over");
        return publisher.create(...given);
      },
      retry(...given) {
        say("tried again");
        return publisher.retry(...given);
      },
    };
  }

  async function work(): Promise<void> {
    await service.settle();
    for (let round = 0; round < ROUNDS; round += 1) {
      const life = lives.begin();
      let claimed: readonly Post[] = [];
      await life.live(async () => {
        claimed = await life.posts.claim("engine", stage.now(), POST_LEASE_MS, 4);
      });
      for (const post of claimed) {
        if (life.isDead) return;
        const { work: duties } = stage.handsOf(life);
        const publisher = guarded(life.publisher, post);
        await life.live(() => advancePost({ ...duties, publisher }, post));
      }
      if (claimed.length === 0) return;
    }
  }

  async function pass(ms: number, stepMs = Math.max(SECOND, ms / 25)): Promise<void> {
    for (const end = stage.now() + ms; stage.now() < end; ) {
      stage.skip(Math.min(stepMs, end - stage.now()));
      await work();
    }
  }

  /** What no approver has decided in time. */
  async function expire(): Promise<void> {
    await inALife(async ({ expiry }) => {
      count("undecided", await expiry.run());
      return undefined;
    });
  }

  /** Until nothing is due any more. */
  async function comeToRest(): Promise<void> {
    const end = stage.now() + LONGEST_MS;
    for (let stepMs = MINUTE; stage.now() < end; stepMs = Math.min(8 * HOUR, Math.round(stepMs * 1.1))) {
      stage.skip(stepMs);
      await work();
      if ((await stores.posts.overview()).waiting === 0) return;
    }
  }

  async function confirm(event: HistoryEvent & { readonly do: "confirm" }): Promise<void> {
    const { intent: index, slots, aheadMs, clicks } = event;
    let intent = intents[index];
    if (!intent) {
      const chosen = await Promise.all(slots.map((slot) => stage.accountIn(slot)));
      const number = oracle.intents.length;
      const plan = stage.newPlan(number, chosen, aheadMs === null ? null : stage.now() + aheadMs);
      intent = {
        draftId: `draft-${number}`,
        plan,
        externalAccountIds: chosen.map(({ externalId }) => externalId),
        chatKey: `discord:chat-${number}`,
        approval: isApprovalOn,
        shared: chosen.filter(({ owner }) => owner !== author.user.id).map(({ externalId }) => externalId),
      };
      intents[index] = intent;
      oracle.intents.push(intent);
    }
    // Written once, whenever it is pressed first.
    const isFirst = (await stores.posts.ofGroup(intent.draftId)).length === 0;
    const { draftId, plan, chatKey } = intent;
    if (isFirst) intent = Object.assign(intent, { approval: isApprovalOn });
    const may = await stage.accounts.usableBy(author.user);
    const target = { platform: "discord", chatKey, place: {}, private: false } as const;
    await Promise.all(
      Array.from({ length: clicks }, () => {
        const life = lives.begin();
        const { plans, desk } = stage.handsOf(life);
        return life.live(async () => {
          await plans.keep(author.user, draftId, plan);
          const { status } = await desk.confirm(author.user, author.actor, target, draftId, plan, may);
          count(`confirm ${status}`);
        });
      }),
    );
    await lookAtRows();
  }

  /** What stands there first is what was confirmed. */
  async function lookAtRows(): Promise<void> {
    for (const { draftId, plan } of oracle.intents)
      for (const { id, epoch } of await stores.posts.ofGroup(draftId))
        oracle.wishesOf({ id, epoch, text: plan.text, scheduledAt: plan.scheduledAt });
  }

  async function rowsOf(index: number): Promise<readonly Post[]> {
    const intent = intents[index];
    return intent ? stores.posts.ofGroup(intent.draftId) : [];
  }

  async function rowOf(index: number, which: number): Promise<Post | null> {
    const rows = await rowsOf(index);
    return rows[which % Math.max(1, rows.length)] ?? null;
  }

  async function arrive(request: ReturnType<typeof webhookOf>, isForged: boolean): Promise<void> {
    const event = service.publisher.readWebhook(request);
    count(isForged ? "forged event" : "event");
    if (isForged && event) oracle.wrong.push("a forged event was believed");
    if (event)
      await inALife(async ({ events: arrivals }) => {
        await arrivals.arrived(event);
        return undefined;
      });
  }

  async function setUsable(): Promise<void> {
    const may = new Set<string>();
    for (const slot of SLOTS) {
      const { externalId, owner } = await stage.accountIn(slot);
      const isTheirs = owner === author.user.id || granted.has(externalId);
      if (isTheirs && !gone.has(externalId)) may.add(externalId);
    }
    for (const one of usable) if (!may.has(one)) oracle.rightOf(one).push({ may: false, at: stage.now() });
    for (const one of may) if (!usable.has(one)) oracle.rightOf(one).push({ may: true, at: stage.now() });
    usable.clear();
    for (const one of may) usable.add(one);
  }
  const granted = new Set<string>();
  const gone = new Set<string>();

  async function happen(event: HistoryEvent): Promise<void> {
    switch (event.do) {
      case "confirm":
        return confirm(event);
      case "together":
        count("together");
        await Promise.all(event.commands.map(obey));
        return;
      case "grant": {
        const { externalId } = await stage.accountIn(event.slot);
        await stage.grant(event.slot, event.isGranted);
        if (event.isGranted) granted.add(externalId);
        else granted.delete(externalId);
        count(event.isGranted ? "grant" : "revoke");
        return setUsable();
      }
      case "connect": {
        const { externalId } = await stage.accountIn(event.slot);
        await stage.connect(event.slot, event.isConnected);
        if (event.isConnected) gone.delete((await stage.accountIn(event.slot)).externalId);
        else gone.add(externalId);
        count(event.isConnected ? "connect" : "disconnect");
        return setUsable();
      }
      case "approval":
        isApprovalOn = event.isOn;
        count(`approval ${event.isOn ? "on" : "off"}`);
        return stage.setApproval(event.isOn);
      case "webhooks":
        for (const number of event.numbers) {
          const body = service.events[number % Math.max(1, service.events.length)];
          if (body) await arrive(webhookOf(body, event.isForged ? "a guess" : undefined), event.isForged);
        }
        await Promise.all([work(), work()]);
        return;
      case "lie": {
        const post = await rowOf(event.intent, event.which);
        if (!post) return;
        lies += 1;
        const metadata = { easelPostId: post.id };
        const told = {
          id: `evt_lie_${lies}`,
          event: `post.${event.says}`,
          post: { status: event.says, metadata },
        };
        await arrive(webhookOf({ body: JSON.stringify(told) }), false);
        return work();
      }
      case "pass":
        return pass(event.ms);
      case "suspend": {
        intents[event.intent] = null;
        await confirm({ ...event, do: "confirm", clicks: 1 });
        lives.set(event);
        await pass(2 * SECOND);
        for (const { call, fault } of event.faults) service.fault(call, fault);
        const { intent, meanwhile, ms } = event;
        const [slot] = event.slots;
        if (meanwhile === "revoke") await happen({ do: "grant", slot, isGranted: false });
        else if (meanwhile !== "nothing") await obey({ do: meanwhile, intent, which: 0, aheadMs: BEYOND_MS });
        await pass(ms);
        if (meanwhile === "revoke") await happen({ do: "grant", slot, isGranted: true });
        if (event.isRetried) await obey({ do: "retry", intent, which: 0 });
        lives.clear();
        return lives.wake();
      }
      case "expire":
        return expire();
      case "down":
        return stage.skip(event.ms);
      case "fault":
        return service.fault(event.call, event.fault);
      case "network":
        return service.refuseNext();
      case "trap":
        return lives.set(event);
      case "restart":
        await stores.posts.releaseLeases("another", stage.now());
        return;
      case "wake":
        lives.clear();
        return lives.wake();
      case "approve":
      case "approver-edit":
      case "cancel":
      case "edit":
      case "move":
      case "reject":
      case "retry":
      case "retry-all":
        return obey(event);
    }
  }

  try {
    for (const slot of SLOTS) granted.add((await stage.accountIn(slot)).externalId);
    await setUsable();
    await stage.setApproval(approval);
    for (const event of events) await happen(event);
    service.clearFaults();
    lives.clear();
    await lives.wake();
    await lookAtRows();
    await comeToRest();
    await lives.wake();
    stage.skip(LONGEST_MS);
    await service.settle();
    await expire();
    const ends = await oracle.judge();
    for (const [name, hits] of [...Object.entries(service.hits), ...Object.entries(lives.catches)])
      counts[name] = (counts[name] ?? 0) + hits;
    return { ...ends, published: service.publications.length, deaths: lives.deaths, counts };
  } finally {
    await service.close();
    await place.close(database);
  }
}

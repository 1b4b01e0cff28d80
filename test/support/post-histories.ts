import fc from "fast-check";
import type { NewPost } from "../../src/core/ports/post-stores.ts";
import { advancePost } from "../../src/core/posts/advance-post.ts";
import { createPostDesk, type PostDesk } from "../../src/core/posts/desk.ts";
import type { Plans } from "../../src/core/posts/plan.ts";
import type { Post } from "../../src/core/posts/post.ts";
import { POST_LEASE_MS } from "../../src/core/posts/post-work.ts";
import { createModelService, FAULTS, SERVICE_CALLS, type ServiceRules } from "./model-service.ts";
import { createPostEngine } from "./post-engine.ts";
import { createLives, type Life, SERVICE_STEPS, STORE_STEPS } from "./post-lives.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const NEAR_MS = 5 * SECOND;
const INTENTS = 3;

const intent = fc.nat(INTENTS - 1);
const aheadMs = fc.constantFrom(5 * MINUTE, 20 * MINUTE, 150 * MINUTE, 7 * 24 * 60 * MINUTE);
const step = fc.constantFrom(...STORE_STEPS, ...SERVICE_STEPS);

const rules: fc.Arbitrary<ServiceRules> = fc.record({
  honoursKeys: fc.boolean(),
  comparesContent: fc.boolean(),
  listLagMs: fc.constantFrom(0, 30 * SECOND, 5 * MINUTE),
  publishMs: fc.constantFrom(0, 3 * SECOND, 2 * MINUTE),
  forgets: fc.boolean(),
});

const event = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("confirm" as const),
      intent,
      aheadMs: fc.option(aheadMs),
      clicks: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel" as const), intent }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("move" as const), intent, aheadMs }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("edit" as const), intent }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("retry" as const), intent }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("webhook" as const),
      intent,
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      ms: fc.constantFrom(SECOND, 11 * SECOND, MINUTE, 3 * MINUTE, 6 * MINUTE, 21 * MINUTE, 3 * 60 * MINUTE),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("fault" as const),
      call: fc.constantFrom(...SERVICE_CALLS, "create" as const, "create" as const),
      fault: fc.constantFrom(...FAULTS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("network" as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("trap" as const),
      step,
      how: fc.constantFrom("before" as const, "after" as const, "stall" as const),
    }),
  },
  /** Nobody works: a process that is down. */
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("down" as const), ms: fc.constantFrom(MINUTE, 30 * MINUTE) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wake" as const) }) },
);

export const histories = fc.record({
  rules,
  events: fc.array(event, { minLength: 8, maxLength: 40, size: "max" }),
});
export type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

export interface Seen {
  readonly posts: number;
  readonly published: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly deaths: number;
  /** Everything that must never be; empty where all is well. */
  readonly wrong: readonly string[];
}

interface Intent {
  readonly post: NewPost;
  /** What its author asked for, the last word or all of them where one had an unknown outcome. */
  times: number[];
  texts: string[];
  retries: number;
}

const unused = (): Promise<never> => Promise.reject(new Error("not used here"));
const plans: Plans = { open: unused, get: unused, save: unused, keep: unused, confirm: unused };
const FINAL: readonly Post["state"][] = ["published", "failed", "cancelled", "rejected"];

/** Plays one history to its end, and compares what everybody could see with what was asked for. */
export async function play({ rules: serviceRules, events }: History): Promise<Seen> {
  const service = createModelService(() => engine.now(), serviceRules);
  const engine = await createPostEngine(service.publisher);
  const { stores, user } = engine;
  /** Counts what was really written, whatever the one who asked got to know. */
  const tryAgain: typeof stores.posts.tryAgain = async (id, ...rest) => {
    const isDone = await stores.posts.tryAgain(id, ...rest);
    const group = (await stores.posts.get(id))?.group;
    const one = confirmed.find(({ post }) => post.group === group);
    if (isDone && one) one.retries += 1;
    return isDone;
  };
  /** Whoever withdraws a post is answered at once, and owed no message. */
  const withdrawn = new Set<string>();
  const withdraw: typeof stores.posts.withdraw = async (id, ending) => {
    const isDone = await stores.posts.withdraw(id, ending);
    if (isDone) withdrawn.add(id);
    return isDone;
  };
  const lives = createLives({ ...stores.posts, tryAgain, withdraw }, service.publisher);
  const intents: (Intent | null)[] = Array.from({ length: INTENTS }, () => null);
  const confirmed: Intent[] = [];
  let edits = 0;

  async function work(): Promise<void> {
    service.settle();
    const life = lives.begin();
    const duties = { ...engine.workOf(life.posts), publisher: life.publisher };
    let claimed: readonly Post[] = [];
    await life.live(async () => {
      claimed = await life.posts.claim("engine", engine.now(), POST_LEASE_MS, 4);
    });
    for (const post of claimed) if (!life.isDead) await life.live(() => advancePost(duties, post));
  }

  async function pass(ms: number): Promise<void> {
    const stepMs = Math.max(SECOND, ms / 25);
    for (const end = engine.now() + ms; engine.now() < end; ) {
      engine.skip(Math.min(stepMs, end - engine.now()));
      await work();
    }
  }

  async function confirm(index: number, ahead: number | null, clicks: number): Promise<void> {
    const known = intents[index];
    const now = engine.now();
    const scheduledAt = ahead === null ? null : now + ahead;
    const text = `words of ${confirmed.length}`;
    const post = known?.post ?? engine.newPost({ scheduledAt, text });
    if (!known) {
      const one = { post, times: [scheduledAt ?? 0], texts: [text], retries: 0 };
      intents[index] = one;
      confirmed.push(one);
      const times = { createdAt: now, expiresAt: now + 24 * 60 * MINUTE };
      await stores.drafts.save({ id: post.group, userId: user.id, content: null, ...times });
    }
    // Each click makes rows of its own, for the same draft.
    const again = (): NewPost => ({
      ...engine.newPost(),
      ...post,
      id: engine.newPost().id,
      handle: engine.newPost().handle,
    });
    await Promise.all(
      Array.from({ length: clicks }, (_, click) => {
        const life = lives.begin();
        const row = known || click > 0 ? again() : post;
        const request = { draftId: post.group, userId: user.id, posts: [row], deliveries: [], now } as const;
        return life.live(() => life.posts.confirm(request));
      }),
    );
  }

  const rowOf = async ({ post }: Intent): Promise<Post | null> =>
    (await stores.posts.ofGroup(post.group))[0] ?? null;

  function deskOf(life: Life): PostDesk {
    return createPostDesk({
      publisher: life.publisher,
      plans,
      fitter: { fit: unused },
      stores: { posts: life.posts },
      askApprovers: unused,
      clock: engine.clock,
      ids: engine.workOf().ids,
      log: engine.workOf().log,
      holder: "desk",
      mayPost: () => Promise.resolve(engine.facts.mayPost),
      wake: () => undefined,
    });
  }

  /** What is asked of a post: it may have reached the service whatever its author was told. */
  async function command(
    index: number,
    ask: (desk: PostDesk, row: Post, one: Intent) => Promise<unknown>,
  ): Promise<void> {
    const one = intents[index];
    const row = one ? await rowOf(one) : null;
    if (!one || !row) return;
    const life = lives.begin();
    await life.live(() => ask(deskOf(life), row, one));
  }

  async function happen(one: History["events"][number]): Promise<void> {
    switch (one.do) {
      case "confirm":
        return confirm(one.intent, one.aheadMs, one.clicks);
      case "cancel":
        return command(one.intent, (desk, row) => desk.cancel(row));
      case "retry":
        return command(one.intent, (desk, row) => desk.retry(row));
      case "edit":
        return command(one.intent, (desk, row, { texts }) => {
          edits += 1;
          const text = `better words ${edits}`;
          texts.push(text);
          return desk.change(row, { text });
        });
      case "move":
        return command(one.intent, async (desk, row, known) => {
          const scheduledAt = engine.now() + one.aheadMs;
          known.times.push(scheduledAt);
          const { status } = await desk.change(row, { scheduledAt });
          if (status === "changed") known.times = [scheduledAt];
        });
      case "webhook": {
        const known = intents[one.intent];
        const row = known ? await rowOf(known) : null;
        if (!row) return;
        for (let time = 0; time < one.times; time += 1) {
          await stores.posts.nudge({ id: row.id }, engine.now());
          if (row.externalId !== null) await stores.posts.nudge({ externalId: row.externalId }, engine.now());
        }
        await Promise.all([work(), work()]);
        return;
      }
      case "pass":
        return pass(one.ms);
      case "down":
        engine.skip(one.ms);
        return;
      case "fault":
        service.fault(one.call, one.fault);
        return;
      case "network":
        service.refuseNext();
        return;
      case "trap":
        lives.set(one);
        return;
      case "restart":
        await stores.posts.releaseLeases("another", engine.now());
        return;
      case "wake":
        lives.clear();
        await lives.wake();
    }
  }

  try {
    for (const one of events) await happen(one);
    service.clearFaults();
    lives.clear();
    await lives.wake();
    await pass(3 * 60 * MINUTE);
    await pass(9 * 24 * 60 * MINUTE);
    await pass(2 * 60 * MINUTE);
    await lives.wake();
    service.settle();
    return await judge();
  } finally {
    await engine.close();
  }

  async function judge(): Promise<Seen> {
    const wrong: string[] = [];
    const ends = { published: 0, failed: 0, cancelled: 0 };
    for (const one of confirmed) {
      const rows = await stores.posts.ofGroup(one.post.group);
      const [row] = rows;
      if (rows.length > 1) wrong.push(`${rows.length} posts of one confirmation`);
      if (!row) continue;
      const seen = service.publications.filter(({ postId }) => postId === row.id);
      const say = (what: string): void => void wrong.push(`${row.id} (${row.state}): ${what}`);
      if (!FINAL.includes(row.state)) say("has not ended");
      if (seen.length > 1) say(`was published ${seen.length} times`);
      if (row.state === "cancelled" && seen.length > 0) say("was published, and is called cancelled");
      if (row.state === "failed" && seen.length > 0) say("was published, and is called failed");
      if (row.state === "published" && seen.length === 0) say("was never published");
      for (const { at, text } of seen) {
        if (at < Math.min(...one.times) - NEAR_MS) say("was published before its time");
        if (!one.texts.includes(text)) say("was published with words that nobody confirmed");
      }
      const owed = one.retries + (withdrawn.has(row.id) ? 0 : 1);
      const told = await engine.told(row);
      if (told !== owed) say(`was told ${told} times instead of ${owed}`);
      if (row.state === "published" || row.state === "failed" || row.state === "cancelled")
        ends[row.state] += 1;
    }
    const rows = await Promise.all(confirmed.map(rowOf));
    const known = new Set<string>(rows.flatMap((row) => row?.id ?? []));
    if (service.publications.some(({ postId }) => !known.has(postId)))
      wrong.push("something was published that nobody confirmed");
    if (service.pastTimes > 0) wrong.push("a time in the past was named to the service");
    return { posts: confirmed.length, ...ends, deaths: lives.deaths, wrong };
  }
}

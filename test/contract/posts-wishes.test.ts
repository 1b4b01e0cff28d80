import { describe, expect, it } from "vitest";
import type { Publisher } from "../../src/core/ports/publisher.ts";
import { createPostChanges } from "../../src/core/posts/changes.ts";
import { createPostExpiry } from "../../src/core/posts/expiry.ts";
import { createPostEvents } from "../../src/core/posts/post-events.ts";
import { createTidings } from "../../src/core/posts/tidings.ts";
import { silentLog } from "../support/databases.ts";
import { messages, type PostEngine } from "../support/post-engine.ts";
import { accepted, remote } from "../support/scripted-publisher.ts";
import { AWAY, DAY, HOUR, MINUTE, postScenes, UNKNOWN } from "./support/post-scene.ts";

const confirmed = postScenes();

/** A post that the service keeps for `aheadMs`, and what its author can do with it. */
async function kept(aheadMs = 2 * HOUR, changes = {}) {
  const scene = await authored(aheadMs, changes);
  scene.publisher.script({
    create: [accepted("scheduled")],
    get: [{ status: "ok", value: remote("scheduled") }],
  });
  await scene.made.tick();
  expect(await scene.look()).toMatchObject({ state: "scheduled" });
  return scene;
}

async function authored(aheadMs: number | null, changes = {}) {
  const scene = await confirmed(changes, aheadMs);
  const { made, publisher } = scene;
  const settled: string[] = [];
  const author = createPostChanges({
    publisher,
    stores: made.stores,
    clock: made.clock,
    ids: made.workOf().ids,
    log: silentLog,
    holder: "desk",
    mayPost: () => Promise.resolve(made.facts.mayPost),
    settled: (post) => {
      settled.push(post.state);
      return Promise.resolve([]);
    },
    wake: () => undefined,
  });
  const change = async (wish: Parameters<typeof author.change>[1]) =>
    (await author.change(await scene.look(), wish)).status;
  const cancel = async () => author.cancel(await scene.look());
  return { ...scene, author, change, cancel, settled };
}

function eventsOf(made: PostEngine, publisher: Publisher) {
  return createPostEvents({
    publisher,
    stores: made.stores,
    accounts: { refresh: () => Promise.resolve() },
    tidings: createTidings({ messages, stores: made.stores, ids: made.workOf().ids, now: () => made.now() }),
    clock: made.clock,
    ids: made.workOf().ids,
    log: silentLog,
    wake: () => undefined,
  });
}

describe("another text or time for a post that the service keeps", () => {
  it("stands in the row once the service has taken it, and is answered at once", async () => {
    const { made, publisher, change, look } = await kept();
    const scheduledAt = made.now() + 5 * HOUR;
    expect(await change({ text: "Better words", scheduledAt })).toBe("changed");
    expect(publisher.wishes).toEqual([{ text: "Better words", scheduledAt }]);
    expect(await look()).toMatchObject({ text: "Better words", scheduledAt, wantedText: null });
    expect(made.changes).toEqual([]);
  });

  it("is asked for again after a lost answer, and told when it is known", async () => {
    const { made, publisher, change, look, id } = await kept();
    publisher.script({ change: [UNKNOWN, accepted("scheduled")] });
    expect(await change({ text: "Better words" })).toBe("asked");
    expect(await look()).toMatchObject({ text: "A red fox in the snow #fox", wantedText: "Better words" });
    await made.pass(11_000);
    expect(await look()).toMatchObject({ text: "Better words", wantedText: null });
    expect(made.changes).toEqual([{ id, isTaken: true }]);
  });

  it("counts as taken where an earlier try did it and the post is public by now", async () => {
    const { made, publisher, change, look } = await kept();
    const refused = { status: "refused", failure: { why: "rejected", detail: "published" } } as const;
    publisher.script({
      change: [UNKNOWN, refused],
      get: [{ status: "ok", value: remote("published", { text: "Better words" }) }],
    });
    await change({ text: "Better words" });
    await made.pass(2 * HOUR + MINUTE, MINUTE);
    expect(await look()).toMatchObject({ state: "published", text: "Better words" });
  });

  it("is not given up while nobody can say whether an earlier try did it", async () => {
    const { made, publisher, change, look } = await kept();
    const refused = { status: "refused", failure: { why: "rejected", detail: "published" } } as const;
    publisher.script({
      change: [UNKNOWN, refused],
      get: [AWAY, AWAY, { status: "ok", value: remote("published", { text: "Better words" }) }],
    });
    await change({ text: "Better words" });
    await made.pass(2 * MINUTE, 10_000);
    expect(await look()).toMatchObject({ state: "published", text: "Better words" });
  });

  it("is written as far as it was done: the words of a first wish, without the time of a second", async () => {
    const { made, publisher, change, look } = await kept();
    const refused = { status: "refused", failure: { why: "rejected", detail: "published" } } as const;
    publisher.script({
      change: [UNKNOWN, refused],
      get: [{ status: "ok", value: remote("published", { text: "Better words", scheduledAt: 1 }) }],
    });
    const before = (await look()).scheduledAt;
    await change({ text: "Better words" });
    await change({ scheduledAt: made.now() + 5 * HOUR });
    await made.pass(MINUTE, 10_000);
    expect(await look()).toMatchObject({ state: "published", text: "Better words", scheduledAt: before });
  });

  it("leaves it as it was where the service refuses, and says so", async () => {
    const { publisher, change, look } = await kept();
    publisher.script({
      change: [{ status: "refused", failure: { why: "rejected", detail: "no" } }],
      get: [{ status: "ok", value: remote("scheduled", { text: "A red fox in the snow #fox" }) }],
    });
    expect(await change({ text: "Better words" })).toBe("not-changed");
    expect(await look()).toMatchObject({ text: "A red fox in the snow #fox", wantedText: null });
  });

  it("is finished by a worker where the process died while it asked", async () => {
    const { made, publisher, look, id } = await kept();
    await made.stores.posts.want(id, { text: "Better words" }, "dead", made.now() + 120_000);
    await made.pass(MINUTE);
    expect(publisher.wishes).toEqual([]);
    await made.pass(2 * MINUTE);
    expect(await look()).toMatchObject({ text: "Better words" });
    expect(made.changes).toEqual([{ id, isTaken: true }]);
  });

  it("never meets a cancel: that waits until the change is known", async () => {
    const { made, publisher, change, cancel, look } = await kept();
    publisher.during("change", async () => {
      expect(await cancel()).toBe("cancelling");
      await made.tick();
      expect(publisher.calls).not.toContain("cancel");
    });
    expect(await change({ text: "Better words" })).toBe("changed");
    expect(await look()).toMatchObject({ state: "cancelling" });
    await made.tick();
    expect(publisher.calls.filter((call) => call === "change" || call === "cancel")).toEqual([
      "change",
      "cancel",
    ]);
    expect(await look()).toMatchObject({ state: "cancelled" });
  });

  it("for a time beyond the life of its file takes it back, and hands it over anew a day before", async () => {
    const { made, publisher, change, look, told } = await kept();
    const scheduledAt = made.now() + 30 * DAY;
    expect(await change({ scheduledAt })).toBe("changed");
    expect(publisher.calls).toContain("cancel");
    await made.tick();
    expect(await look()).toMatchObject({
      state: "confirmed",
      scheduledAt,
      uploadUrl: null,
      externalId: null,
      formerIds: ["remote-1"],
    });
    expect(publisher.creates).toHaveLength(1);
    publisher.script({ create: [accepted("scheduled")] });
    await made.pass(24 * DAY + HOUR, HOUR);
    expect(publisher.creates).toHaveLength(2);
    const [first, second] = publisher.creates;
    expect(second?.content).toMatchObject({ scheduledAt, formerIds: ["remote-1"] });
    expect(second?.keys.idempotencyKey).not.toBe(first?.keys.idempotencyKey);
    expect(await told()).toBe(0);
  });

  it("goes its way where it is too late to take it back for a far time", async () => {
    const { made, publisher, change, look } = await kept();
    publisher.script({
      cancel: [{ status: "too-late" }],
      get: [{ status: "ok", value: remote("published") }],
    });
    expect(await change({ scheduledAt: made.now() + 30 * DAY })).not.toBe("changed");
    await made.pass(MINUTE);
    expect(await look()).toMatchObject({ state: "published" });
  });

  it("is written at once while it still waits here", async () => {
    const { made, publisher, change, look } = await authored(20 * DAY);
    await made.tick();
    const scheduledAt = made.now() + 2 * HOUR;
    expect(await change({ scheduledAt, text: "Better words" })).toBe("changed");
    expect(publisher.wishes).toEqual([]);
    publisher.script({ create: [accepted("scheduled")] });
    await made.tick();
    expect(publisher.creates[0]?.content).toMatchObject({ scheduledAt, text: "Better words" });
    expect(await look()).toMatchObject({ state: "scheduled" });
  });

  it.each(["confirmed", "scheduled"] as const)(
    "is refused once approvers have said yes (%s)",
    async (state) => {
      const community = { community: "discord:1" };
      const { made, publisher, change, look } =
        state === "scheduled" ? await kept(2 * HOUR, community) : await authored(20 * DAY, community);
      await made.tick();
      const before = await look();
      expect(before.state).toBe(state);
      expect(await change({ text: "Something that nobody approved" })).toBe("approved");
      expect(await change({ scheduledAt: made.now() + 3 * HOUR })).toBe("approved");
      expect((await look()).text).toBe(before.text);
      expect(publisher.wishes).toEqual([]);
    },
  );

  it("is refused where the right to post is gone, and of what has ended", async () => {
    const gone = await kept();
    gone.made.facts.mayPost = false;
    expect(await gone.change({ text: "Better words" })).toBe("not-allowed");
    const { cancel, change } = await authored(2 * HOUR);
    expect(await cancel()).toBe("cancelled");
    expect(await change({ text: "Better words" })).toBe("ended");
    expect(await cancel()).toBe("cancelled");
  });

  it("of one that failed is for another try, which is another post at the service", async () => {
    const { made, publisher, author, change, look } = await authored(null);
    const refused = remote("failed", { failure: { why: "content", detail: "hashtags" } });
    publisher.script({
      create: [{ status: "accepted", post: refused, wasThere: false }, accepted("published")],
    });
    await made.tick();
    expect(await change({ scheduledAt: made.now() + HOUR })).toBe("ended");
    expect(await change({ text: "Better words" })).toBe("changed");
    expect(await author.retry(await look())).toBe(true);
    await made.tick();
    expect(publisher.calls).not.toContain("retry");
    expect(publisher.creates[1]?.content).toMatchObject({ text: "Better words", formerIds: ["remote-1"] });
    expect(await look()).toMatchObject({ state: "published" });
  });
});

describe("wanting a post back that is on its way", () => {
  it("is shown to approvers where they had it before them, and to nobody else", async () => {
    const asked = await authored(null, { state: "waiting", community: "discord:1" });
    expect([await asked.cancel(), asked.settled]).toEqual(["cancelled", ["cancelled"]]);
    const own = await authored(2 * HOUR);
    expect([await own.cancel(), own.settled]).toEqual(["cancelled", []]);
  });

  it("is done while the file is brought: nothing is asked of the service then", async () => {
    const { made, publisher, cancel, look } = await authored(null);
    publisher.during("upload", async () => expect(await cancel()).toBe("cancelled"));
    await made.tick();
    await made.pass(5 * MINUTE);
    expect(publisher.calls).toEqual(["upload"]);
    expect(await look()).toMatchObject({ state: "cancelled" });
  });

  it("is remembered while the create is under way, and asked of the service then", async () => {
    const { made, publisher, cancel, look } = await authored(2 * HOUR);
    publisher.script({ create: [accepted("scheduled")] });
    publisher.during("create", async () => expect(await cancel()).toBe("cancelling"));
    await made.tick();
    expect(await look()).toMatchObject({ state: "cancelling" });
    await made.tick();
    expect(await look()).toMatchObject({ state: "cancelled" });
    expect(publisher.calls).toEqual(["upload", "create", "cancel"]);
  });

  it("is no more than a wish where it became public", async () => {
    const { made, publisher, cancel, look, told } = await authored(null);
    publisher.during("create", async () => expect(await cancel()).toBe("cancelling"));
    await made.tick();
    expect(await look()).toMatchObject({ state: "published" });
    expect(await told()).toBe(1);
  });

  it("after a lost answer ends it when it is certain that nothing is there, without another create", async () => {
    const { made, publisher, cancel, look, told } = await authored(null);
    publisher.script({ create: [UNKNOWN] });
    await made.tick();
    expect(await cancel()).toBe("cancelling");
    await made.pass(10 * MINUTE, 10_000);
    expect((await look()).state).toBe("handing_over");
    await made.pass(6 * MINUTE, 10_000);
    expect(await look()).toMatchObject({ state: "cancelled" });
    expect(publisher.creates).toHaveLength(1);
    expect(await told()).toBe(1);
  });

  it("is at once where the service was only busy", async () => {
    const { made, publisher, cancel, look } = await authored(null);
    const busy = { status: "busy", retryAfterMs: HOUR, failure: { why: "limit", detail: "429" } } as const;
    publisher.script({ create: [busy] });
    await made.tick();
    await cancel();
    await made.tick();
    expect(await look()).toMatchObject({ state: "cancelled" });
    expect(publisher.creates).toHaveLength(1);
  });
});

describe("a service that is busy", () => {
  it("is asked again when it said so, with the same keys, and without a search", async () => {
    const { made, publisher, look } = await authored(null);
    const busy = {
      status: "busy",
      retryAfterMs: 5 * MINUTE,
      failure: { why: "limit", detail: "429" },
    } as const;
    publisher.script({ create: [busy, accepted("published")] });
    await made.tick();
    await made.pass(5 * MINUTE + 2_000);
    expect(await look()).toMatchObject({ state: "published" });
    expect(publisher.calls).toEqual(["upload", "create", "create"]);
    const [first, second] = publisher.creates;
    expect(second?.keys).toEqual(first?.keys);
  });

  it("for long is told, once, with the time at which it goes out", async () => {
    const { made, publisher, look, told } = await authored(null);
    const busy = { status: "busy", retryAfterMs: HOUR, failure: { why: "limit", detail: "429" } } as const;
    publisher.script({ create: [busy, busy, accepted("published")] });
    await made.tick();
    expect(await told()).toBe(1);
    await made.pass(HOUR + MINUTE, MINUTE);
    expect([(await look()).state, await told()]).toEqual(["handing_over", 1]);
    await made.pass(HOUR, MINUTE);
    expect([(await look()).state, await told()]).toEqual(["published", 2]);
  });
});

describe("a right that is taken away", () => {
  it("takes back what the service keeps, and says why", async () => {
    const { made, publisher, look, told } = await kept();
    made.facts.mayPost = false;
    await made.pass(16 * MINUTE, MINUTE);
    expect(publisher.calls).toContain("cancel");
    expect(await look()).toMatchObject({ state: "cancelled", failure: { why: "right" } });
    expect(await told()).toBe(1);
  });
});

describe("a post that is gone at the service", () => {
  it("is begun anew when its author tries again, with a file of its own", async () => {
    const { made, publisher, author, look } = await kept();
    publisher.script({ get: [{ status: "gone" }] });
    await made.pass(2 * HOUR + MINUTE, MINUTE);
    expect(await look()).toMatchObject({ state: "failed" });
    publisher.script({ create: [accepted("published")] });
    await author.retry(await look());
    await made.tick();
    expect(await look()).toMatchObject({ state: "published", formerIds: ["remote-1"] });
    expect(publisher.calls).not.toContain("retry");
    expect(publisher.calls.filter((call) => call === "upload")).toHaveLength(2);
  });
});

describe("a post that nobody decides", () => {
  const run = async ({ made }: Awaited<ReturnType<typeof authored>>) =>
    createPostExpiry({
      stores: made.stores,
      tidings: createTidings({
        messages,
        stores: made.stores,
        ids: made.workOf().ids,
        now: () => made.now(),
      }),
      clock: made.clock,
      log: silentLog,
      wake: () => undefined,
    }).run();

  it.each([
    ["its time has been over for a day", 2 * HOUR, DAY + 2 * HOUR],
    ["it waited a week to go out at once", null, 7 * DAY],
  ])("ends where %s, and its author is told", async (_why, aheadMs, afterMs) => {
    const scene = await authored(aheadMs, { state: "waiting", community: "discord:1" });
    scene.made.skip(afterMs - MINUTE);
    expect([await run(scene), (await scene.look()).state]).toEqual([0, "waiting"]);
    scene.made.skip(MINUTE);
    expect([await run(scene), (await scene.look()).state]).toEqual([1, "rejected"]);
    expect(await scene.told()).toBe(1);
    expect(await run(scene)).toBe(0);
  });
});

describe("news that are faster than the answer of the call", () => {
  it("are looked at as soon as nobody is at work on the post any more", async () => {
    const { made, publisher, look, id } = await authored(null);
    const events = eventsOf(made, publisher);
    const event = { eventId: "early", postId: id, externalPostId: null, externalAccountId: null };
    publisher.script({ create: [accepted("publishing")] });
    publisher.during("create", () => events.arrived(event));
    const pauses: (() => void)[] = [];
    made.pauses((resume) => void pauses.push(resume));
    await made.tick();
    expect(await look()).toMatchObject({ state: "publishing" });
    const dueAt = (await look()).dueAt ?? 0;
    expect(dueAt).toBeGreaterThan(made.now());
    pauses.shift()?.();
    await expect.poll(async () => (await look()).dueAt).toBe(made.now());
  });
});

describe("a failure that the service puts right by itself", () => {
  it("is told as published when its webhook says so, once", async () => {
    const { made, publisher, look, told, id } = await authored(null);
    publisher.script({
      create: [{ status: "accepted", post: remote("failed"), wasThere: false }],
      get: [{ status: "ok", value: remote("published") }],
    });
    await made.tick();
    expect(await look()).toMatchObject({ state: "failed" });
    const events = eventsOf(made, publisher);
    const event = { postId: id, externalPostId: null, externalAccountId: null };
    for (const eventId of ["one", "one", "two"]) await events.arrived({ eventId, ...event });
    expect(await look()).toMatchObject({ state: "published", failure: null });
    expect(await told()).toBe(2);
  });
});

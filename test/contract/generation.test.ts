import { afterEach, describe, expect, it } from "vitest";
import { lookLate } from "../../src/core/generation/late.ts";
import type { Failure, StartResult } from "../../src/core/ports/generator.ts";
import { checkLedger } from "../../src/db/ledger-check.ts";
import { createEngine, type Engine } from "../support/engine.ts";
import { MEDIA } from "../support/store-fixtures.ts";

const engines: Engine[] = [];
async function engine(...changes: Parameters<typeof createEngine>): Promise<Engine> {
  const made = await createEngine(...changes);
  engines.push(made);
  return made;
}

afterEach(async () => {
  for (const made of engines.splice(0)) {
    expect(await checkLedger(made.database)).toEqual([]);
    await made.close();
  }
});

const failure = (kind: Failure["kind"], changes: Partial<Failure> = {}): Failure => ({
  kind,
  code: "PROVIDER_DOWN",
  detail: "scripted",
  ...changes,
});
const failed = (kind: Failure["kind"], changes: Partial<Failure> = {}) =>
  ({ status: "failed", failure: failure(kind, changes) }) as const;
const used = async ({ stores, user }: Engine): Promise<number> =>
  (await stores.users.balance(user.id, "2026-11")).used;

async function end(made: Engine, units = 1, withinMs = 30 * 60_000) {
  const [asset] = await made.ask(units);
  if (!asset) throw new Error("nothing was asked");
  await made.tick();
  await made.pass(withinMs);
  return made.asset(asset.id);
}

describe("one asset, from its claim to its end", () => {
  it("is submitted once, looked at by the ramp, fetched, and settled", async () => {
    const made = await engine();
    made.poll(
      { status: "pending" },
      { status: "pending" },
      { status: "done", media: [{ url: "https://files.test/a.png" }] },
    );
    const asset = await end(made, 1, 60_000);
    expect(asset).toMatchObject({ state: "ready", media: MEDIA, attempts: 1 });
    expect(made.polls.map((at) => at - (asset.acceptedAt ?? 0))).toEqual([3_000, 6_000, 9_000]);
    expect(made.starts).toHaveLength(1);
    expect(await used(made)).toBe(1);
  });

  it("is tried three times, after 2 and 4 s, when it certainly failed for a reason that may pass", async () => {
    const made = await engine();
    made.start(failed("transient"));
    const asset = await end(made, 1, 60_000);
    expect(asset).toMatchObject({ state: "failed", endReason: "provider-failed", attempts: 3 });
    const [first = 0, ...later] = made.starts.map(({ at }) => at);
    expect(later.map((at) => at - first)).toEqual([2_000, 6_000]);
    expect(await used(made)).toBe(0);
  });

  it("is tried again when the task itself ended in a failure that may pass", async () => {
    const made = await engine();
    made.poll(failed("transient"), { status: "done", media: [{ url: "https://files.test/a.png" }] });
    expect(await end(made, 1, 60_000)).toMatchObject({ state: "ready", attempts: 2 });
    expect(await used(made)).toBe(1);
  });

  it.each([
    ["content", "content-refused"],
    ["input", "input-refused"],
    ["operator", "provider-unavailable"],
  ] as const)("ends at once on a %s failure, with the unit back", async (kind, endReason) => {
    const made = await engine();
    made.start(failed(kind));
    expect(await end(made, 1, 60_000)).toMatchObject({ state: "failed", endReason, attempts: 1 });
    expect(made.starts).toHaveLength(1);
    expect(await used(made)).toBe(0);
  });

  it("waits without an attempt while the provider is busy, as long as it was told to", async () => {
    const made = await engine();
    const busy = failed("busy", { retryAfterMs: 36_000 });
    made.start(busy, busy, busy, busy, { status: "started", operation: {}, taskKey: "t" });
    const asset = await end(made, 1, 10 * 60_000);
    expect(asset).toMatchObject({ state: "ready", attempts: 1 });
    const times = made.starts.map(({ at }) => at);
    expect(times.slice(1).every((at, index) => at - (times[index] ?? 0) >= 36_000)).toBe(true);
  });

  it.each<[string, StartResult | Error]>([
    ["says that it does not know", { status: "unknown", detail: "time-out" }],
    ["throws", new Error("a bug in the generator")],
  ])("is never submitted again when the generator %s", async (_name, answer) => {
    const made = await engine();
    made.start(answer);
    expect(await end(made)).toMatchObject({ state: "failed", endReason: "answer-lost", attempts: 1 });
    expect(made.starts).toHaveLength(1);
    expect(await used(made)).toBe(0);
  });

  it("is given up after its time, with the unit back, and a late result is on the house", async () => {
    const made = await engine();
    made.poll({ status: "pending" });
    const asset = await end(made, 1, 21 * 60_000);
    expect(asset).toMatchObject({ state: "expired", endReason: "timed-out" });
    expect(await used(made)).toBe(0);

    const [expired] = await made.stores.generation.lateSince(made.now() - 3_600_000, 10);
    if (!expired) throw new Error("it is not looked at any more");
    await lookLate(made.work, expired);
    expect((await made.asset(asset.id)).state).toBe("expired");
    made.poll({ status: "done", media: [{ url: "https://files.test/a.png" }] });
    await lookLate(made.work, expired);
    expect(await made.asset(asset.id)).toMatchObject({ state: "ready", endReason: "timed-out" });
    expect(await used(made)).toBe(0);
    const owed = async () => (await made.stores.deliveries.due("discord", made.now(), 10))[0]?.count;
    expect(await owed(), "the status, the notice of the failure, the result").toBe(3);
    await lookLate(made.work, expired);
    expect(await owed()).toBe(3);
  });

  it("is read again when a status cannot be read, however often", async () => {
    const made = await engine();
    const html = { status: "unreadable", detail: "html" } as const;
    made.poll(html, html, html, html, html, { status: "done", media: [{ url: "https://files.test/a.png" }] });
    expect(await end(made, 1, 5 * 60_000)).toMatchObject({ state: "ready", attempts: 1 });
    expect(made.starts).toHaveLength(1);
  });

  it("is read a few times more when it is done without media, then given back", async () => {
    const made = await engine();
    made.poll({ status: "empty" });
    expect(await end(made)).toMatchObject({ state: "failed", endReason: "no-result" });
    expect(made.polls.length).toBe(4);
    expect(made.starts).toHaveLength(1);
  });

  it("is fetched again when the host does not answer, and found in the end", async () => {
    const made = await engine();
    const away = { status: "unreachable", detail: "502" } as const;
    made.intake(away, away, away, away, { status: "stored", media: MEDIA });
    expect(await end(made)).toMatchObject({ state: "ready", attempts: 1 });
    expect(made.starts).toHaveLength(1);
  });

  it("is kept through a media store that fails for a while", async () => {
    const made = await engine();
    made.intake(new Error("disk full"), new Error("disk full"), { status: "stored", media: MEDIA });
    expect(await end(made)).toMatchObject({ state: "ready" });
    expect(made.starts).toHaveLength(1);
  });
});

describe("media that comes with the answer itself", () => {
  const bytes = { status: "done", media: [{ bytes: new Uint8Array([1]) }] } as const;

  it("is stored and settled without a look", async () => {
    const made = await engine();
    made.start(bytes);
    expect(await end(made, 1, 5_000)).toMatchObject({ state: "ready", attempts: 1 });
    expect(made.polls).toEqual([]);
  });

  it("survives a media store that fails for a moment: the bytes are held meanwhile", async () => {
    const made = await engine();
    made.start(bytes);
    made.intake(new Error("disk full"), { status: "stored", media: MEDIA });
    expect(await end(made, 1, 5_000)).toMatchObject({ state: "ready" });
    expect(made.starts).toHaveLength(1);
  });
});

describe("the status message", () => {
  it("becomes due when the making begins, and when it is tried again", async () => {
    const made = await engine();
    made.start(failed("transient"), { status: "started", operation: {}, taskKey: "t" });
    made.poll({ status: "pending" });
    const [asset] = await made.ask();
    if (!asset) throw new Error("nothing was asked");
    const version = async () => (await made.stores.deliveries.statusOf(asset.batchId))?.version;
    const before = (await version()) ?? 0;
    await made.tick();
    expect(await version(), "the first attempt, and its failure").toBe(before + 2);
    await made.pass(3_000);
    expect(await version(), "the second attempt").toBe(before + 3);
    await made.pass(60_000);
    expect(await version(), "nothing new while it runs").toBe(before + 3);
  });
});

describe("what a dead process left", () => {
  it("is begun again when it was only claimed", async () => {
    const made = await engine();
    const [asset] = await made.ask();
    if (!asset) throw new Error("nothing was asked");
    await made.claimAndDie();
    await made.pass(180_000);
    expect(await made.asset(asset.id)).toMatchObject({ state: "ready", attempts: 1 });
  });

  it.each([
    [false, { state: "failed", endReason: "answer-lost" }, 0],
    [true, { state: "ready" }, 1],
  ] as const)(
    "is in doubt when it may have been submitted (repeatable: %s)",
    async (repeatable, wanted, starts) => {
      const made = await engine({ repeatable });
      const [asset] = await made.ask();
      if (!asset) throw new Error("nothing was asked");
      const held = await made.claimAndDie();
      const attempt = { id: "att_1", startedAt: made.now(), callbackDigest: "x", capDay: null } as const;
      expect(await made.stores.generation.beginAttempt(held, attempt)).toBe(true);
      await made.pass(200_000);
      expect(await made.asset(asset.id)).toMatchObject(wanted);
      expect(made.starts).toHaveLength(starts);
    },
  );

  it("is looked at again when it was being fetched", async () => {
    const made = await engine();
    const [asset] = await made.ask();
    if (!asset) throw new Error("nothing was asked");
    await made.tick();
    made.skip(3_000);
    const held = await made.claimAndDie();
    expect(await made.stores.generation.beginStoring(held, made.now())).toBe(true);
    await made.pass(200_000);
    expect(await made.asset(asset.id)).toMatchObject({ state: "ready", attempts: 1 });
    expect(made.starts).toHaveLength(1);
  });
});

describe("media that came with a paid answer and cannot be used", () => {
  it("is not asked for again: the unit goes back", async () => {
    const made = await engine();
    made.start({ status: "done", media: [{ bytes: new Uint8Array([1]) }] });
    made.intake({ status: "unusable", detail: "scripted" });
    expect(await end(made)).toMatchObject({ state: "failed", endReason: "no-result" });
    expect(made.starts).toHaveLength(1);
    expect(await used(made)).toBe(0);
  });
});

describe("an asset whose provider is gone", () => {
  it("is made by another one of its kind", async () => {
    const made = await engine({ id: "another" });
    expect(await end(made, 1, 60_000)).toMatchObject({ state: "ready", provider: "another" });
    expect(await used(made)).toBe(1);
  });

  it("ends with the unit back instead of waiting for ever, where there is none", async () => {
    const made = await engine({ id: "another", kind: "video" });
    const asset = await end(made, 1, 65 * 60_000);
    expect(asset).toMatchObject({ state: "failed", endReason: "provider-unavailable" });
    expect(await used(made)).toBe(0);
  });
});

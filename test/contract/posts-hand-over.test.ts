import { describe, expect, it } from "vitest";
import type { PostFailure } from "../../src/core/ports/publisher.ts";
import { accepted, remote } from "../support/scripted-publisher.ts";
import { AWAY, DAY, HOUR, MINUTE, postScenes, UNKNOWN } from "./support/post-scene.ts";

const confirmed = postScenes();

describe("handing a post over", () => {
  it("brings the file first, then asks once with what was confirmed, and tells the end once", async () => {
    const { made, publisher, look, told } = await confirmed();
    await made.tick();
    await made.pass(5 * MINUTE);
    expect(publisher.calls).toEqual(["upload", "create"]);
    const after = await look();
    expect(after).toMatchObject({ state: "published", publicUrl: "https://network.example/p/1", tries: 1 });
    expect(publisher.creates[0]).toEqual({
      content: {
        postId: after.id,
        formerIds: [],
        externalAccountId: after.externalAccountId,
        network: "instagram",
        text: after.text,
        media: {
          kind: "image",
          url: "https://files.service.example/1",
          altText: after.altText,
          contentType: "image/png",
          sizeBytes: after.media.sizeBytes,
        },
        story: false,
        isAiGenerated: true,
        scheduledAt: null,
      },
      keys: { idempotencyKey: after.idempotencyKey, requestId: after.requestId },
    });
    expect(await told()).toBe(1);
  });

  it("lets the service keep the time of a later one, and says nothing before its end", async () => {
    const { made, publisher, look, told } = await confirmed({}, 2 * HOUR);
    publisher.script({
      create: [accepted("scheduled")],
      get: [{ status: "ok", value: remote("scheduled") }],
    });
    await made.tick();
    expect(publisher.creates[0]?.content.scheduledAt).toBe((await look()).scheduledAt);
    await made.pass(2 * HOUR - 1_000, 10_000);
    expect(await look()).toMatchObject({ state: "scheduled", externalId: "remote-1" });
    expect(publisher.calls.filter((call) => call === "get").length).toBeLessThanOrEqual(8);
    expect(await told()).toBe(0);
    publisher.script({
      get: [
        { status: "ok", value: remote("publishing") },
        { status: "ok", value: remote("published") },
      ],
    });
    await made.pass(10_000);
    expect(await look()).toMatchObject({ state: "publishing" });
    await made.pass(20_000);
    expect(await look()).toMatchObject({ state: "published" });
    expect(await told()).toBe(1);
  });

  it("adopts a post that was there already", async () => {
    const { made, publisher, look, told } = await confirmed();
    publisher.script({ create: [accepted("published", true)] });
    await made.tick();
    expect(await look()).toMatchObject({ state: "published", externalId: "remote-1" });
    expect(await told()).toBe(1);
  });

  it.each(["account", "content", "media", "limit", "rejected", "duplicate", "payment", "service"] as const)(
    "ends with the reason %s when it is refused, asks no more and tells it once",
    async (why: PostFailure["why"]) => {
      const { made, publisher, look, told } = await confirmed();
      const failure = { why, detail: "fixed words" };
      publisher.script({ create: [{ status: "refused", failure }] });
      await made.tick();
      await made.pass(HOUR, 10_000);
      expect(await look()).toMatchObject({ state: "failed", failure });
      expect(publisher.creates).toHaveLength(1);
      expect(await told()).toBe(1);
    },
  );

  it("waits as long as a busy service asks, and keeps the link of its file", async () => {
    const { made, publisher, look } = await confirmed();
    const failure = { why: "limit", detail: "429" } as const;
    publisher.script({
      create: [{ status: "busy", retryAfterMs: 90_000, failure }, accepted("publishing")],
    });
    await made.tick();
    await made.pass(89_000);
    expect(publisher.creates).toHaveLength(1);
    await made.pass(3_000);
    expect(await look()).toMatchObject({ state: "publishing" });
    expect(publisher.calls.filter((call) => call === "upload")).toHaveLength(1);
    expect(publisher.creates.map(({ content }) => content.media.url)).toEqual([
      "https://files.service.example/1",
      "https://files.service.example/1",
    ]);
  });

  it("publishes at once what should have been public already", async () => {
    const { made, publisher } = await confirmed({}, 10 * MINUTE);
    made.skip(20 * MINUTE);
    await made.tick();
    expect(publisher.creates[0]?.content.scheduledAt).toBeNull();
  });

  it("never names a moment that passed while the file was brought", async () => {
    const { made, publisher } = await confirmed({}, 3 * MINUTE);
    publisher.during("upload", () => made.skip(4 * MINUTE));
    await made.tick();
    expect(publisher.creates.map(({ content }) => content.scheduledAt)).toEqual([null]);
  });

  it("keeps what is due in more than six days to itself until then, and can be cancelled meanwhile", async () => {
    const { made, publisher, look, id } = await confirmed({}, 30 * DAY);
    await made.tick();
    await made.pass(23 * DAY, HOUR);
    expect(publisher.calls).toEqual([]);
    const other = await made.confirm({ scheduledAt: made.now() + 20 * DAY });
    await made.tick();
    const ending = { publicUrl: null, externalId: null, failure: null, now: made.now(), deliveries: [] };
    expect(await made.stores.posts.withdraw(other.id, { ...ending, state: "cancelled" })).toBe(true);
    publisher.script({
      create: [accepted("scheduled")],
      get: [{ status: "ok", value: remote("scheduled") }],
    });
    await made.pass(DAY + HOUR, HOUR);
    expect(await look()).toMatchObject({ id, state: "scheduled" });
    expect(publisher.creates).toHaveLength(1);
  });
});

describe("a hand-over whose answer was lost", () => {
  it("is looked for, found, and not repeated", async () => {
    const { made, publisher, look, told } = await confirmed();
    publisher.script({ create: [UNKNOWN], find: [{ status: "ok", value: remote("published") }] });
    await made.tick();
    expect(await look()).toMatchObject({ state: "handing_over", tries: 1 });
    await made.pass(MINUTE);
    expect(await look()).toMatchObject({ state: "published" });
    expect(publisher.calls).toEqual(["upload", "create", "find"]);
    expect(await told()).toBe(1);
  });

  it("counts a throw as an unknown outcome", async () => {
    const { made, publisher, look } = await confirmed();
    publisher.script({ create: [new Error("a bug")], find: [{ status: "ok", value: remote("published") }] });
    await made.tick();
    await made.pass(MINUTE);
    expect(await look()).toMatchObject({ state: "published", tries: 1 });
  });

  it("is repeated with the same two keys within four minutes, each time after a look", async () => {
    const { made, publisher } = await confirmed();
    publisher.script({ create: [UNKNOWN] });
    await made.tick();
    await made.pass(4 * MINUTE - 1_000);
    expect(publisher.creates.length).toBeGreaterThan(2);
    expect(new Set(publisher.creates.map(({ keys }) => JSON.stringify(keys))).size).toBe(1);
    const asked = publisher.calls.filter((call) => call !== "upload");
    expect(asked.every((call, index) => call === (index % 2 === 0 ? "create" : "find"))).toBe(true);
  });

  it("is repeated after that only fifteen minutes after the last try, with another request id and the same key", async () => {
    const { made, publisher, look } = await confirmed();
    publisher.script({ create: [UNKNOWN] });
    await made.tick();
    await made.pass(5 * MINUTE);
    const early = publisher.creates.length;
    const { lastTriedAt } = await look();
    if (lastTriedAt === null) throw new Error("never tried");
    await made.pass(lastTriedAt + 15 * MINUTE - made.now() - 1_000);
    expect(publisher.creates).toHaveLength(early);
    await made.pass(MINUTE + 1_000);
    expect(publisher.creates).toHaveLength(early + 1);
    const [first, last] = [publisher.creates[0]?.keys, publisher.creates.at(-1)?.keys];
    expect(last?.idempotencyKey).toBe(first?.idempotencyKey);
    expect(last?.requestId).not.toBe(first?.requestId);
    expect(publisher.calls[publisher.calls.lastIndexOf("create") - 1]).toBe("find");
  });

  it("is not called failed because a repeat was refused, while the first try may still be on its way", async () => {
    const { made, publisher, look, told } = await confirmed();
    publisher.script({
      create: [UNKNOWN, { status: "refused", failure: { why: "content", detail: "400" } }],
    });
    await made.tick();
    await made.pass(10 * MINUTE);
    expect(await look()).toMatchObject({ state: "handing_over" });
    await made.pass(10 * MINUTE);
    expect(await look()).toMatchObject({ state: "failed", failure: { why: "content" } });
    expect(await told()).toBe(1);
  });

  it("is not repeated while nobody can look for it, and given up after a day", async () => {
    const { made, publisher, look, told } = await confirmed();
    publisher.script({ create: [UNKNOWN], find: [AWAY] });
    await made.tick();
    await made.pass(DAY, 30_000);
    expect(publisher.creates).toHaveLength(1);
    expect(await look()).toMatchObject({ state: "handing_over" });
    await made.pass(2 * MINUTE);
    expect(await look()).toMatchObject({ state: "failed", failure: { why: "service" } });
    expect(await told()).toBe(1);
  });

  it("is looked for before it is given up, however long nobody worked", async () => {
    const { made, publisher, look } = await confirmed();
    publisher.script({ create: [UNKNOWN], find: [{ status: "ok", value: remote("published") }] });
    await made.tick();
    made.skip(3 * DAY);
    await made.tick();
    expect(await look()).toMatchObject({ state: "published", failure: null });
  });

  it("is looked for before its author is told that the right was taken away", async () => {
    const { made, publisher, look } = await confirmed();
    publisher.script({ create: [UNKNOWN], find: [{ status: "ok", value: remote("published") }] });
    await made.tick();
    made.facts.mayPost = false;
    await made.pass(MINUTE);
    expect(await look()).toMatchObject({ state: "published" });
  });

  it("is found by a retry of what was given up", async () => {
    const { made, publisher, look, retried, told } = await confirmed();
    publisher.script({ create: [UNKNOWN], find: [AWAY] });
    await made.tick();
    made.skip(2 * DAY);
    await made.tick();
    expect(await look()).toMatchObject({ state: "failed" });
    publisher.script({ find: [{ status: "ok", value: remote("published") }] });
    expect(await retried()).toBe(true);
    await made.tick();
    expect(await look()).toMatchObject({ state: "published", failure: null });
    expect(publisher.creates).toHaveLength(1);
    expect(await told()).toBe(2);
  });
});

describe("what stands in the way of a hand-over", () => {
  it("ends it without a call when the right to post was taken away", async () => {
    const { made, publisher, look, told } = await confirmed();
    made.facts.mayPost = false;
    await made.tick();
    expect(await look()).toMatchObject({ state: "failed", failure: { why: "right" } });
    expect([publisher.calls, await told()]).toEqual([[], 1]);
  });

  it("ends it when its file is gone", async () => {
    const { made, publisher, look } = await confirmed();
    made.facts.file = null;
    await made.tick();
    expect(await look()).toMatchObject({ state: "failed", failure: { why: "media" } });
    expect(publisher.calls).toEqual([]);
  });

  it("ends it when no service is set up", async () => {
    const { made, look } = await confirmed();
    made.facts.publisher = null;
    await made.tick();
    expect(await look()).toMatchObject({ state: "failed", failure: { why: "service" } });
  });

  it("waits a day for a service that is away, tells the operator why, and gives up", async () => {
    const { made, publisher, look, told } = await confirmed();
    publisher.script({ upload: [{ status: "failed", detail: "402", operator: true }] });
    await made.tick();
    await made.pass(DAY, 30_000);
    expect(await look()).toMatchObject({ state: "confirmed" });
    expect(made.operator).toContain("402");
    await made.pass(2 * MINUTE);
    expect(await look()).toMatchObject({ state: "failed", failure: { why: "service" } });
    expect(publisher.creates).toEqual([]);
    expect(await told()).toBe(1);
  });

  it("gives one that was approved late, or is tried again late, a day of its own", async () => {
    const { made, publisher, look, retried } = await confirmed({ state: "waiting" });
    publisher.script({ create: [{ status: "refused", failure: { why: "account", detail: "403" } }] });
    made.skip(3 * DAY);
    await made.tick();
    expect(publisher.calls).toEqual([]);
    const approval = { atOnce: false, deliveries: [], now: made.now() };
    expect(await made.stores.posts.approve(await look(), approval)).toBe(true);
    await made.tick();
    expect(await look()).toMatchObject({ state: "failed", failure: { why: "account" } });
    made.skip(3 * DAY);
    publisher.script({
      create: [accepted("publishing")],
      get: [{ status: "ok", value: remote("publishing") }],
    });
    expect(await retried()).toBe(true);
    await made.tick();
    expect(await look()).toMatchObject({ state: "publishing" });
    await made.pass(HOUR, 10_000);
    expect(await look()).toMatchObject({ state: "publishing" });
  });
});

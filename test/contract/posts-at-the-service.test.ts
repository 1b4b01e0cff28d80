import { describe, expect, it } from "vitest";
import { accepted, remote } from "../support/scripted-publisher.ts";
import { DAY, HOUR, MINUTE, postScenes } from "./support/post-scene.ts";

const confirmed = postScenes();

describe("a post that failed and is tried again", () => {
  it("is retried where it is at the service, told each time", async () => {
    const { made, publisher, look, retried, told } = await confirmed();
    const refused = remote("failed", { failure: { why: "rejected", detail: "aspect" } });
    publisher.script({
      create: [{ status: "accepted", post: refused, wasThere: false }],
      get: [{ status: "ok", value: refused }],
      retry: [{ status: "accepted", post: refused, wasThere: false }, accepted("published")],
    });
    await made.tick();
    expect(await look()).toMatchObject({ state: "failed", failure: { why: "rejected" } });
    expect(await retried()).toBe(true);
    expect(await retried()).toBe(false);
    await made.tick();
    expect(await look()).toMatchObject({ state: "failed" });
    expect(await told()).toBe(2);
    await retried();
    await made.tick();
    expect(await look()).toMatchObject({ state: "published" });
    expect(publisher.calls).toEqual(["upload", "create", "get", "retry", "get", "retry"]);
    expect(await told()).toBe(3);
  });

  it("is not retried when it became public after all", async () => {
    const { made, publisher, look, retried } = await confirmed();
    publisher.script({
      create: [{ status: "accepted", post: remote("failed"), wasThere: false }],
      get: [{ status: "ok", value: remote("published") }],
    });
    await made.tick();
    await retried();
    await made.tick();
    expect(await look()).toMatchObject({ state: "published" });
    expect(publisher.calls).not.toContain("retry");
  });

  it("is made anew, with fresh keys, when it never was at the service", async () => {
    const { made, publisher, look, retried } = await confirmed();
    publisher.script({
      create: [{ status: "refused", failure: { why: "account", detail: "403" } }, accepted("published")],
    });
    await made.tick();
    await retried();
    await made.tick();
    expect(await look()).toMatchObject({ state: "published" });
    expect(new Set(publisher.creates.map(({ keys }) => keys.idempotencyKey)).size).toBe(2);
  });
});

describe("taking a scheduled post back", () => {
  async function scheduled() {
    const made = await confirmed({}, 2 * HOUR);
    made.publisher.script({
      create: [accepted("scheduled")],
      get: [{ status: "ok", value: remote("scheduled") }],
    });
    await made.made.tick();
    expect(await made.made.stores.posts.askCancel(made.id, made.made.now())).toBe(true);
    return made;
  }

  it("says so once the service has", async () => {
    const { made, look, told } = await scheduled();
    expect([(await look()).state, await told()]).toEqual(["cancelling", 0]);
    await made.tick();
    expect(await look()).toMatchObject({ state: "cancelled" });
    expect(await told()).toBe(1);
  });

  it("goes on to the end when it is too late", async () => {
    const { made, publisher, look, told } = await scheduled();
    publisher.script({
      cancel: [{ status: "too-late" }],
      get: [{ status: "ok", value: remote("published") }],
    });
    await made.tick();
    await made.pass(MINUTE);
    expect(await look()).toMatchObject({ state: "published" });
    expect(await told()).toBe(1);
  });

  it("is asked again after a lost answer", async () => {
    const { made, publisher, look } = await scheduled();
    publisher.script({ cancel: [{ status: "unknown", detail: "lost" }, { status: "cancelled" }] });
    await made.tick();
    expect(await look()).toMatchObject({ state: "cancelling" });
    await made.pass(11_000);
    expect(await look()).toMatchObject({ state: "cancelled" });
  });
});

describe("a worker that lost its lease", () => {
  /** What the worker of before still does, after somebody else took the post and finished it. */
  it.each([
    ["upload", 1],
    ["create", 1],
  ] as const)("writes nothing and asks nothing more when it wakes up in %s", async (call, most) => {
    const { made, publisher, look, told } = await confirmed();
    publisher.script({ find: [{ status: "ok", value: remote("published") }] });
    let isFirst = true;
    publisher.during(call, async () => {
      if (!isFirst) return;
      isFirst = false;
      made.skip(130_000);
      await made.tick();
    });
    await made.tick();
    await made.pass(5 * MINUTE);
    expect(await look()).toMatchObject({ state: "published" });
    expect(publisher.creates).toHaveLength(most);
    expect(await told()).toBe(1);
  });

  it("does not end a post a second time after a look that took too long", async () => {
    const { made, publisher, look, told } = await confirmed({}, HOUR);
    publisher.script({
      create: [accepted("scheduled")],
      get: [{ status: "ok", value: remote("scheduled") }],
    });
    await made.tick();
    publisher.script({
      get: [
        { status: "ok", value: remote("failed") },
        { status: "ok", value: remote("published") },
      ],
    });
    let isFirst = true;
    publisher.during("get", async () => {
      if (!isFirst) return;
      isFirst = false;
      made.skip(130_000);
      await made.tick();
    });
    await made.pass(HOUR + MINUTE, 10_000);
    expect(await look()).toMatchObject({ state: "published" });
    expect(await told()).toBe(1);
  });
});

describe("following a post at the service", () => {
  async function publishing() {
    const made = await confirmed();
    made.publisher.script({ create: [accepted("publishing")] });
    await made.made.tick();
    return made;
  }

  it("never goes back from publishing, whatever a late answer says", async () => {
    const { made, publisher, look } = await publishing();
    publisher.script({ get: [{ status: "ok", value: remote("scheduled") }] });
    await made.pass(MINUTE);
    expect(await look()).toMatchObject({ state: "publishing" });
  });

  it("ends one that the service does not know any more", async () => {
    const { made, publisher, look, told } = await publishing();
    publisher.script({ get: [{ status: "gone" }] });
    await made.pass(MINUTE);
    expect(await look()).toMatchObject({ state: "failed", failure: { why: "unknown" } });
    expect(await told()).toBe(1);
  });

  it("says that a network which was silent for a day never answered", async () => {
    const { made, publisher, look, told } = await publishing();
    publisher.script({ get: [{ status: "ok", value: remote("publishing") }] });
    await made.pass(DAY - HOUR, MINUTE);
    expect([(await look()).state, await told()]).toEqual(["publishing", 0]);
    await made.pass(2 * HOUR, MINUTE);
    expect(await look()).toMatchObject({ state: "failed", failure: { why: "unknown" } });
    expect(await told()).toBe(1);
  });

  it("waits while the service cannot be read, and tells the operator about the key", async () => {
    const { made, publisher, look } = await publishing();
    publisher.script({ get: [{ status: "failed", detail: "401", operator: true }] });
    await made.pass(MINUTE);
    expect(await look()).toMatchObject({ state: "publishing" });
    expect(made.operator).toContain("401");
  });

  it("is looked at at once after a webhook", async () => {
    const { made, publisher, look, id } = await confirmed({}, 5 * HOUR);
    publisher.script({
      create: [accepted("scheduled")],
      get: [{ status: "ok", value: remote("cancelled") }],
    });
    await made.tick();
    expect(await made.stores.posts.nudge({ id }, made.now())).toBe(true);
    await made.tick();
    expect(await look()).toMatchObject({ state: "cancelled" });
  });
});

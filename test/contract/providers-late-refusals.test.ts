import { afterEach, describe, expect, it } from "vitest";
import type { PostContent } from "../../src/core/ports/publisher.ts";
import type { ZernioEmulatorOptions } from "../emulators/zernio/index.ts";
import { lateWorld, SECRET } from "./support/late-world.ts";
import { inTime, type PublisherScene, postKeys, postOf, sceneOf } from "./support/publisher-scene.ts";

const HOUR_MS = 3_600_000;

describe("refusals of Zernio", () => {
  const scenes: PublisherScene[] = [];
  afterEach(async () => {
    for (const scene of scenes.splice(0)) {
      const problems = scene.violations();
      await scene.close();
      expect(problems).toEqual([]);
    }
  });
  async function setUp(options: ZernioEmulatorOptions = {}) {
    const world = await lateWorld(options);
    const scene = await sceneOf(world);
    scenes.push(scene);
    const create = async (change?: Partial<PostContent>, keys = postKeys()) =>
      scene.publisher.create(await scene.content(change), keys, inTime());
    return { ...scene, zernio: world.zernio, create };
  }

  it.each([
    ["auth_expired", "user", "account"],
    ["account_issue", "user", "account"],
    ["user_content", "user", "content"],
    ["user_abuse", "user", "rejected"],
    ["platform_rejected", "platform", "rejected"],
    ["platform_error", "platform", "network"],
    ["quota_exhausted", "platform", "limit"],
    ["system_error", "system", "service"],
    ["unknown", "platform", "rejected"],
    ["a_word_of_tomorrow", "a_source_of_tomorrow", "unknown"],
    ["constructor", "__proto__", "unknown"],
  ])("fail with %s of %s as %s", async (errorCategory, errorSource, why) => {
    const { create, zernio } = await setUp();
    const errorMessage = `token ${SECRET} at https://x.test`;
    zernio.script({ outcome: "failed", errorCategory, errorSource, errorMessage });
    const result = await create();
    expect(postOf(result)).toMatchObject({ status: "failed", failure: { why } });
    expect(postOf(result).failure?.detail).toMatch(/^[\w .-]{1,60}$/);
  });

  it.each([
    [400, { error: "e", param: "content" }, "content"],
    [400, { error: "e", param: "mediaItems.0.url" }, "media"],
    [400, { error: "e", param: "platforms.0.accountId" }, "account"],
    [401, { error: "e", type: "authentication_error" }, "service"],
    [402, { error: "e" }, "payment"],
    [403, { error: "e", code: "ACCOUNT_DISCONNECTED" }, "account"],
    [403, { error: "e", code: "ACCOUNT_NOT_ENABLED_FOR_POSTING" }, "account"],
    [403, { error: "e", code: "PROFILE_OVER_LIMIT" }, "payment"],
    [403, { error: "e" }, "account"],
    [404, { error: "e", type: "not_found" }, "account"],
    [404, { error: "e", code: "ACCOUNT_NOT_FOUND" }, "account"],
    [409, { error: "e" }, "duplicate"],
    [413, { error: "e" }, "media"],
    [418, { error: "e" }, "service"],
  ])("are refused by %i %j as %s", async (status, body, why) => {
    const { create, zernio, seen } = await setUp();
    zernio.fault({ on: "create", status, body });
    expect(await create()).toMatchObject({ status: "refused", failure: { why } });
    expect(seen()).toHaveLength(0);
  });

  it.each([
    [408, { error: "e" }],
    [500, { error: "e" }],
    [502, { error: "e" }],
    [503, { error: "e" }],
    [504, { error: "e" }],
    [302, { error: "e" }],
    [404, { error: "no Route matched with those values" }],
    [400, "no object"],
    [403, null],
    [200, { message: "fine, but no post" }],
    [201, []],
    [201, { post: { status: "published" } }],
  ])("are unknown after %i %j", async (status, body) => {
    const { create, zernio } = await setUp();
    zernio.fault({ on: "create", status, body });
    expect((await create()).status).toBe("unknown");
  });

  it("are no end of a post that the service goes on trying by itself", async () => {
    const { create, zernio, publisher, advance, seen } = await setUp();
    zernio.script({ outcome: "failed", errorCategory: "platform_rate_limit", errorSource: "platform" });
    const post = postOf(await create());
    const underWay = { status: "publishing", publicUrl: null, failure: { why: "limit" } };
    expect(post).toMatchObject(underWay);
    expect(await publisher.get(post.externalId, inTime())).toMatchObject({ value: underWay });
    await advance(HOUR_MS);
    const value = { status: "published", failure: null };
    expect(await publisher.get(post.externalId, inTime())).toMatchObject({ value });
    expect(seen()).toHaveLength(1);
  });

  it("stay what they are where the post was cancelled between two tries", async () => {
    const { create, zernio, publisher, advance, seen } = await setUp({ shapes: { keepsCancelled: true } });
    zernio.script({ outcome: "failed", errorCategory: "platform_rate_limit", errorSource: "platform" });
    const { externalId } = postOf(await create());
    expect(await publisher.cancel(externalId, inTime())).toEqual({ status: "cancelled" });
    expect(await publisher.get(externalId, inTime())).toMatchObject({ value: { status: "cancelled" } });
    await advance(HOUR_MS);
    expect(seen()).toHaveLength(0);
  });

  it("end no post because what was to be tried again has gone", async () => {
    const { create, zernio, publisher } = await setUp();
    zernio.script({ outcome: "failed" });
    const { externalId } = postOf(await create());
    await publisher.cancel(externalId, inTime());
    // Nothing was made, and reading says that it is not there: both lead to a new post, not to a reconnection.
    expect(await publisher.retry(externalId, inTime())).toMatchObject({
      status: "busy",
      failure: { why: "unknown" },
    });
    expect(await publisher.get(externalId, inTime())).toEqual({ status: "gone" });
    zernio.fault({ on: "retry", status: 404, body: { error: "no Route matched with those values" } });
    expect((await publisher.retry(externalId, inTime())).status).toBe("unknown");
  });

  it("for money tell why, on a create as on a retry", async () => {
    const { create, zernio, publisher, content } = await setUp();
    zernio.script({ outcome: "failed" });
    const { externalId } = postOf(await create());
    const fault = { status: 402, body: { error: "Pay first", type: "permission_error" } };
    zernio.fault({ on: "retry", ...fault });
    zernio.fault({ on: "create", ...fault });
    const refused = { status: "refused", failure: { why: "payment" } };
    expect(await publisher.retry(externalId, inTime())).toMatchObject(refused);
    expect(await publisher.create(await content(), postKeys(), inTime())).toMatchObject(refused);
  });

  it.each([
    ["7", 7_000],
    ["Sun, 22 Nov 2026 12:00:30 GMT", 30_000],
    ["99999", 900_000],
    ["soon", null],
  ])("wait as long as a 429 says: %s", async (after, retryAfterMs) => {
    const { create, zernio } = await setUp();
    zernio.fault({ on: "create", status: 429, headers: { "retry-after": after } });
    expect(await create()).toMatchObject({ status: "busy", retryAfterMs, failure: { why: "limit" } });
  });

  it("wait after 25 an hour, and go on after it", async () => {
    const { create, seen, advance } = await setUp();
    for (let n = 0; n < 25; n += 1) expect((await create()).status).toBe("accepted");
    const refused = await create();
    expect(refused).toMatchObject({ status: "busy", failure: { why: "limit" } });
    expect(refused.status === "busy" ? refused.retryAfterMs : 0).toBeGreaterThan(0);
    await advance(HOUR_MS);
    expect((await create()).status).toBe("accepted");
    expect(seen()).toHaveLength(26);
  });

  it("wait when the day's allowance of the account is used", async () => {
    const { create } = await setUp({ postsPerDay: 1 });
    expect((await create()).status).toBe("accepted");
    expect(await create()).toMatchObject({ status: "busy", failure: { why: "limit" } });
  });
});

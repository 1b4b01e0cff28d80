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
    ["platform_error", "platform", "service"],
    ["platform_rate_limit", "platform", "limit"],
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
    [404, { error: "e" }, "account"],
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

import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { PostContent, Publisher } from "../../src/core/ports/publisher.ts";
import { late } from "../../src/providers/late/index.ts";
import {
  startZernioEmulator,
  type ZernioEmulator,
  type ZernioEmulatorOptions,
  type ZernioFault,
} from "../emulators/zernio/index.ts";
import { countingIds, silentLog } from "./support/adapter-dependencies.ts";
import {
  inTime,
  type PublisherDisturbance,
  type PublisherScene,
  type PublisherWorld,
  postKeys,
  postOf,
  publisherContract,
  sceneOf,
} from "./support/publisher-contract.ts";
import { realClock } from "./support/real-clock.ts";

const SECRET = "sk_that-must-not-show";
const WEBHOOK_SECRET = "whsec_that-must-not-show";
const HOUR_MS = 3_600_000;

const FAULTS: Readonly<Record<PublisherDisturbance, Omit<ZernioFault, "on">>> = {
  busy: { status: 429, headers: { "retry-after": "7" } },
  "refuses the key": { status: 401 },
  "wants money": { status: 402, body: { error: "Pay first", code: "PAYMENT_REQUIRED" } },
  "HTML instead of an answer": { html: 502 },
  "an error of its own": { status: 500 },
  "answer lost after processing": { cut: true, after: true },
  "connection cut before processing": { cut: true },
  "half an answer": { truncate: true },
  "an endless answer": { hugeBytes: 2_000_000 },
  "no answer": { hang: true },
};

/** The publisher as the application gets it: from the module, by settings alone. */
function publisherAt(apiUrl: string, now: () => number, webhookSecret = WEBHOOK_SECRET) {
  const settings = { LATE_API_KEY: SECRET, LATE_API_URL: apiUrl, LATE_WEBHOOK_SECRET: webhookSecret };
  const clock = { ...realClock, now };
  const provider = late.load(settings)?.({ clock, ids: countingIds(), log: silentLog });
  if (!provider?.publisher) throw new Error("late has no publisher with these settings");
  return { publisher: provider.publisher, close: async () => provider.close?.() };
}

interface LateWorld extends PublisherWorld {
  readonly zernio: ZernioEmulator;
}

async function lateWorld(options: ZernioEmulatorOptions = {}): Promise<LateWorld> {
  const zernio = await startZernioEmulator({ keys: [SECRET], clock: "manual", ...options });
  const { publisher, close } = publisherAt(zernio.apiUrl, zernio.now);
  return {
    zernio,
    publisher,
    secret: SECRET,
    now: zernio.now,
    advance: zernio.advance,
    addAccount: (profileId, network, name) => zernio.addAccount(profileId, network, name).id,
    setHealth: (id, health) =>
      zernio.setAccount(id, { needsReconnection: health === "reconnect", enabled: health !== "off" }),
    disturb: (on, disturbance) =>
      zernio.fault({ on: on === "find" ? "list" : on === "upload" ? "presign" : on, ...FAULTS[disturbance] }),
    failNext: () => zernio.script({ outcome: "failed" }),
    setPublishMs: (publishMs) => zernio.setDefaults({ publishMs }),
    goAway: zernio.pause,
    seen: () =>
      zernio.publications.map(({ easelPostId, media, ...one }) => ({
        ...one,
        postId: easelPostId,
        bytes: media.map(({ bytes }) => bytes),
      })),
    creates: () => zernio.requests.filter(({ call }) => call === "create").length,
    async openLink(url, person) {
      zernio.signIn({ username: person });
      const answer = await fetch(url, { redirect: "manual" });
      await answer.body?.cancel();
      if (answer.status !== 302) throw new Error(`the link answers ${answer.status}`);
    },
    violations: () => [
      ...zernio.violations,
      ...zernio.errors,
      ...zernio.doubles(),
      ...zernio.afterCancel(),
      ...zernio.tooEarly(),
      ...zernio.pastSchedules,
    ],
    async close() {
      await close();
      await zernio.close();
    },
  };
}

publisherContract("late", () => lateWorld());

describe("posts at Zernio", () => {
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

  it("are asked for with both keys, our own id and a time in UTC", async () => {
    const { zernio, create, now } = await setUp();
    const keys = { idempotencyKey: "key-of-the-row", requestId: "request-of-the-row" };
    await create({ scheduledAt: now() + HOUR_MS }, keys);
    const sent = zernio.requests.find(({ call }) => call === "create");
    expect(sent?.headers).toMatchObject({
      "idempotency-key": "key-of-the-row",
      "x-request-id": "request-of-the-row",
    });
    expect(JSON.parse(sent?.bodyText ?? "")).toMatchObject({
      scheduledFor: "2026-11-22T13:00:00.000Z",
      timezone: "UTC",
      metadata: { easelPostId: "post_000001" },
      platforms: [{ platform: "instagram", platformSpecificData: { isAiGenerated: true } }],
      mediaItems: [{ type: "image", mimeType: "image/png", altText: "A red fox, asleep" }],
    });
  });

  it("say on each network what it wants to know, and no more", async () => {
    const { zernio, create, addAccount, profileId, content } = await setUp();
    const data = async (network: PostContent["network"], kind: "image" | "video") => {
      const externalAccountId = addAccount(profileId, network, `at-${network}`);
      const { media } = await content();
      const contentType = kind === "video" ? "video/mp4" : media.contentType;
      await create({ network, externalAccountId, story: true, media: { ...media, kind, contentType } });
      const sent = zernio.requests.findLast(({ call }) => call === "create");
      return JSON.parse(sent?.bodyText ?? "").platforms[0].platformSpecificData;
    };
    expect(await data("facebook", "image")).toEqual({ contentType: "story" });
    expect(await data("twitter", "image")).toBeUndefined();
    expect(await data("youtube", "video")).toEqual({ containsSyntheticMedia: true });
    expect(await data("tiktok", "video")).toMatchObject({
      videoMadeWithAi: true,
      contentPreviewConfirmed: true,
      expressConsentGiven: true,
    });
  });

  it("are repeated by the idempotency key after the window of the request id", async () => {
    const { zernio, content, publisher, advance, seen } = await setUp();
    const post = await content();
    const keys = postKeys();
    const first = postOf(await publisher.create(post, keys, inTime()));
    await advance(10 * 60_000);
    const again = await publisher.create(post, { ...keys, requestId: "another" }, inTime());
    expect(again).toMatchObject({
      status: "accepted",
      wasThere: true,
      post: { externalId: first.externalId },
    });
    expect(seen()).toHaveLength(1);
    expect(zernio.requests.at(-1)?.status).toBe(200);
  });

  it.each([{ flatDuplicates: true }, { plainReplays: true }, { idsAsText: true }, { keepsCancelled: true }])(
    "are understood where the service words its answers as %j",
    async (shapes) => {
      const { content, publisher, seen, create, now, advance } = await setUp({ shapes });
      const post = await content();
      const keys = postKeys();
      const first = postOf(await publisher.create(post, keys, inTime()));
      expect(await publisher.create(post, keys, inTime())).toMatchObject({
        status: "accepted",
        wasThere: true,
      });
      const twin = await publisher.create(post, postKeys(), inTime());
      expect(twin).toMatchObject({
        status: "accepted",
        wasThere: true,
        post: { externalId: first.externalId },
      });
      expect(seen()).toHaveLength(1);
      const { externalId } = postOf(await create({ scheduledAt: now() + HOUR_MS }));
      expect(await publisher.cancel(externalId, inTime())).toEqual({ status: "cancelled" });
      expect(await publisher.cancel(externalId, inTime())).toEqual({ status: "cancelled" });
      await advance(2 * HOUR_MS);
      expect(seen()).toHaveLength(1);
    },
  );

  it("are read where a replay answers with the id alone", async () => {
    const { content, publisher, seen, advance, zernio } = await setUp({ shapes: { acceptsRunning: true } });
    zernio.setDefaults({ publishMs: 5_000 });
    const post = await content();
    const keys = postKeys();
    await publisher.create(post, keys, inTime());
    const again = await publisher.create(post, keys, inTime());
    expect(again).toMatchObject({ status: "accepted", wasThere: true, post: { status: "publishing" } });
    await advance(5_000);
    expect(seen()).toHaveLength(1);
  });

  it("are busy while a first try with the same keys runs", async () => {
    const { content, publisher, zernio, seen } = await setUp();
    const post = await content();
    const keys = postKeys();
    const held = Promise.withResolvers<void>();
    zernio.fault({ on: "create", hold: held.promise });
    const first = publisher.create(post, keys, inTime());
    await expect.poll(() => zernio.requests.filter(({ call }) => call === "create").length).toBe(1);
    const second = await publisher.create(post, keys, inTime());
    expect(second).toMatchObject({ status: "busy", retryAfterMs: 2_000 });
    held.resolve();
    expect((await first).status).toBe("accepted");
    expect(seen()).toHaveLength(1);
  });

  it("count as accepted when the duplicate that is named cannot be read", async () => {
    const { content, publisher, zernio } = await setUp();
    const post = await content();
    const { externalId } = postOf(await publisher.create(post, postKeys(), inTime()));
    zernio.fault({ on: "get", html: 502 });
    const again = await publisher.create(post, { idempotencyKey: "new", requestId: "new" }, inTime());
    expect(again).toMatchObject({
      status: "accepted",
      wasThere: true,
      post: { externalId, status: "publishing" },
    });
  });

  it("fail for their media when its link is dead at the time of publishing", async () => {
    const { create, now, advance, zernio, publisher, seen } = await setUp();
    const { externalId } = postOf(await create({ scheduledAt: now() + HOUR_MS }));
    zernio.killMedia();
    await advance(2 * HOUR_MS);
    expect(await publisher.get(externalId, inTime())).toMatchObject({
      value: { status: "failed", publicUrl: null },
    });
    expect(seen()).toHaveLength(0);
  });

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

  it("are not gone because something before the service answers 404", async () => {
    const { create, now, zernio, publisher, advance, seen } = await setUp();
    const { externalId } = postOf(await create({ scheduledAt: now() + HOUR_MS }));
    zernio.fault({ on: "cancel", html: 404 });
    expect((await publisher.cancel(externalId, inTime())).status).toBe("unknown");
    zernio.fault({ on: "cancel", status: 404 });
    zernio.fault({ on: "get", html: 404 });
    expect((await publisher.cancel(externalId, inTime())).status).toBe("unknown");
    zernio.fault({ on: "get", html: 404 });
    expect((await publisher.get(externalId, inTime())).status).toBe("failed");
    await advance(2 * HOUR_MS);
    expect(seen()).toHaveLength(1);
  });

  it("are found by text, file and time where a list leaves our metadata out", async () => {
    const { content, publisher, zernio, now } = await setUp();
    const post = await content({ scheduledAt: now() + HOUR_MS });
    const { externalId } = postOf(await publisher.create(post, postKeys(), inTime()));
    const answer = async (change: object) => {
      const list = await fetch(`${zernio.apiUrl}/v1/posts`, {
        headers: { authorization: `Bearer ${SECRET}` },
      });
      const [first] = (await list.json()).posts;
      zernio.fault({
        on: "list",
        status: 200,
        body: { posts: [{ ...first, metadata: undefined, ...change }] },
      });
      return publisher.find(post, now(), inTime());
    };
    const isOurs = { value: { externalId } };
    const url = "https://media.zernio.com/moved.png";
    expect(await answer({})).toMatchObject(isOurs);
    expect(await answer({ mediaItems: [{ type: "image", url }] })).toMatchObject(isOurs);
    expect(
      await answer({ mediaItems: [{ type: "image", url }], scheduledFor: "2026-11-25T12:00:00Z" }),
    ).toMatchObject({ value: null });
    expect(await answer({ content: `${post.text}.` })).toMatchObject({ value: null });
    expect(await answer({ createdAt: "2026-11-20T12:00:00Z" })).toMatchObject({ value: null });
    expect(await answer({ metadata: { easelPostId: "post_other" } })).toMatchObject({ value: null });
    expect(await answer({ platforms: [{ platform: "instagram", accountId: "f".repeat(24) }] })).toMatchObject(
      { value: null },
    );
    expect((await answer({ status: 7, platforms: "none" })).status).toBe("ok");
  });

  it("are looked for to the end of the list, and never in a list that does not end", async () => {
    const { content, publisher, zernio, now } = await setUp();
    const post = await content();
    const stranger = (at: number) => ({
      _id: at.toString(16).padStart(24, "0"),
      content: "else",
      createdAt: new Date(now() - at).toISOString(),
    });
    const page = (from: number) => ({
      posts: Array.from({ length: 50 }, (_, at) => stranger(from + at)),
      pagination: { pages: 99 },
    });
    for (let n = 0; n < 41; n += 1) zernio.fault({ on: "list", status: 200, body: page(n * 50) });
    expect((await publisher.find(post, now(), inTime())).status).toBe("failed");
    expect(zernio.requests.filter(({ call }) => call === "list")).toHaveLength(40);
    zernio.clearFaults();
    // Sorted, and past the first try by hours: nothing of ours can follow.
    zernio.fault({ on: "list", status: 200, body: page(3 * HOUR_MS) });
    expect(await publisher.find(post, now(), inTime())).toEqual({ status: "ok", value: null });
    zernio.fault({ on: "list", status: 200, body: { posts: [stranger(0), "no post"] } });
    expect((await publisher.find(post, now(), inTime())).status).toBe("failed");
  });

  it("count as under way where their state is a word that nobody documented", async () => {
    const { create, now, zernio, publisher } = await setUp();
    const { externalId } = postOf(await create({ scheduledAt: now() + HOUR_MS }));
    const body = (status: unknown, platform: unknown) => ({
      post: { _id: externalId, status, platforms: [{ status: platform }] },
    });
    const read = async (status: unknown, platform: unknown) => {
      zernio.fault({ on: "get", status: 200, body: body(status, platform) });
      const result = await publisher.get(externalId, inTime());
      return result.status === "ok" ? result.value.status : result.status;
    };
    expect(await read("in_review", "in_review")).toBe("publishing");
    expect(await read("constructor", 7)).toBe("publishing");
    expect(await read("partial", "published")).toBe("published");
    expect(await read("partial", "failed")).toBe("failed");
    expect(await read("publishing", "uploading")).toBe("publishing");
    expect(await read("draft", "pending")).toBe("failed");
    expect(await read("scheduled", "pending")).toBe("scheduled");
  });

  it("never leave by an id that would name another route", async () => {
    const { publisher, zernio, content } = await setUp();
    const before = zernio.requests.length;
    for (const id of ["", ".", "..", "../accounts/1", "a/b", "a?b", "\ud800", "x".repeat(200)]) {
      expect((await publisher.cancel(id, inTime())).status).toBe("unknown");
      expect((await publisher.get(id, inTime())).status).toBe("failed");
      expect((await publisher.retry(id, inTime())).status).toBe("refused");
      expect((await publisher.disconnect(id, inTime())).status).toBe("failed");
      expect((await publisher.accounts(id, inTime())).status).toBe("failed");
      expect((await publisher.connectLink(id, "instagram", null, inTime())).status).toBe("failed");
    }
    expect(zernio.requests).toHaveLength(before);
    expect((await content()).media.url).toContain(zernio.url);
  });
});

describe("what Zernio hands out", () => {
  const open: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });
  async function setUp(answer: (path: string) => { status: number; body: string }) {
    const asked: { method: string; path: string; authorization: string | undefined }[] = [];
    const server = createServer((request, response) => {
      const { method = "", url = "", headers } = request;
      asked.push({ method, path: url, authorization: headers.authorization });
      request.resume().on("end", () => {
        const { status, body } = answer(url);
        response.writeHead(status, { "content-type": "application/json" }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const { publisher, close } = publisherAt(`${origin}/api`, Date.now);
    open.push(close, async () => {
      server.closeAllConnections();
      server.close();
    });
    return { publisher, asked, origin };
  }
  const file = { name: "../../a fox.png", contentType: "image/png", bytes: new Uint8Array(3) };

  it.each([
    "http://127.0.0.1:9/up",
    "http://storage.example/up",
    "ftp://x.test/up",
    "javascript:1",
    "/up",
    "https://u:p@x.test/up",
  ])("is not followed to %s", async (uploadUrl) => {
    const publicUrl = "https://media.zernio.com/temp/a.png";
    const { publisher, asked } = await setUp(() => ({
      status: 200,
      body: JSON.stringify({ uploadUrl, publicUrl, authUrl: uploadUrl }),
    }));
    expect(await publisher.upload(file, inTime())).toMatchObject({
      status: "failed",
      detail: "late upload link unusable",
    });
    expect((await publisher.connectLink("abc", "instagram", null, inTime())).status).toBe("failed");
    expect(asked.map(({ method }) => method)).toEqual(["POST", "GET"]);
  });

  it("gets no key of ours at the storage, and no name of a folder", async () => {
    const place = { uploadUrl: "", publicUrl: "https://media.zernio.com/temp/a.png" };
    const { publisher, asked, origin } = await setUp((path) =>
      path === "/put" ? { status: 200, body: "" } : { status: 200, body: JSON.stringify(place) },
    );
    place.uploadUrl = `${origin}/put`;
    expect(await publisher.upload(file, inTime())).toEqual({ status: "ok", value: place.publicUrl });
    expect(asked).toEqual([
      { method: "POST", path: "/api/v1/media/presign", authorization: `Bearer ${SECRET}` },
      { method: "PUT", path: "/put", authorization: undefined },
    ]);
  });

  it("is a value of ours whatever it is", async () => {
    const words = [
      "post",
      "posts",
      "_id",
      "status",
      "platforms",
      "accountId",
      "error",
      "code",
      "details",
      "existingPostId",
      "pagination",
      "pages",
      "profiles",
      "accounts",
      "profile",
      "name",
      "metadata",
      "easelPostId",
      "mediaItems",
      "url",
      "existingPost",
      "postId",
      "quotaUsage",
      "quotaTotal",
      "uploadUrl",
      "publicUrl",
      "authUrl",
      "__proto__",
      "scheduledFor",
      "createdAt",
    ];
    const leaf = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom(
        "published",
        "65f1c0a9e2b5af0012ab34cd",
        "2026-11-22T12:00:00Z",
        "https://x.test/a",
        "NaN",
      ),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...words), tie("tree"), { maxKeys: 8 }),
      ),
    }));
    let next = { status: 200, body: "" };
    const { publisher } = await setUp(() => next);
    const content: PostContent = {
      postId: "post_1",
      externalAccountId: "abc",
      network: "instagram",
      text: "x",
      media: {
        kind: "image",
        url: "https://x.test/a.png",
        altText: "",
        contentType: "image/png",
        sizeBytes: 1,
      },
      story: false,
      isAiGenerated: true,
      scheduledAt: null,
    };
    const account = { externalId: "abc", network: "instagram", name: "@a", health: "fine" } as const;
    const calls: ((publisher: Publisher) => Promise<{ status: string }>)[] = [
      (one) => one.create(content, postKeys(), inTime()),
      (one) => one.find(content, 0, inTime()),
      (one) => one.get("abc", inTime()),
      (one) => one.change("abc", { text: "y" }, inTime()),
      (one) => one.cancel("abc", inTime()),
      (one) => one.retry("abc", inTime()),
      (one) => one.accounts("abc", inTime()),
      (one) => one.profile("me", inTime()),
      (one) => one.connectLink("abc", "tiktok", null, inTime()),
      (one) => one.disconnect("abc", inTime()),
      (one) => one.quota(account, inTime()),
    ];
    const status = fc.constantFrom(200, 200, 200, 201, 202, 204, 207, 302, 400, 401, 403, 404, 409, 429, 500);
    const known = ["accepted", "refused", "busy", "unknown", "ok", "gone", "failed", "cancelled", "too-late"];
    await fc.assert(
      fc.asyncProperty(
        status,
        fc.oneof(
          tree.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        fc.nat(10),
        async (code, body, which) => {
          next = { status: code, body: code === 204 ? "" : body };
          const result = await calls[which]?.(publisher);
          expect(known).toContain(result?.status);
          expect(JSON.stringify(result)).not.toContain(SECRET);
          // A promise that something is not public, or is gone, needs an answer of the service's own that says so.
          if (which === 4 && code >= 300) expect(result?.status).toBe("unknown");
          if (which === 0 && code >= 500) expect(result?.status).toBe("unknown");
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("webhooks of Zernio", () => {
  const sign = (body: string, secret = WEBHOOK_SECRET) =>
    createHmac("sha256", secret).update(body).digest("hex");
  const { publisher } = publisherAt("https://x.test/api", Date.now);
  const body = JSON.stringify({
    id: "evt_1",
    event: "post.published",
    post: {
      id: "65f1c0a9e2b5af0012ab34cd",
      metadata: { easelPostId: "post_7" },
      platforms: [{ platform: "instagram", accountId: "64e1f0a9e2b5af0012ab34cd" }],
    },
  });
  const read = (text: string, headers: Record<string, string>, by: Publisher = publisher) =>
    by.readWebhook({ header: (name) => headers[name] ?? null, body: Buffer.from(text) });
  const event = {
    eventId: "evt_1",
    postId: "post_7",
    externalPostId: "65f1c0a9e2b5af0012ab34cd",
    externalAccountId: "64e1f0a9e2b5af0012ab34cd",
  };

  it("are taken for what they are about, signed under either name", () => {
    expect(read(body, { "x-zernio-signature": sign(body) })).toEqual(event);
    expect(read(body, { "x-late-signature": sign(body).toUpperCase() })).toEqual(event);
  });

  it("are taken with the id of the header where the body has none", () => {
    const text = JSON.stringify({
      event: "account.disconnected",
      account: { accountId: "64e1f0a9e2b5af0012ab34cd" },
    });
    const headers = { "x-zernio-signature": sign(text), "x-zernio-event-id": "evt_9" };
    expect(read(text, headers)).toEqual({
      eventId: "evt_9",
      postId: null,
      externalPostId: null,
      externalAccountId: event.externalAccountId,
    });
    expect(read(text, { "x-zernio-signature": sign(text) })).toBeNull();
    expect(read(body, { "x-zernio-signature": sign(body), "x-zernio-event-id": "evt_forged" })?.eventId).toBe(
      "evt_1",
    );
  });

  it.each<[string, Record<string, string>]>([
    ["no signature", {}],
    ["an empty one", { "x-zernio-signature": "" }],
    ["a short one", { "x-zernio-signature": sign(body).slice(0, 32) }],
    ["a long one", { "x-zernio-signature": `${sign(body)}00` }],
    ["that of another secret", { "x-zernio-signature": sign(body, "guess") }],
    ["that of another body", { "x-zernio-signature": sign(`${body} `) }],
    ["a wrong one before a right old one", { "x-zernio-signature": "00", "x-late-signature": sign(body) }],
  ])("are not taken with %s", (_name, headers) => {
    expect(read(body, headers)).toBeNull();
  });

  it("are never taken where no secret is set", () => {
    const without = publisherAt("https://x.test/api", Date.now, "");
    expect(read(body, { "x-zernio-signature": sign(body, "") }, without.publisher)).toBeNull();
    expect(read(body, {}, without.publisher)).toBeNull();
  });

  it("are not taken above a megabyte", () => {
    const large = JSON.stringify({ id: "evt_1", filling: "x".repeat(1024 * 1024) });
    expect(read(large, { "x-zernio-signature": sign(large) })).toBeNull();
  });

  it("are read without an exception, whatever is signed", () => {
    const texts = fc.oneof(fc.json(), fc.string(), fc.constantFrom("{", "[]", "null", "[".repeat(20_000)));
    fc.assert(
      fc.property(texts, (text) => {
        const result = read(text, { "x-zernio-signature": sign(text), "x-zernio-event-id": "evt_1" });
        expect(result === null || result.eventId.length > 0).toBe(true);
      }),
    );
  });

  it("arrive from the service as they are signed there", async () => {
    const got: unknown[] = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const header = (name: string) => [request.headers[name]].flat()[0] ?? null;
        got.push(publisher.readWebhook({ header, body: Buffer.concat(parts) }));
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const world = await lateWorld({ webhook: { url, secret: WEBHOOK_SECRET } });
    try {
      const scene = await sceneOf(world);
      const post = postOf(await world.publisher.create(await scene.content(), postKeys(), inTime()));
      await world.zernio.settle();
      expect(got.length).toBe(2);
      for (const one of got)
        expect(one).toMatchObject({
          postId: "post_000001",
          externalPostId: post.externalId,
          externalAccountId: scene.accountId,
        });
    } finally {
      await world.close();
      server.close();
    }
  });
});

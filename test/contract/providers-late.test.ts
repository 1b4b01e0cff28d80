import { afterEach, describe, expect, it } from "vitest";
import type { PostContent } from "../../src/core/ports/publisher.ts";
import type { ZernioEmulatorOptions } from "../emulators/zernio/index.ts";
import { lateWorld, SECRET } from "./support/late-world.ts";
import { publisherContract } from "./support/publisher-contract.ts";
import { inTime, type PublisherScene, postKeys, postOf, sceneOf } from "./support/publisher-scene.ts";

const HOUR_MS = 3_600_000;

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
    expect(sent?.headers["idempotency-key"]).toBe("key-of-the-row");
    // Only a UUID counts there: a row's id of ours becomes one, always the same.
    expect(sent?.headers["x-request-id"]).toBe("8254ca15-8deb-8fb0-8e28-aa3d9042127b");
    expect(JSON.parse(sent?.bodyText ?? "")).toMatchObject({
      scheduledFor: "2026-11-22T13:00:00.000Z",
      timezone: "UTC",
      metadata: { easelPostId: "post_000001" },
      platforms: [{ platform: "instagram", platformSpecificData: { isAiGenerated: true } }],
      mediaItems: [{ type: "image", mimeType: "image/png", altText: "A red fox, asleep" }],
    });
  });

  it("are the same post for the same request id alone, whatever kind of id it is", async () => {
    const { content, publisher, seen } = await setUp();
    for (const requestId of ["req_0012ab", "6f1c0a9e-2b5a-4f00-92ab-34cd65f1c0a9"]) {
      const post = await content();
      const first = postOf(
        await publisher.create(post, { idempotencyKey: `a ${requestId}`, requestId }, inTime()),
      );
      const changed = { ...post, text: `${post.text}.` };
      const again = await publisher.create(
        changed,
        { idempotencyKey: `b ${requestId}`, requestId },
        inTime(),
      );
      expect(again).toMatchObject({ wasThere: true, post: { externalId: first.externalId } });
    }
    expect(seen()).toHaveLength(2);
  });

  it("are not called cancelled when they have failed and cannot be deleted", async () => {
    const { create, publisher, zernio } = await setUp();
    zernio.script({ outcome: "failed" });
    const { externalId } = postOf(await create());
    zernio.fault({ on: "cancel", status: 400 });
    expect(await publisher.cancel(externalId, inTime())).toEqual({ status: "too-late" });
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
    const again = await publisher.create(post, { ...keys, requestId: "req_another" }, inTime());
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
      // A kept one could be given a new time, which would bring it back to life.
      const later = { scheduledAt: now() + HOUR_MS };
      expect((await publisher.change(externalId, later, inTime())).status).toBe("refused");
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

  it("are not gone because something before the service answers 404", async () => {
    const { create, content, now, zernio, publisher, advance, seen } = await setUp();
    const { externalId } = postOf(await create({ scheduledAt: now() + HOUR_MS }));
    zernio.fault({ on: "cancel", html: 404 });
    expect((await publisher.cancel(externalId, inTime())).status).toBe("unknown");
    zernio.fault({ on: "cancel", status: 404 });
    zernio.fault({ on: "get", html: 404 });
    expect((await publisher.cancel(externalId, inTime())).status).toBe("unknown");
    zernio.fault({ on: "get", html: 404 });
    expect((await publisher.get(externalId, inTime())).status).toBe("failed");
    zernio.fault({ on: "get", status: 404, body: { message: "no such route" } });
    expect((await publisher.get(externalId, inTime())).status).toBe("failed");
    // What a gateway says of a path that it does not know, and a service of a route: no word about the post.
    for (const error of ["no Route matched with those values", "Post not found", "Not Found"]) {
      const answer = { status: 404, body: { error }, times: 2 };
      zernio.fault({ on: "get", ...answer });
      expect(await publisher.get(externalId, inTime())).toMatchObject({ status: "failed", operator: true });
      zernio.fault({ on: "cancel", ...answer, times: 1 });
      expect((await publisher.cancel(externalId, inTime())).status).toBe("unknown");
      zernio.fault({ on: "list", ...answer, times: 1 });
      expect((await publisher.find(await content(), now(), inTime())).status).toBe("failed");
    }
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
    // Not sorted: what is old on this page says nothing of the next one.
    const ours = { ...stranger(1), metadata: { easelPostId: post.postId } };
    zernio.fault({
      on: "list",
      status: 200,
      body: { posts: page(3 * HOUR_MS).posts.toReversed(), pagination: { pages: 2 } },
    });
    zernio.fault({ on: "list", status: 200, body: { posts: [ours], pagination: { pages: 2 } } });
    const found = await publisher.find(post, now(), inTime());
    expect(found).toMatchObject({ status: "ok", value: { externalId: ours["_id"] } });
    zernio.fault({ on: "list", status: 200, body: { posts: [stranger(0), "no post"] } });
    expect((await publisher.find(post, now(), inTime())).status).toBe("failed");
  });

  it("are found where the service does not know the order that is asked for", async () => {
    const { content, publisher, zernio, now } = await setUp();
    const post = await content();
    const { externalId } = postOf(await publisher.create(post, postKeys(), inTime()));
    zernio.fault({ on: "list", status: 400 });
    expect(await publisher.find(post, now(), inTime())).toMatchObject({ value: { externalId } });
    zernio.fault({ on: "list", status: 400, times: 2 });
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
    expect(await read("publishing", "published")).toBe("published");
    expect(await read("publishing", "failed")).toBe("failed");
    expect(await read("scheduled", "cancelled")).toBe("cancelled");
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

  it("go only to accounts of the profile that was asked for", async () => {
    const { publisher, zernio, profileId, accountId } = await setUp();
    const account = (id: string, of: unknown, platform = "instagram") => ({
      _id: id,
      platform,
      profileId: of,
      username: id,
    });
    const accounts = [
      account("theirs1", "f".repeat(24)),
      account("theirs2", { _id: "f".repeat(24), name: "another" }),
      account(accountId, { _id: profileId, name: "mine" }),
      account("network", profileId, "network-of-tomorrow"),
      { platform: "instagram" },
      "no account",
    ];
    zernio.fault({ on: "accounts", status: 200, body: { accounts } });
    const result = await publisher.accounts(profileId, inTime());
    expect(result.status === "ok" ? result.value.map(({ externalId }) => externalId) : result).toEqual([
      accountId,
    ]);
  });
});

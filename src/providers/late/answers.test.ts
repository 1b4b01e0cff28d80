import { createServer } from "node:http";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { publisherAt, SECRET } from "../../../test/contract/support/late-world.ts";
import { inTime, postKeys } from "../../../test/contract/support/publisher-scene.ts";
import type { PostContent, Publisher } from "../../core/ports/publisher.ts";

describe("what Zernio hands out", () => {
  const open: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });
  /** A body of null never ends. */
  type Answer = { status: number; body: string | null; headers?: Record<string, string> };
  async function setUp(answer: (path: string) => Answer) {
    const endless: (() => number)[] = [];
    const asked: { method: string; path: string; authorization: string | undefined }[] = [];
    const server = createServer((request, response) => {
      const { method = "", url = "", headers } = request;
      asked.push({ method, path: url, authorization: headers.authorization });
      request.resume().on("end", () => {
        const { status, body, headers: more } = answer(url);
        response.writeHead(status, { "content-type": "application/json", ...more });
        if (body !== null) return void response.end(body);
        let sentBytes = 0;
        endless.push(() => sentBytes);
        const part = Buffer.alloc(64 * 1024, "x");
        const send = (): void => {
          while (!response.destroyed && response.write(part)) sentBytes += part.length;
        };
        response.on("drain", send);
        send();
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
    return { publisher, asked, origin, endless };
  }
  const file = { name: "../../a fox.png", contentType: "image/png", bytes: new Uint8Array(3) };

  const media = "https://media.zernio.com/temp/a.png";
  const unusable = { status: "failed", detail: "late upload link unusable" };

  it.each([
    "http://127.0.0.1:9/up",
    "http://storage.example/up",
    "ftp://x.test/up",
    "javascript:1",
    "/up",
    "https://u:p@x.test/up",
    `https://storage.test/up?${"a".repeat(9_000)}`,
  ])("is followed and passed on to nobody: %s", async (link) => {
    const { publisher, asked } = await setUp(() => ({
      status: 200,
      body: JSON.stringify({ uploadUrl: link, publicUrl: media, authUrl: link }),
    }));
    expect(await publisher.upload(file, inTime())).toMatchObject(unusable);
    expect((await publisher.connectLink("abc", "instagram", null, inTime())).status).toBe("failed");
    expect(asked.map(({ method }) => method)).toEqual(["POST", "GET"]);
  });

  it.each([
    "https://127.0.0.1:9/up",
    "https://localhost/up",
    "https://127.1/up",
    "https://2130706433/up",
    "https://[::1]/up",
    "https://[::ffff:127.0.0.1]/up",
    "https://169.254.169.254/latest/meta-data",
    "https://metadata.google.internal/up",
    "https://93.184.216.34/up",
    "https://storage.test:8443/up",
  ])("is never dialled by us at %s", async (uploadUrl) => {
    const { publisher } = await setUp(() => ({
      status: 200,
      body: JSON.stringify({ uploadUrl, publicUrl: media }),
    }));
    expect(await publisher.upload(file, inTime())).toMatchObject(unusable);
  });

  it("is not called arrived where the storage is away", async () => {
    // No name server knows it.
    const body = JSON.stringify({
      uploadUrl: "https://storage.test/up",
      publicUrl: "https://media.zernio.com/a.png",
    });
    const { publisher } = await setUp(() => ({ status: 200, body }));
    expect(await publisher.upload(file, inTime())).toMatchObject({ detail: "late upload not reached" });
  });

  it("is not followed where the storage sends us on", async () => {
    const place = { uploadUrl: "", publicUrl: "https://media.zernio.com/temp/a.png" };
    const { publisher, asked, origin } = await setUp((path) =>
      path === "/put"
        ? { status: 307, body: "", headers: { location: `${origin}/inside` } }
        : { status: 200, body: JSON.stringify(place) },
    );
    place.uploadUrl = `${origin}/put`;
    expect(await publisher.upload(file, inTime())).toMatchObject({ detail: "late upload 307" });
    expect(asked.map(({ path }) => path)).toEqual(["/api/v1/media/presign", "/put"]);
  });

  it("is not followed where the service itself sends us on, nor is our key shown there", async () => {
    const { publisher, asked, origin } = await setUp(() => ({
      status: 308,
      body: "{}",
      headers: { location: `${origin}/elsewhere` },
    }));
    expect((await publisher.accounts("abc", inTime())).status).toBe("failed");
    expect((await publisher.cancel("abc", inTime())).status).toBe("unknown");
    expect((await publisher.retry("abc", inTime())).status).toBe("unknown");
    expect(asked.map(({ path }) => path)).not.toContain("/elsewhere");
  });

  it("is read to a megabyte and not beyond it, in answers without a length too", async () => {
    const { publisher, endless } = await setUp(() => ({ status: 200, body: null }));
    expect((await publisher.accounts("abc", inTime())).status).toBe("failed");
    expect((await publisher.cancel("abc", inTime())).status).toBe("unknown");
    for (const sentBytes of endless) expect(sentBytes()).toBeLessThan(16 * 1024 * 1024);
    expect(endless).toHaveLength(2);
  });

  it("is a link for people as browsers read it", async () => {
    const authUrl = "https:www.instagram.com/oauth?state=1\n@everyone";
    const { publisher } = await setUp(() => ({ status: 200, body: JSON.stringify({ authUrl }) }));
    expect(await publisher.connectLink("abc", "instagram", null, inTime())).toEqual({
      status: "ok",
      value: "https://www.instagram.com/oauth?state=1@everyone",
    });
  });

  it("is a name in one short line, and no more accounts than anybody has", async () => {
    const accounts = Array.from({ length: 2_000 }, (_, at) => ({
      _id: `id${at}`,
      platform: "instagram",
      username: `\u202efox\n@everyone\u0000${"🦊".repeat(99)}`,
    }));
    const { publisher } = await setUp(() => ({ status: 200, body: JSON.stringify({ accounts }) }));
    const found = await publisher.accounts("abc", inTime());
    const all = found.status === "ok" ? found.value : [];
    expect(all).toHaveLength(500);
    expect(all[0]?.name).toBe(`@fox@everyone${"🦊".repeat(88)}`);
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
    let next: Answer = { status: 200, body: "" };
    const { publisher } = await setUp(() => next);
    const content: PostContent = {
      postId: "post_1",
      formerIds: [],
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

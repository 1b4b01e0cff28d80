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

  it("is not called arrived where the storage is away", async () => {
    const body = JSON.stringify({
      uploadUrl: "https://127.0.0.1:1/up",
      publicUrl: "https://media.zernio.com/a.png",
    });
    const { publisher } = await setUp(() => ({ status: 200, body }));
    expect(await publisher.upload(file, inTime())).toMatchObject({ detail: "late upload not reached" });
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

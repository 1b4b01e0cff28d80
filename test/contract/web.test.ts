/** The web server alone, over real sockets. */
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { MediaStore } from "../../src/core/ports/media.ts";
import { createWebServer, type WebServer, type WebServerDependencies } from "../../src/web/server.ts";
import { silentLog } from "../support/databases.ts";

const bytes = new Uint8Array(1000).map((_, index) => index % 251);
const key = `gen_1/${createHash("sha256").update(bytes).digest("hex")}.mp4`;

const media: MediaStore = {
  put: async () => undefined,
  read: async () => bytes,
  remove: async () => undefined,
  async *keys() {
    yield key;
  },
  async stream(wanted, range) {
    if (wanted !== key) return null;
    const part = bytes.slice(range?.start ?? 0, (range?.end ?? bytes.length - 1) + 1);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(part);
        controller.close();
      },
    });
    return { body, totalBytes: bytes.length };
  },
};

let server: WebServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

async function start(change: Partial<WebServerDependencies> = {}): Promise<string> {
  server = createWebServer({
    place: { host: "127.0.0.1", port: 0, publicUrl: null },
    mounts: [],
    media,
    links: {
      verify: (_, expires, signature) => (signature === "good" && expires === "1" ? "fine" : "wrong"),
    },
    clock: { now: () => 0, monotonicMs: () => 0 },
    log: silentLog,
    health: async () => ({
      generation: { states: { ready: 3 }, oldest: null },
      deliveries: { waiting: 0, oldest: null },
      platforms: { studio: { up: true, detail: "" } },
      providers: [],
    }),
    callbacks: { readers: new Map(), arrived: async () => false },
    webhooks: { readers: new Map(), arrived: async () => undefined },
    ...change,
  });
  await server.start();
  return server.url();
}

const link = `/media/${key}?expires=1&signature=good`;

describe("the web server", () => {
  it.each([
    ["bytes=0-9", 206, "bytes 0-9/1000", 10],
    ["bytes=990-", 206, "bytes 990-999/1000", 10],
    ["bytes=-10", 206, "bytes 990-999/1000", 10],
    ["bytes=-5000", 206, "bytes 0-999/1000", 1000],
    ["bytes=0-5000", 206, "bytes 0-999/1000", 1000],
    ["bytes=1000-", 416, "bytes */1000", 0],
    ["bytes=-0", 416, "bytes */1000", 0],
    ["bytes=5-1", 200, null, 1000],
  ])("answers %s with %i", async (range, status, contentRange, length) => {
    const url = await start();
    const response = await fetch(url + link, { headers: { Range: range } });
    expect([response.status, response.headers.get("content-range")]).toEqual([status, contentRange]);
    expect((await response.bytes()).length).toBe(length);
  });

  it("serves a whole file with what a player and a browser need to know", async () => {
    const url = await start();
    const response = await fetch(url + link);
    expect(await response.bytes()).toEqual(bytes);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "video/mp4",
      "content-length": "1000",
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      "cache-control": "private, max-age=86400, immutable",
    });
    expect(response.headers.get("content-security-policy")).toContain("sandbox");
    const etag = response.headers.get("etag") ?? "";
    expect((await fetch(url + link, { headers: { "If-None-Match": etag } })).status).toBe(304);
    const stale = await fetch(url + link, { headers: { Range: "bytes=0-1", "If-Range": '"other"' } });
    expect([stale.status, (await stale.bytes()).length]).toEqual([200, 1000]);
    const head = await fetch(url + link, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "1000"]);
  });

  it.each([
    `/media/${key}`,
    `/media/${key}?expires=2&signature=good`,
    `/media/${key}?expires=1&signature=bad`,
    "/media/gen_1/other.mp4?expires=1&signature=good",
    `/media/${key.replace("mp4", "html")}?expires=1&signature=good`,
    `/media/gen_2/${"0".repeat(64)}.png?expires=1&signature=good`,
    "/nothing",
  ])("answers 404 without a reason for %s", async (path) => {
    const response = await fetch((await start()) + path);
    expect([response.status, await response.json()]).toEqual([404, { error: "Not found" }]);
  });

  it("hands requests to mounts by prefix and hides what breaks in them", async () => {
    const seen: string[] = [];
    const url = await start({
      mounts: [
        {
          prefix: "/bot",
          async fetch(request, { remoteAddress }) {
            seen.push(`${request.method} ${new URL(request.url).pathname} ${remoteAddress}`);
            if (request.url.endsWith("break")) throw new Error("secret of the inside");
            return new Response(await request.text());
          },
        },
      ],
    });
    expect(await (await fetch(`${url}/bot/hook`, { method: "POST", body: "hello" })).text()).toBe("hello");
    expect((await fetch(`${url}/bottle`)).status).toBe(404);
    const broken = await fetch(`${url}/bot/break`);
    expect([broken.status, await broken.json()]).toEqual([500, { error: "Internal error" }]);
    expect((await fetch(`${url}/bot`, { method: "POST", body: "x".repeat(1_100_000) })).status).toBe(413);
    expect(seen).toEqual(["POST /bot/hook 127.0.0.1", "GET /bot/break 127.0.0.1"]);
  });

  it("prints figures without members, and health when the database is gone", async () => {
    const url = await start();
    const figures = await (await fetch(`${url}/metrics`)).text();
    expect(figures).toContain('easel_assets{state="ready"} 3');
    expect(figures).toContain('easel_platform_up{platform="studio"} 1');
    await server?.stop();
    const broken = await start({ health: () => Promise.reject(new Error("database at postgres://secret")) });
    const health = await fetch(`${broken}/health`);
    expect([health.status, await health.json()]).toEqual([503, { status: "unavailable" }]);
  });

  it("says which port is in use and what to do", async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, "127.0.0.1", () => {
        const address = other.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const starting = start({ place: { host: "127.0.0.1", port, publicUrl: null } });
    await expect(starting).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use: stop what uses it, or set PORT`,
    );
    other.close();
  });

  it("stops at once although an answer is still streaming", async () => {
    const endless = new ReadableStream<Uint8Array>(
      { pull: () => new Promise(() => undefined) },
      { highWaterMark: 0 },
    );
    const url = await start({ mounts: [{ prefix: "/slow", fetch: async () => new Response(endless) }] });
    const reading = fetch(`${url}/slow`).then((response) => response.text());
    const ended = reading.then(
      () => "read",
      () => "cut",
    );
    await fetch(`${url}/health`);
    await server?.stop();
    expect(await ended).toBe("cut");
  });
});

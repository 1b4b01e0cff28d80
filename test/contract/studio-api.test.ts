/** The page's HTTP API on the real core, as a program or another site would use it. */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { until } from "../support/easel-process.ts";
import {
  generate,
  PUBLIC_HOST as Host,
  linkFor,
  PUBLIC_URL,
  session,
  signIn,
  start,
  stop,
} from "./support/studio-place.ts";

afterEach(stop);

const fox = { prompt: "a red fox in the snow", provider: "sketch", type: "image" };

describe("the page's API", () => {
  it("answers 201 with the asset, then the ready asset with a link that serves the picture", async () => {
    const place = await start();
    const created = await generate(place, fox);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ ...fox, status: "processing" });
    const id = String(created.body["id"]);
    const ready = await until("the picture", async () => {
      const asset = await place.ask("GET", `/api/ai/media/${id}`);
      return asset.body["status"] === "ready" && asset;
    });
    const path = String(ready.body["resultUrl"]);
    const picture = await place.ask("GET", path);
    expect(picture.status).toBe(200);
    expect(picture.headers).toMatchObject({
      "content-type": "image/jpeg",
      "x-content-type-options": "nosniff",
      "accept-ranges": "bytes",
    });
    expect(picture.headers["content-disposition"]).toMatch(/^inline; filename="easel-[\w-]+\.jpg"$/);
    expect((await place.ask("GET", `${path}&download=1`)).headers["content-disposition"]).toMatch(
      /^attachment;/,
    );
    const part = await place.ask("GET", path, { headers: { Range: "bytes=0-99" } });
    expect([part.status, part.headers["content-length"]]).toEqual([206, "100"]);
    expect((await place.ask("GET", path.replace(/signature=./, "signature=_"))).status).toBe(404);
    const list = await place.ask("GET", "/api/ai/media");
    expect(list.body).toMatchObject({ assets: [{ id, status: "ready", resultUrl: path }], total: 1 });
  });

  it("gives a batch its id and all its assets", async () => {
    const place = await start();
    const created = await generate(place, { ...fox, count: 3, style: "ink", aspect: "3:2" });
    expect(created.status).toBe(201);
    expect(created.body["assets"]).toHaveLength(3);
    expect(created.body["batchId"]).toMatch(/^bat_/);
    expect(created.body).toMatchObject({ style: "ink", aspect: "3:2" });
  });

  it.each([
    ["a short prompt", { ...fox, prompt: "short" }, "prompt"],
    ["no prompt", { type: "image" }, "prompt"],
    ["a prompt of another type", { ...fox, prompt: 7 }, "prompt"],
    ["an unknown provider", { ...fox, provider: "nobody" }, "provider"],
    ["an unknown type", { ...fox, type: "song" }, "type"],
    ["too many", { ...fox, count: 5 }, "count"],
    ["an unknown style", { ...fox, style: "nothing like it" }, "style"],
    ["an aspect that is not made", { ...fox, aspect: "1:9" }, "aspect"],
    [
      "a reference where none is taken",
      { ...fox, referenceImageUrl: "https://a.example/b.png" },
      "referenceImageUrl",
    ],
    ["a list", [], ""],
    ["no JSON", "{", ""],
  ])("answers 400 with path and message for %s", async (_, body, path) => {
    const place = await start();
    const refused = await generate(place, body);
    expect(refused.status).toBe(400);
    expect(refused.body["error"]).toBe("Invalid input");
    expect(refused.body["details"]).toEqual(
      expect.arrayContaining([{ path, message: expect.stringMatching(/\S/) }]),
    );
  });

  it("answers 403 at the limit with what the plan allows, and starts nothing", async () => {
    const place = await start({ FREE_MONTHLY_LIMIT: "1" });
    expect((await generate(place, fox)).status).toBe(201);
    const refused = await generate(place, fox);
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ error: "Monthly media generation limit reached", limit: 1 });
    expect(refused.body["message"]).toMatch(/resets 1 \w+|resets \w+ 1/);
    expect((await place.ask("GET", "/api/ai/media")).body["total"]).toBe(1);
  });

  it("starts one for many requests with one key, at once and later", async () => {
    const place = await start();
    const headers = { "Idempotency-Key": "press-1" };
    const replies = await Promise.all([1, 2, 3, 4].map(() => generate(place, fox, headers)));
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 201]);
    expect(new Set(replies.map(({ body }) => body["id"])).size).toBe(1);
    expect((await generate(place, fox, headers)).body["id"]).toBe(replies[0]?.body["id"]);
    expect((await generate(place, fox, { "Idempotency-Key": "press-2" })).status).toBe(201);
    expect((await place.ask("GET", "/api/ai/media")).body["total"]).toBe(2);
  });

  it("stars, finds, and deletes", async () => {
    const place = await start();
    const id = String((await generate(place, fox)).body["id"]);
    await until(
      "ready",
      async () => (await place.ask("GET", `/api/ai/media/${id}`)).body["status"] === "ready",
    );
    const starred = await place.ask("POST", `/api/ai/media/${id}/favourite`, { body: { favourite: true } });
    expect(starred.body["favourite"]).toBe(true);
    expect((await place.ask("GET", "/api/ai/media?favourites=1")).body["total"]).toBe(1);
    expect((await place.ask("GET", "/api/ai/media?search=RED%20FOX")).body["total"]).toBe(1);
    expect((await place.ask("GET", "/api/ai/media?search=owl")).body["total"]).toBe(0);
    expect((await place.ask("POST", `/api/ai/media/${id}/cancel`, { body: {} })).status).toBe(409);
    expect((await place.ask("DELETE", `/api/ai/media/${id}`)).status).toBe(204);
    expect((await place.ask("GET", `/api/ai/media/${id}`)).status).toBe(404);
  });

  it.each(["gen_nothing", "x", "..%2f..", "%00"])(
    "answers 404 for %s, whatever is asked of it",
    async (id) => {
      const place = await start();
      for (const [method, end] of [
        ["GET", ""],
        ["DELETE", ""],
        ["POST", "/again"],
        ["POST", "/cancel"],
      ] as const) {
        const reply = await place.ask(
          method,
          `/api/ai/media/${id}${end}`,
          method === "POST" ? { body: {} } : {},
        );
        expect([reply.status, reply.body]).toEqual([404, { error: "Media asset not found" }]);
      }
    },
  );

  it("refuses other sites, other content types, other hosts and floods", async () => {
    const place = await start();
    const other = { Origin: "https://evil.example" };
    expect((await generate(place, fox, other)).status).toBe(403);
    expect((await generate(place, fox, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    expect((await generate(place, fox, { Origin: "null" })).status).toBe(403);
    expect((await generate(place, JSON.stringify(fox), { "Content-Type": "text/plain" })).status).toBe(415);
    expect((await generate(place, { ...fox, prompt: "x".repeat(70_000) })).status).toBe(413);
    for (const Host of ["evil.example", `evil.example:${place.url.port}`, "127.0.0.1:1"]) {
      expect((await place.ask("GET", "/api/ai/media", { headers: { Host } })).status).toBe(421);
      expect((await place.ask("GET", "/health", { headers: { Host } })).status).toBe(200);
    }
    expect((await place.ask("GET", "/api/ai/media")).body["total"]).toBe(0);
    expect((await generate(place, fox, { Origin: place.url.origin })).status).toBe(201);
  });

  it("serves the page with a strict policy, and only its own files", async () => {
    const place = await start();
    const home = await place.ask("GET", "/");
    expect([home.status, home.headers["location"]]).toEqual([302, "/ai-studio"]);
    const page = await place.ask("GET", "/ai-studio");
    expect(page.headers["content-security-policy"]).toContain("script-src 'self'");
    expect(page.headers["content-security-policy"]).not.toContain("unsafe");
    expect(page.text).not.toMatch(/<script>|style="|onclick=/);
    const files = "/ai-studio/files/";
    const script = await place.ask("GET", `${files}bots/studio/pages/main.ts`);
    expect(script.headers["content-type"]).toContain("text/javascript");
    expect(script.text).not.toContain("import type");
    const etag = String(script.headers["etag"]);
    const again = await place.ask("GET", `${files}bots/studio/pages/main.ts`, {
      headers: { "If-None-Match": etag },
    });
    expect(again.status).toBe(304);
    for (const path of ["bots/studio/session.ts", "config.ts", "../package.json", "%2e%2e/package.json"]) {
      expect((await place.ask("GET", `${files}${path}`)).status, path).toBe(404);
    }
  });

  it("tells an open page of every change by itself", async () => {
    const place = await start();
    const events = await fetch(new URL("/api/ai/events", place.url));
    expect(events.headers.get("content-type")).toBe("text/event-stream");
    const id = String((await generate(place, fox)).body["id"]);
    let heard = "";
    const decoder = new TextDecoder();
    for await (const chunk of events.body ?? []) {
      heard += decoder.decode(chunk, { stream: true });
      if (/"status":"ready"/.test(heard)) break;
    }
    expect(heard).toContain("event: asset");
    expect(heard).toContain(id);
  });
});

describe("a page that others can reach", () => {
  it("lets nobody in without a session", async () => {
    const place = await start({ PUBLIC_URL });
    for (const path of ["/api/ai/media", "/api/ai/options", "/api/ai/events", "/api/ai/media/gen_1"]) {
      const reply = await place.ask("GET", path, { headers: { Host } });
      expect([reply.status, reply.body]).toEqual([401, { error: "Unauthorized" }]);
    }
    const refused = await generate(place, fox, { Host });
    expect([refused.status, refused.body]).toEqual([401, { error: "Unauthorized" }]);
    const page = await place.ask("GET", "/ai-studio", { headers: { Host } });
    expect(page.status).toBe(401);
    expect(page.text).toContain("/studio");
  });

  it("signs in by a link once: looking at it uses nothing up, a second press is refused", async () => {
    const place = await start({ PUBLIC_URL });
    const link = await linkFor(place, "discord:123");
    for (let previews = 0; previews < 2; previews++) {
      const looked = await place.ask("GET", link.pathname + link.search, { headers: { Host } });
      expect([looked.status, looked.headers["set-cookie"]]).toEqual([200, undefined]);
    }
    const first = await signIn(place, link, { Origin: PUBLIC_URL });
    expect([first.status, first.headers["location"]]).toEqual([303, "/ai-studio"]);
    const [cookie = ""] = first.headers["set-cookie"] ?? [];
    for (const attribute of [
      "__Host-easel=",
      "HttpOnly",
      "SameSite=Lax",
      "Secure",
      "Path=/",
      "Max-Age=2592000",
    ]) {
      expect(cookie).toContain(attribute);
    }
    expect((await signIn(place, link)).status).toBe(401);

    const headers = { Host, Cookie: String(cookie.split(";")[0]) };
    const options = await place.ask("GET", "/api/ai/options", { headers });
    expect(options.body["member"]).toEqual({ name: "Ada", signedIn: true });
    expect((await generate(place, fox, headers)).status).toBe(201);
    expect((await place.ask("GET", "/ai-studio", { headers })).status).toBe(200);
    const changed = { Host, Cookie: headers.Cookie.replace("discord%3A123", "discord%3A124") };
    expect((await place.ask("GET", "/api/ai/options", { headers: changed })).status).toBe(401);
  });

  it("takes a sign-in only from its own page, and no link that was changed", async () => {
    const place = await start({ PUBLIC_URL });
    const link = await linkFor(place, "telegram:5");
    expect((await signIn(place, link, { Origin: "https://evil.example" })).status).toBe(403);
    const changed = new URL(link.href.replace("telegram", "telegran"));
    expect((await signIn(place, changed)).status).toBe(401);
    expect((await signIn(place, link)).status).toBe(303);
  });

  it("keeps members apart", async () => {
    const place = await start({ PUBLIC_URL });
    const [ada, bob] = [await session(place, "discord:1"), await session(place, "discord:2")];
    const id = String((await generate(place, fox, ada)).body["id"]);
    expect((await place.ask("GET", `/api/ai/media/${id}`, { headers: ada })).status).toBe(200);
    expect((await place.ask("GET", `/api/ai/media/${id}`, { headers: bob })).status).toBe(404);
    expect((await place.ask("DELETE", `/api/ai/media/${id}`, { headers: bob })).status).toBe(404);
    expect((await place.ask("GET", "/api/ai/media", { headers: bob })).body["total"]).toBe(0);
  });

  it("keeps its signing key to itself", async () => {
    const place = await start({ PUBLIC_URL });
    const key = readFileSync(`${place.directory}/signing.key`).toString("base64");
    for (const path of ["/health", "/metrics", "/ai-studio"]) {
      expect((await place.ask("GET", path, { headers: { Host } })).text).not.toContain(key);
    }
  });
});

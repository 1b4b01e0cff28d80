/** The stand-in of the publishing service by itself: one rule of the service after the other, over real sockets. */
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { request } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import {
  startZernioEmulator,
  type ZernioEmulator,
  type ZernioEmulatorOptions,
} from "../emulators/zernio/index.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SAME = "11111111-1111-4111-8111-111111111111";
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function call(
  zernio: ZernioEmulator,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const answer = await request(zernio.apiUrl + path, {
    method,
    headers: {
      authorization: "Bearer key-1",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) };
}

/** With one profile, one Instagram account and one stored picture; `create` makes posts of it. */
async function setUp(options: ZernioEmulatorOptions = {}) {
  const zernio = await startZernioEmulator({ clock: "manual", ...options });
  open.push(zernio.close);
  const profile = zernio.addProfile("member one");
  const account = zernio.addAccount(profile.id, "instagram", "atelier");
  const bytes = Buffer.from("\x89PNG a picture", "latin1");
  const wanted = { filename: "fox.png", contentType: "image/png", size: bytes.length };
  const place = (await call(zernio, "POST", "/v1/media/presign", wanted)).json();
  const put = await request(place.uploadUrl, {
    method: "PUT",
    headers: { "content-type": "image/png" },
    body: bytes,
  });
  expect(put.statusCode).toBe(200);
  await put.body.dump();
  let count = 0;
  const body = (change: object = {}): Record<string, unknown> => ({
    content: `A red fox ${count}`,
    mediaItems: [{ type: "image", url: place.publicUrl }],
    platforms: [{ platform: "instagram", accountId: account.id }],
    metadata: { easelPostId: `post_${count}` },
    publishNow: true,
    timezone: "UTC",
    ...change,
  });
  const create = async (change: object = {}, keys: { key?: string; id?: string } = {}) => {
    count += 1;
    const headers = {
      "idempotency-key": keys.key ?? `key-${count}`,
      "x-request-id": keys.id ?? `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`,
    };
    return call(zernio, "POST", "/v1/posts", body(change), headers);
  };
  const later = (inMs = HOUR_MS) => ({
    publishNow: undefined,
    scheduledFor: new Date(zernio.now() + inMs).toISOString(),
  });
  return { zernio, profile, account, place, bytes, create, later, body };
}

describe("Zernio emulator: posts", () => {
  it("publishes at once, with the very bytes, and says where", async () => {
    const { zernio, account, bytes, create } = await setUp();
    const made = await create({ content: "now" });
    expect(made.status).toBe(201);
    expect(made.json().post).toMatchObject({ status: "published", platforms: [{ status: "published" }] });
    expect(zernio.publications).toMatchObject([
      { text: "now", accountId: account.id, at: zernio.now(), dueAt: null },
    ]);
    expect(zernio.publications[0]?.media[0]?.bytes.equals(bytes)).toBe(true);
    expect(zernio.violations).toEqual([]);
    expect(zernio.errors).toEqual([]);
  });

  it("publishes what is scheduled at its time, to the millisecond of its clock", async () => {
    const { zernio, create, later } = await setUp();
    const dueAt = zernio.now() + HOUR_MS;
    expect((await create(later())).json().post.status).toBe("scheduled");
    await zernio.advance(HOUR_MS - 1);
    expect(zernio.publications).toHaveLength(0);
    await zernio.advance(DAY_MS);
    expect(zernio.publications).toMatchObject([{ at: dueAt, dueAt }]);
    expect(zernio.tooEarly()).toEqual([]);
  });

  it("publishes a past time at once, and remembers that it had to", async () => {
    const { zernio, create, later } = await setUp();
    const made = (await create(later(-1))).json();
    expect(made.post.status).toBe("published");
    expect(zernio.pastSchedules).toEqual([made.post["_id"]]);
  });

  it("keeps a post without a time as a draft for ever", async () => {
    const { zernio, create } = await setUp();
    expect((await create({ publishNow: undefined })).json().post.status).toBe("draft");
    await zernio.advance(DAY_MS);
    expect(zernio.publications).toHaveLength(0);
    expect(zernio.violations.map(({ problem }) => problem)).toEqual(["neither publishNow nor scheduledFor"]);
  });

  it("gives the first post for the same request id for five minutes, by the name of existingPost", async () => {
    const { zernio, create } = await setUp();
    const first = (await create({ content: "a" }, { key: "k1", id: SAME })).json().post;
    const again = await create({ content: "b" }, { key: "k2", id: SAME });
    expect([again.status, again.json().existingPost["_id"]]).toEqual([200, first["_id"]]);
    await zernio.advance(5 * 60_000);
    expect((await create({ content: "b" }, { key: "k3", id: SAME })).status).toBe(201);
    expect(zernio.publications).toHaveLength(2);
  });

  it("gives the first post for the same idempotency key for a day", async () => {
    const { zernio, create } = await setUp();
    const first = (await create({ content: "a" }, { key: "same" })).json().post;
    await zernio.advance(DAY_MS - 1);
    expect((await create({ content: "b" }, { key: "same" })).json().post["_id"]).toBe(first["_id"]);
    await zernio.advance(1);
    expect((await create({ content: "b" }, { key: "same" })).status).toBe(201);
  });

  it("answers 409 with the id of the same text and links to the same account, for a day", async () => {
    const { zernio, account, create } = await setUp();
    const first = (await create({ content: "same" })).json().post;
    const twin = await create({ content: "same" });
    expect(twin.status).toBe(409);
    expect(twin.json().details).toEqual({
      accountId: account.id,
      platform: "instagram",
      existingPostId: first["_id"],
    });
    await zernio.advance(DAY_MS);
    expect((await create({ content: "same" })).status).toBe(201);
    expect(zernio.doubles()).toHaveLength(0);
  });

  it("sees the same post as another one when its link differs", async () => {
    const { zernio, place, create } = await setUp();
    await create({ content: "same", metadata: { easelPostId: "one" } });
    const mediaItems = [{ type: "image", url: `${place.publicUrl}?signed=again` }];
    expect((await create({ content: "same", mediaItems, metadata: { easelPostId: "one" } })).status).toBe(
      201,
    );
    expect(zernio.doubles()).toHaveLength(1);
  });

  it("takes an identical post again after the first failed or was cancelled", async () => {
    const { zernio, create, later } = await setUp();
    zernio.script({ outcome: "failed" });
    expect((await create({ content: "same" })).status).toBe(207);
    const second = (await create({ content: "same", ...later() })).json().post;
    await call(zernio, "DELETE", `/v1/posts/${second["_id"]}`);
    expect((await create({ content: "same" })).status).toBe(201);
    expect(zernio.publications).toHaveLength(1);
  });

  it("answers 409 idempotency_conflict while the first try runs", async () => {
    const { zernio, create } = await setUp();
    const held = Promise.withResolvers<void>();
    zernio.fault({ on: "create", hold: held.promise });
    const first = create({ content: "a" }, { key: "same" });
    await expect.poll(() => zernio.requests.filter(({ call: one }) => one === "create").length).toBe(1);
    const second = await create({ content: "a" }, { key: "same" });
    expect([second.status, second.json().code, second.headers["retry-after"]]).toEqual([
      409,
      "idempotency_conflict",
      "2",
    ]);
    held.resolve();
    expect((await first).status).toBe(201);
  });

  it("fetches media when it publishes: a dead link then is a failed post", async () => {
    const { zernio, create, later } = await setUp();
    const made = (await create(later())).json().post;
    zernio.killMedia();
    await zernio.advance(HOUR_MS);
    const post = (await call(zernio, "GET", `/v1/posts/${made["_id"]}`)).json().post;
    expect(post).toMatchObject({
      status: "failed",
      platforms: [{ errorCategory: "user_content", errorSource: "user" }],
    });
    expect(zernio.publications).toHaveLength(0);
  });

  it("answers 207 where one network of two refuses", async () => {
    const { zernio, account, profile, create } = await setUp();
    const other = zernio.addAccount(profile.id, "threads", "atelier");
    zernio.script({ accountId: other.id, outcome: "failed", errorCategory: "platform_rejected" });
    const platforms = [
      { platform: "instagram", accountId: account.id },
      { platform: "threads", accountId: other.id },
    ];
    const made = await create({ platforms });
    expect([made.status, made.json().post.status]).toEqual([207, "partial"]);
    const retried = await call(zernio, "POST", `/v1/posts/${made.json().post["_id"]}/retry`);
    expect(retried.json().post.status).toBe("published");
    expect(zernio.publications.map(({ platform }) => platform)).toEqual(["instagram", "threads"]);
  });

  it("takes its time where the network does, and refuses to change or stop what is on its way", async () => {
    const { zernio, create } = await setUp();
    zernio.setDefaults({ publishMs: 30_000 });
    const made = (await create()).json().post;
    expect(made).toMatchObject({ status: "publishing", platforms: [{ status: "processing" }] });
    const path = `/v1/posts/${made["_id"]}`;
    expect((await call(zernio, "DELETE", path)).status).toBe(400);
    expect((await call(zernio, "PUT", path, { content: "x" })).status).toBe(400);
    expect((await call(zernio, "POST", `${path}/retry`)).status).toBe(409);
    await zernio.advance(30_000);
    expect(zernio.publications).toHaveLength(1);
    expect((await call(zernio, "DELETE", path)).status).toBe(400);
    expect((await call(zernio, "POST", `${path}/retry`)).status).toBe(400);
  });

  it("forgets a cancelled post, and would notice one that becomes public all the same", async () => {
    const { zernio, create, later } = await setUp();
    const again = later();
    const made = (await create({ ...again, metadata: { easelPostId: "post_x" } })).json().post;
    const path = `/v1/posts/${made["_id"]}`;
    expect((await call(zernio, "DELETE", path)).status).toBe(200);
    expect((await call(zernio, "GET", path)).status).toBe(404);
    expect((await call(zernio, "DELETE", path)).status).toBe(404);
    expect(zernio.afterCancel()).toHaveLength(0);
    await create({ metadata: { easelPostId: "post_x" } });
    expect(zernio.afterCancel()).toHaveLength(1);
  });

  it("brings a kept cancelled post back to life by a new time, and notes it", async () => {
    const { zernio, create, later } = await setUp({ shapes: { keepsCancelled: true } });
    const made = (await create(later())).json().post;
    const path = `/v1/posts/${made["_id"]}`;
    await call(zernio, "DELETE", path);
    expect((await call(zernio, "GET", path)).json().post.status).toBe("cancelled");
    const { scheduledFor } = later(2 * HOUR_MS);
    expect((await call(zernio, "PUT", path, { scheduledFor })).json().post.status).toBe("scheduled");
    await zernio.advance(2 * HOUR_MS);
    expect(zernio.afterCancel()).toHaveLength(1);
    expect(zernio.violations.map(({ problem }) => problem)).toContain(
      "a cancelled post is brought back to life",
    );
  });

  it("moves what is scheduled, and publishes at once when moved to the past", async () => {
    const { zernio, create, later } = await setUp();
    const path = `/v1/posts/${(await create(later())).json().post["_id"]}`;
    await call(zernio, "PUT", path, { scheduledFor: later(3 * HOUR_MS).scheduledFor, content: "moved" });
    await zernio.advance(2 * HOUR_MS);
    expect(zernio.publications).toHaveLength(0);
    await call(zernio, "PUT", path, { scheduledFor: later(-HOUR_MS).scheduledFor });
    expect(zernio.publications).toMatchObject([{ text: "moved" }]);
    expect(zernio.pastSchedules).toHaveLength(1);
  });

  it("lets 25 posts an hour through for an account, and not one more", async () => {
    const { zernio, create, later } = await setUp();
    for (let n = 0; n < 25; n += 1) expect((await create(later(DAY_MS))).status).toBe(201);
    const refused = await create();
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "3600"]);
    await zernio.advance(HOUR_MS);
    expect((await create()).status).toBe(201);
  });

  it("counts the day's posts of an account", async () => {
    const { zernio, account, create } = await setUp({ postsPerDay: 1 });
    const limit = () => call(zernio, "GET", `/v1/accounts/${account.id}/instagram/publishing-limit`);
    await create();
    expect((await limit()).json()).toMatchObject({ quotaUsage: 1, quotaTotal: 1 });
    expect((await create()).status).toBe(429);
    await zernio.advance(DAY_MS);
    expect((await limit()).json()).toMatchObject({ quotaUsage: 0 });
  });

  it("limits calls a minute by the key's plan and says until when", async () => {
    const { zernio } = await setUp({ apiPerMinute: 5 });
    for (let n = 0; n < 4; n += 1) expect((await call(zernio, "GET", "/v1/profiles")).status).toBe(200);
    const refused = await call(zernio, "GET", "/v1/profiles");
    expect(refused.status).toBe(429);
    expect(refused.headers).toMatchObject({
      "x-ratelimit-limit": "5",
      "x-ratelimit-remaining": "0",
      "retry-after": "60",
    });
    await zernio.advance(60_000);
    expect((await call(zernio, "GET", "/v1/profiles")).status).toBe(200);
  });

  it.each<[string, object, string]>([
    ["an unknown field", { mediaUrls: ["https://x.test/a.png"] }, "Unrecognized key"],
    ["a time without sense", { publishNow: undefined, scheduledFor: "tomorrow" }, "scheduledFor"],
    ["a zone that does not exist", { timezone: "Mars/Olympus" }, "timezone"],
    [
      "an unknown field of the network",
      {
        platforms: [
          { platform: "instagram", accountId: "0".repeat(24), platformSpecificData: { aiLabel: true } },
        ],
      },
      "platformSpecificData",
    ],
    ["an account id that is none", { platforms: [{ platform: "instagram", accountId: "me" }] }, "accountId"],
  ])("refuses %s and notes it", async (_name, change, problem) => {
    const { zernio, create } = await setUp();
    expect((await create(change)).status).toBe(400);
    expect(JSON.stringify(zernio.violations)).toContain(problem);
  });

  it("refuses what the network would, without calling it a mistake of the caller", async () => {
    const { zernio, create } = await setUp();
    for (const change of [
      { content: "x".repeat(2_201) },
      { content: "#a #b #c #d #e #f" },
      { mediaItems: [] },
    ])
      expect((await create(change)).status).toBe(400);
    expect(zernio.violations).toEqual([]);
  });

  it("refuses the account that is not ours, disconnected or not enabled", async () => {
    const { zernio, account, create } = await setUp();
    const strange = { platforms: [{ platform: "instagram", accountId: "f".repeat(24) }] };
    expect((await create(strange)).status).toBe(403);
    zernio.setAccount(account.id, { isActive: false });
    expect((await create()).json()).toMatchObject({ code: "ACCOUNT_DISCONNECTED" });
    zernio.setAccount(account.id, { isActive: true, enabled: false });
    expect((await create()).json()).toMatchObject({ code: "ACCOUNT_NOT_ENABLED_FOR_POSTING" });
  });

  it("lists by account in pages, and refuses filters that it does not know", async () => {
    const { zernio, account, create, later } = await setUp();
    for (let n = 1; n <= 12; n += 1) await create(later(n * HOUR_MS));
    const list = async (query: string) => (await call(zernio, "GET", `/v1/posts?${query}`)).json();
    expect((await list("")).posts).toHaveLength(10);
    expect((await list("page=2&limit=5")).pagination).toEqual({ page: 2, limit: 5, total: 12, pages: 3 });
    expect((await list(`accountId=${account.id}&limit=50`)).posts).toHaveLength(12);
    expect((await list(`accountId=${"f".repeat(24)}`)).posts).toHaveLength(0);
    expect((await call(zernio, "GET", "/v1/posts?account=1")).status).toBe(400);
    expect((await call(zernio, "GET", "/v1/posts?limit=500")).status).toBe(400);
    expect(zernio.violations).toHaveLength(2);
  });

  it("lets nobody in without a key", async () => {
    const { zernio } = await setUp({ keys: ["key-1"] });
    expect((await call(zernio, "GET", "/v1/profiles")).status).toBe(200);
    expect(
      (await call(zernio, "GET", "/v1/profiles", undefined, { authorization: "Bearer key-2" })).status,
    ).toBe(401);
  });
});

describe("Zernio emulator: what goes wrong", () => {
  const attempt = async (promise: Promise<{ status: number }>) =>
    promise.then(({ status }) => String(status)).catch(() => "no answer");

  it.each([
    [{ cut: true }, "no answer", 0],
    [{ cut: true, after: true }, "no answer", 1],
    [{ truncate: true }, "no answer", 1],
    [{ html: 502 }, "502", 0],
    [{ html: 502, after: true }, "502", 1],
    [{ status: 500 }, "500", 0],
    [{ status: 500, after: true }, "500", 1],
    [{ delayMs: 1 }, "201", 1],
  ])("does %j to one request", async (fault, answer, made) => {
    const { zernio, create } = await setUp();
    zernio.fault({ on: "create", ...fault });
    expect(await attempt(create())).toBe(answer);
    expect(zernio.publications).toHaveLength(made);
    expect(await attempt(create())).toBe("201");
  });

  it("goes away and comes back at the same address", async () => {
    const { zernio } = await setUp();
    await zernio.pause();
    expect(await attempt(call(zernio, "GET", "/v1/profiles"))).toBe("no answer");
    await zernio.resume();
    expect(await attempt(call(zernio, "GET", "/v1/profiles"))).toBe("200");
  });

  it("publishes by itself on the machine's clock", async () => {
    const { zernio, create, later } = await setUp({ clock: "real" });
    await create(later(150));
    await expect.poll(() => zernio.publications.length).toBe(1);
    expect(zernio.tooEarly()).toEqual([]);
  });
});

describe("Zernio emulator: storage and accounts", () => {
  it("stores only the announced type, under a signature, without the key", async () => {
    const { zernio, place } = await setUp();
    const put = async (url: string, type: string, headers: Record<string, string> = {}) => {
      const answer = await request(url, {
        method: "PUT",
        headers: { "content-type": type, ...headers },
        body: "x",
      });
      await answer.body.dump();
      return answer.statusCode;
    };
    expect(await put(place.publicUrl, "image/png")).toBe(403);
    expect(await put(place.uploadUrl, "text/html")).toBe(403);
    expect(await put(place.uploadUrl, "image/png", { authorization: "Bearer key-1" })).toBe(200);
    expect(zernio.violations.map(({ problem }) => problem)).toEqual([
      "content-type is not image/png",
      "the key was sent to the storage",
    ]);
    await zernio.advance(HOUR_MS);
    expect(await put(place.uploadUrl, "image/png")).toBe(403);
  });

  it("connects whoever opens the link, once, and sends them back", async () => {
    const { zernio, profile } = await setUp();
    const link = async () => {
      const query = new URLSearchParams({
        profileId: profile.id,
        redirect_url: "https://easel.test/back?to=1",
      });
      return (await call(zernio, "GET", `/v1/connect/tiktok?${query}`)).json().authUrl;
    };
    const visit = async (url: string) => {
      const answer = await request(url);
      await answer.body.dump();
      return { status: answer.statusCode, to: URL.parse(String(answer.headers["location"]))?.searchParams };
    };
    zernio.signIn({ username: "fox.films" });
    const url = await link();
    const { status, to } = await visit(url);
    expect([status, to?.get("to"), to?.get("connected"), to?.get("username")]).toEqual([
      302,
      "1",
      "tiktok",
      "fox.films",
    ]);
    expect(zernio.accounts.get(to?.get("accountId") ?? "")).toMatchObject({
      platform: "tiktok",
      profileId: profile.id,
    });
    expect((await visit(url)).status).toBe(410);
    zernio.signIn({ error: "access_denied" });
    expect((await visit(await link())).to?.get("error")).toBe("access_denied");
    const late = await link();
    await zernio.advance(10 * 60_000);
    expect((await visit(late)).status).toBe(410);
  });

  it("makes an account healthy again when its owner signs in once more", async () => {
    const { zernio, profile, account } = await setUp();
    zernio.setAccount(account.id, { needsReconnection: true });
    const health = async () => (await call(zernio, "GET", `/v1/accounts/${account.id}/health`)).json().status;
    expect(await health()).toBe("error");
    zernio.signIn({ username: "atelier" });
    const link = (await call(zernio, "GET", `/v1/connect/instagram?profileId=${profile.id}`)).json().authUrl;
    await (await request(link)).body.dump();
    expect(await health()).toBe("healthy");
    expect(zernio.accounts.size).toBe(1);
  });
});

describe("Zernio emulator: webhooks", () => {
  async function receiver() {
    const got: { id: string; event: string; signature: string | undefined; text: string }[] = [];
    const statuses: number[] = [];
    const server = createServer((incoming, response) => {
      let text = "";
      incoming.on("data", (part: Buffer) => {
        text += part.toString();
      });
      incoming.on("end", () => {
        const { id, event } = JSON.parse(text);
        got.push({ id, event, signature: [incoming.headers["x-zernio-signature"]].flat()[0], text });
        response.writeHead(statuses.shift() ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    open.push(async () => server.close());
    return { got, statuses, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/hook` };
  }

  it("are signed, and sent in order", async () => {
    const { got, url } = await receiver();
    const { zernio, create, later } = await setUp({ webhook: { url, secret: "s" } });
    await create(later());
    await zernio.advance(HOUR_MS);
    expect(got.map(({ event }) => event)).toEqual([
      "post.scheduled",
      "post.platform.published",
      "post.published",
    ]);
    for (const { signature, text } of got)
      expect(signature).toBe(createHmac("sha256", "s").update(text).digest("hex"));
  });

  it("come again until somebody takes them, twice, backwards or not at all, as arranged", async () => {
    const { got, statuses, url } = await receiver();
    const { zernio, create, later } = await setUp({ webhook: { url, secret: "s" } });
    statuses.push(500);
    await create(later(DAY_MS));
    await zernio.settle();
    await zernio.advance(10_000);
    expect(got.map(({ event }) => event)).toEqual(["post.scheduled", "post.scheduled"]);
    expect(new Set(got.map(({ id }) => id)).size).toBe(1);
    got.length = 0;
    zernio.webhookTrouble({ duplicate: 1, reorder: true });
    await create();
    await zernio.settle();
    expect(got.map(({ event }) => event)).toEqual([
      "post.published",
      "post.platform.published",
      "post.platform.published",
    ]);
    got.length = 0;
    zernio.webhookTrouble({ lose: 2 });
    await create();
    await zernio.settle();
    expect(got).toEqual([]);
    expect(zernio.events.filter(({ state }) => state === "lost")).toHaveLength(2);
  });
});

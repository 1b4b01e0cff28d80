import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lateWorld, publisherAt, WEBHOOK_SECRET } from "../../../test/contract/support/late-world.ts";
import { inTime, postKeys, postOf, sceneOf } from "../../../test/contract/support/publisher-scene.ts";
import type { Publisher } from "../../core/ports/publisher.ts";

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

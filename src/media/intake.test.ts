import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { MediaStore } from "../core/ports/media.ts";
import { createImageWork } from "./image-work.ts";
import { createMediaIntake, type FetchMedia } from "./intake.ts";

const hosts = { suffixes: [".files.test"], trustedOrigins: [] };
const { signal } = new AbortController();

function setUp(fetched: Awaited<ReturnType<FetchMedia>> = { ok: false, reason: "network" }) {
  const files = new Map<string, Uint8Array>();
  const asked: Parameters<FetchMedia>[0][] = [];
  const store: MediaStore = {
    put: (key, bytes) => {
      files.set(key, bytes);
      return Promise.resolve();
    },
    read: (key) => Promise.resolve(files.get(key) ?? null),
    stream: () => Promise.resolve(null),
    remove: () => Promise.resolve(),
    keys: () => Readable.from([...files.keys()]),
  };
  const fetch: FetchMedia = (request) => {
    asked.push(request);
    return Promise.resolve(fetched);
  };
  return { intake: createMediaIntake({ store, images: createImageWork(), fetch }), files, asked };
}
const take = (fetched: Awaited<ReturnType<FetchMedia>>) =>
  setUp(fetched).intake.fromUrl("gen_1", "image", "https://files.test/a.png", hosts, signal);

/** A PNG whose bytes are more than one slice of the hash. */
const picture = () =>
  sharp({ create: { width: 1_500, height: 1_500, channels: 3, background: "#a03050" } })
    .png({ compressionLevel: 0 })
    .toBuffer();

describe("the way in for media", () => {
  it("stores bytes under their own hash, with the facts read from them", async () => {
    const { intake, files } = setUp();
    const bytes = await picture();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(await intake.fromBytes("gen_1", "image", bytes)).toEqual({
      status: "stored",
      media: {
        key: `gen_1/${sha256}.png`,
        contentType: "image/png",
        sizeBytes: bytes.length,
        width: 1_500,
        height: 1_500,
        durationMs: null,
        sha256,
      },
    });
    expect([...files.values()]).toEqual([bytes]);
  });

  it("asks the guard with the service's hosts and limits for the kind", async () => {
    const { intake, asked } = setUp();
    await intake.fromUrl("gen_1", "image", "https://files.test/a.png", hosts, signal);
    await intake.fromUrl("gen_1", "video", "https://files.test/a.mp4", hosts, signal);
    expect(asked.map(({ hosts }) => hosts)).toEqual([hosts, hosts]);
    expect(asked[1]?.maxBytes).toBeGreaterThan(asked[0]?.maxBytes ?? 0);
    expect(asked[1]?.totalMs).toBeGreaterThan(asked[0]?.totalMs ?? 0);
  });

  it.each([401, 403, 404, 410])("calls a link dead after HTTP %i", async (httpStatus) => {
    expect(await take({ ok: false, reason: "type", httpStatus })).toEqual({ status: "gone" });
  });

  it.each([204, 206, 400, 408, 429, 500, 502, 503])("looks again after HTTP %i", async (httpStatus) => {
    const result = await take({ ok: false, reason: "type", httpStatus, retryAfterMs: 4_000 });
    expect(result).toEqual({ status: "unreachable", detail: `http ${httpStatus}`, retryAfterMs: 4_000 });
  });

  it.each([
    ["network", undefined, "unreachable"],
    ["time", undefined, "unreachable"],
    ["dns", undefined, "unreachable"],
    ["redirect", "dns", "unreachable"],
    ["redirect", "literal", "unusable"],
    ["redirect", undefined, "unusable"],
    ["host", undefined, "unusable"],
    ["scheme", undefined, "unusable"],
    ["size", undefined, "unusable"],
    ["parse", undefined, "unusable"],
  ])("counts %s (%s) as %s", async (reason, because, status) => {
    const result = await take({ ok: false, reason, ...(because ? { because } : {}) });
    expect(result.status).toBe(status);
  });

  it("takes neither a page nor another file for a picture", async () => {
    const page = await take({ ok: true, bytes: Buffer.from("<html>one moment</html>") });
    expect(page).toEqual({ status: "unusable", detail: "text instead of a file" });
    expect((await take({ ok: true, bytes: Buffer.from("%PDF-1.7") })).status).toBe("unusable");
  });

  it("refuses more than it would have fetched", async () => {
    const { intake, files } = setUp();
    const bytes = Buffer.alloc(31 * 1024 * 1024);
    expect(await intake.fromBytes("gen_1", "image", bytes)).toEqual({
      status: "unusable",
      detail: "too large",
    });
    expect(files.size).toBe(0);
  });
});

import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Json } from "../../src/core/json.ts";
import type { GeneratorModel, MediaKind } from "../../src/core/ports/generator.ts";
import { Secret } from "../../src/core/secret.ts";
import { createDiskStore } from "../../src/media/disk/disk-store.ts";
import { createImageWork } from "../../src/media/image-work.ts";
import { createMediaIntake } from "../../src/media/intake.ts";
import { createKieClient } from "../../src/providers/kie/client.ts";
import { createKieGenerator } from "../../src/providers/kie/generator.ts";
import { systemDial, systemResolve } from "../../src/providers/shared/dial.ts";
import { createHttp } from "../../src/providers/shared/http.ts";
import { createSafeFetch } from "../../src/providers/shared/safe-fetch.ts";
import { type KieFault, startKieEmulator } from "../emulators/kie/index.ts";
import { makePng } from "../emulators/shared/png.ts";
import { callContext, generateRequest } from "./generator-contract.ts";
import { realClock } from "./support/real-clock.ts";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function setUp() {
  const kie = await startKieEmulator({ callbacks: "manual" });
  const directory = await mkdtemp(join(tmpdir(), "easel-media-"));
  const http = createHttp({ clock: realClock });
  endings.push(
    () => kie.close(),
    () => rm(directory, { recursive: true }),
    () => http.close(),
  );
  const client = createKieClient({ http, apiUrl: kie.url, key: new Secret("kie-key") });
  const generator = createKieGenerator({ client, clock: realClock, trustedOrigins: [kie.url] });
  const store = createDiskStore(directory);
  const images = createImageWork();
  const policy = { schemes: ["https"] as const, allowIpLiterals: false, refusedHosts: [] };
  const fetch = createSafeFetch({ policy, clock: realClock, resolve: systemResolve, dial: systemDial });
  const intake = createMediaIntake({ store, images, fetch });
  kie.setDefaults({ durationMs: 0 });

  const modelOf = (id: string): GeneratorModel => {
    const model = generator.models.find((candidate) => candidate.id === id);
    if (!model) throw new Error(`no model ${id}`);
    return model;
  };
  async function start(id = "kie-4o-image") {
    const started = await generator.start(generateRequest(modelOf(id)), callContext());
    if (started.status !== "started") throw new Error(JSON.stringify(started));
    return started;
  }
  const poll = (operation: Json) => generator.poll(operation, callContext());
  async function linkOf(operation: Json): Promise<string> {
    const polled = await poll(operation);
    if (polled.status !== "done" || !polled.media[0].url) throw new Error(JSON.stringify(polled));
    return polled.media[0].url;
  }
  const take = (url: string, kind: MediaKind = "image") =>
    intake.fromUrl("gen_one", kind, url, generator.resultHosts, AbortSignal.timeout(20_000));
  return { kie, generator, store, directory, start, poll, linkOf, take };
}

describe("KIE from a request to a stored file", () => {
  it.each([
    ["kie-4o-image", "image", "image/png", "png", null],
    ["kie-veo3", "video", "video/mp4", "mp4", 8_000],
  ] as const)(
    "%s makes media that lies in the store",
    async (id, kind, contentType, extension, durationMs) => {
      const { kie, start, linkOf, take, store, directory } = await setUp();
      const { operation, taskKey } = await start(id);
      const taken = await take(await linkOf(operation), kind);
      if (taken.status !== "stored") throw new Error(JSON.stringify(taken));
      const { key, sha256 } = taken.media;
      expect(taken.media).toMatchObject({ contentType, durationMs, key: `gen_one/${sha256}.${extension}` });
      expect(await store.read(key)).toEqual(await kie.resultBytes(taskKey));
      expect(await readdir(join(directory, ".incoming"))).toEqual([]);
      expect([kie.violations, kie.errors]).toEqual([[], []]);
      expect(kie.paidCreates).toHaveLength(1);
    },
  );

  it("fetches a fresh link when the first has died", async () => {
    const { kie, generator, start, linkOf, take } = await setUp();
    kie.script({ durationMs: 0, linksDieWith: 404 });
    const { operation } = await start();
    const url = await linkOf(operation);
    expect(await take(url)).toEqual({ status: "gone" });
    const fresh = await generator.refresh?.(operation, url, callContext());
    expect((await take(fresh ?? "")).status).toBe("stored");
    expect(kie.violations).toEqual([]);
  });

  it("has no fresh link where KIE refuses one", async () => {
    const { kie, generator, start, linkOf } = await setUp();
    kie.script({ durationMs: 0, linksDieWith: 403, linksCanBeRenewed: false });
    const { operation } = await start("kie-veo3");
    expect(await generator.refresh?.(operation, await linkOf(operation), callContext())).toBeNull();
  });

  it.each<[string, Omit<KieFault, "on">]>([
    ["the connection is cut", { cut: true }],
    ["the download is cut short", { truncate: true }],
    ["a gateway answers with a page", { html: 502 }],
    [
      "a page comes under HTTP 200",
      { raw: { status: 200, contentType: "text/html", body: "<html>wait</html>" } },
    ],
    ["an error comes as JSON", { raw: { status: 200, contentType: "image/png", body: '{"error":"later"}' } }],
    ["nothing comes", { raw: { status: 200, contentType: "image/png", body: "" } }],
  ])("takes the file at the next look when %s", async (_name, fault) => {
    const { kie, start, linkOf, take } = await setUp();
    const url = await linkOf((await start()).operation);
    kie.fault({ on: "file", ...fault });
    expect((await take(url)).status).toBe("unreachable");
    expect((await take(url)).status).toBe("stored");
  });

  it("waits as long as the file host asks", async () => {
    const { kie, start, linkOf, take } = await setUp();
    const url = await linkOf((await start()).operation);
    const headers = { "retry-after": "9" };
    kie.fault({ on: "file", raw: { status: 429, contentType: "text/plain", body: "slow down", headers } });
    expect(await take(url)).toEqual({ status: "unreachable", detail: "http 429", retryAfterMs: 9_000 });
  });

  it.each([
    ["another kind of file", Buffer.from("%PDF-1.7 and so on")],
    [
      "a picture that stops in the middle",
      makePng({ width: 200, height: 200, seed: "cut", noise: true }).subarray(0, 50_000),
    ],
    ["a video", readFileSync(new URL("../emulators/kie/result.mp4", import.meta.url))],
  ])("gives up on %s where a picture should be", async (_name, resultBytes) => {
    const { kie, start, linkOf, take } = await setUp();
    kie.script({ durationMs: 0, resultBytes });
    expect((await take(await linkOf((await start()).operation))).status).toBe("unusable");
  });

  it("looks only at bytes, whatever the file host says they are", async () => {
    const { kie, start, linkOf, take } = await setUp();
    kie.script({ durationMs: 0, resultContentType: "text/html", imageFormat: "jpg" });
    const taken = await take(await linkOf((await start()).operation));
    expect(taken).toMatchObject({ status: "stored", media: { contentType: "image/jpeg" } });
  });

  it("refuses a link that leads elsewhere", async () => {
    const { kie, start, linkOf, take } = await setUp();
    kie.script({ durationMs: 0, resultUrls: ["http://127.0.0.1:1/a.png"] });
    const taken = await take(await linkOf((await start()).operation));
    expect(taken).toMatchObject({ status: "unusable" });
  });
});

describe("KIE's status reads", () => {
  it.each<[string, Omit<KieFault, "on">, string]>([
    ["code 429", { code: 429 }, "unreadable"],
    ["code 500", { code: 500 }, "unreadable"],
    ["a page", { html: 502 }, "unreadable"],
    ["a cut connection", { cut: true }, "unreadable"],
    ["half an answer", { truncate: true }, "unreadable"],
    ["code 422", { code: 422, message: "recordInfo is null" }, "pending"],
  ])("go on after %s", async (_name, fault, status) => {
    const { kie, start, poll } = await setUp();
    const { operation } = await start();
    kie.fault({ on: "status", ...fault });
    expect((await poll(operation)).status).toBe(status);
    expect((await poll(operation)).status).toBe("done");
  });

  it.each([
    [{ outcome: "never" }, "pending"],
    [{ outcome: "success-without-url" }, "empty"],
    [{ outcome: "fail" }, "failed"],
    [{ outcome: "timeout" }, "failed"],
    [{ invisibleMs: 60_000 }, "pending"],
    [{ urlsField: "result_urls", timesAs: "string", statusMissing: true }, "done"],
    [{ urlsAsJsonString: true, timesAs: "iso" }, "done"],
    [{ results: 4 }, "done"],
  ] as const)("read %j as %s", async (script, status) => {
    const { kie, start, poll } = await setUp();
    kie.script({ durationMs: 0, ...script });
    expect((await poll((await start()).operation)).status).toBe(status);
  });
});

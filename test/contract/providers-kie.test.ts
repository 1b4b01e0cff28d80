import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { MediaKind } from "../../src/core/ports/generator.ts";
import { createDiskStore } from "../../src/media/disk/disk-store.ts";
import { createImageWork } from "../../src/media/image-work.ts";
import { createMediaIntake } from "../../src/media/intake.ts";
import { KIE_MODELS } from "../../src/providers/kie/models.ts";
import { systemDial, systemResolve } from "../../src/providers/shared/dial.ts";
import { createSafeFetch } from "../../src/providers/shared/safe-fetch.ts";
import type { KieFault } from "../emulators/kie/index.ts";
import { makePng } from "../emulators/shared/png.ts";
import { callContext, type GeneratorWorld, generatorContract } from "./generator-contract.ts";
import { KIE_KEY, startKie } from "./support/kie-scene.ts";
import { realClock } from "./support/real-clock.ts";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** `startKie` with the way of a result into the store. */
async function setUp() {
  const scene = await startKie();
  endings.push(scene.close);
  const directory = await mkdtemp(join(tmpdir(), "easel-media-"));
  endings.push(() => rm(directory, { recursive: true }));
  const store = createDiskStore(directory);
  const images = createImageWork();
  const policy = { schemes: ["https"] as const, allowIpLiterals: false, refusedHosts: [] };
  const fetch = createSafeFetch({ policy, clock: realClock, resolve: systemResolve, dial: systemDial });
  const intake = createMediaIntake({ store, images, fetch });
  const take = (url: string, kind: MediaKind = "image") =>
    intake.fromUrl("gen_one", kind, url, scene.generator.resultHosts, AbortSignal.timeout(20_000));
  return { ...scene, store, directory, take };
}

describe("KIE from a request to a stored file", () => {
  it.each([
    ["kie-4o-image", "image", "image/png", "png", null],
    ["kie-flux-kontext", "image", "image/png", "png", null],
    ["kie-gpt-image-2", "image", "image/png", "png", null],
    ["kie-veo3", "video", "video/mp4", "mp4", 8_000],
    ["kie-kling-3", "video", "video/mp4", "mp4", 8_000],
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

  it.each(["kie-4o-image", "kie-flux-kontext", "kie-seedream-5"])(
    "%s fetches a fresh link when the first has died",
    async (id) => {
      const { kie, generator, start, linkOf, take } = await setUp();
      kie.script({ durationMs: 0, linksDieWith: 404 });
      const { operation } = await start(id);
      const url = await linkOf(operation);
      expect(await take(url)).toEqual({ status: "gone" });
      const fresh = await generator.refresh?.(operation, url, callContext());
      expect((await take(fresh ?? "")).status).toBe("stored");
      expect(kie.violations).toEqual([]);
    },
  );

  it("has no fresh link where KIE refuses one", async () => {
    const { kie, generator, start, linkOf } = await setUp();
    kie.script({ durationMs: 0, linksDieWith: 403, linksCanBeRenewed: false });
    const { operation } = await start("kie-veo3");
    expect(await generator.refresh?.(operation, await linkOf(operation), callContext())).toBeNull();
  });

  it.each<[string, Omit<KieFault, "on">, "unreachable" | "unusable"]>([
    ["the connection is cut", { cut: true }, "unreachable"],
    ["the download is cut short", { truncate: true }, "unreachable"],
    ["a gateway answers with a page", { html: 502 }, "unreachable"],
    [
      "a page comes under HTTP 200",
      { raw: { status: 200, contentType: "text/html", body: "<html>wait</html>" } },
      "unusable",
    ],
    [
      "an error comes as JSON",
      { raw: { status: 200, contentType: "image/png", body: '{"error":"later"}' } },
      "unusable",
    ],
    ["nothing comes", { raw: { status: 200, contentType: "image/png", body: "" } }, "unusable"],
  ])("takes the file at the next look when %s", async (_name, fault, status) => {
    const { kie, start, linkOf, take } = await setUp();
    const url = await linkOf((await start()).operation);
    kie.fault({ on: "file", ...fault });
    expect((await take(url)).status).toBe(status);
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

for (const { offer } of KIE_MODELS) {
  generatorContract(offer.id, async (): Promise<GeneratorWorld> => {
    const { kie, time, generator, close } = await startKie();
    kie.setDefaults({ durationMs: 5_000 });
    return {
      generator: { ...generator, models: [offer] },
      secret: KIE_KEY.reveal(),
      disturb: {
        busy: () => kie.fault({ on: "create", code: 429 }),
        "refuses content": () => kie.script({ outcome: "refused" }),
        "refuses the key": () => kie.fault({ on: "create", code: 401 }),
        "HTML instead of an answer": () => kie.fault({ on: "create", html: 502 }),
        "answer lost after processing": () => kie.fault({ on: "create", cut: true, after: true }),
        "connection cut before processing": () => kie.fault({ on: "create", cut: true }),
        unreachable: kie.pause,
      },
      disturbProbe: {
        "refuses the key": () => kie.fault({ on: "credit", code: 401 }),
        "HTML instead of an answer": () => kie.fault({ on: "credit", html: 502 }),
        unreachable: kie.pause,
      },
      lostTaskKey: () => kie.tasks.at(-1)?.taskId ?? "",
      lastPictures: () => kie.creates.at(-1)?.references.length ?? 0,
      asked: () => kie.creates.length,
      paid: () => kie.paidCreates.length,
      violations: () => [...kie.violations, ...kie.foreignReferences, ...kie.errors],
      finish: () => {
        time.now += 10_000;
      },
      bytesOf: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
      close,
    };
  });
}

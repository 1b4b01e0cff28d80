import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { createDiskStore } from "../../src/media/disk/disk-store.ts";
import { createImageWork } from "../../src/media/image-work.ts";
import { createMediaIntake } from "../../src/media/intake.ts";
import { createKieClient } from "../../src/providers/kie/client.ts";
import { createKieGenerator } from "../../src/providers/kie/generator.ts";
import { systemDial, systemResolve } from "../../src/providers/shared/dial.ts";
import { createHttp } from "../../src/providers/shared/http.ts";
import { createSafeFetch } from "../../src/providers/shared/safe-fetch.ts";
import { startKieEmulator } from "../emulators/kie/index.ts";
import { realClock } from "./support/real-clock.ts";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function setUp() {
  const kie = await startKieEmulator();
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
  return { kie, generator, store, intake, directory };
}

const request = (model: string, kind: "image" | "video", aspect: "1:1" | "16:9") => ({
  model,
  kind,
  prompt: "a red fox in the snow",
  aspect,
  style: null,
  seed: 1,
  references: [],
});
const context = () => ({ signal: AbortSignal.timeout(10_000), callbackUrl: null });

describe("KIE from a request to a stored file", () => {
  it.each([
    ["kie-4o-image", "1:1", "image", "image/png"],
    ["kie-veo3", "16:9", "video", "video/mp4"],
  ] as const)("%s makes media that lies in the store", async (model, aspect, kind, contentType) => {
    const { kie, generator, store, intake, directory } = await setUp();
    kie.setDefaults({ durationMs: 0 });
    const started = await generator.start(request(model, kind, aspect), context());
    if (started.status !== "started") throw new Error(JSON.stringify(started));
    const polled = await generator.poll(JSON.parse(JSON.stringify(started.operation)), context());
    if (polled.status !== "done" || !polled.media[0].url) throw new Error(JSON.stringify(polled));
    const { signal } = context();
    const taken = await intake.fromUrl("gen_one", kind, polled.media[0].url, generator.resultHosts, signal);
    if (taken.status !== "stored") throw new Error(JSON.stringify(taken));
    expect(taken.media).toMatchObject({
      contentType,
      key: `gen_one/${taken.media.sha256}.${kind === "image" ? "png" : "mp4"}`,
    });
    expect(taken.media.durationMs).toBe(kind === "image" ? null : 8_000);
    expect(await store.read(taken.media.key)).toEqual(await kie.resultBytes(started.taskKey));
    expect(await readdir(join(directory, ".incoming"))).toEqual([]);
    expect(kie.violations).toEqual([]);
    expect(kie.paidCreates).toHaveLength(1);
  });
});

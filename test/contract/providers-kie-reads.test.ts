import { afterEach, describe, expect, it } from "vitest";
import type { KieEmulator, KieEmulatorOptions, KieFault, KieScript } from "../emulators/kie/index.ts";
import { type KieScene, startKie } from "./support/kie-scene.ts";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function setUp(options: KieEmulatorOptions = {}): Promise<KieScene> {
  const scene = await startKie(options);
  endings.push(scene.close);
  return scene;
}

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

  it.each<[KieScript, string, string | undefined]>([
    [{ outcome: "never", runningState: "waiting" }, "pending", undefined],
    [{ outcome: "never", runningState: "a word nobody documented" }, "pending", undefined],
    [{ invisibleMs: 60_000, invisibleAs: "422" }, "pending", undefined],
    [{ invisibleMs: 60_000, invisibleAs: "null-data" }, "pending", undefined],
    [{ results: 3 }, "done", undefined],
    [{ urlsAsJsonString: true }, "done", undefined],
    [{ jobResultAs: "response" }, "done", undefined],
    [{ jobResultAs: "broken" }, "empty", undefined],
    [{ jobResultAs: "empty" }, "empty", undefined],
    [{ outcome: "success-without-url" }, "empty", undefined],
    [{ outcome: "fail" }, "failed", "transient"],
    [{ outcome: "fail", failCodeAs: "number" }, "failed", "transient"],
    [{ outcome: "fail", errorCode: 500, failCodeAs: "number" }, "failed", "transient"],
    [{ outcome: "refused" }, "failed", "content"],
    [{ outcome: "refused", failCodeAs: "number" }, "failed", "content"],
    [{ outcome: "fail", errorCode: 422, errorMessage: "rejected by Flow(unsafe)" }, "failed", "content"],
    [{ outcome: "fail", errorCode: 451 }, "failed", "input"],
    [{ outcome: "fail", errorCode: 402 }, "failed", "operator"],
    [{ outcome: "timeout" }, "failed", "transient"],
  ])("read the job %j as %s %s", async (script, status, kind) => {
    const { kie, start, poll } = await setUp();
    kie.script({ durationMs: 0, ...script });
    const result = await poll((await start("kie-nano-banana-2")).operation);
    expect(result.status).toBe(status);
    expect(result.status === "failed" ? result.failure.kind : undefined).toBe(kind);
  });

  it("stop waiting for a job that never became visible", async () => {
    const { kie, time, start, poll } = await setUp();
    kie.script({ invisibleMs: 3_600_000 });
    const { operation } = await start("kie-flux-2");
    time.now += 119_000;
    expect(await poll(operation)).toEqual({ status: "pending" });
    time.now += 2_000;
    expect((await poll(operation)).status).toBe("unreadable");
  });

  it("take of Flux the result, not the draft that dies after ten minutes", async () => {
    const { start, linkOf } = await setUp();
    expect(await linkOf((await start("kie-flux-kontext")).operation)).not.toContain("origin");
  });

  it("take of Veo the film in the ratio that was asked for", async () => {
    const { start, linkOf } = await setUp();
    const { operation } = await start("kie-veo3", { aspect: "9:16" });
    expect(await linkOf(operation)).not.toContain("origin");
  });
});

describe("a film in 1080p", () => {
  const hdReads = (kie: KieEmulator): number =>
    kie.requests.filter(({ path }) => path.endsWith("get-1080p-video")).length;

  it("is taken as it is where it came in that size", async () => {
    const { kie, start, linkOf } = await setUp();
    expect(await linkOf((await start("kie-veo3-1080p")).operation)).toContain("/results/");
    expect(hdReads(kie)).toBe(0);
  });

  it.each(["720p", null])("is waited for when the record says %s", async (resolution) => {
    const { kie, time, start, poll, linkOf } = await setUp();
    kie.script({ durationMs: 0, resolution, sharperMs: 90_000 });
    const { operation } = await start("kie-veo3-1080p");
    time.now += 80_000;
    expect(await poll(operation)).toEqual({ status: "pending" });
    time.now += 20_000;
    const link = await linkOf(operation);
    expect(link).toContain("/hd/");
    expect((await fetch(link)).status).toBe(200);
    expect(kie.violations).toEqual([]);
  });

  it.each<[string, Omit<KieFault, "on">]>([
    ["another code", { code: 422 }],
    ["a page", { html: 502 }],
    ["a cut connection", { cut: true }],
    ["no link", { raw: { status: 200, contentType: "application/json", body: '{"code":200,"data":{}}' } }],
  ])("is waited for through %s", async (_name, fault) => {
    const { kie, start, poll } = await setUp();
    kie.script({ durationMs: 0, resolution: "720p", sharperMs: 0 });
    const { operation } = await start("kie-veo3-quality");
    kie.fault({ on: "upgrade", ...fault });
    expect(await poll(operation)).toEqual({ status: "pending" });
    expect((await poll(operation)).status).toBe("done");
  });

  it("goes out smaller when the larger one never comes", async () => {
    const { kie, time, start, poll, linkOf } = await setUp();
    kie.script({ durationMs: 0, resolution: "720p", sharperMs: Number.POSITIVE_INFINITY });
    const { operation } = await start("kie-veo3-1080p");
    time.now += 9 * 60_000;
    expect((await poll(operation)).status).toBe("pending");
    time.now += 2 * 60_000;
    expect(await linkOf(operation)).toContain("/results/");
  });

  it("is not asked for where 720p was wanted", async () => {
    const { kie, start, linkOf } = await setUp();
    await linkOf((await start("kie-veo3")).operation);
    expect(hdReads(kie)).toBe(0);
  });

  it("has not failed while the record answers that 1080P is processing", async () => {
    const { kie, start, poll } = await setUp();
    const { operation } = await start("kie-veo3-1080p");
    const message = "1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.";
    kie.fault({ on: "status", code: 400, message });
    expect(await poll(operation)).toEqual({ status: "pending" });
    kie.script({ times: 1, durationMs: 0, outcome: "fail", errorCode: 400, errorMessage: message });
    expect((await poll((await start("kie-veo3-1080p")).operation)).status).toBe("pending");
  });
});

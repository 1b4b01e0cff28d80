import { afterEach, describe, expect, it } from "vitest";
import type { Failure } from "../../src/core/ports/generator.ts";
import { KIE_MODELS } from "../../src/providers/kie/models.ts";
import type { KieEmulatorOptions, KieFault } from "../emulators/kie/index.ts";
import { callContext, generateRequest } from "./generator-contract.ts";
import { type KieScene, picture, pictures, startKie } from "./support/kie-scene.ts";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function setUp(options: KieEmulatorOptions = {}): Promise<KieScene> {
  const scene = await startKie(options);
  endings.push(scene.close);
  return scene;
}

describe("pictures for KIE", () => {
  const every = KIE_MODELS.map(({ offer }) => [offer.id, offer.maxReferences] as const);
  it.each(every)("%s works from %i of them, uploaded first", async (id, count) => {
    const { kie, start, poll } = await setUp();
    const references = pictures(count);
    const { operation } = await start(id, { references });
    expect((await poll(operation)).status).toBe("done");
    expect(kie.uploads).toHaveLength(count);
    const body = JSON.stringify(kie.creates[0]?.body);
    const places = references.map(({ bytes }) => {
      const upload = kie.uploads.find((candidate) => candidate.bytes.equals(bytes));
      return body.indexOf(upload?.url ?? "nowhere");
    });
    expect(Math.min(...places)).toBeGreaterThan(0);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect([kie.violations, kie.foreignReferences, kie.errors]).toEqual([[], [], []]);
    expect(kie.creates).toHaveLength(1);
  });

  it("lie under names that nobody guesses, with their type", async () => {
    const { kie, start } = await setUp();
    const jpeg = { ...picture("jpeg"), contentType: "image/jpeg" } as const;
    await start("kie-nano-banana-2", { references: [picture("one"), jpeg, picture("one")] });
    const names = kie.uploads.map(({ fileName }) => fileName);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{16}\.(?:png|jpg)$/);
    expect(kie.uploads.map(({ uploadPath }) => uploadPath)).toEqual(["easel", "easel", "easel"]);
    expect(kie.uploads.map(({ contentType }) => contentType).toSorted()).toEqual([
      "image/jpeg",
      "image/png",
      "image/png",
    ]);
  });

  const ok = (data: unknown): NonNullable<KieFault["raw"]> => ({
    status: 200,
    contentType: "application/json",
    body: JSON.stringify({ success: true, code: 200, msg: "File uploaded successfully", data }),
  });
  it.each<[string, Omit<KieFault, "on">, Partial<Failure>]>([
    ["code 401", { code: 401 }, { kind: "operator", scope: "account" }],
    ["code 402", { code: 402 }, { kind: "operator", scope: "account" }],
    ["a page under 403", { html: 403 }, { kind: "operator", scope: "account" }],
    ["code 429", { code: 429 }, { kind: "busy" }],
    ["a page under 429", { html: 429 }, { kind: "busy" }],
    ["code 400", { code: 400 }, { kind: "transient" }],
    ["a page under 413", { html: 413 }, { kind: "input" }],
    ["code 455", { code: 455 }, { kind: "transient", serviceDown: true }],
    ["code 500", { code: 500 }, { kind: "transient", serviceDown: true }],
    ["a page under 502", { html: 502 }, { kind: "transient", serviceDown: true }],
    ["a cut connection", { cut: true }, { kind: "transient", serviceDown: true }],
    ["a lost answer", { cut: true, after: true }, { kind: "transient", serviceDown: true }],
    ["half an answer", { truncate: true, after: true }, { kind: "transient", serviceDown: true }],
    ["no link", { raw: ok({}) }, { kind: "transient", code: "PROVIDER_BAD_ANSWER" }],
    ["a link that is none", { raw: ok({ downloadUrl: "javascript:1" }) }, { kind: "transient" }],
    ["nothing", { raw: ok(null) }, { kind: "transient" }],
  ])("that do not arrive start nothing: %s", async (_name, fault, failure) => {
    const { kie, ask } = await setUp();
    kie.fault({ on: "upload", ...fault });
    const result = await ask("kie-nano-banana-2", { references: pictures(3) });
    expect(result).toMatchObject({ status: "failed", failure });
    const { serviceDown, detail } = result.status === "failed" ? result.failure : { detail: "" };
    expect(serviceDown).toBe(failure.serviceDown);
    expect(detail).toMatch(/^kie upload [\w .-]{1,40}$/);
    expect(kie.creates).toEqual([]);
  });

  it("start nothing when the upload host is not there", async () => {
    const { kie, ask } = await setUp();
    await kie.pause();
    expect(await ask("kie-flux-kontext", { references: pictures(1) })).toMatchObject({
      status: "failed",
      failure: { kind: "transient", code: "PROVIDER_DOWN", serviceDown: true },
    });
    expect(kie.creates).toEqual([]);
  });

  it("start nothing when the time was over while they went up", async () => {
    const { kie, generator, modelOf } = await setUp();
    const late = new AbortController();
    const hold = Promise.withResolvers<void>();
    kie.fault({ on: "upload", hold: hold.promise });
    const request = { ...generateRequest(modelOf("kie-flux-2")), references: pictures(1) };
    const started = generator.start(request, callContext(late.signal));
    late.abort(new DOMException("late", "TimeoutError"));
    expect(await started).toMatchObject({ status: "failed", failure: { kind: "transient" } });
    hold.resolve();
    expect(kie.creates).toEqual([]);
  });

  it("are found by the name of the documentation's example too", async () => {
    const { kie, start } = await setUp();
    await start("kie-nano-banana-2", { references: pictures(1) });
    const [url] = kie.uploads.map((upload) => upload.url);
    kie.fault({ on: "upload", raw: ok({ fileUrl: url, downloadUrl: null }) });
    await start("kie-nano-banana-2", { references: pictures(1) });
    expect(kie.creates[1]?.body["input"]).toMatchObject({ image_input: [url] });
  });

  const large = { ...picture("large"), bytes: Buffer.alloc(11 * 1024 * 1024) };
  it.each([
    ["kie-kling-3", "MEDIA_UNSUPPORTED", [large]],
    ["kie-flux-2", "MEDIA_UNSUPPORTED", [picture("one"), large]],
    ["kie-flux-kontext", "INPUT_INVALID", pictures(2)],
  ])("that %s cannot take are not sent at all: %s", async (id, code, references) => {
    const { kie, ask } = await setUp();
    expect(await ask(id, { references })).toMatchObject({
      status: "failed",
      failure: { kind: "input", code },
    });
    expect(kie.requests).toEqual([]);
  });

  it("that KIE could not fetch are the input's fault", async () => {
    const { kie, ask } = await setUp();
    kie.fault({ on: "upload", raw: ok({ downloadUrl: "https://elsewhere.test/a.png" }) });
    const result = await ask("kie-nano-banana-2", { references: pictures(1) });
    expect(result).toMatchObject({ status: "failed", failure: { kind: "input", detail: "kie 451" } });
    expect(kie.foreignReferences).toEqual(["https://elsewhere.test/a.png"]);
  });

  it("are not asked for again when the answer to the create is lost", async () => {
    const { kie, ask } = await setUp();
    kie.fault({ on: "create", cut: true, after: true });
    const result = await ask("kie-gpt-image-2", { references: pictures(2) });
    expect(result.status).toBe("unknown");
    expect([kie.creates.length, kie.paidCreates.length, kie.uploads.length]).toEqual([1, 1, 2]);
  });
});

describe("a prompt that is longer than the model reads", () => {
  it("is not sent", async () => {
    const { kie, ask } = await setUp();
    const result = await ask("kie-kling-3", { prompt: "x".repeat(2_501) });
    expect(result).toMatchObject({ status: "failed", failure: { kind: "input", code: "INPUT_INVALID" } });
    expect(kie.requests).toEqual([]);
    expect((await ask("kie-kling-3", { prompt: "x".repeat(2_500) })).status).toBe("started");
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { createGeminiClient } from "../../src/providers/gemini/client.ts";
import { createGeminiGenerator } from "../../src/providers/gemini/generator.ts";
import { createHttp } from "../../src/providers/shared/http.ts";
import { type GeminiAnswer, startGeminiEmulator } from "../emulators/gemini/index.ts";
import { callContext, generateRequest, referenceImages } from "./generator-contract.ts";
import { createManualClock } from "./support/manual-clock.ts";

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function setUp(apiUrl?: string) {
  const gemini = await startGeminiEmulator();
  endings.push(gemini.close);
  const clock = createManualClock();
  const key = new Secret("AQ.key");
  const model = "gemini-3.1-flash-image";
  const http = createHttp({ clock });
  endings.push(http.close);
  const client = createGeminiClient({ apiUrl: apiUrl ?? gemini.url, key, model, clock, http });
  const generator = createGeminiGenerator({ client, model, trustedOrigins: [] });
  const [offer] = generator.models;
  if (!offer) throw new Error("no model");
  const ask = (signal?: AbortSignal, extra: object = {}) =>
    generator.start({ ...generateRequest(offer), ...extra }, callContext(signal));
  const next = (answer: GeminiAnswer, rest: { hold?: Promise<unknown> } = {}) =>
    gemini.script({ times: 1, answer, ...rest });
  return { gemini, clock, generator, ask, next };
}

describe("Gemini through the vendor's library", () => {
  it("sends the key in its header and gets exactly the bytes that were made", async () => {
    const { gemini, ask } = await setUp();
    const result = await ask();
    expect(result).toEqual({ status: "done", media: [{ bytes: await gemini.imageBytes(0) }] });
    expect(gemini.calls[0]?.key).toBe("AQ.key");
    expect(gemini.violations).toEqual([]);
  });

  it("sends the pictures behind the words, as they are", async () => {
    const { gemini, ask } = await setUp();
    const references = await referenceImages(2);
    expect((await ask(undefined, { references })).status).toBe("done");
    expect(gemini.calls[0]?.body).toMatchObject({
      contents: [
        {
          parts: [
            { text: expect.stringContaining("red fox") },
            ...references.map(({ bytes, contentType }) => ({
              inlineData: { mimeType: contentType, data: Buffer.from(bytes).toString("base64") },
            })),
          ],
        },
      ],
    });
    expect(gemini.violations).toEqual([]);
  });

  it("asks nothing of a service that would refuse the request for its size", async () => {
    const { gemini, ask } = await setUp();
    const [picture] = await referenceImages(1);
    const references = [{ ...picture, bytes: new Uint8Array(15_100_000) }];
    expect(await ask(undefined, { references })).toMatchObject({ failure: { kind: "input" } });
    expect(gemini.calls).toEqual([]);
  });

  it("looks at the model's page without asking for a picture", async () => {
    const { gemini, generator } = await setUp();
    expect(await generator.probe?.(callContext())).toEqual({ status: "up" });
    gemini.look({ kind: "error", httpStatus: 404 });
    expect(await generator.probe?.(callContext())).toMatchObject({
      failure: { kind: "operator", scope: "model" },
    });
    expect([gemini.looks, gemini.calls.length, gemini.violations.length]).toEqual([2, 0, 0]);
  });

  it.each<[GeminiAnswer, object]>([
    [{ kind: "finish", finishReason: "NO_IMAGE" }, { kind: "transient" }],
    [{ kind: "finish", finishReason: "IMAGE_OTHER" }, { kind: "transient" }],
    [{ kind: "blocked", blockReason: "PROHIBITED_CONTENT" }, { kind: "content" }],
    [{ kind: "text", text: "I cannot draw that." }, { kind: "content" }],
    [
      { kind: "error", httpStatus: 429, quotaIds: ["PerDay"] },
      { kind: "operator", scope: "account" },
    ],
    [
      { kind: "error", httpStatus: 404 },
      { kind: "operator", scope: "model" },
    ],
    [
      { kind: "error", httpStatus: 503 },
      { kind: "transient", serviceDown: true },
    ],
  ])("says why nothing came of it: %j", async (answer, failure) => {
    const { ask, next } = await setUp();
    next(answer);
    const references = await referenceImages(1);
    const result = await ask(undefined, { references });
    expect(result).toMatchObject({ status: "failed", failure });
    if (!("serviceDown" in failure)) expect(JSON.stringify(result)).not.toContain("serviceDown");
  });

  it("skips an interim picture of its thoughts", async () => {
    const { gemini, ask, next } = await setUp();
    next({ kind: "image", thought: true, text: "done" });
    expect(await ask()).toEqual({ status: "done", media: [{ bytes: await gemini.imageBytes(0) }] });
  });

  it("reads RetryInfo out of a 429", async () => {
    const { ask, next } = await setUp();
    next({ kind: "error", httpStatus: 429, retryDelay: "36s", quotaIds: ["PerMinute"] });
    expect(await ask()).toMatchObject({ failure: { kind: "busy", retryAfterMs: 36_000 } });
  });

  it.each<[GeminiAnswer, string]>([
    [{ kind: "raw", httpStatus: 200, contentType: "text/html", body: "<html>" }, "unknown"],
    [{ kind: "raw", httpStatus: 200, contentType: "application/json", body: "" }, "unknown"],
    [{ kind: "raw", httpStatus: 200, contentType: "application/json", body: "null" }, "unknown"],
    [{ kind: "raw", httpStatus: 200, contentType: "application/json", body: '{"candidates":' }, "unknown"],
    [{ kind: "raw", httpStatus: 429, contentType: "text/html", body: "<html>" }, "failed"],
    [{ kind: "html", httpStatus: 500 }, "unknown"],
    [{ kind: "empty" }, "unknown"],
    [{ kind: "error", httpStatus: 500 }, "unknown"],
    [{ kind: "error", httpStatus: 503 }, "failed"],
    [{ kind: "error", httpStatus: 504 }, "unknown"],
    [{ kind: "cut", when: "after" }, "unknown"],
  ])("asks once and answers a value for %j", async (answer, status) => {
    const { gemini, ask, next } = await setUp();
    next(answer);
    expect((await ask()).status).toBe(status);
    expect(gemini.calls).toHaveLength(1);
  });

  it("ends at the deadline of core and at its own, without knowing what became of it", async () => {
    const { gemini, clock, ask, next } = await setUp();
    const gate = Promise.withResolvers<void>();
    const arrived = async (count: number): Promise<void> => {
      await expect.poll(() => gemini.calls.length).toBe(count);
    };
    next({ kind: "image" }, { hold: gate.promise });
    next({ kind: "image" }, { hold: gate.promise });
    const controller = new AbortController();
    const first = ask(controller.signal);
    await arrived(1);
    controller.abort();
    expect(await first).toEqual({ status: "unknown", detail: "gemini timeout", serviceDown: true });
    const second = ask(new AbortController().signal);
    await arrived(2);
    clock.advance(180_000);
    expect(await second).toEqual({ status: "unknown", detail: "gemini timeout", serviceDown: true });
    gate.resolve();
  });

  it("cuts off an answer that has no end", async () => {
    const { ask, next } = await setUp();
    const body = Buffer.alloc(70 * 1024 * 1024, "x");
    next({ kind: "raw", httpStatus: 200, contentType: "application/json", body });
    expect(await ask()).toEqual({ status: "unknown", detail: "gemini too large", serviceDown: true });
  });

  it("knows that nothing was asked when nobody listens", async () => {
    const { ask } = await setUp("http://127.0.0.1:1");
    expect(await ask()).toMatchObject({ status: "failed", failure: { kind: "transient" } });
  });
});

import sharp from "sharp";
import { request } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { type GeminiEmulator, startGeminiEmulator } from "../emulators/gemini/index.ts";

const open: GeminiEmulator[] = [];
afterEach(async () => {
  for (const emulator of open.splice(0)) {
    expect(emulator.errors).toEqual([]);
    await emulator.close();
  }
});

async function setUp(options: { keys?: string[] } = {}) {
  const gemini = await startGeminiEmulator(options);
  open.push(gemini);
  return gemini;
}

const body = (imageConfig: Record<string, unknown> = { aspectRatio: "1:1" }) => ({
  contents: [{ role: "user", parts: [{ text: "a red fox in the snow" }] }],
  generationConfig: { responseModalities: ["TEXT", "IMAGE"], imageConfig },
});

async function ask(gemini: GeminiEmulator, options: { model?: string; key?: string; body?: unknown } = {}) {
  const { model = "gemini-3.1-flash-image", key = "AQ.test" } = options;
  const answer = await request(`${gemini.url}/v1beta/models/${model}:generateContent`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key === "" ? {} : { "x-goog-api-key": key }) },
    body: JSON.stringify(options.body ?? body()),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, text, json: () => JSON.parse(text) };
}

describe("Gemini emulator", () => {
  it("answers a prompt with a PNG of the ratio, another one each time", async () => {
    const gemini = await setUp();
    const first = await ask(gemini, { body: body({ aspectRatio: "16:9", imageSize: "1K" }) });
    const second = await ask(gemini);
    const part = first.json().candidates[0].content.parts[0].inlineData;
    const bytes = Buffer.from(part.data, "base64");
    expect(part.mimeType).toBe("image/png");
    expect(await sharp(bytes).metadata()).toMatchObject({ format: "png", width: 96, height: 54 });
    expect(bytes.equals(await gemini.imageBytes(0))).toBe(true);
    expect(second.text).not.toContain(part.data);
    expect(gemini.paidCalls.map((call) => call.prompt)).toEqual(Array(2).fill("a red fox in the snow"));
    expect(gemini.violations).toEqual([]);
  });

  it("puts thought parts in front of the picture when scripted", async () => {
    const gemini = await setUp();
    gemini.script({ times: 1, answer: { kind: "image", thought: true, text: "Here it is" } });
    const { parts } = (await ask(gemini)).json().candidates[0].content;
    expect(parts.map((part: { thought?: boolean }) => part.thought ?? false)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(parts[2].text).toBe("Here it is");
  });

  it("answers 200 without a picture in each of the documented ways", async () => {
    const gemini = await setUp();
    gemini.script({ times: 1, answer: { kind: "text", text: "I cannot draw that." } });
    gemini.script({ times: 1, answer: { kind: "finish", finishReason: "IMAGE_SAFETY" } });
    gemini.script({ times: 1, answer: { kind: "blocked", blockReason: "PROHIBITED_CONTENT" } });
    gemini.script({ times: 1, answer: { kind: "empty" } });
    expect((await ask(gemini)).json().candidates[0].content.parts).toEqual([{ text: "I cannot draw that." }]);
    expect((await ask(gemini)).json().candidates[0].finishReason).toBe("IMAGE_SAFETY");
    const blocked = (await ask(gemini)).json();
    expect([blocked.promptFeedback.blockReason, blocked.candidates]).toEqual([
      "PROHIBITED_CONTENT",
      undefined,
    ]);
    expect((await ask(gemini)).json().candidates).toBeUndefined();
    expect(gemini.paidCalls).toEqual([]);
  });

  it("answers errors in the documented shape, with retry and quota details", async () => {
    const gemini = await setUp();
    const quotaIds = ["GenerateRequestsPerDayPerProjectPerModel"];
    gemini.script({ times: 1, answer: { kind: "error", httpStatus: 429, retryDelay: "20.75s", quotaIds } });
    const limited = await ask(gemini);
    expect(limited.status).toBe(429);
    expect(limited.json().error).toMatchObject({ code: 429, status: "RESOURCE_EXHAUSTED" });
    expect(limited.json().error.details).toEqual([
      expect.objectContaining({ "@type": "type.googleapis.com/google.rpc.QuotaFailure" }),
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "20.75s" },
    ]);
    gemini.script({ times: 1, answer: { kind: "error", httpStatus: 503 } });
    expect((await ask(gemini)).json().error.status).toBe("UNAVAILABLE");
    gemini.script({ times: 1, answer: { kind: "html", httpStatus: 502 } });
    expect((await ask(gemini)).text).toContain("<!DOCTYPE html>");
  });

  it("breaks connections before, after and in the middle of the work", async () => {
    const gemini = await setUp();
    for (const when of ["before", "after", "middle"] as const) {
      gemini.script({ times: 1, answer: { kind: "cut", when } });
      await expect(ask(gemini)).rejects.toThrow();
    }
    expect(gemini.calls.map((call) => call.paid)).toEqual([false, true, true]);
    expect(gemini.calls.map((call) => call.httpStatus)).toEqual([null, null, null]);
  });

  it("refuses what the model does not take and remembers it as a violation", async () => {
    const gemini = await setUp();
    const cases: [model: string, imageConfig: Record<string, unknown>][] = [
      ["gemini-3.1-flash-image", { aspectRatio: "9:21" }],
      ["gemini-3-pro-image", { aspectRatio: "8:1" }],
      ["gemini-nano-banana-2.1", { imageSize: "512" }],
      ["gemini-2.5-flash-image", { imageSize: "1K" }],
      ["gemini-3.1-flash-image", { imageSize: "1k" }],
      ["gemini-3.1-flash-image", { personGeneration: "ALLOW_ALL" }],
    ];
    for (const [model, imageConfig] of cases) {
      expect((await ask(gemini, { model, body: body(imageConfig) })).status, model).toBe(400);
    }
    expect(gemini.violations).toHaveLength(cases.length);
    expect(gemini.paidCalls).toEqual([]);
  });

  it("tells a missing key, a bad key, a retired model and a text model apart", async () => {
    const gemini = await setUp({ keys: ["AQ.test"] });
    expect((await ask(gemini, { key: "" })).status).toBe(403);
    const bad = await ask(gemini, { key: "AIza-old" });
    expect([bad.status, bad.json().error.details[0].reason]).toEqual([400, "API_KEY_INVALID"]);
    expect((await ask(gemini, { model: "imagen-4.0" })).status).toBe(404);
    const textOnly = await ask(gemini, { model: "gemini-2.5-flash" });
    expect(textOnly.json().candidates[0].finishReason).toBe("NO_IMAGE");
  });

  it("waits for a gate before it answers", async () => {
    const gemini = await setUp();
    const gate = Promise.withResolvers<void>();
    gemini.script({ times: 1, answer: { kind: "image" }, hold: gate.promise });
    const asked = ask(gemini);
    gate.resolve();
    expect((await asked).status).toBe(200);
  });

  it("shows a model's page without counting it as a call", async () => {
    const gemini = await setUp({ keys: ["AQ.test"] });
    const look = async (model: string, key: string) => {
      const headers = { "x-goog-api-key": key };
      const answer = await request(`${gemini.url}/v1beta/models/${model}`, { headers });
      return { status: answer.statusCode, body: JSON.parse(await answer.body.text()) };
    };
    const page = await look("gemini-3.1-flash-image", "AQ.test");
    expect(page).toMatchObject({ status: 200, body: { name: "models/gemini-3.1-flash-image" } });
    expect((await look("imagen-4.0", "AQ.test")).body.error.status).toBe("NOT_FOUND");
    expect((await look("gemini-3.1-flash-image", "AIza-old")).body.error.details[0].reason).toBe(
      "API_KEY_INVALID",
    );
    gemini.look({ kind: "error", httpStatus: 503 });
    expect((await look("gemini-3.1-flash-image", "AQ.test")).status).toBe(503);
    expect([gemini.looks, gemini.calls.length, gemini.violations.length]).toEqual([4, 0, 0]);
  });

  it("refuses more pictures than the model takes", async () => {
    const gemini = await setUp();
    const data = Buffer.from("picture").toString("base64");
    const parts = Array.from({ length: 4 }, () => ({ inlineData: { mimeType: "image/png", data } }));
    const contents = [{ role: "user", parts: [{ text: "a fox" }, ...parts] }];
    const generationConfig = { responseModalities: ["IMAGE"], imageConfig: { aspectRatio: "1:1" } };
    const asked = { contents, generationConfig };
    expect((await ask(gemini, { body: asked })).status).toBe(200);
    expect((await ask(gemini, { model: "gemini-2.5-flash-image", body: asked })).status).toBe(400);
    expect(gemini.violations).toHaveLength(1);
  });
});

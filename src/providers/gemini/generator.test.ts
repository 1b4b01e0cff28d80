import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GenerateRequest, ReferenceImage } from "../../core/ports/generator.ts";
import type { HttpResult } from "../shared/http.ts";
import type { GeminiReply } from "./client.ts";
import { stateOf } from "./errors.ts";
import { createGeminiGenerator } from "./generator.ts";
import { type bodyOf, geminiModels } from "./models.ts";
import { detailsSchema } from "./schema.ts";

const request = {
  model: "gemini-flash",
  kind: "image",
  prompt: "a red fox in the snow",
  aspect: "16:9",
  style: null,
  seed: 1,
  references: [],
  mask: null,
} as const;
const context = { signal: new AbortController().signal, callbackUrl: null };

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`./__fixtures__/${name}.json`, import.meta.url), "utf8"));

async function start(reply: GeminiReply, extra: Partial<GenerateRequest> = {}) {
  const bodies: ReturnType<typeof bodyOf>[] = [];
  const client = {
    generate: (body: ReturnType<typeof bodyOf>) => {
      bodies.push(body);
      return Promise.resolve(reply);
    },
    look: () => Promise.resolve<HttpResult>({ kind: "lost", detail: "cut" }),
  };
  const generator = createGeminiGenerator({ client, model: "gemini-3.1-flash-image", trustedOrigins: [] });
  return { result: await generator.start({ ...request, ...extra }, context), bodies };
}
const answered = async (body: unknown) => (await start({ kind: "answer", body })).result;
const refusedAs = async (name: string) => {
  const { error } = fixture(name);
  const details = detailsSchema.parse(error.details) ?? [];
  return (await start({ kind: "refused", status: error.code, details, message: error.message })).result;
};

describe("what Gemini is asked", () => {
  it("names the ratio and nothing that an older model refuses", async () => {
    const { bodies } = await start({ kind: "answer", body: fixture("image") });
    expect(bodies[0]).toEqual({
      contents: [{ role: "user", parts: [{ text: "a red fox in the snow" }] }],
      generationConfig: {
        candidateCount: 1,
        responseModalities: ["TEXT", "IMAGE"],
        imageConfig: { aspectRatio: "16:9" },
      },
    });
  });
});

describe("pictures for Gemini", () => {
  const picture = (bytes: Uint8Array): ReferenceImage => ({
    bytes,
    contentType: "image/jpeg",
    width: 8,
    height: 8,
  });

  it("stand behind the words, in their order", async () => {
    const references = [picture(Buffer.from("one")), picture(Buffer.from("two"))];
    const { bodies } = await start({ kind: "answer", body: fixture("image") }, { references });
    expect(bodies[0]?.contents[0]?.parts).toEqual([
      { text: "a red fox in the snow" },
      { inlineData: { mimeType: "image/jpeg", data: "b25l" } },
      { inlineData: { mimeType: "image/jpeg", data: "dHdv" } },
    ]);
  });

  it("are refused before anything is sent when the request would be over 20 MB", async () => {
    const half = picture(new Uint8Array(7_600_000));
    const { result, bodies } = await start({ kind: "not-sent" }, { references: [half, half] });
    expect(result).toMatchObject({ failure: { kind: "input", detail: "gemini request size" } });
    expect(bodies).toEqual([]);
    const { bodies: sent } = await start({ kind: "not-sent" }, { references: [half] });
    expect(sent).toHaveLength(1);
  });

  it.each([
    ["gemini-3.1-flash-image", 14],
    ["gemini-nano-banana-2.1", 14],
    ["gemini-2.5-flash-image", 3],
  ])("of %s are at most %i", (model, maxReferences) => {
    expect(geminiModels(model)).toMatchObject([{ id: "gemini-flash", maxReferences }]);
  });
});

describe("the page of a Gemini model", () => {
  const page = (status: number, json: unknown): HttpResult => ({
    kind: "answer",
    status,
    text: "",
    json,
    retryAfterMs: undefined,
  });
  const badKey = { error: fixture("error-bad-key").error };
  const operator = (scope: string) => ({ status: "down", failure: { kind: "operator", scope } });
  const gone = { status: "down", failure: { kind: "transient", serviceDown: true } };
  it.each<[string, HttpResult, object]>([
    ["that is there", page(200, { name: "models/gemini-3.1-flash-image" }), { status: "up" }],
    ["of a bad key", page(400, badKey), operator("account")],
    ["of no key", page(403, undefined), operator("account")],
    ["of a retired model", page(404, { error: { status: "NOT_FOUND" } }), operator("model")],
    ["that a proxy does not have", page(404, undefined), { status: "up" }],
    ["asked for too often", page(429, undefined), { status: "up" }],
    ["of a service that is down", page(503, undefined), gone],
    ["out of reach", { kind: "not-sent", detail: "ECONNREFUSED" }, gone],
    ["whose answer was lost", { kind: "lost", detail: "timeout" }, gone],
  ])("%s", (_name, result, expected) => {
    expect(stateOf(result)).toMatchObject(expected);
  });
});

describe("what a Gemini answer says", () => {
  it.each(["image", "image-after-thoughts"])("takes the finished picture of %s", async (name) => {
    const result = await answered(fixture(name));
    const parts = fixture("image").candidates[0].content.parts;
    const bytes = Buffer.from(parts[1].inlineData.data, "base64");
    expect(result).toEqual({ status: "done", media: [{ bytes }] });
  });

  it.each([
    ["prompt-blocked", "content", "gemini PROHIBITED_CONTENT"],
    ["image-safety", "content", "gemini IMAGE_SAFETY"],
    ["text-only", "content", "gemini STOP"],
    ["no-image", "transient", "gemini NO_IMAGE"],
    ["thoughts-only", "transient", "gemini STOP"],
  ])("%s ends as %s", async (name, kind, detail) => {
    expect(await answered(fixture(name))).toMatchObject({ status: "failed", failure: { kind, detail } });
  });

  it.each([
    ["SAFETY", "content"],
    ["PROHIBITED_CONTENT", "content"],
    ["BLOCKLIST", "content"],
    ["SPII", "content"],
    ["RECITATION", "content"],
    ["IMAGE_PROHIBITED_CONTENT", "content"],
    ["IMAGE_RECITATION", "content"],
    ["SOME_NEW_SAFETY", "content"],
    ["IMAGE_OTHER", "transient"],
    ["OTHER", "transient"],
    ["MAX_TOKENS", "transient"],
    ["SOMETHING_NEW", "transient"],
    ["not a constant <b>", "transient"],
  ])("finish reason %s without a picture is %s", async (finishReason, kind) => {
    const result = await answered({ candidates: [{ finishReason, content: { parts: [] } }] });
    expect(result).toMatchObject({ status: "failed", failure: { kind } });
    expect(JSON.stringify(result)).not.toContain("<b>");
  });

  it.each([
    {},
    { candidates: [] },
    { candidates: null },
    { candidates: "x" },
    { promptFeedback: {} },
    null,
    [],
    "text",
    7,
    undefined,
  ])("leaves the outcome open when the answer is %j", async (body) => {
    expect((await answered(body)).status).toBe("unknown");
  });

  it.each([
    [{ parts: [{ inlineData: { mimeType: "image/png", data: "" } }] }],
    [{ parts: [{ inlineData: { mimeType: "text/plain", data: "aGk=" } }] }],
    [{ parts: [{ inlineData: { data: 5 } }] }],
    [{ parts: [null, 5, "x", { text: 7 }] }],
    [{ parts: "x" }],
    [null],
    [[]],
  ])("finds no picture in the content %j", async (content) => {
    const result = await answered({ candidates: [{ finishReason: "STOP", content }] });
    expect(result).toMatchObject({ status: "failed", failure: { kind: "transient" } });
  });
});

describe("any answer at all", () => {
  it("is a value, never a throw", async () => {
    const field = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>("STOP", "IMAGE_SAFETY", "aGk=", "image/png", null),
    );
    const part = fc.record({
      text: field,
      thought: field,
      inlineData: fc.record({ mimeType: field, data: field }),
    });
    const candidate = fc.record({
      finishReason: field,
      content: fc.oneof(field, fc.record({ parts: fc.array(fc.oneof(part, field)) })),
    });
    const body = fc.record(
      { candidates: fc.oneof(field, fc.array(fc.oneof(candidate, field))), promptFeedback: field },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), body), async (value) => {
        const result = await answered(value);
        return ["done", "failed", "unknown"].includes(result.status);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("what a refusal of Gemini says", () => {
  it("waits as long as RetryInfo asks, and not for a quota without one", async () => {
    expect(await refusedAs("error-rate")).toEqual({
      status: "failed",
      failure: { kind: "busy", code: "PROVIDER_BUSY", detail: "gemini http 429", retryAfterMs: 20_750 },
    });
    expect(await refusedAs("error-quota-free-tier")).toMatchObject({ failure: { kind: "operator" } });
  });

  it("knows a bad key under HTTP 400", async () => {
    expect(await refusedAs("error-bad-key")).toMatchObject({ failure: { kind: "operator" } });
  });

  it("tells a key from a model, and a service that is down from a task that failed", async () => {
    const scopeOf = async (status: number) => {
      const { result } = await start({ kind: "refused", status, details: [], message: "" });
      return result.status === "failed" ? (result.failure.scope ?? result.failure.serviceDown) : undefined;
    };
    expect(await Promise.all([401, 403, 404, 503].map(scopeOf))).toEqual([
      "account",
      "account",
      "model",
      true,
    ]);
    expect((await answered(fixture("no-image"))).status).toBe("failed");
    expect(JSON.stringify(await answered(fixture("no-image")))).not.toContain("serviceDown");
  });

  it.each([
    [400, "failed", "input"],
    [401, "failed", "operator"],
    [403, "failed", "operator"],
    [404, "failed", "operator"],
    [409, "failed", "transient"],
    [413, "failed", "input"],
    [429, "failed", "busy"],
    [503, "failed", "transient"],
    [408, "unknown", undefined],
    [500, "unknown", undefined],
    [502, "unknown", undefined],
    [504, "unknown", undefined],
    [302, "unknown", undefined],
  ])("HTTP %i is %s %s", async (status, expected, kind) => {
    const { result } = await start({ kind: "refused", status, details: [], message: "" });
    expect(result.status).toBe(expected);
    expect(result.status === "failed" ? result.failure.kind : undefined).toBe(kind);
  });

  it("tells what never left from what was lost", async () => {
    expect((await start({ kind: "not-sent" })).result).toMatchObject({ failure: { kind: "transient" } });
    expect((await start({ kind: "lost", detail: "timeout" })).result.status).toBe("unknown");
  });
});

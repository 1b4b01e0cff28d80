import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GeminiReply } from "./client.ts";
import { createGeminiGenerator } from "./generator.ts";
import type { bodyOf } from "./models.ts";
import { detailsSchema } from "./schema.ts";

const request = {
  model: "gemini-flash",
  kind: "image",
  prompt: "a red fox in the snow",
  aspect: "16:9",
  style: null,
  seed: 1,
  references: [],
} as const;
const context = { signal: new AbortController().signal, callbackUrl: null };

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`./__fixtures__/${name}.json`, import.meta.url), "utf8"));

async function start(reply: GeminiReply) {
  const bodies: ReturnType<typeof bodyOf>[] = [];
  const client = {
    generate: (body: ReturnType<typeof bodyOf>) => {
      bodies.push(body);
      return Promise.resolve(reply);
    },
  };
  const generator = createGeminiGenerator({ client, trustedOrigins: [] });
  return { result: await generator.start(request, context), bodies };
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

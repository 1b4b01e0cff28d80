import { readFileSync } from "node:fs";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { GenerateRequest, ReferenceImage } from "../../core/ports/generator.ts";
import { Secret } from "../../core/secret.ts";
import type { HttpBytes, HttpCall, HttpResult } from "../shared/http.ts";
import { createImagesClient } from "./client.ts";
import { createImageGenerator } from "./generator.ts";
import { type ImageServer, modelOf } from "./models.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const OPENAI: ImageServer = {
  baseUrl: "https://api.openai.com/v1",
  key: new Secret("sk-canary"),
  model: "gpt-image-2",
  isSelfHosted: false,
};
const OWN: ImageServer = {
  baseUrl: "http://127.0.0.1:8080/v1",
  key: undefined,
  model: "sd-1.5",
  isSelfHosted: true,
};

const fixture = (name: string): string =>
  readFileSync(new URL(`./__fixtures__/${name}.json`, import.meta.url), "utf8");
const answer = (body: string | Uint8Array, status = 200, retryAfterMs?: number): HttpBytes => ({
  kind: "answer",
  status,
  bytes: new Uint8Array(Buffer.from(body)),
  contentType: "application/json",
  retryAfterMs,
});

const request: GenerateRequest = {
  model: "openai-image",
  kind: "image",
  prompt: "a red fox | ugly <lora:x:1>",
  aspect: "1:1",
  style: null,
  seed: 1,
  references: [],
  mask: null,
};
const context = { signal: new AbortController().signal, callbackUrl: null };
const picture: ReferenceImage = { bytes: Buffer.from("one"), contentType: "image/jpeg", width: 8, height: 8 };

const rgbaMask = (): Promise<Buffer> =>
  sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
    .png()
    .toBuffer();

/** The generator on a wire that gives these answers in turn; the last one again and again. */
function setUp(server: ImageServer, answers: HttpBytes[], models?: HttpResult) {
  const calls: HttpCall[] = [];
  const http = {
    bytes: (call: HttpCall) => {
      calls.push(call);
      return Promise.resolve(answers[Math.min(calls.length, answers.length) - 1] ?? answer("{}"));
    },
    call: () => Promise.resolve(models ?? ({ kind: "lost", detail: "cut" } as const)),
    close: () => Promise.resolve(),
  };
  const client = createImagesClient({ http, server, startTimeoutMs: 1_000 });
  const generator = createImageGenerator({ client, server, clock: { now: () => NOW } });
  const sent = (at: number) => JSON.parse(Buffer.from(calls[at]?.content?.bytes ?? "null").toString());
  return {
    generator,
    calls,
    sent,
    start: (extra = {}) => generator.start({ ...request, ...extra }, context),
  };
}

const startWith = async (server: ImageServer, reply: HttpBytes, extra = {}) =>
  setUp(server, [reply]).start(extra);
const refusedAs = (name: string, status: number, server = OPENAI, extra = {}) =>
  startWith(server, answer(fixture(name), status), extra);

describe("what the Images API is asked", () => {
  it("is what OpenAI documents, the prompt as it is, and nothing of the library's own", async () => {
    const { start, sent, calls } = setUp(OPENAI, [answer(fixture("generated"))]);
    expect((await start()).status).toBe("done");
    expect(sent(0)).toEqual({
      model: "gpt-image-2",
      prompt: "a red fox | ugly <lora:x:1>",
      n: 1,
      size: "1024x1024",
      output_format: "png",
    });
    expect(calls[0]).toMatchObject({
      url: "https://api.openai.com/v1/images/generations",
      headers: { authorization: "Bearer sk-canary" },
      content: { type: "application/json" },
      once: true,
    });
    expect(Object.keys(calls[0]?.headers ?? {})).toEqual(["authorization"]);
  });

  it("asks a server of one's own for base64, without its prompt syntax and without a key", async () => {
    const { start, sent, calls } = setUp(OWN, [answer(fixture("generated-sd-cpp"))]);
    await start();
    expect(sent(0)).toMatchObject({ prompt: "a red fox , ugly", response_format: "b64_json" });
    expect(calls[0]?.headers).toEqual({});
  });

  it("asks nothing when only instructions to the server were written", async () => {
    const { start, calls } = setUp(OWN, []);
    expect(await start({ prompt: "<lora:x:1>" })).toMatchObject({ failure: { kind: "input" } });
    expect(calls).toEqual([]);
  });

  it("asks nothing with a mask that OpenAI would not read", async () => {
    const { start, calls } = setUp(OPENAI, []);
    const mask = { ...picture, contentType: "image/png", bytes: new Uint8Array(5 * 1024 * 1024) };
    expect(await start({ references: [picture], mask })).toMatchObject({ failure: { kind: "input" } });
    expect(calls).toEqual([]);
  });

  it("has sizes whose sides are multiples of 16 and whose ratio is the one asked for", async () => {
    for (const aspect of modelOf(OPENAI).aspects) {
      const { start, sent } = setUp(OPENAI, [answer(fixture("generated"))]);
      await start({ aspect });
      const [width = 0, height = 0] = String(sent(0).size).split("x").map(Number);
      const [wide = 0, high = 0] = aspect.split(":").map(Number);
      expect([width % 16, height % 16, width * high - height * wide], aspect).toEqual([0, 0, 0]);
    }
  });

  it("leaves out a field from then on that the server refuses by name", async () => {
    const refusal = answer('{"error":"response_format is not supported"}', 400);
    const { start, sent } = setUp(OWN, [refusal, answer(fixture("generated-sd-cpp"))]);
    expect(await start()).toMatchObject({
      failure: { kind: "transient", detail: "openai response_format" },
    });
    expect((await start()).status).toBe("done");
    expect(sent(1)).toEqual({
      model: "sd-1.5",
      prompt: "a red fox , ugly",
      n: 1,
      size: "1024x1024",
      output_format: "png",
    });
  });
});

describe("what an answer of the Images API says", () => {
  const bytes = Buffer.from(JSON.parse(fixture("generated")).data[0].b64_json, "base64");

  it.each([
    ["generated", OPENAI],
    ["generated-sd-cpp", OWN],
  ])("takes the picture of %s", async (name, server) => {
    expect(await startWith(server, answer(fixture(name)))).toEqual({ status: "done", media: [{ bytes }] });
  });

  it("fetches a link of the server itself, and no other", async () => {
    const link = answer(fixture("generated-localai-link"));
    const near = setUp(OWN, [link, answer(bytes)]);
    expect(await near.start()).toEqual({ status: "done", media: [{ bytes: new Uint8Array(bytes) }] });
    expect(near.calls[1]).toMatchObject({
      method: "GET",
      url: "http://127.0.0.1:8080/generated-images/b640012345.png",
    });
    const far = setUp({ ...OWN, baseUrl: "http://127.0.0.1:9090/v1" }, [link, answer(bytes)]);
    expect(await far.start()).toMatchObject({ failure: { kind: "transient", detail: "openai link" } });
    expect(far.calls).toHaveLength(1);
    const dead = setUp(OWN, [link, answer("gone", 404)]);
    expect(await dead.start()).toMatchObject({ failure: { kind: "transient" } });
  });

  it.each([
    '{"data":[]}',
    '{"data":[null]}',
    '{"data":[{}]}',
    '{"data":[{"b64_json":"%%%"}]}',
    '{"data":[{"b64_json":"iVBORw0KG"}]}',
  ])("asks again for what cost nothing, never for what was paid: %s", async (body) => {
    expect((await startWith(OPENAI, answer(body))).status).toBe("unknown");
    expect(await startWith(OWN, answer(body))).toMatchObject({ failure: { kind: "transient" } });
  });

  it.each(["", "null", "[]", "7", '"x"', "{}", '{"data":', '{"data":{}}', "<html>"])(
    "leaves the outcome open when it is %j",
    async (body) => {
      expect((await startWith(OPENAI, answer(body))).status).toBe("unknown");
      expect((await startWith(OWN, answer(body))).status).toBe("unknown");
    },
  );

  it("is a value for any answer at all, never a throw", async () => {
    const word = fc.constantFrom<unknown>("aGk=", "http://127.0.0.1:8080/x.png", "x", null, 7, {});
    const item = fc.record({ b64_json: word, url: word }, { requiredKeys: [] });
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ data: fc.array(fc.oneof(item, fc.jsonValue())) }),
      fc.record({ error: fc.oneof(fc.jsonValue(), fc.record({ code: word, param: word, message: word })) }),
    );
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom(200, 400, 404, 429, 500), async (value, status) => {
        const result = await startWith(OWN, answer(JSON.stringify(value), status));
        return ["done", "failed", "unknown"].includes(result.status);
      }),
      { numRuns: 300 },
    );
  });
});

describe("what a refusal of the Images API says", () => {
  it.each<[string, number, object]>([
    ["error-moderation", 400, { kind: "content", code: "CONTENT_REFUSED" }],
    ["error-quota", 429, { kind: "operator", scope: "account", detail: "openai credit" }],
    ["error-bad-key", 401, { kind: "operator", scope: "account" }],
    ["error-model", 404, { kind: "operator", scope: "model" }],
    ["error-model", 403, { kind: "operator", scope: "model" }],
    ["error-size", 400, { kind: "input", code: "INPUT_INVALID" }],
    ["error-sd-cpp", 400, { kind: "input" }],
    ["error-rate", 429, { kind: "busy", code: "PROVIDER_BUSY" }],
  ])("%s with HTTP %i", async (name, status, failure) => {
    expect(await refusedAs(name, status)).toMatchObject({ status: "failed", failure });
  });

  it.each(["error-sd-cpp-server", "error-localai"])("%s leaves the outcome open", async (name) => {
    expect((await refusedAs(name, 500, OWN)).status).toBe("unknown");
  });

  it("waits as long as the server asks", async () => {
    const busy = await startWith(OPENAI, answer(fixture("error-rate"), 429, 12_000));
    expect(busy).toMatchObject({ failure: { kind: "busy", retryAfterMs: 12_000 } });
    const down = await startWith(OPENAI, answer("", 503, 5_000));
    expect(down).toMatchObject({ failure: { kind: "transient", serviceDown: true, retryAfterMs: 5_000 } });
  });

  it("is the member's mask where a server has no edits, and the operator's address where it has nothing", async () => {
    const nothing = answer("<html>", 404);
    const mask = { ...picture, contentType: "image/png", bytes: await rgbaMask() };
    expect(await startWith(OWN, nothing, { references: [picture], mask })).toMatchObject({
      failure: { kind: "input" },
    });
    expect(await startWith(OWN, nothing)).toMatchObject({ failure: { kind: "operator" } });
  });

  it("sends pictures inside the words from then on where there are no edits", async () => {
    const { start, sent } = setUp(OWN, [answer("<html>", 404), answer(fixture("generated-sd-cpp"))]);
    const references = [picture];
    expect(await start({ references })).toMatchObject({ failure: { kind: "transient" } });
    expect((await start({ references })).status).toBe("done");
    expect(sent(1)).toMatchObject({ files: ["b25l"], ref_images: ["b25l"] });
    expect((await start()).status).toBe("done");
    expect(sent(2)).not.toHaveProperty("files");
  });

  it.each([
    [400, "failed", "input"],
    [402, "failed", "operator"],
    [403, "failed", "operator"],
    [409, "failed", "transient"],
    [413, "failed", "input"],
    [415, "failed", "input"],
    [422, "failed", "input"],
    [429, "failed", "busy"],
    [503, "failed", "transient"],
    [408, "unknown", undefined],
    [500, "unknown", undefined],
    [502, "unknown", undefined],
    [504, "unknown", undefined],
    [524, "unknown", undefined],
    [302, "unknown", undefined],
  ])("HTTP %i with a page is %s %s", async (status, expected, kind) => {
    const result = await startWith(OPENAI, answer("<html>", status));
    expect(result.status).toBe(expected);
    expect(result.status === "failed" ? result.failure.kind : undefined).toBe(kind);
  });

  it("tells what never left from what was lost", async () => {
    const away = await startWith(OPENAI, { kind: "not-sent", detail: "ECONNREFUSED" });
    expect(away).toMatchObject({ failure: { kind: "transient", serviceDown: true } });
    for (const detail of ["timeout", "cut", "too large"] as const) {
      const lost = await startWith(OPENAI, { kind: "lost", detail });
      expect(lost).toEqual({ status: "unknown", detail: `openai ${detail}`, serviceDown: true });
    }
  });
});

describe("what a look at the models says", () => {
  const list = (status: number, body: string): HttpResult => ({
    kind: "answer",
    status,
    text: body,
    json: body.startsWith("{") ? JSON.parse(body) : undefined,
    retryAfterMs: undefined,
  });
  const look = (server: ImageServer, result: HttpResult) =>
    setUp(server, [], result).generator.probe?.(context);
  const operator = (scope: string) => ({ status: "down", failure: { kind: "operator", scope } });
  const down = { status: "down", failure: { kind: "transient", serviceDown: true } };
  const models = list(200, fixture("models"));

  it.each<[string, ImageServer, HttpResult, object]>([
    ["listed", OPENAI, models, { status: "up" }],
    ["about to end", { ...OPENAI, model: "gpt-image-1.5" }, models, { status: "up" }],
    ["ended", { ...OPENAI, model: "gpt-image-1" }, models, operator("model")],
    ["not listed", { ...OPENAI, model: "gpt-image-9" }, models, operator("model")],
    [
      "not listed by who stands in front",
      { ...OPENAI, baseUrl: "https://gate.test/v1", model: "x" },
      models,
      { status: "up" },
    ],
    ["not listed by one's own", OWN, models, { status: "up" }],
    ["nothing to list", OWN, list(404, ""), { status: "up" }],
    ["a refused key", OPENAI, list(401, ""), operator("account")],
    ["a page", OPENAI, list(200, "<html>"), down],
    ["a broken gate", OPENAI, list(502, ""), down],
    ["no connection", OWN, { kind: "not-sent", detail: "ECONNREFUSED" }, down],
  ])("%s", async (_name, server, result, expected) => {
    expect(await look(server, result)).toMatchObject(expected);
  });
});

describe("the model that members see", () => {
  it("costs where a key is wanted, and may be asked again only where none is", () => {
    expect(modelOf(OPENAI)).toMatchObject({ paid: true, repeatable: false, startTimeoutMs: 180_000 });
    expect(modelOf(OWN)).toMatchObject({ paid: false, repeatable: true, costDollars: 0 });
    expect(modelOf({ ...OWN, key: new Secret("x") })).toMatchObject({ paid: true, repeatable: false });
    expect(modelOf(OWN).startTimeoutMs).toBe(1_200_000);
  });

  it("has three ratios where the model of OpenAI has only three", () => {
    expect(modelOf({ ...OPENAI, model: "gpt-image-1.5" }).aspects).toEqual(["1:1", "3:2", "2:3"]);
    expect(modelOf(OPENAI).aspects).toHaveLength(10);
  });
});

import sharp from "sharp";
import { afterEach, describe, expect, it } from "vitest";
import {
  type ChatAnswer,
  type Flavour,
  type OpenAiEmulator,
  STANDARD_CAPTION,
  startOpenAiEmulator,
} from "../emulators/openai/index.ts";

const open: OpenAiEmulator[] = [];
afterEach(async () => {
  for (const emulator of open.splice(0)) {
    expect(emulator.errors).toEqual([]);
    await emulator.close();
  }
});

async function setUp(flavour: Flavour = "openai", keys?: string[]) {
  const openai = await startOpenAiEmulator({ flavour, ...(keys ? { keys } : {}) });
  open.push(openai);
  const generate = async (fields: Record<string, unknown>, key = "sk-test") => {
    const answer = await fetch(`${openai.baseUrl}/images/generations`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify(fields),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) };
  };
  const edit = async (
    fields: Record<string, string>,
    files: [name: string, bytes: Buffer, type: string][],
  ) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    for (const [name, bytes, type] of files) {
      const ending = type === "image/png" ? "png" : "jpg";
      form.append(name, new File([new Uint8Array(bytes)], `one.${ending}`, { type }));
    }
    return (await fetch(`${openai.baseUrl}/images/edits`, { method: "POST", body: form })).status;
  };
  return { openai, generate, edit };
}

const prompt = "a red fox";
const png = (width = 64, height = 48, alpha = 1) =>
  sharp({ create: { width, height, channels: 4, background: { r: 9, g: 9, b: 9, alpha } } })
    .png()
    .toBuffer();

describe("the emulator of the Images API", () => {
  it("answers a prompt with a picture of the ratio, another one each time", async () => {
    const { openai, generate } = await setUp();
    const first = await generate({ prompt, model: "gpt-image-2", size: "1536x864" });
    const second = await generate({ prompt });
    const bytes = Buffer.from(first.json().data[0].b64_json, "base64");
    expect(await sharp(bytes).metadata()).toMatchObject({ format: "png", width: 96, height: 54 });
    expect(bytes.equals(await openai.imageBytes(0))).toBe(true);
    expect(second.text).not.toContain(first.json().data[0].b64_json);
    expect(openai.paidCalls).toHaveLength(2);
    expect(openai.violations).toEqual([]);
  });

  it.each([
    ["response_format", { prompt, response_format: "b64_json" }],
    ["size", { prompt, size: "1000x1000" }],
    ["size", { prompt, size: "3840x1024" }],
    ["size", { prompt, model: "gpt-image-1.5", size: "1280x1024" }],
    ["model", { prompt, model: "dall-e-3" }],
    ["n", { prompt, n: 11 }],
    ["prompt", { model: "gpt-image-2" }],
    ["body", { prompt: { text: "a" } }],
  ])("refuses a wrong %s and remembers it", async (name, fields) => {
    const { openai, generate } = await setUp();
    const { status, json } = await generate(fields);
    expect([status, json().error.type]).toEqual([400, "invalid_request_error"]);
    expect(openai.violations.join()).toContain(name);
    expect(openai.paidCalls).toEqual([]);
  });

  it("reads a form with pictures and a mask, and refuses files that are not what they say", async () => {
    const { openai, edit } = await setUp();
    const jpeg = await sharp(await png())
      .jpeg()
      .toBuffer();
    const picture: [string, Buffer, string] = ["image[]", await png(), "image/png"];
    const mask: [string, Buffer, string] = ["mask", await png(64, 48, 0), "image/png"];
    expect(await edit({ prompt }, [picture, ["image[]", jpeg, "image/jpeg"], mask])).toBe(200);
    expect(openai.calls[0]?.pictures.map((bytes) => bytes.length)).toEqual([picture[1].length, jpeg.length]);
    expect(openai.calls[0]?.mask?.equals(mask[1])).toBe(true);
    expect(openai.violations).toEqual([]);
    expect(await edit({ prompt }, [])).toBe(400);
    expect(await edit({ prompt }, [["image[]", jpeg, "image/png"]])).toBe(400);
    expect(await edit({ prompt }, [picture, ["mask", await png(32, 32, 0), "image/png"]])).toBe(400);
    expect(
      await edit(
        { prompt },
        Array.from({ length: 17 }, () => picture),
      ),
    ).toBe(400);
    expect(openai.paidCalls).toHaveLength(1);
  });

  it("wants a key where it has any, and lists its models", async () => {
    const { openai, generate } = await setUp("openai", ["sk-test"]);
    expect((await generate({ prompt }, "sk-other")).status).toBe(401);
    const list = (key: string) =>
      fetch(`${openai.baseUrl}/models`, { headers: { authorization: `Bearer ${key}` } });
    expect((await list("sk-other")).status).toBe(401);
    openai.list([{ id: "gpt-image-1", shutdown_date: "2026-10-23" }]);
    expect(await (await list("sk-test")).json()).toMatchObject({
      data: [{ id: "gpt-image-1", shutdown_date: "2026-10-23" }],
    });
    expect([openai.listings, openai.calls.length]).toEqual([2, 1]);
  });

  it("has the manners of stable-diffusion.cpp: base64 always, errors as a text", async () => {
    const { openai, generate } = await setUp("sd-cpp");
    expect(
      (await generate({ prompt, response_format: "url", unknown: 1 })).json().data[0].b64_json,
    ).toBeTruthy();
    expect((await generate({})).json().error).toContain("prompt");
    expect((await generate({ prompt: 'a <sd_cpp_extra_args>{"steps":9}</sd_cpp_extra_args>' })).status).toBe(
      400,
    );
    expect((await generate({ prompt: "a <lora:x:1>" })).status).toBe(400);
    openai.script({ times: 1, answer: { kind: "refusal", httpStatus: 500 } });
    expect((await generate({ prompt })).json().error).toBe("server_error");
    expect(openai.violations).toHaveLength(3);
  });

  it("has the manners of LocalAI: a link unless base64 is asked for, no edits, `|` means something", async () => {
    const { openai, generate, edit } = await setUp("localai");
    const { url } = (await generate({ prompt })).json().data[0];
    const fetched = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(fetched.equals(await openai.imageBytes(0))).toBe(true);
    expect((await generate({ prompt, response_format: "b64_json" })).json().data[0].url).toBeUndefined();
    expect(await edit({ prompt }, [["image[]", await png(), "image/png"]])).toBe(404);
    expect((await generate({ prompt: "fox | ugly" })).json().error.code).toBe(400);
  });

  it("breaks connections before, after and in the middle of the work", async () => {
    const { openai, generate } = await setUp();
    for (const when of ["before", "after", "middle"] as const) {
      openai.script({ times: 1, answer: { kind: "cut", when } });
      await expect(generate({ prompt })).rejects.toThrow();
    }
    expect(openai.calls.map((call) => call.paid)).toEqual([false, true, true]);
  });

  it("spoils base64 as it is told, and waits for a gate", async () => {
    const { openai, generate } = await setUp();
    const whole = Buffer.from((await generate({ prompt })).json().data[0].b64_json, "base64");
    openai.script({ times: 1, answer: { kind: "image", spoilt: "truncated" } });
    const spoilt: string = (await generate({ prompt })).json().data[0].b64_json;
    expect(spoilt.length % 4).toBe(3);
    expect(spoilt.length).toBeLessThan(whole.length);
    const gate = Promise.withResolvers<void>();
    openai.script({ times: 1, answer: { kind: "image", type: "jpeg" }, hold: gate.promise });
    const asked = generate({ prompt });
    gate.resolve();
    const jpeg = Buffer.from((await asked).json().data[0].b64_json, "base64");
    expect((await sharp(jpeg).metadata()).format).toBe("jpeg");
  });
});

describe("the emulator of chat completions", () => {
  async function chat(keys?: string[]) {
    const { openai } = await setUp("openai", keys);
    const ask = async (change: object = {}, key = "sk-test") => {
      const response = await fetch(`${openai.baseUrl}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({
          model: "gpt-6-luna",
          messages: [{ role: "user", content: "as JSON" }],
          ...change,
        }),
      });
      const text = await response.text();
      return { status: response.status, text, json: () => JSON.parse(text) };
    };
    return { openai, ask };
  }
  const shown = (url: string) => ({
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "image_url", image_url: { url } },
        ],
      },
    ],
  });
  const schema = (required: string[]) => ({
    response_format: {
      type: "json_schema",
      json_schema: {
        name: "a",
        strict: true,
        schema: { type: "object", properties: { a: {}, b: {} }, required, additionalProperties: false },
      },
    },
  });

  it("writes a caption, and keeps what was asked", async () => {
    const { openai, ask } = await chat();
    const { status, json } = await ask({
      ...shown(`data:image/png;base64,${(await png()).toString("base64")}`),
      ...schema(["a", "b"]),
    });
    expect([status, json().choices[0].finish_reason]).toEqual([200, "stop"]);
    expect(JSON.parse(json().choices[0].message.content)).toEqual(STANDARD_CAPTION);
    expect(openai.chat.calls[0]).toMatchObject({
      key: "sk-test",
      user: "a",
      format: "json_schema",
      links: [],
    });
    expect(openai.chat.calls[0]?.pictures[0]?.bytes.equals(await png())).toBe(true);
    expect([openai.violations, openai.calls]).toEqual([[], []]);
  });

  it.each<[string, object]>([
    ["messages", { messages: [] }],
    ["messages", { messages: [{ role: "user", content: [{ type: "image", url: "x" }] }] }],
    ["response_format", schema(["a"])],
    ["max_tokens", { max_tokens: 5 }],
    ["image_url", shown("https://cdn.test/a.png")],
    ["image_url", shown("data:image/jpeg;base64,iVBORw0KGgo=")],
    ["image_url", shown("data:image/png;base64,")],
    ["json", { messages: [{ role: "user", content: "a" }], response_format: { type: "json_object" } }],
  ])("refuses a wrong %s and remembers it", async (name, change) => {
    const { openai, ask } = await chat();
    const { status, text } = await ask(change);
    expect([status, text.includes("invalid_request_error")]).toEqual([400, true]);
    expect(openai.violations.join()).toContain(name);
  });

  it("sees every link in a request, and wants a key where it has any", async () => {
    const { openai, ask } = await chat(["sk-test"]);
    await ask({ messages: [{ role: "user", content: 'see "http://127.0.0.1:9/m/1" and s3://b/k' }] });
    expect(openai.chat.calls[0]?.links).toEqual(["http://127.0.0.1:9/m/1", "s3://b/k"]);
    expect((await ask({}, "sk-other")).status).toBe(401);
  });

  it("answers as it is told, and can do no more than it is told", async () => {
    const { openai, ask } = await chat();
    const next = (answer: ChatAnswer) => openai.chat.script({ times: 1, words: "JSON", answer });
    next({ kind: "refusal", words: "No." });
    expect((await ask()).json().choices[0].message).toMatchObject({ content: null, refusal: "No." });
    next({ kind: "content", content: "half", finishReason: "length" });
    expect((await ask()).json().choices[0].finish_reason).toBe("length");
    next({ kind: "error", httpStatus: 429, code: "insufficient_quota" });
    expect((await ask()).json().error.code).toBe("insufficient_quota");
    next({ kind: "html", httpStatus: 502 });
    expect((await ask()).status).toBe(502);
    for (const when of ["before", "after", "middle"] as const) {
      next({ kind: "cut", when });
      await expect(ask()).rejects.toThrow();
    }
    openai.chat.limit({ formats: ["json_object"], vision: false, bounded: false });
    const refused = async (change: object) => (await ask(change)).json().error.param;
    expect(await refused(schema(["a", "b"]))).toBe("response_format");
    expect(await refused({ max_completion_tokens: 9 })).toBe("max_completion_tokens");
    expect(await refused(shown(`data:image/png;base64,${(await png()).toString("base64")}`))).toBe(
      "messages",
    );
    expect((await ask({ response_format: { type: "json_object" } })).status).toBe(200);
    expect(openai.violations).toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../core/secret.ts";
import type { Http, HttpCall, HttpResult } from "../shared/http.ts";
import { createKieClient } from "./client.ts";
import { createKieGenerator } from "./generator.ts";
import type { KieApi } from "./schema.ts";
import { createKieUploads } from "./uploads.ts";

const START = 1_763_800_000_000;
const context = { signal: new AbortController().signal, callbackUrl: null };
const request = {
  model: "kie-4o-image",
  kind: "image",
  prompt: "a red fox in the snow",
  aspect: "3:2",
  style: null,
  seed: 1,
  references: [],
  mask: null,
} as const;

const fixture = (name: string): string =>
  readFileSync(new URL(`./__fixtures__/${name}.json`, import.meta.url), "utf8");

function answerOf(text: string, status = 200): HttpResult {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { kind: "answer", status, text, json, retryAfterMs: undefined };
}

/** A generator whose next calls are answered with `result`; `onCall` sees each go out. */
function setUp(result: HttpResult, ageMs = 1_000, onCall: () => void = () => undefined) {
  const calls: HttpCall[] = [];
  const http: Http = {
    call: (call) => {
      calls.push(call);
      onCall();
      return Promise.resolve(result);
    },
    close: () => Promise.resolve(),
  };
  const clock = { now: () => START + ageMs, monotonicMs: () => 0, sleep: () => Promise.resolve() };
  const client = createKieClient({ http, apiUrl: "https://kie.test", key: new Secret("kie-key") });
  const ids = { token: () => "token0123456789A" };
  const uploads = createKieUploads({
    http,
    uploadUrl: "https://upload.test",
    key: new Secret("kie-key"),
    ids,
  });
  return { generator: createKieGenerator({ client, uploads, clock, trustedOrigins: [] }), calls };
}

const poll = (text: string, options: { api?: KieApi; ageMs?: number; status?: number } = {}) => {
  const { generator } = setUp(answerOf(text, options.status), options.ageMs);
  return generator.poll({ api: options.api ?? "4o", taskId: "t1", startedAt: START }, context);
};
const record = (data: unknown): string => JSON.stringify({ code: 200, msg: "success", data });

describe("what KIE is asked", () => {
  it("names size for 4o and aspect_ratio for Veo, with everything ambiguous said", async () => {
    const { generator, calls } = setUp(answerOf(record({ taskId: "t1" })));
    await generator.start(request, { ...context, callbackUrl: "https://bot.test/hooks/kie/token" });
    await generator.start({ ...request, model: "kie-veo3", kind: "video", aspect: "9:16" }, context);
    expect(calls.map(({ url, json }) => ({ url, json }))).toEqual([
      {
        url: "https://kie.test/api/v1/gpt4o-image/generate",
        json: { prompt: request.prompt, size: "3:2", callBackUrl: "https://bot.test/hooks/kie/token" },
      },
      {
        url: "https://kie.test/api/v1/veo/generate",
        json: {
          prompt: request.prompt,
          model: "veo3_fast",
          generationType: "TEXT_2_VIDEO",
          aspect_ratio: "9:16",
          resolution: "720p",
          duration: 8,
          enableTranslation: true,
        },
      },
    ]);
    expect(calls.every((call) => call.once === true)).toBe(true);
  });

  it("stores the api, the task and when it began", async () => {
    const { generator } = setUp(answerOf(record({ taskId: " t1 " })));
    expect(await generator.start(request, context)).toEqual({
      status: "started",
      taskKey: "t1",
      operation: { api: "4o", taskId: "t1", startedAt: START + 1_000 },
    });
  });

  it.each([null, {}, { taskId: "" }, { taskId: 7 }, [], "t1", { taskId: "x".repeat(300) }])(
    "does not know what became of a create that answered 200 with %j",
    async (data) => {
      const { generator } = setUp(answerOf(record(data)));
      expect((await generator.start(request, context)).status).toBe("unknown");
    },
  );

  it.each(["", "<html>", "null", "[]", "7", '{"code":"x"}', '{"code":{}}', '{"code":200,"data":{"taskId":'])(
    "does not know what became of a create that answered %j",
    async (text) => {
      const { generator } = setUp(answerOf(text));
      expect((await generator.start(request, context)).status).toBe("unknown");
    },
  );

  it("believes a task id under any HTTP status when the body's code is 200", async () => {
    const { generator } = setUp(answerOf(record({ taskId: "t1" }), 500));
    expect((await generator.start(request, context)).status).toBe("started");
  });
});

describe("a create that is called off", () => {
  it("is certain not to have happened, before anything went out", async () => {
    const { generator, calls } = setUp(answerOf(record({ taskId: "t1" })));
    const result = await generator.start(request, { ...context, signal: AbortSignal.abort() });
    expect(result).toMatchObject({
      status: "failed",
      failure: { kind: "transient", code: "PROVIDER_TIMEOUT" },
    });
    expect(calls).toEqual([]);
  });

  it("is certain not to have happened, after the last picture went up", async () => {
    const controller = new AbortController();
    const { generator, calls } = setUp(answerOf(fixture("upload")), 1_000, () => controller.abort());
    const references = [{ bytes: new Uint8Array(8), contentType: "image/png", width: 1, height: 1 }] as const;
    const result = await generator.start(
      { ...request, references },
      { ...context, signal: controller.signal },
    );
    expect(result).toMatchObject({ status: "failed", failure: { kind: "transient" } });
    expect(calls).toHaveLength(1);
  });
});

describe("what a KIE record says", () => {
  const link = "https://tempfile.aiquickdraw.com/v/abcdef123456.mp4";
  it.each([
    ["record-4o-success", "4o", 1],
    ["record-4o-quickstart", "4o", 2],
    ["record-veo-success", "veo", 1],
    ["record-veo-urls-as-text", "veo", 1],
    ["record-flux-success", "flux", 1],
    ["job-success", "jobs", 1],
  ] as const)("%s is done", async (name, api, count) => {
    const result = await poll(fixture(name), { api });
    expect(result).toMatchObject({ status: "done" });
    expect(result.status === "done" ? result.media.length : 0).toBe(count);
  });

  it("keeps the link as it was handed out", async () => {
    const result = await poll(fixture("record-veo-urls-as-text"), { api: "veo" });
    expect(result).toEqual({ status: "done", media: [{ url: link }] });
  });

  it("takes the one link of Flux that lasts", async () => {
    const result = await poll(fixture("record-flux-success"), { api: "flux" });
    expect(result).toEqual({
      status: "done",
      media: [{ url: "https://tempfile.aiquickdraw.com/f/9c1f.png" }],
    });
  });

  it("is pending with its progress while it generates", async () => {
    expect(await poll(fixture("record-4o-generating"))).toEqual({ status: "pending", progress: 0.35 });
    expect(await poll(fixture("job-generating"), { api: "jobs" })).toEqual({
      status: "pending",
      progress: 0.45,
    });
  });

  it("is refused for content, at once and with no text of the provider", async () => {
    const result = await poll(fixture("record-4o-refused"));
    expect(result).toEqual({
      status: "failed",
      failure: { kind: "content", code: "CONTENT_REFUSED", detail: "kie task 400" },
    });
  });

  it("may pass when the job failed with a code that is text", async () => {
    expect(await poll(fixture("job-failed"), { api: "jobs" })).toEqual({
      status: "failed",
      failure: { kind: "transient", code: "PROVIDER_DOWN", serviceDown: true, detail: "kie task 500" },
    });
  });

  it("may pass when the video failed with flag 3", async () => {
    const result = await poll(fixture("record-veo-failed"), { api: "veo" });
    expect(result).toMatchObject({ status: "failed", failure: { kind: "transient" } });
  });

  it.each([{}, { resultUrls: [] }, { resultUrls: "[" }, { resultUrls: [null, 5, "not a link"] }, null, "x"])(
    "is empty when success comes with the response %j",
    async (response) => {
      expect(await poll(record({ successFlag: 1, status: "SUCCESS", response }))).toEqual({
        status: "empty",
      });
    },
  );

  it.each([
    [{ successFlag: 1, response: { resultUrls: [link] } }, "done"],
    [{ status: "SUCCESS", response: { resultUrls: [link] } }, "done"],
    [{ successFlag: 0 }, "pending"],
    [{ successFlag: 0, status: "SOMETHING_NEW" }, "pending"],
    [{}, "pending"],
    [{ status: "CREATE_TASK_FAILED", errorCode: 500 }, "failed"],
    [{ successFlag: 7 }, "failed"],
    [{ successFlag: { odd: true } }, "pending"],
    [{ successFlag: 0, progress: "odd" }, "pending"],
  ])("reads %j as %s", async (data, status) => {
    expect((await poll(record(data))).status).toBe(status);
  });

  const result = JSON.stringify({ resultUrls: [link] });
  it.each([
    [{ state: "success", resultJson: result }, "done"],
    [{ state: "success", resultJson: { resultUrls: [link] } }, "done"],
    [{ state: "success", resultJson: JSON.stringify({ resultUrls: link }) }, "done"],
    [{ state: "success", resultJson: "", response: { resultUrls: [link] } }, "done"],
    [{ state: "success", resultJson: result.slice(0, -1) }, "empty"],
    [{ state: "success", resultJson: "" }, "empty"],
    [{ state: "success", resultJson: null }, "empty"],
    [{ state: "success" }, "empty"],
    [{ state: "success", resultJson: '{"resultObject":{}}' }, "empty"],
    [{ state: "success", resultJson: '"text"' }, "empty"],
    [{ state: "success", resultJson: '{"resultUrls":["javascript:1",null]}' }, "empty"],
    [{ state: "waiting", resultJson: result }, "pending"],
    [{ state: "queuing" }, "pending"],
    [{ state: "SUCCESS", resultJson: result }, "pending"],
    [{ state: 7 }, "pending"],
    [{}, "pending"],
    [{ state: "fail" }, "failed"],
    [{ state: "fail", failCode: 501, failMsg: { odd: true } }, "failed"],
  ])("reads the job %j as %s", async (data, status) => {
    expect((await poll(record(data), { api: "jobs" })).status).toBe(status);
  });

  it.each(["unknown-task-null", "unknown-task-422"])(
    "%s is a task that is not visible yet, and unreadable after a while",
    async (name) => {
      expect(await poll(fixture(name))).toEqual({ status: "pending" });
      expect((await poll(fixture(name), { ageMs: 10 * 60_000 })).status).toBe("unreadable");
    },
  );

  it.each(["<html>502</html>", "", '{"code":500,"msg":"x","data":null}', record("text"), record([])])(
    "%j is simply read again",
    async (text) => {
      expect((await poll(text)).status).toBe("unreadable");
    },
  );
});

describe("any answer at all", () => {
  const apis: readonly KieApi[] = ["4o", "flux", "veo", "jobs"];
  const statuses = ["pending", "done", "empty", "failed", "unreadable"];
  const field = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(
      1,
      2,
      3,
      "1",
      "SUCCESS",
      "GENERATE_FAILED",
      400,
      "501",
      [],
      {},
      null,
      Number.MAX_VALUE,
    ),
  );
  const data = fc.record(
    {
      successFlag: field,
      status: field,
      errorCode: field,
      errorMessage: field,
      progress: field,
      response: fc.oneof(field, fc.record({ resultUrls: field, result_urls: field, resultImageUrl: field })),
      state: fc.oneof(field, fc.constantFrom("success", "fail", "generating")),
      resultJson: fc.oneof(field, fc.json(), fc.string()),
      failCode: field,
      failMsg: field,
    },
    { requiredKeys: [] },
  );

  it("is a value to poll, never a throw", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.jsonValue(), data),
        field,
        fc.constantFrom(...apis),
        async (value, code, api) => {
          const known = await poll(record(value), { api });
          const odd = await poll(JSON.stringify({ code, msg: code, data: value }), { api });
          return [known, odd].every((result) => statuses.includes(result.status));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("is a value to start, and a task only where a task id is named", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.constantFrom(200, 429, 502), async (value, status) => {
        const { generator } = setUp(answerOf(JSON.stringify(value), status));
        return ["failed", "unknown"].includes((await generator.start(request, context)).status);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is a value to an upload and to a look at the account", async () => {
    const image = { bytes: new Uint8Array(8), contentType: "image/png", width: 1, height: 1 } as const;
    const edit = { ...request, references: [image] };
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), field, async (value, code) => {
        const { generator } = setUp(answerOf(JSON.stringify({ code, success: value, data: value })));
        const probe = await generator.probe?.(context);
        const started = await generator.start(edit, context);
        return probe !== undefined && started.status === "failed";
      }),
      { numRuns: 500 },
    );
  });

  it("is not followed into its depth", async () => {
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    const text = `{"code":200,"data":{"successFlag":1,"response":{"resultUrls":${deep}}}}`;
    expect(await poll(text)).toEqual({ status: "empty" });
    const job = record({ state: "success", resultJson: `{"resultUrls":${deep}}` });
    expect(await poll(job, { api: "jobs" })).toEqual({ status: "empty" });
  });
});

describe("a picture for KIE", () => {
  it("goes up as a form with its name and its bytes, and its link into the create", async () => {
    const { generator, calls } = setUp(answerOf(fixture("upload")));
    const bytes = Buffer.from("\r\n--png bytes--\r\n");
    const image = { bytes, contentType: "image/png", width: 1, height: 1 } as const;
    await generator.start({ ...request, references: [image] }, context);
    const [upload, create] = calls;
    expect(upload).toMatchObject({ url: "https://upload.test/api/file-stream-upload", once: true });
    const { type = "", bytes: form = new Uint8Array() } = upload?.content ?? {};
    const sent = await new Response(Buffer.from(form), { headers: { "content-type": type } }).formData();
    expect([sent.get("uploadPath"), sent.get("fileName")]).toEqual(["easel", "token0123456789A.png"]);
    const file = sent.get("file");
    if (!(file instanceof File)) throw new Error("no file");
    expect(file.type).toBe("image/png");
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
    expect(create).toMatchObject({
      json: { filesUrl: ["https://tempfile.redpandaai.co/kieai/41/easel/token0123456789A.png"] },
    });
  });
});

describe("a fresh link for a KIE result", () => {
  const operation = { api: "4o", taskId: "t1", startedAt: START };
  const url = "https://tempfile.aiquickdraw.com/s/one.png";
  it("is asked for with task and link, and is the bare string of the answer", async () => {
    const { generator, calls } = setUp(answerOf(record("https://files.r2.cloudflarestorage.com/one?sig=1")));
    expect(await generator.refresh?.(operation, url, context)).toBe(
      "https://files.r2.cloudflarestorage.com/one?sig=1",
    );
    expect(calls[0]).toMatchObject({ json: { taskId: "t1", url } });
  });

  it.each([
    '{"code":422,"msg":"url is wrong","data":null}',
    record({ url }),
    record("javascript:1"),
    "<html>",
  ])("is none when the answer is %s", async (text) => {
    const { generator } = setUp(answerOf(text));
    expect(await generator.refresh?.(operation, url, context)).toBeNull();
  });
});

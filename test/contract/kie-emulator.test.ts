import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import sharp from "sharp";
import { request } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import {
  type KieEmulator,
  type KieEmulatorOptions,
  type KieScript,
  startKieEmulator,
} from "../emulators/kie/index.ts";

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function setUp(options: KieEmulatorOptions = {}) {
  const time = { now: Date.parse("2026-11-22T12:00:00Z") };
  const kie = await startKieEmulator({ now: () => time.now, callbacks: "manual", ...options });
  open.push(kie);
  return { kie, time };
}

async function call(kie: KieEmulator, path: string, body?: unknown, key = "key-1") {
  const answer = await request(kie.url + path, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${key}`, ...(body ? { "content-type": "application/json" } : {}) },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, text, json: () => JSON.parse(text) };
}

const image = { prompt: "a red fox in the snow", size: "1:1" };
const create = async (kie: KieEmulator, body: unknown = image, path = "/api/v1/gpt4o-image/generate") =>
  (await call(kie, path, body)).json();
const status = async (kie: KieEmulator, taskId: string, path = "/api/v1/gpt4o-image/record-info") =>
  (await call(kie, `${path}?taskId=${taskId}`)).json();

describe("KIE emulator", () => {
  it("takes an image task from create over running to a picture of its own", async () => {
    const { kie, time } = await setUp();
    kie.setDefaults({ durationMs: 5_000 });
    const first = await create(kie);
    const second = await create(kie, { ...image, size: "3:2" });
    expect(first.code).toBe(200);
    const taskId: string = first.data.taskId;
    const running = await status(kie, taskId);
    expect(running.data).toMatchObject({ successFlag: 0, status: "GENERATING", response: null });
    time.now += 5_000;
    const done = await status(kie, taskId);
    expect(done.data).toMatchObject({ successFlag: 1, status: "SUCCESS", progress: "1.00" });
    const file = await request(done.data.response.resultUrls[0]);
    const bytes = Buffer.from(await file.body.arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: "png", width: 96, height: 96 });
    expect(bytes.equals(await kie.resultBytes(taskId))).toBe(true);
    expect(bytes.equals(await kie.resultBytes(second.data.taskId))).toBe(false);
    expect(kie.violations).toEqual([]);
    expect(kie.paidCreates).toHaveLength(2);
  });

  it("answers a video with an MP4 and flags in the shape of its own family", async () => {
    const { kie, time } = await setUp();
    const made = await create(
      kie,
      { prompt: "waves at dusk", model: "veo3_fast", aspect_ratio: "16:9", duration: 8 },
      "/api/v1/veo/generate",
    );
    time.now += 2_000;
    const done = await status(kie, made.data.taskId, "/api/v1/veo/record-info");
    expect(done.data.completeTime).toBe("2026-11-22 12:00:02");
    const file = await request(done.data.response.resultUrls[0]);
    expect(file.headers["content-type"]).toBe("video/mp4");
    expect(
      Buffer.from(await file.body.arrayBuffer())
        .subarray(4, 8)
        .toString(),
    ).toBe("ftyp");
    const early = await call(kie, `/api/v1/veo/get-1080p-video?taskId=${made.data.taskId}`);
    expect(early.json().code).toBe(400);
  });

  it("writes a job's result as JSON inside a string and leaves it empty while it runs", async () => {
    const { kie, time } = await setUp();
    const body = { model: "nano-banana-2", input: { prompt: "a lighthouse", aspect_ratio: "1:1" } };
    const made = await create(kie, body, "/api/v1/jobs/createTask");
    const running = await status(kie, made.data.taskId, "/api/v1/jobs/recordInfo");
    expect(running.data).toMatchObject({ state: "waiting", resultJson: "", failCode: null });
    time.now += 2_000;
    const done = await status(kie, made.data.taskId, "/api/v1/jobs/recordInfo");
    expect(JSON.parse(done.data.resultJson).resultUrls).toHaveLength(1);
    const unknown = await status(kie, "task_nobody", "/api/v1/jobs/recordInfo");
    expect(unknown).toMatchObject({ code: 422, msg: "recordInfo is null" });
    expect(kie.violations).toEqual([]);
  });

  it("collects every difference from the documented body and refuses what the service refuses", async () => {
    const { kie } = await setUp();
    const veo = "/api/v1/veo/generate";
    expect((await create(kie, { prompt: "waves", aspectRatio: "16:9" }, veo)).code).toBe(200);
    expect((await create(kie, { ...image, size: "16:9" })).code).toBe(422);
    expect((await create(kie, { size: "1:1" })).code).toBe(422);
    await call(kie, "/api/v1/account/balance");
    await call(kie, "/api/v1/chat/credit", undefined, "");
    expect(kie.violations.map((violation) => violation.problem)).toEqual([
      expect.stringContaining("aspectRatio"),
      expect.stringContaining("size"),
      expect.stringContaining("prompt or filesUrl"),
      "unknown route",
      "no bearer key",
    ]);
    expect(kie.paidCreates).toHaveLength(1);
  });

  it("refuses the 21st create in 10 s with code 429 under HTTP 200 and makes no task of it", async () => {
    const { kie, time } = await setUp();
    for (let n = 0; n < 20; n += 1) expect((await create(kie)).code).toBe(200);
    expect((await create(kie)).code).toBe(429);
    expect(kie.paidCreates).toHaveLength(20);
    time.now += 10_000;
    expect((await create(kie)).code).toBe(200);
  });

  it("keeps a paid task whose answer was cut, and none where the cut came first", async () => {
    const { kie } = await setUp();
    kie.fault({ on: "create", cut: true, after: true });
    kie.fault({ on: "create", cut: true });
    await expect(create(kie)).rejects.toThrow();
    await expect(create(kie)).rejects.toThrow();
    expect(kie.creates.map(({ accepted, answered }) => ({ accepted, answered }))).toEqual([
      { accepted: true, answered: false },
      { accepted: false, answered: false },
    ]);
  });

  it.each([401, 402, 404, 422, 429, 433, 455, 500, 501, 505, 550])(
    "answers code %i under HTTP 200 on demand without a task",
    async (code) => {
      const { kie } = await setUp();
      kie.fault({ on: "create", code, message: "on demand" });
      expect(await create(kie)).toEqual({ code, msg: "on demand", data: null });
      expect(kie.paidCreates).toEqual([]);
      expect(kie.creates[0]?.code).toBe(code);
    },
  );

  it("follows scripts: matched by prompt, counted ones first, hidden tasks, odd shapes", async () => {
    const { kie, time } = await setUp();
    kie.script({ match: { prompt: "fox" }, outcome: "refused", durationMs: 0 });
    kie.script({ times: 1, outcome: "success-without-url", durationMs: 0, statusMissing: true });
    kie.script({
      times: 1,
      durationMs: 0,
      invisibleMs: 500,
      urlsField: "result_urls",
      urlsAsJsonString: true,
      timesAs: "string",
    });
    const [without, odd, refused] = [await create(kie), await create(kie), await create(kie)];
    expect((await status(kie, without.data.taskId)).data).toMatchObject({ successFlag: 1, response: {} });
    expect((await status(kie, without.data.taskId)).data.status).toBeUndefined();
    expect((await status(kie, odd.data.taskId)).data).toBeNull();
    time.now += 500;
    const record = await status(kie, odd.data.taskId);
    expect(JSON.parse(record.data.response.result_urls)).toHaveLength(1);
    expect(record.data.createTime).toBe("2026-11-22 12:00:00");
    expect((await status(kie, refused.data.taskId)).data).toMatchObject({
      successFlag: 2,
      status: "GENERATE_FAILED",
      errorCode: 400,
    });
  });

  it("lets links die and renews them by download-url for 20 minutes", async () => {
    const { kie, time } = await setUp();
    kie.setDefaults({ durationMs: 0, linksDieWith: 404, linksDieAfterMs: 60_000 });
    const { data } = await create(kie);
    const url: string = (await status(kie, data.taskId)).data.response.resultUrls[0];
    time.now += 60_000;
    expect((await request(url)).statusCode).toBe(404);
    const fresh = await call(kie, "/api/v1/gpt4o-image/download-url", { taskId: data.taskId, url });
    expect((await request(fresh.json().data)).statusCode).toBe(200);
    time.now += 20 * 60_000 + 1;
    expect((await request(fresh.json().data)).statusCode).toBe(403);
    const foreign = await call(kie, "/api/v1/common/download-url", { url: "https://example.com/a.png" });
    expect(foreign.json()).toMatchObject({ code: 422, msg: "url is wrong" });
  });

  it("disturbs files and status reads: HTML, truncated bodies, wrong types, slow answers", async () => {
    const { kie } = await setUp();
    kie.setDefaults({ durationMs: 0, resultContentType: "text/plain" });
    const { data } = await create(kie);
    kie.fault({ on: "status", html: 502 });
    const page = await call(kie, `/api/v1/gpt4o-image/record-info?taskId=${data.taskId}`);
    expect([page.status, page.text.startsWith("<html>")]).toEqual([502, true]);
    const url: string = (await status(kie, data.taskId)).data.response.resultUrls[0];
    kie.fault({ on: "file", truncate: true });
    const cut = await request(url);
    await expect(cut.body.arrayBuffer()).rejects.toThrow();
    expect((await request(url)).headers["content-type"]).toBe("text/plain");
    const gate = Promise.withResolvers<void>();
    kie.fault({ on: "status", hold: gate.promise });
    const slow = status(kie, data.taskId);
    gate.resolve();
    expect((await slow).code).toBe(200);
  });

  it("posts signed callbacks to callBackUrl once a task has ended, as often as scripted", async () => {
    const received: { headers: Record<string, unknown>; body: string }[] = [];
    const receiver = createServer((incoming, answer) => {
      let body = "";
      incoming.on("data", (chunk) => (body += String(chunk)));
      incoming.on("end", () => {
        received.push({ headers: incoming.headers, body });
        answer.end("{}");
      });
    });
    await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
    open.push({ close: async () => receiver.close() });
    const address = receiver.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { kie, time } = await setUp({ hmacKey: "hook-key" });
    kie.script({ callbacks: 2, durationMs: 1_000 });
    const { data } = await create(kie, { ...image, callBackUrl: `http://127.0.0.1:${port}/kie/token` });
    await kie.deliverCallbacks();
    expect(received).toEqual([]);
    time.now += 1_000;
    await kie.deliverCallbacks();
    expect(received).toHaveLength(2);
    const { headers, body } = received[0] ?? { headers: {}, body: "{}" };
    const stamp = String(headers["x-webhook-timestamp"]);
    const signature = createHmac("sha256", "hook-key").update(`${data.taskId}.${stamp}`).digest("base64");
    expect(headers["x-webhook-signature"]).toBe(signature);
    expect(JSON.parse(body)).toMatchObject({ code: 200, data: { taskId: data.taskId } });
    expect(kie.callbacks.map((entry) => entry.httpStatus)).toEqual([200, 200]);
  });

  it("takes credits, answers 402 without them, and refuses unknown keys", async () => {
    const { kie } = await setUp({ keys: ["key-1"], credits: 7 });
    expect((await create(kie)).code).toBe(200);
    expect((await call(kie, "/api/v1/chat/credit")).json().data).toBe(1);
    expect((await create(kie)).code).toBe(402);
    expect((await call(kie, "/api/v1/chat/credit", undefined, "other")).json().code).toBe(401);
  });

  it("refuses connections while it is paused and comes back on the same port", async () => {
    const { kie } = await setUp();
    await kie.pause();
    await expect(create(kie)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await kie.resume();
    expect((await create(kie)).code).toBe(200);
    expect(kie.errors).toEqual([]);
  });

  /** Uploads a file as the documentation does, and answers its link. */
  async function upload(kie: KieEmulator, base = kie.uploadUrl, fields: Record<string, string> = {}) {
    const form = new FormData();
    for (const [name, value] of Object.entries({ uploadPath: "easel", ...fields })) form.set(name, value);
    form.set("file", new File([new Uint8Array([1, 0xff, 2])], "a.png", { type: "image/png" }));
    const answer = await fetch(`${base}/api/file-stream-upload`, {
      method: "POST",
      headers: { authorization: "Bearer key-1" },
      body: form,
    });
    return answer.json();
  }

  it("takes a file at its upload host and serves it there, byte for byte", async () => {
    const { kie } = await setUp();
    const answer = await upload(kie, kie.uploadUrl, { fileName: "one.png" });
    expect(answer).toMatchObject({ success: true, code: 200, data: { fileName: "one.png", fileSize: 3 } });
    expect(answer.data.downloadUrl.startsWith(kie.uploadUrl)).toBe(true);
    const file = await fetch(answer.data.downloadUrl);
    expect(file.headers.get("content-type")).toBe("image/png");
    expect([...new Uint8Array(await file.arrayBuffer())]).toEqual([1, 0xff, 2]);
    expect(kie.requests.at(-1)).toMatchObject({ host: "upload", key: "key-1" });
    expect(kie.violations).toEqual([]);
  });

  it("refuses an upload that is not as documented, and another route of the upload host", async () => {
    const { kie } = await setUp({ keys: ["key-1"] });
    expect((await upload(kie, kie.uploadUrl, { uploadPath: "/easel/" })).code).toBe(400);
    expect((await upload(kie, kie.uploadUrl, { folder: "x" })).code).toBe(400);
    const body = JSON.stringify({ base64Data: "AAAA", uploadPath: "easel" });
    const base64 = async (key: string) => {
      const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
      return (
        await fetch(`${kie.uploadUrl}/api/file-base64-upload`, { method: "POST", headers, body })
      ).json();
    };
    expect(await base64("other")).toMatchObject({ success: false, code: 401 });
    expect(await base64("key-1")).toMatchObject({ success: true, data: { fileSize: 3 } });
    expect((await fetch(`${kie.uploadUrl}/api/v1/jobs/createTask`, { method: "POST" })).status).toBe(404);
    expect(kie.violations).toHaveLength(4);
    expect(kie.uploads).toHaveLength(1);
  });

  it("loses the answer to an upload on demand, with the file kept", async () => {
    const { kie } = await setUp();
    kie.fault({ on: "upload", cut: true, after: true });
    await expect(upload(kie)).rejects.toThrow();
    kie.fault({ on: "upload", cut: true });
    await expect(upload(kie)).rejects.toThrow();
    expect(kie.uploads).toHaveLength(1);
  });

  const jobsPath = "/api/v1/jobs/createTask";
  const edit = (url: string) => ({
    model: "nano-banana-2",
    input: { prompt: "at night", image_input: [url] },
  });

  it("works from a file that was uploaded or that it made, and from no other", async () => {
    const { kie, time } = await setUp();
    const { data } = await upload(kie);
    const made = await create(kie, edit(data.downloadUrl), jobsPath);
    expect(made.code).toBe(200);
    time.now += 2_000;
    const done = await status(kie, made.data.taskId, "/api/v1/jobs/recordInfo");
    const [result] = JSON.parse(done.data.resultJson).resultUrls;
    expect((await create(kie, edit(result), jobsPath)).code).toBe(200);
    const strangers = [
      `${kie.uploadUrl}/kieai/1/easel/another.png`,
      `${kie.url}/results/task_nobody/0.png`,
      "https://api.telegram.org/file/bot1:token/photo.jpg",
    ];
    for (const url of strangers) expect((await create(kie, edit(url), jobsPath)).code).toBe(451);
    expect(kie.foreignReferences).toEqual(strangers);
    expect(kie.paidCreates).toHaveLength(2);
  });

  it.each([
    ["4o", "/api/v1/gpt4o-image/generate", { ...image, filesUrl: ["https://x.test/a.png"] }],
    ["Flux", "/api/v1/flux/kontext/generate", { prompt: "fox", inputImage: "https://x.test/a.png" }],
    ["Veo", "/api/v1/veo/generate", { prompt: "fox", imageUrls: ["https://x.test/a.png"] }],
    [
      "Seedance",
      jobsPath,
      { model: "bytedance/seedance-2-5", input: { prompt: "fox", first_frame_url: "https://x.test/a.png" } },
    ],
  ])("fetches no picture of a stranger for %s", async (_name, path, body) => {
    const { kie } = await setUp();
    expect((await create(kie, body, path)).code).toBe(451);
    expect(kie.foreignReferences).toEqual(["https://x.test/a.png"]);
  });

  it.each([
    ["a model that does not exist", { model: "nano-banana-9", input: { prompt: "fox" } }],
    ["a model that was taken away", { model: "sora-2-text-to-video", input: { prompt: "fox" } }],
    ["pictures for the model of text", { model: "gpt-image-2-image-to-image", input: { prompt: "fox" } }],
    [
      "a ratio that exists in 1K only",
      { model: "gpt-image-2-text-to-image", input: { prompt: "fox", aspect_ratio: "4:5", resolution: "2K" } },
    ],
    ["a length that is a number", { model: "kling-3.0/video", input: { prompt: "fox", duration: 5 } }],
    [
      "the last frame alone",
      { model: "bytedance/seedance-2-5", input: { prompt: "fox", last_frame_url: "https://x.test/a.png" } },
    ],
    ["no quality", { model: "seedream/5-pro-text-to-image", input: { prompt: "a red fox" } }],
  ])("refuses %s with code 422", async (_name, body) => {
    const { kie } = await setUp();
    expect((await create(kie, body, jobsPath)).code).toBe(422);
    expect(kie.violations).not.toEqual([]);
    expect(kie.paidCreates).toEqual([]);
  });

  it("has a film in 1080p some time after it was made, and says which size it has", async () => {
    const { kie, time } = await setUp();
    kie.script({ durationMs: 1_000, sharperMs: 60_000, resolution: "720p" });
    const body = { prompt: "waves", model: "veo3_fast", resolution: "1080p", aspect_ratio: "9:16" };
    const made = await create(kie, body, "/api/v1/veo/generate");
    time.now += 1_000;
    const record = await status(kie, made.data.taskId, "/api/v1/veo/record-info");
    expect(record.data.response).toMatchObject({ resolution: "720p", originUrls: [expect.any(String)] });
    const path = `/api/v1/veo/get-1080p-video?taskId=${made.data.taskId}&index=0`;
    expect((await call(kie, path)).json()).toMatchObject({ code: 400, data: null });
    time.now += 60_000;
    const sharper = (await call(kie, path)).json();
    expect((await fetch(sharper.data.resultUrl)).headers.get("content-type")).toBe("video/mp4");
  });

  it("names a job's failure by a code that is text or a number, and its links in four ways", async () => {
    const { kie } = await setUp();
    const job = { model: "nano-banana-2-lite", input: { prompt: "a lighthouse", aspect_ratio: "1:1" } };
    const record = async (script: KieScript) => {
      kie.script({ times: 1, durationMs: 0, ...script });
      const { data } = await create(kie, job, jobsPath);
      return (await status(kie, data.taskId, "/api/v1/jobs/recordInfo")).data;
    };
    expect(await record({ outcome: "fail" })).toMatchObject({ state: "fail", failCode: "501" });
    expect(await record({ outcome: "refused", failCodeAs: "number" })).toMatchObject({ failCode: 400 });
    expect((await record({ jobResultAs: "response" })).response.resultUrls).toHaveLength(1);
    expect(await record({ jobResultAs: "empty" })).toMatchObject({ state: "success", resultJson: "" });
    const broken = await record({ jobResultAs: "broken" });
    expect(() => JSON.parse(broken.resultJson)).toThrow();
  });
});

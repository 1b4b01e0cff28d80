import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../core/secret.ts";
import { createReadCallback } from "./callback.ts";

const KEY = "webhook-key";
const NOW = Date.parse("2026-11-22T12:00:00Z");
const SECONDS = NOW / 1_000;

const sign = (taskId: string, timestamp: number | string, key = KEY): string =>
  createHmac("sha256", key).update(`${taskId}.${timestamp}`).digest("base64");

function read(
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  { isKeyed = true, now = NOW }: { isKeyed?: boolean; now?: number } = {},
) {
  const clock = { now: () => now };
  const readCallback = createReadCallback({ key: isKeyed ? new Secret(KEY) : undefined, clock });
  const bytes =
    body instanceof Uint8Array
      ? body
      : Buffer.from(typeof body === "string" ? body : (JSON.stringify(body) ?? ""));
  return readCallback({ header: (name) => headers[name] ?? null, body: bytes });
}

const signed = (taskId = "t1", timestamp: number | string = SECONDS) => ({
  "x-webhook-timestamp": String(timestamp),
  "x-webhook-signature": sign(taskId, timestamp),
});
const body = {
  code: 200,
  msg: "success",
  data: { taskId: "t1", info: { result_urls: ["https://evil.test"] } },
};

describe("a callback of KIE", () => {
  it("says which task it is about, and nothing else of it is read", () => {
    expect(read(body, signed())).toEqual({ taskKey: "t1" });
  });

  it.each([
    [{ data: { taskId: "t1" } }],
    [{ data: { task_id: "t1" } }],
    [{ taskId: "t1" }],
    [{ task_id: "t1", data: null }],
    [{ data: "text", taskId: "t1" }],
    [{ data: { taskId: "t1", task_id: "t2" }, taskId: "t3" }],
    [{ code: 501, data: { taskId: "t1", state: "fail", resultJson: null } }],
  ])("names its task in %j", (payload) => {
    expect(read(payload, signed())).toEqual({ taskKey: "t1" });
  });

  it.each([
    ["nothing", ""],
    ["half a body", "{"],
    ["null", "null"],
    ["a list", "[]"],
    ["a text", '"t1"'],
    ["no task", "{}"],
    ["a number", '{"data":{"taskId":7}}'],
    ["an empty id", '{"data":{"taskId":""}}'],
    ["a path", '{"data":{"taskId":"../../x"}}'],
    ["a space", '{"data":{"taskId":"a b"}}'],
    ["too long an id", `{"data":{"taskId":"${"x".repeat(201)}"}}`],
    ["too long a body", JSON.stringify({ data: { taskId: "t1" }, pad: "x".repeat(256 * 1024) })],
  ])("is none: %s", (_name, text) => {
    expect(read(text, signed(), { isKeyed: false })).toBeNull();
  });

  it("counts only with its own signature where a key is set", () => {
    expect(read(body)).toBeNull();
    expect(read(body, { ...signed(), "x-webhook-signature": "" })).toBeNull();
    expect(read(body, { ...signed(), "x-webhook-signature": sign("t2", SECONDS) })).toBeNull();
    expect(read(body, { ...signed(), "x-webhook-signature": sign("t1", SECONDS, "another") })).toBeNull();
    expect(read(body, { ...signed(), "x-webhook-signature": `${sign("t1", SECONDS)}=` })).toBeNull();
    expect(read(body, { ...signed(), "x-webhook-timestamp": String(SECONDS + 1) })).toBeNull();
    expect(read({ data: { taskId: "t2" } }, signed("t1"))).toBeNull();
  });

  it.each([-301, -300, 0, 300, 301])("from %i seconds away counts within five minutes", (offset) => {
    const result = read(body, signed("t1", SECONDS + offset));
    expect(result).toEqual(Math.abs(offset) <= 300 ? { taskKey: "t1" } : null);
  });

  it.each(["", "soon", "1.5e9", "-1", "NaN", "99999999999999999999", " 1763812800"])(
    "with the time %j is none, however it is signed",
    (timestamp) => {
      expect(read(body, signed("t1", timestamp))).toBeNull();
    },
  );

  it("needs neither signature nor time without a key", () => {
    expect(read(body, {}, { isKeyed: false })).toEqual({ taskKey: "t1" });
    expect(read(body, signed("t1", 1), { isKeyed: false })).toEqual({ taskKey: "t1" });
  });

  it("is a value whatever comes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.jsonValue(), fc.string(), (bytes, json, text) => {
        const headers = { "x-webhook-timestamp": text, "x-webhook-signature": text };
        for (const payload of [bytes, json, { data: json }, { data: { taskId: json } }]) {
          expect(read(payload, headers)).toBeNull();
        }
      }),
      { numRuns: 500 },
    );
  });
});

import { describe, expect, it } from "vitest";
import type { KieAnswer } from "./client.ts";
import { probeFailure, readFailure, startFailure, taskFailure, uploadFailure } from "./errors.ts";

const answer = (code: number, message = ""): KieAnswer => ({
  kind: "code",
  code,
  message,
  data: null,
  retryAfterMs: undefined,
});

describe("a KIE create that gave no task", () => {
  it.each([
    [401, "operator"],
    [402, "operator"],
    [433, "operator"],
    [505, "operator"],
    [404, "operator"],
    [422, "transient"],
    [455, "transient"],
    [501, "transient"],
    [550, "transient"],
    [429, "busy"],
    [400, "content"],
    [451, "input"],
  ])("code %i is certain: %s", (code, kind) => {
    expect(startFailure(answer(code))).toMatchObject({
      status: "failed",
      failure: { kind, detail: `kie ${code}` },
    });
  });

  it.each([200, 408, 430, 500, 502, 504, 0, 999])("code %i leaves the outcome open", (code) => {
    expect(startFailure(answer(code))).toEqual({ status: "unknown", detail: `kie ${code}` });
  });

  it.each([
    [401, "failed"],
    [403, "failed"],
    [429, "failed"],
    [400, "unknown"],
    [408, "unknown"],
    [500, "unknown"],
    [502, "unknown"],
    [503, "unknown"],
    [504, "unknown"],
    [200, "unknown"],
  ])("a page under HTTP %i is %s", (httpStatus, status) => {
    expect(startFailure({ kind: "page", httpStatus, retryAfterMs: undefined }).status).toBe(status);
  });

  it("keeps the wait that was asked for", () => {
    const busy = startFailure({ kind: "page", httpStatus: 429, retryAfterMs: 7_000 });
    expect(busy).toMatchObject({ failure: { kind: "busy", retryAfterMs: 7_000 } });
  });

  it("tells nothing sent from an answer that was lost", () => {
    expect(startFailure({ kind: "not-sent", detail: "ECONNREFUSED" })).toMatchObject({
      status: "failed",
      failure: { kind: "transient", code: "PROVIDER_DOWN" },
    });
    expect(startFailure({ kind: "lost", detail: "timeout" }).status).toBe("unknown");
  });

  it("tells a picture that is too large from a prompt that is refused", () => {
    expect(startFailure(answer(400, "The image size exceeds 26214400 bytes"))).toMatchObject({
      failure: { kind: "input", code: "INPUT_INVALID" },
    });
    expect(startFailure(answer(400, "flagged by Website as violating content policies"))).toMatchObject({
      failure: { kind: "content", code: "CONTENT_REFUSED" },
    });
  });
});

describe("whom a failure of KIE concerns", () => {
  const failureOf = (code: number, message = "") => {
    const started = startFailure(answer(code, message));
    return started.status === "failed" ? started.failure : undefined;
  };

  it.each([
    [401, "account", "PROVIDER_AUTH"],
    [402, "model", "PROVIDER_DOWN"],
    [433, "account", "PROVIDER_DOWN"],
    [404, "model", "PROVIDER_BAD_ANSWER"],
    [505, "model", "PROVIDER_AUTH"],
  ])("code %i sets the %s aside", (code, scope, expected) => {
    expect(failureOf(code)).toMatchObject({ kind: "operator", scope, code: expected });
  });

  it.each([
    "The model name you specified is not supported.",
    "Unknown model",
    "model nano-banana-9 does not exist, not found",
  ])("422 %j is about the model, not about the request", (message) => {
    expect(failureOf(422, message)).toMatchObject({ kind: "operator", scope: "model" });
  });

  it.each(["aspect_ratio is not within the range of allowed options", "This field is required", ""])(
    "422 %j may pass",
    (message) => {
      expect(failureOf(422, message)).toMatchObject({ kind: "transient", code: "PROVIDER_BAD_ANSWER" });
    },
  );

  it("is a route that is not there, whoever says so", () => {
    const page = startFailure({ kind: "page", httpStatus: 404, retryAfterMs: undefined });
    expect(page).toMatchObject({ failure: { kind: "operator", scope: "model" } });
  });

  it("tells a service that was not there from one that answered", () => {
    const down = [455].map((code) => failureOf(code)?.serviceDown);
    const there = [422, 501, 550, 429, 400, 401].map((code) => failureOf(code)?.serviceDown);
    expect(down).toEqual([true]);
    expect(new Set(there)).toEqual(new Set([undefined]));
    expect(taskFailure(500, "Internal Error").serviceDown).toBe(true);
    expect(taskFailure(455, "maintenance").serviceDown).toBe(true);
    expect(taskFailure(501, "failed").serviceDown).toBeUndefined();
    expect(startFailure({ kind: "not-sent", detail: "ENOTFOUND" })).toMatchObject({
      failure: { serviceDown: true },
    });
  });
});

describe("an upload or a look at the account that failed", () => {
  const page = (httpStatus: number): KieAnswer => ({ kind: "page", httpStatus, retryAfterMs: 3_000 });
  it.each<[KieAnswer, object]>([
    [answer(401), { kind: "operator", scope: "account" }],
    [page(403), { kind: "operator", scope: "account" }],
    [page(429), { kind: "busy", retryAfterMs: 3_000 }],
    [page(503), { kind: "transient", serviceDown: true, retryAfterMs: 3_000 }],
    [answer(422), { kind: "transient", code: "PROVIDER_BAD_ANSWER" }],
    [
      { kind: "not-sent", detail: "ENOTFOUND" },
      { kind: "transient", serviceDown: true },
    ],
    [
      { kind: "lost", detail: "timeout" },
      { kind: "transient", serviceDown: true },
    ],
    [
      { kind: "lost", detail: "cancelled" },
      { kind: "transient", code: "PROVIDER_TIMEOUT" },
    ],
  ])("is certain: %j", (given, failure) => {
    expect(uploadFailure(given)).toMatchObject(failure);
  });

  it("is the service's own where it was not refused", () => {
    expect(probeFailure(answer(402))).toMatchObject({ kind: "operator", scope: "account" });
    for (const given of [answer(429), answer(500), answer(404, "no such thing"), page(200)]) {
      expect(probeFailure(given)).toMatchObject({ kind: "transient", serviceDown: true });
    }
  });
});

describe("a KIE task that failed", () => {
  it.each([
    [400, "content"],
    [451, "input"],
    [402, "operator"],
    [501, "transient"],
    [500, "transient"],
    [422, "transient"],
    [408, "transient"],
    [429, "transient"],
    [12345, "transient"],
    [null, "transient"],
    [undefined, "transient"],
  ])("error code %s counts as %s", (code, kind) => {
    expect(taskFailure(code, "anything").kind).toBe(kind);
  });
});

describe("a KIE task that was refused under another code", () => {
  it.each([
    [422, "rejected by Flow(PUBLIC_ERROR_UNSAFE_GENERATION)"],
    [501, "Your prompt was flagged as sensitive"],
    [500, "The output violates our content policy"],
    [null, "nsfw"],
  ])("%s %j ends at once", (code, message) => {
    expect(taskFailure(code, message)).toMatchObject({ kind: "content", code: "CONTENT_REFUSED" });
  });
});

describe("a KIE status read that told nothing", () => {
  it.each([401, 402, 404, 429, 455, 500, 501, 505])("code %i is read again", (code) => {
    expect(readFailure(answer(code))).toEqual({ status: "unreadable", detail: `kie read ${code}` });
  });

  it("waits as long as a gateway asks", () => {
    expect(readFailure({ kind: "page", httpStatus: 503, retryAfterMs: 2_000 })).toEqual({
      status: "unreadable",
      detail: "kie read http 503",
      retryAfterMs: 2_000,
    });
  });
});

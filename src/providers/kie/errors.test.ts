import { describe, expect, it } from "vitest";
import type { KieAnswer } from "./client.ts";
import { readFailure, startFailure, taskFailure } from "./errors.ts";

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

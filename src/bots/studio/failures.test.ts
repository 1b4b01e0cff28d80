import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { failureOf } from "./failures.ts";

describe("a failure that a page is told of", () => {
  it.each([
    ["INPUT_INVALID", 400],
    ["LIMIT_REACHED", 403],
    ["CONTENT_REFUSED", 422],
    ["NOT_ALLOWED", 403],
    ["NOT_FOUND", 404],
    ["MEDIA_UNSUPPORTED", 415],
    ["PROVIDER_BUSY", 503],
    ["PROVIDER_DOWN", 503],
    ["PROVIDER_TIMEOUT", 504],
    ["PROVIDER_AUTH", 502],
    ["PROVIDER_BAD_ANSWER", 502],
    ["PLATFORM_REJECTED", 502],
    ["STORE_UNAVAILABLE", 503],
  ] as const)("of %s has a sentence of its own and nothing of the inside", (code, status) => {
    const failure = failureOf(new AppError(code, "secret detail"), "K7Q");
    expect([failure.status, failure.code]).toEqual([status, code]);
    expect(failure.sentence).toMatch(/^[A-Z].+\.$/);
    expect(failure.sentence).not.toMatch(/secret|K7Q|[A-Z]+_[A-Z]+/);
  });

  it("of a bug has the number by which its operator finds it", () => {
    const failure = failureOf(new TypeError("secret detail"), "K7Q");
    expect([failure.status, failure.code]).toEqual([500, "INTERNAL"]);
    expect(failure.sentence).toContain("K7Q");
    expect(failure.sentence).not.toContain("secret");
  });
});

import { describe, expect, test } from "vitest";
import { isFromOurPage } from "./origin.ts";

const check = (headers: Record<string, string>, publicUrl: string | null = null) => {
  const request = new Request("http://127.0.0.1:8787/api/ai/generate-media");
  for (const [name, value] of Object.entries({ Host: "127.0.0.1:8787", ...headers }))
    request.headers.set(name, value);
  return isFromOurPage(request, publicUrl);
};

describe("a request that changes something", () => {
  test("may come from our own page or from a program", () => {
    expect(check({ Origin: "http://127.0.0.1:8787", "Sec-Fetch-Site": "same-origin" })).toBe(true);
    expect(check({})).toBe(true);
    expect(check({ Origin: "https://easel.example" }, "https://easel.example")).toBe(true);
  });

  test.each([
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { Origin: "" },
    { Origin: "http://127.0.0.1:9999" },
    { Origin: "http://127.0.0.1:8787.evil.example" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ])("may not come with %o", (headers) => {
    expect(check(headers)).toBe(false);
  });
});

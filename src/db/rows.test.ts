import { describe, expect, it } from "vitest";
import { NO_SETTINGS } from "../core/usage/user.ts";
import { foldForSearch, parseJson, toSettings } from "./rows.ts";

describe("rows", () => {
  it("read settings that an older version wrote, and ignore what this one does not know", () => {
    expect(toSettings({ zone: "UTC", kind: "hologram", aspect: "1:1", later: true })).toEqual({
      ...NO_SETTINGS,
      zone: "UTC",
      aspect: "1:1",
    });
  });

  it("refuse what is no JSON value", () => {
    expect(parseJson({ a: [1, null, "x", true] })).toEqual({ a: [1, null, "x", true] });
    expect(() => parseJson({ a: undefined })).toThrow();
  });

  it("fold prompts for searching over case, width and composition", () => {
    expect(foldForSearch("ÜBER")).toBe(foldForSearch("u\u0308ber"));
    expect(foldForSearch("ＦＯＸ")).toBe("fox");
  });
});

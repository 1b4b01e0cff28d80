import { describe, expect, it } from "vitest";
import { needsRights } from "./moderation.ts";

describe("the rights of somebody who manages a group", () => {
  it.each(["delete", "delete-sure", "approve", "reject", "post-edit"])("matter for %s", (action) => {
    expect(needsRights({ kind: "button", data: `v1|${action}|handle1|` })).toBe(true);
    expect(needsRights({ kind: "form", data: `v1|${action}|handle1|`, text: "too dark" })).toBe(true);
  });

  it("matter for commands about the community, and for nothing else", () => {
    expect(needsRights({ kind: "command", name: "community approval", options: {} })).toBe(true);
    expect(needsRights({ kind: "command", name: "communityless", options: {} })).toBe(false);
    expect(needsRights({ kind: "command", name: "generate", options: {} })).toBe(false);
    expect(needsRights({ kind: "button", data: "v1|again|handle1|" })).toBe(false);
    expect(needsRights({ kind: "button", data: "approve" })).toBe(false);
    expect(needsRights({ kind: "words", text: "community" })).toBe(false);
  });
});

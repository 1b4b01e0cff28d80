import { describe, expect, it } from "vitest";
import { markOf } from "./mark.ts";

const shown = { text: "a fox", media: { key: "m/1", width: 4, sizes: [{ a: 1, b: 2 }] }, at: null };

describe("the mark of a card", () => {
  it("is the same for the same facts, read back from a row in another order", () => {
    const read = { at: null, media: { sizes: [{ b: 2, a: 1 }], width: 4, key: "m/1" }, text: "a fox" };
    expect(markOf(read)).toBe(markOf(shown));
    expect(markOf(JSON.parse(JSON.stringify(shown)))).toBe(markOf(shown));
  });

  it.each([
    { ...shown, text: "a  fox" },
    { ...shown, at: 0 },
    { ...shown, media: { ...shown.media, width: 5 } },
    { ...shown, media: { ...shown.media, sizes: [{ a: 2, b: 1 }] } },
    { ...shown, media: { ...shown.media, sizes: [{ a: 1 }, { b: 2 }] } },
  ])("differs where anything differs: %j", (other) => {
    expect(markOf(other)).not.toBe(markOf(shown));
  });
});

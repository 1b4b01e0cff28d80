import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ACTIONS, writeButtonData } from "../../core/conversation/actions.ts";
import { markFor, promptWith, readMark } from "./prompt-mark.ts";

/** As the platform gives it back: the link of the invisible character. */
function returned(html: string) {
  const url = /<a href="([^"]*)">\u200b<\/a>/.exec(html)?.[1];
  return url === undefined ? [] : [{ type: "text_link", url }];
}

describe("the mark of a question", () => {
  it("brings back what the words are for", () => {
    expect(readMark(returned(markFor("prompt")))).toEqual({ kind: "prompt", flags: new Map() });
    expect(readMark(returned(markFor("v1|edit|K7Q2ZM|")))).toEqual({ kind: "form", data: "v1|edit|K7Q2ZM|" });
  });

  it("brings back the flags that were given before the words", () => {
    const options = { type: "video", count: 2, style: "line art & 100 %", private: true };
    const mark = readMark(returned(markFor(promptWith(options))));
    expect(mark).toEqual({
      kind: "prompt",
      flags: new Map([
        ["type", "video"],
        ["count", "2"],
        ["style", "line art & 100 %"],
        ["private", "true"],
      ]),
    });
    expect(promptWith({ style: "x".repeat(300) })).toBe("prompt");
    expect(promptWith({})).toBe("prompt");
  });

  it("survives every data that a button can have", () => {
    const handle = fc.stringMatching(/^[A-Za-z0-9_-]{1,16}$/);
    const argument = fc.stringMatching(/^[\x21-\x7e]{0,20}$/);
    const property = fc.property(fc.constantFrom(...ACTIONS), handle, argument, (action, id, rest) => {
      const data = writeButtonData(action, id, rest);
      expect(readMark(returned(markFor(data)))).toEqual({ kind: "form", data });
    });
    fc.assert(property);
  });

  it.each([
    "https://t.me/#",
    "https://t.me/easel#prompt",
    "https://evil.example/#prompt",
    "https://t.me/#prompts",
    "https://t.me/#v1%7Cexplode%7Cabc%7C",
    "https://t.me/#v1%7Cedit%7Cabc",
    "https://t.me/#%E0%A4%A",
    `https://t.me/#v1%7Cedit%7C${"a".repeat(17)}%7C`,
    `https://t.me/#${"a".repeat(10_000)}`,
  ])("is none that is not exactly one of ours: %s", (url) => {
    expect(readMark([{ type: "text_link", url }])).toBeNull();
    expect(readMark([{ type: "url", url: "https://t.me/#prompt" }])).toBeNull();
  });

  it("is left out where it could not be read again", () => {
    expect(markFor('"><b>')).toBe("");
    expect(markFor(`v1|edit|${"a".repeat(17)}|`)).toBe("");
  });
});

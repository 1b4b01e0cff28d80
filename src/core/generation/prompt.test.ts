import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPrompt, excerpt, graphemeCount, normalisePrompt } from "./prompt.ts";

const corpus: { name: string; input: unknown; expect: "accept" | "reject"; why: string }[] = JSON.parse(
  readFileSync(new URL("../../../test/corpora/prompts.json", import.meta.url), "utf8"),
);

describe("the prompt corpus", () => {
  it("has cases of both kinds", () => {
    expect(new Set(corpus.map((entry) => entry.expect))).toEqual(new Set(["accept", "reject"]));
  });

  it.each(corpus)("$expect: $name ($why)", (entry) => {
    expect(checkPrompt(entry.input).status).toBe(entry.expect === "accept" ? "ok" : "refused");
  });
});

describe("checkPrompt", () => {
  it("says in which way a prompt is wrong", () => {
    expect(checkPrompt("a fox")).toEqual({ status: "refused", why: "too-short", length: 4 });
    expect(checkPrompt("x".repeat(1001))).toEqual({ status: "refused", why: "too-long", length: 1001 });
    expect(checkPrompt("a cat \ud800 on a sofa")).toEqual({
      status: "refused",
      why: "unreadable",
      length: 0,
    });
  });

  it("takes an edit instruction of 3 characters where the minimum is 3", () => {
    expect(checkPrompt("red", 3)).toEqual({ status: "ok", prompt: "red" });
  });

  it("gives a normal form that is its own normal form, and is accepted again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const result = checkPrompt(text, 1);
        if (result.status !== "ok") return;
        expect(normalisePrompt(result.prompt)).toBe(result.prompt);
        expect(checkPrompt(result.prompt, 1)).toEqual(result);
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves no invisible direction or tag character", () => {
    const result = checkPrompt("\u202ea red fox\u{e0041} in the snow\u2066");
    expect(result).toEqual({ status: "ok", prompt: "a red fox in the snow" });
  });

  it("keeps joiners between visible characters and the flag of Scotland", () => {
    const scotland = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
    const text = `می\u200cخواهم 👩\u200d🚀 ${scotland} on a hill`;
    expect(normalisePrompt(text)).toBe(text.normalize("NFC"));
  });
});

describe("excerpt", () => {
  it("cuts between graphemes and puts everything on one line", () => {
    expect(excerpt("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 2)).toBe("👨‍👩‍👧‍👦…");
    expect(excerpt("a\nb", 10)).toBe("a b");
    expect(graphemeCount("👍🏽é")).toBe(2);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pagesOf } from "./pages.ts";

const bodyOf = (page: string, heading: string) => page.slice(`${heading}\n`.length);

describe("pages of texts", () => {
  it("is one page where everything fits, each text under its heading", () => {
    expect(pagesOf([{ heading: null, text: "Alone" }])).toEqual(["Alone"]);
    expect(
      pagesOf([
        { heading: "— X —", text: "Short" },
        { heading: "— Threads —", text: "Also short" },
      ]),
    ).toEqual(["— X —\nShort\n\n— Threads —\nAlso short"]);
    expect(pagesOf([])).toEqual([]);
  });

  it("breaks between words, and begins the next text where the last one ended", () => {
    const text = "word ".repeat(300).trim();
    const pages = pagesOf([
      { heading: "A", text },
      { heading: "B", text: "short" },
    ]);
    expect(pages).toHaveLength(2);
    expect(pages[0]?.endsWith("word ")).toBe(true);
    expect(pages[1]?.startsWith("A\nword ")).toBe(true);
    expect(pages[1]?.endsWith("\n\nB\nshort")).toBe(true);
  });

  it("leaves nothing out, whatever a text is", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 4_000 });
    const heavy = fc.string({
      unit: fc.constantFrom("\n", "*", "@", "👨‍👩‍👧", "e\u0301", " ", "a"),
      maxLength: 4_000,
    });
    fc.assert(
      fc.property(fc.oneof(text, heavy), (written) => {
        const pages = pagesOf([{ heading: "H", text: written }]);
        expect(pages.map((page) => bodyOf(page, "H")).join("")).toBe(written);
      }),
      { numRuns: 100 },
    );
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Reply } from "../../core/conversation/text.ts";
import { LIMITS } from "./limits.ts";
import { renderCaption, renderCard, renderLine, renderMessage } from "./render.ts";

const reading = { language: "en", zone: "Europe/Berlin" };
const reply = (parts: Partial<Reply>): Reply => ({ text: [], private: false, ...parts });
const BUTTON = { label: "Confirm", style: "primary", data: "v1|again|handle1|" } as const;

/** What a reader sees: tags gone, entities resolved. */
function visible(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

describe("a message", () => {
  it("has a bold title, the member's words as a quotation, the text, and moments in the member's zone", () => {
    const { html } = renderMessage(
      reply({
        title: "A picture with Sketch",
        quote: "a fox & a <b>hen</b>",
        text: ["3 of 10 left, resets ", { at: Date.UTC(2026, 11, 1), style: "date" }, "."],
      }),
      reading,
    );
    expect(html).toBe(
      "<b>A picture with Sketch</b>\n<blockquote>a fox &amp; a &lt;b&gt;hen&lt;/b&gt;</blockquote>\n3 of 10 left, resets December 1.",
    );
  });

  it("marks the question for a prompt invisibly", () => {
    const { html } = renderMessage(reply({ text: ["What should it show?"], asksFor: "prompt" }), reading);
    expect(html).toBe('What should it show?<a href="https://t.me/#prompt">\u200b</a>');
  });

  it("marks a question that has buttons too, and makes room for the mark", () => {
    const { html, keyboard } = renderMessage(
      reply({
        text: ["x".repeat(5_000)],
        asksFor: "v1|animate|K7Q2ZM|",
        buttons: [[{ label: "Animate", style: "primary", data: "v1|animate|K7Q2ZM|go" }]],
      }),
      reading,
    );
    expect(html).toContain("https://t.me/#v1%7Canimate%7CK7Q2ZM%7C");
    expect(visible(html).length).toBe(LIMITS.textLength);
    expect(keyboard?.inline_keyboard).toHaveLength(1);
  });

  it("has no button that would only ask the same once more", () => {
    const data = "v1|fill|0123456789abcdef|";
    const write = { label: "Write it", style: "primary" as const, data };
    const cancel = { label: "Cancel", style: "secondary" as const, data: "v1|cancel|abc|" };
    const shown = (buttons: Reply["buttons"]) =>
      renderMessage(reply({ text: ["What?"], asksFor: data, ...(buttons ? { buttons } : {}) }), reading);
    expect(shown([[write]]).keyboard).toBeUndefined();
    expect(
      shown([[write, cancel]])
        .keyboard?.inline_keyboard.flat()
        .map(({ text }) => text),
    ).toEqual(["Cancel"]);
    expect(renderMessage(reply({ text: ["x"], buttons: [[write]] }), reading).keyboard).toBeDefined();
  });

  it("shows the six buttons of a result two by two", () => {
    const button = (label: string) => ({ label, style: "secondary" as const, data: `v1|again|${label}|` });
    const rows = [["Again", "Original", "Edit", "Animate"].map(button), ["Favourite", "Delete"].map(button)];
    const { html, keyboard } = renderCaption(reply({ text: ["x".repeat(2_000)], buttons: rows }), reading);
    expect(keyboard?.inline_keyboard.map((row) => row.length)).toEqual([2, 2, 2]);
    expect(visible(html).length).toBeLessThanOrEqual(LIMITS.captionLength);
  });

  it("breaks long rows of buttons for phones and keeps short ones together", () => {
    const button = (label: string) => ({ label, style: "secondary" as const, data: `v1|again|${label}|` });
    const { keyboard } = renderMessage(
      reply({
        text: ["x"],
        buttons: [
          ["Again", "Original", "Favourite", "Delete"].map(button),
          ["1", "2", "3", "✓ 4"].map(button),
        ],
      }),
      reading,
    );
    expect(keyboard?.inline_keyboard.map((row) => row.map(({ text }) => text))).toEqual([
      ["Again", "Original"],
      ["Favourite", "Delete"],
      ["1", "2", "3", "✓ 4"],
    ]);
  });

  it("writes out links that lead to this machine, because their buttons are refused", () => {
    const rendered = renderMessage(
      reply({
        text: ["Your page"],
        buttons: [
          [
            { label: "Open Studio", url: "http://127.0.0.1:8787/ai-studio" },
            { label: "Help", url: "https://easel.example/help" },
          ],
        ],
      }),
      reading,
    );
    expect(rendered.html).toBe("Your page\nOpen Studio: http://127.0.0.1:8787/ai-studio");
    expect(rendered.keyboard?.inline_keyboard).toEqual([
      [{ text: "Help", url: "https://easel.example/help" }],
    ]);
  });
});

describe("a caption", () => {
  it("moves a long quotation below instead of cutting it", () => {
    const quote = "fox ".repeat(250).trim();
    const caption = renderCaption(reply({ title: "Picture by Sketch", text: ["Took 4 s."], quote }), reading);
    expect(caption.html).toBe("<b>Picture by Sketch</b>\nTook 4 s.");
    expect(caption.rest).toBe(`<blockquote>${quote}</blockquote>`);
  });
});

describe("whatever it says", () => {
  const words = fc.oneof(
    fc.string({ unit: "binary", maxLength: 6_000 }),
    fc.string({ unit: "grapheme", maxLength: 1_500 }),
    fc.constantFrom("<b>", "&lt;", "<a href='x'>", "@all", "🧑‍🚀".repeat(600), "x".repeat(9_000)),
  );

  it("is within the limits and never becomes markup", () => {
    fc.assert(
      fc.property(words, words, words, fc.boolean(), (title, text, quote, isCaption) => {
        const limit = isCaption ? LIMITS.captionLength : LIMITS.textLength;
        const render = isCaption ? renderCaption : renderMessage;
        const { html, rest } = render(reply({ title, text: [text], quote }), reading);
        expect(visible(html).length).toBeLessThanOrEqual(limit);
        expect(visible(rest ?? "").length).toBeLessThanOrEqual(LIMITS.textLength);
        for (const part of [html, rest ?? ""])
          expect(part.replaceAll(/<\/?(b|blockquote)>|&(amp|lt|gt);/g, "")).not.toMatch(/[<>&]/);
      }),
    );
  });

  it("stands whole with a file, under it and before it", () => {
    const some = fc.string({ unit: fc.constantFrom("fox", " ", "&", "<b>", "\n", "🧑‍🚀"), maxLength: 700 });
    fc.assert(
      fc.property(some, some, fc.string({ maxLength: 80 }), (text, quote, title) => {
        const card = renderCard(reply({ title, text: [text], quote, buttons: [[BUTTON]] }), reading);
        const { before, caption } = card;
        expect(visible(caption.html).length).toBeLessThanOrEqual(LIMITS.captionLength);
        for (const html of before) expect(visible(html).length).toBeLessThanOrEqual(LIMITS.textLength);
        expect(caption.keyboard?.inline_keyboard).toHaveLength(1);
        const all = `${before.map(visible).join("")}${visible(caption.html)}`;
        for (const sign of ["fox", "&", "<b>", "🧑‍🚀"])
          expect(all.split(sign).length).toBeGreaterThanOrEqual(`${text}${quote}`.split(sign).length);
      }),
    );
  });

  it("is cut between graphemes in a single line", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 2, max: 300 }), (text, maxChars) => {
        const line = renderLine(reply({ text: [text] }), reading, maxChars);
        expect(line.length).toBeLessThanOrEqual(maxChars);
      }),
    );
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Reply } from "../../core/conversation/text.ts";
import { escapeMarkdown } from "./escape.ts";
import { renderReply, threadName } from "./render.ts";

const base: Reply = { text: ["fine"], private: false };

describe("a reply on Discord", () => {
  it("shows title, quotation, text with moments, and rows of buttons", () => {
    const body = renderReply({
      title: "A picture with Sketch",
      quote: "a red fox\nin *snow*",
      text: ["3 of 10 left, resets ", { at: 1_796_083_200_000, style: "relative" }, "."],
      buttons: [
        [{ label: "Again", style: "primary", data: "v1|again|abc|" }],
        [{ label: "Open", url: "https://example.org/a" }],
      ],
      private: false,
    });
    expect(body).toEqual({
      content:
        "**A picture with Sketch**\n> a red fox\n> in \\*snow\\*\n3 of 10 left, resets <t:1796083200:R>.",
      components: [
        { type: 1, components: [{ type: 2, style: 1, label: "Again", custom_id: "v1|again|abc|" }] },
        { type: 1, components: [{ type: 2, style: 5, label: "Open", url: "https://example.org/a" }] },
      ],
      flags: 4,
      allowed_mentions: { parse: [], replied_user: false },
    });
  });

  it("gives a file its name and its alt text", () => {
    const body = renderReply(base, {
      kind: "image",
      form: "inline",
      altText: "a red fox",
      file: {
        name: "easel-k7q.png",
        contentType: "image/png",
        bytes: new Uint8Array(3),
        width: 1,
        height: 1,
        durationMs: null,
      },
    });
    expect(body.attachments).toEqual([{ id: "0", filename: "easel-k7q.png", description: "a red fox" }]);
  });

  it.each([
    ["<@123456789012345678> and <@&1> and <#2>", "\\<\\@123456789012345678\\> and \\<\\@&1\\> and \\<#2\\>"],
    ["@everyone @here", "\\@\u200beveryone \\@\u200bhere"],
    [
      "**b** __u__ ~~s~~ ||x|| `c` *i*",
      "\\*\\*b\\*\\* \\_\\_u\\_\\_ \\~\\~s\\~\\~ \\|\\|x\\|\\| \\`c\\` \\*i\\*",
    ],
    ["# head\n- item\n1. one\n> quote", "\\# head\n\\- item\n1\\. one\n\\> quote"],
    ["-# small", "\\-# small"],
    ["[text](https://evil.example)", "\\[text\\](https\\://evil.example)"],
    ["<t:1:R> <:a:1> </generate:1>", "\\<t:1:R\\> \\<:a:1\\> \\</generate:1\\>"],
    ["back\\slash", "back\\\\slash"],
  ])("shows %j as it is", (words, expected) => {
    expect(escapeMarkdown(words)).toBe(expected);
  });

  it("shortens the quotation before the text", () => {
    const { content } = renderReply({ ...base, quote: "*".repeat(3000), text: ["the end"] });
    expect(content.length).toBeLessThanOrEqual(2000);
    expect(content.length).toBeGreaterThan(1900);
    expect(content).toMatch(/…\nthe end$/);
  });

  it("leaves out link buttons that Discord refuses, and buttons that repeat", () => {
    const again = { label: "Again", style: "primary", data: "v1|again|x|" } as const;
    const { components } = renderReply({
      ...base,
      buttons: [[again, again], [{ label: "Long", url: `https://example.org/${"a".repeat(600)}` }]],
    });
    expect(components).toHaveLength(1);
    expect(components[0]?.components).toHaveLength(1);
  });

  it("names a thread by the member's own words, on one line and short enough", () => {
    expect(threadName({ ...base, quote: "a fox\nin snow" })).toBe("a fox in snow");
    expect(threadName({ ...base, quote: "x".repeat(300) })).toHaveLength(100);
  });

  it("has a link that is too long for a button in its text, whole", () => {
    const url = `https://network.example/sign-in?state=${"x".repeat(700)}`;
    const long = { label: "Sign in to Instagram", url };
    const body = renderReply({ text: ["The link leads there."], private: true, buttons: [[long]] });
    expect(body.content).toBe(`The link leads there.\nSign in to Instagram: <${url}>`);
    expect(body.components).toEqual([]);
    const odd = { label: "Sign in", url: `${url}\n@everyone` };
    expect(renderReply({ text: ["Here."], private: true, buttons: [[odd]] }).content).toBe("Here.");
  });

  it("stays within Discord's limits and never lets markup or a mention through, whatever is said", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 3000 }),
      fc.string({
        unit: fc.constantFrom("*", "<", "@", ">", "\n", "here", "everyone", "t:1", "`", "-", "#", "👩‍🚀"),
      }),
      fc.constantFrom("<@1>", "@everyone", "<t:1:R>", "> x\n", "```", "https://a.b"),
    );
    const text = fc.array(
      fc.oneof(piece, fc.record({ at: fc.nat(), style: fc.constantFrom("date", "time", "relative") })),
      { maxLength: 6 },
    );
    const reply = fc.record(
      {
        title: piece,
        quote: piece,
        text,
        private: fc.boolean(),
        buttons: fc.array(
          fc.array(fc.record({ label: piece, style: fc.constant("primary" as const), data: fc.uuid() }), {
            maxLength: 9,
          }),
          { maxLength: 9 },
        ),
      },
      { requiredKeys: ["text", "private"] },
    );
    fc.assert(
      fc.property(reply, (given) => {
        const body = renderReply(given);
        expect(body.content.length).toBeGreaterThan(0);
        expect(body.content.length).toBeLessThanOrEqual(2000);
        expect(body.components.length).toBeLessThanOrEqual(5);
        for (const row of body.components) {
          expect(row.components.length).toBeLessThanOrEqual(5);
          for (const { label } of row.components) expect(label.length).toBeLessThanOrEqual(80);
        }
        expect(body.content).not.toMatch(/@(everyone|here)/i);
        // Our own timestamps are the only things in angle brackets that are not escaped.
        const own = body.content.replaceAll(/<t:\d+:[DfR]>/g, "");
        expect(own).not.toMatch(/<(@|#|:|a:|t:|\/|id:)[^\\<\n]*>/);
        expect(own.replaceAll(/\\[^\w\s]/g, "")).not.toMatch(/[<@`~|[\]]/);
        expect(threadName(given).length).toBeLessThanOrEqual(100);
      }),
      { numRuns: 500 },
    );
  });
});

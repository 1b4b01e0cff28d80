import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanAltText, cleanHashtags, cleanWords, linksIn, splitHashtags } from "./clean.ts";

const none = linksIn([]);

describe("words for a post", () => {
  it.each([
    ["hey @everyone, look", "hey everyone, look"],
    ["＠here and @@here @ here", "here and here @ here"],
    ["by me@example.com", "by me at example. com"],
    ["<@!123> <@&9> <#42>", "<!123> <&9> <#42>"],
    ["hid\u2060den @\u200beveryone", "hidden everyone"],
    ["so **bold** and [click me](https://evil.test/x)", "so bold and click me"],
    ["see https://evil.test/a?b=c now", "see now"],
    ["see bit.ly/x and www.evil.test.", "see and"],
    ["go to evil.com", "go to evil. com"],
    ["deep snow.Morning light", "deep snow. Morning light"],
    ["the #fox is #1 of #2026winter #_", "the fox is #1 of 2026winter _"],
    ["3.5 km at 9 a.m., e.g. in St. Gallen", "3.5 km at 9 a.m., e.g. in St. Gallen"],
    ["a 🦊 in été — 雪の中", "a 🦊 in été — 雪の中"],
    [
      "one\n\n\n\n\ntwo \u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
      "one\n\ntwo \u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
    ],
    ["\ud800lone", "\ufffdlone"],
  ])("%j becomes %j", (raw, expected) => {
    expect(cleanWords(raw, none)).toBe(expected);
  });

  it("keep the links that the member typed, whole, and no other of the same host", () => {
    const links = linksIn(["a poster for https://fox.test/@me/a.html#top, and shop.example", null]);
    const raw = "See https://fox.test/@me/a.html#top or https://fox.test/other at shop.example.";
    expect(cleanWords(raw, links)).toBe("See https://fox.test/@me/a.html#top or at shop.example.");
    expect(cleanWords("@https://fox.test/@me/a.html#top", links)).toBe("https://fox.test/@me/a.html#top");
  });

  it("never hold a mention, a hashtag or a link, whatever was put together, and are left alone the second time", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "@",
        "＠",
        "#",
        "＃",
        "@everyone",
        "#fox",
        "://",
        "https://",
        "www.",
        "x.test",
        ".",
        "/",
        " ",
      ),
      fc.constantFrom(
        "[a](",
        ")",
        "**",
        "\u200b",
        "\u2060",
        "\n",
        "e\u0301",
        "\u0300",
        "a",
        "9",
        "_",
        "🦊",
        "<@1>",
      ),
      fc.string({ unit: "grapheme", maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const words = cleanWords(pieces.join(""), none);
        expect(words).not.toMatch(/[@＠﹫]\S/u);
        expect(words).not.toMatch(/[#＃]\p{L}/u);
        expect(words).not.toMatch(
          /[a-z][a-z0-9]*:\/\/|(?<![\p{L}\p{N}])www\.|(?<![\p{L}\p{N}.-])[a-z0-9]\.[a-z]{2,}(?!\p{L})/iu,
        );
        expect(cleanWords(words, none)).toBe(words);
      }),
      { numRuns: 2_000 },
    );
  });

  it("are quick with the longest text that is looked through", () => {
    const started = performance.now();
    for (const part of [
      "#a",
      "@",
      "a.",
      "[a](",
      "**",
      "https://",
      "www.",
      "\u0301",
      "a-",
      "#a ",
      " ",
      "1.a",
    ]) {
      const text = part.repeat(Math.floor(11_000 / part.length));
      cleanWords(splitHashtags(text).text, none);
      cleanWords(`${text} x`, none);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("hashtags", () => {
  it.each([
    [
      ["#Fox", "fox", "FOX", "snow"],
      ["Fox", "snow"],
    ],
    [
      ["red fox", "#a-b", "@everyone"],
      ["redfox", "ab", "everyone"],
    ],
    [["123", "", "#", "🦊", "\u0301"], []],
    [
      ["größe", "雪景色", "हिन्दी", "snow_2026"],
      ["größe", "雪景色", "हिन्दी", "snow_2026"],
    ],
    [["x".repeat(51), "y".repeat(50)], ["y".repeat(50)]],
    [
      ["a", "b", "c", "d", "e", "f"],
      ["a", "b", "c", "d", "e"],
    ],
  ])("%j become %j", (raw, expected) => {
    expect(cleanHashtags(raw, 30)).toEqual(expected);
  });

  it("are as many as the network takes", () => {
    expect(cleanHashtags(["a", "b", "c"], 2)).toEqual(["a", "b"]);
    expect(cleanHashtags(["a"], 0)).toEqual([]);
  });

  it.each([
    ["Deep snow. #fox #winter", "Deep snow.", ["fox", "winter"]],
    ["Deep snow\n\n#fox", "Deep snow", ["fox"]],
    ["I love #winter", "I love #winter", ["winter"]],
    ["We are #1", "We are #1", []],
    ["#only #tags", "", ["only", "tags"]],
  ])("in the text %j leave %j", (raw, text, hashtags) => {
    const split = splitHashtags(raw);
    expect([split.text.trim(), split.hashtags]).toEqual([text, hashtags]);
  });
});

describe("an alt text", () => {
  it("is one paragraph of at most 1,000 units, cut between graphemes", () => {
    expect(cleanAltText("A fox.\n\nIn  snow @everyone")).toBe("A fox. In snow everyone");
    const long = cleanAltText("\u{1f468}\u200d\u{1f469}\u200d\u{1f467}".repeat(400));
    expect(long.length).toBeLessThanOrEqual(1_000);
    expect(long.isWellFormed()).toBe(true);
    expect(long.endsWith("\u{1f467}…")).toBe(true);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NETWORKS } from "../ports/publisher.ts";
import { rulesOf } from "./networks.ts";
import { cleanHashtags, countCharacters, fitText, safeCaption, shorten } from "./text-fit.ts";

describe("characters", () => {
  it.each([
    ["twitter", "hello", 5],
    ["twitter", "日本語", 6],
    ["twitter", "👩‍👩‍👧‍👦", 2],
    ["twitter", "🇩🇪 ok", 5],
    ["twitter", "see https://example.com/a/very/long/path?with=query", 27],
    ["twitter", "see a.co", 27],
    ["twitter", "e\u0301", 1],
    ["bluesky", "👩‍👩‍👧‍👦e\u0301", 2],
    ["threads", "ab👍", 6],
    ["youtube", "é€😀", 9],
    ["instagram", "😀a", 3],
  ] as const)("are counted as %s does: %s", (network, text, count) => {
    expect(countCharacters(text, network)).toBe(count);
  });
});

describe("a text with its hashtags", () => {
  it("is put together as it will be posted", () => {
    expect(fitText("A lighthouse. ", ["#sea", "sea", "night sky", "!"], "instagram")).toEqual({
      text: "A lighthouse.\n\n#sea #nightsky",
      characters: 29,
      limit: 2_200,
      charactersOver: 0,
      hashtags: 2,
      hashtagsOver: 0,
    });
  });

  it("counts the hashtags within it too", () => {
    const { hashtags, hashtagsOver } = fitText(
      "#one #two and #1 and a#b",
      ["three", "four", "five", "six"],
      "instagram",
    );
    expect([hashtags, hashtagsOver]).toEqual([6, 1]);
  });

  it("is shortened after a whole word and keeps its hashtags", () => {
    const { text, hashtags } = shorten("word ".repeat(100), ["sea", "sky"], "twitter");
    expect(text).toMatch(/^(word )+word…$/);
    expect(hashtags).toEqual(["sea", "sky"]);
    expect(fitText(text, hashtags, "twitter").characters).toBeGreaterThan(265);
  });

  it("fits every network once it was shortened, and is left alone where it fits", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "word ",
        "日本語",
        "👩‍👩‍👧‍👦",
        "#tag ",
        "https://example.com/x ",
        "a.co/b ",
        "\n",
        "e\u0301",
      ),
      fc.string({ unit: "grapheme", maxLength: 400 }),
    );
    const text = fc.array(piece, { maxLength: 60 }).map((parts) => parts.join(""));
    const tags = fc.array(fc.string({ unit: "grapheme", maxLength: 60 }), { maxLength: 12 });
    fc.assert(
      fc.property(text, tags, fc.constantFrom(...NETWORKS), (words, hashtags, network) => {
        const before = fitText(words, hashtags, network);
        const short = shorten(words, hashtags, network);
        const after = fitText(short.text, short.hashtags, network);
        expect([after.charactersOver, after.hashtagsOver]).toEqual([0, 0]);
        if (before.charactersOver === 0 && before.hashtagsOver === 0) expect(after.text).toBe(before.text);
      }),
      { numRuns: 300 },
    );
  });

  it("never has more hashtags than the network takes", () => {
    expect(rulesOf("instagram").hashtags).toBe(5);
    const { text, hashtags } = shorten("#a #b #c #d #e #f", ["g"], "instagram");
    expect([text, hashtags]).toEqual(["#a #b #c #d #e f", []]);
  });
});

describe("hashtags of a model", () => {
  it("are words without signs, each once", () => {
    expect(cleanHashtags(["#Sea", "sea", "night sky", "2026", "über-nacht", "", "#", "日本"])).toEqual([
      "Sea",
      "nightsky",
      "übernacht",
      "日本",
    ]);
  });
});

describe("a caption of a model", () => {
  it("mentions nobody and sets no hashtags", () => {
    expect(safeCaption("Hi @everyone, ask @some.one or me@home.org! #wow #1")).toBe(
      "Hi everyone, ask some.one or me@\u2060home.org! wow #1",
    );
  });

  it("hides nothing and turns nothing round", () => {
    expect(safeCaption("a\u202eb\u200bc\u0000d\r\n\r\n\r\ne \n f\u2028g")).toBe("abcd\n\ne\n f\ng");
    expect(safeCaption("@\u200bname ＠name @@name")).toBe("name name name");
  });

  it("is safe whatever was in it, and the same when it is made safe again", () => {
    const text = fc.array(
      fc.constantFrom("@", "＠", "#", "＃", "a", "Ж", "1", "_", " ", "\n", "\u200b", "\u2060", ".", "é"),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(text, (parts) => {
        const safe = safeCaption(parts.join(""));
        expect(safe).not.toMatch(/[@＠][\p{L}\p{N}_]/u);
        expect(fitText(safe, [], "instagram").hashtags).toBe(0);
        expect(safeCaption(safe)).toBe(safe);
      }),
      { numRuns: 1_000 },
    );
  });
});

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
    ["bluesky", "👩‍👩‍👧‍👦".repeat(120), 120],
    // Bytes are a limit of their own there.
    ["bluesky", "👩‍👩‍👧‍👦".repeat(121), 303],
    ["bluesky", `${"é".repeat(100)}${"\u0301".repeat(2_000)}`, 420],
    ["threads", "ab👍", 6],
    ["youtube", "é€😀", 9],
    ["instagram", "😀a", 3],
  ] as const)("are counted as %s does: %s", (network, text, count) => {
    expect(countCharacters(text, network)).toBe(count);
  });
});

describe("links on X", () => {
  const link = "https://example.com/a";
  it.each<[string, string, number]>([
    ["end where other letters follow", `https://example.com、${"続".repeat(200)}`, 23 + 2 + 400],
    ["end where other letters follow in their path", `${link}${"続".repeat(201)}`, 23 + 402],
    ["end before brackets and full stops", `(${link})${")".repeat(300)}...`, 1 + 23 + 301 + 3],
    ["are none without a name that can be one", `http://localhost/${"a".repeat(400)}`, 417],
    ["are none behind a letter", `x${link}${"a".repeat(400)}`, 422],
    ["are none where a name goes on", `https://example.com@${"a".repeat(400)}`, 420],
    ["count no less where their name is not known", `https://example.notatld/${"a".repeat(400)}`, 424],
    ["count 23 and no more where it is", `https://example.com/${"a".repeat(400)}?b=c#d`, 23],
    ["keep their port and accents", `https://example.com:8080/été/жук?x=(1)&y`, 23],
    ["each count", "https://a.de、https://b.de", 23 + 2 + 23],
    ["each count without a scheme", "続a.co".repeat(3), 3 * 25],
    ["count with a name of another script", "https://пример.рф", 23 + 17],
    ["are none in an address of mail", "me@my.home.org", 14],
  ])("%s", (_, text, count) => {
    expect(countCharacters(text, "twitter")).toBe(count);
  });

  it("hide nothing behind an emoji", () => {
    expect(countCharacters(`😀${"\u0301".repeat(500)}`, "twitter")).toBe(502);
    expect(countCharacters(`a${"\u0301".repeat(500)}`, "twitter")).toBe(500);
    expect(countCharacters("1️⃣👍🏽🏴󠁧󠁢󠁥󠁮󠁧󠁿❤️", "twitter")).toBe(8);
    // Two that no network draws as one.
    expect(countCharacters("😀\u200d🎨", "twitter")).toBe(5);
  });

  it("do not join what stood around them", () => {
    expect(countCharacters(`🇩 ${link} 🇪`, "twitter")).toBe(2 + 1 + 23 + 1 + 2);
    expect(countCharacters("a.https://b.de.co", "twitter")).toBeGreaterThanOrEqual(25);
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
        "https://example.com、",
        "http://localhost/x",
        "\u0301\u0301\u0301",
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

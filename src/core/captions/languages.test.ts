import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_SETTINGS, type User } from "../usage/user.ts";
import { captionLanguages, isSameLanguage, languageName, languageTag, ownLanguage } from "./languages.ts";

const member = (locale: string | null, language: string | null = null): User => ({
  id: "usr_1",
  identity: "discord:1",
  name: "Ada",
  locale,
  plan: "free",
  planUntil: null,
  limitOverride: null,
  grants: 0,
  bannedAt: null,
  settings: { ...NO_SETTINGS, language },
  createdAt: 0,
});

describe("a language of captions", () => {
  it.each([
    ["de", "de"],
    ["pt-br", "pt-BR"],
    ["zh_hans_CN", "zh-Hans-CN"],
    ["de-DE-u-co-phonebk", "de-DE"],
    ["sl-rozaj-biske-1994-x", null],
    ["sl-Latn-SI-rozaj-biske", "sl"],
    ["", null],
    ["German, I think", null],
  ])("of %j is %j", (raw, tag) => {
    expect(languageTag(raw)).toBe(tag);
  });

  it("has room in a button, and a name, whatever a platform reports", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 40 }), fc.stringMatching(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$/)),
        (raw) => {
          const tag = languageTag(raw);
          if (tag !== null) expect(`language=${tag}`).toMatch(/^[\x21-\x7e]{1,30}$/);
          expect(languageName(raw)).toEqual(expect.any(String));
          expect(isSameLanguage(raw, raw)).toBe(tag !== null);
          expect(captionLanguages(member(raw)).length).toBeLessThanOrEqual(16);
        },
      ),
    );
  });

  it("is the member's setting, else what their platform reports, else nobody's", () => {
    expect(ownLanguage(member("de-AT", "en"))).toBe("en");
    expect(ownLanguage(member("de-AT"))).toBe("de-AT");
    expect(ownLanguage(member(null))).toBeNull();
    expect(captionLanguages(member("de-AT", "en")).slice(0, 3)).toEqual(["en", "de-AT", "es"]);
    expect(captionLanguages(member("cy")).slice(0, 2)).toEqual(["cy", "en"]);
  });

  it("is called as its speakers call it, or as the reader does", () => {
    expect(["de", "es", "tr", "ja"].map((tag) => languageName(tag))).toEqual([
      "Deutsch",
      "Español",
      "Türkçe",
      "日本語",
    ]);
    expect(languageName("de", "en")).toBe("German");
  });
});

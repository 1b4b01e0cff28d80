import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createMessages } from "./messages.ts";

const catalogue = readFileSync(new URL("./en.ftl", import.meta.url), "utf8");
const messages = createMessages({ en: catalogue });
const ids = [...catalogue.matchAll(/^([a-zA-Z][\w-]*) =/gm)].map((match) => match[1] ?? "");

describe("the catalogue", () => {
  it("has a text behind every id: a missing line end would make one empty", () => {
    expect(ids.length).toBeGreaterThan(100);
    for (const id of ids) expect(messages.line("en", id, everyArgument), id).not.toBe("");
  });

  it("has every sentence that the code names", () => {
    const source = globSync("src/**/*.ts", { exclude: ["**/*.test.ts"] })
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    const named = [...source.matchAll(/\.(?:text|line)\(\s*(?:language,\s*)?"([a-zA-Z][\w-]*)"/g)].map(
      (match) => match[1] ?? "",
    );
    expect(named.length).toBeGreaterThan(60);
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it("knows a reason and a next step for every ending", () => {
    const reasons = [
      "content-refused",
      "input-refused",
      "provider-failed",
      "provider-unavailable",
      "answer-lost",
    ];
    for (const reason of [
      ...reasons,
      "no-result",
      "timed-out",
      "waited-too-long",
      "cancelled",
      "not-acknowledged",
    ]) {
      expect(ids).toContain(`reason-${reason}`);
    }
  });
});

describe("messages", () => {
  it("keep a moment apart from the words, so that each platform can show it its own way", () => {
    const text = messages.text("en", "limit-resets", { resets: { at: 1_796_083_200_000, style: "date" } });
    expect(text).toEqual(["It resets ", { at: 1_796_083_200_000, style: "date" }, "."]);
  });

  it("fall back to the first language for what is missing or unknown", () => {
    const two = createMessages({ en: "a = one\nb = two\n", de: "a = eins\n" });
    expect(two.line("de", "b")).toBe("two");
    expect(two.choose("de-AT", "en")).toBe("de");
    expect(two.choose(null, "pt-BR")).toBe("en");
  });

  it("refuse a sentence that does not exist rather than show its name", () => {
    expect(() => messages.line("en", "no-such-sentence")).toThrow("no message");
  });
});

const everyArgument: Record<string, string | number> = Object.fromEntries(
  [...catalogue.matchAll(/\$(\w+)/g)].map((match) => [match[1] ?? "", 3]),
);

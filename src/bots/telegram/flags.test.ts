import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildCatalogue } from "../../core/conversation/catalogue.ts";
import { readOptions } from "./flags.ts";

const commands = buildCatalogue([], ["watercolour", "line art"]);

function read(name: string, line: string, repliedMember: string | null = null) {
  const spec = commands.find((command) => command.name === name);
  if (spec === undefined) throw new Error(`no command ${name}`);
  return readOptions(spec, line, { repliedMember });
}

describe("flags of /generate", () => {
  it.each([
    ["a red fox in the snow", { prompt: "a red fox in the snow" }],
    ["--video a red fox", { prompt: "a red fox", type: "video" }],
    ["a red fox --video --count=3", { prompt: "a red fox", type: "video", count: 3 }],
    [
      "--provider=kie-veo3 a red fox --aspect=16:9",
      { prompt: "a red fox", provider: "kie-veo3", aspect: "16:9" },
    ],
    ['a red fox --style="line art"', { prompt: "a red fox", style: "line art" }],
    ["a red fox —style=“line art”", { prompt: "a red fox", style: "line art" }],
    ["a red fox --private", { prompt: "a red fox", private: true }],
    ["a fox --private=no", { prompt: "a fox", private: false }],
    ["--count=many a fox", { prompt: "a fox", count: "many" }],
    [
      "a fox --reference=https://a.example/b.png?c=d&e=1 --type=video",
      { prompt: "a fox", type: "video", reference: "https://a.example/b.png?c=d&e=1" },
    ],
    ["—reference-url=https://a.example/b a fox", { prompt: "a fox", "reference-url": "https://a.example/b" }],
    ["--video", { type: "video" }],
    ["", {}],
  ])("are read at the start and at the end: %s", (line, options) => {
    expect(read("generate", line)).toEqual(options);
  });

  it.each([
    "a fox --video in the snow",
    "a fox --loud",
    "--loud a fox",
    "a fox --count",
    "a fox --reference",
    "a fox --mask",
    "a fox --reference-",
    "a fox well--known",
    "a fox --video=yes",
    "x--video",
  ])("stay text where they are none: %s", (line) => {
    expect(read("generate", line)).toEqual({ prompt: line });
  });

  it("lets the first of two win", () => {
    expect(read("generate", "--image a fox --video")).toEqual({ prompt: "a fox", type: "image" });
  });

  it("keeps the lines of a prompt", () => {
    expect(read("generate", "--video a fox\nin the snow")).toEqual({
      prompt: "a fox\nin the snow",
      type: "video",
    });
  });

  it("never loses a word of a prompt without flags, and never throws", () => {
    const property = fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (line) => {
      const { prompt } = read("generate", line);
      return /--|[\u2013\u2014]/.test(line) || (prompt ?? "") === line.trim();
    });
    expect(() => fc.assert(property)).not.toThrow();
  });
});

describe("options of other commands", () => {
  it.each([
    ["admin limit", "12345 20", null, { member: "telegram:12345", units: "20" }],
    ["admin limit", "@alice default", null, { member: "@alice", units: "default" }],
    ["admin limit", "2000", "telegram:777", { member: "telegram:777", units: "2000" }],
    ["admin limit", "default", "telegram:777", { member: "telegram:777", units: "default" }],
    ["admin limit", "discord:55 20", null, { member: "discord:55", units: "20" }],
    ["admin ban", "@bob spam in every group", null, { member: "@bob", reason: "spam in every group" }],
    ["admin ban", "spam", "telegram:777", { member: "telegram:777", reason: "spam" }],
    ["admin plan", "@bob pro 30", null, { member: "@bob", plan: "pro", days: 30 }],
    ["status", "K7Q2ZM", null, { id: "K7Q2ZM" }],
    ["gallery", "red fox --page=2", null, { search: "red fox", page: 2 }],
    ["settings", "zone Europe/Berlin", null, { zone: "Europe/Berlin" }],
    ["settings", "zone=Europe/Berlin style=default", null, { zone: "Europe/Berlin", style: "default" }],
    ["settings", "nonsense", null, {}],
  ])("/%s %s", (name, line, replied, options) => {
    expect(read(name, line, replied)).toEqual(options);
  });
});

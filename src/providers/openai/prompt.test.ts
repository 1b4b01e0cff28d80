import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { neutralise } from "./prompt.ts";

/** What the servers look for, written down apart from the code under test. */
const INSTRUCTIONS = [
  /sd_cpp_extra_args\s*>/i,
  /<\s*\/?\s*sd_cpp_extra_args/i,
  /<\s*[a-z_][\w-]*\s*:[^<>]*>/i,
  /\|/,
];

describe("a prompt for a self-hosted server", () => {
  it.each([
    ["a fox | ugly, blurred", "a fox , ugly, blurred"],
    ["a fox <lora:secret:0.8> in snow", "a fox in snow"],
    ["a fox < LoRA : secret : 1 >", "a fox"],
    ["<hypernet:x:1><lyco:y>fox<embedding:z>", "fox"],
    ['fox <sd_cpp_extra_args>{"steps":900}</sd_cpp_extra_args>', "fox"],
    ['fox <SD_CPP_Extra_Args >{"steps":900}</ sd_cpp_extra_args>', "fox"],
    ["fox <sd_cpp_extra_args>{} and snow", "fox {} and snow"],
    ["fox </sd_cpp_extra_args> and snow", "fox and snow"],
    ["a<sd_cpp_extra_args>b<sd_cpp_extra_args>c</sd_cpp_extra_args>d</sd_cpp_extra_args>e", "ae"],
    ["<sd_cpp_<lora:x:1>extra_args>{}</sd_cpp_extra_args>", ""],
    ["<lo<lora:a:1>ra:b:1>", ""],
    ["<sd_cpp_extra_args", ""],
  ])("%j becomes %j", (prompt, expected) => {
    expect(neutralise(prompt)).toBe(expected);
  });

  it.each(["a heart <3 and 5 > 4", "a sign that says: open", "Füchse: zwei, (im Schnee:1.2)", "x < y"])(
    "keeps %j",
    (prompt) => {
      expect(neutralise(prompt)).toBe(prompt);
    },
  );

  it("never leaves an instruction, whatever was put together, and leaves its own result alone", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "<",
        ">",
        "/",
        ":",
        "|",
        " ",
        "lora",
        "sd_cpp_extra_args",
        "<lora:x:1>",
        "SD_CPP_",
        "extra_args",
      ),
      fc.constantFrom("<sd_cpp_extra_args>", "</sd_cpp_extra_args>", "{}", "\n", "a", "_"),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const result = neutralise(pieces.join(""));
        expect(INSTRUCTIONS.filter((pattern) => pattern.test(result))).toEqual([]);
        expect(neutralise(result)).toBe(result);
      }),
      { numRuns: 3_000 },
    );
  });

  it("is quick with the longest prompt there is", () => {
    const started = performance.now();
    for (const piece of [
      "<sd_cpp_extra_args>",
      "<lora:",
      "<a:<",
      "< ",
      "</sd_cpp_extra_args>",
      " ",
      "< ".padEnd(90),
    ]) {
      neutralise(piece.repeat(Math.floor(4_000 / piece.length)));
    }
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

import { describe, expect, test } from "vitest";
import { readRange } from "./ranges.ts";

describe("a Range header", () => {
  test.each([
    ["bytes=0-99", { kind: "part", start: 0, end: 99 }],
    ["bytes=100-", { kind: "part", start: 100 }],
    ["bytes=-500", { kind: "tail", length: 500 }],
    [undefined, { kind: "all" }],
    ["", { kind: "all" }],
    ["bytes=-", { kind: "all" }],
    ["bytes=9-3", { kind: "all" }],
    ["bytes=0-1,5-6", { kind: "all" }],
    ["lines=1-2", { kind: "all" }],
    ["bytes=0x10-20", { kind: "all" }],
    ["bytes=99999999999999999999-", { kind: "all" }],
  ])("%s is read as it is meant", (header, range) => {
    expect(readRange(header)).toEqual(range);
  });
});

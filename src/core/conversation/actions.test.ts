import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ACTIONS, readButtonData, writeButtonData } from "./actions.ts";

describe("button data", () => {
  it("comes back as it was written, within 64 bytes, for every action", () => {
    for (const action of ACTIONS) {
      const data = writeButtonData(action, "AbCdEfGhIjKlMnOp", "provider=kie-4o-image");
      expect(new TextEncoder().encode(data).length).toBeLessThanOrEqual(64);
      expect(readButtonData(data)).toEqual({
        action,
        handle: "AbCdEfGhIjKlMnOp",
        argument: "provider=kie-4o-image",
      });
    }
  });

  it.each([
    "",
    "v1|again",
    "v2|again|AbCdEfGhIjKlMnOp|",
    "v1|destroy|AbCdEfGhIjKlMnOp|",
    "v1|again|AbCdEfGhIjKlMnOpQ|",
    "v1|again|AbCd EfGh|",
    "v1|again|AbCdEfGh|\u00e9",
    `v1|again|AbCdEfGh|${"x".repeat(60)}`,
    "v1|again|AbCdEfGh|x\n",
  ])("refuses %j", (data) => {
    expect(readButtonData(data)).toBeNull();
  });

  it("never throws, whatever comes back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (data) => {
        readButtonData(data);
        readButtonData(`v1|${data}`);
      }),
    );
  });
});

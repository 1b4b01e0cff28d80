import { describe, expect, test } from "vitest";
import { UPLOADS_AN_HOUR, UPLOADS_AT_ONCE } from "./limits.ts";
import { createUploadShares } from "./upload-shares.ts";

function stand() {
  const time = { now: 1_800_000_000_000 };
  return { time, shares: createUploadShares({ now: () => time.now }) };
}

describe("what a member may upload", () => {
  test("is a few at once, and another one when one is through", () => {
    const { shares } = stand();
    const under = Array.from({ length: UPLOADS_AT_ONCE }, () => shares.take("usr_ada"));
    expect(under).not.toContain(null);
    expect(shares.take("usr_ada")).toBeNull();
    expect(shares.take("usr_bob")).not.toBeNull();
    under[0]?.();
    expect(shares.take("usr_ada")).not.toBeNull();
  });

  test("ends for the hour, and begins anew with the next; what is still under way counts on", () => {
    const { shares, time } = stand();
    const open = shares.take("usr_ada");
    for (let count = 1; count < UPLOADS_AN_HOUR; count++) shares.take("usr_ada")?.();
    expect(shares.take("usr_ada")).toBeNull();
    time.now += 3_600_000;
    const under = Array.from({ length: UPLOADS_AT_ONCE }, () => shares.take("usr_ada"));
    expect(under.filter((one) => one === null)).toHaveLength(1);
    open?.();
    expect(shares.take("usr_ada")).not.toBeNull();
  });
});

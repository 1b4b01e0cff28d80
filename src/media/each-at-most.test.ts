import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eachAtMost } from "./each-at-most.ts";

describe("work for each of many", () => {
  it("is done for all of them, and never for more than the limit at once", async () => {
    let atOnce = 0;
    let most = 0;
    const done: number[] = [];
    await eachAtMost(3, Array.from({ length: 20 }, (_, n) => n).values(), async (n) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      for (let turn = 0; turn <= n % 5; turn += 1) await setImmediate();
      atOnce -= 1;
      done.push(n);
    });
    expect(most).toBe(3);
    expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it("ends with the first failure, when what was under way has ended", async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const slow = Promise.withResolvers<void>();
    const all = eachAtMost(2, [1, 2, 3, 4, 5], async (n) => {
      begun.push(n);
      if (n === 2) throw new Error("two");
      await slow.promise;
      ended.push(n);
    });
    slow.resolve();
    await expect(all).rejects.toThrow("two");
    expect(ended).toEqual(begun.filter((n) => n !== 2));
    expect(begun.length).toBeLessThan(5);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWindow } from "./window.ts";

describe("a window", () => {
  it("frees a place when the oldest event leaves it", () => {
    const window = createWindow({ count: 2, perMs: 1_000 });
    window.take(0);
    window.take(400);
    expect([window.free(500), window.nextAt(500)]).toEqual([0, 1_001]);
    expect([window.free(1_001), window.free(1_401)]).toEqual([1, 2]);
    expect(window.idle(1_401)).toBe(true);
  });

  it("never lets more than its count into any span of its length", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }), (gaps) => {
        const window = createWindow({ count: 5, perMs: 1_000 });
        const taken: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          if (window.free(now) > 0) {
            window.take(now);
            taken.push(now);
          } else {
            expect(window.nextAt(now)).toBeGreaterThan(now);
          }
        }
        for (const start of taken) {
          expect(taken.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(5);
        }
      }),
    );
  });
});

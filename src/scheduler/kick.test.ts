import { describe, expect, it } from "vitest";
import { createKicker } from "./kick.ts";

describe("a kicker", () => {
  it("runs one at a time, and once more for any number of kicks meanwhile", async () => {
    let runs = 0;
    let atOnce = 0;
    const gate = Promise.withResolvers<void>();
    const kicker = createKicker(
      async () => {
        runs += 1;
        atOnce += 1;
        expect(atOnce).toBe(1);
        await gate.promise;
        atOnce -= 1;
      },
      () => {},
    );
    kicker.kick();
    await Promise.resolve();
    for (let i = 0; i < 10; i += 1) kicker.kick();
    gate.resolve();
    await kicker.stop();
    expect(runs).toBeLessThanOrEqual(2);
  });

  it("goes on after an error, which it hands on", async () => {
    const errors: unknown[] = [];
    const kicker = createKicker(
      () => Promise.reject(new Error("once")),
      (err) => errors.push(err),
    );
    kicker.kick();
    await kicker.stop();
    expect(errors).toHaveLength(1);
  });
});

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createAckGate } from "./ack-gate.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("lets work pass when no acknowledgement is outstanding, whether they succeed or not", async () => {
  const gate = createAckGate();
  await gate.passed();
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const acknowledgements = [gate.during(first.promise), gate.during(second.promise)];
  let passed = false;
  const work = gate.passed().then(() => {
    passed = true;
  });
  first.resolve("ok");
  await acknowledgements[0];
  expect(passed).toBe(false);
  second.reject(new Error("no"));
  await expect(acknowledgements[1]).rejects.toThrow("no");
  await work;
  expect(passed).toBe(true);
});

it("never holds work back for long", async () => {
  const gate = createAckGate();
  void gate.during(new Promise(() => undefined));
  const work = gate.passed();
  await vi.advanceTimersByTimeAsync(300);
  await work;
});

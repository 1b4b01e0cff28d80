import { describe, expect, test } from "vitest";
import { type HealthFacts, reportHealth } from "./health.ts";

const NOW = 1_800_000_000_000;
const facts = (change: Partial<HealthFacts> = {}): HealthFacts => ({
  generation: { states: { queued: 2, submitted: 3, ready: 50, failed: 4 }, oldest: NOW - 60_000 },
  deliveries: { waiting: 1, oldest: NOW - 2_000 },
  platforms: { studio: { up: true, detail: "" } },
  providers: [{ id: "sketch", kind: "image", state: "resting" }],
  ...change,
});

describe("health", () => {
  test("is fine while everything moves, and counts what has not ended", () => {
    expect(reportHealth(facts(), NOW)).toMatchObject({
      status: "ok",
      oldestJobSeconds: 60,
      oldestDeliverySeconds: 2,
      unfinishedJobs: 5,
      waitingDeliveries: 1,
      providers: { "sketch image": "resting" },
    });
  });

  test.each([
    ["a job hangs", { generation: { states: {}, oldest: NOW - 6_000_000 } }],
    ["a message hangs", { deliveries: { waiting: 1, oldest: NOW - 700_000 } }],
    ["a platform is down", { platforms: { discord: { up: false, detail: "no gateway" } } }],
  ])("is degraded when %s", (_, change) => {
    expect(reportHealth(facts(change), NOW).status).toBe("degraded");
  });
});

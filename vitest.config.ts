import { defineConfig } from "vitest/config";

/** One project a kind of test. Those that start whole processes come after the others, so that none waits for the CPU. */
export default defineConfig({
  test: {
    reporters: ["default", "./test/support/reporter.ts"],
    projects: [
      project("unit", ["src/**/*.test.ts", "test/*.test.ts"], { timeoutMs: 10_000, order: 0 }),
      project("contract", ["test/contract/**/*.test.ts"], { timeoutMs: 30_000, order: 1 }),
      project("e2e", ["test/e2e/**/*.test.ts"], {
        // As long as these tests wait for anything else; one second, the default, is a matter of the machine's load.
        pollTimeoutMs: 20_000,
        timeoutMs: 60_000,
        order: 2,
        globalSetup: "./test/support/bundle.ts",
        // Its stories mostly wait: for the pace that a chat allows, for a page.
        workers: 3,
      }),
      project("crash", ["test/crash/**/*.test.ts"], {
        timeoutMs: 120_000,
        order: 3,
        globalSetup: "./test/crash/interrupted-bundle.ts",
      }),
    ],
    // `vitest run --coverage --project unit --project contract`
    coverage: {
      provider: "v8",
      include: ["src/core/**/*.ts"],
      exclude: ["**/*.test.ts"],
      reporter: ["text-summary", "html"],
      thresholds: { lines: 90, functions: 90, statements: 90, branches: 85 },
    },
  },
});

interface Settings {
  readonly timeoutMs: number;
  /** Projects of one order run together, those of the next one after them. */
  readonly order: number;
  readonly globalSetup?: string;
  /** How long `expect.poll` asks. */
  readonly pollTimeoutMs?: number;
  /** Files at once. */
  readonly workers?: number;
}

function project(
  name: string,
  include: string[],
  { timeoutMs, order, globalSetup, pollTimeoutMs, workers = 2 }: Settings,
) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      testTimeout: timeoutMs,
      hookTimeout: Math.max(timeoutMs, 60_000),
      maxWorkers: workers,
      sequence: { groupOrder: order },
      ...(globalSetup === undefined ? {} : { globalSetup }),
      ...(pollTimeoutMs === undefined ? {} : { expect: { poll: { timeout: pollTimeoutMs } } }),
    },
  };
}

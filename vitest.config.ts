import { defineConfig } from "vitest/config";

/** One project a kind of test. Those that start whole processes come after the others, so that none waits for the CPU. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["default", "./test/support/reporter.ts"],
    projects: [
      project("unit", ["src/**/*.test.ts", "test/*.test.ts"], { timeoutMs: 10_000, order: 0 }),
      project("contract", ["test/contract/**/*.test.ts"], { timeoutMs: 30_000, order: 1 }),
      project("e2e", ["test/e2e/**/*.test.ts"], {
        timeoutMs: 60_000,
        order: 2,
        globalSetup: "./test/support/bundle.ts",
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

function project(
  name: string,
  include: string[],
  { timeoutMs, order, globalSetup }: { timeoutMs: number; order: number; globalSetup?: string },
) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      testTimeout: timeoutMs,
      hookTimeout: Math.max(timeoutMs, 60_000),
      sequence: { groupOrder: order },
      ...(globalSetup === undefined ? {} : { globalSetup }),
    },
  };
}

import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

export type Totals = { passed: number; failed: number; skipped: number };

/**
 * Ends the output with `N passed, N failed, N skipped`, which any CI can read; vitest's own closing lines vary with the
 * terminal. A file that cannot be loaded and an error outside of any test count as failed. In CI a skip is a failure:
 * there everything that a test may need is installed.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const totals = countTests(modules);
    totals.failed += unhandledErrors.length;
    // Not console.log: the default reporter may still be writing through its own, and this line has to be the last.
    process.stdout.write(`\n${formatTotals(totals)}\n`);
    if (isRefused(totals, process.env["CI"])) process.exitCode = 1;
  }
}

/** Tests by outcome. One that never got a result, because the run was cut off, was not shown to pass: failed. */
export function countTests(modules: readonly TestModule[]): Totals {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    let failedTests = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      const outcome = state === "pending" ? "failed" : state;
      totals[outcome] += 1;
      if (outcome === "failed") failedTests += 1;
    }
    // Broken outside its tests: an import, a hook.
    if (module.state() === "failed" && failedTests === 0) totals.failed += 1;
  }
  return totals;
}

export function formatTotals({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Whether this outcome fails the run. `ci` is the variable CI, which services set to `true` or `1`. */
export function isRefused({ failed, skipped }: Totals, ci: string | undefined): boolean {
  const isCi = ci !== undefined && !["", "0", "false"].includes(ci);
  return failed > 0 || (isCi && skipped > 0);
}

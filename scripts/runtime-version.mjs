// Shared by setup.mjs (any Node from 20 on) and runtime.mjs (the one that runs the program).

/** Type stripping without a flag, Temporal and `--env-file-if-exists` are all there from this major on. */
export const OLDEST_MAJOR = 26;

export function oldRuntimeMessage() {
  return [
    `Easel needs Node ${OLDEST_MAJOR} or newer; this is ${process.version} (${process.execPath}).`,
    "It brings its own in node_modules for Linux (glibc), macOS and Windows, and that one is not there.",
    'Run "npm ci --include=optional" without ignore-scripts, or install Node 26 where no prebuilt one exists (musl).',
  ].join("\n");
}

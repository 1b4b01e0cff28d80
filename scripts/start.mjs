// What `npm start` and `npm run easel -- <subcommand>` run: the bundle of src/, made anew when src/ changed, in this very
// process, so that signals and the exit status are the program's own.
import { spawnSync } from "node:child_process";
import { enableCompileCache, flushCompileCache } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBundleFresh } from "./bundle.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** By then everything that a start loads has been loaded and compiled. */
const FLUSH_AFTER_MS = 5_000;

if (!isBundleFresh()) {
  const { status } = spawnSync(process.execPath, [join(root, "scripts", "bundle.mjs")], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

enableCompileCache(join(root, ".cache", "compiled"));
await import("../dist/main.js");
// Node writes the cache at a clean exit only; a server that is killed would never leave one.
setTimeout(() => flushCompileCache(), FLUSH_AFTER_MS).unref();

// Installs what package-lock.json says, if it is not all there. Plain JavaScript for Node 20 with npm only: this runs
// before anything is installed, by `npm start`, `npm test` and `npm run easel`.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";
import { OLDEST_MAJOR, oldRuntimeMessage } from "./runtime-version.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

if (!isInstalled()) {
  withLock(join(root, ".cache", "setup.lock"), () => {
    // Another start may have done it while this one waited.
    if (!isInstalled()) install();
  });
}
requireRuntime();

/**
 * Whether node_modules is what the lockfile says and complete.
 *
 * npm writes its own copy of the lock (`node_modules/.package-lock.json`) as the last step, and `npm ci` begins by
 * removing it, so an install that was cut off has none. Each package's folder is looked for as well, because people
 * delete those by hand. Packages for other platforms are optional and may be absent.
 */
function isInstalled() {
  const wanted = readPackages("package-lock.json");
  const installed = readPackages(join("node_modules", ".package-lock.json"));
  if (installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && existsSync(join(root, path, "package.json"));
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function install() {
  const wanted = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  console.error(`installing what package-lock.json says (once): npm ${wanted.join(" ")}`);
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ["ignore", "inherit", "inherit"] };
  const result = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...wanted], options)
    : spawnSync("npm", wanted, { ...options, shell: process.platform === "win32" });
  if (result.status !== 0) {
    console.error(`npm ci did not finish${result.error ? `: ${result.error.message}` : ""}`);
    process.exit(result.status || 1);
  }
}

/** The scripts that follow find the runtime that the lockfile pins first on their PATH; without it they use this one. */
function requireRuntime() {
  const pinned = join(root, "node_modules", ".bin", process.platform === "win32" ? "node.cmd" : "node");
  if (existsSync(pinned) || Number(process.versions.node.split(".")[0]) >= OLDEST_MAJOR) return;
  console.error(oldRuntimeMessage());
  process.exit(1);
}

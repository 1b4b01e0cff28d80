// Ends with an error when package-lock.json is one that `npm ci` would refuse on another platform, or cannot verify.
import { readFileSync } from "node:fs";

const { packages } = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
const problems = [];

/** The entry that `name` means inside the package at `path`: the nearest node_modules going up, as Node looks it up. */
function lookUp(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/node_modules/"), 0))) {
    const entry = packages[`${folder}${folder === "" ? "" : "/"}node_modules/${name}`];
    if (entry !== undefined || folder === "") return entry;
  }
}

for (const [path, entry] of Object.entries(packages)) {
  // Some releases name platform binaries that were never published; npm then leaves them out of the lock, or locks
  // the binary of another copy of the package, and `npm ci` refuses both.
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const entry = lookUp(path, name);
    const isWrong = entry !== undefined && /^\d/.test(version) && entry.version !== version;
    if (entry === undefined || isWrong)
      problems.push(`missing: ${path || "the project"} wants ${name}@${version}`);
  }
  if (path !== "" && !entry.link && !entry.integrity) problems.push(`no integrity: ${path}`);
  if (entry.resolved && !entry.resolved.startsWith("https://"))
    problems.push(`not fetched by https: ${path}`);
}

const { dependencies, devDependencies, optionalDependencies } = packages[""];
for (const [name, version] of Object.entries({
  ...dependencies,
  ...devDependencies,
  ...optionalDependencies,
})) {
  if (!/^\d/.test(version)) problems.push(`not an exact version: ${name}@${version}`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`package-lock.json: ${Object.keys(packages).length - 1} packages, complete`);

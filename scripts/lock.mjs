// Plain JavaScript for Node 20: setup.mjs uses it before anything is installed.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const LOOK_AGAIN_MS = 200;
/** A holder's pid is written right after the folder is made; a folder without one for this long was left by a crash. */
const PID_GRACE_MS = 5_000;
/** After this long the pid may belong to another program; nothing that we lock takes a tenth of it. */
const STALE_AFTER_MS = 30 * 60_000;

/**
 * Runs `work` while no other process of this machine runs under the same `folder`, waiting for its turn.
 *
 * The lock is a folder, since making one is atomic on every file system. A lock whose owner is gone is taken over.
 * Blocks the thread while it waits: only for scripts that have nothing else to do.
 */
export function withLock(folder, work) {
  mkdirSync(dirname(folder), { recursive: true });
  for (let told = false; !take(folder); told = true) {
    if (isAbandoned(folder)) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    if (!told) console.error("waiting for another process that is doing the same");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
  }
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", release);
  try {
    return work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

function take(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
  writeFileSync(join(folder, "pid"), String(process.pid));
  return true;
}

function isAbandoned(folder) {
  let ageMs;
  try {
    ageMs = Date.now() - statSync(folder).mtimeMs;
    const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
    return ageMs > STALE_AFTER_MS || !isRunning(pid);
  } catch {
    // The folder is gone (its owner has just finished) or has no pid yet.
    return ageMs !== undefined && ageMs > PID_GRACE_MS;
  }
}

function isRunning(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

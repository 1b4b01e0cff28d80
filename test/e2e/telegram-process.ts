import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type EaselProcess,
  newDataDirectory,
  removeDataDirectory,
  spawnEasel,
} from "../support/easel-process.ts";

/** The product as its own process, on a database and a media folder of its own that outlive restarts. */
export interface Easel {
  /** Resolves when it says that it is running. */
  start(environment?: Readonly<Record<string, string>>): Promise<void>;
  /** SIGTERM, and waits. */
  stop(): Promise<void>;
  /** SIGKILL: whatever it was doing, it does no more. */
  kill(): Promise<void>;
  readonly url: string;
  /** Everything it wrote, of all runs. */
  readonly output: string;
  /** Whether any of its files has this text in it. */
  holds(text: string): boolean;
  /** Stops it and removes its files. */
  dispose(): Promise<void>;
}

export function createEasel(settings: Readonly<Record<string, string>>): Easel {
  const folder = newDataDirectory();
  const runs: Omit<EaselProcess, "url">[] = [];
  let url = "";

  return {
    get url() {
      return url;
    },
    get output() {
      return runs.map((run) => run.output()).join("");
    },
    async start(environment = {}) {
      const env = { LOG_LEVEL: "debug", ...settings, ...environment };
      const run = spawnEasel({ env, dataDirectory: folder });
      runs.push(run);
      const running = await run.running;
      if (running === null)
        throw new Error(`the process ended (${await run.exited}):\n${run.output().slice(-4_000)}`);
      url = running;
    },
    holds: (text) => holds(folder, text),
    stop: async () => runs.at(-1)?.stop(),
    kill: async () => runs.at(-1)?.kill(),
    async dispose() {
      await runs.at(-1)?.stop();
      removeDataDirectory(folder);
    },
  };
}

/** The running process removes files while this looks: what is gone no longer holds anything. */
function holds(folder: string, text: string): boolean {
  const entries = unlessGone(() => readdirSync(folder, { withFileTypes: true })) ?? [];
  return entries.some((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return holds(path, text);
    return entry.isFile() && (unlessGone(() => readFileSync(path))?.includes(text) ?? false);
  });
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

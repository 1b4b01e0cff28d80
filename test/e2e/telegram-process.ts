import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

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
  const folder = mkdtempSync(join(tmpdir(), "easel-e2e-"));
  let child: ChildProcess | undefined;
  let output = "";
  let url = "";

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      ending.once("exit", () => resolve());
      ending.kill(signal);
    });
  }

  return {
    get url() {
      return url;
    },
    get output() {
      return output;
    },
    start(environment = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const started = spawn(process.execPath, [join(root, "src", "main.ts")], {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          PATH: process.env["PATH"] ?? "",
          HOST: "127.0.0.1",
          PORT: "0",
          DATABASE_URL: `file:${join(folder, "easel.db")}`,
          MEDIA_URL: `file:${join(folder, "media")}`,
          LOG_LEVEL: "debug",
          ...settings,
          ...environment,
        },
      });
      child = started;
      const read = (chunk: Buffer): void => {
        output += chunk.toString("utf8");
        url = [...output.matchAll(/Easel is running: (http:\/\/[^/\s]+)/g)].at(-1)?.[1] ?? url;
        if (chunk.toString("utf8").includes("Easel is running")) resolve();
      };
      started.stdout.on("data", read);
      started.stderr.on("data", read);
      started.once("exit", (code) =>
        reject(new Error(`the process ended (${code}):\n${output.slice(-4_000)}`)),
      );
      return promise;
    },
    holds: (text) => holds(folder, text),
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    async dispose() {
      await end("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
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

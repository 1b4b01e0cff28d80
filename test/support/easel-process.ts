import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface EaselOptions {
  /** Settings; the database and the media of this data folder, a free port and a quiet log stand already. */
  readonly env: Readonly<Record<string, string>>;
  /** A data folder of an earlier process; a fresh one otherwise. */
  readonly dataDirectory?: string;
  /** The file to run; `scripts/start.mjs`, as `npm start` does: the bundle, made anew when src/ changed. */
  readonly entry?: string;
}

/** The real process, as an operator runs it. */
export interface EaselProcess {
  /** `http://127.0.0.1:…`, once it runs. */
  readonly url: string;
  readonly dataDirectory: string;
  readonly child: ChildProcess;
  /** What it printed so far, log lines included. */
  output(): string;
  /** Resolves when it has ended, with its exit code or the signal's name. */
  readonly exited: Promise<number | string>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
}

export function newDataDirectory(): string {
  return mkdtempSync(join(tmpdir(), "easel-test-"));
}

export function removeDataDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** Starts it and waits until it says that it runs. Rejects with what it printed when it ends before. */
export async function startEasel(options: EaselOptions): Promise<EaselProcess> {
  const started = spawnEasel(options);
  const url = await started.running;
  if (url === null) throw new Error(`the process ended with ${await started.exited}:\n${started.output()}`);
  return { ...started, url };
}

/** Starts it without waiting: `running` gives null when it ends before it runs. */
export function spawnEasel(options: EaselOptions): Omit<EaselProcess, "url"> & {
  readonly running: Promise<string | null>;
} {
  const dataDirectory = options.dataDirectory ?? newDataDirectory();
  const child = spawn(process.execPath, [join(root, options.entry ?? "scripts/start.mjs")], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      // Compiled code is kept between the many starts of a test run.
      NODE_COMPILE_CACHE: join(root, "node_modules/.cache/easel-test"),
      DATABASE_URL: `file:${dataDirectory}/easel.db`,
      MEDIA_URL: `file:${dataDirectory}/media`,
      PORT: "0",
      LOG_LEVEL: "info",
      ...options.env,
    },
  });
  let output = "";
  const running = Promise.withResolvers<string | null>();
  const read = (chunk: Buffer): void => {
    output += chunk.toString();
    const match = /Easel is running: (http:\/\/[^/\s]+)/.exec(output);
    if (match?.[1]) running.resolve(match[1]);
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  const exited = new Promise<number | string>((resolve) => {
    child.on("exit", (code, signal) => {
      running.resolve(null);
      resolve(code ?? signal ?? "");
    });
  });
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  return {
    dataDirectory,
    child,
    running: running.promise,
    output: () => output,
    exited,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

/** Asks every 50 ms until it is so; fails with `what` and the last look after `timeoutMs`. */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

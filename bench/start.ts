/**
 * How long a start takes, and how near it is to what merely importing the bundle costs (performance.md, goal 10):
 *
 *   node bench/start.ts [rounds]
 *
 * In each round, one after the other: the bundle's code imported by a process that does nothing else (the floor: an
 * unknown subcommand), a start up to "Easel is running" on a database that exists, and on an empty folder; once at the
 * end, the start that has to bundle first, with no compiled code either. Times count from the spawn of node; npm
 * itself, some 0.3 s, is not in them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { newDataDirectory, removeDataDirectory } from "../test/support/easel-process.ts";
import { median } from "./support/figures.ts";
import { startArguments } from "./support/start-script.ts";

const ROUNDS = Number(process.argv[2] ?? 5);

interface Start {
  readonly ms: number;
  readonly residentMegabytes: number;
}

async function start(dataDirectory: string, command: string): Promise<Start> {
  const began = performance.now();
  const child = spawn(process.execPath, [...startArguments(), command], {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: `file:${dataDirectory}/easel.db`,
      MEDIA_URL: `file:${dataDirectory}/media`,
      PORT: "0",
    },
  });
  const said = new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      if (/Easel is running|Usage:/.test(chunk.toString())) resolve();
    });
  });
  const ended = once(child, "exit");
  await Promise.race([said, ended]);
  const ms = performance.now() - began;
  const residentMegabytes = Number(/VmRSS:\s+(\d+)/.exec(statusOf(child.pid))?.[1] ?? Number.NaN) / 1000;
  child.kill("SIGTERM");
  await ended;
  return { ms, residentMegabytes };
}

function statusOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

async function startOnEmptyFolder(): Promise<Start> {
  const dataDirectory = newDataDirectory();
  const measured = await start(dataDirectory, "start");
  removeDataDirectory(dataDirectory);
  return measured;
}

const kept = newDataDirectory();
await start(kept, "start");
const [floor, again, fresh]: [Start[], Start[], Start[]] = [[], [], []];
for (let round = 0; round < ROUNDS; round += 1) {
  floor.push(await start(kept, "nothing"));
  again.push(await start(kept, "start"));
  fresh.push(await startOnEmptyFolder());
}
removeDataDirectory(kept);
rmSync(new URL("../dist/.stamp", import.meta.url), { force: true });
rmSync(new URL("../.cache/compiled", import.meta.url), { recursive: true, force: true });
const bundling = await startOnEmptyFolder();

const middle = (starts: readonly Start[]) => median(starts.map(({ ms }) => ms));
const line = (what: string, ms: number): void =>
  console.log(`${what.padEnd(52)} ${ms.toFixed(0).padStart(6)} ms`);
line("the floor: the bundle imported, nothing started", middle(floor));
line("start on a database that exists", middle(again));
line("start on an empty folder (under 3,000)", middle(fresh));
line("first start of all: bundles, nothing compiled (under 3,000)", bundling.ms);
console.log(
  `goal 10, start against the floor of the same run (at most 1.3): ${(middle(again) / middle(floor)).toFixed(2)}`,
);
console.log(
  `resident when it runs, no bots: ${median(again.map(({ residentMegabytes }) => residentMegabytes)).toFixed(0)} MB`,
);

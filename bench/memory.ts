/**
 * What an idle process holds (performance.md, goal 10): `npm start` with Discord, Telegram and the Studio page on, 10 s
 * after it runs, and again a minute after some sketches, one of them a film, were drawn and delivered.
 *
 *   node bench/memory.ts [runs] [seconds after the sketches]
 *
 * The figures are VmRSS of /proc (Linux only); the emulators run in this process, not in the one that is measured.
 * V8 flags are tried by EASEL_BENCH_FLAGS="--flag --other", in front of those of the start script.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { startDiscordEmulator } from "../test/emulators/discord/discord-emulator.ts";
import { startTelegramEmulator } from "../test/emulators/telegram/index.ts";
import { newDataDirectory, removeDataDirectory, until } from "../test/support/easel-process.ts";
import { median } from "./support/figures.ts";
import { startArguments } from "./support/start-script.ts";

const RUNS = Number(process.argv[2] ?? 3);
const REST_S = Number(process.argv[3] ?? 60);
const IDLE_S = 10;
const SKETCHES = [
  "a red fox in the snow",
  "a lighthouse in a storm",
  "a city at night",
  "two whales in the sea",
];

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1000;
  return { now: field("VmRSS"), peak: field("VmHWM") };
}

async function run() {
  const [discord, telegram] = await Promise.all([startDiscordEmulator(), startTelegramEmulator()]);
  const channel = discord.addChannel({ guildId: discord.addGuild().id });
  const member = discord.addUser();
  const dataDirectory = newDataDirectory();
  const child = spawn(process.execPath, startArguments(), {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: `file:${dataDirectory}/easel.db`,
      MEDIA_URL: `file:${dataDirectory}/media`,
      PORT: "0",
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.url,
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_URL: telegram.url,
      CONCURRENT_FREE: "10",
      DISCORD_SHARDS: "1",
    },
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("not started");
  await until("it runs", () => output.includes("Easel is running"), 60_000);
  if (!output.includes("discord on, telegram on, studio on")) throw new Error(output);
  await pause(IDLE_S);
  const idle = memoryOf(pid).now;
  const requests = [
    ...SKETCHES.map((prompt) => ({ prompt, type: "image" })),
    { prompt: "a sailing boat at sunset", type: "video" },
  ];
  for (const options of requests) discord.slash({ user: member, channel, name: "generate", options });
  const images = () => discord.history.filter(({ kind }) => kind === "message.create").length;
  const ready = `select count(*) as count from media_assets where state = 'ready'`;
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(`${dataDirectory}/easel.db`, { readOnly: true });
  await until(
    "the sketches",
    () => Number(database.prepare(ready).get()?.["count"]) === requests.length && images() > 0,
    120_000,
  );
  database.close();
  const { now: drawn, peak } = memoryOf(pid);
  await pause(REST_S);
  const rested = memoryOf(pid).now;
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
  await Promise.all([discord.close(), telegram.close()]);
  removeDataDirectory(dataDirectory);
  console.log(
    `idle ${idle.toFixed(0)} MB, sketches just drawn ${drawn.toFixed(0)} MB (peak ${peak.toFixed(0)}), ${REST_S} s later ${rested.toFixed(0)} MB`,
  );
  return { idle, rested };
}

const runs: Awaited<ReturnType<typeof run>>[] = [];
for (let index = 0; index < RUNS; index += 1) runs.push(await run());
console.log(
  `median idle, both bots and Studio on (below 150):   ${median(runs.map((one) => one.idle)).toFixed(0)} MB`,
);
console.log(
  `median ${REST_S} s after the sketches (below 150):      ${median(runs.map((one) => one.rested)).toFixed(0)} MB`,
);

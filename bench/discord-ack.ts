/**
 * How fast /generate is acknowledged on Discord when 150 members ask at once: the whole process with 1,000 assets
 * in flight, against a bare discord.js client that only defers, in the same run (performance.md, goal 14).
 *
 *   node bench/discord-ack.ts [rounds] [in flight]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { type DiscordEmulator, startDiscordEmulator } from "../test/emulators/discord/discord-emulator.ts";
import { startKieEmulator } from "../test/emulators/kie/index.ts";
import { newDataDirectory, removeDataDirectory, startEasel, until } from "../test/support/easel-process.ts";

const AT_ONCE = 150;
const ROUNDS = Number(process.argv[2] ?? 5);
const IN_FLIGHT = Number(process.argv[3] ?? 1000);
const PROVIDER = "kie-4o-image";

/** Latencies of one burst: 150 members in one channel. */
async function burst(discord: DiscordEmulator, channelId: string): Promise<number[]> {
  const channel = discord.world.channels.get(channelId);
  if (channel === undefined) throw new Error("the channel is gone");
  const users = Array.from({ length: AT_ONCE }, () => discord.addUser());
  const handles = users.map((user, index) =>
    discord.slash({
      user,
      channel,
      name: "generate",
      options: { prompt: `a red fox in the snow, number ${index}`, provider: PROVIDER },
    }),
  );
  const acks = await Promise.all(handles.map(({ ack }) => ack));
  const missed = acks.filter(({ type }) => type !== 5).length;
  if (missed > 0) throw new Error(`${missed} of ${AT_ONCE} were not acknowledged`);
  return acks.map(({ latencyMs }) => latencyMs);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

async function startStage() {
  const now = (): number => performance.timeOrigin + performance.now();
  const discord = await startDiscordEmulator({ now, rateLimits: false });
  const channel = discord.addChannel({ guildId: discord.addGuild().id });
  return { discord, channel };
}

/** Turns what is queued into running tasks, which the provider's budget would spread over minutes. */
async function putInFlight(databaseFile: string, kieUrl: string): Promise<number> {
  const database = new DatabaseSync(databaseFile);
  const rows = database.prepare("select id from media_assets where state = 'queued'").all();
  const update = database.prepare(
    "update media_assets set state = 'submitted', attempts = 1, operation = ?, submitted_at = ?, accepted_at = ?, due_at = ?, leased_by = null where id = ?",
  );
  for (const { id } of rows) {
    const response = await fetch(`${kieUrl}/api/v1/gpt4o-image/generate`, {
      method: "POST",
      headers: { authorization: "Bearer kie-key", "content-type": "application/json" },
      body: JSON.stringify({ prompt: "a red fox in the snow", size: "1:1" }),
    });
    const taskId = /"taskId":"([^"]+)"/.exec(await response.text())?.[1] ?? "";
    const startedAt = Date.now();
    const operation = JSON.stringify({ api: "4o", taskId, startedAt });
    update.run(operation, startedAt, startedAt, startedAt + Math.round(Math.random() * 30_000), id ?? "");
  }
  const counted = database
    .prepare("select count(*) as count from media_assets where state = 'submitted'")
    .get();
  database.close();
  return Number(counted?.["count"]);
}

const [bare, ours, kie] = await Promise.all([
  startStage(),
  startStage(),
  startKieEmulator({ createsPer10s: 1_000_000, statusReadsPerSecond: 1_000_000 }),
]);
kie.setDefaults({ outcome: "never" });
const dataDirectory = newDataDirectory();
const env = {
  DISCORD_TOKEN: ours.discord.token,
  DISCORD_API_URL: ours.discord.url,
  KIE_API_KEY: "kie-key",
  KIE_API_URL: kie.url,
  KIE_UPLOAD_URL: kie.url,
  GENERATION_TIMEOUT_MINUTES: "600",
  DAILY_GENERATION_CAP: "0",
  CONCURRENT_FREE: "1000",
  LOG_LEVEL: "warn",
};
const entry = "scripts/start.mjs";
let easel = await startEasel({ env, dataDirectory, entry });
for (let asked = 0; asked < IN_FLIGHT; asked += 4) {
  const options = { prompt: "a red fox in the snow", provider: PROVIDER, count: 4 };
  const handle = ours.discord.slash({
    user: ours.discord.addUser(),
    channel: ours.channel,
    name: "generate",
    options,
  });
  await handle.originalWhen(({ content }) => content !== "", 20_000);
}
await easel.stop();
const inFlight = await putInFlight(`${dataDirectory}/easel.db`, kie.url);
easel = await startEasel({ env, dataDirectory, entry });

const client = spawn(process.execPath, [fileURLToPath(new URL("support/bare-client.ts", import.meta.url))], {
  env: { ...process.env, DISCORD_TOKEN: bare.discord.token, DISCORD_API_URL: bare.discord.url },
  stdio: ["ignore", "pipe", "inherit"],
});
await once(client.stdout, "data");

console.log(
  `${AT_ONCE} at once in one channel, ${ROUNDS} rounds, ${inFlight} assets in flight; milliseconds`,
);
const all: Record<"bare" | "ours", number[]> = { bare: [], ours: [] };
for (let round = 1; round <= ROUNDS; round += 1) {
  const line: string[] = [];
  for (const [name, stage] of [["bare", bare] as const, ["ours", ours] as const]) {
    const latencies = await burst(stage.discord, stage.channel.id);
    all[name].push(...latencies);
    line.push(
      `${name} p50 ${quantile(latencies, 0.5).toFixed(0)} p95 ${quantile(latencies, 0.95).toFixed(0)}`,
    );
    if (name === "ours") {
      // Every status message was sent: the next round starts from a quiet bot.
      await until(
        "statuses",
        () => ours.discord.messages(ours.channel.id).every(({ content }) => content !== ""),
        120_000,
      );
    }
  }
  console.log(`round ${round}: ${line.join(" · ")}`);
}
for (const share of [0.5, 0.95]) {
  const [theirs, own] = [quantile(all.bare, share), quantile(all.ours, share)];
  console.log(
    `p${share * 100}: bare ${theirs.toFixed(0)}, ours ${own.toFixed(0)}, difference ${(own - theirs).toFixed(0)}`,
  );
}
console.log(`violations: ${ours.discord.violations.length}, status reads: ${kie.requests.length}`);

client.kill();
await easel.stop();
await Promise.all([bare.discord.close(), ours.discord.close(), kie.close()]);
removeDataDirectory(dataDirectory);

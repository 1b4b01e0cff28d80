/**
 * How close deliveries on Discord come to the platform's bound: messages over many channels and one hot channel,
 * without threads, so that every message counts in its channel's limit (performance.md, goal 8).
 *
 *   node bench/discord-delivery.ts [messages] [channels] [in the hot one]
 */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { NewDelivery } from "../src/core/delivery/delivery.ts";
import type { Log } from "../src/core/ports/log.ts";
import { openDatabase } from "../src/db/database.ts";
import { createStores } from "../src/db/stores.ts";
import { startDiscordEmulator } from "../test/emulators/discord/discord-emulator.ts";
import { newDataDirectory, removeDataDirectory, startEasel } from "../test/support/easel-process.ts";

const MESSAGES = Number(process.argv[2] ?? 1000);
const CHANNELS = Number(process.argv[3] ?? 200);
const HOT = Number(process.argv[4] ?? 40);
const PER_CHANNEL = { count: 5, perMs: 5000 };
const OVERALL_PER_SECOND = 50;

const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: console.error,
  child: () => quiet,
};

const discord = await startDiscordEmulator();
const guild = discord.addGuild();
const channels = Array.from({ length: CHANNELS }, () => discord.addChannel({ guildId: guild.id }));
const [hot] = channels;
if (hot === undefined) throw new Error("no channel");
const user = discord.addUser();

function owed(channelId: string, number: number): NewDelivery {
  return {
    id: `dlv_${String(number).padStart(26, "0")}`,
    kind: "reply",
    dedupeKey: `reply:${number}`,
    userId: null,
    batchId: null,
    assetId: null,
    target: {
      platform: "discord",
      chatKey: `discord:${channelId}`,
      private: false,
      place: {
        applicationId: discord.bot.id,
        token: "dead",
        interactionAt: 0,
        userId: user.id,
        channelId,
        kind: "guild",
        canSend: true,
        canAttach: true,
        canReadHistory: true,
        canStartThread: false,
      },
    },
    lane: "backlog",
    reply: { text: [`message ${number} ${randomBytes(4).toString("hex")}`], private: false },
    dueAt: Date.now(),
  };
}

const dataDirectory = newDataDirectory();
const database = await openDatabase({
  url: `file:${dataDirectory}/easel.db`,
  migrationsFolder: resolve("migrations"),
  log: quiet,
});
await database.migrate(Date.now());
const spread = Array.from(
  { length: MESSAGES - HOT },
  (_, index) => channels[1 + (index % (CHANNELS - 1))] ?? hot,
);
const places = [...Array.from({ length: HOT }, () => hot), ...spread];
await createStores(database).deliveries.add(places.map(({ id }, number) => owed(id, number)));
await database.close();

const env = { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.url, LOG_LEVEL: "error" };
const easel = await startEasel({ env, dataDirectory, entry: "scripts/start.mjs" });
const sent = () => discord.history.filter(({ kind }) => kind === "message.create");
await discord.waitFor(() => sent().length === MESSAGES, 600_000);

const times = sent().map(({ at }) => at);
const tookMs = Math.max(...times) - Math.min(...times);
const fullest = Math.max(HOT, Math.ceil((MESSAGES - HOT) / (CHANNELS - 1)));
const boundMs = Math.max(
  (MESSAGES / OVERALL_PER_SECOND) * 1000,
  (Math.ceil(fullest / PER_CHANNEL.count) - 1) * PER_CHANNEL.perMs,
);
const refused = discord.requests.filter(({ status }) => status === 429).length;
let reordered = 0;
for (const { id } of channels) {
  const numbers = discord.messages(id).map(({ content }) => Number(content.split(" ")[1]));
  for (const [index, number] of numbers.entries()) if (number < (numbers[index - 1] ?? -1)) reordered += 1;
}
console.log(`${MESSAGES} messages, ${CHANNELS} channels, ${HOT} in the hot one`);
console.log(
  `took ${(tookMs / 1000).toFixed(1)} s, bound ${(boundMs / 1000).toFixed(1)} s: ${((100 * boundMs) / tookMs).toFixed(1)} %`,
);
console.log(`429: ${refused}, doubled: ${sent().length - MESSAGES}, reordered in a channel: ${reordered}`);
console.log(`violations: ${discord.violations.length}`);
await easel.stop();
await discord.close();
removeDataDirectory(dataDirectory);

/**
 * Kills the real process with SIGKILL at random moments while members ask on both platforms, then lets it come to
 * rest and compares what the emulators saw: `node test/crash/random-kills.ts [kills] [requests a life]`.
 */
import { DatabaseSync } from "node:sqlite";
import { startDiscordEmulator } from "../emulators/discord/discord-emulator.ts";
import { startKieEmulator } from "../emulators/kie/index.ts";
import { startTelegramEmulator } from "../emulators/telegram/index.ts";
import { newDataDirectory, removeDataDirectory, spawnEasel, until } from "../support/easel-process.ts";

const kills = Number(process.argv[2] ?? 30);
const perLife = Number(process.argv[3] ?? 4);
const telegram = await startTelegramEmulator({ limits: false });
const discord = await startDiscordEmulator({ rateLimits: false });
const kie = await startKieEmulator({ createsPer10s: 1_000, statusReadsPerSecond: 1_000 });
kie.setDefaults({ outcome: "success", durationMs: 800 });
const dataDirectory = newDataDirectory();
const env = {
  TELEGRAM_BOT_TOKEN: telegram.token,
  TELEGRAM_API_URL: telegram.url,
  DISCORD_TOKEN: discord.token,
  DISCORD_API_URL: discord.url,
  KIE_API_KEY: "key",
  KIE_API_URL: kie.url,
  KIE_UPLOAD_URL: kie.url,
  POLL_INTERVAL_SECONDS: "0.5",
  FREE_MONTHLY_LIMIT: "100000",
  CONCURRENT_FREE: "20",
  DAILY_GENERATION_CAP: "0",
};
const guild = discord.addGuild({ name: "Random" });
const channel = discord.addChannel({ guildId: guild.id, name: "art" });
const asked: { readonly prompt: string; readonly platform: "telegram" | "discord" }[] = [];
const chats = Array.from({ length: 10 }, (_, index) => {
  const user = telegram.addUser(`Ada ${index}`);
  return { user, chat: telegram.privateChat(user) };
});
const people = Array.from({ length: 10 }, (_, index) => discord.addUser({ username: `ada${index}` }));

function ask(): void {
  const number = asked.length;
  const prompt = `request ${String(number).padStart(5, "0")} of a red fox in the snow`;
  const onTelegram = number % 2 === 0;
  asked.push({ prompt, platform: onTelegram ? "telegram" : "discord" });
  const place = chats[number % chats.length];
  const user = people[number % people.length];
  if (onTelegram && place) telegram.send({ ...place, text: `/generate ${prompt}` });
  else if (user) discord.slash({ user, channel, name: "generate", options: { prompt } });
}

interface Rest {
  readonly open: number;
  readonly waiting: number;
  readonly assets: number;
  readonly received: number;
}

function rest(): Rest {
  const database = new DatabaseSync(`${dataDirectory}/easel.db`, { readOnly: true, timeout: 5_000 });
  const count = (sql: string): number => Number(database.prepare(sql).get()?.["n"]);
  try {
    return {
      open: count(
        "select count(*) n from media_assets where state not in ('ready','failed','expired','cancelled')",
      ),
      waiting: count("select count(*) n from deliveries where state in ('new','sending')"),
      assets: count("select count(*) n from media_assets"),
      received: count("select count(*) n from inbox where state = 'received'"),
    };
  } finally {
    database.close();
  }
}

/** Messages of the bot about a prompt that carry a picture, or that say that nothing came of it. */
function told(prompt: string): number {
  const quoted = (text: string | undefined): boolean => text?.includes(prompt) ?? false;
  const failed = (text: string | undefined): boolean => /No picture this time/.test(text ?? "");
  const onTelegram = chats
    .flatMap(({ chat }) => telegram.messages(chat))
    .filter((message) => {
      const text = message.caption ?? message.text;
      return message.from?.is_bot === true && quoted(text) && (message.photo !== undefined || failed(text));
    });
  const onDiscord = [...discord.world.channels.values()]
    .flatMap(({ id }) => discord.messages(id))
    .filter(
      ({ authorId, content, attachments }) =>
        authorId === discord.bot.id && quoted(content) && (attachments.length > 0 || failed(content)),
    );
  return onTelegram.length + onDiscord.length;
}

for (let life = 0; life <= kills; life += 1) {
  const easel = spawnEasel({ env, dataDirectory });
  await easel.running;
  const last = life === kills;
  for (let index = 0; index < perLife && !last; index += 1) {
    setTimeout(ask, Math.random() * 1_500);
  }
  if (!last) {
    await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 2_500));
    await easel.kill();
    continue;
  }
  let still = performance.now();
  await until(
    "everything comes to rest",
    () => {
      const { open, waiting, received } = rest();
      if (open + waiting + received > 0) still = performance.now();
      return performance.now() - still > 8_000;
    },
    300_000,
  );
  await easel.stop();
}

const committed = rest().assets;
const telegramLost = asked.filter(({ platform, prompt }) => platform === "telegram" && told(prompt) === 0);
const doubled = asked.filter(({ prompt }) => told(prompt) > 1);
const paidTwice = asked.filter(
  ({ prompt }) => kie.paidCreates.filter((create) => create.prompt === prompt).length > 1,
);
const toldInAll = asked.filter(({ prompt }) => told(prompt) === 1).length;
console.log({
  kills,
  asked: asked.length,
  committed,
  told: toldInAll,
  paid: kie.paidCreates.length,
  telegramLost: telegramLost.map(({ prompt }) => prompt),
  doubled: doubled.map(({ prompt }) => prompt),
  paidTwice: paidTwice.map(({ prompt }) => prompt),
  violations: [...telegram.violations, ...discord.violations, ...kie.violations],
});
removeDataDirectory(dataDirectory);
const fine = telegramLost.length + doubled.length + paidTwice.length === 0 && toldInAll === committed;
process.exit(fine ? 0 : 1);

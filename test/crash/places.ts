import { startDiscordEmulator } from "../emulators/discord/discord-emulator.ts";
import { startTelegramEmulator } from "../emulators/telegram/index.ts";

/** What a crash run needs of a platform: one member who asks once, and what the chat shows afterwards. */
export interface Place {
  readonly id: "discord" | "telegram";
  readonly env: Readonly<Record<string, string>>;
  ask(): void;
  /** Messages that carry media, and messages that say that nothing came of it. */
  results(): number;
  failures(): number;
  /** Sends whose answer was cut off: only these may explain a copy. */
  violations(): readonly unknown[];
  transcript(): string;
  close(): Promise<void>;
}

const PROMPT = "a red fox in the snow";
const FAILED = /No (picture|video) this time/;

export async function telegramPlace(): Promise<Place> {
  const telegram = await startTelegramEmulator();
  const user = telegram.addUser("Ada");
  const chat = telegram.privateChat(user);
  const fromBot = () => telegram.messages(chat).filter((message) => message.from?.is_bot === true);
  return {
    id: "telegram",
    env: { TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_URL: telegram.url },
    ask: () => void telegram.send({ user, chat, text: `/generate ${PROMPT}` }),
    results: () => fromBot().filter((message) => message.photo !== undefined).length,
    failures: () => fromBot().filter((message) => FAILED.test(message.text ?? message.caption ?? "")).length,
    violations: () => telegram.violations,
    transcript: () => telegram.transcript(chat),
    close: () => telegram.close(),
  };
}

export async function discordPlace(): Promise<Place> {
  const discord = await startDiscordEmulator();
  const guild = discord.addGuild({ name: "Crash" });
  const channel = discord.addChannel({ guildId: guild.id, name: "art" });
  const user = discord.addUser({ username: "ada" });
  const all = () =>
    [...discord.world.channels.values()]
      .flatMap((each) => discord.messages(each.id))
      .filter(({ authorId }) => authorId === discord.bot.id);
  return {
    id: "discord",
    env: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.url },
    ask: () => void discord.slash({ user, channel, name: "generate", options: { prompt: PROMPT } }),
    results: () => all().filter((message) => message.attachments.length > 0).length,
    failures: () => all().filter((message) => FAILED.test(message.content)).length,
    violations: () => discord.violations,
    transcript: () => discord.transcript(),
    close: () => discord.close(),
  };
}

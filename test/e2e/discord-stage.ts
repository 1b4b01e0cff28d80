import { expect } from "vitest";
import { type DiscordEmulator, startDiscordEmulator } from "../emulators/discord/discord-emulator.ts";
import type { InteractionHandle } from "../emulators/discord/member-actions.ts";
import type { EmulatedChannel, EmulatedMessage, EmulatedUser } from "../emulators/discord/model.ts";
import { type GeminiEmulator, startGeminiEmulator } from "../emulators/gemini/index.ts";
import { type KieEmulator, startKieEmulator } from "../emulators/kie/index.ts";
import { type OpenAiEmulator, startOpenAiEmulator } from "../emulators/openai/index.ts";
import {
  type EaselProcess,
  newDataDirectory,
  removeDataDirectory,
  startEasel,
} from "../support/easel-process.ts";

export const WAIT_MS = 25_000;
export const PROMPT = "a red fox in the snow";

/** The product with Discord and the providers around it. */
export interface Stage {
  readonly discord: DiscordEmulator;
  readonly kie: KieEmulator;
  readonly gemini: GeminiEmulator;
  readonly openai: OpenAiEmulator;
  readonly channel: EmulatedChannel;
  readonly admin: EmulatedUser;
  easel: EaselProcess;
  restart(how: "stop" | "kill"): Promise<void>;
  leave(): Promise<void>;
}

/** KIE is configured, and with `everything` Gemini and the Images API as well. */
export async function createStage(
  settings: Readonly<Record<string, string>> = {},
  everything = false,
): Promise<Stage> {
  const [discord, kie, gemini, openai] = await Promise.all([
    startDiscordEmulator(),
    startKieEmulator(),
    startGeminiEmulator(),
    startOpenAiEmulator(),
  ]);
  const guild = discord.addGuild();
  const channel = discord.addChannel({ guildId: guild.id });
  const admin = discord.addUser({ username: "admin" });
  const dataDirectory = newDataDirectory();
  const others = {
    GEMINI_API_KEY: "gemini-key",
    GEMINI_API_URL: gemini.url,
    OPENAI_IMAGE_BASE_URL: openai.baseUrl,
    OPENAI_IMAGE_API_KEY: "openai-key",
  };
  const env = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
    KIE_API_KEY: "kie-key",
    KIE_API_URL: kie.url,
    KIE_UPLOAD_URL: kie.uploadUrl,
    ADMIN_IDS: `discord:${admin.id}`,
    POLL_INTERVAL_SECONDS: "2",
    ...(everything ? others : {}),
    ...settings,
  };
  const stage: Stage = {
    discord,
    kie,
    gemini,
    openai,
    channel,
    admin,
    easel: await startEasel({ env, dataDirectory }),
    async restart(how) {
      await stage.easel[how]();
      stage.easel = await startEasel({ env, dataDirectory });
    },
    async leave() {
      await stage.easel.stop();
      await Promise.all([discord.close(), kie.close(), gemini.close(), openai.close()]);
      removeDataDirectory(dataDirectory);
    },
  };
  return stage;
}

/**
 * What no run may show: requests outside the specifications, errors in the log (but for one that belongs to the
 * story), the token anywhere.
 */
export function expectClean({ discord, kie, gemini, openai, easel }: Stage, but?: string): void {
  expect(discord.violations).toEqual([]);
  for (const provider of [kie, gemini, openai])
    expect([provider.violations, provider.errors]).toEqual([[], []]);
  expect(
    easel
      .output()
      .split("\n")
      .filter((line) => line.includes('"level":50') && !(but !== undefined && line.includes(but))),
  ).toEqual([]);
  expect(easel.output()).not.toContain(discord.token);
}

export function generate(
  stage: Stage,
  user: EmulatedUser,
  options: Record<string, string | number | boolean> = {},
  channel = stage.channel,
): InteractionHandle {
  return stage.discord.slash({
    user,
    channel,
    name: "generate",
    options: { prompt: PROMPT, provider: "sketch", ...options },
  });
}

/** Every message of the bot that ever had a file, wherever it stands; also those that were deleted. */
export function results({ world, bot }: DiscordEmulator): EmulatedMessage[] {
  return [...world.channels.values()]
    .flatMap(({ messages }) => [...messages.values()])
    .filter(({ attachments, authorId }) => attachments.length > 0 && authorId === bot.id);
}

export function resultsAfter(stage: Stage, before: number, count = 1): Promise<EmulatedMessage[]> {
  return stage.discord.waitFor(() => {
    const found = results(stage.discord);
    return found.length >= before + count && found;
  }, WAIT_MS);
}

/** What only this user reads in answer to a press or a command. */
export function wordsTo(user: EmulatedUser, handle: InteractionHandle): string | undefined {
  const original = handle.original();
  const mine = [...handle.followUps(), ...(original ? [original] : [])].find(
    ({ visibleTo, content }) => visibleTo === user.id && content !== "",
  );
  return mine?.content;
}

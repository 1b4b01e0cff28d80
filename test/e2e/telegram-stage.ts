import { expect } from "vitest";
import { type GeminiEmulator, startGeminiEmulator } from "../emulators/gemini/index.ts";
import { type KieEmulator, startKieEmulator } from "../emulators/kie/index.ts";
import { startTelegramEmulator, type TelegramEmulator, type User } from "../emulators/telegram/index.ts";
import { createEasel, type Easel } from "./telegram-process.ts";

/** The product with everything around it. */
export interface Stage {
  readonly telegram: TelegramEmulator;
  readonly gemini: GeminiEmulator;
  readonly kie: KieEmulator;
  readonly easel: Easel;
  readonly admin: User;
}

export async function createStage(settings: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const [telegram, gemini, kie] = await Promise.all([
    startTelegramEmulator(),
    startGeminiEmulator(),
    startKieEmulator(),
  ]);
  const admin = telegram.addUser("Admin");
  telegram.privateChat(admin);
  const easel = createEasel({
    TELEGRAM_BOT_TOKEN: telegram.token,
    TELEGRAM_API_URL: telegram.url,
    GEMINI_API_KEY: "gemini-key",
    GEMINI_API_URL: gemini.url,
    KIE_API_KEY: "kie-key",
    KIE_API_URL: kie.url,
    KIE_UPLOAD_URL: kie.url,
    ADMIN_IDS: `telegram:${admin.id}`,
    POLL_INTERVAL_SECONDS: "2",
    ...settings,
  });
  return { telegram, gemini, kie, easel, admin };
}

export async function leave({ telegram, gemini, kie, easel }: Stage): Promise<void> {
  await easel.dispose();
  await Promise.all([telegram.close(), gemini.close(), kie.close()]);
}

/** What no run may show: calls that the platform does not know, errors in the log, the token anywhere. */
export function expectClean({ telegram, gemini, kie, easel }: Stage): void {
  expect(telegram.violations).toEqual([]);
  expect([gemini.violations, kie.violations, gemini.errors, kie.errors]).toEqual([[], [], [], []]);
  expect(easel.output.split("\n").filter((line) => line.includes('"level":50'))).toEqual([]);
  expect(easel.output).not.toContain(telegram.token);
}

import { expect } from "vitest";
import { type GeminiEmulator, startGeminiEmulator } from "../emulators/gemini/index.ts";
import { type KieEmulator, startKieEmulator } from "../emulators/kie/index.ts";
import {
  type Chat,
  type Message,
  startTelegramEmulator,
  type TelegramEmulator,
  type User,
} from "../emulators/telegram/index.ts";
import { createEasel, type Easel } from "./telegram-process.ts";

/** The product with everything around it. */
export interface Stage {
  readonly telegram: TelegramEmulator;
  readonly gemini: GeminiEmulator;
  readonly kie: KieEmulator;
  readonly easel: Easel;
  readonly admin: User;
}

export const WAIT_MS = 20_000;

export interface Member {
  readonly user: User;
  readonly chat: Chat;
  say(text: string): Message;
}

/** Somebody new, with a private chat. */
export function newMember(telegram: TelegramEmulator, name: string): Member {
  const user = telegram.addUser(name);
  const chat = telegram.privateChat(user);
  return { user, chat, say: (text) => telegram.send({ user, chat, text }).message };
}

/** The last message of the bot once it satisfies `check`. */
export function lastOnce(
  telegram: TelegramEmulator,
  chat: Chat,
  check: (message: Message) => boolean,
): Promise<Message> {
  return telegram.until(() => {
    const last = telegram.messages(chat).findLast(({ from }) => from?.id === telegram.me.id);
    return last !== undefined && check(last) ? last : undefined;
  }, WAIT_MS);
}

export type Check = (message: Message) => boolean;

export const wordsOf = (message: Message): string => message.text ?? message.caption ?? "";
export const buttonsOf = (message: Message) => message.reply_markup?.inline_keyboard.flat() ?? [];
export const labelsOf = (message: Message): string[] => buttonsOf(message).map(({ text }) => text);

export const shows =
  (words: string): Check =>
  (message) =>
    wordsOf(message).includes(words);
export const has =
  (label: string): Check =>
  (message) =>
    labelsOf(message).includes(label);
export const all =
  (...checks: readonly Check[]): Check =>
  (message) =>
    checks.every((check) => check(message));

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
    KIE_UPLOAD_URL: kie.uploadUrl,
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
  expectNoLeak({ telegram, gemini, kie, easel });
}

/** A file's address carries the token: neither is ever with a provider, in a row, in a log or in a chat. */
function expectNoLeak({
  telegram,
  gemini,
  kie,
  easel,
}: Pick<Stage, "telegram" | "gemini" | "kie" | "easel">): void {
  const outside = [gemini.calls, kie.requests, telegram.history]
    .map((records) => JSON.stringify(records))
    .join();
  for (const secret of [telegram.token, telegram.url, "api.telegram.org", "/file/bot"])
    expect(outside).not.toContain(secret);
  expect(kie.foreignReferences).toEqual([]);
  expect(easel.holds(telegram.token)).toBe(false);
  expect(easel.holds("/file/bot")).toBe(false);
}

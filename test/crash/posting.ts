/** One crash run of a post: the member confirms one, the real process is killed on the way and started again. */
import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { createStores } from "../../src/db/stores.ts";
import { startTelegramEmulator } from "../emulators/telegram/index.ts";
import type { ZernioEmulator } from "../emulators/zernio/index.ts";
import { silentLog } from "../support/databases.ts";
import { newDataDirectory, spawnEasel, startEasel, until } from "../support/easel-process.ts";
import { INTERRUPTED_EASEL } from "./interrupted-bundle.ts";

const WAIT_MS = 30_000;

export interface PostingRun {
  readonly zernio: ZernioEmulator;
  /** As `interrupted-easel.ts` takes it. */
  readonly point: string;
  readonly directories: string[];
}

/** The member with an account of their own, as if it had been connected before. */
async function prepare(directory: string, zernio: ZernioEmulator, userId: number): Promise<void> {
  const url = `file:${directory}/easel.db`;
  const database = await openDatabase({ url, migrationsFolder: "migrations", log: silentLog });
  try {
    const now = Date.now();
    await database.migrate(now);
    const stores = createStores(database);
    const known = { name: "Ada", locale: "en" };
    const user = await stores.users.resolve(`telegram:${userId}`, known, "usr_crash", now);
    const profile = zernio.addProfile("ada");
    const account = zernio.addAccount(profile.id, "instagram", "atelier");
    await stores.accounts.rememberProfile(user.id, profile.id, now);
    const found = [
      { externalId: account.id, network: "instagram", name: "@atelier", health: "fine" },
    ] as const;
    await stores.accounts.sync(user.id, profile.id, found, () => "acc_crash", now);
  } finally {
    await database.close();
  }
}

function rows(directory: string): { readonly posts: readonly string[]; readonly owed: number } {
  const database = new DatabaseSync(`${directory}/easel.db`, { readOnly: true, timeout: 5_000 });
  try {
    const posts = database.prepare("select state from posts").all();
    const owed = database
      .prepare("select count(*) as count from deliveries where state in ('new', 'sending')")
      .get();
    return { posts: posts.map((row) => String(row["state"])), owed: Number(owed?.["count"]) };
  } finally {
    database.close();
  }
}

/** Gives back what is to be judged, with everything that helps to read a failure. */
export async function postingRun({ zernio, point, directories }: PostingRun) {
  const dataDirectory = newDataDirectory();
  directories.push(dataDirectory);
  const telegram = await startTelegramEmulator();
  const user = telegram.addUser("Ada");
  const chat = telegram.privateChat(user);
  const fromBot = () => telegram.messages(chat).filter(({ from }) => from?.is_bot === true);
  const buttonOf = (label: string) =>
    until(
      `a button ${label}`,
      () => {
        for (const message of fromBot().toReversed()) {
          const buttons = message.reply_markup?.inline_keyboard.flat() ?? [];
          const data = buttons.find(({ text }) => text === label)?.callback_data;
          if (data !== undefined) return { message, data };
        }
        return false;
      },
      WAIT_MS,
    ).catch((cause: unknown) => {
      throw new Error(`${telegram.transcript(chat)}\n${first?.output()}`, { cause });
    });
  let first: ReturnType<typeof spawnEasel> | null = null;
  const env = {
    TELEGRAM_BOT_TOKEN: telegram.token,
    TELEGRAM_API_URL: telegram.url,
    LATE_API_KEY: "key",
    LATE_API_URL: zernio.apiUrl,
  };
  try {
    await prepare(dataDirectory, zernio, user.id);
    first = spawnEasel({ env: { ...env, CRASH_AT: point }, dataDirectory, entry: INTERRUPTED_EASEL });
    expect(await first.running, first.output()).not.toBeNull();
    telegram.send({ user, chat, text: "/generate a red fox in the snow" });
    telegram.press({ user, ...(await buttonOf("Post now")) });
    const confirm = await buttonOf("Post it now");
    telegram.press({ user, ...confirm });
    const died = await Promise.race([first.exited, new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);
    if (died === undefined) await first.kill();

    const second = await startEasel({ env, dataDirectory });
    try {
      // The impatient member presses the old button once more.
      telegram.press({ user, ...confirm, forged: true });
      const told = () => fromBot().filter(({ text }) => /\bPublished\./.test(text ?? ""));
      const isDone = () => rows(dataDirectory).posts.includes("published") && told().length > 0;
      await until(`a post is told after ${point}`, isDone, WAIT_MS).catch(() => undefined);
      await until("nothing is owed", () => rows(dataDirectory).owed === 0, WAIT_MS);
      const after = rows(dataDirectory);
      const said = `${point}, ended by ${String(died)}\n${JSON.stringify(after)}\n${telegram.transcript(chat)}\n${first.output()}\n${second.output()}`;
      expect(telegram.violations, said).toEqual([]);
      return { died, said, posts: after.posts, told: told().length };
    } finally {
      await second.stop();
    }
  } finally {
    await telegram.close();
  }
}

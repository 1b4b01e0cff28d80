/** What admins are told of a provider that needs them, and that nobody else is. */

import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { createAdminNotices } from "../../src/core/admin/notices.ts";
import { plainText } from "../../src/core/conversation/text.ts";
import { createMessages } from "../../src/core/messages/messages.ts";
import type { Messenger } from "../../src/core/ports/messenger.ts";
import { createSignals } from "../../src/core/ports/signals.ts";
import type { Database } from "../../src/db/database.ts";
import { createStores } from "../../src/db/stores.ts";
import { createIds } from "../../src/system.ts";
import { openTestDatabase } from "../support/databases.ts";
import { member, NOON } from "../support/store-fixtures.ts";

let database: Database | null = null;
afterEach(async () => {
  await database?.close();
  database = null;
});

const messages = createMessages({ en: readFileSync("src/core/messages/en.ftl", "utf8") });
const DAY_MS = 86_400_000;

async function setUp(adminIds: readonly string[]) {
  database = await openTestDatabase("file::memory:");
  const stores = createStores(database);
  let now = NOON;
  const messenger: Pick<Messenger, "privateTarget"> = {
    privateTarget: (identity) =>
      identity.endsWith("unreachable")
        ? null
        : { platform: "discord", chatKey: `discord:dm-${identity}`, place: { identity }, private: true },
  };
  const notices = createAdminNotices({
    config: { ...CONFIG, adminIds },
    messages,
    stores,
    signals: createSignals(),
    clock: { now: () => now, monotonicMs: () => now, sleep: () => Promise.resolve() },
    ids: createIds(Buffer.alloc(32)),
    messenger: (platform) => (platform === "discord" ? { ...NOTHING, ...messenger } : null),
  });
  const owed = async () =>
    (await stores.deliveries.due("discord", now, 50)).map(({ chatKey, count, head }) => ({
      chatKey,
      count,
      text: plainText(head.reply?.text ?? [], "en", "UTC"),
    }));
  return { notices, owed, stores, pass: (delayMs: number) => (now += delayMs) };
}

const CONFIG = {
  freeMonthlyLimit: 10,
  dailyGenerationCap: 0,
  captionDailyLimit: 0,
  captionDailyCap: 0,
  concurrentFree: 2,
  concurrentPro: 5,
  pollIntervalMs: 30_000,
  generationTimeoutMs: 1_200_000,
};
const NOTHING: Messenger = {
  platform: "discord",
  limits: {
    textLength: 1,
    captionLength: 1,
    buttonsPerRow: 1,
    buttonRows: 1,
    buttonLabelLength: 1,
    albums: false,
    photo: { maxBytes: 1, maxSideSum: 1, maxRatio: 1 },
    videoBytes: 1,
    fileBytes: 1,
    editIntervalMs: 1,
    pace: { overall: { count: 1, perMs: 1 }, chat: { count: 1, perMs: 1 } },
  },
  chatPace: () => ({ count: 1, perMs: 1 }),
  send: () => Promise.resolve({ status: "undeliverable", reason: "not here" }),
};
const trouble = { problem: "few-credits", label: "KIE 4o Image", credits: 2.5 } as const;

describe("trouble with a provider", () => {
  it("is told to every admin who can be written to, and to nobody else", async () => {
    const { notices, owed, stores } = await setUp([
      "discord:1",
      "discord:2",
      "discord:unreachable",
      "telegram:3",
    ]);
    await member(stores, "discord:7");
    await notices.provider(trouble);
    const told = await owed();
    expect(told.map(({ chatKey }) => chatKey).sort()).toEqual([
      "discord:dm-discord:1",
      "discord:dm-discord:2",
    ]);
    expect(told[0]?.text).toContain("KIE 4o Image has only 2.5 credits left");
  });

  it("is told once a day however often it happens, and again the next day", async () => {
    const { notices, owed, pass } = await setUp(["discord:1"]);
    for (let time = 0; time < 5; time += 1) await notices.provider(trouble);
    expect(await owed()).toMatchObject([{ count: 1 }]);
    await notices.provider({ ...trouble, problem: "key" });
    expect(await owed()).toMatchObject([{ count: 2 }]);
    pass(DAY_MS);
    await notices.provider(trouble);
    expect(await owed()).toMatchObject([{ count: 3 }]);
  });
});

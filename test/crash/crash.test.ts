import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { checkLedger } from "../../src/db/ledger-check.ts";
import { startKieEmulator } from "../emulators/kie/index.ts";
import {
  newDataDirectory,
  removeDataDirectory,
  spawnEasel,
  startEasel,
  until,
} from "../support/easel-process.ts";
import { discordPlace, type Place, telegramPlace } from "./places.ts";

/** Every committed step from the update to the delivery; the number is which call of it. */
const STEPS = [
  "inbox.receive 1",
  "users.resolve 1",
  "generation.order 1",
  "generation.beginAttempt 1",
  "generation.accept 1",
  "generation.lookAgain 1",
  "generation.beginStoring 1",
  "generation.end 1",
  "deliveries.begin 1",
  "deliveries.sent 1",
  "deliveries.begin 2",
  "deliveries.sent 2",
  "deliveries.begin 3",
  "deliveries.sent 3",
] as const;
const POINTS = STEPS.flatMap((step) => {
  const [operation = "", nth = "1"] = step.split(" ");
  return [`${operation} before ${nth}`, `${operation} after ${nth}`];
});
const SILENT = { info() {}, debug() {}, warn() {}, error() {}, child: () => SILENT };
const directories: string[] = [];

afterAll(() => {
  for (const directory of directories) removeDataDirectory(directory);
});

/** What the rows say. */
function rows(directory: string): { states: Record<string, number>; waiting: number } {
  const database = new DatabaseSync(`${directory}/easel.db`, { readOnly: true, timeout: 5_000 });
  try {
    const states = database.prepare("select state, count(*) as count from media_assets group by state").all();
    const owed = database
      .prepare("select count(*) as count from deliveries where state in ('new', 'sending')")
      .get();
    return {
      states: Object.fromEntries(states.map((row) => [String(row["state"]), Number(row["count"])])),
      waiting: Number(owed?.["count"]),
    };
  } finally {
    database.close();
  }
}

async function ledgerDifferences(directory: string): Promise<readonly string[]> {
  const url = `file:${directory}/easel.db`;
  const database = await openDatabase({ url, migrationsFolder: "migrations", log: SILENT });
  try {
    return await checkLedger(database);
  } finally {
    await database.close();
  }
}

describe.each([
  ["telegram", telegramPlace],
  ["discord", discordPlace],
] as const)("kill -9 on %s", (name, makePlace) => {
  it.concurrent.each(POINTS)(
    "%s: one paid create, one delivery, one unit",
    { timeout: 120_000 },
    async (point) => {
      const place = await makePlace();
      const kie = await startKieEmulator();
      kie.setDefaults({ outcome: "success", durationMs: 300 });
      const dataDirectory = newDataDirectory();
      directories.push(dataDirectory);
      const env = {
        ...place.env,
        KIE_API_KEY: "key",
        KIE_API_URL: kie.url,
        KIE_UPLOAD_URL: kie.url,
        POLL_INTERVAL_SECONDS: "0.5",
      };
      try {
        const first = spawnEasel({
          env: { ...env, CRASH_AT: point },
          dataDirectory,
          entry: "test/crash/interrupted-easel.ts",
        });
        expect(await first.running, first.output()).not.toBeNull();
        place.ask();
        const died = await Promise.race([first.exited, quiet(dataDirectory, place)]);
        if (died === "quiet") await first.kill();

        const second = await startEasel({ env, dataDirectory });
        try {
          await settled(dataDirectory, place, name, point);
          const after = { ...rows(dataDirectory), ledger: await ledgerDifferences(dataDirectory) };
          const told = place.results() + place.failures();
          const asked = Object.values(after.states).reduce((sum, count) => sum + count, 0);
          const said = `${point}, ended by ${died}\n${JSON.stringify(after)}\n${place.transcript()}\n${second.output()}`;
          // A Discord command that was lost before it was written was never acknowledged, and nothing was charged.
          if (name === "telegram" || asked > 0) {
            expect(asked, said).toBe(1);
            expect(told, said).toBe(1);
          }
          expect(kie.paidCreates.length, said).toBeLessThanOrEqual(1);
          if (place.results() > 0) expect(kie.paidCreates.length, said).toBe(1);
          expect(after.ledger, said).toEqual([]);
          expect(place.violations(), said).toEqual([]);
          expect(kie.violations, said).toEqual([]);
        } finally {
          await second.stop();
        }
      } finally {
        await Promise.all([place.close(), kie.close()]);
      }
    },
  );
});

/** The point was never reached (a step that this platform does not have): the request came to its end. */
async function quiet(directory: string, place: Place): Promise<"quiet"> {
  await until(
    "the request ends although nothing was killed",
    () => place.results() + place.failures() > 0 && rows(directory).waiting === 0,
    60_000,
  );
  return "quiet";
}

/** Nothing is under way and nothing is owed any more. */
async function settled(directory: string, place: Place, name: string, point: string): Promise<void> {
  let since = performance.now();
  await until(
    `everything comes to rest after ${point} on ${name}`,
    () => {
      const { states, waiting } = rows(directory);
      const open = Object.entries(states).some(
        ([state]) => !["ready", "failed", "expired", "cancelled"].includes(state),
      );
      const none = Object.keys(states).length === 0;
      const rest = !open && waiting === 0 && (none || place.results() + place.failures() > 0);
      if (!rest) since = performance.now();
      // Without any row the redelivered update may still be on its way.
      return rest && performance.now() - since > (none ? 12_000 : 300);
    },
    60_000,
  );
}

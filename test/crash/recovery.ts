/** One crash run: the real process is killed at a point, started again, and everything must come to rest. */
import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { checkLedger } from "../../src/db/ledger-check.ts";
import { newDataDirectory, spawnEasel, startEasel, until } from "../support/easel-process.ts";
import { INTERRUPTED_EASEL } from "./interrupted-bundle.ts";
import type { Place } from "./places.ts";

const SILENT = { info() {}, debug() {}, warn() {}, error() {}, child: () => SILENT };

/** Both sides of each step; `generation.accept 1` is its first call. */
export function pointsOf(steps: readonly string[]): readonly string[] {
  return steps.flatMap((step) => {
    const [operation = "", nth = "1"] = step.split(" ");
    return [`${operation} before ${nth}`, `${operation} after ${nth}`];
  });
}

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

/** Asks once, kills at the point, starts again, waits for the end. Gives back everything that is to be judged. */
export async function crashRun(run: {
  readonly place: Place;
  readonly env: Readonly<Record<string, string>>;
  readonly point: string;
  readonly directories: string[];
}) {
  const { place, env, point } = run;
  const dataDirectory = newDataDirectory();
  run.directories.push(dataDirectory);
  const first = spawnEasel({
    env: { ...env, CRASH_AT: point },
    dataDirectory,
    entry: INTERRUPTED_EASEL,
  });
  expect(await first.running, first.output()).not.toBeNull();
  place.ask();
  const died = await Promise.race([first.exited, quiet(dataDirectory, place)]);
  if (died === "quiet") await first.kill();

  const second = await startEasel({ env, dataDirectory });
  try {
    await settled(dataDirectory, place, point);
    const after = { ...rows(dataDirectory), ledger: await ledgerDifferences(dataDirectory) };
    const told = place.results() + place.failures();
    const asked = Object.values(after.states).reduce((sum, count) => sum + count, 0);
    const said = `${point}, ended by ${died}\n${JSON.stringify(after)}\n${place.transcript()}\n${second.output()}`;
    // A Discord command that was lost before it was written was never acknowledged, and nothing was charged.
    if (place.id === "telegram" || asked > 0) {
      expect(asked, said).toBe(1);
      expect(told, said).toBe(1);
    }
    expect(after.ledger, said).toEqual([]);
    expect(place.violations(), said).toEqual([]);
    return { died, said, states: after.states };
  } finally {
    await second.stop();
  }
}

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
async function settled(directory: string, place: Place, point: string): Promise<void> {
  let since = performance.now();
  await until(
    `everything comes to rest after ${point} on ${place.id}`,
    () => {
      const { states, waiting } = rows(directory);
      const open = Object.entries(states).some(
        ([state]) => !["ready", "failed", "expired", "cancelled"].includes(state),
      );
      const none = Object.keys(states).length === 0;
      // Telegram delivers again what was not confirmed. Discord does not; whether it ever comes shows only in time.
      const isLost = none && place.id === "discord";
      const rest = !open && waiting === 0 && (isLost || place.results() + place.failures() > 0);
      if (!rest) since = performance.now();
      return rest && performance.now() - since > (isLost ? 12_000 : 300);
    },
    60_000,
  );
}

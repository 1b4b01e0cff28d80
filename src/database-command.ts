import { join } from "node:path";
import { projectRoot } from "./app.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./db/database.ts";
import { checkLedger } from "./db/ledger-check.ts";
import { createLog, systemClock } from "./system.ts";

/** `migrate`, `rollback [n]` and `doctor`: what is done to the database while the bot does not run. */
export async function databaseCommand(
  config: Config,
  command: "migrate" | "rollback" | "doctor",
  args: readonly string[],
): Promise<void> {
  const database = await openDatabase({
    url: config.databaseUrl,
    migrationsFolder: join(projectRoot, "migrations"),
    log: createLog(config.logLevel, config.secrets),
  });
  try {
    switch (command) {
      case "migrate":
        return report("applied", await database.migrate(systemClock.now()));
      case "rollback": {
        const steps = Number(args[0] ?? 1);
        if (!Number.isInteger(steps) || steps < 1) {
          console.error("rollback takes a number of migrations, at least 1");
          process.exitCode = 2;
          return;
        }
        return report("taken back", await database.rollback(steps));
      }
      case "doctor": {
        await database.migrate(systemClock.now());
        const differences = await checkLedger(database);
        for (const difference of differences) console.error(difference);
        console.log(
          differences.length === 0 ? "settings, database and ledger are fine" : "the ledger does not add up",
        );
        process.exitCode = differences.length === 0 ? 0 : 1;
      }
    }
  } finally {
    await database.close();
  }
}

function report(what: string, names: readonly string[]): void {
  console.log(names.length === 0 ? "nothing to do" : `${what}: ${names.join(", ")}`);
}

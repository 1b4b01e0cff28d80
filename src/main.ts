import { createApp, type Started } from "./app.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { databaseCommand } from "./database-command.ts";
import { mediaCommand } from "./media-command.ts";

const USAGE = `Usage: npm run easel -- <command>
  start            run the bot (the same as npm start)
  migrate          bring the database up to this version
  rollback [n]     take back the last n migrations (1)
  doctor           check settings, database and ledger
  media migrate [--from <media url>] [--remove]
                   copy all media from a store (file:./data/media) into the one that MEDIA_URL names`;

/** Starts the process or runs one subcommand; stops on a signal. */
async function main(args: readonly string[]): Promise<void> {
  const [command = "start", ...rest] = args;
  const config = loadConfig();
  switch (command) {
    case "start":
      return serve();
    case "migrate":
    case "rollback":
    case "doctor":
      return databaseCommand(config, command, rest);
    case "media":
      return mediaCommand(config, rest);
    default:
      console.error(USAGE);
      process.exitCode = 2;
  }

  async function serve(): Promise<void> {
    const app = await createApp(config);
    let stopping = false;
    const stop = async (): Promise<void> => {
      if (stopping) process.exit(1);
      stopping = true;
      await app.stop();
      process.exit(0);
    };
    process.on("SIGTERM", () => void stop());
    process.on("SIGINT", () => void stop());
    const started = await app.start();
    console.error(greeting(started));
  }
}

/** A few lines for the one who started it: what is on, what is off, and what turns it on. */
function greeting({ url, platforms, providers }: Started): string {
  const describe = (parts: Started["platforms"]): string =>
    parts
      .map(({ id, on, turnedOnBy }) => (on ? `${id} on` : `${id} off (set ${turnedOnBy ?? "nothing"})`))
      .join(", ");
  return [
    "",
    `Easel is running: ${url}/ai-studio`,
    `  platforms: ${describe(platforms)}`,
    `  providers: ${describe(providers)}`,
    "",
  ].join("\n");
}

/** A bug nobody caught: the rows hold the work, so end at once and let the next start take it up. */
function crash(err: unknown): void {
  console.error("unexpected error, the process ends:", err instanceof Error ? err.stack : err);
  process.exit(1);
}

process.on("unhandledRejection", crash);
process.on("uncaughtException", crash);

await main(process.argv.slice(2)).catch((err: unknown) => {
  if (err instanceof ConfigError) console.error(err.message);
  else console.error(err instanceof Error ? err.message : String(err));
  process.exit(1);
});

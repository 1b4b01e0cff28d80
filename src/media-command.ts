import { parseArgs } from "node:util";
import { type Config, ConfigError, DEFAULT_MEDIA_URL } from "./config.ts";
import { AppError } from "./core/errors.ts";
import { isSameStore, type Migration, migrateMedia } from "./media/migrate.ts";
import { mediaProblems, openMediaStore } from "./media/registry.ts";
import { createIds, systemClock } from "./system.ts";

const USAGE = `Usage: npm run easel -- media migrate [--from <media url>] [--remove]
  copies all media from a store (${DEFAULT_MEDIA_URL}) into the one that MEDIA_URL names
  --from     where it is now: file:./folder, s3://bucket/prefix?endpoint=https://…, supabase://bucket/prefix
  --remove   takes out of the source what was read back from the target, whole`;

const MOST_BROKEN_SHOWN = 50;

/** `media migrate`: moves what is kept from one store to another while the bot does not run. */
export async function mediaCommand(config: Config, args: readonly string[]): Promise<void> {
  const asked = readArguments(args);
  if (asked === null) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const problems = mediaProblems(asked.from, config.environment);
  if (problems.length > 0) throw new ConfigError(problems.map((text) => text.replace("MEDIA_URL", "--from")));
  const dependencies = { clock: systemClock };
  const source = openMediaStore(asked.from, config.environment, dependencies);
  const target = openMediaStore(config.mediaUrl, config.environment, dependencies);
  try {
    const probeId = createIds(Buffer.alloc(0)).create("probe");
    if (source.place === target.place || (await isSameStore(source.store, target.store, probeId))) {
      console.error(
        "source and target are the same store: set MEDIA_URL to the new one, --from to the old one",
      );
      process.exitCode = 2;
      return;
    }
    console.log(`from ${source.place}\nto   ${target.place}`);
    const result = await migrateMedia(source.store, target.store, {
      remove: asked.remove,
      progress: (done, { total }) => console.log(`${done} of ${total}`),
    });
    report(result);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "STORE_UNAVAILABLE") throw error;
    console.error(
      `${error.message} is not available: ${JSON.stringify(error.context)}; run it again to go on`,
    );
    process.exitCode = 1;
  } finally {
    await source.close();
    await target.close();
  }
}

function readArguments(args: readonly string[]): { readonly from: string; readonly remove: boolean } | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        from: { type: "string", default: DEFAULT_MEDIA_URL },
        remove: { type: "boolean", default: false },
      },
    });
    return positionals.join(" ") === "migrate" ? values : null;
  } catch {
    return null;
  }
}

function report({ moved, skipped, removed, broken }: Migration): void {
  for (const line of broken.slice(0, MOST_BROKEN_SHOWN)) console.error(`broken ${line}`);
  if (broken.length > MOST_BROKEN_SHOWN) console.error(`and ${broken.length - MOST_BROKEN_SHOWN} more`);
  console.log(
    `moved ${moved}, skipped ${skipped}, broken ${broken.length}, removed from the source ${removed}`,
  );
  process.exitCode = broken.length === 0 ? 0 : 1;
}

import { UPLOAD_PREFIX } from "../generation/references.ts";
import { isAssetId } from "../identifiers.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { MediaStore } from "../ports/media.ts";
import type { Stores } from "../ports/stores.ts";

/** Files that nobody will ask for again: uploads that were not used, and what a crash left without a row. */
export type Sweep = () => Promise<number>;

const KEEP_MS = 24 * 3_600_000;
const MOST = 500;

export function createSweep(dependencies: {
  readonly media: Pick<MediaStore, "keys" | "remove">;
  readonly stores: Pick<Stores, "generation">;
  readonly clock: Clock;
  readonly log: Log;
}): Sweep {
  const { media, stores, clock, log } = dependencies;

  async function isLeftOver(name: string): Promise<boolean> {
    const madeAt = momentOf(name);
    if (madeAt === null || madeAt > clock.now() - KEEP_MS) return false;
    if (name.startsWith(UPLOAD_PREFIX)) return true;
    return isAssetId(name) && (await stores.generation.get(name)) === null;
  }

  return async () => {
    const seen = new Set<string>();
    let swept = 0;
    for await (const key of media.keys("")) {
      const name = key.slice(0, key.indexOf("/"));
      if (seen.has(name)) continue;
      seen.add(name);
      if (!(await isLeftOver(name))) continue;
      await media.remove(name);
      swept += 1;
      if (swept >= MOST) break;
    }
    if (swept > 0) log.info("files without use were removed", { count: swept });
    return swept;
  };
}

/** `gen_` and nine digits of base 36: the millisecond in which the id was made. */
function momentOf(id: string): number | null {
  const digits = /^[a-z]{3}_([0-9a-z]{9})/.exec(id)?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 36);
}

import { UPLOAD_PREFIX } from "../generation/references.ts";
import { type AssetId, isAssetId } from "../identifiers.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { MediaStore } from "../ports/media.ts";
import type { Stores } from "../ports/stores.ts";
import { awaitedPosts } from "./awaited-posts.ts";
import { FOREIGN_MEDIA, isOwnMedia } from "./media-owner.ts";

/** Removes files that nobody will ask for again; answers of how many uploads or assets. */
export interface Sweep {
  /** Uploads whose day is over. They come by the hundred, so this is for every hour. */
  uploads(): Promise<number>;
  /**
   * The uploads, what a crash left without a row, and what is still there of an asset that was deleted: it came too
   * late, or a post needed it, which has ended.
   */
  all(): Promise<number>;
}

/** A request that is being taken in has files before it has a row. */
const KEEP_MS = 24 * 3_600_000;
/** So many are looked up or removed at a time: other work on the database and the store goes on between. */
const AT_ONCE = 8;

export function createSweep(dependencies: {
  readonly media: Pick<MediaStore, "keys" | "read" | "remove">;
  readonly stores: Pick<Stores, "generation" | "notes" | "posts">;
  readonly clock: Clock;
  readonly log: Log;
}): Sweep {
  const { media, stores, clock, log } = dependencies;

  const isOld = (name: string): boolean => {
    const madeAt = momentOf(name);
    return madeAt !== null && madeAt <= clock.now() - KEEP_MS;
  };

  async function namesFrom(start: string): Promise<string[]> {
    const names = new Set<string>();
    for await (const key of media.keys(start)) names.add(key.slice(0, key.indexOf("/")));
    return [...names];
  }

  async function isLeftOver(id: AssetId): Promise<boolean> {
    const asset = await stores.generation.get(id);
    if (asset === null) return isOld(id);
    return asset.deletedAt !== null && (await awaitedPosts(stores.posts, id)).length === 0;
  }

  async function remove(names: readonly string[]): Promise<number> {
    for (let at = 0; at < names.length; at += AT_ONCE)
      await Promise.all(names.slice(at, at + AT_ONCE).map((name) => media.remove(name)));
    if (names.length > 0) log.info("files without use were removed", { count: names.length });
    return names.length;
  }

  const oldUploads = async (): Promise<string[]> => (await namesFrom(UPLOAD_PREFIX)).filter(isOld);

  async function leftAssets(): Promise<string[]> {
    const ids = (await namesFrom("gen_")).filter(isAssetId);
    const left: string[] = [];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const some = ids.slice(at, at + AT_ONCE);
      const are = await Promise.all(some.map(isLeftOver));
      left.push(...some.filter((_, index) => are[index]));
    }
    return left;
  }

  return {
    async uploads() {
      return (await isOwnMedia(media, stores.notes)) ? remove(await oldUploads()) : 0;
    },
    async all() {
      if (await isOwnMedia(media, stores.notes))
        return remove([...(await oldUploads()), ...(await leftAssets())]);
      log.error(FOREIGN_MEDIA);
      return 0;
    },
  };
}

/** `gen_` and nine digits of base 36: the millisecond in which the id was made. */
function momentOf(id: string): number | null {
  const digits = /^[a-z]{3}_([0-9a-z]{9})/.exec(id)?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 36);
}

import { isAssetId } from "../identifiers.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { MediaStore } from "../ports/media.ts";
import type { NoteStore, Stores } from "../ports/stores.ts";

/**
 * Which database a media store belongs to. Files without a row are swept away, so a second database on the same store
 * (a new one, one for trying things out) would remove the media of the first. The mark of the first is a file in the
 * store, named like all files by the hash of its content; the same text is a note in the database.
 */
const NOTE = "media owner";
const FOLDER = "instance";
/** Of a store without a mark, so many assets are looked up; most of them must be known here. */
const SAMPLE = 200;
const STRANGERS_IN_TEN = 1;

export const FOREIGN_MEDIA =
  "the media store holds files of another database, so nothing is swept from it: give each database a MEDIA_URL " +
  "of its own; if this is the only one that uses it, remove the folder instance/ from the store and start again";

type OwnedMedia = Pick<MediaStore, "keys" | "read">;

/** Whether this database alone has marked the store. */
export async function isOwnMedia(media: OwnedMedia, notes: Pick<NoteStore, "get">): Promise<boolean> {
  const marks = await Array.fromAsync(media.keys(`${FOLDER}/`));
  const [mark] = marks;
  const note = await notes.get(NOTE);
  if (mark === undefined || marks.length > 1 || note === null) return false;
  const bytes = await media.read(mark);
  return bytes !== null && new TextDecoder().decode(bytes) === note;
}

/** At the start: marks a store that nobody else has marked, unless it is full of assets that are not known here. */
export async function claimMedia(dependencies: {
  readonly media: OwnedMedia & Pick<MediaStore, "put">;
  readonly stores: Pick<Stores, "generation" | "notes">;
  readonly ids: Pick<Ids, "token" | "digest">;
  readonly log: Log;
  /** Writes a note unless there is one of that name: processes may start together. */
  noteOnce(name: string, value: string): Promise<void>;
}): Promise<void> {
  const { media, stores, ids, log, noteOnce } = dependencies;
  const isMarked = (await Array.fromAsync(media.keys(`${FOLDER}/`))).length > 0;
  if (!isMarked && (await isKnown())) {
    await noteOnce(NOTE, ids.token());
    const note = (await stores.notes.get(NOTE)) ?? "";
    await media.put(`${FOLDER}/${ids.digest(note)}.png`, new TextEncoder().encode(note), "image/png");
  }
  if (!(await isOwnMedia(media, stores.notes))) log.error(FOREIGN_MEDIA);

  async function isKnown(): Promise<boolean> {
    const seen = new Set<string>();
    let strangers = 0;
    for await (const key of media.keys("gen_")) {
      const name = key.slice(0, key.indexOf("/"));
      if (seen.has(name) || !isAssetId(name)) continue;
      seen.add(name);
      if ((await stores.generation.get(name)) === null) strangers += 1;
      if (seen.size >= SAMPLE) break;
    }
    // A crash may have left a few without a row.
    return strangers * 10 <= seen.size * STRANGERS_IN_TEN;
  }
}

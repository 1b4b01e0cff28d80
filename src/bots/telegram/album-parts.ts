import type { Clock } from "../../core/ports/clock.ts";
import type { AlbumPart } from "./inbound.ts";
import type { AttachedFile } from "./pictures.ts";

/** How long an album may take to come in: its messages are updates of their own, in one batch or in two. */
const COMPLETE_MS = 1_000;
const REMEMBERED = 1_000;
/** Messages of one album. Source: Bot API, sendMediaGroup, read 2026-11. */
const MOST_PARTS = 10;

/**
 * Brings the pictures of an album to the message that carries its words.
 *
 * It lives in this process alone. After a restart an album is put together again from the rows that still wait, which
 * are those that concern the bot by themselves.
 */
export interface AlbumParts<Row> {
  /** Remembers a message of an album, whoever it is for. */
  note(part: AlbumPart): void;
  /** Adds a row that waits for work to its album. */
  join(albumId: string, row: Row): Joined<Row>;
}

export type Joined<Row> =
  /** Whoever adds the first row sees to the whole album. */
  | { readonly status: "first"; gather(signal: AbortSignal): Promise<Album<Row>> }
  | { readonly status: "joined" }
  /** The album was seen to without it. */
  | { readonly status: "late" };

export interface Album<Row> {
  readonly rows: readonly Row[];
  /** In the order of the messages. */
  readonly files: readonly AttachedFile[];
}

interface Open<Row> {
  readonly files: Map<number, AttachedFile>;
  readonly rows: Row[];
  readonly sinceMs: number;
  isClosed: boolean;
}

export function createAlbumParts<Row>(clock: Clock): AlbumParts<Row> {
  const albums = new Map<string, Open<Row>>();

  function albumOf(albumId: string): Open<Row> {
    const known = albums.get(albumId);
    if (known !== undefined) return known;
    const oldest = albums.size >= REMEMBERED ? albums.keys().next().value : undefined;
    if (oldest !== undefined) albums.delete(oldest);
    const album: Open<Row> = { files: new Map(), rows: [], sinceMs: clock.monotonicMs(), isClosed: false };
    albums.set(albumId, album);
    return album;
  }

  /** As complete as it will be. Asked again, it says the same. */
  async function gather(album: Open<Row>, signal: AbortSignal): Promise<Album<Row>> {
    const leftMs = album.sinceMs + COMPLETE_MS - clock.monotonicMs();
    if (!album.isClosed && leftMs > 0) await clock.sleep(leftMs, signal);
    album.isClosed = true;
    const files = [...album.files].toSorted(([a], [b]) => a - b).map(([, file]) => file);
    return { rows: album.rows, files };
  }

  return {
    note({ albumId, messageId, file }) {
      const { files, isClosed } = albumOf(albumId);
      if (!isClosed && files.size < MOST_PARTS) files.set(messageId, file);
    },
    join(albumId, row) {
      const album = albumOf(albumId);
      if (album.isClosed) return { status: "late" };
      album.rows.push(row);
      if (album.rows.length > 1) return { status: "joined" };
      return { status: "first", gather: (signal) => gather(album, signal) };
    },
  };
}

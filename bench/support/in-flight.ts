import Connection from "better-sqlite3";
import { createStores } from "../../src/db/stores.ts";
import { openTestDatabase } from "../../test/support/databases.ts";

export const PROVIDER = "bench";

export interface Rows {
  /** Running tasks, due in turn, a millisecond apart, until `dueAt`. */
  readonly inFlight: number;
  readonly dueAt: number;
  /** Images of earlier months that are ready. */
  readonly finished?: number;
}

/** A database file with one member and these assets, each with its status message that stands in a chat. */
export async function openInFlight(path: string, rows: Rows) {
  const migrated = await openTestDatabase(`file:${path}`);
  const user = await createStores(migrated).users.resolve(
    "discord:1",
    { name: "Ada", locale: "en" },
    "usr_1",
    rows.dueAt,
  );
  await migrated.close();
  const connection = new Connection(path);
  connection.pragma("synchronous = OFF");
  const add =
    connection.prepare(`insert into media_assets (id, batch_id, batch_index, batch_count, user_id, platform,
    receipt, handle, kind, provider, prompt, search_text, aspect, seed, state, due_at, rank_at, attempts, operation,
    submitted_at, accepted_at, private, period, unit_source, created_at, ended_at)
    with recursive counter(n) as (select 1 where @count > 0 union all select n + 1 from counter where n < @count)
    select 'gen_' || @state || n, 'bat_' || @state || n, 0, 1, @user, 'discord', @state || n, @state || '-' || n, 'image',
    @provider, 'a red fox in the snow', 'a red fox in the snow', '1:1', 7, @state, @dueAt - n, @dueAt - n, 1, '{"task":1}',
    @at, @at, 0, '2026-11', 'limit', @at + n, @endedAt from counter`);
  const at = rows.dueAt - 200_000;
  const common = { user: user.id, provider: PROVIDER, at };
  add.run({ ...common, state: "submitted", count: rows.inFlight, dueAt: rows.dueAt, endedAt: null });
  add.run({ ...common, state: "ready", count: rows.finished ?? 0, dueAt: null, endedAt: at });
  connection.exec(`insert into deliveries (id, kind, dedupe_key, user_id, batch_id, platform, chat_key, target, lane,
    state, due_at, sent_at, created_at)
    select 'dlv_' || id, 'status', 'status:' || batch_id, user_id, batch_id, 'discord', 'discord:1',
    '{"platform":"discord","chatKey":"discord:1","place":{},"private":false}', 'backlog', 'sent', ${at}, ${at}, ${at}
    from media_assets where state = 'submitted'`);
  // All on the disk now, so that no commit that is measured carries these rows there.
  connection.pragma("synchronous = FULL");
  connection.pragma("wal_checkpoint(TRUNCATE)");
  connection.close();
  const database = await openTestDatabase(`file:${path}`);
  return { database, stores: createStores(database), user };
}

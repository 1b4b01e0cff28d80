import type { Database } from "../database.ts";
import { statement } from "../statement.ts";

const putFirst = statement<{ name: string; value: string }>()("note_put_first", ({ query, tables: t, at }) =>
  query
    .insert(t.notes)
    .values({ name: at("name"), value: at("value") })
    .onConflictDoNothing({ target: t.notes.name }),
);

/** Writes a note unless there is one of that name: of several processes that start together one decides. */
export function noteOnce(database: Database, name: string, value: string): Promise<void> {
  return database.write(async (session) => void (await putFirst(session, { name, value })));
}

import { eq, sql } from "drizzle-orm";
import type { NoteStore } from "../../core/ports/stores.ts";
import type { Database } from "../database.ts";
import { statement } from "../statement.ts";

const find = statement<{ name: string }>()("note_find", ({ query, tables: t, at }) =>
  query
    .select({ value: t.notes.value })
    .from(t.notes)
    .where(eq(t.notes.name, at("name"))),
);

const put = statement<{ name: string; value: string }>()("note_put", ({ query, tables: t, at }) =>
  query
    .insert(t.notes)
    .values({ name: at("name"), value: at("value") })
    .onConflictDoUpdate({ target: t.notes.name, set: { value: sql`excluded.value` } }),
);

export function createNoteStore(database: Database): NoteStore {
  return {
    async get(name) {
      const [row] = await database.read(async (session) => find(session, { name }));
      return row?.value ?? null;
    },
    set: (name, value) => database.write(async (session) => void (await put(session, { name, value }))),
  };
}

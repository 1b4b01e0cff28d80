import { afterEach } from "vitest";
import type { Stores } from "../../../src/core/ports/stores.ts";
import type { Database } from "../../../src/db/database.ts";
import { createStores } from "../../../src/db/stores.ts";

/** Opens a new, migrated database. */
export type MakeDatabase = () => Promise<Database>;

export interface Opened {
  readonly database: Database;
  readonly stores: Stores;
}

/** How the tests of a suite open databases: each is closed when its test is over. */
export function openWith(make: MakeDatabase): () => Promise<Opened> {
  const open: Database[] = [];
  afterEach(async () => {
    for (const database of open.splice(0)) await database.close();
  });
  return async () => {
    const database = await make();
    open.push(database);
    return { database, stores: createStores(database) };
  };
}

import type * as postgres from "./schema-postgres.ts";
import type * as sqlite from "./schema-sqlite.ts";

/** Queries are written once, against the PostgreSQL tables. */
export type Tables = typeof postgres;

type Rows<Schema> = {
  [Name in keyof Schema]: Schema[Name] extends { $inferSelect: infer Row; $inferInsert: infer NewRow }
    ? { row: Row; newRow: NewRow }
    : never;
};

/** True when both types allow the same values, else false. */
export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Fails to compile when a row of one engine is not exactly a row of the other; sqlite.ts relies on it. */
const schemasAreEqual: Same<Rows<typeof sqlite>, Rows<Tables>> = true;
void schemasAreEqual;

export type AssetRow = Tables["mediaAssets"]["$inferSelect"];
export type CaptionRow = Tables["captions"]["$inferSelect"];
export type CommunityRow = Tables["communities"]["$inferSelect"];
export type DeliveryRow = Tables["deliveries"]["$inferSelect"];
export type PostRow = Tables["posts"]["$inferSelect"];
export type UserRow = Tables["users"]["$inferSelect"];

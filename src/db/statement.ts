import { is, Param, Placeholder, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { Tables } from "./schema.ts";

export type Dialect = "sqlite" | "postgres";

/** What queries are built with: typed once, as PostgreSQL's; on SQLite the same methods build SQLite's queries. */
export type Query = Pick<NodePgDatabase<Tables>, "select" | "insert" | "update" | "delete">;

/** One connection (inside its transaction, where there is one). A statement is prepared once for each. */
export interface Session {
  readonly dialect: Dialect;
  readonly query: Query;
  readonly tables: Tables;
}

interface Prepared<Result> {
  /** `params` is the very list that `execute` sends: constants, and placeholders with or without an encoder. */
  getQuery(): { readonly params: unknown[] };
  execute(): Promise<Result>;
}

/** A finished query of any kind. */
export interface Preparable<Result> {
  prepare(name: string): Prepared<Result>;
}

export type Values = Record<string, unknown>;

interface Builder<Named extends Values> {
  readonly query: Query;
  readonly tables: Tables;
  readonly dialect: Dialect;
  /** Stands for a value that comes at execution, as it is. */
  readonly at: <Name extends keyof Named & string>(name: Name) => Placeholder<Name, Named[Name]>;
  /** The same, written the way `column` stores it (JSON, flags): for `set` and conditions on such columns. */
  readonly as: (column: PgColumn, name: keyof Named & string) => SQL;
}

export type Statement<Named extends Values, Result> = (
  session: Session,
  values: Named,
) => Result | Promise<Result>;

/**
 * A query with named values, built and prepared at its first use on a connection: unprepared, drizzle costs four
 * times the statement itself. `name` is its name on the PostgreSQL server, unique in the program.
 */
export function statement<Named extends Values>() {
  return <Result>(
    name: string,
    build: (builder: Builder<Named>) => Preparable<Result>,
  ): Statement<Named, Result> => {
    const prepared = new WeakMap<Session, (values: Values) => Result | Promise<Result>>();
    return (session, values) => {
      let run = prepared.get(session);
      if (run === undefined) {
        run = fillAndExecute(build(builderFor(session)).prepare(name));
        prepared.set(session, run);
      }
      return run(values);
    };
  };

  function builderFor({ query, tables, dialect }: Session): Builder<Named> {
    return {
      query,
      tables,
      dialect,
      at: (name) => new Placeholder(name),
      as: (column, name) => sql`${new Param(new Placeholder(name), column)}`,
    };
  }
}

/**
 * Puts the named values where the placeholders were, and runs it. drizzle would look for the placeholders among the
 * parameters at each execution, by walking prototypes: a third of the time of an insert. `execute` copies the list
 * before it returns, so the next values may overwrite it.
 */
function fillAndExecute<Result>(prepared: Prepared<Result>): (values: Values) => Result | Promise<Result> {
  const { params } = prepared.getQuery();
  const slots = params.flatMap((param, index) => slotOf(param, index));
  return (values) => {
    for (const { index, name, encode } of slots) {
      const value = values[name];
      if (value === undefined) throw new TypeError(`no value for ${name}`);
      params[index] = encode === null ? value : encode(value);
    }
    const result = prepared.execute();
    return isImmediate(result) ? result.sync() : result;
  };
}

interface Slot {
  readonly index: number;
  readonly name: string;
  readonly encode: ((value: unknown) => unknown) | null;
}

function slotOf(param: unknown, index: number): Slot[] {
  if (is(param, Placeholder)) return [{ index, name: param.name, encode: null }];
  if (!is(param, Param) || !is(param.value, Placeholder)) return [];
  const { encoder, value } = param;
  return [{ index, name: value.name, encode: (given) => encoder.mapToDriverValue(given) }];
}

/** better-sqlite3's results are there at once; taking them so saves the turns of a promise. */
function isImmediate<Result>(result: Promise<Result>): result is Promise<Result> & { sync(): Result } {
  return "sync" in result;
}

/** `column in (…)` for a list that comes at execution as the text of a JSON array (`JSON.stringify(list)`). */
export function isOneOf(
  dialect: Dialect,
  column: SQLWrapper,
  list: Placeholder,
  type: "text" | "number" = "text",
): SQL {
  if (dialect === "sqlite") return sql`${column} in (select value from json_each(${list}))`;
  const cast = sql.raw(type === "text" ? "text" : "bigint");
  return sql`${column} in (select element::${cast} from jsonb_array_elements_text(${list}::jsonb) as element)`;
}

/** Locks the rows of a `select` until the transaction ends. On SQLite the transaction has the whole database. */
export function locking<Result>(
  dialect: Dialect,
  select: Preparable<Result> & { for(strength: "update", config?: { skipLocked: true }): Preparable<Result> },
  config?: { skipLocked: true },
): Preparable<Result> {
  return dialect === "postgres" ? select.for("update", config) : select;
}

import { DrizzleQueryError } from "drizzle-orm";
import { AppError } from "../core/errors.ts";

/** The engine cannot work now; nothing is wrong with the statement. Source: SQLite's list of result codes. */
const SQLITE_UNAVAILABLE = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|PROTOCOL|NOMEM)/;

/**
 * Classes of SQLSTATE: 08 connection, 53 out of resources, 57 operator (shutdown, cancelled), 58 system, 25006 read
 * only, XX internal; and 40 (rolled back by a conflict) when even the repeats met one. Source: PostgreSQL, appendix A.
 */
const POSTGRES_UNAVAILABLE = /^(08|40|53|57|58|XX|25006)/;
const NETWORK = /^(ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST|ENET)/;

/**
 * What a store throws for an error of its engine: STORE_UNAVAILABLE, or the error itself where it is a bug. drizzle's
 * wrapper is taken off, because its message has all values in it (prompts, names).
 */
export function storeError(error: unknown, outcome: "not-done" | "unknown" = "not-done"): unknown {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  if (cause instanceof AppError) return cause;
  return isUnavailable(cause) ? unavailable(cause, outcome) : cause;
}

/** The engine did not do it, for no fault of the statement. */
export function unavailable(cause: unknown, outcome: "not-done" | "unknown" = "not-done"): AppError {
  const code = errorCode(cause);
  return new AppError("STORE_UNAVAILABLE", "the database cannot be used now", {
    retry: "backoff",
    outcome,
    cause,
    context: code === "" ? {} : { engineCode: code },
  });
}

/** The engine's own code (`SQLITE_BUSY`, `40001`), or "". */
export function errorCode(error: unknown): string {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

function isUnavailable(error: unknown): boolean {
  const code = errorCode(error);
  if (SQLITE_UNAVAILABLE.test(code) || POSTGRES_UNAVAILABLE.test(code) || NETWORK.test(code)) return true;
  // node-postgres has no code for these.
  return (
    error instanceof Error &&
    /^(Connection terminated|Client (has encountered a connection error|was closed)|timeout exceeded when trying to connect)/.test(
      error.message,
    )
  );
}

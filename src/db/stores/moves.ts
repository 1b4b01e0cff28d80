import { and, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import type { AssetState } from "../../core/generation/asset.ts";
import type { AssetId } from "../../core/identifiers.ts";
import type { GenerationStore, Held } from "../../core/ports/stores.ts";
import { type Database, Undone } from "../database.ts";
import type { Tables } from "../schema.ts";
import { type Session, type Statement, statement, type Values } from "../statement.ts";
import { acceptAttempt, addAttempt, endAttempt, noteOnAttempt } from "./attempt-statements.ts";
import { touchStatus } from "./delivery-statements.ts";
import { countPaid } from "./ledger-statements.ts";

type Assets = Tables["mediaAssets"];
type Changes = { [Column in keyof Assets["$inferInsert"]]?: Assets["$inferInsert"][Column] | SQL };
type As<Extra> = (column: Assets[keyof Assets["$inferSelect"]], name: keyof Extra & string) => SQL;
type Moved = readonly Pick<Assets["$inferSelect"], "batchId" | "provider" | "attempts" | "attemptId">[];

/**
 * A move of the state machine: a compare-and-set on the epoch, the states it may come from, and a lease. No row: it
 * is somebody else's, or already somewhere else.
 */
function move<Extra extends Values>(
  name: string,
  from: readonly AssetState[],
  changes: (assets: Assets, as: As<Extra>) => Changes,
  condition?: (assets: Assets, as: As<Extra>) => SQL,
): Statement<Extra & { id: AssetId; epoch: number }, Moved> {
  return statement<Extra & { id: AssetId; epoch: number }>()(
    name,
    ({ query, tables: { mediaAssets: a }, as }) =>
      query
        .update(a)
        .set(changes(a, as))
        .where(
          and(
            sql`${a.id} = ${as(a.id, "id")}`,
            sql`${a.epoch} = ${as(a.epoch, "epoch")}`,
            inArray(a.state, [...from]),
            isNotNull(a.leasedBy),
            condition?.(a, as),
          ),
        )
        .returning({
          batchId: a.batchId,
          provider: a.provider,
          attempts: a.attempts,
          attemptId: a.attemptId,
        }),
  );
}

const renew = move<{ until: number }>(
  "asset_renew",
  ["preparing", "submitting", "submitted", "storing", "unknown"],
  (a, as) => ({ dueAt: as(a.dueAt, "until") }),
);

const beginAttempt = move<{ attemptId: string; startedAt: number }>(
  "asset_begin_attempt",
  ["preparing"],
  (a, as) => ({
    state: "submitting",
    attempts: sql`${a.attempts} + 1`,
    attemptId: as(a.attemptId, "attemptId"),
    submittedAt: sql`coalesce(${a.submittedAt}, ${as(a.submittedAt, "startedAt")})`,
  }),
);

const accept = move<{ operation: unknown; now: number; dueAt: number; rankAt: number }>(
  "asset_accept",
  ["submitting", "unknown"],
  (a, as) => ({
    state: "submitted",
    operation: as(a.operation, "operation"),
    acceptedAt: as(a.acceptedAt, "now"),
    dueAt: as(a.dueAt, "dueAt"),
    rankAt: as(a.rankAt, "rankAt"),
    fetchFailures: 0,
    progress: null,
    leasedBy: null,
  }),
);

type Look = { dueAt: number; rankAt: number; fetchFailures: number };
const looked = (a: Assets, as: As<Look>): Changes => ({
  state: "submitted",
  dueAt: as(a.dueAt, "dueAt"),
  rankAt: as(a.rankAt, "rankAt"),
  fetchFailures: as(a.fetchFailures, "fetchFailures"),
  leasedBy: null,
});
/** Nearly every look finds nothing new: one statement. */
const lookAgain = move<Look>("asset_look_again", ["submitted", "storing"], looked);
const lookAgainAtSameProgress = move<Look & { progress: number }>(
  "asset_look_again_same",
  ["submitted", "storing"],
  looked,
  (a, as) => sql`${a.progress} = ${as(a.progress, "progress")}`,
);
const lookAgainAtNewProgress = move<Look & { progress: number }>(
  "asset_look_again_new",
  ["submitted", "storing"],
  (a, as) => ({ ...looked(a, as), progress: as(a.progress, "progress") }),
);

/** Rank 0: should the lease run out, it is looked at before everything else. */
const beginStoring = move<Record<never, never>>(
  "asset_begin_storing",
  ["submitted", "submitting", "storing"],
  () => ({
    state: "storing",
    rankAt: 0,
  }),
);

const postpone = move<{ dueAt: number }>("asset_postpone", ["preparing"], (a, as) => ({
  state: "queued",
  dueAt: as(a.dueAt, "dueAt"),
  leasedBy: null,
}));

/** `counts` 0 takes the attempt back. */
const retry = move<{ dueAt: number; counts: number }>(
  "asset_retry",
  ["submitting", "submitted", "storing"],
  (a, as) => ({
    state: "queued",
    dueAt: as(a.dueAt, "dueAt"),
    attempts: sql`${a.attempts} - 1 + ${as(a.attempts, "counts")}`,
    rankAt: null,
    operation: null,
    acceptedAt: null,
    progress: null,
    leasedBy: null,
  }),
);

const reroute = move<{ provider: string; aspect: string; tried: unknown; dueAt: number }>(
  "asset_reroute",
  ["preparing", "submitting", "submitted", "storing"],
  (a, as) => ({
    state: "queued",
    requestedProvider: sql`coalesce(${a.requestedProvider}, ${a.provider})`,
    provider: as(a.provider, "provider"),
    aspect: as(a.aspect, "aspect"),
    tried: as(a.tried, "tried"),
    dueAt: as(a.dueAt, "dueAt"),
    attempts: 0,
    rankAt: null,
    operation: null,
    acceptedAt: null,
    fetchFailures: 0,
    progress: null,
    leasedBy: null,
  }),
);

/**
 * From `storing` only where the media was in the answer itself, and went down with it. Due at once where the task was
 * named from outside while its answer was being waited for.
 */
const doubt = move<{ dueAt: number; now: number }>(
  "asset_doubt",
  ["submitting", "storing"],
  (a, as) => ({
    state: "unknown",
    dueAt: sql`case when exists (
      select 1 from attempts where attempts.id = media_assets.attempt_id and attempts.noted_task_key is not null
    ) then cast(${as(a.dueAt, "now")} as bigint) else cast(${as(a.dueAt, "dueAt")} as bigint) end`,
    leasedBy: null,
  }),
  (a) => sql`(${a.state} = 'submitting' or ${a.operation} is null)`,
);

type Moves = Pick<
  GenerationStore,
  | "renew"
  | "beginAttempt"
  | "accept"
  | "lookAgain"
  | "beginStoring"
  | "postpone"
  | "retry"
  | "reroute"
  | "doubt"
>;

/** The moves of the state machine between claim and end; see `GenerationStore`. */
export function createMoves(database: Database): Moves {
  const { write } = database;

  /** Runs the move and, where it was made, what belongs to it. */
  function after(
    made: (session: Session) => Moved | Promise<Moved>,
    then?: (session: Session, row: Moved[number]) => Promise<void>,
  ): Promise<boolean> {
    return write(async (session) => {
      const [row] = await made(session);
      if (row === undefined) return new Undone(false);
      await then?.(session, row);
      return true;
    });
  }

  return {
    renew: (held, until) => after((session) => renew(session, { ...idOf(held), until })),

    beginAttempt: (held, { id, startedAt, callbackDigest, capDay, statusDueAt }) =>
      after(
        (session) => beginAttempt(session, { ...idOf(held), attemptId: id, startedAt }),
        async (session, { provider, attempts, batchId }) => {
          const attempt = { id, assetId: held.id, provider, number: attempts, callbackDigest, startedAt };
          await addAttempt(session, attempt);
          if (capDay !== null) await countPaid(session, { day: capDay, units: 1, cap: UNCAPPED });
          if (statusDueAt !== undefined) await touchStatus(session, { batchId, dueAt: statusDueAt });
        },
      ),

    accept: (held, { operation, taskKey, now, dueAt, rankAt }) =>
      after(
        (session) => accept(session, { ...idOf(held), operation, now, dueAt, rankAt }),
        async (session, { attemptId }) => {
          if (attemptId !== null) await acceptAttempt(session, { id: attemptId, taskKey, now });
        },
      ),

    lookAgain: (held, { progress, statusDueAt, ...look }) =>
      write(async (session) => {
        const values = { ...idOf(held), ...look };
        if (progress === null) return (await lookAgain(session, values)).length > 0;
        const unchanged = await lookAgainAtSameProgress(session, { ...values, progress });
        if (unchanged.length > 0) return true;
        const [changed] = await lookAgainAtNewProgress(session, { ...values, progress });
        if (changed === undefined) return new Undone(false);
        await touchStatus(session, { batchId: changed.batchId, dueAt: statusDueAt });
        return true;
      }),

    beginStoring: (held, statusDueAt) =>
      after(
        (session) => beginStoring(session, idOf(held)),
        async (session, { batchId }) => void (await touchStatus(session, { batchId, dueAt: statusDueAt })),
      ),

    postpone: (held, dueAt) => after((session) => postpone(session, { ...idOf(held), dueAt })),

    retry: (held, { now, dueAt, detail, counts, statusDueAt }) =>
      after(
        (session) => retry(session, { ...idOf(held), dueAt, counts: counts ? 1 : 0 }),
        async (session, { attemptId, batchId }) => {
          if (attemptId !== null) await endAttempt(session, { id: attemptId, detail, now });
          if (statusDueAt !== undefined) await touchStatus(session, { batchId, dueAt: statusDueAt });
        },
      ),

    reroute: (held, { now, detail, statusDueAt, ...next }) =>
      after(
        (session) => reroute(session, { ...idOf(held), ...next }),
        async (session, { attemptId, batchId }) => {
          if (attemptId !== null) await endAttempt(session, { id: attemptId, detail, now });
          await touchStatus(session, { batchId, dueAt: statusDueAt });
        },
      ),

    doubt: (held, { dueAt, now, detail }) =>
      after(
        (session) => doubt(session, { ...idOf(held), dueAt, now }),
        async (session, { attemptId }) => {
          if (attemptId !== null) await noteOnAttempt(session, { id: attemptId, detail });
        },
      ),
  };
}

/** Callers hand over whole assets. */
function idOf({ id, epoch }: Held): Held & Values {
  return { id, epoch };
}

/** Counts without refusing. */
const UNCAPPED = 2 ** 31 - 1;

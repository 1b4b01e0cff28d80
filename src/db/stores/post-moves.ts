import { sql } from "drizzle-orm";
import type { PostStore } from "../../core/ports/post-stores.ts";
import type { Database } from "../database.ts";
import { printable } from "../rows.ts";
import {
  type Changes,
  dueKept,
  type End,
  ended,
  endOf,
  heldMove,
  idOf,
  kept,
  maker,
  noWish,
  type Posts,
} from "./post-move.ts";

const renew = heldMove<{ until: number }>(
  "post_renew",
  ["confirmed", "handing_over", "scheduled", "publishing", "cancelling"],
  (p, as) => ({ dueAt: as(p.dueAt, "until") }),
);

const uploaded = heldMove<{ uploadUrl: string }>("post_uploaded", ["confirmed", "handing_over"], (p, as) => ({
  uploadUrl: sql`coalesce(${p.uploadUrl}, ${as(p.uploadUrl, "uploadUrl")})`,
}));

const beginHandOver = heldMove<{ requestId: string; now: number }>(
  "post_begin_hand_over",
  ["confirmed", "handing_over"],
  (p, as) => ({
    state: "handing_over",
    isInDoubt: true,
    requestId: as(p.requestId, "requestId"),
    tries: sql`${p.tries} + 1`,
    firstTriedAt: sql`coalesce(${p.firstTriedAt}, ${as(p.firstTriedAt, "now")})`,
    lastTriedAt: as(p.lastTriedAt, "now"),
  }),
);

type HandedOver = { externalId: string; dueAt: number };
const handedOverAs = {
  scheduled: heldMove<HandedOver>("post_handed_over_scheduled", ["handing_over"], (p, as) => ({
    state: kept(p),
    externalId: as(p.externalId, "externalId"),
    dueAt: dueKept(p, as(p.dueAt, "dueAt")),
    isInDoubt: false,
    leasedBy: null,
  })),
  publishing: heldMove<HandedOver>("post_handed_over_publishing", ["handing_over"], (p, as) => ({
    state: "publishing",
    externalId: as(p.externalId, "externalId"),
    dueAt: as(p.dueAt, "dueAt"),
    isInDoubt: false,
    leasedBy: null,
  })),
};

type Later = { dueAt: number; isCertain: boolean };
/** For whoever knew that its author wants it back, and where that changes nothing of the state. */
const later = heldMove<Later>(
  "post_later",
  ["confirmed", "handing_over", "publishing", "cancelling"],
  (p, as) => ({
    dueAt: as(p.dueAt, "dueAt"),
    isInDoubt: sql`${p.isInDoubt} and not ${as(p.isInDoubt, "isCertain")}`,
    leasedBy: null,
  }),
);
/** For whoever took it before its author wanted it back. */
const laterUnaware = heldMove<Later>(
  "post_later_unaware",
  ["confirmed", "handing_over", "scheduled", "publishing", "cancelling"],
  (p, as) => ({
    state: sql`case when ${p.state} = 'scheduled' then ${kept(p)} else ${p.state} end`,
    dueAt: sql`case when ${p.state} in ('handing_over', 'scheduled') then ${dueKept(p, as(p.dueAt, "dueAt"))} else ${as(p.dueAt, "dueAt")} end`,
    isInDoubt: sql`${p.isInDoubt} and not ${as(p.isInDoubt, "isCertain")}`,
    leasedBy: null,
  }),
);

const rise = heldMove<{ dueAt: number }>("post_rise", ["scheduled", "cancelling", "publishing"], (p, as) => ({
  state: "publishing",
  dueAt: as(p.dueAt, "dueAt"),
  leasedBy: null,
}));

const asWanted = (p: Posts): Changes => ({
  text: sql`coalesce(${p.wantedText}, ${p.text})`,
  scheduledAt: sql`coalesce(${p.wantedScheduledAt}, ${p.scheduledAt})`,
  listedAt: sql`coalesce(${p.wantedScheduledAt}, ${p.listedAt})`,
  ...noWish,
});

const settleChange = heldMove<{ text: string | null; scheduledAt: number | null; dueAt: number }>(
  "post_settle_change",
  ["scheduled"],
  (p, as) => ({
    text: sql`coalesce(${as(p.text, "text")}, ${p.text})`,
    scheduledAt: sql`coalesce(${as(p.scheduledAt, "scheduledAt")}, ${p.scheduledAt})`,
    listedAt: sql`coalesce(${as(p.listedAt, "scheduledAt")}, ${p.listedAt})`,
    ...noWish,
    state: kept(p),
    dueAt: dueKept(p, as(p.dueAt, "dueAt")),
    leasedBy: null,
  }),
);

/** With keys and a file of its own: at the service it will be another post. */
const takenBack = heldMove<{
  idempotencyKey: string;
  requestId: string;
  formerIds: readonly string[];
  now: number;
}>("post_taken_back", ["scheduled"], (p, as) => ({
  ...asWanted(p),
  state: "confirmed",
  idempotencyKey: as(p.idempotencyKey, "idempotencyKey"),
  requestId: as(p.requestId, "requestId"),
  formerIds: as(p.formerIds, "formerIds"),
  dueAt: as(p.dueAt, "now"),
  tries: 0,
  firstTriedAt: null,
  lastTriedAt: null,
  isInDoubt: false,
  uploadUrl: null,
  externalId: null,
  leasedBy: null,
}));

/** Nothing of it is at the service any more: with keys and a file of its own it will be another post there. */
const startAnew = heldMove<{ formerIds: readonly string[] }>(
  "post_start_anew",
  ["confirmed", "handing_over"],
  (p, as) => ({
    externalId: null,
    formerIds: as(p.formerIds, "formerIds"),
    uploadUrl: null,
    isInDoubt: false,
  }),
);

/** From where each ending may come, by a post that is held. Cancelled it can be at the service by others than us. */
const endAs = {
  published: heldMove<End>(
    "post_end_published",
    ["handing_over", "scheduled", "publishing"],
    ended("published"),
  ),
  failed: heldMove<End>(
    "post_end_failed",
    ["confirmed", "handing_over", "scheduled", "publishing"],
    ended("failed"),
  ),
  cancelled: heldMove<End>(
    "post_end_cancelled",
    ["confirmed", "handing_over", "scheduled", "publishing", "cancelling"],
    ended("cancelled"),
  ),
};

type Moves = Pick<
  PostStore,
  | "renew"
  | "uploaded"
  | "beginHandOver"
  | "handedOver"
  | "later"
  | "settleChange"
  | "takenBack"
  | "startAnew"
  | "end"
>;

/** The moves of a post by whoever holds its lease; see `PostStore`. */
export function createPostMoves(database: Database): Moves {
  const made = maker(database);
  return {
    renew: (held, until) => made((session) => renew(session, { ...idOf(held), until })),
    uploaded: (held, uploadUrl) => made((session) => uploaded(session, { ...idOf(held), uploadUrl })),
    beginHandOver: (held, requestId, now) =>
      made((session) => beginHandOver(session, { ...idOf(held), requestId, now })),
    handedOver: (held, { state, externalId, dueAt }) =>
      made((session) => handedOverAs[state](session, { ...idOf(held), externalId, dueAt })),
    later: (held, { dueAt, state, isCertain = false, owed }) =>
      made((session) => {
        if (state !== undefined) return rise(session, { ...idOf(held), dueAt });
        const put = held.cancelAskedAt === null ? laterUnaware : later;
        return put(session, { ...idOf(held), dueAt, isCertain });
      }, owed),
    settleChange: (held, { taken: { text, scheduledAt }, dueAt, ...owed }) =>
      made(
        (session) =>
          settleChange(session, {
            ...idOf(held),
            text: text === undefined ? null : printable(text),
            scheduledAt: scheduledAt ?? null,
            dueAt,
          }),
        owed,
      ),
    takenBack: (held, { idempotencyKey, requestId, formerIds, ...owed }) =>
      made(
        (session) =>
          takenBack(session, { ...idOf(held), idempotencyKey, requestId, formerIds, now: owed.now }),
        owed,
      ),
    startAnew: (held, formerIds) => made((session) => startAnew(session, { ...idOf(held), formerIds })),
    end: (held, ending) => {
      const { state } = ending;
      // Nobody holds what waits for an approver.
      if (state === "rejected") return Promise.resolve(false);
      return made((session) => endAs[state](session, { ...idOf(held), ...endOf(ending) }), ending);
    },
  };
}

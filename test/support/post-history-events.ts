import fc from "fast-check";
import { FAULTS, SERVICE_CALLS, type ServiceRules } from "./history-service.ts";
import { SERVICE_STEPS, STORE_STEPS, type Step } from "./post-lives.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Drafts of one history, each confirmed for one to three accounts. */
export const INTENTS = 3;
/** The author's own account, then two of the community's. */
export const SLOTS = [0, 1, 2] as const;
export type Slot = (typeof SLOTS)[number];

const intent = fc.constantFrom(0, 0, 0, 1, 1, 2);
/** One of the posts that were confirmed together. */
const which = fc.nat(SLOTS.length - 1);
const slot = fc.constantFrom<Slot>(...SLOTS);
/** The last one is beyond the week for which the service keeps files. */
const aheadMs = fc.constantFrom(5 * MINUTE, 20 * MINUTE, 150 * MINUTE, 3 * DAY, 20 * DAY);
/** More often where something may be public, or may not be. */
const step = fc.constantFrom(
  ...STORE_STEPS,
  ...SERVICE_STEPS,
  ...(["beginHandOver", "service.create", "service.create", "handedOver", "service.cancel"] as const),
);

const rules: fc.Arbitrary<ServiceRules> = fc.record({
  honoursKeys: fc.constantFrom(true, false, false),
  comparesContent: fc.constantFrom(true, false, false),
  listLagMs: fc.constantFrom(0, 30 * SECOND, 5 * MINUTE, 8 * MINUTE),
  publishMs: fc.constantFrom(0, 3 * SECOND, 2 * MINUTE),
  forgets: fc.boolean(),
  perHour: fc.constantFrom(25, 25, 2, 1),
});

type Weighted<T> = { weight: number; arbitrary: fc.Arbitrary<T> };
const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>): Weighted<T> => ({ weight, arbitrary });
const of = <Name extends string>(name: Name): fc.Arbitrary<Name> => fc.constant(name);

/** What people do with a post that is confirmed. */
const command = fc.oneof(
  often(3, fc.record({ do: of("cancel"), intent, which })),
  often(3, fc.record({ do: of("move"), intent, which, aheadMs })),
  often(2, fc.record({ do: of("edit"), intent, which })),
  often(4, fc.record({ do: of("retry"), intent, which })),
  /** Every network that failed, by one press. */
  often(1, fc.record({ do: of("retry-all"), intent })),
  often(
    9,
    fc.record({
      do: of("approve"),
      intent,
      which,
      isStale: fc.constantFrom(false, false, true),
      by: fc.constantFrom("approver", "approver", "approver", "author"),
    }),
  ),
  often(1, fc.record({ do: of("reject"), intent, which })),
  often(1, fc.record({ do: of("approver-edit"), intent, which })),
);
export type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

const event = fc.oneof(
  often(
    6,
    fc.record({
      do: of("confirm"),
      intent,
      slots: fc.uniqueArray(slot, { minLength: 1, maxLength: SLOTS.length }),
      aheadMs: fc.option(aheadMs),
      clicks: fc.integer({ min: 1, max: 3 }),
    }),
  ),
  often(12, command),
  often(3, fc.record({ do: of("together"), commands: fc.tuple(command, command) })),
  often(1, fc.record({ do: of("grant"), slot, isGranted: fc.constantFrom(true, true, false) })),
  often(1, fc.record({ do: of("connect"), slot, isConnected: fc.constantFrom(true, true, false) })),
  often(1, fc.record({ do: of("approval"), isOn: fc.boolean() })),
  /** Events of the service by their numbers: old ones once more, late ones, in any order. */
  often(
    2,
    fc.record({
      do: of("webhooks"),
      numbers: fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
      isForged: fc.constantFrom(false, false, true),
    }),
  ),
  /** Well signed, and what it says of the post is not so. */
  often(
    1,
    fc.record({ do: of("lie"), intent, which, says: fc.constantFrom("published", "failed", "cancelled") }),
  ),
  often(
    12,
    fc.record({
      do: of("pass"),
      ms: fc.constantFrom(
        SECOND,
        11 * SECOND,
        MINUTE,
        3 * MINUTE,
        6 * MINUTE,
        21 * MINUTE,
        3 * HOUR,
        26 * HOUR,
      ),
    }),
  ),
  often(
    9,
    fc.record({
      do: of("fault"),
      call: fc.constantFrom(...SERVICE_CALLS, "create" as const, "create" as const),
      fault: fc.constantFrom(...FAULTS),
    }),
  ),
  often(4, fc.record({ do: of("network") })),
  often(
    9,
    fc.record({
      do: of("trap"),
      step,
      how: fc.constantFrom("before" as const, "after" as const, "stall" as const),
    }),
  ),
  /** One that is stopped at a step of its hand-over, or killed there, goes on when others have worked for a while. */
  often(
    4,
    fc.record({
      do: of("suspend"),
      intent,
      slots: fc.tuple(slot),
      aheadMs: fc.option(aheadMs),
      step: fc.constantFrom<Step>(
        "service.upload",
        "uploaded",
        "uploaded",
        "beginHandOver",
        "service.create",
        "service.create",
        "handedOver",
      ),
      how: fc.constantFrom("stall" as const, "stall" as const, "after" as const, "before" as const),
      faults: fc.array(
        fc.record({ call: fc.constantFrom("create", "find", "get"), fault: fc.constantFrom(...FAULTS) }),
        { maxLength: 3 },
      ),
      ms: fc.constantFrom(150 * SECOND, 500 * SECOND, 12 * MINUTE, 21 * MINUTE),
      meanwhile: fc.constantFrom("nothing", "cancel", "edit", "move", "revoke"),
      isRetried: fc.boolean(),
    }),
  ),
  /** The nightly look at what nobody has decided, after a day or so. */
  often(1, fc.record({ do: of("expire") })),
  /** Nobody works: a process that is down. */
  often(1, fc.record({ do: of("down"), ms: fc.constantFrom(MINUTE, 30 * MINUTE) })),
  often(1, fc.record({ do: of("restart") })),
  often(2, fc.record({ do: of("wake") })),
);

export const histories = fc.record({
  rules,
  /** Whether members' posts to the community's accounts need a word at first. */
  approval: fc.boolean(),
  events: fc.array(event, { minLength: 15, maxLength: 60, size: "max" }),
});
export type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;
export type HistoryEvent = History["events"][number];

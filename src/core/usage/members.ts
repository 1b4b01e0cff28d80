import type { Actor } from "../conversation/intents.ts";
import type { CoreConfig } from "../core-config.ts";
import type { Identity } from "../identifiers.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Stores } from "../ports/stores.ts";
import { type Balance, isPro, monthlyLimit, periodOf, resetsAt } from "./allowance.ts";
import type { Settings, User } from "./user.ts";

/** Who somebody is to us, and what is left to them. */
export interface Members {
  /** The member behind an actor, made at first sight. */
  of(actor: Actor): Promise<User>;
  /** The member with this identity, or null: never seen. */
  find(identity: Identity): Promise<User | null>;
  balance(user: User): Promise<{ readonly balance: Balance; readonly resetsAt: number }>;
  changeSettings(user: User, patch: Partial<Settings>): Promise<User>;
  isAdmin(identity: string): boolean;
}

/** How many of a member's assets may be under way at once; the rest waits its turn. */
export function atOnce(user: User, config: CoreConfig, now: number): number {
  return isPro(user, now) ? config.concurrentPro : config.concurrentFree;
}

export function createMembers(dependencies: {
  readonly config: CoreConfig;
  readonly stores: Pick<Stores, "users">;
  readonly clock: Clock;
  readonly ids: Ids;
}): Members {
  const { config, stores, clock, ids } = dependencies;
  return {
    of: (actor) =>
      stores.users.resolve(
        actor.identity,
        {
          name: actor.name,
          locale: actor.locale,
          ...(actor.username === undefined ? {} : { username: actor.username }),
        },
        ids.create("usr"),
        clock.now(),
      ),
    find: (identity) => stores.users.byIdentity(identity),
    async balance(user) {
      const now = clock.now();
      const { used, grants } = await stores.users.balance(user.id, periodOf(now));
      return {
        balance: { used, grants, limit: monthlyLimit(user, config.freeMonthlyLimit, now) },
        resetsAt: resetsAt(now),
      };
    },
    async changeSettings(user, patch) {
      return { ...user, settings: await stores.users.changeSettings(user.id, patch) };
    },
    isAdmin: (identity) => config.adminIds.includes(identity),
  };
}

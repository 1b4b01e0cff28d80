import type { Publisher } from "../ports/publisher.ts";
import type { Accounts } from "./accounts.ts";
import type { PostDesk } from "./desk.ts";
import type { Plans } from "./plan.ts";
import type { Tidings } from "./tidings.ts";

/** Everything that posting needs, put together once. */
export interface Publishing {
  /** Null: no key is set. */
  readonly publisher: Publisher | null;
  readonly accounts: Accounts;
  readonly plans: Plans;
  readonly desk: PostDesk;
  readonly tidings: Tidings;
  /** Wakes whoever hands posts over, and the outbox. */
  wake(): void;
}

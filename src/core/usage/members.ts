import type { Actor } from "../conversation/intents.ts";
import type { Balance } from "./allowance.ts";
import type { Settings, User } from "./user.ts";

/** Who somebody is to us, and what is left to them. */
export interface Members {
  /** The member behind an actor, made at first sight. */
  of(actor: Actor): Promise<User>;
  balance(user: User): Promise<{ readonly balance: Balance; readonly resetsAt: number }>;
  changeSettings(user: User, patch: Partial<Settings>): Promise<User>;
  isAdmin(identity: string): boolean;
}

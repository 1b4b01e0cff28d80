import type { Identity } from "../../identifiers.ts";
import { identity, parseIdentity } from "../../identifiers.ts";
import type { UserChange } from "../../ports/stores.ts";
import { monthlyLimit } from "../../usage/allowance.ts";
import type { User } from "../../usage/user.ts";
import { RESET_WORDS } from "../catalogue.ts";
import type { CommandHandler, ConversationDependencies, Options, Turn } from "../context.ts";
import { reply, words } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Text } from "../text.ts";

const DAY_MS = 86_400_000;
const LIMIT_MAXIMUM = 1_000_000;

/** /admin …: every right is checked at execution, every change leaves an audit row in the same transaction. */
export function createAdminCommands(
  dependencies: ConversationDependencies,
): Readonly<Record<string, CommandHandler>> {
  const { members, stores, gallery, config, clock, ids, signals } = dependencies;

  /** The member that an option names: `discord:123`, a bare id of this platform, or `@name`. */
  async function find(turn: Turn, options: Options): Promise<User | null> {
    const name = words(options, "member");
    if (name === undefined) return null;
    const { platform } = turn.arrival.actor;
    if (name.startsWith("@")) return stores.users.byUsername(platform, name.slice(1));
    const parsed = parseIdentity(name);
    const who: Identity | null = parsed
      ? identity(parsed.platform, parsed.externalId)
      : /^\d{1,20}$/.test(name)
        ? identity(platform, name)
        : null;
    if (who === null) return null;
    const known = await stores.users.byIdentity(who);
    if (known) return known;
    // An id that never spoke to the bot may still be given units in advance.
    const profile = { name: who, locale: null };
    return stores.users.resolve(who, profile, ids.create("usr"), clock.now());
  }

  type Act = (turn: Turn, member: User, options: Options) => Promise<Answer>;

  /** Rights first, then the member, then the act. */
  function guarded(
    act: Act,
    rule: { readonly changes: boolean; readonly onOneself: boolean },
  ): CommandHandler {
    return async (turn, options) => {
      const actor = turn.arrival.actor.identity;
      if (!members.isAdmin(actor)) {
        dependencies.log.warn("an admin command was refused", { user: turn.user.id, component: "admin" });
        return turn.say(turn.text("admin-only"));
      }
      const member = await find(turn, options);
      if (!member) return turn.say(turn.text("admin-no-member", { member: words(options, "member") ?? "" }));
      const self = member.id === turn.user.id;
      if (rule.changes && !self && members.isAdmin(member.identity))
        return turn.say(turn.text("admin-not-owner"));
      if (self && !rule.onOneself) return turn.say(turn.text("admin-not-self"));
      return act(turn, member, options);
    };
  }

  async function change(
    turn: Turn,
    member: User,
    what: UserChange,
    tell: (user: User) => Text,
  ): Promise<Answer> {
    const changed = await stores.users.administer(member.id, what, {
      key: turn.arrival.key,
      at: clock.now(),
      actorId: turn.user.id,
      action: what.action,
    });
    // What a banned member had scheduled is taken back now, not when its time has come.
    if (what.action === "ban") {
      await stores.posts.nudgeAll({ userId: member.id }, clock.now());
      signals.emit({ kind: "work" });
    }
    dependencies.log.info("a member was administered", {
      user: member.id,
      by: turn.user.id,
      action: what.action,
    });
    return turn.say(tell(changed));
  }

  const limit: Act = async (turn, member, options) => {
    const value = words(options, "units") ?? "";
    if (RESET_WORDS.includes(value.toLowerCase())) {
      const standard = (user: User) => turn.text("admin-limit-standard", { name: user.name });
      return change(turn, member, { action: "limit", limit: null }, standard);
    }
    const units = /^\d{1,7}$/.test(value) ? Number(value) : Number.NaN;
    if (!(units <= LIMIT_MAXIMUM))
      return turn.say(turn.text("admin-bad-number", { value: value.slice(0, 20) }));
    return change(turn, member, { action: "limit", limit: units }, (user) =>
      turn.text("admin-limit", { name: user.name, limit: units }),
    );
  };

  const plan: Act = async (turn, member, options) => {
    const wanted = words(options, "plan")?.toLowerCase();
    if (wanted !== "free" && wanted !== "pro") {
      return turn.say(turn.text("settings-bad", { name: "plan", value: (wanted ?? "").slice(0, 20) }));
    }
    const days = options["days"] === undefined ? null : Number(options["days"]);
    if (days !== null && !(Number.isInteger(days) && days >= 1 && days <= 3660)) {
      return turn.say(turn.text("admin-bad-number", { value: String(options["days"]).slice(0, 20) }));
    }
    const until = wanted === "pro" && days !== null ? clock.now() + days * DAY_MS : null;
    return change(turn, member, { action: "plan", plan: wanted, until }, (user) =>
      until === null
        ? turn.text("admin-plan", { name: user.name, plan: wanted })
        : turn.text("admin-plan-until", { name: user.name, until: { at: until, style: "date" } }),
    );
  };

  const grant: Act = async (turn, member, options) => {
    const units = Number(options["units"]);
    if (!Number.isInteger(units) || units === 0 || Math.abs(units) > 10_000) {
      return turn.say(turn.text("admin-bad-number", { value: String(options["units"] ?? "").slice(0, 20) }));
    }
    return change(turn, member, { action: "grant", units }, (user) =>
      turn.text("admin-grant", { name: user.name, grants: user.grants }),
    );
  };

  const ban: Act = (turn, member, options) =>
    change(turn, member, { action: "ban", reason: (words(options, "reason") ?? "").slice(0, 500) }, (user) =>
      turn.text("admin-ban", { name: user.name }),
    );

  const unban: Act = (turn, member) =>
    change(turn, member, { action: "unban" }, (user) => turn.text("admin-unban", { name: user.name }));

  const show: Act = async (turn, member) => {
    const { balance } = await members.balance(member);
    const { total } = await gallery.list(member.id, { pageSize: 1 });
    const limitNow = monthlyLimit(member, config.freeMonthlyLimit, clock.now());
    return reply({
      title: turn.line("admin-user-title", { name: member.name, identity: member.identity }),
      text: turn.text("admin-user-facts", {
        plan: member.plan,
        used: balance.used,
        limit: limitNow ?? turn.line("word-unlimited"),
        grants: balance.grants,
        total,
        banned: member.bannedAt === null ? "no" : "yes",
      }),
      private: true,
    });
  };

  return {
    "admin limit": guarded(limit, { changes: true, onOneself: true }),
    "admin plan": guarded(plan, { changes: true, onOneself: true }),
    "admin grant": guarded(grant, { changes: true, onOneself: true }),
    "admin ban": guarded(ban, { changes: true, onOneself: false }),
    "admin unban": guarded(unban, { changes: true, onOneself: true }),
    "admin user": guarded(show, { changes: false, onOneself: true }),
  };
}

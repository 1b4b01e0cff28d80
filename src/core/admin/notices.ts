import type { CoreConfig } from "../core-config.ts";
import type { NewDelivery } from "../delivery/delivery.ts";
import type { ProviderTrouble } from "../generation/health.ts";
import { type Identity, parseIdentity } from "../identifiers.ts";
import type { Messages } from "../messages/messages.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Messenger } from "../ports/messenger.ts";
import type { Signals } from "../ports/signals.ts";
import type { Stores } from "../ports/stores.ts";
import { dayOf } from "../usage/allowance.ts";

/** Words to the admins, each once a day however often it happens. Members never read them. */
export interface AdminNotices {
  provider(trouble: ProviderTrouble): Promise<void>;
  /** `notice-<problem>`, about what goes by this name. */
  tell(problem: string, name: string): Promise<void>;
}

export function createAdminNotices(dependencies: {
  readonly config: CoreConfig;
  readonly messages: Messages;
  readonly stores: Pick<Stores, "users" | "deliveries">;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly ids: Ids;
  messenger(platform: string): Messenger | null;
}): AdminNotices {
  const { config, messages, stores, signals, clock, ids } = dependencies;

  async function notice(
    to: Identity,
    key: string,
    sentence: string,
    args: Readonly<Record<string, string | number>>,
  ): Promise<NewDelivery | null> {
    const platform = parseIdentity(to)?.platform ?? "";
    const target = dependencies.messenger(platform)?.privateTarget?.(to);
    if (!target) return null;
    const user = await stores.users.byIdentity(to);
    const language = messages.choose(user?.settings.language ?? null, user?.locale ?? null);
    const now = clock.now();
    return {
      id: ids.create("dlv"),
      kind: "reply",
      dedupeKey: `notice:${key}:${dayOf(now)}:${ids.fingerprint(to)}`,
      userId: user?.id ?? null,
      batchId: null,
      assetId: null,
      target,
      lane: "interactive",
      reply: { text: messages.text(language, sentence, args), private: true },
      dueAt: now,
    };
  }

  async function tell(problem: string, name: string, credits = 0): Promise<void> {
    const key = `${problem}:${name}`;
    const args = { provider: name, credits };
    for (const id of config.adminIds) {
      const to = parseIdentity(id);
      if (!to) continue;
      const owed = await notice(`${to.platform}:${to.externalId}`, key, `notice-${problem}`, args);
      if (!owed) continue;
      await stores.deliveries.add([owed]);
      signals.emit({ kind: "delivery", platform: to.platform });
    }
  }

  return {
    provider: ({ problem, label, credits }) => tell(problem, label, credits ?? 0),
    tell: (problem, name) => tell(problem, name),
  };
}

import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { callSignal, type TelegramApi } from "./api.ts";
import { failureFields } from "./errors.ts";

/** Several checks of one request ask once; who was demoted has lost the right at the next. */
const KEPT_MS = 2_000;
const KEPT_MOST = 1_000;

export interface RightsOptions {
  readonly api: TelegramApi;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Rights {
  readonly manages: boolean;
  readonly governs: boolean;
}

const NONE: Rights = { manages: false, governs: false };

/**
 * Whether somebody may delete other people's messages in a group, and change the group itself. Telegram answers that
 * for others for sure only where the bot is an administrator: no answer means no.
 */
export function createRights({ api, clock, log }: RightsOptions) {
  const known = new Map<string, { readonly rights: Rights; readonly atMs: number }>();
  return async (chatId: number, userId: number): Promise<Rights> => {
    const key = `${chatId}:${userId}`;
    const cached = known.get(key);
    if (cached !== undefined && clock.monotonicMs() - cached.atMs < KEPT_MS) return cached.rights;
    const rights = await ask(chatId, userId);
    if (known.size >= KEPT_MOST) known.clear();
    known.set(key, { rights, atMs: clock.monotonicMs() });
    return rights;
  };

  async function ask(chatId: number, userId: number): Promise<Rights> {
    try {
      const member = await api.getChatMember({ chat_id: chatId, user_id: userId }, callSignal());
      if (member.status === "creator") return { manages: true, governs: true };
      if (member.status !== "administrator") return NONE;
      return { manages: member.can_delete_messages, governs: member.can_change_info };
    } catch (error) {
      log.debug("rights could not be read", failureFields(error));
      return NONE;
    }
  }
}

import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { callSignal, type TelegramApi } from "./api.ts";
import { failureFields } from "./errors.ts";

const KEPT_MS = 60_000;
const KEPT_MOST = 1_000;

export interface RightsOptions {
  readonly api: TelegramApi;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Whether somebody may delete other people's messages in a group. Telegram answers that for others for sure only
 * where the bot is an administrator: no answer means no.
 */
export function createRights({ api, clock, log }: RightsOptions) {
  const known = new Map<string, { readonly manages: boolean; readonly atMs: number }>();
  return async (chatId: number, userId: number): Promise<boolean> => {
    const key = `${chatId}:${userId}`;
    const cached = known.get(key);
    if (cached !== undefined && clock.monotonicMs() - cached.atMs < KEPT_MS) return cached.manages;
    const manages = await ask(chatId, userId);
    if (known.size >= KEPT_MOST) known.clear();
    known.set(key, { manages, atMs: clock.monotonicMs() });
    return manages;
  };

  async function ask(chatId: number, userId: number): Promise<boolean> {
    try {
      const member = await api.getChatMember({ chat_id: chatId, user_id: userId }, callSignal());
      return member.status === "creator" || (member.status === "administrator" && member.can_delete_messages);
    } catch (error) {
      log.debug("rights could not be read", failureFields(error));
      return false;
    }
  }
}

import { plainText } from "../../core/conversation/text.ts";
import type { Messenger } from "../../core/ports/messenger.ts";
import type { Pages } from "./events.ts";
import { identityOfTarget, PLATFORM } from "./inbound.ts";
import { limits } from "./limits.ts";

/**
 * The gallery is the delivery: what is ready stands there whether a page is open or not. Words of their own (work
 * that goes on after a restart, a failure) show as a notice where a page is open.
 */
export function createMessenger(pages: Pages): Messenger {
  return {
    platform: PLATFORM,
    limits,
    chatPace: () => limits.pace.chat,
    async send(outgoing, { target, language, zone }) {
      const identity = identityOfTarget(target);
      if (identity === null) return { status: "undeliverable", reason: "no such page" };
      if (outgoing.kind === "notice" || outgoing.kind === "reply") {
        const { title = "", text } = outgoing.reply;
        pages.toIdentity(identity, "notice", { title, text: plainText(text, language, zone) });
      }
      return { status: "sent", ref: null };
    },
  };
}

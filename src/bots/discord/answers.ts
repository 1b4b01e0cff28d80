import type { Manner } from "../../core/conversation/conversation.ts";
import type { Answer } from "../../core/conversation/intents.ts";
import type { Reply } from "../../core/conversation/text.ts";
import { unreachable } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Place } from "./place.ts";
import { EPHEMERAL, type MessageBody, renderReply, renderWords } from "./render.ts";
import type { DiscordRest } from "./rest.ts";

/** How the interaction was acknowledged. */
export interface Acknowledged {
  readonly place: Place;
  readonly manner: Manner;
}

/** The first answer to an interaction (Discord's callback types). */
export function deferral(manner: Manner): object {
  if (manner.answer === "in-place") return { type: 6 };
  return manner.private ? { type: 5, data: { flags: EPHEMERAL } } : { type: 5 };
}

/** An answer that needs no work, for the member's eyes only. */
export function refusal(reply: Reply): object {
  const body = renderReply(reply);
  return { type: 4, data: { ...body, flags: body.flags | EPHEMERAL } };
}

/** False: it did not arrive, and may be told again. */
export type TellAnswer = (answer: Answer, how: Acknowledged) => Promise<boolean>;

const TRIES = 4;
const PAUSE_MS = 500;

/**
 * Tells an answer after the interaction was acknowledged.
 *
 * | acknowledged      | reply               | replace           | toast              |
 * |-------------------|---------------------|-------------------|--------------------|
 * | in place (6)      | follow-up           | edits the message | private follow-up  |
 * | new, private (5)  | fills it            | fills it          | fills it           |
 * | new, public (5)   | fills it if public, | fills it          | taken back, then a |
 * |                   | else taken back     |                   | private follow-up  |
 *
 * Taken back: an acknowledgement keeps its visibility for ever, and the first follow-up would only fill it. So it
 * is deleted first.
 */
export function createTellAnswer(rest: DiscordRest, clock: Clock, log: Log): TellAnswer {
  return async (answer, how) => {
    switch (answer.status) {
      case "started":
      case "nothing":
        return true;
      case "toast":
        return privately(renderWords(answer.text), how);
      case "replace":
        return fill(renderReply(answer.reply), how);
      case "reply":
        return reply(answer.reply, how);
      default:
        return unreachable(answer);
    }
  };

  async function reply(given: Reply, how: Acknowledged): Promise<boolean> {
    const body = renderReply(given);
    if (given.private) return privately(body, how);
    return how.manner.answer === "in-place" ? followUp(body, how) : fill(body, how);
  }

  async function privately(body: MessageBody, how: Acknowledged): Promise<boolean> {
    const { answer, private: isPrivate } = how.manner;
    if (answer === "new" && isPrivate) return fill(body, how);
    if (answer === "new" && !(await insist("DELETE", `${webhook(how.place)}/messages/@original`)))
      return false;
    return followUp({ ...body, flags: body.flags | EPHEMERAL }, how);
  }

  function fill(body: MessageBody, how: Acknowledged): Promise<boolean> {
    return insist("PATCH", `${webhook(how.place)}/messages/@original`, body);
  }

  function followUp(body: MessageBody, how: Acknowledged): Promise<boolean> {
    return insist("POST", webhook(how.place), body);
  }

  /** Tries again after a limit or a lost connection; a follow-up whose answer was lost may stand there already. */
  async function insist(
    method: "DELETE" | "PATCH" | "POST",
    path: string,
    body?: MessageBody,
  ): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      const result = await rest.call({ method, path, body, authorized: false });
      if (result.status === "ok") return true;
      const code = result.status === "refused" ? { code: result.code } : {};
      log.warn("an answer did not arrive", { method, attempt, outcome: result.status, ...code });
      if (result.status === "refused" || (result.status === "lost" && method === "POST")) return true;
      if (attempt === TRIES) return false;
      await clock.sleep(result.status === "limited" ? result.afterMs : PAUSE_MS * 2 ** attempt);
    }
  }
}

export function webhook(place: Place): string {
  return `/webhooks/${place.applicationId}/${place.token}`;
}

import type { Manner } from "../../core/conversation/conversation.ts";
import type { Answer } from "../../core/conversation/intents.ts";
import type { Reply } from "../../core/conversation/text.ts";
import { unreachable } from "../../core/errors.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Place } from "./place.ts";
import { EPHEMERAL, type MessageBody, renderReply, renderWords } from "./render.ts";
import type { DiscordRest, RestResult } from "./rest.ts";

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

export type TellAnswer = (answer: Answer, how: Acknowledged) => Promise<void>;

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
export function createTellAnswer(rest: DiscordRest, log: Log): TellAnswer {
  return async (answer, how) => {
    switch (answer.status) {
      case "started":
      case "nothing":
        return;
      case "toast":
        await privately(renderWords(answer.text), how);
        return;
      case "replace":
        await fill(renderReply(answer.reply), how);
        return;
      case "reply":
        await reply(answer.reply, how);
        return;
      default:
        unreachable(answer);
    }
  };

  async function reply(given: Reply, how: Acknowledged): Promise<void> {
    const body = renderReply(given);
    if (given.private) await privately(body, how);
    else if (how.manner.answer === "in-place") await followUp(body, how);
    else await fill(body, how);
  }

  async function privately(body: MessageBody, how: Acknowledged): Promise<void> {
    const { answer, private: isPrivate } = how.manner;
    if (answer === "new" && isPrivate) {
      await fill(body, how);
      return;
    }
    if (answer === "new") {
      const path = `${webhook(how.place)}/messages/@original`;
      note("taking back", await rest.call({ method: "DELETE", path, authorized: false }));
    }
    await followUp({ ...body, flags: body.flags | EPHEMERAL }, how);
  }

  /** Edits may be repeated, so a lost answer is asked once more. */
  async function fill(body: MessageBody, how: Acknowledged): Promise<void> {
    const path = `${webhook(how.place)}/messages/@original`;
    const edit = { method: "PATCH", path, authorized: false } as const;
    const first = await rest.call({ ...edit, body });
    note("edit", first.status === "lost" ? await rest.call({ ...edit, body }) : first);
  }

  async function followUp(body: MessageBody, how: Acknowledged): Promise<void> {
    const request = { method: "POST", path: webhook(how.place), body, authorized: false } as const;
    note("follow-up", await rest.call(request));
  }

  function note(step: string, result: RestResult): void {
    if (result.status === "ok") return;
    const code = result.status === "refused" ? { code: result.code } : {};
    log.warn("an answer did not arrive", { step, outcome: result.status, ...code });
  }
}

export function webhook(place: Place): string {
  return `/webhooks/${place.applicationId}/${place.token}`;
}

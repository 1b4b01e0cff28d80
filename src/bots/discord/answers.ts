import type { Manner } from "../../core/conversation/conversation.ts";
import type { Answer, Arrival } from "../../core/conversation/intents.ts";
import type { Reply } from "../../core/conversation/text.ts";
import { unreachable } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Place } from "./place.ts";
import { EPHEMERAL, filesOf, type MessageBody, type MessageFile, renderReply } from "./render.ts";
import type { DiscordRest } from "./rest.ts";
import { isTooLarge } from "./send.ts";
import type { Showing, Shown } from "./shown.ts";

/** How the interaction was acknowledged, and where it came from. */
export interface Acknowledged {
  readonly place: Place;
  readonly manner: Manner;
  readonly arrival: Pick<Arrival, "target" | "actor">;
  /** The message under the press carries a result, whose file stays when the words change. */
  readonly keepsFiles: boolean;
}

export interface TellDependencies {
  readonly rest: DiscordRest;
  readonly showing: Showing;
  readonly clock: Clock;
  readonly log: Log;
  /** What a link to a file says that is too large to be attached. */
  readonly openLabel: (arrival: Acknowledged["arrival"]) => string;
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

type Outcome = "told" | "not-told" | "too-large";
type Tell = (body: MessageBody, files: readonly MessageFile[]) => Promise<Outcome>;

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
export function createTellAnswer(dependencies: TellDependencies): TellAnswer {
  const { rest, showing, clock, log, openLabel } = dependencies;
  return async (answer, how) => {
    switch (answer.status) {
      case "started":
      case "nothing":
        return true;
      case "toast":
        return shown({ text: [answer.text], private: true }, how, privately(how));
      case "replace":
        return shown(answer.reply, how, replace(how));
      case "reply":
        return shown(answer.reply, how, reply(answer.reply, how));
      default:
        return unreachable(answer);
    }
  };

  /** With its file; without it where Discord finds it too large after all. */
  async function shown(given: Reply, how: Acknowledged, tell: Tell): Promise<boolean> {
    const label = openLabel(how.arrival);
    const told = ({ reply: words, media }: Shown): Promise<Outcome> =>
      tell(renderReply(words, media), filesOf(media));
    const outcome = await told(await showing.prepare(given, how.arrival.target, label));
    return (outcome === "too-large" ? await told(showing.apart(given, label)) : outcome) === "told";
  }

  function reply(given: Reply, how: Acknowledged): Tell {
    if (given.private) return privately(how);
    return how.manner.answer === "in-place" ? followUp(how) : fill(how);
  }

  function privately(how: Acknowledged): Tell {
    const { answer, private: isPrivate } = how.manner;
    if (answer === "new" && isPrivate) return fill(how);
    return async (body, files) => {
      if (answer === "new") {
        const takenBack = await insist("DELETE", `${webhook(how.place)}/messages/@original`);
        if (takenBack !== "told") return takenBack;
      }
      return followUp(how)({ ...body, flags: body.flags | EPHEMERAL }, files);
    };
  }

  /** The new file takes the place of what stood there; where there is none, nothing does. */
  function replace(how: Acknowledged): Tell {
    const none = how.keepsFiles ? {} : { attachments: [] };
    return (body, files) => fill(how)({ ...none, ...body }, files);
  }

  function fill(how: Acknowledged): Tell {
    return (body, files) => insist("PATCH", `${webhook(how.place)}/messages/@original`, body, files);
  }

  function followUp(how: Acknowledged): Tell {
    return (body, files) => insist("POST", webhook(how.place), body, files);
  }

  /** Tries again after a limit or a lost connection; a follow-up whose answer was lost may stand there already. */
  async function insist(
    method: "DELETE" | "PATCH" | "POST",
    path: string,
    body?: MessageBody,
    files: readonly MessageFile[] = [],
  ): Promise<Outcome> {
    for (let attempt = 1; ; attempt += 1) {
      const result = await rest.call({ method, path, body, files, authorized: false });
      if (result.status === "ok") return "told";
      if (files.length > 0 && isTooLarge(result)) return "too-large";
      const code = result.status === "refused" ? { code: result.code } : {};
      log.warn("an answer did not arrive", { method, attempt, outcome: result.status, ...code });
      if (result.status === "refused" || (result.status === "lost" && method === "POST")) return "told";
      if (attempt === TRIES) return "not-told";
      await clock.sleep(result.status === "limited" ? result.afterMs : PAUSE_MS * 2 ** attempt);
    }
  }
}

export function webhook(place: Place): string {
  return `/webhooks/${place.applicationId}/${place.token}`;
}

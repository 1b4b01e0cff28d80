import type { Conversation, Form } from "../../core/conversation/conversation.ts";
import type { Actor } from "../../core/conversation/intents.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";

/** A form is the first answer to a press, which has 3 s in all: an empty field is better than none. */
const PREFILL_MS = 1200;

/** The form with what stands in it already, where core says so in time; `latestAt` is when the answer must leave. */
export function createPrefill(conversation: Pick<Conversation, "prefill">, clock: Clock, log: Log) {
  return async (form: Form, actor: Actor, latestAt: number): Promise<Form> => {
    const patienceMs = Math.min(PREFILL_MS, latestAt - clock.now());
    if (patienceMs <= 0) return form;
    const waiting = new AbortController();
    const late = clock.sleep(patienceMs, waiting.signal).then(() => "late" as const);
    const asked = conversation.prefill(form.data, actor).catch((err: unknown) => {
      log.error("a form could not be filled", { err });
      return null;
    });
    const value = await Promise.race([asked, late]);
    waiting.abort();
    if (value === "late") log.warn("a form is shown unfilled", { patienceMs });
    return value === null || value === "late" ? form : { ...form, value };
  };
}

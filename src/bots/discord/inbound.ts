import type { Conversation, Form, Manner } from "../../core/conversation/conversation.ts";
import type { Arrival } from "../../core/conversation/intents.ts";
import type { Reply } from "../../core/conversation/text.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { Log } from "../../core/ports/log.ts";
import type { InboxStore } from "../../core/ports/stores.ts";
import { createAckGate } from "./ack-gate.ts";
import { createTellAnswer, deferral, refusal, webhook } from "./answers.ts";
import { commandOfMenu } from "./commands.ts";
import { actionOf, bringsMedia, intentOf, namesPlace } from "./intent.ts";
import { commandOf, INTERACTION_TYPES, type Interaction, parseInteraction } from "./interaction.ts";
import { STALE_MS, TOKEN_MS } from "./limits.ts";
import { modal } from "./modal.ts";
import { actorOf, PLATFORM, type Place, placeOf, standsInPrivate, targetOf } from "./place.ts";
import { createPrefill } from "./prefill.ts";
import type { DiscordRest, RestResult } from "./rest.ts";
import { carriesResult, type Showing } from "./shown.ts";
import { happenedAt } from "./snowflake.ts";

export interface Inbound {
  /** Takes one INTERACTION_CREATE; its acknowledgement leaves before this returns. */
  take(raw: unknown): void;
  /** Goes on with what was acknowledged before and is not finished; may be called at any time. */
  resume(): Promise<void>;
  /** Resolves when everything that was taken is finished. */
  idle(): Promise<void>;
}

export interface InboundDependencies {
  readonly rest: DiscordRest;
  readonly showing: Showing;
  readonly conversation: Conversation;
  readonly inbox: InboxStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** An interaction that the bot understands, with how it will be answered. */
interface Event {
  readonly interaction: Interaction;
  readonly place: Place;
  readonly manner: Manner;
  readonly arrival: Arrival;
  readonly keepsFiles: boolean;
}

const UNKNOWN_INTERACTION = 10_062;
const ALREADY_ACKNOWLEDGED = 40_060;
const RESUMED_AT_ONCE = 500;

/**
 * From an interaction to its answer:
 *
 * 1. older than 2.5 s: dropped, it cannot be answered in time (a replay after a reconnect);
 * 2. wrong in itself: refused privately with the first answer, nothing is written;
 * 3. a press that needs words: answered by a form, nothing is written; what is written comes as a further interaction;
 * 4. acknowledged, and committed to the inbox at the same time;
 * 5. handled by core, once; the answer told through the interaction's webhook;
 * 6. not acknowledged: the member read "did not respond", so nothing is started.
 */
export function createInbound(dependencies: InboundDependencies): Inbound {
  const { rest, showing, conversation, inbox, clock, ids, log } = dependencies;
  const openLabel = (arrival: Pick<Arrival, "actor">): string =>
    conversation.line(languageOf(arrival), "button-open-original");
  const tell = createTellAnswer({ rest, showing, clock, log, openLabel });
  const prefilled = createPrefill(conversation, clock, log);
  const gate = createAckGate();
  const running = new Set<Promise<void>>();
  /** Keys of what this process is at work on. */
  const inHand = new Set<string>();

  function track(work: Promise<void>, key?: string): void {
    const tracked = work
      .catch((err: unknown) => log.error("an interaction failed inside", { err }))
      .finally(() => {
        running.delete(tracked);
        if (key !== undefined) inHand.delete(key);
      });
    running.add(tracked);
    if (key !== undefined) inHand.add(key);
  }

  function eventOf(interaction: Interaction, receivedAt: number): Event | null {
    const place = placeOf(interaction, receivedAt);
    const intent = intentOf(interaction, (name) => commandOfMenu(conversation, name));
    if (place === null || intent === null) return null;
    const given = conversation.manner(intent);
    const manner = {
      // The file itself comes on its own, so there is nothing for a message of its own to say.
      answer: actionOf(intent) === "original" ? ("in-place" as const) : answerOf(given, interaction),
      private: given.private || standsInPrivate(interaction),
    };
    const arrival: Arrival = {
      key: ids.fingerprint(`dc:${interaction.id}`),
      actor: actorOf(interaction, place),
      target: targetOf(interaction, place, manner.private && !namesPlace(intent)),
      intent,
      receivedAt,
    };
    const keepsFiles = carriesResult(interaction.message?.attachments ?? []);
    return { interaction, place, manner, arrival, keepsFiles };
  }

  async function respond(event: Event): Promise<void> {
    const { interaction, arrival } = event;
    const { id, token } = interaction;
    const refused = notPermitted(event) ?? conversation.precheck(arrival);
    if (refused) {
      report("refusal", await rest.callback(id, token, refusal(refused)));
      return;
    }
    const form = formOf(event);
    if (form !== null) {
      const filled = await prefilled(form, arrival.actor, event.place.interactionAt + STALE_MS);
      const shown = modal(filled, conversation.line(languageOf(arrival), "form-pictures"));
      await gate.during(answerFirst(event, shown, "form"));
      return;
    }
    const acknowledging = gate.during(answerFirst(event, deferral(event.manner), "acknowledgement"));
    const entry = {
      key: arrival.key,
      source: PLATFORM,
      payload: JSON.stringify(interaction),
      receivedAt: arrival.receivedAt,
    };
    const [acknowledged, received] = await Promise.all([
      acknowledging,
      inbox.receive([entry]).catch((err: unknown) => {
        log.error("the inbox could not be written", { err });
        return null;
      }),
    ]);
    await gate.passed();
    if (received === null) {
      if (acknowledged)
        await tell({ status: "reply", reply: sentence(arrival, "error-STORE_UNAVAILABLE") }, event);
    } else if (received.has(arrival.key)) {
      if (acknowledged) await handle(event);
      else await inbox.handled(arrival.key, PLATFORM, clock.now(), null);
    }
  }

  function formOf({ interaction, arrival: { intent } }: Event): Form | null {
    return intent.kind === "button" ? conversation.form(intent.data, interaction.locale ?? null) : null;
  }

  /** Once more after a lost answer: then Discord says whether the first one counted. */
  async function answerFirst(
    { interaction: { id, token }, place }: Event,
    body: object,
    step: string,
  ): Promise<boolean> {
    let result = await rest.callback(id, token, body);
    if (result.status === "limited" && clock.now() + result.afterMs < place.interactionAt + STALE_MS) {
      await clock.sleep(result.afterMs);
      result = await rest.callback(id, token, body);
    }
    if (result.status === "lost" || result.status === "not-sent")
      result = await rest.callback(id, token, body);
    if (result.status === "ok") return true;
    if (result.status === "refused" && result.code === ALREADY_ACKNOWLEDGED) return true;
    report(step, result);
    return false;
  }

  async function handle(event: Event): Promise<void> {
    const { arrival } = event;
    const answer = await conversation.handle(arrival);
    const isTold = await tell(answer, event);
    if (isTold && answer.status !== "started") await inbox.handled(arrival.key, PLATFORM, clock.now(), null);
  }

  async function suggest(interaction: Interaction): Promise<void> {
    const place = placeOf(interaction, clock.now());
    const { name, options } = commandOf(interaction);
    const focused = options.find((option) => option.focused);
    if (place === null || focused === undefined) return;
    const suggestions = await conversation.suggest({
      command: name,
      option: focused.name,
      text: String(focused.value ?? ""),
      actor: actorOf(interaction, place),
    });
    const choices = suggestions
      .slice(0, 25)
      .map(({ label, value }) => ({ name: label.slice(0, 100) || value, value: value.slice(0, 100) }));
    report(
      "suggestions",
      await rest.callback(interaction.id, interaction.token, { type: 8, data: { choices } }),
    );
  }

  /** What the bot itself may not do in this channel, before anything is taken for it. */
  function notPermitted({ place, manner, arrival }: Event): Reply | null {
    const isAmongMembers = place.kind === "guild" || place.kind === "thread";
    if (!isAmongMembers || manner.private || !bringsMedia(arrival.intent)) return null;
    return place.canSend && place.canAttach ? null : sentence(arrival, "not-permitted-here");
  }

  function sentence(arrival: Arrival, id: string): Reply {
    const language = languageOf(arrival);
    const charged = conversation.line(language, "nothing-charged");
    return { text: [`${conversation.line(language, id)} ${charged}`], private: true };
  }

  function languageOf({ actor }: Pick<Arrival, "actor">): string {
    const [fallback = "en"] = conversation.languages;
    return conversation.languages.find((known) => actor.locale?.startsWith(known)) ?? fallback;
  }

  function report(step: string, result: RestResult): void {
    if (result.status === "ok") return;
    const code = result.status === "refused" ? { code: result.code } : {};
    const isLate = result.status === "refused" && result.code === UNKNOWN_INTERACTION;
    log.warn("an interaction was not answered", {
      step,
      outcome: isLate ? "too late" : result.status,
      ...code,
    });
  }

  async function resumeOne(event: Event): Promise<void> {
    const { place, arrival } = event;
    const isAlive = clock.now() - place.interactionAt < TOKEN_MS;
    const path = `${webhook(place)}/messages/@original`;
    const there = isAlive ? await rest.call({ method: "GET", path, authorized: false }) : null;
    // Refused: it was never acknowledged, or the member has thrown the answer away. Not reached: another time.
    if (there === null || there.status === "refused") {
      await inbox.handled(arrival.key, PLATFORM, clock.now(), null);
    } else if (there.status === "ok") await handle(event);
  }

  return {
    take(raw) {
      const parsed = parseInteraction(raw);
      if ("wrong" in parsed) {
        log.warn("an interaction was not understood", { fields: parsed.wrong });
        return;
      }
      const { interaction } = parsed;
      const now = clock.now();
      const ageMs = now - happenedAt(interaction.id, now);
      if (ageMs > STALE_MS) {
        log.warn("an interaction came too late", { ageMs });
        return;
      }
      if (interaction.type === INTERACTION_TYPES.autocomplete) {
        track(suggest(interaction));
        return;
      }
      const event = eventOf(interaction, now);
      if (event === null) log.warn("an interaction is of no use here", { type: interaction.type });
      else track(respond(event), event.arrival.key);
    },

    async resume() {
      const waiting = (await inbox.waiting(PLATFORM, RESUMED_AT_ONCE)).filter(({ key }) => !inHand.has(key));
      if (waiting.length > 0) log.info("going on with interactions of before", { count: waiting.length });
      for (const { key, payload, receivedAt } of waiting) {
        const parsed = parseInteraction(typeof payload === "string" ? jsonOf(payload) : null);
        const event = "interaction" in parsed ? eventOf(parsed.interaction, receivedAt) : null;
        if (event === null) await inbox.handled(key, PLATFORM, clock.now(), null);
        else track(resumeOne(event), key);
      }
    },

    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** Without a message there is no place for an answer in place. */
function answerOf({ answer }: Manner, { message }: Interaction): Manner["answer"] {
  return message ? answer : "new";
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return null;
  }
}

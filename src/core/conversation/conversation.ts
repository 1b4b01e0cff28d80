import type { CommandSpec } from "./catalogue.ts";
import type { Actor, Answer, Arrival, Intent } from "./intents.ts";
import type { Reply } from "./text.ts";

/** How an intent is answered, known before any work: a platform may have to choose at its first response. */
export interface Manner {
  /** `new`: a message of its own. `in-place`: the message that the button stands under is changed. */
  readonly answer: "new" | "in-place";
  readonly private: boolean;
}

export interface Suggestion {
  readonly label: string;
  readonly value: string;
}

/** One field for words, for platforms that can show one at a press (a modal). Comes back as an intent `form`. */
export interface Form {
  /** The data of the button: what the words will be for. */
  readonly data: string;
  readonly title: string;
  readonly label: string;
  readonly placeholder: string;
  /** What stands in it already. */
  readonly value: string;
  readonly required: boolean;
}

/** The door to core for a platform's inbound. */
export interface Conversation {
  /** What to register, in order. */
  readonly commands: readonly CommandSpec[];
  /** Languages of the catalogue; the first is the fallback. */
  readonly languages: readonly string[];
  /** Pure and instant. */
  manner(intent: Intent): Manner;
  /** The form that a press asks for, or null: it is handled as it is. Pure and instant; `data` is untrusted. */
  form(data: string, locale: string | null): Form | null;
  /** What stands in that form already, for the one who presses; null: nothing. One look at a row, for platforms with modals. */
  prefill(data: string, actor: Actor): Promise<string | null>;
  /**
   * Refuses what is wrong in itself (a prompt too short, an unknown command, a chat identity) without a look at
   * any row: pure and instant, so that a private answer is still possible. Null: go on to `handle`.
   */
  precheck(arrival: Pick<Arrival, "actor" | "intent">): Reply | null;
  /**
   * Does it. Every arrival may come again (same key): it acts once. Never throws: what goes wrong inside is logged
   * and becomes a reply that says what happened, what it cost and what to do next.
   */
  handle(arrival: Arrival): Promise<Answer>;
  /** Completions for an option while it is typed; at most 25, labels at most 100 characters. */
  suggest(query: {
    readonly command: string;
    readonly option: string;
    readonly text: string;
    readonly actor: Actor;
  }): Promise<readonly Suggestion[]>;
  /** A sentence of the catalogue as one line (descriptions of commands and options). */
  line(language: string, id: string): string;
}

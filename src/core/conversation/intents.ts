import type { ChatKey, Identity, Platform } from "../identifiers.ts";
import type { Json } from "../json.ts";
import type { Reply } from "./text.ts";

/** Who did it, as the platform vouches for it. Built by a platform's inbound, never from what a member typed. */
export interface Actor {
  readonly identity: Identity;
  readonly platform: Platform;
  readonly name: string;
  /** A public name that others may type (`ada` for @ada), where the platform has one. */
  readonly username?: string;
  /** BCP 47, as the platform reports it, or null. */
  readonly locale: string | null;
  /** Another bot. */
  readonly isBot: boolean;
  /** An anonymous admin or a channel speaking as itself: nobody's allowance, nobody's rights. */
  readonly isChatIdentity: boolean;
  /** Where it happened. `outside`: an app installed by the user, in a place the bot itself is not in. */
  readonly context: "private" | "group" | "channel" | "outside";
  /** The server or group where it happened, where it was one: `telegram:-100456`. */
  readonly community?: string;
  /** May manage that community's messages (a moderator); never an admin of the bot. */
  readonly managesCommunity: boolean;
  /** May change that community as a whole: its settings, its accounts, and who may post to them. */
  readonly governsCommunity: boolean;
}

/** Where to answer. `place` belongs to the platform alone; it is stored and parsed again by it. */
export interface Target {
  readonly platform: Platform;
  /** Messages with the same key go out in order, one at a time, at that chat's pace. */
  readonly chatKey: ChatKey;
  /** The key for results and notices, where they go another way than the status (an interaction has its own). */
  readonly resultKey?: ChatKey;
  readonly place: Json;
  /** The server or group whose members see it there, written as in `Actor`. */
  readonly community?: string;
  /** Only the member sees the answers there (an ephemeral response, the Studio page). */
  readonly private: boolean;
  /** Largest file that may be attached there, if it differs from the platform's `limits`. */
  readonly fileLimitBytes?: number;
}

/**
 * A picture that came with it, or that it answers. `name` belongs to the platform alone, which opens it
 * (`Messenger.openPicture`); it is stored, so it must not be a link that carries a credential.
 */
export interface PictureName {
  readonly role: "picture" | "mask";
  readonly name: Json;
}

export type OptionValue = string | number | boolean;

export type Intent =
  | {
      readonly kind: "command";
      readonly name: string;
      readonly options: Readonly<Record<string, OptionValue>>;
      readonly pictures?: readonly PictureName[];
    }
  /** A button: `data` is untrusted text. */
  | { readonly kind: "button"; readonly data: string }
  /** Words for a form (`Conversation.form`), by its data: untrusted text, both of them. */
  | {
      readonly kind: "form";
      readonly data: string;
      readonly text: string;
      readonly pictures?: readonly PictureName[];
    }
  /** Words sent to the bot alone, without a command, perhaps under a picture. */
  | { readonly kind: "words"; readonly text: string; readonly pictures?: readonly PictureName[] };

export interface Arrival {
  /** A keyed hash (`Ids.fingerprint`) of the platform's own key; the same event always has the same one. */
  readonly key: string;
  readonly actor: Actor;
  readonly target: Target;
  readonly intent: Intent;
  readonly receivedAt: number;
}

export type Answer =
  /** Tell this now. */
  | { readonly status: "reply"; readonly reply: Reply }
  /** A button: replace the message it stands under (where it can be edited), else tell it. */
  | { readonly status: "replace"; readonly reply: Reply }
  /** A button: a few words only the one who pressed sees; at most 200 characters. */
  | { readonly status: "toast"; readonly text: string }
  /** Committed; the outbox tells everything from here. */
  | { readonly status: "started"; readonly batchId: string }
  /** Answered before, or nothing to say. */
  | { readonly status: "nothing" };

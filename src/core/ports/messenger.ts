import type { Target } from "../conversation/intents.ts";
import type { Reply } from "../conversation/text.ts";
import type { DeliveryId, Identity, Platform } from "../identifiers.ts";
import type { Json } from "../json.ts";
import type { MediaKind } from "./generator.ts";
import type { MediaContentType } from "./media.ts";

/** What a platform can carry, as data; sizes in bytes, lengths in UTF-16 units after escaping. */
export interface PlatformLimits {
  readonly textLength: number;
  readonly captionLength: number;
  readonly buttonsPerRow: number;
  readonly buttonRows: number;
  readonly buttonLabelLength: number;
  /** A batch is acknowledged by an album of placeholders whose members carry no buttons; they stand in the status. */
  readonly albums: boolean;
  /** A picture shown inline; null: no such form. `maxSideSum` is width + height. */
  readonly photo: { readonly maxBytes: number; readonly maxSideSum: number; readonly maxRatio: number };
  readonly videoBytes: number;
  /** Any file as an attachment. */
  readonly fileBytes: number;
  /** Shortest time between two edits of one status message. */
  readonly editIntervalMs: number;
  readonly pace: Pace;
}

/** How fast messages may go out. */
export interface Pace {
  readonly overall: { readonly count: number; readonly perMs: number };
  /** For one chat, by the kind of chat that the `chatKey` says (the platform decides, see `Messenger.chatPace`). */
  readonly chat: { readonly count: number; readonly perMs: number };
}

/** How the media goes: decided by core from the file's facts and the limits, one step smaller after a refusal. */
export type MediaForm = "inline" | "file" | "preview" | "link";

export interface OutgoingMedia {
  readonly kind: MediaKind;
  readonly form: MediaForm;
  /** Null only for `link` (the text then carries the link, if there is one). */
  readonly file: {
    readonly name: string;
    readonly contentType: MediaContentType;
    readonly bytes: Uint8Array;
    readonly width: number;
    readonly height: number;
    readonly durationMs: number | null;
  } | null;
  /** For those who cannot see it; at most 1,000 characters. */
  readonly altText: string;
}

/**
 * One message that the bot owes, ready to send.
 * - `status`: the one message of a batch that is sent once and then edited as things move on. `tiles` is how many
 *   placeholders an album platform sends with it (0: none), `finished` that no edit will follow, `resultRef` what
 *   the result or the notice of a single asset gave back (null: not sent), which may stand in its place by now.
 * - `result`: one asset's media. `index` is its place in the batch. `statusRef` is what `status` gave back when it
 *   was sent (null: never sent), `waitedMs` how long the member waited.
 * - `notice`: words about an asset that failed, or that work goes on after a restart; goes where a result would.
 * - `reply`: an answer to a command that came through the inbox.
 * - `original`: the stored file itself, as a document.
 * - `removal`: takes a message of ours away whose media was deleted; `messageRef` is what its delivery gave back.
 *   One that is gone already, or too old to be deleted, counts as sent.
 */
export type Outgoing =
  | {
      readonly kind: "status";
      readonly reply: Reply;
      readonly tiles: number;
      readonly finished: boolean;
      readonly resultRef: Json;
    }
  | {
      readonly kind: "result";
      readonly reply: Reply;
      readonly media: OutgoingMedia;
      readonly index: number;
      readonly count: number;
      readonly statusRef: Json;
      readonly waitedMs: number;
    }
  | {
      readonly kind: "notice";
      readonly reply: Reply;
      /** The asset's place in its batch where a placeholder is to be replaced, else null. */
      readonly index: number | null;
      readonly count: number;
      readonly statusRef: Json;
    }
  /** `media` where `reply.media` names a file: shown inline with the words and buttons under it. */
  | { readonly kind: "reply"; readonly reply: Reply; readonly media?: OutgoingMedia }
  /**
   * New words and buttons under a result that stands there already (its caption came later). `resultRef` is what the
   * result gave back. One that is gone, or cannot be edited any more, counts as sent.
   */
  | {
      readonly kind: "amend";
      readonly reply: Reply;
      readonly altText: string;
      readonly resultRef: Json;
    }
  | { readonly kind: "removal"; readonly messageRef: Json }
  | {
      readonly kind: "original";
      readonly reply: Reply;
      readonly media: OutgoingMedia;
      readonly statusRef: Json;
    };

export interface SendContext {
  readonly deliveryId: DeliveryId;
  readonly target: Target;
  /** What this same delivery gave back before (a status that is edited; a step that was half done), or null. */
  readonly ref: Json;
  /** 1 for the first try. Above 1, or `firstTriedAt` far back: the first may have arrived. */
  readonly tries: number;
  readonly firstTriedAt: number;
  /** The member's language and zone, for moments in the text. */
  readonly language: string;
  readonly zone: string;
  readonly signal: AbortSignal;
}

export type SendResult =
  /** It stands there. `ref` is stored: ids of messages, of a thread. */
  | { readonly status: "sent"; readonly ref: Json }
  /** The platform asked to wait. `chat`: only this chat; `platform`: everything. Nothing was sent. */
  | {
      readonly status: "wait";
      readonly afterMs: number;
      readonly scope: "chat" | "platform";
      readonly ref?: Json;
    }
  /** Nothing was sent, it may work later (a 5xx before processing, no connection). */
  | { readonly status: "failed"; readonly detail: string; readonly ref?: Json }
  /** The answer was lost: it may stand there. Sent again by the rules of the platform (edit, nonce, history). */
  | { readonly status: "unknown"; readonly detail: string; readonly ref?: Json }
  /** Too large for this place: the next smaller form is tried. */
  | { readonly status: "too-large" }
  /** It will never arrive (blocked, kicked, gone), after every way round was tried. `reason`: fixed words. */
  | { readonly status: "undeliverable"; readonly reason: string };

/** A picture that stands on a platform, opened for us. */
export type OpenedPicture =
  | { readonly status: "bytes"; readonly bytes: Uint8Array }
  /** To be fetched through the guard, from these hosts alone. */
  | {
      readonly status: "link";
      readonly url: string;
      readonly hosts: { readonly suffixes: readonly string[]; readonly trustedOrigins: readonly string[] };
    }
  | { readonly status: "refused"; readonly why: "gone" | "too-large" | "unreachable" };

/** Sends what the outbox hands it, once a call; no queue, no retry, no wait inside. */
export interface Messenger {
  readonly platform: Platform;
  readonly limits: PlatformLimits;
  /** The pace of this chat, where it differs from `limits.pace.chat` (a Telegram group is slower). */
  chatPace(target: Target): { readonly count: number; readonly perMs: number };
  send(outgoing: Outgoing, context: SendContext): Promise<SendResult>;
  /** A sign that work goes on (a chat action). Optional, never fails, never counted. */
  hint?(target: Target, kind: MediaKind): void;
  /**
   * Opens what inbound named in `Intent.pictures`. `name` comes back from a row: parse it. A link that carries a
   * credential (Telegram's) never leaves the messenger: it gives the bytes.
   */
  openPicture?(name: Json, signal: AbortSignal): Promise<OpenedPicture>;
  /** Where this member is written to alone, for notices that nobody asked for; null: not possible. */
  privateTarget?(identity: Identity): Target | null;
}

import { GrammyError, HttpError } from "grammy";
import type { LogFields } from "../../core/ports/log.ts";

/** What a failed call means. Telegram tells most of it in the description only; every pattern is in this file. */
export type Failure =
  | { readonly kind: "flood"; readonly afterMs: number; readonly scope: "chat" | "platform" }
  /** The message is as it should be already. */
  | { readonly kind: "unchanged" }
  /** The message to change is gone, or is no longer of the kind. */
  | { readonly kind: "message-gone" }
  /** It stands there and can be changed, but is too old to be deleted. */
  | { readonly kind: "undeletable" }
  /** The topic or the answered message is gone; the chat may still do. */
  | { readonly kind: "context-gone" }
  /** Nothing can be written there any more. */
  | { readonly kind: "chat-gone"; readonly reason: string }
  | { readonly kind: "migrated"; readonly chatId: number }
  | { readonly kind: "too-large" }
  /** A file id that the server no longer takes. */
  | { readonly kind: "file-gone" }
  | { readonly kind: "unauthorized" }
  | { readonly kind: "refused"; readonly detail: string }
  /** Certainly not done; may work later. */
  | { readonly kind: "not-done"; readonly detail: string }
  /** Perhaps done. */
  | { readonly kind: "no-answer"; readonly detail: string };

/** Source: descriptions in tdlib/telegram-bot-api and in public issues, read 2026-11. */
const PATTERNS: readonly (readonly [RegExp, Failure])[] = [
  [/message is not modified/i, { kind: "unchanged" }],
  [/message can'?t be deleted/i, { kind: "undeletable" }],
  [
    /message to (edit|be edited|delete) not found|message can'?t be edited|message identifier is not specified|MESSAGE_ID_INVALID|there is no (text|caption|media) in the message/i,
    { kind: "message-gone" },
  ],
  [
    /message to be replied not found|reply message not found|message thread not found|TOPIC_(DELETED|CLOSED)/i,
    { kind: "context-gone" },
  ],
  [
    /chat not found|user not found|PEER_ID_INVALID|group chat was deactivated/i,
    { kind: "chat-gone", reason: "the chat is gone" },
  ],
  [
    /not enough rights|have no rights|need administrator rights|CHAT_(WRITE|RESTRICTED|SEND_\w+)_?(FORBIDDEN)?|CHAT_ADMIN_REQUIRED/i,
    { kind: "chat-gone", reason: "the bot may not write there" },
  ],
  [
    /too big|PHOTO_INVALID_DIMENSIONS|PHOTO_SAVE_FILE_INVALID|IMAGE_PROCESS_FAILED|VIDEO_FILE_INVALID/i,
    { kind: "too-large" },
  ],
  [
    /wrong file[_ ]?id|wrong remote file|invalid file[_ ]?id|FILE_(ID_INVALID|REFERENCE)/i,
    { kind: "file-gone" },
  ],
];

/** Connection errors after which certainly no byte of the request was read. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "CERT_HAS_EXPIRED",
]);

export function readFailure(error: unknown): Failure {
  if (error instanceof GrammyError) return readRefusal(error);
  const code = networkCode(error);
  return NEVER_SENT.has(code)
    ? { kind: "not-done", detail: `no connection (${code})` }
    : { kind: "no-answer", detail: `no answer (${code})` };
}

function readRefusal({ error_code, description, parameters }: GrammyError): Failure {
  if (error_code === 429)
    return { kind: "flood", afterMs: Math.max(1, parameters.retry_after ?? 1) * 1_000, scope: "chat" };
  if (parameters.migrate_to_chat_id !== undefined)
    return { kind: "migrated", chatId: parameters.migrate_to_chat_id };
  if (error_code === 413) return { kind: "too-large" };
  if (error_code === 401 || error_code === 404) return { kind: "unauthorized" };
  if (error_code === 403) return { kind: "chat-gone", reason: "the bot is blocked or was removed" };
  if (error_code >= 500) return { kind: "no-answer", detail: `status ${error_code}` };
  const known = PATTERNS.find(([pattern]) => pattern.test(description));
  return known === undefined ? { kind: "refused", detail: `status ${error_code}` } : known[1];
}

/** `ECONNRESET`, `AbortError`: never a message, since those carry the URL and with it the token. */
export function networkCode(error: unknown): string {
  const inner = error instanceof HttpError ? error.error : error;
  if (typeof inner !== "object" || inner === null) return "unknown";
  if ("code" in inner && typeof inner.code === "string") return inner.code;
  if ("type" in inner && typeof inner.type === "string") return inner.type;
  return inner instanceof Error ? inner.name : "unknown";
}

/** Is it a click that was answered too late? Nothing is lost by that. */
export function isOldQuery(error: unknown): boolean {
  return error instanceof GrammyError && /query is too old|QUERY_ID_INVALID/i.test(error.description);
}

/** What may be logged of a failed call: no payload, no URL. */
export function failureFields(error: unknown): LogFields {
  if (error instanceof GrammyError)
    return { method: error.method, code: error.error_code, description: error.description };
  return { code: networkCode(error) };
}

import { Api } from "grammy";
import { AppError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";

/** Longest a call may take: words, and words with a file. */
const CALL_MS = 30_000;
const UPLOAD_MS = 120_000;

export type TelegramApi = Api["raw"];
/** The signal type of grammY's own fetch. */
type Signal = NonNullable<Parameters<TelegramApi["getMe"]>[0]>;

/** Nothing is repeated and nothing waits in here: the outbox decides about both. */
export function createApi(token: Secret, apiUrl: string): TelegramApi {
  return new Api(token.reveal(), { apiRoot: apiUrl }).raw;
}

export function callSignal(signal?: AbortSignal): Signal {
  return deadline(CALL_MS, signal);
}

export function uploadSignal(signal?: AbortSignal): Signal {
  return deadline(UPLOAD_MS, signal);
}

export function deadline(afterMs: number, signal?: AbortSignal): Signal {
  const timeout = AbortSignal.timeout(afterMs);
  const either: object = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  if (!isSignal(either)) throw new AppError("INTERNAL", "this runtime's AbortSignal is none");
  return either;
}

/** grammY types its signals by an old package; at run time it asks for no more than this. */
function isSignal(value: object): value is Signal {
  return "aborted" in value && "addEventListener" in value;
}

/**
 * Every failure that a caller cannot decide about is thrown as one `AppError`. Expected answers (the limit is
 * reached, a prompt is too short) are return values and never come here.
 */
export type ErrorCode =
  // for members: logged as info, told as the sentence `error-<code>` of the catalogue
  | "INPUT_INVALID"
  | "LIMIT_REACHED"
  | "CONTENT_REFUSED"
  | "NOT_ALLOWED"
  | "NOT_FOUND"
  | "MEDIA_UNSUPPORTED"
  // operational: logged as warn
  | "PROVIDER_BUSY"
  | "PROVIDER_DOWN"
  | "PROVIDER_TIMEOUT"
  | "PROVIDER_AUTH"
  | "PROVIDER_BAD_ANSWER"
  | "PLATFORM_REJECTED"
  | "STORE_UNAVAILABLE"
  // bugs: logged as error with the stack and an error id that the member also reads
  | "INTERNAL";

export type Retry = "no" | "backoff" | { readonly afterMs: number };

export interface AppErrorOptions {
  readonly retry?: Retry;
  /** Only when something was being written elsewhere: whether it certainly did not happen. */
  readonly outcome?: "not-done" | "unknown";
  readonly cause?: unknown;
  /** Short facts for the log; never secrets, prompts or URLs. */
  readonly context?: Readonly<Record<string, string | number | boolean>>;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retry: Retry;
  readonly outcome: "not-done" | "unknown" | null;
  readonly context: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.retry = options.retry ?? "no";
    this.outcome = options.outcome ?? null;
    this.context = options.context ?? {};
  }
}

/** A switch over a union ends here when the compiler has seen every case. */
export function unreachable(value: never): never {
  throw new AppError("INTERNAL", `unexpected value ${JSON.stringify(value)}`);
}

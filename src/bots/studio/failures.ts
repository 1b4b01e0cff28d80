import { AppError, type ErrorCode } from "../../core/errors.ts";

/** What a page is told of a failure that nobody could decide about: what happened, what it cost, what to do. */
export interface Failure {
  readonly status: 400 | 403 | 404 | 415 | 422 | 500 | 502 | 503 | 504;
  readonly error: string;
  readonly sentence: string;
}

export const NOT_READY = "It is not ready yet, so nothing was done. Try again when it is.";

const AGAIN = "Nothing is done twice if you press the button again.";

const FAILURES: Readonly<Record<ErrorCode, Failure>> = {
  INPUT_INVALID: {
    status: 400,
    error: "Invalid input",
    sentence: "That cannot be used as it is, so nothing was done. Change it and try again.",
  },
  LIMIT_REACHED: {
    status: 403,
    error: "Limit reached",
    sentence: "Your limit is reached, so nothing was done. Try again when it begins anew.",
  },
  CONTENT_REFUSED: {
    status: 422,
    error: "Refused",
    sentence: "It was refused because of content rules, and nothing was charged. Say it in other words.",
  },
  NOT_ALLOWED: {
    status: 403,
    error: "Not allowed",
    sentence: "You may not do that, so nothing was done. Ask an admin of this bot.",
  },
  NOT_FOUND: {
    status: 404,
    error: "Not found",
    sentence: "It is not there any more, so nothing was done. Load the page anew to see what there is.",
  },
  MEDIA_UNSUPPORTED: {
    status: 415,
    error: "File not supported",
    sentence: "That file cannot be used, so nothing was done. Take another one.",
  },
  PROVIDER_BUSY: {
    status: 503,
    error: "Service busy",
    sentence: `The service behind this is busy. Try again in a few minutes. ${AGAIN}`,
  },
  PROVIDER_DOWN: {
    status: 503,
    error: "Service away",
    sentence: `The service behind this cannot be reached right now. Try again in a few minutes. ${AGAIN}`,
  },
  PROVIDER_TIMEOUT: {
    status: 504,
    error: "Service silent",
    sentence: `The service behind this did not answer in time. Try again in a minute. ${AGAIN}`,
  },
  PROVIDER_AUTH: {
    status: 502,
    error: "Service refused the key",
    sentence:
      "The service behind this does not accept the bot's key, so nothing was done. Tell the operator.",
  },
  PROVIDER_BAD_ANSWER: {
    status: 502,
    error: "Service not understood",
    sentence: `The service behind this gave an answer that cannot be used. Try again in a minute. ${AGAIN}`,
  },
  PLATFORM_REJECTED: {
    status: 502,
    error: "Platform refused",
    sentence: "The platform behind this refused it. Look whether it was done before you try again.",
  },
  STORE_UNAVAILABLE: {
    status: 503,
    error: "Storage away",
    sentence:
      "The storage of this server (its database or its files) cannot be reached right now. What was there before is " +
      `kept. Try again in a minute. ${AGAIN}`,
  },
  INTERNAL: {
    status: 500,
    error: "Internal server error",
    sentence: `Something went wrong inside the bot. Look whether it was done. ${AGAIN}`,
  },
};

/** @param number how the operator finds it in the log; the member is asked to pass it on where it is a bug. */
export function failureOf(error: unknown, number: string): Failure & { readonly code: ErrorCode } {
  const code = error instanceof AppError ? error.code : "INTERNAL";
  const known = FAILURES[code];
  const sentence =
    code === "INTERNAL"
      ? `${known.sentence} If it goes on, tell the operator this number: ${number}.`
      : known.sentence;
  return { ...known, code, sentence };
}

/** The API families of KIE; each has its own create route and its own shape of a task record. */
export type KieFamily = "4o-image" | "flux-kontext" | "veo" | "jobs";

/** What the emulator knows about a create when it looks for a script. */
export interface KieCreateRequest {
  readonly family: KieFamily;
  /** `model` of the body where the family has one. */
  readonly model: string | undefined;
  readonly prompt: string;
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface KieMatch {
  family?: KieFamily;
  model?: string;
  /** A part of the prompt, or a pattern. */
  prompt?: string | RegExp;
  key?: string;
}

/**
 * How a task ends.
 * - `success-without-url`: flag or state says success, the list of links is missing or empty
 * - `fail`: generation failed after it began (501; flag 2 or GENERATE_FAILED; state `fail`)
 * - `create-failed`: flag 2 with CREATE_TASK_FAILED, flux flag 2
 * - `refused`: content policy (400)
 * - `timeout`: the upstream gave nothing for ten minutes (408)
 * - `never`: runs for ever
 */
export type KieOutcome =
  | "success"
  | "success-without-url"
  | "fail"
  | "create-failed"
  | "refused"
  | "timeout"
  | "never";

export interface KieScript {
  match?: KieMatch;
  /** How often it applies; without it, always. Numbered scripts go first, in the order they were given. */
  times?: number;
  outcome?: KieOutcome;
  /** From create to the end of the task. */
  durationMs?: number;
  errorCode?: number;
  errorMessage?: string;
  /** How many links a success has. */
  results?: number;
  /** For so long after create the status route does not know the task. */
  invisibleMs?: number;
  /** How "not known" reads: `data: null` under code 200, or code 422 "recordInfo is null". */
  invisibleAs?: "null-data" | "422";
  /** Older examples in the documentation say `result_urls`. */
  urlsField?: "resultUrls" | "result_urls";
  /** The list of links as a JSON string, as the quick start of Veo has it. */
  urlsAsJsonString?: boolean;
  /** Times as milliseconds, "YYYY-MM-DD HH:mm:ss" or ISO. */
  timesAs?: "ms" | "string" | "iso";
  /** The 4o record without `status`, as in the quick start. */
  statusMissing?: boolean;
  /** Overrides `state` of a job while it runs, for words nobody documented. */
  runningState?: string;
  /** `failCode` of a job: recorded traffic has a string, examples a number. */
  failCodeAs?: "string" | "number";
  /**
   * How a job names its links: JSON in `resultJson` as recorded, parsed in `response` beside an empty `resultJson`,
   * JSON that stops in the middle, or nothing at all.
   */
  jobResultAs?: "json" | "response" | "broken" | "empty";
  /** What the record of a film says, whatever was asked for; null: nothing. */
  resolution?: string | null;
  /** How long after its end a film is there in 1080p (default 90 s); never with Infinity. */
  sharperMs?: number;
  /** Links answer with this status from `linksDieAfterMs` on, until download-url gives fresh ones. */
  linksDieWith?: 403 | 404;
  linksDieAfterMs?: number;
  /** `false`: download-url refuses as well. */
  linksCanBeRenewed?: boolean;
  /** Longer side of a picture. */
  imageSizePx?: number;
  /** Pixels that do not compress. */
  imageNoise?: boolean;
  imageFormat?: "png" | "jpg";
  /** The file is this instead of a real picture or video. */
  resultBytes?: Buffer;
  /** `Content-Type` of the file, whatever it holds. */
  resultContentType?: string;
  /** Replaces every link. */
  resultUrls?: string[];
  /** Callbacks: how many copies (0: lost), and a body that lies about the result. */
  callbacks?: number;
  callbackBody?: unknown;
}

/** The calls that can be disturbed. */
export type KieCall = "create" | "status" | "download-url" | "file" | "credit" | "upload" | "upgrade";

/**
 * One disturbance. `after` decides whether the call took effect first: a cut after a create leaves a paid
 * task whose id the caller never saw.
 */
export interface KieFault {
  on: KieCall;
  match?: KieMatch;
  /** Default 1. */
  times?: number;
  /** The call has its effect before the disturbance. Default false. */
  after?: boolean;
  /** Body code under HTTP 200 (or under `httpStatus`). */
  code?: number;
  message?: string;
  httpStatus?: number;
  /** An HTML page with this HTTP status. */
  html?: number;
  /** The connection breaks without an answer. */
  cut?: boolean;
  /** The answer announces more than it sends, then the connection breaks. */
  truncate?: boolean;
  /** A literal answer. */
  raw?: { status: number; contentType: string; body: string | Buffer; headers?: Record<string, string> };
  /** Time before the answer. */
  delayMs?: number;
  /** The answer waits for this. */
  hold?: Promise<unknown>;
}

export interface KieCreate {
  readonly at: number;
  readonly family: KieFamily;
  readonly model: string | undefined;
  readonly prompt: string;
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** A task exists and was paid for, whether or not the caller learned of it. */
  accepted: boolean;
  /** Links to pictures in the body, in their order. */
  readonly references: readonly string[];
  /** The caller was sent the task id. */
  answered: boolean;
  /** Body code of the answer; null when there was none. */
  code: number | null;
  taskId: string | null;
}

/** A file that was uploaded as an input. */
export interface KieUpload {
  readonly at: number;
  readonly url: string;
  readonly path: string;
  readonly fileName: string;
  readonly uploadPath: string;
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly key: string;
}

export interface KieRequest {
  readonly at: number;
  readonly host: "api" | "upload";
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly key: string;
  readonly bodyText: string;
  /** Body code of the answer, when it was one of the API's own. */
  code: number | null;
}

export interface KieCallback {
  readonly at: number;
  readonly taskId: string;
  readonly url: string;
  readonly body: unknown;
  readonly httpStatus: number | null;
}

export interface KieTask {
  readonly taskId: string;
  readonly family: KieFamily;
  readonly model: string | undefined;
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  readonly script: KieScript;
  readonly cost: number;
  callbacksSent: number;
  /** When a 4K version was asked for, if it was. */
  upgradeAt: number | null;
}

export interface KieViolation {
  readonly route: string;
  readonly problem: string;
}

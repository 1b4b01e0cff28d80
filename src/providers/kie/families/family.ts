import type {
  Aspect,
  GenerateRequest,
  GeneratorModel,
  MediaKind,
  PollResult,
  ProducedMedia,
} from "../../../core/ports/generator.ts";
import type { KieAnswer, KieClient } from "../client.ts";
import { readFailure } from "../errors.ts";
import type { KieApi, KieOperation } from "../schema.ts";

export type KieBody = Readonly<Record<string, unknown>>;

/** One thing that members can choose. */
export interface KieModel {
  readonly api: KieApi;
  readonly offer: GeneratorModel;
  /** What one costs in KIE's unit; null: nobody says. */
  readonly credits: number | null;
  /** Longest prompt in UTF-16 units; null: no limit is published. */
  readonly promptLimit: number | null;
  /** Largest reference, where it is less than what a copy of ours can have (20 MB). */
  readonly pictureMaxBytes?: number;
  /** Goes into the operation, see `KieOperation`. */
  readonly resolution?: "1080p";
  /** The body of a create, without `callBackUrl`; `references` are the links of what was uploaded, in order. */
  body(request: GenerateRequest, references: readonly string[]): KieBody;
}

/** A task to look at. */
export interface KieTask {
  readonly client: KieClient;
  readonly operation: KieOperation;
  readonly ageMs: number;
  readonly signal: AbortSignal;
}

/** One of KIE's APIs: its routes, and how a task of it is read. */
export interface KieFamily {
  readonly createPath: string;
  poll(task: KieTask): Promise<PollResult>;
  /** The call that gives a fresh link for `url`. */
  freshLink(taskId: string, url: string): { readonly path: string; readonly body: KieBody };
}

/** Source: kie.ai/pricing, 5 dollars for 1,000 credits; the same on every price page read 2026-08 and 2026-09. */
const CREDIT_DOLLARS = 0.005;

/** What all models of KIE have in common. Uploads of references are part of `start`, hence its longer deadline. */
export function offer(row: {
  readonly id: string;
  readonly label: string;
  readonly kind: MediaKind;
  readonly aspects: readonly [Aspect, ...Aspect[]];
  readonly maxReferences: number;
  readonly credits: number | null;
  readonly typicalMs: number;
}): GeneratorModel {
  const { credits, ...rest } = row;
  return {
    ...rest,
    takesMask: false,
    costDollars: credits === null ? null : credits * CREDIT_DOLLARS,
    paid: true,
    repeatable: false,
    startTimeoutMs: row.maxReferences > 0 ? 120_000 : 60_000,
    sketch: false,
  };
}

/** For so long after its create a task that KIE does not know counts as not visible yet. */
const INVISIBLE_MS = 2 * 60_000;

/** Veo says so under code 400 while the larger version of a finished film is made. */
export function isSharpening(code: number | null | undefined, message: string | null | undefined): boolean {
  return code === 400 && /1080p is processing/i.test(message ?? "");
}

/** The task's record as it came, or what its absence means. */
export async function readTask(
  { client, operation, ageMs, signal }: KieTask,
  path: string,
): Promise<{ readonly data: unknown } | { readonly result: PollResult }> {
  const answer = await client.get(path, { taskId: operation.taskId }, signal);
  if (answer.kind === "code" && isSharpening(answer.code, answer.message)) {
    return { result: { status: "pending" } };
  }
  if (isUnknownTask(answer)) {
    const isYoung = ageMs < INVISIBLE_MS;
    return {
      result: isYoung ? { status: "pending" } : { status: "unreadable", detail: "kie task is not known" },
    };
  }
  if (answer.kind !== "code" || answer.code !== 200) return { result: readFailure(answer) };
  return { data: answer.data };
}

/** An unknown task is 422 "recordInfo is null" in one family and 200 with no data in another. */
function isUnknownTask(answer: KieAnswer): boolean {
  if (answer.kind !== "code") return false;
  return answer.code === 422 || (answer.code === 200 && (answer.data === null || answer.data === undefined));
}

export function done(urls: readonly string[]): PollResult {
  const [first, ...others] = urls.map((url): ProducedMedia => ({ url }));
  return first ? { status: "done", media: [first, ...others] } : { status: "empty" };
}

/** KIE writes a share of 1 or of 100. */
export function pending(progress: number | null | undefined): PollResult {
  if (progress === null || progress === undefined || progress < 0) return { status: "pending" };
  return { status: "pending", progress: Math.min(1, progress > 1 ? progress / 100 : progress) };
}

export const commonFreshLink: KieFamily["freshLink"] = (_taskId, url) => ({
  path: "/api/v1/common/download-url",
  body: { url },
});

import type { KieOutcome, KieTask } from "./types.ts";

/** The answer of a status route: body code, message, data. */
export interface RecordAnswer {
  readonly code: number;
  readonly msg: string;
  readonly data: unknown;
}

export interface TaskPhase {
  readonly phase: "running" | "success" | "failed";
  /** 0 to 1. */
  readonly progress: number;
  readonly endedAt: number | null;
}

const DEFAULT_DURATION_MS = 2_000;

export function phaseOf(task: KieTask, now: number): TaskPhase {
  const { outcome = "success", durationMs = DEFAULT_DURATION_MS } = task.script;
  const age = now - task.createdAt;
  if (outcome === "never" || age < durationMs) {
    const share = outcome === "never" ? 0.5 : age / Math.max(1, durationMs);
    return { phase: "running", progress: Math.min(0.99, Math.max(0, share)), endedAt: null };
  }
  const phase = outcome === "success" || outcome === "success-without-url" ? "success" : "failed";
  return { phase, progress: phase === "success" ? 1 : 0.6, endedAt: task.createdAt + durationMs };
}

const FAILURES: Record<Exclude<KieOutcome, "success" | "success-without-url" | "never">, [number, string]> = {
  fail: [501, "Generation failed. Please try again later"],
  "create-failed": [500, "Internal Error, Please try again later."],
  refused: [
    400,
    "Your content was flagged by OpenAI as violating content policies. Please modify it and try again.",
  ],
  timeout: [408, "No result from upstream for more than 10 minutes"],
};

export function failureOf(task: KieTask): { code: number; message: string } {
  const outcome = task.script.outcome ?? "fail";
  const [code, message] =
    outcome === "success" || outcome === "success-without-url" || outcome === "never"
      ? FAILURES.fail
      : FAILURES[outcome];
  return { code: task.script.errorCode ?? code, message: task.script.errorMessage ?? message };
}

function timeOf(task: KieTask, at: number | null, usual: "ms" | "string"): unknown {
  if (at === null) return null;
  const form = task.script.timesAs ?? usual;
  if (form === "ms") return at;
  const iso = new Date(at).toISOString();
  return form === "iso" ? iso : iso.slice(0, 19).replace("T", " ");
}

function urlFields(task: KieTask, urls: readonly string[]): Record<string, unknown> {
  if (task.script.outcome === "success-without-url") return {};
  const { urlsField = "resultUrls", urlsAsJsonString = false } = task.script;
  return { [urlsField]: urlsAsJsonString ? JSON.stringify(urls) : urls };
}

/** Films are made in 16:9; what they were before they were fitted to another ratio is named as well. */
function originsOf(task: KieTask, urls: readonly string[]): string[] | null {
  const isFitted = (task.body["aspect_ratio"] ?? "16:9") !== "16:9";
  return isFitted ? urls.map((url) => `${url}?origin=1`) : null;
}

function sizeOf(task: KieTask): { resolution?: unknown } {
  const { resolution = task.body["resolution"] ?? "720p" } = task.script;
  return resolution === null ? {} : { resolution };
}

/** The record of a task as its own family's status route writes it. */
export function recordOf(task: KieTask, now: number, urls: readonly string[]): RecordAnswer {
  const { phase, progress, endedAt } = phaseOf(task, now);
  const failure = phase === "failed" ? failureOf(task) : null;
  const links = phase === "success" ? urlFields(task, urls) : null;
  const common = {
    taskId: task.taskId,
    paramJson: JSON.stringify(task.body),
    errorCode: failure?.code ?? null,
    errorMessage: failure?.message ?? null,
  };
  const failedFlag = task.script.outcome === "create-failed" ? 2 : 3;
  const answer = (data: unknown): RecordAnswer => ({ code: 200, msg: "success", data });
  switch (task.family) {
    case "4o-image": {
      const failed = failedFlag === 2 ? "CREATE_TASK_FAILED" : "GENERATE_FAILED";
      const status = { running: "GENERATING", success: "SUCCESS", failed }[phase];
      return answer({
        ...common,
        completeTime: timeOf(task, endedAt, "ms"),
        createTime: timeOf(task, task.createdAt, "ms"),
        response: links,
        successFlag: { running: 0, success: 1, failed: 2 }[phase],
        ...(task.script.statusMissing ? {} : { status }),
        progress: progress.toFixed(2),
      });
    }
    case "flux-kontext":
      return answer({
        ...common,
        completeTime: timeOf(task, endedAt, "ms"),
        createTime: timeOf(task, task.createdAt, "ms"),
        response:
          links && task.script.outcome !== "success-without-url"
            ? { originImageUrl: `${urls[0]}?origin=1`, resultImageUrl: urls[0] }
            : null,
        successFlag: { running: 0, success: 1, failed: failedFlag }[phase],
      });
    case "veo":
      return answer({
        ...common,
        completeTime: timeOf(task, endedAt, "string"),
        createTime: timeOf(task, task.createdAt, "string"),
        response: links && {
          taskId: task.taskId,
          ...links,
          originUrls: originsOf(task, urls),
          ...sizeOf(task),
        },
        successFlag: { running: 0, success: 1, failed: failedFlag }[phase],
        fallbackFlag: false,
      });
    case "jobs":
      return answer(jobRecord(task, now, urls));
  }
}

function jobResult(task: KieTask, urls: readonly string[]): Record<string, unknown> {
  const result = urlFields(task, urls);
  const text = JSON.stringify(result);
  switch (task.script.jobResultAs ?? "json") {
    case "json":
      return { resultJson: text };
    case "response":
      return { resultJson: "", response: result };
    case "broken":
      return { resultJson: text.slice(0, -8) };
    case "empty":
      return { resultJson: "" };
  }
}

/** `state`, and `resultJson` as a JSON string that is empty while the job runs. */
export function jobRecord(task: KieTask, now: number, urls: readonly string[]): Record<string, unknown> {
  const { phase, progress, endedAt } = phaseOf(task, now);
  const failure = phase === "failed" ? failureOf(task) : null;
  const running = progress < 0.1 ? "waiting" : progress < 0.25 ? "queuing" : "generating";
  const state = { running: task.script.runningState ?? running, success: "success", failed: "fail" }[phase];
  return {
    taskId: task.taskId,
    model: task.model,
    state,
    param: JSON.stringify({ ...task.body, input: JSON.stringify(task.body["input"]) }),
    ...(phase === "success" ? jobResult(task, urls) : { resultJson: "" }),
    failCode: failure ? (task.script.failCodeAs === "number" ? failure.code : String(failure.code)) : null,
    failMsg: failure?.message ?? null,
    costTime: endedAt === null ? null : Math.round((endedAt - task.createdAt) / 1000),
    completeTime: endedAt,
    createTime: task.createdAt,
    updateTime: endedAt ?? now,
    creditsConsumed: phase === "failed" ? 0 : task.cost,
  };
}

/** The body that KIE posts to `callBackUrl` when a task has ended. */
export function callbackOf(task: KieTask, now: number, urls: readonly string[]): unknown {
  const { phase } = phaseOf(task, now);
  const failure = phase === "failed" ? failureOf(task) : null;
  const code = failure?.code ?? 200;
  const msg = failure?.message ?? "success";
  switch (task.family) {
    case "4o-image":
      return { code, msg, data: { taskId: task.taskId, info: failure ? null : { result_urls: urls } } };
    case "flux-kontext":
      return {
        code,
        msg,
        data: {
          taskId: task.taskId,
          info: { originImageUrl: `${urls[0] ?? ""}?origin=1`, resultImageUrl: urls[0] ?? "" },
        },
      };
    case "veo":
      return {
        code,
        msg,
        data: {
          taskId: task.taskId,
          promptJson: JSON.stringify(task.body),
          info: { resultUrls: JSON.stringify(urls), originUrls: [], resolution: "720p" },
          fallbackFlag: false,
        },
      };
    case "jobs":
      return {
        code: failure ? 501 : 200,
        msg: failure ? "Playground task failed." : "Playground task completed successfully.",
        data: jobRecord(task, now, urls),
      };
  }
}

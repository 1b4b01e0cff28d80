import type { Clock } from "../../core/ports/clock.ts";
import type { Generator, PollResult, ProducedMedia } from "../../core/ports/generator.ts";
import type { KieClient } from "./client.ts";
import { readFailure, startFailure, taskFailure } from "./errors.ts";
import { KIE_MODELS, type KieApi } from "./models.ts";
import {
  createdSchema,
  freshLinkSchema,
  type KieOperation,
  type KieRecord,
  operationSchema,
  recordSchema,
} from "./schema.ts";

const ROUTES: Readonly<Record<KieApi, { create: string; record: string }>> = {
  "4o": { create: "/api/v1/gpt4o-image/generate", record: "/api/v1/gpt4o-image/record-info" },
  veo: { create: "/api/v1/veo/generate", record: "/api/v1/veo/record-info" },
};

/** For so long after its create a task that KIE does not know counts as not visible yet. */
const INVISIBLE_MS = 2 * 60_000;

/**
 * Links of results: the hosts that recorded traffic shows, older ones of the same house, and the presigned
 * links of download-url. Read 2026-11.
 */
const RESULT_SUFFIXES = [
  ".aiquickdraw.com",
  ".redpandaai.co",
  ".erweima.ai",
  ".kie.ai",
  ".r2.cloudflarestorage.com",
];

type Phase = "running" | "success" | "failed";

/** `status` (4o) and `successFlag` say the same; either may be missing, and what is unknown still runs. */
function phaseOf(record: KieRecord): Phase {
  const { status, successFlag } = record;
  const flag = successFlag ?? 0;
  if (status?.endsWith("FAILED") || flag >= 2) return "failed";
  return status === "SUCCESS" || flag === 1 ? "success" : "running";
}

function resultOf(record: KieRecord): PollResult {
  switch (phaseOf(record)) {
    case "failed":
      return { status: "failed", failure: taskFailure(record.errorCode, record.errorMessage ?? "") };
    case "success": {
      const media = (record.response ?? []).map((url): ProducedMedia => ({ url }));
      const [first, ...others] = media;
      return first ? { status: "done", media: [first, ...others] } : { status: "empty" };
    }
    case "running": {
      const { progress } = record;
      if (progress === null || progress === undefined) return { status: "pending" };
      return { status: "pending", progress: Math.min(1, progress > 1 ? progress / 100 : progress) };
    }
  }
}

export function createKieGenerator(deps: {
  client: KieClient;
  clock: Clock;
  trustedOrigins: readonly string[];
}): Generator {
  const { client, clock } = deps;
  return {
    models: KIE_MODELS.map((model) => model.offer),
    // 20 new tasks in 10 s a key are documented, 10 reads a second a key are our own ceiling.
    budget: { creates: { count: 20, perMs: 10_000 }, reads: { count: 10, perMs: 1_000 }, concurrency: 10 },
    resultHosts: { suffixes: RESULT_SUFFIXES, trustedOrigins: deps.trustedOrigins },

    async start(request, context) {
      const model = KIE_MODELS.find((candidate) => candidate.offer.id === request.model);
      if (!model) {
        const failure = { kind: "input", code: "INPUT_INVALID", detail: "kie model" } as const;
        return { status: "failed", failure };
      }
      const callBack = context.callbackUrl === null ? {} : { callBackUrl: context.callbackUrl };
      const body = { ...model.body(request), ...callBack };
      const startedAt = clock.now();
      const answer = await client.post(ROUTES[model.api].create, body, {
        once: true,
        signal: context.signal,
      });
      if (answer.kind !== "code" || answer.code !== 200) return startFailure(answer);
      const created = createdSchema.safeParse(answer.data);
      if (!created.success) return { status: "unknown", detail: "kie 200 without a task id" };
      const { taskId } = created.data;
      const operation = { api: model.api, taskId, startedAt } satisfies KieOperation;
      return { status: "started", operation, taskKey: taskId };
    },

    async poll(stored, context) {
      const operation = operationSchema.safeParse(stored);
      if (!operation.success) return { status: "unreadable", detail: "kie operation" };
      const { api, taskId, startedAt } = operation.data;
      const answer = await client.get(ROUTES[api].record, { taskId }, context.signal);
      const isUnknownTask =
        answer.kind === "code" && (answer.code === 422 || (answer.code === 200 && answer.data === null));
      if (isUnknownTask) {
        const isYoung = clock.now() - startedAt < INVISIBLE_MS;
        return isYoung ? { status: "pending" } : { status: "unreadable", detail: "kie task is not known" };
      }
      if (answer.kind !== "code" || answer.code !== 200) return readFailure(answer);
      const record = recordSchema.safeParse(answer.data);
      return record.success ? resultOf(record.data) : { status: "unreadable", detail: "kie record" };
    },

    async refresh(stored, url, context) {
      const operation = operationSchema.safeParse(stored);
      if (!operation.success) return null;
      const { api, taskId } = operation.data;
      const [path, body] =
        api === "4o"
          ? ["/api/v1/gpt4o-image/download-url", { taskId, url }]
          : ["/api/v1/common/download-url", { url }];
      const answer = await client.post(path, body, { once: false, signal: context.signal });
      if (answer.kind !== "code" || answer.code !== 200) return null;
      const link = freshLinkSchema.safeParse(answer.data);
      return link.success ? link.data : null;
    },
  };
}

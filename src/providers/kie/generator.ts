import { jsonObject } from "../../core/json.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Failure, GenerateRequest, Generator } from "../../core/ports/generator.ts";
import { probeAccount } from "./account.ts";
import type { KieClient } from "./client.ts";
import { startFailure } from "./errors.ts";
import type { KieModel } from "./families/family.ts";
import { KIE_FAMILIES, KIE_MODELS } from "./models.ts";
import { createdSchema, freshLinkSchema, operationSchema, taskIdSchema } from "./schema.ts";
import type { KieUploads } from "./uploads.ts";

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

const modelOf = (id: string): KieModel | undefined => KIE_MODELS.find(({ offer }) => offer.id === id);

const UNFIT = { kind: "input", code: "INPUT_INVALID", notAsked: true } as const;

/** Why a model cannot take what it would be given, before anything is sent; null: it can. */
function misfit(model: KieModel, { prompt, references }: GenerateRequest): Failure | null {
  const { offer, promptLimit, pictureMaxBytes = Number.POSITIVE_INFINITY } = model;
  if (promptLimit !== null && prompt.length > promptLimit) {
    return { ...UNFIT, detail: "kie prompt is too long" };
  }
  if (references.length > offer.maxReferences) {
    return { ...UNFIT, detail: "kie too many pictures" };
  }
  const isTaken = references.every(({ bytes }) => bytes.length <= pictureMaxBytes);
  return isTaken ? null : { ...UNFIT, code: "MEDIA_UNSUPPORTED", detail: "kie size of a picture" };
}

function operationOf({ api, resolution }: KieModel, taskId: string, startedAt: number) {
  return jsonObject({ api, taskId, startedAt, resolution });
}

export function createKieGenerator(deps: {
  client: KieClient;
  uploads: KieUploads;
  clock: Pick<Clock, "now">;
  trustedOrigins: readonly string[];
}): Generator {
  const { client, uploads, clock } = deps;
  return {
    serviceName: "KIE",
    models: KIE_MODELS.map(({ offer, promptLimit }) =>
      promptLimit === null ? offer : { ...offer, promptUnits: promptLimit },
    ),
    // 20 new tasks in 10 s a key are documented, 10 reads a second a key are our own ceiling.
    budget: { creates: { count: 20, perMs: 10_000 }, reads: { count: 10, perMs: 1_000 }, concurrency: 10 },
    resultHosts: { suffixes: RESULT_SUFFIXES, trustedOrigins: deps.trustedOrigins },

    async start(request, { signal, callbackUrl }) {
      const model = modelOf(request.model);
      if (!model) {
        const failure = { kind: "input", code: "INPUT_INVALID", detail: "kie model" } as const;
        return { status: "failed", failure };
      }
      const unfit = misfit(model, request);
      if (unfit) return { status: "failed", failure: unfit };
      const uploaded = await uploads.put(request.references, signal);
      if (uploaded.status === "failed") return uploaded;
      if (signal.aborted) {
        const detail = "kie not asked";
        const failure = { kind: "transient", code: "PROVIDER_TIMEOUT", notAsked: true, detail } as const;
        return { status: "failed", failure };
      }
      const callBack = callbackUrl === null ? {} : { callBackUrl: callbackUrl };
      const body = { ...model.body(request, uploaded.links), ...callBack };
      const startedAt = clock.now();
      const answer = await client.post(KIE_FAMILIES[model.api].createPath, body, { once: true, signal });
      if (answer.kind !== "code" || answer.code !== 200) return startFailure(answer);
      const created = createdSchema.safeParse(answer.data);
      if (!created.success) return { status: "unknown", detail: "kie 200 without a task id" };
      const { taskId } = created.data;
      return { status: "started", operation: operationOf(model, taskId, startedAt), taskKey: taskId };
    },

    async poll(stored, { signal }) {
      const operation = operationSchema.safeParse(stored);
      if (!operation.success) return { status: "unreadable", detail: "kie operation" };
      const ageMs = clock.now() - operation.data.startedAt;
      return KIE_FAMILIES[operation.data.api].poll({ client, operation: operation.data, ageMs, signal });
    },

    async refresh(stored, url, { signal }) {
      const operation = operationSchema.safeParse(stored);
      if (!operation.success) return null;
      const { path, body } = KIE_FAMILIES[operation.data.api].freshLink(operation.data.taskId, url);
      const answer = await client.post(path, body, { once: false, signal });
      if (answer.kind !== "code" || answer.code !== 200) return null;
      const link = freshLinkSchema.safeParse(answer.data);
      return link.success ? link.data : null;
    },

    adopt({ id, kind }, taskKey, startedAt) {
      const model = modelOf(id);
      if (model?.offer.kind !== kind || !taskIdSchema.safeParse(taskKey).success) return null;
      return operationOf(model, taskKey, startedAt);
    },

    probe: ({ signal }) => probeAccount(client, signal),
  };
}

import type { Clock } from "../../core/ports/clock.ts";
import type { Generator, ProbeResult, ReferenceImage, StartResult } from "../../core/ports/generator.ts";
import type { HttpResult } from "../shared/http.ts";
import type { ImagesClient } from "./client.ts";
import { failed, httpFailure, isNoRoute, refusedField } from "./errors.ts";
import { maskForBoth } from "./mask.ts";
import { extraFieldsOf, fieldsOf, type ImageServer, inlinePictures, isAtOpenAi, modelOf } from "./models.ts";
import { neutralise } from "./prompt.ts";
import { answerSchema, modelListSchema } from "./schema.ts";

/** Of a mask, at OpenAI. Source: Images API reference, edits, read 2026-11. */
const MAX_MASK_BYTES = 4 * 1024 * 1024;

/** The bytes of a base64 text with or without a `data:` head; null where a part is missing or it is none. */
function bytesOf(text: string): Uint8Array | null {
  const data = text.replace(/^data:[\w/+.-]+;base64,/, "").replaceAll("\n", "");
  const bytes = Buffer.from(data, "base64");
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return bytes.length > 0 && bytes.length === (data.length * 3) / 4 - padding ? bytes : null;
}

async function forBothSchools(mask: ReferenceImage): Promise<ReferenceImage | null> {
  const bytes = await maskForBoth(mask.bytes);
  return bytes && { ...mask, bytes };
}

export function createImageGenerator(deps: {
  readonly client: ImagesClient;
  readonly server: ImageServer;
  readonly clock: Pick<Clock, "now">;
}): Generator {
  const { client, server, clock } = deps;
  const model = modelOf(server);
  const isOpenAi = isAtOpenAi(server.baseUrl);
  const extras = new Set(extraFieldsOf(server));
  let hasEdits = true;

  /** Success without a picture: what cost is never asked for again, what was free may be. */
  const unusable = (detail: string): StartResult =>
    model.repeatable
      ? failed({ kind: "transient", code: "PROVIDER_BAD_ANSWER", detail })
      : { status: "unknown", detail };

  async function resultOf(body: unknown, signal: AbortSignal): Promise<StartResult> {
    const answer = answerSchema.safeParse(body);
    if (!answer.success) return { status: "unknown", detail: "openai answer" };
    const [picture] = answer.data.data;
    if (picture?.b64_json) {
      const bytes = bytesOf(picture.b64_json);
      return bytes ? { status: "done", media: [{ bytes }] } : unusable("openai base64");
    }
    if (!picture?.url) return unusable("openai no picture");
    const bytes = await client.picture(picture.url, signal);
    return bytes ? { status: "done", media: [{ bytes }] } : unusable("openai link");
  }

  return {
    serviceName: isOpenAi ? "OpenAI" : "The image server",
    models: [model],
    // Limits differ by account; a 429 says when to come back. Answers hold whole pictures, so few at once.
    budget: {
      creates: { count: 20, perMs: 10_000 },
      reads: { count: 10, perMs: 1_000 },
      concurrency: server.isSelfHosted ? 1 : 4,
    },
    resultHosts: { suffixes: [], trustedOrigins: [] },

    async start(request, { signal }) {
      const { references, aspect } = request;
      const input = (detail: string) =>
        failed({ kind: "input", code: "INPUT_INVALID", notAsked: true, detail });
      const prompt = isOpenAi ? request.prompt : neutralise(request.prompt);
      if (prompt === "") return input("openai no prompt");
      const given = references.length > 0 ? request.mask : null;
      const mask = given && server.isSelfHosted ? await forBothSchools(given) : given;
      if (given && (!mask || !hasEdits)) return input("openai mask");
      if (isOpenAi && mask && mask.bytes.length > MAX_MASK_BYTES) return input("openai mask size");
      const isEdit = references.length > 0 && hasEdits;
      const fields = {
        ...fieldsOf(server.model, { prompt, aspect }, extras),
        ...(isEdit || references.length === 0 ? {} : inlinePictures(references)),
      };
      const reply = await client.make(fields, isEdit ? references : [], mask, signal);
      switch (reply.kind) {
        case "answer":
          return resultOf(reply.body, signal);
        case "refused": {
          // Nothing was made. What the server lacks is left out from then on, and the next attempt may go well.
          const lacking = (detail: string) =>
            failed({ kind: "transient", code: "PROVIDER_BAD_ANSWER", detail });
          if (isEdit && server.isSelfHosted && !given && isNoRoute(reply)) {
            hasEdits = false;
            return lacking("openai no edits");
          }
          const field = refusedField(reply, extras);
          if (field === undefined) return httpFailure(reply, isEdit);
          extras.delete(field);
          return lacking(`openai ${field}`);
        }
        case "not-sent":
          return failed({
            kind: "transient",
            code: "PROVIDER_DOWN",
            serviceDown: true,
            detail: "openai not reached",
          });
        case "lost":
          return { status: "unknown", detail: `openai ${reply.detail}`, serviceDown: true };
      }
    },

    /** Nothing is ever pending: `start` answers with the picture. */
    poll: () => Promise.resolve({ status: "unreadable", detail: "openai has no tasks" }),

    probe: async ({ signal }) => stateOf(await client.models(signal), server, clock.now()),
  };
}

function stateOf(result: HttpResult, server: ImageServer, now: number): ProbeResult {
  const down = (detail: string): ProbeResult => ({
    status: "down",
    failure: { kind: "transient", code: "PROVIDER_DOWN", serviceDown: true, detail },
  });
  const refused = (scope: "account" | "model", detail: string): ProbeResult => ({
    status: "down",
    failure: { kind: "operator", code: "PROVIDER_AUTH", scope, detail },
  });
  if (result.kind !== "answer") return down("openai not reached");
  const { status } = result;
  if (status === 401 || status === 403) return refused("account", `openai models ${status}`);
  if (status >= 500) return down(`openai models ${status}`);
  // Not every server lists what it has, and one of the operator's own takes any name.
  if (status !== 200 || server.isSelfHosted) return { status: "up" };
  const list = modelListSchema.safeParse(result.json);
  if (!list.success) return down("openai models answer");
  const entry = list.data.data.find(({ id }) => id === server.model);
  // Whoever stands in front of OpenAI may list less than it passes on.
  if (!entry) return isAtOpenAi(server.baseUrl) ? refused("model", "openai model unknown") : { status: "up" };
  return Date.parse(entry.shutdown_date ?? "") <= now
    ? refused("model", "openai model ended")
    : { status: "up" };
}

import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import type { CaptionRequest, CaptionResult, CaptionWriter } from "../../core/ports/captions.ts";
import type { Secret } from "../../core/secret.ts";
import type { BytesHttp } from "../shared/http.ts";
import { captionJsonSchema, chatSchema, readCaption } from "./caption-answer.ts";
import { requestWords, SYSTEM_WORDS } from "./caption-prompt.ts";
import { CREDIT, isAboutModel, POLICY, type Refusal } from "./errors.ts";
import { createLibrary } from "./library.ts";

const MAX_BYTES = 1024 * 1024;
/** Behind core's own deadline, which comes by the signal. */
const TIMEOUT_MS = 60_000;
/** Thoughts of a reasoning model included; bounds what one caption can cost. */
const MAX_TOKENS = 4_000;
/** Refusals that say what to leave out: two formats, the bound, the picture. */
const MAX_STEPS = 4;

/** What a server is asked with. Each part may be one that it does not know. */
interface Manner {
  readonly format: "json_schema" | "json_object" | "text";
  readonly isBounded: boolean;
  readonly hasPicture: boolean;
}

/**
 * Captions by chat completions, from OpenAI or any server that speaks its API. A server that refuses a part of the
 * request by name is asked without it at once, since a refusal costs nothing, and from then on; only the picture is
 * offered again with each caption, because it may have been this one.
 */
export function createCaptionWriter(deps: {
  readonly http: BytesHttp;
  readonly baseUrl: string;
  readonly key: Secret | undefined;
  readonly model: string;
}): CaptionWriter {
  const { model } = deps;
  const library = createLibrary({ ...deps, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  let manner: Manner = { format: "json_schema", isBounded: true, hasPicture: true };

  async function ask(request: CaptionRequest, sent: Manner, steps: number, signal: AbortSignal) {
    const reply = await library.ask(
      (openai) => openai.chat.completions.create(paramsOf(model, request, sent), { signal }),
      signal,
    );
    switch (reply.kind) {
      case "answer":
        return resultOf(reply.body, request, model);
      case "not-sent":
        return failed("openai not reached", true);
      case "lost":
        return failed(`openai ${reply.detail}`, true);
      case "refused": {
        const next = steps > 0 ? without(sent, reply) : null;
        if (next === null) return failureOf(reply);
        manner = { ...next, hasPicture: true };
        return ask(request, next, steps - 1, signal);
      }
    }
  }

  return {
    model,
    write: (request, signal): Promise<CaptionResult> =>
      ask(request, { ...manner, hasPicture: request.image !== null }, MAX_STEPS, signal),
  };
}

const failed = (detail: string, mayHelp: boolean): CaptionResult => ({ status: "failed", detail, mayHelp });

function paramsOf(
  model: string,
  request: CaptionRequest,
  { format, isBounded, hasPicture }: Manner,
): ChatCompletionCreateParamsNonStreaming {
  const image = hasPicture ? request.image : null;
  const text = requestWords({ ...request, image });
  return {
    model,
    messages: [
      { role: "system", content: SYSTEM_WORDS },
      {
        role: "user",
        content: [
          { type: "text", text },
          ...(image === null
            ? []
            : [{ type: "image_url" as const, image_url: { url: dataUrl(image), detail: "low" as const } }]),
        ],
      },
    ],
    ...(isBounded ? { max_completion_tokens: MAX_TOKENS } : {}),
    ...(format === "text" ? {} : { response_format: responseFormat(format) }),
  };
}

/** The bytes themselves: a link of ours would show the picture to whoever holds it, and needs a public address. */
function dataUrl({ bytes, contentType }: NonNullable<CaptionRequest["image"]>): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return `data:${contentType};base64,${buffer.toString("base64")}`;
}

const responseFormat = (format: "json_schema" | "json_object") =>
  format === "json_schema"
    ? { type: format, json_schema: { name: "caption", strict: true, schema: captionJsonSchema() } }
    : { type: format };

/** The same without what this refusal is about; null: it is about none of that. */
function without(sent: Manner, { status, code, param, message }: Refusal): Manner | null {
  if (POLICY.test(code ?? "")) return null;
  const about = `${param ?? ""} ${message}`;
  if (status === 400 || status === 422) {
    if (sent.format !== "text" && /response_format|json_schema|json_object|structured.output/i.test(about))
      return { ...sent, format: sent.format === "json_schema" ? "json_object" : "text" };
    if (sent.isBounded && /max_completion_tokens/.test(about)) return { ...sent, isBounded: false };
  }
  // Servers without eyes say so with any of these.
  const mayBeBlind = [400, 404, 415, 422, 500, 501].includes(status);
  if (sent.hasPicture && mayBeBlind && /image|vision|multi-?modal|mmproj|content part/i.test(about))
    return { ...sent, hasPicture: false };
  return null;
}

/**
 * | HTTP | what | result |
 * |---|---|---|
 * | any with a code of credit | no credit, a limit that waiting does not lift | failed, for good |
 * | 4xx with a code of moderation | the words or the picture | refused |
 * | 400, 413, 415, 422, not about the model | this one request: the next may well be taken | refused |
 * | 408, 409, 425, 429, 499, 5xx | slow down, overloaded | failed, may help |
 * | other 4xx | key, model, address | failed, for good |
 */
function failureOf(refusal: Refusal): CaptionResult {
  const { status, code } = refusal;
  if (CREDIT.test(code ?? "")) return failed("openai credit", false);
  if (status < 500 && POLICY.test(code ?? "")) return { status: "refused", detail: "openai moderation" };
  if ([400, 413, 415, 422].includes(status) && !isAboutModel(refusal))
    return { status: "refused", detail: `openai http ${status}` };
  const mayPass = status >= 500 || [408, 409, 425, 429, 499].includes(status);
  return failed(`openai http ${status}`, mayPass);
}

function resultOf(body: unknown, request: CaptionRequest, model: string): CaptionResult {
  const parsed = chatSchema.safeParse(body);
  const choice = parsed.success ? parsed.data.choices[0] : undefined;
  if (!choice) return failed("openai answer", true);
  const { content, refusal } = choice.message;
  if (refusal) return { status: "refused", detail: "openai refusal" };
  if (choice.finish_reason === "content_filter") return { status: "refused", detail: "openai filter" };
  if (choice.finish_reason === "length") return failed("openai length", true);
  const caption = readCaption(content ?? "", request.language);
  return caption ? { status: "written", caption, model } : failed("openai no caption", true);
}

import type { Aspect, GenerateRequest, GeneratorModel, ReferenceImage } from "../../core/ports/generator.ts";
import type { Secret } from "../../core/secret.ts";

/** Where pictures are asked for. */
export interface ImageServer {
  /** With `/v1`, without a slash at its end. */
  readonly baseUrl: string;
  /** Undefined: none is sent. */
  readonly key: Secret | undefined;
  readonly model: string;
  /** A machine of the operator's own (stable-diffusion.cpp, LocalAI): slow, one picture at a time. */
  readonly isSelfHosted: boolean;
}

/**
 * About a megapixel each, both sides multiples of 16 and the ratio exact; gpt-image-2 and later take any such size
 * from 0.65 to 8.3 megapixels and up to 3:1. Source: Images API reference, read 2026-11.
 */
const SIZES: Readonly<Record<Aspect, `${number}x${number}`>> = {
  "1:1": "1024x1024",
  "3:2": "1536x1024",
  "2:3": "1024x1536",
  "4:3": "1344x1008",
  "3:4": "1008x1344",
  "4:5": "1024x1280",
  "5:4": "1280x1024",
  "16:9": "1536x864",
  "9:16": "864x1536",
  "21:9": "1680x720",
};

const ALL: GeneratorModel["aspects"] = [
  "1:1",
  "3:2",
  "2:3",
  "4:3",
  "3:4",
  "4:5",
  "5:4",
  "16:9",
  "9:16",
  "21:9",
];

/** What gpt-image-1 and its variants take (the last of them ends on 2026-12-01). */
const FIRST_THREE: GeneratorModel["aspects"] = ["1:1", "3:2", "2:3"];
const FIRST_GENERATION = /^(gpt-image-1\b|chatgpt-image)/;

/** Medium quality at 1024x1024, as resellers quote OpenAI's own price (2026-05); OpenAI bills by tokens. */
const COST_DOLLARS = 0.07;

/** OpenAI itself, where prompts hold no instructions and every request needs a key. */
export const isAtOpenAi = (baseUrl: string): boolean => new URL(baseUrl).hostname === "api.openai.com";

/** A model of OpenAI's by its name, wherever it is asked for. */
export const isGptImage = (model: string): boolean => /^(gpt|chatgpt)-image/.test(model);

export function modelOf(server: ImageServer): GeneratorModel {
  const { isSelfHosted, model } = server;
  // A server that wants no key charges nobody: what was lost may be asked again.
  const isFree = isSelfHosted && server.key === undefined;
  return {
    id: "openai-image",
    label: isSelfHosted ? "Own image server" : "OpenAI Image",
    kind: "image",
    aspects: FIRST_GENERATION.test(model) && !isSelfHosted ? FIRST_THREE : ALL,
    maxReferences: 16,
    takesMask: true,
    costDollars: isFree ? 0 : model.startsWith("gpt-image-2") ? COST_DOLLARS : null,
    paid: !isFree,
    repeatable: isFree,
    typicalMs: isSelfHosted ? 90_000 : 30_000,
    // Without a graphics card a picture takes many minutes.
    startTimeoutMs: isSelfHosted ? 1_200_000 : 180_000,
    sketch: false,
  };
}

/** Fields that not every server knows; one that refuses such a field is asked without it from then on. */
export type ExtraField = "response_format" | "output_format";

/** LocalAI answers links unless it is told not to; OpenAI's models always answer base64 and refuse the field. */
export function extraFieldsOf(server: ImageServer): readonly ExtraField[] {
  const isOpenAis = server.key !== undefined && isGptImage(server.model);
  return server.isSelfHosted && !isOpenAis ? ["response_format", "output_format"] : ["output_format"];
}

export interface ImageFields {
  readonly model: string;
  readonly prompt: string;
  readonly n: 1;
  readonly size: string;
  readonly response_format?: "b64_json";
  readonly output_format?: "png";
  readonly files?: readonly string[];
  readonly ref_images?: readonly string[];
}

/**
 * Pictures inside the JSON of a generation, as LocalAI takes them, which has no edits: one kind of model begins with the
 * first of `files`, the other looks at `ref_images`.
 */
export function inlinePictures(
  references: readonly ReferenceImage[],
): Pick<ImageFields, "files" | "ref_images"> {
  const pictures = references.map(({ bytes }) => Buffer.from(bytes).toString("base64"));
  return { files: pictures, ref_images: pictures };
}

/** What is asked, of both routes. Quality and moderation are left at the server's own defaults. */
export function fieldsOf(
  model: string,
  request: Pick<GenerateRequest, "prompt" | "aspect">,
  extras: ReadonlySet<ExtraField>,
): ImageFields {
  return {
    model,
    prompt: request.prompt,
    n: 1,
    size: SIZES[request.aspect],
    ...(extras.has("response_format") ? { response_format: "b64_json" } : {}),
    ...(extras.has("output_format") ? { output_format: "png" } : {}),
  };
}

import { z } from "zod";
import type { Flavour } from "./types.ts";

/** A request for a picture, JSON or form, and every difference from what the flavour documents. */
export interface ReadRequest {
  readonly fields: Record<string, string>;
  readonly pictures: readonly Buffer[];
  readonly mask: Buffer | null;
  readonly problems: readonly string[];
}

const MODELS = [
  "gpt-image-1-mini",
  "gpt-image-1.5",
  "gpt-image-2",
  "gpt-image-2.5-sunburst",
  "gpt-image-2.5-flare",
  "gpt-image-2.6-sunburst",
  "gpt-image-2.6-flare",
] as const;

const MAX_PICTURE_BYTES = 50 * 1024 * 1024;
const MAX_MASK_BYTES = 4 * 1024 * 1024;

/** What OpenAI takes; anything else is refused by name. Source: Images API reference, read 2026-11. */
const openAiFields = z.strictObject({
  prompt: z.string().min(1).max(32_000),
  model: z.enum(MODELS).optional(),
  n: z.coerce.number().int().min(1).max(10).optional(),
  size: z.string().optional(),
  quality: z.enum(["low", "medium", "high", "auto"]).optional(),
  output_format: z.enum(["png", "webp", "jpeg"]).optional(),
  output_compression: z.coerce.number().int().min(0).max(100).optional(),
  background: z.enum(["transparent", "opaque", "auto"]).optional(),
  moderation: z.enum(["low", "auto"]).optional(),
  safety_identifier: z.string().optional(),
});

/** What self-hosted servers read; what they do not know they pass over. */
const serverFields = z.object({
  prompt: z.string().min(1),
  n: z.coerce.number().int().min(1).max(8).optional(),
  size: z
    .string()
    .regex(/^[1-9]\d{1,3}x[1-9]\d{1,3}$/)
    .optional(),
  output_format: z.enum(["png", "webp", "jpeg"]).optional(),
  response_format: z.enum(["url", "b64_json"]).optional(),
});

function sizeProblems(size: string | undefined, model: string | undefined): string[] {
  if (size === undefined || size === "auto") return [];
  if (model?.startsWith("gpt-image-1")) {
    return ["1024x1024", "1536x1024", "1024x1536"].includes(size) ? [] : [`size: ${size} is not supported`];
  }
  const [width = 0, height = 0] = size.split("x").map(Number);
  const isFitting =
    width % 16 === 0 &&
    height % 16 === 0 &&
    Math.max(width, height) <= 3_840 &&
    Math.max(width, height) <= 3 * Math.min(width, height) &&
    width * height >= 655_360 &&
    width * height <= 3_840 * 2_160;
  return isFitting ? [] : [`size: ${size} is not supported`];
}

/** Instructions that a member must not be able to give to the server. */
function promptProblems(flavour: Flavour, prompt: string): string[] {
  const isInstruction =
    flavour === "sd-cpp"
      ? /sd_cpp_extra_args|<lora:/i.test(prompt)
      : flavour === "localai" && prompt.includes("|");
  return isInstruction ? [`prompt: holds instructions for the server: ${prompt}`] : [];
}

const typeOf = (bytes: Buffer): string =>
  bytes.subarray(1, 4).toString("latin1") === "PNG"
    ? "image/png"
    : bytes[0] === 0xff && bytes[1] === 0xd8
      ? "image/jpeg"
      : "unknown";

/** Width and height of a PNG. */
const pngSize = (bytes: Buffer): string => `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;

async function readForm(body: Buffer<ArrayBuffer>, contentType: string): Promise<ReadRequest> {
  const form = await new Response(body, { headers: { "content-type": contentType } }).formData();
  const fields: Record<string, string> = {};
  const pictures: Buffer[] = [];
  const problems: string[] = [];
  let mask: Buffer | null = null;
  for (const [name, value] of form) {
    if (typeof value === "string") {
      if (name in fields) problems.push(`${name}: stands there twice`);
      fields[name] = value;
      continue;
    }
    const bytes = Buffer.from(await value.arrayBuffer());
    if (value.type !== typeOf(bytes)) problems.push(`${name}: ${value.type} is ${typeOf(bytes)}`);
    if (!/\.(png|jpg|jpeg|webp)$/.test(value.name)) problems.push(`${name}: file name ${value.name}`);
    if (name === "mask") mask = bytes;
    else if (name === "image[]" || name === "image") pictures.push(bytes);
    else problems.push(`${name}: is no file`);
  }
  return { fields, pictures, mask, problems };
}

function fileProblems({ pictures, mask }: ReadRequest): string[] {
  const problems: string[] = [];
  if (pictures.length === 0 || pictures.length > 16) problems.push(`image: ${pictures.length} files`);
  if (pictures.some((bytes) => bytes.length > MAX_PICTURE_BYTES)) problems.push("image: too large");
  const [first] = pictures;
  if (mask && first) {
    if (typeOf(mask) !== "image/png") problems.push("mask: is no PNG");
    else if (typeOf(first) === "image/png" && pngSize(mask) !== pngSize(first))
      problems.push(`mask: ${pngSize(mask)} is not the size of the image`);
    if (mask.length > MAX_MASK_BYTES) problems.push("mask: too large");
  }
  return problems;
}

const jsonBody = z.record(z.string(), z.union([z.string(), z.number(), z.array(z.base64())]));

/** LocalAI takes pictures inside the JSON, as bare base64; nobody else takes a list. */
function readJson(flavour: Flavour, body: Buffer): ReadRequest {
  const fields: Record<string, string> = {};
  const lists: Record<string, Buffer[]> = {};
  const problems: string[] = [];
  try {
    for (const [name, value] of Object.entries(jsonBody.parse(JSON.parse(body.toString())))) {
      if (!Array.isArray(value)) fields[name] = String(value);
      else if (flavour !== "localai") problems.push(`${name}: is a list`);
      else lists[name] = value.map((text) => Buffer.from(text, "base64"));
    }
  } catch {
    problems.push("body: is no JSON object of texts and numbers");
  }
  const { files: pictures = [], ref_images: references = [], ...rest } = lists;
  problems.push(...Object.keys(rest).map((name) => `${name}: is a list`));
  if ([...pictures, ...references].some((bytes) => typeOf(bytes) === "unknown")) {
    problems.push("files: are no pictures");
  }
  return { fields, pictures, mask: null, problems };
}

export async function readRequest(
  flavour: Flavour,
  route: "generations" | "edits",
  body: Buffer<ArrayBuffer>,
  contentType: string,
): Promise<ReadRequest> {
  const wanted = route === "edits" ? "multipart/form-data" : "application/json";
  if (!contentType.startsWith(wanted)) {
    return { fields: {}, pictures: [], mask: null, problems: [`content-type: is ${contentType}`] };
  }
  const read = route === "edits" ? await readForm(body, contentType) : readJson(flavour, body);
  const { fields } = read;
  const parsed = (flavour === "openai" ? openAiFields : serverFields).safeParse(fields);
  const wrong = parsed.success ? [] : parsed.error.issues;
  return {
    ...read,
    problems: [
      ...read.problems,
      ...wrong.map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message)),
      ...(flavour === "openai" ? sizeProblems(fields["size"], fields["model"]) : []),
      ...promptProblems(flavour, fields["prompt"] ?? ""),
      ...(route === "edits" ? fileProblems(read) : []),
    ],
  };
}

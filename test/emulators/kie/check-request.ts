import { z } from "zod";
import type { KieFamily } from "./types.ts";

/**
 * The documented request bodies, closed: a field that is not in the schema of 2026-08 is a violation even
 * where the service would ignore it. Source: docs.kie.ai OpenAPI snapshot, contracts of 4o, flux, veo, jobs.
 */
const uri = z.url();
const fourOImage = z
  .strictObject({
    size: z.enum(["1:1", "3:2", "2:3"]),
    prompt: z.string().min(1).optional(),
    filesUrl: z.array(uri).min(1).max(5).optional(),
    callBackUrl: uri.optional(),
  })
  .refine(
    (body) => body.prompt !== undefined || body.filesUrl !== undefined,
    "prompt or filesUrl is required",
  );

const fluxKontext = z
  .strictObject({
    prompt: z.string().min(1),
    enableTranslation: z.boolean().optional(),
    uploadCn: z.boolean().optional(),
    inputImage: uri.optional(),
    aspectRatio: z.enum(["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"]).optional(),
    outputFormat: z.enum(["jpeg", "png"]).optional(),
    promptUpsampling: z.boolean().optional(),
    model: z.enum(["flux-kontext-pro", "flux-kontext-max"]).optional(),
    safetyTolerance: z.int().min(0).max(6).optional(),
    watermark: z.string().optional(),
    callBackUrl: uri.optional(),
  })
  .refine((body) => body.inputImage === undefined || (body.safetyTolerance ?? 2) <= 2, {
    message: "safetyTolerance is 0 to 2 when editing",
  });

const veo = z
  .strictObject({
    prompt: z.string().min(1),
    model: z.enum(["veo3", "veo3_fast", "veo3_lite"]).optional(),
    imageUrls: z.array(uri).min(1).max(3).optional(),
    generationType: z.enum(["TEXT_2_VIDEO", "FIRST_AND_LAST_FRAMES_2_VIDEO", "REFERENCE_2_VIDEO"]).optional(),
    aspect_ratio: z.enum(["16:9", "9:16", "Auto"]).optional(),
    resolution: z.enum(["720p", "1080p", "4k"]).optional(),
    duration: z.literal([4, 6, 8]).optional(),
    enableTranslation: z.boolean().optional(),
    watermark: z.string().optional(),
    callBackUrl: uri.optional(),
  })
  .refine((body) => body.generationType !== "REFERENCE_2_VIDEO" || body.model !== "veo3", {
    message: "REFERENCE_2_VIDEO needs veo3_fast or veo3_lite",
  })
  .refine((body) => body.generationType !== "REFERENCE_2_VIDEO" || (body.duration ?? 8) === 8, {
    message: "REFERENCE_2_VIDEO is 8 seconds",
  })
  .refine((body) => body.generationType === "REFERENCE_2_VIDEO" || (body.imageUrls?.length ?? 0) <= 2, {
    message: "more than two images need REFERENCE_2_VIDEO",
  });

const jobs = z.strictObject({
  model: z.string().min(1),
  callBackUrl: uri.optional(),
  input: z.record(z.string(), z.unknown()),
});

const ratios = (list: string): z.ZodType<string | undefined> => z.enum(list.split(" ")).optional();
const ratio = (list: string): z.ZodType<string> => z.enum(list.split(" "));
const resolution = z.enum(["1K", "2K", "4K"]).optional();
const prompt = (max: number, min = 1): z.ZodType<string> => z.string().min(min).max(max);
const checked = z.boolean().optional();
const GPT_RATIOS = "auto 1:1 3:2 2:3 4:3 3:4 5:4 4:5 16:9 9:16 2:1 1:2 3:1 1:3 21:9 9:21";
const BANANA_RATIOS = "auto 1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9";
const BANANA_PRO_RATIOS = "auto 1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9";
const SEEDREAM_RATIOS = "1:1 4:3 3:4 16:9 9:16 2:3 3:2 21:9";
const FLUX_RATIOS = "auto 1:1 4:3 3:4 16:9 9:16 3:2 2:3";

const gptImage = { prompt: prompt(20_000), aspect_ratio: ratios(GPT_RATIOS), resolution };
const GPT_1K_ONLY = ["auto", "5:4", "4:5", "3:1", "1:3", "9:21"];
const gptFits = (input: { aspect_ratio?: string | undefined; resolution?: string | undefined }): boolean =>
  (input.resolution ?? "1K") === "1K" ||
  (!GPT_1K_ONLY.includes(input.aspect_ratio ?? "auto") &&
    !(input.aspect_ratio === "1:1" && input.resolution === "4K"));

const seedream = (qualities: string) => ({
  prompt: prompt(5_000, 3),
  aspect_ratio: ratio(SEEDREAM_RATIOS),
  quality: ratio(qualities),
  output_format: z.enum(["png", "jpeg"]).optional(),
  nsfw_checker: checked,
});
const flux2 = {
  prompt: prompt(5_000, 3),
  aspect_ratio: ratio(FLUX_RATIOS),
  resolution: z.enum(["1K", "2K"]),
  nsfw_checker: checked,
};
const shot = z.strictObject({ prompt: prompt(500), duration: z.int().min(1).max(12) });

/** Inputs of the models that exist; any other name is refused. */
const jobInputs: Record<string, z.ZodType> = {
  "gpt-image-2-text-to-image": z.strictObject(gptImage).refine(gptFits, "this ratio is 1K only"),
  "gpt-image-2-image-to-image": z
    .strictObject({ ...gptImage, input_urls: z.array(uri).min(1).max(16) })
    .refine(gptFits, "this ratio is 1K only"),
  "nano-banana-2": z.strictObject({
    prompt: prompt(20_000),
    image_input: z.array(uri).max(14).optional(),
    aspect_ratio: ratios(BANANA_RATIOS),
    resolution,
    output_format: z.enum(["png", "jpg"]).optional(),
  }),
  "nano-banana-2-lite": z.strictObject({
    prompt: prompt(20_000),
    aspect_ratio: ratio(BANANA_RATIOS),
    image_urls: z.array(uri).max(10).optional(),
  }),
  "nano-banana-pro": z.strictObject({
    prompt: prompt(10_000),
    image_input: z.array(uri).max(8).optional(),
    aspect_ratio: ratios(BANANA_PRO_RATIOS),
    resolution,
    output_format: z.enum(["png", "jpg"]).optional(),
  }),
  "seedream/5-pro-text-to-image": z.strictObject(seedream("basic high")),
  "seedream/5-pro-image-to-image": z.strictObject({
    ...seedream("basic high"),
    image_urls: z.array(uri).min(1).max(10),
  }),
  "seedream/5-lite-text-to-image": z.strictObject(seedream("basic high ultra")),
  "seedream/5-lite-image-to-image": z.strictObject({
    ...seedream("basic high ultra"),
    image_urls: z.array(uri).min(1).max(14),
  }),
  "flux-2/pro-text-to-image": z.strictObject(flux2),
  "flux-2/pro-image-to-image": z.strictObject({ ...flux2, input_urls: z.array(uri).min(1).max(8) }),
  "kling-3.0/video": z
    .strictObject({
      prompt: prompt(2_500),
      image_urls: z.array(uri).max(2).optional(),
      sound: z.boolean(),
      duration: z.string().regex(/^(?:[3-9]|1[0-5])$/),
      aspect_ratio: ratios("16:9 9:16 1:1"),
      mode: z.enum(["std", "pro", "4K"]),
      multi_shots: z.boolean(),
      multi_prompt: z.array(shot).max(5),
      kling_elements: z.array(z.unknown()).optional(),
    })
    .refine((input) => (input.image_urls?.length ?? 0) > 0 || input.aspect_ratio !== undefined, {
      message: "aspect_ratio is required without images",
    })
    .refine((input) => !/@\w/.test(input.prompt) || input.kling_elements !== undefined, {
      message: "the prompt names an element that is not there",
    }),
  "bytedance/seedance-2-5": z
    .strictObject({
      prompt: prompt(30_000),
      first_frame_url: uri.optional(),
      last_frame_url: uri.optional(),
      reference_image_urls: z.array(uri).max(30).optional(),
      return_last_frame: z.boolean().optional(),
      generate_audio: z.boolean().optional(),
      resolution: z.enum(["480p", "720p", "1080p"]).optional(),
      aspect_ratio: ratios("1:1 4:3 3:4 16:9 9:16 21:9 adaptive"),
      duration: z.union([z.int().min(4).max(30), z.literal(-1)]).optional(),
      output_format: z.enum(["mp4", "mov"]).optional(),
      web_search: z.boolean().optional(),
      nsfw_checker: checked,
    })
    .refine((input) => input.last_frame_url === undefined || input.first_frame_url !== undefined, {
      message: "last_frame_url cannot be passed alone",
    })
    .refine((input) => input.first_frame_url === undefined || input.reference_image_urls === undefined, {
      message: "frames and reference images exclude each other",
    }),
};

const UNKNOWN_MODEL = "The model name you specified is not supported. Please verify it and try again.";

const bodies: Record<KieFamily, z.ZodType> = {
  "4o-image": fourOImage,
  "flux-kontext": fluxKontext,
  veo,
  jobs,
};

/** Other routes with a body. */
export const routeBodies = {
  "4o download-url": z.strictObject({ taskId: z.string().min(1), url: uri }),
  "common download-url": z.strictObject({ url: uri }),
  "4k": z.strictObject({
    taskId: z.string().min(1),
    index: z.int().optional(),
    callBackUrl: uri.optional(),
  }),
  upload: z.strictObject({
    base64Data: z.string().min(1),
    uploadPath: z.string().regex(/^[^/].*[^/]$/),
    fileName: z.string().optional(),
  }),
  "stream upload": z.strictObject({
    uploadPath: z.string().regex(/^[^/].*[^/]$/),
    fileName: z.string().min(1).optional(),
  }),
} as const;

/** Every way in which a body differs from its documentation; empty when it does not. */
export function problemsOf(schema: z.ZodType, body: unknown): string[] {
  const parsed = schema.safeParse(body);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
}

export function createProblems(family: KieFamily, body: Record<string, unknown>): string[] {
  const problems = problemsOf(bodies[family], body);
  if (family !== "jobs") return problems;
  const inputSchema = jobInputs[String(body["model"])];
  if (!inputSchema) return [...problems, UNKNOWN_MODEL];
  return [...problems, ...problemsOf(inputSchema, body["input"]).map((text) => `input.${text}`)];
}

/** Every link in a body that the service is to fetch: all but the callback and what stands in a prompt. */
export function referencesOf(value: unknown, name = ""): string[] {
  if (name === "callBackUrl" || name === "prompt") return [];
  if (typeof value === "string") return /^https?:/i.test(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((entry) => referencesOf(entry, name));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => referencesOf(entry, key));
}

/** Whether the service itself would refuse the body: unknown fields it ignores, the rest it does not. */
export function isRefused(problems: readonly string[]): boolean {
  return problems.some((problem) => !problem.includes("Unrecognized key"));
}

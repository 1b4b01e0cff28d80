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

const ratios = (list: string): z.ZodType => z.enum(list.split(" ")).optional();
const resolution = z.enum(["1K", "2K", "4K"]).optional();
const prompt = (max: number): z.ZodType => z.string().min(1).max(max);
const GPT_RATIOS = "auto 1:1 3:2 2:3 4:3 3:4 5:4 4:5 16:9 9:16 2:1 1:2 3:1 1:3 21:9 9:21";
const BANANA_RATIOS = "auto 1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9";

/** Inputs of the models whose fields are documented; another model's input is not looked into. */
const jobInputs: Record<string, z.ZodType> = {
  "gpt-image-2-text-to-image": z.strictObject({
    prompt: prompt(20_000),
    aspect_ratio: ratios(GPT_RATIOS),
    resolution,
  }),
  "gpt-image-2-image-to-image": z.strictObject({
    prompt: prompt(20_000),
    input_urls: z.array(uri).min(1).max(16),
    aspect_ratio: ratios(GPT_RATIOS),
    resolution,
  }),
  "nano-banana-2": z.strictObject({
    prompt: prompt(20_000),
    image_input: z.array(uri).max(14).optional(),
    aspect_ratio: ratios(BANANA_RATIOS),
    resolution,
    output_format: z.enum(["png", "jpg"]).optional(),
  }),
  "nano-banana-2-lite": z.strictObject({
    prompt: prompt(20_000),
    aspect_ratio: z.string(),
    image_urls: z.array(uri).max(10).optional(),
  }),
};

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
} as const;

/** Every way in which a body differs from its documentation; empty when it does not. */
export function problemsOf(schema: z.ZodType, body: unknown): string[] {
  const parsed = schema.safeParse(body);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
}

export function createProblems(family: KieFamily, body: Record<string, unknown>): string[] {
  const problems = problemsOf(bodies[family], body);
  const inputSchema = family === "jobs" ? jobInputs[String(body["model"])] : undefined;
  if (inputSchema) problems.push(...problemsOf(inputSchema, body["input"]).map((text) => `input.${text}`));
  return problems;
}

/** Whether the service itself would refuse the body: unknown fields it ignores, the rest it does not. */
export function isRefused(problems: readonly string[]): boolean {
  return problems.some((problem) => !problem.includes("Unrecognized key"));
}

import { z } from "zod";

const STANDARD_RATIOS = "1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9".split(" ");
const WIDE_RATIOS = [...STANDARD_RATIOS, "1:4", "4:1", "1:8", "8:1"];

export interface GeminiModel {
  readonly ratios: readonly string[];
  /** Empty: `imageSize` must be left out. */
  readonly sizes: readonly string[];
  /** Pictures that may come with the words; more is an error. */
  readonly references: number;
  /** False: answers text only. */
  readonly makesImages: boolean;
}

/** Models that answer. Everything else is 404, as retired ones are. Source: model pages, read 2026-11. */
export const MODELS: Readonly<Record<string, GeminiModel>> = {
  "gemini-nano-banana-2.1": {
    ratios: WIDE_RATIOS,
    sizes: ["1K", "2K", "4K"],
    references: 14,
    makesImages: true,
  },
  "gemini-3.1-flash-image": {
    ratios: WIDE_RATIOS,
    sizes: ["512", "1K", "2K", "4K"],
    references: 14,
    makesImages: true,
  },
  "gemini-3.1-flash-lite-image": { ratios: WIDE_RATIOS, sizes: ["1K"], references: 14, makesImages: true },
  "gemini-3-pro-image": {
    ratios: STANDARD_RATIOS,
    sizes: ["1K", "2K", "4K"],
    references: 14,
    makesImages: true,
  },
  "gemini-2.5-flash-image": { ratios: STANDARD_RATIOS, sizes: [], references: 3, makesImages: true },
  "gemini-2.5-flash": { ratios: STANDARD_RATIOS, sizes: [], references: 3, makesImages: false },
};

const part = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({
    inlineData: z.strictObject({
      mimeType: z.enum(["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"]),
      data: z.base64(),
    }),
  }),
]);
const content = z.strictObject({ role: z.enum(["user", "model"]).optional(), parts: z.array(part).min(1) });

/** The fields of `generateContent` that an image request may have; any other is an error on this API. */
const requestBody = z.strictObject({
  contents: z.array(content).min(1),
  systemInstruction: z.strictObject({ role: z.string().optional(), parts: z.array(part).min(1) }).optional(),
  generationConfig: z
    .strictObject({
      responseModalities: z
        .array(z.enum(["TEXT", "IMAGE"]))
        .min(1)
        .optional(),
      imageConfig: z
        .strictObject({ aspectRatio: z.string().optional(), imageSize: z.string().optional() })
        .optional(),
      temperature: z.number().optional(),
      topP: z.number().optional(),
      topK: z.number().optional(),
      seed: z.int().optional(),
      candidateCount: z.literal(1).optional(),
      maxOutputTokens: z.int().optional(),
    })
    .optional(),
  safetySettings: z.array(z.strictObject({ category: z.string(), threshold: z.string() })).optional(),
});

export interface ParsedRequest {
  readonly prompt: string;
  readonly references: number;
  readonly aspectRatio: string;
  readonly problems: readonly string[];
}

/** Reads a body as far as it can, with every difference from what the model allows. */
export function parseRequest(model: GeminiModel, body: unknown): ParsedRequest {
  const parsed = requestBody.safeParse(body);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join(".") || "body"}: ${issue.message}`,
    );
    return { prompt: "", references: 0, aspectRatio: "1:1", problems };
  }
  const { contents, generationConfig } = parsed.data;
  const parts = contents.flatMap((entry) => entry.parts);
  const prompt = parts.map((entry) => ("text" in entry ? entry.text : "")).join("");
  const references = parts.filter((entry) => "inlineData" in entry).length;
  const { aspectRatio, imageSize } = generationConfig?.imageConfig ?? {};
  const problems: string[] = [];
  if (prompt === "" && references === 0) problems.push("contents: nothing is asked for");
  if (aspectRatio !== undefined && !model.ratios.includes(aspectRatio)) {
    problems.push(`generationConfig.imageConfig.aspectRatio: "${aspectRatio}" is not one of the model's`);
  }
  if (imageSize !== undefined && !model.sizes.includes(imageSize)) {
    problems.push(`generationConfig.imageConfig.imageSize: "${imageSize}" is not one of the model's`);
  }
  if (references > model.references) problems.push(`contents: ${references} pictures are too many`);
  if (model.makesImages && !generationConfig?.responseModalities?.includes("IMAGE")) {
    problems.push("generationConfig.responseModalities: IMAGE is not asked for");
  }
  return { prompt, references, aspectRatio: aspectRatio ?? "1:1", problems };
}

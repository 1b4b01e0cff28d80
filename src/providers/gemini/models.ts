import type { Aspect, GenerateRequest, GeneratorModel } from "../../core/ports/generator.ts";

/** The ten ratios that every Gemini image model takes. */
const RATIOS: readonly [Aspect, ...Aspect[]] = [
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

export const GEMINI_MODELS: readonly GeneratorModel[] = [
  {
    id: "gemini-flash",
    label: "Gemini Flash",
    kind: "image",
    aspects: RATIOS,
    maxReferences: 0,
    paid: true,
    repeatable: false,
    typicalMs: 15_000,
    startTimeoutMs: 180_000,
    sketch: false,
  },
];

/**
 * What is asked. `imageSize` is left out: 1K is the default of every model, and the older one refuses the field.
 * Only `aspectRatio` and `imageSize` exist on this API.
 */
export function bodyOf(request: GenerateRequest) {
  return {
    contents: [
      {
        role: "user",
        parts: [
          { text: request.prompt },
          ...request.references.map(({ bytes, contentType }) => ({
            inlineData: { mimeType: contentType, data: Buffer.from(bytes).toString("base64") },
          })),
        ],
      },
    ],
    generationConfig: {
      candidateCount: 1,
      responseModalities: ["TEXT", "IMAGE"],
      imageConfig: { aspectRatio: request.aspect },
    },
  };
}

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

/** Pictures that may come with the words: 14 on the 3.x models, 3 advised on the older one. */
const references = (model: string): number => (model.startsWith("gemini-2.5-") ? 3 : 14);

/** One picture of 1K, in US dollars. Source: ai.google.dev/gemini-api/docs/pricing as quoted in public tools, 2026. */
const COSTS_DOLLARS: Readonly<Record<string, number>> = {
  "gemini-3.1-flash-image": 0.067,
  "gemini-3-pro-image": 0.134,
  "gemini-2.5-flash-image": 0.039,
};

/** What is offered with `model` as GEMINI_MODEL. */
export function geminiModels(model: string): readonly GeneratorModel[] {
  return [
    {
      id: "gemini-flash",
      label: "Gemini Flash",
      kind: "image",
      aspects: RATIOS,
      maxReferences: references(model),
      takesMask: false,
      costDollars: COSTS_DOLLARS[model] ?? null,
      paid: true,
      repeatable: false,
      typicalMs: 15_000,
      startTimeoutMs: 180_000,
      sketch: false,
    },
  ];
}

/** Of a whole request with its pictures inside. Source: Gemini API documentation, image understanding. */
const MAX_REQUEST_BYTES = 20_000_000;
/** More than all fields beside the words and the pictures take. */
const FRAME_BYTES = 4_000;

/** Whether the request would be refused for its size, told without building it. */
export function isTooLarge({ prompt, references }: Pick<GenerateRequest, "prompt" | "references">): boolean {
  const base64Bytes = references.map(({ bytes }) => Math.ceil(bytes.length / 3) * 4);
  const sizeBytes = base64Bytes.reduce((sum, bytes) => sum + bytes, FRAME_BYTES + prompt.length * 3);
  return sizeBytes > MAX_REQUEST_BYTES;
}

/**
 * What is asked: the words, then the pictures, as the documentation's own examples have it. `imageSize` is left out: 1K is the default of every model, and the older one refuses the field.
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

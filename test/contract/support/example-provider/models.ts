import type { GenerateRequest, GeneratorModel } from "../../../../src/core/ports/generator.ts";

const SIDES = { "1:1": [1024, 1024], "3:2": [1536, 1024], "2:3": [1024, 1536] } as const;

export const LANTERN_MODELS: readonly GeneratorModel[] = [
  {
    id: "lantern-glow",
    label: "Lantern Glow",
    kind: "image",
    aspects: ["1:1", "3:2", "2:3"],
    maxReferences: 0,
    takesMask: false,
    costDollars: 0.02,
    paid: true,
    repeatable: false,
    typicalMs: 12_000,
    startTimeoutMs: 60_000,
    sketch: false,
  },
];

/** What is asked; core has seen to it that the aspect is one of the model's. */
export function bodyOf({ prompt, aspect }: GenerateRequest) {
  const [width, height] = aspect === "3:2" || aspect === "2:3" ? SIDES[aspect] : SIDES["1:1"];
  return { prompt, width, height };
}

import type { Aspect, GeneratorModel } from "../../core/ports/generator.ts";
import { IMAGE_SIZES, type SketchAspect } from "./request.ts";

const ASPECTS = [
  "1:1",
  "3:2",
  "2:3",
  "16:9",
  "9:16",
  "4:3",
  "3:4",
] as const satisfies readonly SketchAspect[];

const common = {
  id: "sketch",
  label: "Sketch",
  aspects: ASPECTS,
  maxReferences: 0,
  takesMask: false,
  costDollars: 0,
  paid: false,
  repeatable: true,
  sketch: true,
} as const;

/** One name for both kinds; a model is named by id and kind together. */
export const SKETCH_MODELS: readonly GeneratorModel[] = [
  { ...common, kind: "image", typicalMs: 1_000, startTimeoutMs: 60_000 },
  { ...common, kind: "video", typicalMs: 5_000, startTimeoutMs: 120_000 },
];

export function isSketchAspect(aspect: Aspect): aspect is SketchAspect {
  return aspect in IMAGE_SIZES;
}

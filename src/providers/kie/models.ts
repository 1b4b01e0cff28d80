import type { Aspect, GenerateRequest, GeneratorModel } from "../../core/ports/generator.ts";

/** KIE's API families. Each has its own create and status route and its own shape of a task. */
export type KieApi = "4o" | "veo";

export interface KieModel {
  readonly api: KieApi;
  readonly offer: GeneratorModel;
  /** The body of a create, without `callBackUrl`. */
  body(request: GenerateRequest): Readonly<Record<string, unknown>>;
}

const FOUR_O_SIZES: readonly [Aspect, ...Aspect[]] = ["1:1", "3:2", "2:3"];
const VEO_RATIOS: readonly [Aspect, ...Aspect[]] = ["16:9", "9:16"];

export const KIE_MODELS: readonly KieModel[] = [
  {
    api: "4o",
    offer: {
      id: "kie-4o-image",
      label: "KIE 4o Image",
      kind: "image",
      aspects: FOUR_O_SIZES,
      maxReferences: 0,
      paid: true,
      repeatable: false,
      typicalMs: 60_000,
      startTimeoutMs: 60_000,
      sketch: false,
    },
    body: (request) => ({ prompt: request.prompt, size: request.aspect }),
  },
  {
    api: "veo",
    offer: {
      id: "kie-veo3",
      label: "KIE Veo 3.1",
      kind: "video",
      aspects: VEO_RATIOS,
      maxReferences: 0,
      paid: true,
      repeatable: false,
      typicalMs: 150_000,
      startTimeoutMs: 60_000,
      sketch: false,
    },
    // Everything that has two documented defaults, or could change price or length, is said explicitly.
    body: (request) => ({
      prompt: request.prompt,
      model: "veo3_fast",
      generationType: "TEXT_2_VIDEO",
      aspect_ratio: request.aspect,
      resolution: "720p",
      duration: 8,
      enableTranslation: true,
    }),
  },
];

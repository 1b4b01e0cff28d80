import { nearestAspect } from "../../../core/generation/aspect.ts";
import type { Aspect, GenerateRequest } from "../../../core/ports/generator.ts";
import { commonFreshLink, type KieFamily, type KieModel, offer } from "./family.ts";
import { pollRecord } from "./record.ts";

/** KIE's Flux Kontext API. Source: docs.kie.ai/flux-kontext-api, schema of 2026-08. */
export const flux: KieFamily = {
  createPath: "/api/v1/flux/kontext/generate",
  poll: (task) => pollRecord(task, "/api/v1/flux/kontext/record-info"),
  freshLink: commonFreshLink,
};

/** 5 credits an image of flux-kontext-pro: kie.ai/flux-kontext-api, read 2026-09. */
const CREDITS = 5;
const ASPECTS: readonly [Aspect, ...Aspect[]] = ["1:1", "16:9", "9:16", "4:3", "3:4", "21:9"];

/** Without a ratio an edit keeps the picture's own shape exactly, so one is named only where another is wanted. */
function ratioOf({ aspect, references: [picture] }: GenerateRequest): { aspectRatio?: Aspect } {
  const isOwn = picture && nearestAspect(ASPECTS, picture.width / picture.height) === aspect;
  return isOwn ? {} : { aspectRatio: aspect };
}

export const FLUX_MODELS: readonly KieModel[] = [
  {
    api: "flux",
    credits: CREDITS,
    promptLimit: null,
    offer: offer({
      id: "kie-flux-kontext",
      label: "KIE Flux Kontext",
      kind: "image",
      aspects: ASPECTS,
      maxReferences: 1,
      credits: CREDITS,
      typicalMs: 30_000,
    }),
    body: (request, [inputImage]) => ({
      prompt: request.prompt,
      model: "flux-kontext-pro",
      // The model reads English only; the API translates if told to.
      enableTranslation: true,
      outputFormat: "png",
      promptUpsampling: false,
      // 0 to 6 when it generates, only 0 to 2 when it edits: beyond that the create fails with code 500.
      safetyTolerance: 2,
      ...ratioOf(request),
      ...(inputImage === undefined ? {} : { inputImage }),
    }),
  },
];

import type { KieFamily, KieModel } from "./families/family.ts";
import { FLUX_MODELS, flux } from "./families/flux.ts";
import { FOUR_O_MODELS, fourO } from "./families/four-o.ts";
import { jobs } from "./families/jobs.ts";
import { JOB_MODELS } from "./families/jobs-models.ts";
import { VEO_MODELS, veo } from "./families/veo.ts";
import type { KieApi } from "./schema.ts";

export const KIE_FAMILIES: Readonly<Record<KieApi, KieFamily>> = { "4o": fourO, flux, veo, jobs };

/** Everything KIE is asked for, in the order in which members see it. */
export const KIE_MODELS: readonly KieModel[] = [
  ...FOUR_O_MODELS,
  ...FLUX_MODELS,
  ...JOB_MODELS.filter(({ offer }) => offer.kind === "image"),
  ...VEO_MODELS,
  ...JOB_MODELS.filter(({ offer }) => offer.kind === "video"),
];

import type { CaptionLack } from "./caption.ts";

/**
 * What a member reads where the model wrote nothing: a sentence of the catalogue and its values. `isTemplate`: the
 * words come from the prompt; else they are what was there before.
 */
export function sentenceOfLack(lack: CaptionLack, isTemplate: boolean) {
  const template = isTemplate ? "yes" : "no";
  return lack.why === "unusable"
    ? ({ id: isTemplate ? "caption-fallback-note" : "caption-unchanged", args: {} } as const)
    : ({
        id: `caption-${lack.why}`,
        args: { until: { at: lack.until, style: "relative" }, template },
      } as const);
}

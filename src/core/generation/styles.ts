/**
 * Picture styles that a member can choose by name. A generator that draws knows the name itself; the others get the
 * words added to the prompt.
 */
export const STYLES: Readonly<Record<string, string>> = {
  watercolour: "watercolour painting, soft washes, paper texture",
  ink: "black ink drawing, fine lines, cross-hatching",
  flat: "flat vector illustration, simple shapes, few colours",
  neon: "neon lights, glowing outlines, dark background",
  pastel: "soft pastel colours, gentle light",
  pixel: "pixel art, limited palette",
  blueprint: "technical blueprint, white lines on blue",
  oil: "oil painting on canvas, visible brush strokes",
  comic: "comic book art, bold outlines, halftone dots",
  vintage: "vintage poster, muted colours, grain",
  noir: "film noir, black and white, hard shadows",
  photo: "photograph, natural light, sharp focus",
  cinematic: "cinematic still, dramatic light, shallow depth of field",
};

export const STYLE_NAMES: readonly string[] = Object.keys(STYLES);

/** The prompt as a provider gets it that does not know our style names. */
export function promptWithStyle(prompt: string, style: string | null): string {
  const words = style === null ? undefined : STYLES[style];
  return words === undefined ? prompt : `${prompt}\n\nStyle: ${words}`;
}

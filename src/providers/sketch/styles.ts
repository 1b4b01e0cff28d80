import { fold, splitWords } from "./words.ts";

/** One step of finishing, over the pixels of the painted picture. */
export type Effect =
  | {
      readonly kind: "tone";
      readonly saturation: number;
      readonly contrast: number;
      readonly brightness: number;
    }
  | { readonly kind: "grain"; readonly amount: number }
  | { readonly kind: "vignette"; readonly amount: number }
  | { readonly kind: "wobble"; readonly amount: number }
  | { readonly kind: "paper"; readonly amount: number }
  | { readonly kind: "levels"; readonly count: number }
  | { readonly kind: "outline"; readonly amount: number }
  | { readonly kind: "hatching" }
  | { readonly kind: "neon" }
  | { readonly kind: "blueprint" }
  | { readonly kind: "pixels"; readonly across: number; readonly count: number }
  | { readonly kind: "strokes"; readonly length: number; readonly density: number }
  | { readonly kind: "sepia"; readonly amount: number };

export interface SketchStyle {
  readonly id: string;
  /** Names and words that call for it, folded. */
  readonly words: string;
  readonly effects: readonly Effect[];
}

export const STYLES: readonly [SketchStyle, ...SketchStyle[]] = [
  {
    id: "plain",
    words: "plain default none standard",
    effects: [
      { kind: "tone", saturation: 1.08, contrast: 1.06, brightness: 1 },
      { kind: "vignette", amount: 0.26 },
      { kind: "grain", amount: 7 },
    ],
  },
  {
    id: "watercolour",
    words: "watercolour watercolor aquarell aquarelle acuarela acquerello aquarela",
    effects: [
      { kind: "tone", saturation: 0.95, contrast: 0.9, brightness: 1.14 },
      { kind: "wobble", amount: 0.011 },
      { kind: "outline", amount: 0.5 },
      { kind: "paper", amount: 0.8 },
    ],
  },
  {
    id: "ink",
    words: "ink inked drawing pencil charcoal tinte encre tinta zeichnung dessin dibujo",
    effects: [
      { kind: "tone", saturation: 0.2, contrast: 1.2, brightness: 1.12 },
      { kind: "wobble", amount: 0.003 },
      { kind: "hatching" },
    ],
  },
  {
    id: "flat",
    words: "flat vector poster minimal minimalist minimalistic",
    effects: [
      { kind: "tone", saturation: 1.16, contrast: 1.06, brightness: 1.04 },
      { kind: "levels", count: 7 },
    ],
  },
  {
    id: "neon",
    words: "neon cyberpunk synthwave vaporwave glowing",
    effects: [{ kind: "neon" }, { kind: "vignette", amount: 0.4 }],
  },
  {
    id: "pastel",
    words: "pastel soft chalk kawaii",
    effects: [
      { kind: "tone", saturation: 0.72, contrast: 0.72, brightness: 1.24 },
      { kind: "paper", amount: 0.35 },
      { kind: "grain", amount: 9 },
    ],
  },
  {
    id: "pixel",
    words: "pixel pixelart 8bit 16bit retrogame",
    effects: [
      { kind: "tone", saturation: 1.2, contrast: 1.12, brightness: 1.03 },
      { kind: "pixels", across: 128, count: 6 },
    ],
  },
  { id: "blueprint", words: "blueprint technical schematic plan bauplan", effects: [{ kind: "blueprint" }] },
  {
    id: "oil",
    words: "oil painting painted impressionist impressionism gogh monet olgemalde oleo olio huile",
    effects: [
      { kind: "tone", saturation: 1.2, contrast: 1.1, brightness: 1.02 },
      { kind: "strokes", length: 0.02, density: 1 },
      { kind: "vignette", amount: 0.2 },
    ],
  },
  {
    id: "comic",
    words: "comic cartoon manga anime",
    effects: [
      { kind: "tone", saturation: 1.3, contrast: 1.15, brightness: 1.05 },
      { kind: "levels", count: 9 },
      { kind: "outline", amount: 1.6 },
    ],
  },
  {
    id: "vintage",
    words: "vintage retro sepia nostalgic analog film",
    effects: [
      { kind: "tone", saturation: 0.6, contrast: 0.92, brightness: 1.06 },
      { kind: "sepia", amount: 0.55 },
      { kind: "vignette", amount: 0.45 },
      { kind: "grain", amount: 16 },
    ],
  },
  {
    id: "noir",
    words: "noir monochrome blackandwhite",
    effects: [
      { kind: "tone", saturation: 0, contrast: 1.35, brightness: 0.98 },
      { kind: "vignette", amount: 0.5 },
      { kind: "grain", amount: 14 },
    ],
  },
];

const byWord = new Map<string, SketchStyle>();
for (const style of STYLES) for (const word of style.words.split(" ")) byWord.set(word, style);

/** The style asked for by name, else the one that the prompt's own words call for, else plain. */
export function chooseStyle(name: string | undefined, prompt: string): SketchStyle {
  for (const text of [name ?? "", prompt]) {
    for (const word of splitWords(text)) {
      const style = byWord.get(fold(word));
      if (style && !(text === prompt && style.id === "plain")) return style;
    }
  }
  return STYLES[0];
}

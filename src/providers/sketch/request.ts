/** What is asked of the artist and what comes back. Nothing here loads a canvas: the main thread reads this. */

export interface SketchRequest {
  readonly prompt: string;
  readonly seed: number;
  /** A style's name, or null: the prompt's own words decide. */
  readonly style: string | null;
  readonly aspect: SketchAspect;
  readonly kind: "image" | "video";
}

export interface Sketch {
  readonly bytes: Uint8Array;
  readonly mimeType: "image/jpeg" | "video/mp4";
  readonly width: number;
  readonly height: number;
  readonly durationMs?: number;
}

/** Pixels of a still; all sides are even, the area is near one megapixel. */
export const IMAGE_SIZES = {
  "1:1": [1024, 1024],
  "3:2": [1248, 832],
  "2:3": [832, 1248],
  "16:9": [1344, 756],
  "9:16": [756, 1344],
  "4:3": [1152, 864],
  "3:4": [864, 1152],
} as const;

/** Pixels of a video: multiples of 16, which H.264 needs no cropping for. */
export const VIDEO_SIZES = {
  "1:1": [512, 512],
  "3:2": [576, 384],
  "2:3": [384, 576],
  "16:9": [512, 288],
  "9:16": [288, 512],
  "4:3": [512, 384],
  "3:4": [384, 512],
} as const;

export type SketchAspect = keyof typeof IMAGE_SIZES;

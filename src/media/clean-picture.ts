import type { ImageWork } from "./image-work.ts";

export interface CleanPicture {
  readonly bytes: Uint8Array;
  readonly contentType: "image/png" | "image/jpeg";
  readonly width: number;
  readonly height: number;
}

/**
 * A picture from a member, drawn anew: no metadata (places, names, scripts), nothing behind its end, the first
 * frame only, upright. PNG where it has transparency, else JPEG. Null: it cannot be decoded.
 */
export function cleanPicture(
  bytes: Uint8Array,
  images: ImageWork,
  limits: { readonly maxSide: number },
): Promise<CleanPicture | null> {
  return images.run(bytes, async (image) => {
    const { hasAlpha } = await image.metadata();
    const drawn = image
      .rotate()
      .resize({ width: limits.maxSide, height: limits.maxSide, fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb");
    const encoded = hasAlpha ? drawn.png() : drawn.jpeg({ quality: 92 });
    const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
    return {
      bytes: data,
      contentType: hasAlpha ? "image/png" : "image/jpeg",
      width: info.width,
      height: info.height,
    };
  });
}

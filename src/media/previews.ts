import type { MediaPreviews, MediaStore } from "../core/ports/media.ts";
import type { ImageWork } from "./image-work.ts";

const QUALITIES = [86, 74, 60];
/** Each round of qualities is tried on a picture of this share of the one before. */
const SHRINK = 0.7;
const MIN_SIDE = 64;

/** JPEGs that step down in quality, then in size, until they fit. */
export function createMediaPreviews(deps: { store: MediaStore; images: ImageWork }): MediaPreviews {
  return {
    async preview(media, limits) {
      if (media.contentType === "video/mp4") return null;
      const bytes = await deps.store.read(media.key);
      if (!bytes) return null;
      return deps.images.run(bytes, async (image) => {
        let side = Math.min(limits.maxSide, Math.max(media.width, media.height));
        for (; side >= MIN_SIDE; side = Math.floor(side * SHRINK)) {
          for (const quality of QUALITIES) {
            const { data, info } = await image
              .clone()
              .rotate()
              .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
              .flatten({ background: "#ffffff" })
              .jpeg({ quality })
              .toBuffer({ resolveWithObject: true });
            if (data.length <= limits.maxBytes) {
              return { bytes: data, width: info.width, height: info.height };
            }
          }
        }
        return null;
      });
    },
  };
}

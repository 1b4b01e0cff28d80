import { createHash } from "node:crypto";
import type { MediaStore, PictureFitter } from "../core/ports/media.ts";
import { createPictureFitter } from "./fit-picture.ts";
import type { ImageWork } from "./image-work.ts";

/** Fits stored pictures, and stores what comes of it beside them: it goes when they go. */
export function createStoredFitter(deps: {
  readonly store: MediaStore;
  readonly images: ImageWork;
}): PictureFitter {
  const fitter = createPictureFitter({ images: deps.images });
  return {
    async fit(media, how) {
      const bytes = await deps.store.read(media.key);
      const fitted = bytes && (await fitter.fit(bytes, how));
      if (!fitted) return null;
      const sha256 = createHash("sha256").update(fitted.bytes).digest("hex");
      const key = `${media.key.slice(0, media.key.indexOf("/"))}/${sha256}.jpg`;
      await deps.store.put(key, fitted.bytes, fitted.contentType);
      const { contentType, width, height } = fitted;
      return { key, contentType, width, height, sizeBytes: fitted.bytes.length, durationMs: null, sha256 };
    },
  };
}

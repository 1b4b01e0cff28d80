import type { CaptionRequest } from "../ports/captions.ts";
import type { MediaPreviews, StoredMedia, StoredReference } from "../ports/media.ts";

/** For a glance: models look at 512 pixels of it when asked for low detail. */
const LIMITS = { maxBytes: 400_000, maxSide: 1_024 };

/**
 * What a model is shown of a result: the picture; of a film the picture it was made from, since nothing here can
 * decode one (the encoder of `sketch` only encodes, sharp reads no video). A film from words alone is described by
 * those words. Null too where the file is gone.
 */
export async function captionPicture(
  asset: { readonly media: StoredMedia | null; readonly references: readonly StoredReference[] },
  previews: MediaPreviews,
): Promise<CaptionRequest["image"]> {
  const { media, references } = asset;
  const isFilm = media?.contentType === "video/mp4";
  const shown = isFilm ? references.find(({ role }) => role === "picture") : media;
  const preview = shown ? await previews.preview(shown, LIMITS) : null;
  return preview && { bytes: preview.bytes, contentType: "image/jpeg" };
}

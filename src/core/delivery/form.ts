import type { MediaKind } from "../ports/generator.ts";
import type { StoredMedia } from "../ports/media.ts";
import type { MediaForm, PlatformLimits } from "../ports/messenger.ts";

/**
 * How media can go to a place, best form first: shown inline, as a file, as a smaller preview (pictures), as a link.
 * Decided from stored facts before anything is sent; a refusal for size moves one step on.
 */
export function formsFor(
  media: StoredMedia,
  kind: MediaKind,
  limits: PlatformLimits,
  fileLimitBytes: number | undefined,
): readonly [MediaForm, ...MediaForm[]] {
  const anyFile = fileLimitBytes ?? limits.fileBytes;
  const forms: MediaForm[] = [];
  const longer = Math.max(media.width, media.height);
  const shorter = Math.max(1, Math.min(media.width, media.height));
  const fitsInline =
    kind === "image"
      ? media.sizeBytes <= Math.min(limits.photo.maxBytes, anyFile) &&
        media.width + media.height <= limits.photo.maxSideSum &&
        longer / shorter <= limits.photo.maxRatio
      : media.sizeBytes <= Math.min(limits.videoBytes, anyFile);
  if (fitsInline) forms.push("inline");
  if (media.sizeBytes <= anyFile) forms.push("file");
  if (kind === "image") forms.push("preview");
  const [first = "link", ...rest] = forms;
  return first === "link" ? ["link"] : [first, ...rest, "link"];
}

/** The form for this try; `rung` counts the refusals. */
export function formAt(forms: readonly [MediaForm, ...MediaForm[]], rung: number): MediaForm {
  return forms[Math.min(rung, forms.length - 1)] ?? "link";
}

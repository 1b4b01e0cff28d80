import sharp, { type Sharp, type SharpOptions } from "sharp";
import { MAX_PIXELS } from "./image-work.ts";

/** Sides of what is kept, in pixels: as much as any provider looks at. */
const MAX_SIDE = 2_048;
const JPEG_QUALITY = 92;
/**
 * Of what is kept: sixteen of them are held at a time for a request, and services take 8 to 10 MB. A JPEG of this size
 * never gets there (4 MB of noise), a PNG may (17 MB).
 */
const MAX_BYTES = 8 * 1024 * 1024;
/** Choosing 256 colours for noise takes 2.5 s with this, 23 s as it is by default. Measured with sharp 0.35.5. */
const PALETTE_EFFORT = 1;
/** Greyscale from here on is white. */
const WHITE = 128;

/** First frame only, stop at the first error. */
const READING = { failOn: "error", animated: false, sequentialRead: true } satisfies SharpOptions;

export interface CleanPicture {
  readonly bytes: Uint8Array;
  readonly contentType: "image/png" | "image/jpeg";
  readonly width: number;
  readonly height: number;
}

export type CleanResult =
  | { readonly status: "clean"; readonly picture: CleanPicture }
  | { readonly status: "too-large" }
  | { readonly status: "broken" };

/**
 * A picture from a member, drawn anew from its pixels: no metadata (places, names, scripts), nothing behind its end
 * or under what is transparent, the first frame only, upright, in sRGB, at most 2,048 pixels a side. PNG where
 * something is transparent, else JPEG; never above 8 MB.
 *
 * A mask is always a PNG, transparent where a provider may edit. One without any transparency, as drawing programs
 * make them, is turned: black becomes transparent (edit), white stays (keep). It is reduced without smoothing, so
 * that it stays hard-edged.
 *
 * Decoding a stranger's bytes is what goes wrong in this trade: this runs in picture-worker.ts, not in the bot.
 */
export async function cleanPicture(bytes: Uint8Array, role: "picture" | "mask"): Promise<CleanResult> {
  try {
    const { width, height } = await sharp(bytes, { ...READING, limitInputPixels: false }).metadata();
    if (width * height > MAX_PIXELS) return { status: "too-large" };
    const { data, info } = await sharp(bytes, { ...READING, limitInputPixels: MAX_PIXELS })
      .autoOrient()
      .resize({
        width: MAX_SIDE,
        height: MAX_SIDE,
        fit: "inside",
        withoutEnlargement: true,
        kernel: role === "mask" ? "nearest" : "lanczos3",
      })
      .toColourspace("srgb")
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const isTransparent = blankHidden(data) || (role === "mask" && cutOutBlack(data));
    const draw = () => sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } });
    const isPng = isTransparent || role === "mask";
    const picture: CleanPicture = {
      bytes: isPng
        ? await (role === "mask" ? maskPng(draw, data) : picturePng(draw))
        : await draw().removeAlpha().jpeg({ quality: JPEG_QUALITY }).toBuffer(),
      contentType: isPng ? "image/png" : "image/jpeg",
      width: info.width,
      height: info.height,
    };
    return { status: "clean", picture };
  } catch {
    return { status: "broken" };
  }
}

/** Of the same sides at any size, so that a mask fits: slower to write first, then with fewer colours. */
async function picturePng(draw: () => Sharp): Promise<Uint8Array> {
  const plain = await draw().png().toBuffer();
  if (plain.length <= MAX_BYTES) return plain;
  const filtered = await draw().png({ adaptiveFiltering: true }).toBuffer();
  if (filtered.length <= MAX_BYTES) return filtered;
  return draw().png({ palette: true, effort: PALETTE_EFFORT }).toBuffer();
}

/** What is transparent stays exactly so; providers look at nothing else, so colours may go. */
async function maskPng(draw: () => Sharp, rgba: Uint8Array): Promise<Uint8Array> {
  const plain = await draw().png().toBuffer();
  if (plain.length <= MAX_BYTES) return plain;
  for (let at = 0; at < rgba.length; at += 4) rgba.fill(0, at, at + 3);
  return draw().png().toBuffer();
}

/** Takes the colour from fully transparent pixels of an RGBA picture. Whether anything is transparent at all. */
function blankHidden(rgba: Uint8Array): boolean {
  let isTransparent = false;
  for (let at = 3; at < rgba.length; at += 4) {
    if (rgba[at] === 255) continue;
    isTransparent = true;
    if (rgba[at] === 0) rgba.fill(0, at - 3, at);
  }
  return isTransparent;
}

/** Makes the dark pixels of an opaque RGBA mask transparent, wholly: providers look for an alpha of 0. */
function cutOutBlack(rgba: Uint8Array): boolean {
  let isTransparent = false;
  for (let at = 0; at < rgba.length; at += 4) {
    const light = 0.2126 * (rgba[at] ?? 0) + 0.7152 * (rgba[at + 1] ?? 0) + 0.0722 * (rgba[at + 2] ?? 0);
    if (light >= WHITE) continue;
    rgba.fill(0, at, at + 4);
    isTransparent = true;
  }
  return isTransparent;
}

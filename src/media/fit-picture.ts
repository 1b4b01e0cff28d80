import type { Sharp } from "sharp";
import type { PictureFit } from "../core/posts/preflight.ts";
import type { ImageWork } from "./image-work.ts";

const QUALITIES = [90, 80, 70, 60];
/** Where no quality is enough, each round has this share of the width before. */
const SHRINK = 0.75;
const MIN_WIDTH = 160;
const WHITE = { r: 255, g: 255, b: 255 };

export interface FittedPicture {
  readonly bytes: Uint8Array;
  readonly contentType: "image/jpeg";
  readonly width: number;
  readonly height: number;
}

/** Pictures of ours, made to fit what a network takes. */
export interface PictureFitter {
  /**
   * A JPEG with exactly that ratio, without metadata, no wider and no larger than asked; never enlarged but where a
   * picture has fewer pixels than the ratio's own figures. Null: it cannot be decoded, or not be made that small.
   */
  fit(bytes: Uint8Array, how: PictureFit): Promise<FittedPicture | null>;
}

export function createPictureFitter(deps: { readonly images: ImageWork }): PictureFitter {
  return {
    fit: (bytes, how) =>
      deps.images.run(bytes, async (image) => {
        const { autoOrient } = await image.metadata();
        const upright = image.autoOrient().flatten({ background: WHITE }).toColourspace("srgb");
        for (let maxWidth = how.maxWidth; maxWidth >= MIN_WIDTH; maxWidth = Math.floor(maxWidth * SHRINK)) {
          const { data, info } = await draw(upright, autoOrient, { ...how, maxWidth });
          for (const quality of QUALITIES) {
            const jpeg = await data.jpeg({ quality }).toBuffer();
            if (jpeg.length <= how.maxBytes) return { bytes: jpeg, contentType: "image/jpeg", ...info };
          }
        }
        return null;
      }),
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

async function draw(
  upright: Sharp,
  from: Size,
  how: PictureFit,
): Promise<{ readonly data: Sharp; readonly info: Size }> {
  const info = sizeFor(from, how);
  const { width, height } = info;
  if (how.mode === "same") return { data: upright.clone().resize(width, height, { fit: "fill" }), info };
  if (how.mode === "crop") {
    return { data: upright.clone().resize(width, height, { fit: "cover", position: "attention" }), info };
  }
  if (how.mode === "pad") {
    const background = await groundColour(upright);
    const data = upright.clone().resize(width, height, { fit: "contain", background });
    return { data, info };
  }
  const whole = await upright
    .clone()
    .resize(width, height, { fit: "inside" })
    .png({ compressionLevel: 1 })
    .toBuffer();
  const data = upright
    .clone()
    .resize(width, height, { fit: "cover" })
    .blur(Math.max(8, width / 40))
    .modulate({ brightness: 0.85 })
    .composite([{ input: whole, gravity: "centre" }]);
  return { data, info };
}

/** Whole pixels in exactly that ratio: as large as the picture has them, within the width asked. */
function sizeFor(from: Size, how: PictureFit): Size {
  if (how.mode === "same") {
    const scale = Math.min(1, how.maxWidth / from.width, how.maxHeight / from.height);
    return {
      width: Math.max(1, Math.round(from.width * scale)),
      height: Math.max(1, Math.round(from.height * scale)),
    };
  }
  const { ratio, mode, maxWidth } = how;
  const across = from.width / ratio.width;
  const down = from.height / ratio.height;
  const most = mode === "crop" ? Math.min(across, down) : Math.max(across, down);
  const times = Math.max(1, Math.floor(Math.min(most, maxWidth / ratio.width)));
  return { width: ratio.width * times, height: ratio.height * times };
}

/** How far the edge may be from one colour to count as one. */
const PLAIN = 12;
const EDGE_SIDE = 32;

/** The colour of the edge where it has one, else white. */
async function groundColour(upright: Sharp): Promise<{ r: number; g: number; b: number }> {
  const { data, info } = await upright
    .clone()
    .resize(EDGE_SIDE, EDGE_SIDE, { fit: "fill" })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const edge: (readonly [number, number, number])[] = [];
  for (let y = 0; y < EDGE_SIDE; y += 1) {
    for (let x = 0; x < EDGE_SIDE; x += 1) {
      if (x > 0 && x < EDGE_SIDE - 1 && y > 0 && y < EDGE_SIDE - 1) continue;
      const at = (y * EDGE_SIDE + x) * info.channels;
      const grey = data[at] ?? 0;
      edge.push(info.channels < 3 ? [grey, grey, grey] : [grey, data[at + 1] ?? 0, data[at + 2] ?? 0]);
    }
  }
  const mean = (channel: 0 | 1 | 2) =>
    Math.round(edge.reduce((total, colour) => total + colour[channel], 0) / edge.length);
  const ground = { r: mean(0), g: mean(1), b: mean(2) };
  const isPlain = edge.every(
    ([r, g, b]) => Math.max(Math.abs(r - ground.r), Math.abs(g - ground.g), Math.abs(b - ground.b)) <= PLAIN,
  );
  return isPlain ? ground : WHITE;
}

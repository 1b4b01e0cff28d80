import type { ApiPreflight } from "../post-types.ts";
import { make } from "./dom.ts";

/** The very file that would be posted. */
export function postMedia({ url, type, width, height, altText }: ApiPreflight["preview"]): HTMLElement {
  return type === "video"
    ? make("video", {
        src: url,
        controls: true,
        playsinline: true,
        preload: "metadata",
        "aria-label": altText,
      })
    : make("img", { src: url, alt: altText, width: String(width), height: String(height) });
}

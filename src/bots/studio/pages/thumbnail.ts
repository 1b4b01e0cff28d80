import type { WishReference } from "./api.ts";
import { icon, make } from "./dom.ts";
import type { MaskPicture } from "./mask-canvas.ts";
import { words } from "./words.ts";

/** A picture that a request is to be made from. */
export interface ReferenceItem {
  /** Of the file, or the web address. */
  readonly name: string;
  /** How a request names it; null while it is uploaded. */
  readonly source: WishReference | null;
  /** Our copy; null while it is uploaded, and for an address, which is only fetched for the request. */
  readonly picture: MaskPicture | null;
  /** Stops the upload. */
  readonly stop?: () => void;
}

/** One picture in the form, with what can be done with it. `number` begins at 1. */
export function createThumbnail(
  { name, source, picture }: ReferenceItem,
  number: number,
  act: { remove(): void; readonly mask: { readonly isMade: boolean; edit(): void } | null },
): HTMLLIElement {
  const title = words.referenceName(number);
  const image = picture
    ? make("img", { src: picture.url, alt: `${title}: ${name}`, width: "72", height: "72" })
    : source
      ? make("span", { class: "address", title: name }, icon("link"), hostOf(name))
      : make(
          "span",
          { class: "uploading" },
          make("progress", { max: "1", value: "0", "aria-label": `${words.uploading} ${name}` }),
        );
  const remove = make(
    "button",
    {
      class: "remove",
      type: "button",
      "aria-label": words.removeReference(number),
      title: words.removeReference(number),
      click: act.remove,
    },
    icon("stop"),
  );
  const mask = act.mask
    ? make(
        "button",
        {
          class: act.mask.isMade ? "button mask made" : "button mask",
          type: "button",
          "data-action": "mask",
          click: act.mask.edit,
        },
        icon("brush"),
        act.mask.isMade ? words.maskChange : words.mask,
      )
    : null;
  return make("li", {}, make("div", { class: "thumbnail" }, image, remove), mask);
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

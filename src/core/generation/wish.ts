import type { OptionValue, PictureName } from "../conversation/intents.ts";
import type { Platform } from "../identifiers.ts";
import type { Ask } from "./ask.ts";
import type { ReferenceSource } from "./reference.ts";

/** What a request for media says, without who asks and where. */
export type Wish = Omit<Ask, "inboxKey" | "actor" | "target">;

/** More pictures than any model takes are not even looked at. */
const MAXIMUM_PICTURES = 20;

/** Reads the named fields of a wish from a command's options; a value of the wrong type is left out. */
export function wishFrom(
  options: Readonly<Record<string, OptionValue>>,
  pictures: readonly PictureName[] = [],
  platform: Platform = "",
): Wish {
  const words = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
  };
  const count = options["count"];
  const url = (words("reference-url") ?? words("reference"))?.trim();
  const named = pictures.map(
    ({ role, name }): ReferenceSource => ({ kind: "picture", role, platform, name }),
  );
  const mask = words("mask")?.trim();
  const linked: ReferenceSource[] = [
    ...(url ? [{ kind: "url", role: "picture", url } as const] : []),
    ...(mask ? [{ kind: "url", role: "mask", url: mask } as const] : []),
  ];
  const references = [...named, ...linked]
    .toSorted((a, b) => Number(a.role === "mask") - Number(b.role === "mask"))
    .slice(0, MAXIMUM_PICTURES);
  return {
    prompt: words("prompt") ?? "",
    kind: words("type"),
    provider: words("provider"),
    style: words("style"),
    aspect: words("aspect"),
    count: count === undefined ? undefined : Number(count),
    references,
    private: options["private"] === true,
  };
}

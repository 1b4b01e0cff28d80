import { byId } from "./dom.ts";

const NAMES = ["gallery", "posts", "accounts"] as const;
export type ViewName = (typeof NAMES)[number];

/** What stands beside the form: one of three. */
export interface Views {
  /** Shows it and moves the focus there. */
  open(name: ViewName): void;
  isOpen(name: ViewName): boolean;
}

/** @param opened what is to be loaded then. */
export function createViews(opened: Readonly<Partial<Record<ViewName, () => void>>>): Views {
  const layout = byId("layout", HTMLElement);
  let current: ViewName = "gallery";

  function open(name: ViewName): void {
    current = name;
    layout.dataset["view"] = name;
    for (const one of NAMES) {
      byId(one, HTMLElement).hidden = one !== name;
      byId(`view-${one}`, HTMLButtonElement).setAttribute("aria-pressed", String(one === name));
    }
    opened[name]?.();
    byId(name, HTMLElement).focus();
  }

  for (const name of NAMES)
    byId(`view-${name}`, HTMLButtonElement).addEventListener("click", () => open(name));
  return { open, isOpen: (name) => current === name };
}

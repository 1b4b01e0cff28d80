type Attributes = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;
type Child = Node | string | null;

/** An element with attributes, listeners (functions) and children; strings become text, never markup. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** @throws when the page's markup has no such element: a mistake of ours. */
export function byId<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`no #${id} in the page`);
  return element;
}

const SHAPES = {
  again: "M4 12a8 8 0 0 1 13.7-5.6L20 9M20 4v5h-5M20 12a8 8 0 0 1-13.7 5.6L4 15M4 20v-5h5",
  download: "M12 4v11m0 0-4.5-4.5M12 15l4.5-4.5M4 20h16",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z",
  delete: "M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5",
  stop: "M6 6l12 12M18 6 6 18",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  animate: "M4 6h11v12H4zM15 10l5-3v10l-5-3",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.5 1.5M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.5-1.5",
  brush: "M20 4 11 13M9 12c-3 0-3 4-6 6 4 2 9 1 9-3z",
  caption: "M4 5h16v11H10l-4 4v-4H4zM8 9h8M8 12h5",
  post: "M4 12 20 4l-5 16-3-6zM12 14l8-10",
  warning: "M12 4 2.5 20h19zM12 10v4M12 17v.5",
} as const;

/** A line drawing beside a word; hidden from screen readers, the word says it. */
export function icon(name: keyof typeof SHAPES, isFilled = false): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const attributes = {
    viewBox: "0 0 24 24",
    fill: isFilled ? "currentColor" : "none",
    stroke: "currentColor",
    "stroke-width": "1.8",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A frame in the proportions of an aspect, 24 by 24 at most; a broken line where it is open. */
export function frame(aspect: string, isOpen = false): SVGSVGElement {
  const [across = 1, down = 1] = aspect.split(":").map(Number);
  const scale = 19 / Math.max(across, down);
  const [width, height] = [across * scale, down * scale];
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const box = document.createElementNS(space, "rect");
  const attributes = { x: (24 - width) / 2, y: (24 - height) / 2, width, height, rx: 2 };
  for (const [key, value] of Object.entries(attributes)) box.setAttribute(key, String(value));
  if (isOpen) box.setAttribute("stroke-dasharray", "3 2.5");
  svg.append(box);
  return svg;
}

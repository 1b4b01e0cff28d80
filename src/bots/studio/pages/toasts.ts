import { byId, make } from "./dom.ts";
import { words } from "./words.ts";

const STAYS_MS = 5_000;

/** A few words in the corner, read out by screen readers; errors stay until they are closed. */
export function toast(text: string, tone: "good" | "bad" = "good"): void {
  const area = byId("toasts", HTMLElement);
  const close = make(
    "button",
    { type: "button", "aria-label": words.close, click: () => element.remove() },
    "×",
  );
  const element = make("div", { class: `toast ${tone}` }, make("span", {}, text), close);
  area.append(element);
  while (area.childElementCount > 4) area.firstElementChild?.remove();
  if (tone === "good") setTimeout(() => element.remove(), STAYS_MS);
}

/** For screen readers only: what everybody else sees anyway. */
export function announce(text: string): void {
  byId("summary", HTMLElement).textContent = text;
}

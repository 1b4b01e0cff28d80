import type { Aspect } from "../ports/generator.ts";

/** Width by height of `16:9`, or null for what is none. */
export function ratioOf(text: string): number | null {
  const match = /^(\d{1,4})\s*[:x/]\s*(\d{1,4})$/.exec(text.trim());
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  return width > 0 && height > 0 ? width / height : null;
}

/** The one that has to be cut least: distance counts the same for wider and for taller. */
export function nearestAspect(aspects: readonly [Aspect, ...Aspect[]], ratio: number): Aspect {
  const distance = (aspect: Aspect): number => Math.abs(Math.log((ratioOf(aspect) ?? 1) / ratio));
  return aspects.reduce((best, aspect) => (distance(aspect) < distance(best) ? aspect : best), aspects[0]);
}

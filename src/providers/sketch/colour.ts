/** Red, green and blue, 0 to 255; may go over while light is computed, `css` clamps. */
export type Rgb = readonly [red: number, green: number, blue: number];

export function hex(text: string): Rgb {
  const value = Number.parseInt(text.replace("#", ""), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

const clamp = (value: number) => Math.max(0, Math.min(255, Math.round(value)));

export function css(colour: Rgb, alpha = 1): string {
  const [red, green, blue] = colour;
  return `rgba(${clamp(red)},${clamp(green)},${clamp(blue)},${alpha})`;
}

/** `amount` 0 is all `from`, 1 is all `to`. */
export function mix(from: Rgb, to: Rgb, amount: number): Rgb {
  return [
    from[0] + (to[0] - from[0]) * amount,
    from[1] + (to[1] - from[1]) * amount,
    from[2] + (to[2] - from[2]) * amount,
  ];
}

export const lighter = (colour: Rgb, amount: number): Rgb => mix(colour, [255, 255, 255], amount);
export const darker = (colour: Rgb, amount: number): Rgb => mix(colour, [12, 14, 34], amount);

/** The colour under coloured light; white light (255, 255, 255) changes nothing. */
export function under(colour: Rgb, light: Rgb): Rgb {
  return [(colour[0] * light[0]) / 255, (colour[1] * light[1]) / 255, (colour[2] * light[2]) / 255];
}

export function luminance(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** Hue in degrees, saturation and lightness 0 to 1. */
export function hsl(hue: number, saturation: number, lightness: number): Rgb {
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const place = (((offset + hue / 30) % 12) + 12) % 12;
    return 255 * (lightness - chroma * Math.max(-1, Math.min(place - 3, 9 - place, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** Turns the hue of `colour` towards that of `target`, keeping its own lightness. */
export function tinted(colour: Rgb, target: Rgb, amount: number): Rgb {
  const own = luminance(...colour);
  const other = Math.max(1, luminance(...target));
  const scale = own / other;
  const level: Rgb = [target[0] * scale, target[1] * scale, target[2] * scale];
  return mix(colour, level, amount);
}

export function saturated(colour: Rgb, factor: number): Rgb {
  const grey = luminance(...colour);
  return mix([grey, grey, grey], colour, factor);
}

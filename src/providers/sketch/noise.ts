import { createRandom } from "./random.ts";

/** Smooth seeded noise; every function answers about 0 to 1. */
export interface Noise {
  at(x: number, y: number): number;
  /** Several octaves of `at`: clouds, paper, water. */
  layered(x: number, y: number, octaves: number): number;
  /** Sharp crests: rock and mountain ridges. */
  ridged(x: number, y: number, octaves: number): number;
}

const SIZE = 256;
const MASK = SIZE - 1;

export function createNoise(seed: number): Noise {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: SIZE }, () => random.next());
  const order = Uint8Array.from({ length: SIZE }, (_, index) => index);
  for (let index = SIZE - 1; index > 0; index--) {
    const other = random.whole(0, index);
    const kept = order[index] ?? 0;
    order[index] = order[other] ?? 0;
    order[other] = kept;
  }
  const corner = (x: number, y: number) => values[order[((order[x & MASK] ?? 0) + y) & MASK] ?? 0] ?? 0;

  const at = (x: number, y: number) => {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const fx = x - column;
    const fy = y - row;
    const u = fx * fx * (3 - 2 * fx);
    const v = fy * fy * (3 - 2 * fy);
    const top = corner(column, row) * (1 - u) + corner(column + 1, row) * u;
    const bottom = corner(column, row + 1) * (1 - u) + corner(column + 1, row + 1) * u;
    return top * (1 - v) + bottom * v;
  };
  const layered = (x: number, y: number, octaves: number) => {
    let sum = 0;
    let weight = 0.5;
    let total = 0;
    for (let octave = 0; octave < octaves; octave++) {
      sum += weight * at(x, y);
      total += weight;
      weight *= 0.5;
      x = x * 2.03 + 17.3;
      y = y * 2.03 + 9.1;
    }
    return total > 0 ? sum / total : 0;
  };
  const ridged = (x: number, y: number, octaves: number) => {
    let sum = 0;
    let weight = 0.5;
    let total = 0;
    for (let octave = 0; octave < octaves; octave++) {
      const crest = 1 - Math.abs(2 * at(x, y) - 1);
      sum += weight * crest ** 1.5;
      total += weight;
      weight *= 0.5;
      x = x * 2.07 + 31.7;
      y = y * 2.07 + 5.3;
    }
    return total > 0 ? sum / total : 0;
  };
  return { at, layered, ridged };
}

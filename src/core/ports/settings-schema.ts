import { z } from "zod";
import { Secret } from "../secret.ts";

/** An empty variable (`TOKEN=` in a .env file) is the same as none. */
const emptyIsMissing = (value: unknown): unknown => (value === "" ? undefined : value);

/** A credential: never printed, see `Secret`. */
export const secret = () =>
  z.preprocess(
    emptyIsMissing,
    z
      .string()
      .trim()
      .min(1)
      .transform((text) => new Secret(text))
      .optional(),
  );

/** Where a service is: an http(s) URL, kept without a slash at its end. */
export const serviceUrl = (standard: string) =>
  z.preprocess(
    emptyIsMissing,
    z
      .url({ protocol: /^https?$/ })
      .transform((text) => text.replace(/\/+$/, ""))
      .default(standard),
  );

export const optionalUrl = () =>
  z.preprocess(
    emptyIsMissing,
    z
      .url({ protocol: /^https?$/ })
      .transform((text) => text.replace(/\/+$/, ""))
      .optional(),
  );

export const text = (standard: string) =>
  z.preprocess(emptyIsMissing, z.string().trim().min(1).default(standard));

export const wholeNumber = (standard: number, minimum: number, maximum: number) =>
  z.preprocess(emptyIsMissing, z.coerce.number().int().min(minimum).max(maximum).default(standard));

/** A number that may have a fraction (`GENERATION_TIMEOUT_MINUTES=0.5`). */
export const amount = (standard: number, minimum: number, maximum: number) =>
  z.preprocess(emptyIsMissing, z.coerce.number().min(minimum).max(maximum).default(standard));

/** `http://127.0.0.1:9000/api` as `http://127.0.0.1:9000`: what the operator trusts for links a service hands out. */
export function originOf(url: string): string {
  return new URL(url).origin;
}

/** Reads of unknown JSON without casts: a wrong shape becomes an empty value. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asString(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function asNumber(value: unknown, otherwise = 0): number {
  return typeof value === "number" ? value : otherwise;
}

/** Discord counts code points. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

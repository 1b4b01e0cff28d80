/** What is stored as JSON and parsed again by whoever wrote it (an operation, a target, a message reference). */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An object as JSON, without the fields that are undefined. */
export function jsonObject(fields: Readonly<Record<string, Json | undefined>>): {
  readonly [key: string]: Json;
} {
  const result: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) result[name] = value;
  return result;
}

import type { Json, Params } from "./wire.ts";

/** Readers of decoded parameters. They answer undefined for what is absent or of another type. */
export function numberOf(params: Params, name: string): number | undefined {
  const value = params[name];
  return typeof value === "number" ? value : undefined;
}

export function stringOf(params: Params, name: string): string | undefined {
  const value = params[name];
  return typeof value === "string" ? value : undefined;
}

export function flagOf(params: Params, name: string): boolean {
  return params[name] === true;
}

export function objectOf(params: Params, name: string): Params | undefined {
  const value = params[name];
  return value === undefined ? undefined : asObject(value);
}

export function listOf(params: Params, name: string): readonly Json[] | undefined {
  const value = params[name];
  return Array.isArray(value) ? value : undefined;
}

export function asObject(value: Json): Params | undefined {
  return typeof value === "object" && value !== null && !isList(value) ? value : undefined;
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

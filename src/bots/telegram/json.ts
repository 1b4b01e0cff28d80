import { z } from "zod";
import type { Json } from "../../core/json.ts";

const schema = z.json();

/** A value as it is stored: JSON has no undefined, so what is absent stays absent. */
export function toJson(value: object): Json {
  return schema.parse(JSON.parse(JSON.stringify(value)));
}

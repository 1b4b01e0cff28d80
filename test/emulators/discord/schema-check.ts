/**
 * Checks request bodies against the part of JSON Schema that Discord's OpenAPI file uses.
 *
 * A property that the schema does not name is reported as `unknown`: Discord ignores it, which is how a
 * misspelt field stays unnoticed. Everything else is `invalid`, which Discord answers with 400 (50035).
 */
import { readFileSync } from "node:fs";
import { asArray, asObject, asString, isObject, type JsonObject, lengthOf } from "./json.ts";

export interface SchemaProblem {
  kind: "invalid" | "unknown";
  /** Dotted, as in Discord's own error objects: `components.0.components.1.custom_id`. */
  path: string;
  message: string;
}

const requests: JsonObject = {};
const schemas: JsonObject = {};
for (const line of readFileSync(new URL("request-schemas.ndjson", import.meta.url), "utf8").split("\n")) {
  if (line === "") continue;
  const entry = asObject(JSON.parse(line));
  if (typeof entry["request"] === "string") requests[entry["request"]] = entry["body"];
  else schemas[asString(entry["schema"])] = entry["body"];
}

/** Problems of a body sent to an operation, by the operation's id in the OpenAPI file. */
export function checkRequest(operationId: string, body: unknown): SchemaProblem[] {
  const schema = requests[operationId];
  if (schema === undefined) return [];
  return check(asObject(schema), body, "");
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function check(schema: JsonObject, value: unknown, path: string): SchemaProblem[] {
  const reference = asString(schema["$ref"]);
  if (reference !== "") return check(asObject(schemas[reference.split("/").at(-1) ?? ""]), value, path);
  const invalid = (message: string): SchemaProblem => ({ kind: "invalid", path, message });

  const types = typeof schema["type"] === "string" ? [schema["type"]] : asArray(schema["type"]);
  const actual = typeOf(value);
  if (types.length > 0 && !types.includes(actual) && !(actual === "integer" && types.includes("number"))) {
    // The reference documents bit sets as strings of digits; the OpenAPI file calls them integers.
    const bitSet = path.endsWith("default_member_permissions") && /^\d+$/.test(asString(value));
    if (!bitSet) return [invalid(`is ${actual}, not ${types.join(" or ")}`)];
  }
  if (value === null && types.includes("null")) return [];
  if ("const" in schema && schema["const"] !== value)
    return [invalid(`is not ${JSON.stringify(schema["const"])}`)];
  const enumeration = asArray(schema["enum"]);
  if (enumeration.length > 0 && !enumeration.includes(value))
    return [invalid(`is not one of ${JSON.stringify(enumeration)}`)];

  const problems: SchemaProblem[] = [];
  for (const part of asArray(schema["allOf"])) problems.push(...check(asObject(part), value, path));
  const alternatives = asArray(schema["oneOf"] ?? schema["anyOf"]);
  if (alternatives.length > 0) problems.push(...closest(alternatives, value, path));
  problems.push(...bounds(schema, value).map(invalid));
  if (Array.isArray(value) && schema["items"] !== undefined) {
    const items = asObject(schema["items"]);
    value.forEach((item, index) => {
      problems.push(...check(items, item, join(path, String(index))));
    });
  }
  if (isObject(value)) problems.push(...checkProperties(schema, value, path));
  return problems;
}

/** The problems of the alternative that was most likely meant: the one with the fewest. */
function closest(alternatives: unknown[], value: unknown, path: string): SchemaProblem[] {
  let best: SchemaProblem[] | undefined;
  for (const alternative of alternatives) {
    const problems = check(asObject(alternative), value, path);
    if (problems.length === 0) return [];
    const weight = (list: SchemaProblem[]): number =>
      list.reduce((sum, problem) => sum + (/(^|\.)type$/.test(problem.path) ? 100 : 1), 0);
    if (best === undefined || weight(problems) < weight(best)) best = problems;
  }
  return best ?? [];
}

function checkProperties(schema: JsonObject, value: JsonObject, path: string): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  for (const name of asArray(schema["required"])) {
    if (value[asString(name)] === undefined)
      problems.push({ kind: "invalid", path: join(path, asString(name)), message: "is required" });
  }
  const extra = schema["additionalProperties"];
  if (schema["properties"] === undefined && extra === undefined) return problems;
  const properties = asObject(schema["properties"]);
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (properties[name] !== undefined)
      problems.push(...check(asObject(properties[name]), item, join(path, name)));
    else if (isObject(extra)) problems.push(...check(extra, item, join(path, name)));
    else problems.push({ kind: "unknown", path: join(path, name), message: "is no field of this request" });
  }
  return problems;
}

function bounds(schema: JsonObject, value: unknown): string[] {
  const problems: string[] = [];
  const limit = (name: string, size: number, tooFar: (limit: number) => boolean): void => {
    const bound = schema[name];
    if (typeof bound === "number" && tooFar(bound)) problems.push(`${name} is ${bound}, this is ${size}`);
  };
  if (typeof value === "string") {
    const length = lengthOf(value);
    limit("maxLength", length, (bound) => length > bound);
    limit("minLength", length, (bound) => length < bound);
    const pattern = asString(schema["pattern"]);
    if (pattern !== "" && !new RegExp(pattern, "u").test(value)) problems.push(`does not match ${pattern}`);
    if (schema["format"] === "uri" && !URL.canParse(value)) problems.push("is no URL");
  }
  if (typeof value === "number") {
    limit("maximum", value, (bound) => value > bound);
    limit("minimum", value, (bound) => value < bound);
  }
  if (Array.isArray(value)) {
    limit("maxItems", value.length, (bound) => value.length > bound);
    limit("minItems", value.length, (bound) => value.length < bound);
  }
  return problems;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

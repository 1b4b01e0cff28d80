import { readFileSync } from "node:fs";
import { asObject, isList } from "./params.ts";
import { badRequest, type Json, type Params } from "./wire.ts";

interface Field {
  readonly types: readonly string[];
  readonly required?: true;
  readonly constant?: string;
}
type Fields = Readonly<Record<string, Field>>;
interface Spec {
  readonly version: string;
  readonly methods: Readonly<Record<string, Fields>>;
  readonly types: Readonly<Record<string, { readonly fields?: Fields; readonly oneOf?: readonly string[] }>>;
}

/** Written by reduce-spec.ts from the machine-readable Bot API description. */
const spec: Spec = JSON.parse(readFileSync(new URL("spec.json", import.meta.url), "utf8"));

export interface Checked {
  readonly params: Params;
  /** Every departure from the description, in words: `reply_parameters.message_id is missing`. */
  readonly problems: readonly string[];
  /** Thrown by the real server too, for the first missing or unreadable required parameter. */
  readonly fatal: Error | undefined;
}

export function knownMethod(method: string): boolean {
  return Object.hasOwn(spec.methods, method);
}

/**
 * Decodes the parameters of one call and checks them against the description.
 *
 * Forms carry everything as text: numbers, flags and JSON are decoded by the described type, as the real
 * server does. `files` are the names of uploaded parts, which stand for an InputFile directly.
 */
export function checkCall(
  method: string,
  raw: Readonly<Record<string, Json>>,
  files: ReadonlySet<string>,
): Checked {
  const fields = spec.methods[method] ?? {};
  const problems: string[] = [];
  const params: Record<string, Json> = {};
  let fatal: Error | undefined;
  const attached = new Set<string>();
  collectAttached(raw, attached);
  for (const [name, value] of Object.entries(raw)) {
    const field = fields[name];
    if (field === undefined) {
      problems.push(`${name} is not a parameter of ${method}`);
      continue;
    }
    const decoded = decode(value, field.types);
    const found = checkAny(decoded, field.types, name);
    problems.push(...found);
    params[name] = decoded;
    if (found.length > 0 && field.required) fatal ??= badRequest(`can't parse ${name}: ${found[0] ?? ""}`);
  }
  for (const file of files) {
    if (attached.has(file)) continue;
    const field = fields[file];
    if (field?.types.includes("InputFile")) params[file] = `attach://${file}`;
    else problems.push(`the uploaded part ${file} is used by no parameter`);
  }
  for (const file of attached) {
    if (!files.has(file)) {
      problems.push(`attach://${file} names no uploaded part`);
      fatal ??= badRequest("wrong file identifier/HTTP URL specified");
    }
  }
  for (const [name, field] of Object.entries(fields)) {
    if (!field.required || name in params) continue;
    problems.push(`${name} is missing`);
    fatal ??= badRequest(name === "text" ? "message text is empty" : `${wordsOf(name)} is empty`);
  }
  return { params, problems, fatal };
}

function wordsOf(name: string): string {
  return name.replaceAll("_", " ").replace(/ id$/, "_id");
}

function collectAttached(value: Json, into: Set<string>): void {
  if (typeof value === "string") {
    for (const match of value.matchAll(/attach:\/\/([^"\\\s]+)/g)) into.add(match[1] ?? "");
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) collectAttached(inner, into);
  }
}

function decode(value: Json, types: readonly string[]): Json {
  if (typeof value !== "string") return value;
  if (types.includes("Integer") && /^-?\d+$/.test(value)) return Number(value);
  if (types.includes("Boolean") && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
  if (types.includes("String")) return value;
  if (/^\s*[[{]/.test(value)) {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }
  return value;
}

/** Problems of `value` as the best fitting of `types`; none when one fits. */
function checkAny(value: Json, types: readonly string[], at: string): readonly string[] {
  let best: readonly string[] | undefined;
  for (const type of types) {
    const found = check(value, type, at);
    if (found.length === 0) return [];
    if (best === undefined || found.length < best.length) best = found;
  }
  return best ?? [];
}

function check(value: Json, type: string, at: string): readonly string[] {
  if (type.startsWith("Array of ")) {
    if (!isList(value)) return [`${at} is not an array`];
    return value.flatMap((item, index) => check(item, type.slice("Array of ".length), `${at}[${index}]`));
  }
  switch (type) {
    case "Integer":
      return Number.isSafeInteger(value) ? [] : [`${at} is not an integer`];
    case "Float":
      return typeof value === "number" ? [] : [`${at} is not a number`];
    case "Boolean":
      return typeof value === "boolean" ? [] : [`${at} is not a boolean`];
    case "String":
    case "InputFile":
      return typeof value === "string" ? [] : [`${at} is not a string`];
    default:
      return checkObject(value, type, at);
  }
}

function checkObject(value: Json, type: string, at: string): readonly string[] {
  const entry = spec.types[type];
  const object = asObject(value);
  if (object === undefined) return [`${at} is not an object`];
  if (entry === undefined) return [];
  if (entry.oneOf !== undefined) {
    const named = entry.oneOf.find((name) => spec.types[name]?.fields?.["type"]?.constant === object["type"]);
    return named === undefined ? checkAny(value, entry.oneOf, at) : check(value, named, at);
  }
  const fields = entry.fields ?? {};
  const problems: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const inner = object[name];
    if (inner === undefined) {
      if (field.required) problems.push(`${at}.${name} is missing`);
    } else {
      problems.push(...checkAny(inner, field.types, `${at}.${name}`));
      if (field.constant !== undefined && inner !== field.constant)
        problems.push(`${at}.${name} is not ${field.constant}`);
    }
  }
  for (const name of Object.keys(object)) {
    if (!(name in fields)) problems.push(`${at}.${name} is not a field of ${type}`);
  }
  return problems;
}

/** The `data` of a slash command's interaction, from the command as the bot registered it. */

import type { FileToStore } from "./content-delivery.ts";
import { asArray, asNumber, asObject, asString, type JsonObject, lengthOf } from "./json.ts";
import type { EmulatedUser } from "./model.ts";
import { wireAttachment, wireUser } from "./wire.ts";
import type { World } from "./world.ts";

export type OptionValue = string | number | boolean | EmulatedUser | FileToStore;

interface Resolved {
  attachments: JsonObject;
  users: JsonObject;
}

const optionTypes = {
  subcommand: 1,
  group: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  number: 10,
  attachment: 11,
};

export interface CommandRequest {
  name: string;
  /** For commands with subcommands: `"limit"`, or `"plan set"` for a group. */
  subcommand?: string;
  options?: Record<string, OptionValue>;
  /** Sends it although the bot has registered no such command, as a stale client would. */
  unregistered?: boolean;
}

export function commandData(
  world: World,
  registered: JsonObject[],
  request: CommandRequest,
  focused?: string,
): JsonObject {
  const command = registered.find(
    (known) => known["name"] === request.name && asNumber(known["type"], 1) === 1,
  );
  if (command === undefined && request.unregistered !== true)
    throw new Error(`/${request.name} is not registered`);
  const path = request.subcommand === undefined ? [] : request.subcommand.split(" ");
  let declared = asArray(command?.["options"]).map(asObject);
  for (const step of path) {
    const next = declared.find((option) => option["name"] === step);
    if (next === undefined && command !== undefined) throw new Error(`/${request.name} has no ${step}`);
    declared = asArray(next?.["options"]).map(asObject);
  }
  const given = request.options ?? {};
  if (command !== undefined && focused === undefined) assertOptions(request.name, declared, given);
  const resolved: Resolved = { attachments: {}, users: {} };
  let options: JsonObject[] = Object.entries(given).map(([name, value]) => {
    const known = declared.find((option) => option["name"] === name);
    return {
      name,
      ...encode(world, value, resolved, known),
      ...(name === focused ? { focused: true } : {}),
    };
  });
  for (const [index, step] of path.toReversed().entries())
    options = [{ name: step, type: index === 0 ? optionTypes.subcommand : optionTypes.group, options }];
  return { id: command?.["id"] ?? world.id(), name: request.name, type: 1, options, resolved };
}

function encode(
  world: World,
  value: OptionValue,
  resolved: Resolved,
  declared: JsonObject | undefined,
): JsonObject {
  const type = asNumber(declared?.["type"], 0);
  const isFile = typeof value === "object" && "bytes" in value;
  if (isFile !== (type === optionTypes.attachment) && declared !== undefined)
    throw new Error(`${asString(declared["name"])} takes ${isFile ? "no file" : "a file"}`);
  if (typeof value === "string") return { type: optionTypes.string, value };
  if (typeof value === "boolean") return { type: optionTypes.boolean, value };
  if (typeof value === "number") {
    const fitting = Number.isInteger(value) ? optionTypes.integer : optionTypes.number;
    return { type: type === 0 ? fitting : type, value };
  }
  if ("bytes" in value) {
    const file = world.storeFile(value, "ephemeral");
    resolved.attachments[file.id] = wireAttachment(file);
    return { type: optionTypes.attachment, value: file.id };
  }
  resolved.users[value.id] = wireUser(value);
  return { type: optionTypes.user, value: value.id };
}

/** Discord's client refuses these itself; a test that tries them is wrong. */
function assertOptions(name: string, declared: JsonObject[], given: Record<string, OptionValue>): void {
  for (const option of Object.keys(given)) {
    if (!declared.some((known) => known["name"] === option))
      throw new Error(`/${name} has no option ${option}`);
  }
  for (const option of declared) {
    const optionName = asString(option["name"]);
    const value = given[optionName];
    if (value === undefined) {
      if (option["required"] === true) throw new Error(`/${name} needs ${optionName}`);
      continue;
    }
    const choices = asArray(option["choices"]).map((choice) => asObject(choice)["value"]);
    if (choices.length > 0 && !choices.includes(value))
      throw new Error(`${optionName} is one of ${choices.join(", ")}`);
    if (
      typeof value === "number" &&
      (value < asNumber(option["min_value"], value) || value > asNumber(option["max_value"], value))
    )
      throw new Error(`${optionName} is out of range`);
    const length = typeof value === "string" ? lengthOf(value) : undefined;
    if (
      length !== undefined &&
      (length < asNumber(option["min_length"]) || length > asNumber(option["max_length"], 6000))
    )
      throw new Error(`${optionName} has a forbidden length`);
  }
}

export function printOption(value: OptionValue): string {
  if (typeof value !== "object") return String(value);
  return "bytes" in value ? value.filename : `@${value.username}`;
}

/**
 * Rules that the schemas cannot say: from Discord's documentation (limits that depend on another field)
 * and from this product's own promises (mentions, no repeats after a refusal).
 */
import { asArray, asNumber, asObject, asString, isObject, type JsonObject, lengthOf } from "./json.ts";
import { checkModal } from "./modal-form.ts";
import { messageFlags } from "./model.ts";
import { messagePart, type RecordedRequest } from "./request-reader.ts";
import type { SchemaProblem } from "./schema-check.ts";

const invalid = (path: string, message: string): SchemaProblem => ({ kind: "invalid", path, message });
const COMMAND_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** What Discord would refuse with 50035 although the schema allows it. */
export function checkRules(operationId: string, body: unknown): SchemaProblem[] {
  if (operationId === "bulk_set_application_commands") return checkCommands(asArray(body));
  if (operationId === "create_interaction_response") {
    const { type, data } = asObject(body);
    if (type === 9) return checkModal(asObject(data));
    if (asNumber(type) >= 8) return [];
  }
  if (!messageOperations.has(operationId)) return [];
  const message = messagePart(body);
  const problems: SchemaProblem[] = [];
  if (lengthOf(asString(message["content"])) > 2000)
    problems.push(invalid("content", "is over 2000 characters"));
  problems.push(...checkComponents(message), ...checkEmbeds(asArray(message["embeds"])));
  if (message["enforce_nonce"] === true && (message["nonce"] ?? "") === "")
    problems.push(invalid("nonce", "is missing although enforce_nonce is set"));
  return problems;
}

const messageOperations = new Set([
  "create_message",
  "update_message",
  "execute_webhook",
  "update_original_webhook_message",
  "update_webhook_message",
  "create_interaction_response",
]);

/** Every component of a message, whatever it is nested in. */
export function allComponents(components: unknown): JsonObject[] {
  return asArray(components).flatMap((component) => {
    const own = asObject(component);
    return [
      own,
      ...allComponents(own["components"]),
      ...allComponents(own["accessory"] && [own["accessory"]]),
    ];
  });
}

function checkComponents(message: JsonObject): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const top = asArray(message["components"]).map(asObject);
  const isV2 = (asNumber(message["flags"]) & messageFlags.componentsV2) !== 0;
  const all = allComponents(top);
  if (isV2) {
    if (asString(message["content"]) !== "" || asArray(message["embeds"]).length > 0)
      problems.push(invalid("content", "may not stand beside components v2"));
    if (all.length > 40) problems.push(invalid("components", "are more than 40"));
  } else {
    if (top.length > 5) problems.push(invalid("components", "are more than 5 rows"));
    if (top.some((component) => component["type"] !== 1))
      problems.push(invalid("components", "need the components v2 flag"));
  }
  const seen = new Set<string>();
  for (const component of all) {
    const customId = asString(component["custom_id"]);
    if (customId !== "" && seen.has(customId))
      problems.push(invalid("components", `repeat custom_id ${customId}`));
    seen.add(customId);
    if (component["type"] !== 2) continue;
    const isLink = component["style"] === 5;
    if (isLink !== (asString(component["url"]) !== ""))
      problems.push(invalid("components", "link buttons have a url, others not"));
    if (!isLink && component["style"] !== 6 && customId === "")
      problems.push(invalid("components", "a button needs a custom_id"));
    if (isLink && customId !== "") problems.push(invalid("components", "a link button has no custom_id"));
    if (asString(component["label"]) === "" && !isObject(component["emoji"]))
      problems.push(invalid("components", "a button needs a label or an emoji"));
  }
  return problems;
}

function checkEmbeds(embeds: unknown[]): SchemaProblem[] {
  let characters = 0;
  for (const embed of embeds.map(asObject)) {
    const fields = asArray(embed["fields"]).map(asObject);
    const texts = [
      embed["title"],
      embed["description"],
      asObject(embed["footer"])["text"],
      asObject(embed["author"])["name"],
      ...fields.flatMap((field) => [field["name"], field["value"]]),
    ];
    for (const text of texts) characters += lengthOf(asString(text));
  }
  return characters > 6000 ? [invalid("embeds", `hold ${characters} characters, more than 6000`)] : [];
}

function checkCommands(commands: unknown[]): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const names = commands.map((command) => {
    const { name, type } = asObject(command);
    return `${asNumber(type, 1)} ${asString(name)}`;
  });
  if (new Set(names).size !== names.length) problems.push(invalid("", "command names repeat"));
  commands.forEach((item, index) => {
    const command = asObject(item);
    const isChatInput = asNumber(command["type"], 1) === 1;
    if (isChatInput) problems.push(...checkName(command, String(index)));
    if (isChatInput === (asString(command["description"]) === ""))
      problems.push(invalid(`${index}.description`, "belongs to slash commands, and only to them"));
    problems.push(...checkOptions(asArray(command["options"]), String(index)));
    const characters = countCharacters(command);
    if (characters > 8000) problems.push(invalid(String(index), `has ${characters} characters, over 8000`));
  });
  return problems;
}

function checkOptions(options: unknown[], path: string): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  let optionalSeen = false;
  const names = new Set<string>();
  options.forEach((item, index) => {
    const option = asObject(item);
    const here = `${path}.options.${index}`;
    problems.push(...checkName(option, here));
    if (names.has(asString(option["name"]))) problems.push(invalid(here, "has a name that is taken"));
    names.add(asString(option["name"]));
    if (option["required"] === true && optionalSeen)
      problems.push(invalid(here, "is required but stands behind an optional one"));
    if (option["required"] !== true) optionalSeen = true;
    if (option["autocomplete"] === true && asArray(option["choices"]).length > 0)
      problems.push(invalid(here, "has both autocomplete and choices"));
    problems.push(...checkOptions(asArray(option["options"]), here));
  });
  return problems;
}

function checkName(named: JsonObject, path: string): SchemaProblem[] {
  const names = [named["name"], ...Object.values(asObject(named["name_localizations"]))].map(asString);
  return names
    .filter((name) => !COMMAND_NAME.test(name) || name !== name.toLowerCase())
    .map((name) => invalid(`${path}.name`, `${JSON.stringify(name)} is no command name`));
}

/** Name, description and choice values, the longest localisation of each. */
function countCharacters(command: JsonObject): number {
  const longest = (text: unknown, localizations: unknown): number =>
    Math.max(
      0,
      ...[text, ...Object.values(asObject(localizations))].map((value) => lengthOf(asString(value))),
    );
  const own =
    longest(command["name"], command["name_localizations"]) +
    longest(command["description"], command["description_localizations"]) +
    lengthOf(asString(command["value"]));
  const below = [...asArray(command["options"]), ...asArray(command["choices"])];
  return below.reduce<number>((sum, item) => sum + countCharacters(asObject(item)), own);
}

/** Our own promise: text of members and models never pings anyone, so each text says so. */
export function mentionsViolation(operationId: string, body: unknown): string | undefined {
  if (!messageOperations.has(operationId)) return undefined;
  const type = asObject(body)["type"];
  if (operationId === "create_interaction_response" && type !== 4 && type !== 7) return undefined;
  const message = messagePart(body);
  const isEdit = operationId.startsWith("update_") || type === 7;
  const isV2 = (asNumber(message["flags"]) & messageFlags.componentsV2) !== 0;
  if (isEdit && asString(message["content"]) === "" && !isV2) return undefined;
  const allowed = message["allowed_mentions"];
  if (!isObject(allowed)) return "allowed_mentions is missing";
  if (!Array.isArray(allowed["parse"]) || allowed["parse"].length > 0)
    return "allowed_mentions.parse is not empty";
  if (allowed["replied_user"] === true) return "allowed_mentions.replied_user is on";
  return undefined;
}

/** 10,000 answers of 401, 403 and 429 in ten minutes ban an address: a refused POST is not sent again. */
export function createRepeatCheck(): (request: RecordedRequest) => string | undefined {
  const refused = new Map<string, number>();
  return (request) => {
    if (request.method !== "POST") return undefined;
    const key = `${request.path} ${JSON.stringify(request.body ?? null)}`;
    const before = refused.get(key);
    if ([401, 403, 404].includes(request.status)) refused.set(key, request.status);
    return before === undefined ? undefined : `repeated although it was refused with ${before}`;
  };
}

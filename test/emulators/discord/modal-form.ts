/**
 * Forms (modals): the rules that the schemas cannot say, and what Discord's client does with one: it shows the
 * fields, lets nothing out that breaks their limits, and sends what was written.
 */
import type { FileToStore } from "./content-delivery.ts";
import { asArray, asNumber, asObject, asString, type JsonObject, lengthOf } from "./json.ts";
import type { SchemaProblem } from "./schema-check.ts";
import { wireAttachment } from "./wire.ts";
import type { World } from "./world.ts";

const componentTypes = { row: 1, textInput: 4, label: 18, fileUpload: 19 } as const;
const VALUE_CHARACTERS = 4000;

export interface FormAnswers {
  /** By `custom_id`; what is left out stays as it was prefilled. */
  words?: Record<string, string>;
  files?: Record<string, FileToStore[]>;
}

/** The fields of a form, each with the label that a member reads. */
export interface FormField {
  customId: string;
  label: string;
  value: string;
  component: JsonObject;
}

export function fieldsOf(modal: JsonObject): FormField[] {
  return asArray(modal["components"]).flatMap((item) => {
    const part = asObject(item);
    const isLabel = part["type"] === componentTypes.label;
    const inner = isLabel ? [part["component"]] : asArray(part["components"]);
    return inner.map(asObject).map((component) => ({
      customId: asString(component["custom_id"]),
      label: asString(isLabel ? part["label"] : component["label"]),
      value: asString(component["value"]),
      component,
    }));
  });
}

/** Sources: Component Reference (Text Input, Label, File Upload). */
export function checkModal(modal: JsonObject): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const invalid = (path: string, message: string): void => {
    problems.push({ kind: "invalid", path, message });
  };
  const seen = new Set<string>();
  for (const { customId, label, value, component } of fieldsOf(modal)) {
    if (seen.has(customId)) invalid("components", `repeat custom_id ${customId}`);
    seen.add(customId);
    if (label === "") invalid(customId, "has no label");
    const { min, max } = boundsOf(component);
    if (min > max) invalid(customId, "needs more than it takes");
    if (component["type"] !== componentTypes.textInput) continue;
    const isPrefilled = value !== "";
    if (isPrefilled && (lengthOf(value) < min || lengthOf(value) > max))
      invalid(customId, "is prefilled with a value of a forbidden length");
  }
  for (const part of asArray(modal["components"]).map(asObject)) {
    const inner = asObject(part["component"]);
    if (part["type"] === componentTypes.label && inner["label"] !== undefined)
      invalid("components", "have a label inside a label");
  }
  return problems;
}

/** Characters of a text, number of files. */
function boundsOf(component: JsonObject): { min: number; max: number } {
  return component["type"] === componentTypes.textInput
    ? { min: asNumber(component["min_length"]), max: asNumber(component["max_length"], VALUE_CHARACTERS) }
    : { min: asNumber(component["min_values"], 1), max: asNumber(component["max_values"], 1) };
}

/** The `data` of the interaction that follows. Throws where Discord's client would not let the member send it. */
export function submission(world: World, modal: JsonObject, answers: FormAnswers): JsonObject {
  const fields = fieldsOf(modal);
  const attachments: JsonObject = {};
  for (const given of [...Object.keys(answers.words ?? {}), ...Object.keys(answers.files ?? {})]) {
    if (!fields.some(({ customId }) => customId === given)) throw new Error(`the form has no field ${given}`);
  }
  const components = fields.map(({ customId, value, component }) => {
    const isText = component["type"] === componentTypes.textInput;
    const text = answers.words?.[customId] ?? value;
    const files = answers.files?.[customId] ?? [];
    const size = isText ? lengthOf(text) : files.length;
    const { min, max } = boundsOf(component);
    const isRequired = component["required"] !== false;
    if (size === 0 ? isRequired : size < min || size > max)
      throw new Error(`${customId} takes ${min} to ${max}, not ${size}`);
    if (isText)
      return { type: componentTypes.label, component: { type: 4, custom_id: customId, value: text } };
    const values = files.map((file) => {
      const stored = world.storeFile(file, "ephemeral");
      attachments[stored.id] = wireAttachment(stored);
      return stored.id;
    });
    return { type: componentTypes.label, component: { type: 19, custom_id: customId, values } };
  });
  return { custom_id: asString(modal["custom_id"]), components, resolved: { attachments } };
}

/** Messages as members see them. */
import { asObject, asString } from "./json.ts";
import { type EmulatedMessage, messageFlags } from "./model.ts";
import { allComponents } from "./rule-check.ts";

export interface ButtonView {
  label: string;
  customId: string;
  url: string;
  disabled: boolean;
}

export function buttonsOf(message: EmulatedMessage): ButtonView[] {
  return allComponents(message.components)
    .filter((component) => component["type"] === 2)
    .map((button) => ({
      label: `${asString(asObject(button["emoji"])["name"])} ${asString(button["label"])}`.trim(),
      customId: asString(button["custom_id"]),
      url: asString(button["url"]),
      disabled: button["disabled"] === true,
    }));
}

/** The content, or the texts of its components. */
export function textOf(message: EmulatedMessage): string {
  const texts = allComponents(message.components)
    .filter((component) => component["type"] === 10)
    .map((component) => asString(component["content"]));
  if ((message.flags & messageFlags.loading) !== 0) return "Easel is thinking…";
  return [message.content, ...texts].filter((text) => text !== "").join("\n");
}

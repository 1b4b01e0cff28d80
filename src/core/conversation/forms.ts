import type { Messages } from "../messages/messages.ts";
import { networkNamed, rulesOf } from "../posts/networks.ts";
import { type Action, readButtonData } from "./actions.ts";
import type { Form } from "./conversation.ts";

/** What an animation is made of when nobody says how it should move. */
export const STANDARD_MOVE = "Bring this picture to life with gentle, natural motion.";

const FORMS: readonly Action[] = [
  "edit",
  "animate",
  "fill",
  "caption-edit",
  "pd-text",
  "pd-time",
  "post-move",
  "post-edit",
  "reject",
];

/** The forms behind buttons that need words. */
export function createForms(messages: Messages): (data: string, locale: string | null) => Form | null {
  return (data, locale) => {
    const button = readButtonData(data);
    if (!button || !FORMS.includes(button.action)) return null;
    const { action } = button;
    const network = action === "pd-text" ? networkNamed(button.argument) : null;
    if (button.argument !== "" && network === null) return null;
    const language = messages.choose(locale);
    const line = (part: string): string => messages.line(language, `form-${action}-${part}`);
    const title =
      network === null
        ? line("title")
        : messages.line(language, "form-pd-text-title-for", { network: rulesOf(network).label });
    return {
      data,
      title,
      label: line("label"),
      placeholder: line("placeholder"),
      value: action === "animate" ? STANDARD_MOVE : "",
      required: action !== "animate" && action !== "reject",
    };
  };
}

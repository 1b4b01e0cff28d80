import type { Messages } from "../messages/messages.ts";
import { readButtonData } from "./actions.ts";
import type { Form } from "./conversation.ts";

/** What an animation is made of when nobody says how it should move. */
export const STANDARD_MOVE = "Bring this picture to life with gentle, natural motion.";

/** The forms behind buttons that need words: Edit, Animate, and a draft whose words are missing. */
export function createForms(messages: Messages): (data: string, locale: string | null) => Form | null {
  return (data, locale) => {
    const button = readButtonData(data);
    if (!button || button.argument !== "") return null;
    const { action } = button;
    if (action !== "edit" && action !== "animate" && action !== "fill") return null;
    const language = messages.choose(locale);
    const line = (part: string): string => messages.line(language, `form-${action}-${part}`);
    return {
      data,
      title: line("title"),
      label: line("label"),
      placeholder: line("placeholder"),
      value: action === "animate" ? STANDARD_MOVE : "",
      required: action !== "animate",
    };
  };
}

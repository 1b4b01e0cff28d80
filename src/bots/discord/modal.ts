import { readButtonData } from "../../core/conversation/actions.ts";
import type { Form } from "../../core/conversation/conversation.ts";
import type { PictureName } from "../../core/conversation/intents.ts";
import type { Interaction, InteractionComponent } from "./interaction.ts";
import { uploaded } from "./pictures.ts";
import { truncated } from "./render.ts";

/** Source of the numbers: Discord documentation, Component Reference (Label, Text Input, File Upload), read 2026-11. */
const LABEL_LENGTH = 45;
const PLACEHOLDER_LENGTH = 100;
const VALUE_LENGTH = 4000;
const MAXIMUM_FILES = 4;
const LABEL = 18;
const TEXT_INPUT = 4;
const FILE_UPLOAD = 19;
const PARAGRAPH = 2;
const WORDS = "words";
const FILES = "pictures";

/**
 * A form as Discord's first answer to a press. Lengths are only checked when it comes back: a member who is one
 * character short should read why. `uploadLabel` stands over the field for pictures, where the form takes some.
 */
export function modal(form: Form, uploadLabel: string): object {
  const { data, title, label, placeholder, value, required } = form;
  const words = {
    type: TEXT_INPUT,
    custom_id: WORDS,
    style: PARAGRAPH,
    required,
    // A part of it, sent back unread, would take the place of the whole.
    ...(value === "" || value.length > VALUE_LENGTH ? {} : { value }),
    ...(placeholder === "" ? {} : { placeholder: truncated(placeholder, PLACEHOLDER_LENGTH) }),
  };
  const files = {
    type: FILE_UPLOAD,
    custom_id: FILES,
    required: false,
    min_values: 0,
    max_values: MAXIMUM_FILES,
  };
  const components = [labelled(label, words), ...(takesFiles(data) ? [labelled(uploadLabel, files)] : [])];
  return { type: 9, data: { custom_id: data, title: truncated(title, LABEL_LENGTH) || "…", components } };
}

function labelled(label: string, component: object): object {
  return { type: LABEL, label: truncated(label, LABEL_LENGTH) || "…", component };
}

/** A film is made of the one picture that Animate stands under, and words for a caption need none. */
function takesFiles(data: string): boolean {
  const action = readButtonData(data)?.action;
  return action === "edit" || action === "fill";
}

/** What came back, all of it untrusted: fields that we did not make and files that were not sent are left out. */
export function answersOf({ data }: Interaction): {
  readonly text: string;
  readonly pictures: readonly PictureName[];
} {
  const fields = (data?.components ?? []).flatMap(fieldsIn);
  const words = fields.find(({ custom_id: id }) => id === WORDS)?.value;
  const ids = fields.find(({ custom_id: id }) => id === FILES)?.values;
  const files = data?.resolved?.attachments ?? {};
  const pictures = (Array.isArray(ids) ? ids : []).slice(0, MAXIMUM_FILES).flatMap((id: unknown) => {
    const file = typeof id === "string" && Object.hasOwn(files, id) ? files[id] : undefined;
    return file ? [uploaded(file)] : [];
  });
  return { text: typeof words === "string" ? words : "", pictures };
}

function fieldsIn({ component, components }: InteractionComponent): InteractionComponent[] {
  return [...(component ? [component] : []), ...(components ?? [])];
}

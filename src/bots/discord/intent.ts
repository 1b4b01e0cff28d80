import { type Action, readButtonData } from "../../core/conversation/actions.ts";
import { MEMBER_NAME } from "../../core/conversation/commands/community.ts";
import type { Intent, PictureName } from "../../core/conversation/intents.ts";
import { identity } from "../../core/identifiers.ts";
import {
  BUTTON_COMPONENT,
  COMMAND_TYPES,
  commandOf,
  INTERACTION_TYPES,
  type Interaction,
  OPTION_TYPES,
} from "./interaction.ts";
import { answersOf } from "./modal.ts";
import { picturesOf, uploaded } from "./pictures.ts";
import { PLATFORM } from "./place.ts";

/**
 * What was asked, or null for kinds of interactions that the bot offers nowhere. `commandOfMenu` says which command
 * an entry in the menu of a message stands for.
 */
export function intentOf(
  interaction: Interaction,
  commandOfMenu: (name: string) => string | undefined,
): Intent | null {
  const { type, data } = interaction;
  switch (type) {
    case INTERACTION_TYPES.component:
      return data?.component_type === BUTTON_COMPONENT
        ? { kind: "button", data: data.custom_id ?? "" }
        : null;
    case INTERACTION_TYPES.modal: {
      const { text, pictures } = answersOf(interaction);
      return { kind: "form", data: data?.custom_id ?? "", text, ...withPictures(pictures) };
    }
    case INTERACTION_TYPES.command:
      if ((data?.type ?? COMMAND_TYPES.slash) === COMMAND_TYPES.slash) return slash(interaction);
      return data?.type === COMMAND_TYPES.message ? menu(interaction, commandOfMenu) : null;
    default:
      return null;
  }
}

function slash(interaction: Interaction): Intent {
  const { name, options } = commandOf(interaction);
  const files = interaction.data?.resolved?.attachments ?? {};
  const pictures: PictureName[] = [];
  const values: [string, string | number | boolean][] = [];
  for (const { name: option, type, value } of options) {
    if (value === undefined || value === null) continue;
    if (type === OPTION_TYPES.attachment) {
      const file = Object.hasOwn(files, String(value)) ? files[String(value)] : undefined;
      if (file) pictures.push(uploaded(file, option === "mask" ? "mask" : "picture"));
      continue;
    }
    if (type !== OPTION_TYPES.user) values.push([option, value]);
    else values.push([option, identity(PLATFORM, String(value))], ...nameOf(interaction, String(value)));
  }
  return { kind: "command", name, options: Object.fromEntries(values), ...withPictures(pictures) };
}

/** How the member is called whom an option names: perhaps we never met them. Other bots have no name here. */
function nameOf({ data }: Interaction, id: string): [string, string][] {
  const users = data?.resolved?.users ?? {};
  const user = Object.hasOwn(users, id) ? users[id] : undefined;
  return !user || user.bot ? [] : [[MEMBER_NAME, user.global_name ?? user.username ?? id]];
}

/** A command on the pictures of somebody's message, without words: core asks for them where it needs any. */
function menu({ data }: Interaction, commandOfMenu: (name: string) => string | undefined): Intent | null {
  const command = commandOfMenu(data?.name ?? "");
  if (command === undefined) return null;
  const messages = data?.resolved?.messages ?? {};
  const id = data?.target_id ?? "";
  const message = Object.hasOwn(messages, id) ? messages[id] : undefined;
  return { kind: "command", name: command, options: {}, ...withPictures(message ? picturesOf(message) : []) };
}

function withPictures(pictures: readonly PictureName[]): { readonly pictures?: readonly PictureName[] } {
  return pictures.length === 0 ? {} : { pictures };
}

export function actionOf(intent: Intent): Action | undefined {
  return intent.kind === "button" || intent.kind === "form" ? readButtonData(intent.data)?.action : undefined;
}

const MEDIA_COMMANDS: readonly string[] = ["generate", "edit", "animate"];
const MEDIA_ACTIONS: readonly (Action | undefined)[] = ["again", "draft", "edit", "animate", "fill"];

/** Whether a message with a file may come of it; presses that open a form count, so nobody writes in vain. */
export function bringsMedia(intent: Intent): boolean {
  if (intent.kind === "command") return MEDIA_COMMANDS.includes(intent.name);
  return MEDIA_ACTIONS.includes(actionOf(intent));
}

/** It names the place where it was typed for what is to be told there: to all, though its answer is for one. */
export function namesPlace(intent: Intent): boolean {
  return intent.kind === "command" && intent.name === "community moderators";
}

import type { CommandSpec, OptionSpec } from "../../core/conversation/catalogue.ts";
import type { Conversation } from "../../core/conversation/conversation.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { Log } from "../../core/ports/log.ts";
import type { NoteStore } from "../../core/ports/stores.ts";
import { COMMAND_TYPES, OPTION_TYPES } from "./interaction.ts";
import type { DiscordRest } from "./rest.ts";

/** Discord's names of languages that have a region there; others are the same as ours. */
const LOCALES: Readonly<Record<string, string>> = {
  en: "en-US",
  es: "es-ES",
  pt: "pt-BR",
  sv: "sv-SE",
  zh: "zh-CN",
};

const SUBCOMMAND = 1;
const TRIES = 5;
const PAUSE_MS = 5000;
const TYPES = {
  text: OPTION_TYPES.string,
  "whole-number": OPTION_TYPES.integer,
  "yes-no": OPTION_TYPES.boolean,
  member: OPTION_TYPES.user,
  picture: OPTION_TYPES.attachment,
} as const;

/** The commands that stand in the menu of a message as well, with the sentences that they are called by there. */
const MENUS: Readonly<Record<string, string>> = { edit: "menu-edit", animate: "menu-animate" };
const MENU_NAME_LENGTH = 32;

/** Servers, DMs with the bot, other DMs; installed to a server or by a user. */
const EVERYWHERE = { contexts: [0, 1, 2], integration_types: [0, 1] } as const;

interface CommandPayload {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** The catalogue as Discord registers it: two-word names become subcommands. */
export function commandPayloads(conversation: Conversation): readonly CommandPayload[] {
  return [...slashPayloads(conversation), ...menuPayloads(conversation)];
}

function slashPayloads(conversation: Conversation): readonly CommandPayload[] {
  const tops = new Set(conversation.commands.map(({ name }) => topOf(name)));
  return [...tops].map((top) => {
    const specs = conversation.commands.filter(({ name }) => topOf(name) === top);
    const plain = specs.find(({ name }) => name === top);
    const options = plain
      ? optionPayloads(conversation, plain)
      : specs.map((spec) => ({
          type: SUBCOMMAND,
          name: spec.name.split(" ")[1] ?? spec.name,
          ...described(conversation, commandSentence(spec.name)),
          options: optionPayloads(conversation, spec),
        }));
    const forAdmins = specs.every(({ audience }) => audience === "admins");
    return {
      type: COMMAND_TYPES.slash,
      name: top,
      ...described(conversation, commandSentence(top)),
      options,
      ...EVERYWHERE,
      // Hidden from ordinary members by default; servers can change that, so core checks the right every time.
      default_member_permissions: forAdmins ? 0 : null,
    };
  });
}

function menuPayloads(conversation: Conversation): readonly CommandPayload[] {
  return Object.entries(MENUS)
    .filter(([command]) => conversation.commands.some(({ name }) => name === command))
    .map(([, sentence]) => ({
      type: COMMAND_TYPES.message,
      ...named(conversation, sentence),
      ...EVERYWHERE,
      default_member_permissions: null,
    }));
}

/** The command behind an entry of a message's menu, by the name under which it is registered. */
export function commandOfMenu(conversation: Conversation, name: string): string | undefined {
  const isCalled = (sentence: string): boolean => named(conversation, sentence).name === name;
  return Object.keys(MENUS).find((command) => isCalled(MENUS[command] ?? ""));
}

function named(conversation: Conversation, sentence: string): { readonly name: string } {
  const { text, localized } = inLanguages(conversation, sentence, MENU_NAME_LENGTH);
  return { name: text, ...(localized === null ? {} : { name_localizations: localized }) };
}

function topOf(name: string): string {
  return name.split(" ")[0] ?? name;
}

function commandSentence(name: string): string {
  return `command-${name.replaceAll(" ", "-")}`;
}

function optionPayloads(conversation: Conversation, spec: CommandSpec): readonly object[] {
  const [required, optional] = [
    spec.options.filter((option) => option.required),
    spec.options.filter((option) => !option.required),
  ];
  return [...required, ...optional].map((option) => optionPayload(conversation, option));
}

function optionPayload(conversation: Conversation, option: OptionSpec): object {
  const isNumber = option.type === "whole-number";
  return {
    type: TYPES[option.type],
    name: option.name,
    ...described(conversation, `option-${option.name}`),
    required: option.required,
    ...(option.choices?.length
      ? { choices: option.choices.slice(0, 25).map((value) => ({ name: value, value })) }
      : option.suggests
        ? { autocomplete: true }
        : {}),
    ...(isNumber && option.minimum !== undefined ? { min_value: option.minimum } : {}),
    ...(isNumber && option.maximum !== undefined ? { max_value: option.maximum } : {}),
  };
}

function described(conversation: Conversation, sentence: string): object {
  const { text, localized } = inLanguages(conversation, sentence, 100);
  return {
    description: text,
    ...(localized === null ? {} : { description_localizations: localized }),
  };
}

/** A sentence in the fallback's words, and by Discord's names of the other languages where there are any. */
function inLanguages(conversation: Conversation, sentence: string, limit: number) {
  const [fallback = "en", ...others] = conversation.languages;
  const line = (language: string): string => conversation.line(language, sentence).slice(0, limit);
  const localized: Record<string, string> = {};
  for (const language of others) localized[LOCALES[language] ?? language] = line(language);
  return { text: line(fallback), localized: others.length === 0 ? null : localized };
}

/** Registers the commands where they are not the same as last time; once a change, since there is a daily limit. */
export async function registerCommands(dependencies: {
  readonly rest: DiscordRest;
  readonly conversation: Conversation;
  readonly notes: NoteStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly applicationId: string;
}): Promise<void> {
  const { rest, conversation, notes, clock, ids, log, applicationId } = dependencies;
  const payloads = commandPayloads(conversation);
  const digest = ids.digest(JSON.stringify(payloads));
  const note = `discord:commands:${applicationId}`;
  const path = `/applications/${applicationId}/commands`;
  const wanted = payloads.map(({ name }) => name).sort();
  if ((await notes.get(note)) === digest) {
    const there = await rest.call({ method: "GET", path });
    if (there.status === "ok" && namesOf(there.body).join(" ") === wanted.join(" ")) return;
  }
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const result = await rest.call({ method: "PUT", path, body: payloads });
    if (result.status === "ok") {
      await notes.set(note, digest);
      log.info("commands registered", { count: payloads.length });
      return;
    }
    log.error("commands were not registered", { attempt, outcome: result.status, ...codeOf(result) });
    if (result.status === "refused") return;
    await clock.sleep(result.status === "limited" ? result.afterMs : PAUSE_MS * attempt);
  }
}

function codeOf(result: object): object {
  return "code" in result ? { code: result.code } : {};
}

function namesOf(body: unknown): string[] {
  if (!Array.isArray(body)) return [];
  return body
    .flatMap((command: unknown) =>
      typeof command === "object" && command !== null && "name" in command ? [String(command.name)] : [],
    )
    .sort();
}

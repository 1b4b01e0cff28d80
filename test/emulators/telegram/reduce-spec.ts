/**
 * Cuts the machine-readable Bot API description down to what the emulator checks, into `spec.json`.
 *
 *   node test/emulators/telegram/reduce-spec.ts path/to/api.json
 *
 * The input is the `api.json` of PaulSonOfLars/telegram-bot-api-spec. Kept: the emulated methods, and every
 * type that their parameters reach, except the ones this project can never send.
 */
import { readFileSync, writeFileSync } from "node:fs";

const METHODS = [
  "getMe",
  "getUpdates",
  "setWebhook",
  "deleteWebhook",
  "getWebhookInfo",
  "setMyCommands",
  "getMyCommands",
  "deleteMyCommands",
  "sendMessage",
  "sendPhoto",
  "sendVideo",
  "sendDocument",
  "sendMediaGroup",
  "sendChatAction",
  "editMessageText",
  "editMessageMedia",
  "editMessageCaption",
  "editMessageReplyMarkup",
  "deleteMessage",
  "deleteMessages",
  "answerCallbackQuery",
  "getFile",
  "getChat",
  "getChatMember",
];
/** Parameters of these types are passed through unchecked: rich messages alone would triple the file. */
const UNCHECKED = new Set(["InputRichMessage", "SuggestedPostParameters", "InputFile"]);

interface SourceField {
  readonly name: string;
  readonly types: readonly string[];
  readonly required: boolean;
  readonly description: string;
}
interface SourceEntry {
  readonly fields?: readonly SourceField[];
  readonly subtypes?: readonly string[];
}
interface Source {
  readonly version: string;
  readonly methods: Readonly<Record<string, SourceEntry>>;
  readonly types: Readonly<Record<string, SourceEntry>>;
}

const path = process.argv[2];
if (path === undefined) throw new Error("usage: node reduce-spec.ts path/to/api.json");
const source: Source = JSON.parse(readFileSync(path, "utf8"));

const types: Record<string, unknown> = {};

function reduceFields(fields: readonly SourceField[] = []): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => {
      for (const type of field.types) reach(type.replaceAll("Array of ", ""));
      const constant = field.name === "type" ? /must be (\w+)/.exec(field.description)?.[1] : undefined;
      return [
        field.name,
        {
          types: field.types,
          ...(field.required ? { required: true } : {}),
          ...(constant === undefined ? {} : { constant }),
        },
      ];
    }),
  );
}

function reach(name: string): void {
  const entry = source.types[name];
  if (entry === undefined || name in types || UNCHECKED.has(name)) return;
  types[name] = {};
  if (entry.subtypes === undefined) {
    types[name] = { fields: reduceFields(entry.fields) };
  } else {
    types[name] = { oneOf: entry.subtypes };
    for (const subtype of entry.subtypes) reach(subtype);
  }
}

const methods = Object.fromEntries(
  METHODS.map((name) => {
    const entry = source.methods[name];
    if (entry === undefined) throw new Error(`the description has no method ${name}`);
    return [name, reduceFields(entry.fields)];
  }),
);
writeFileSync(
  new URL("spec.json", import.meta.url),
  `${JSON.stringify({ version: source.version, methods, types }, null, 1)}\n`,
);

import type { Conversation } from "../../core/conversation/conversation.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { Log } from "../../core/ports/log.ts";
import type { NoteStore } from "../../core/ports/stores.ts";
import { callSignal, type TelegramApi } from "./api.ts";
import { failureFields } from "./errors.ts";
import { DESCRIPTION_CHARS } from "./limits.ts";

interface MenuEntry {
  readonly command: string;
  readonly description: string;
}

export interface CommandMenus {
  /** The menus of private chats and groups, in every language; only when they changed since the last time. */
  register(): Promise<void>;
  /** The menu of an admin's own chat, which has the admin commands too. */
  registerAdmin(chatId: number): Promise<void>;
}

export interface CommandMenusOptions {
  readonly api: TelegramApi;
  readonly conversation: Conversation;
  readonly notes: NoteStore;
  readonly me: () => { readonly id: number };
  readonly ids: Ids;
  readonly log: Log;
}

type LanguageCode = NonNullable<Parameters<TelegramApi["setMyCommands"]>[0]["language_code"]>;

type Scope =
  | { readonly type: "all_private_chats" }
  | { readonly type: "all_group_chats" }
  | { readonly type: "chat"; readonly chat_id: number };

/** Private matters are out of place in a group's menu; they work there all the same. */
const GROUP_COMMANDS = new Set(["generate", "edit", "animate", "status", "quota", "help"]);

export function createCommandMenus(options: CommandMenusOptions): CommandMenus {
  const { api, conversation, notes, me, ids, log } = options;
  const admins = new Set<number>();

  /** Commands of two words stand in a menu by their first one, once. */
  function menu(language: string, isAdmin: boolean, isGroup: boolean): readonly MenuEntry[] {
    const names = conversation.commands
      .filter(({ audience }) => isAdmin || audience === "members")
      .map(({ name }) => name.split(" ")[0] ?? name)
      .filter((name) => !isGroup || GROUP_COMMANDS.has(name));
    return [...new Set(names)].map((name) => ({
      command: name,
      description: conversation.line(language, `command-${name}`).slice(0, DESCRIPTION_CHARS),
    }));
  }

  async function put(note: string, scope: Scope, isAdmin: boolean): Promise<void> {
    const isGroup = scope.type === "all_group_chats";
    const menus = conversation.languages.map((language, index) => ({
      commands: [...menu(language, isAdmin, isGroup)],
      // The fallback is the menu of everybody whose language we do not have.
      ...(index === 0 ? {} : languageOf(language)),
    }));
    const digest = ids.digest(JSON.stringify(menus));
    if ((await notes.get(note)) === digest) return;
    for (const entry of menus) await api.setMyCommands({ ...entry, scope }, callSignal());
    await notes.set(note, digest);
    log.info("commands were registered", { scope: scope.type, languages: menus.length });
  }

  return {
    async register() {
      try {
        await put(`telegram:${me().id}:menu:private`, { type: "all_private_chats" }, false);
        await put(`telegram:${me().id}:menu:group`, { type: "all_group_chats" }, false);
      } catch (error) {
        log.warn("commands could not be registered", failureFields(error));
      }
    },
    async registerAdmin(chatId) {
      if (admins.has(chatId)) return;
      admins.add(chatId);
      try {
        await put(`telegram:${me().id}:menu:${chatId}`, { type: "chat", chat_id: chatId }, true);
      } catch (error) {
        admins.delete(chatId);
        log.warn("admin commands could not be registered", failureFields(error));
      }
    },
  };
}

function languageOf(language: string): { language_code?: LanguageCode } {
  const code = language.slice(0, 2);
  return isLanguageCode(code) ? { language_code: code } : {};
}

/** Two letters (ISO 639-1): the server knows all of them. */
function isLanguageCode(code: string): code is LanguageCode {
  return /^[a-z]{2}$/.test(code);
}

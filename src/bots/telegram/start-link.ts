import { type Action, readButtonData, writeButtonData } from "../../core/conversation/actions.ts";
import type { Intent } from "../../core/conversation/intents.ts";

/**
 * A press in a group whose answer is for one person, said once more in that person's private chat: by the word behind
 * `/start`, which a link can carry. Anybody can make such a link, so it only opens what changes nothing by itself.
 */
const OPENABLE: readonly Action[] = ["caption", "post", "plan"];

/** At most 64 characters of this alphabet. Source: core.telegram.org/bots/features#deep-linking, read 2026-11. */
const WORD = /^([a-z]{1,12})-([A-Za-z0-9_-]{1,16})$/;

/** Null: it has to be asked for again in the private chat. */
export function openingOf(intent: Intent): string | null {
  const button = intent.kind === "button" ? readButtonData(intent.data) : null;
  return button !== null && button.argument === "" && OPENABLE.includes(button.action)
    ? `${button.action}-${button.handle}`
    : null;
}

/** The press that the word behind `/start` stands for, or null. */
export function readOpening(word: string): Intent | null {
  const [, name, handle = ""] = WORD.exec(word) ?? [];
  const action = OPENABLE.find((one) => one === name);
  return action === undefined ? null : { kind: "button", data: writeButtonData(action, handle) };
}

/** Leads to the private chat with a button that starts it. */
export function startLink(username: string, opens: string | undefined): string {
  return `https://t.me/${username}?start=${opens ?? "here"}`;
}

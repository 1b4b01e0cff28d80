import { readButtonData } from "../../core/conversation/actions.ts";
import type { Intent } from "../../core/conversation/intents.ts";

/** What somebody who manages a group may do there for others. */
const MODERATORS_ACTIONS: ReadonlySet<string> = new Set([
  "delete",
  "delete-sure",
  "approve",
  "reject",
  "post-edit",
]);

/** Whether it matters that the sender manages the group. */
export function needsRights(intent: Intent): boolean {
  if (intent.kind === "command") return /^(community|accounts)\b/.test(intent.name);
  if (intent.kind === "words") return false;
  const action = readButtonData(intent.data)?.action;
  return action !== undefined && MODERATORS_ACTIONS.has(action);
}

/**
 * The group that a list is about which its reader got alone: `/accounts` in a group lists what belongs to that group
 * in the private chat, and its buttons name the group.
 */
export function groupNamedBy(intent: Intent): number | null {
  const button = intent.kind === "button" ? readButtonData(intent.data) : null;
  return button?.action === "accounts" && /^-\d{1,15}$/.test(button.handle) ? Number(button.handle) : null;
}

/** It names the place where it was typed for what is to be told there. */
export function namesPlace(intent: Intent): boolean {
  return intent.kind === "command" && intent.name === "community moderators";
}

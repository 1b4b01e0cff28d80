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
  if (intent.kind === "command") return /^community\b/.test(intent.name);
  if (intent.kind === "words") return false;
  const action = readButtonData(intent.data)?.action;
  return action !== undefined && MODERATORS_ACTIONS.has(action);
}

/** It names the place where it was typed for what is to be told there. */
export function namesPlace(intent: Intent): boolean {
  return intent.kind === "command" && intent.name === "community moderators";
}

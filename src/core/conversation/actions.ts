/**
 * What a button does. Its data is `v1|action|handle|argument`, at most 64 bytes, and comes back as untrusted text:
 * a strict parser here, then rights for the one who pressed, then compare-and-set.
 */
export const ACTIONS = [
  /** The same request once more, with a new unit. */
  "again",
  /** The stored file itself, as a document. */
  "original",
  "favourite",
  "delete",
  /** The second press that really deletes. */
  "delete-sure",
  "cancel",
  /** Words for a picture: the handle is the result's; a form (`Conversation.form`). */
  "edit",
  /** A film of a picture: likewise; argument `go` starts it with standard words. */
  "animate",
  /** A draft that lacks its words: the handle is the draft's id; a form. */
  "fill",
  /** A caption for a result: argument `new`, `shorter`, `longer`, `languages`, `language=de`, or `back`. */
  "caption",
  /** A caption in the member's own words: a form. */
  "caption-edit",
  /** A post of a result, now (`post`) or at a time (`plan`): opens its card. */
  "post",
  "plan",
  /** The card of a post that is not confirmed yet: the handle is the draft's id, the argument what changes. */
  "pd",
  /** Its text and its time in words: forms. The argument of a text names its network; none: for all. */
  "pd-text",
  "pd-time",
  /** A confirmed post, by its handle. `post-move` and `post-edit` are forms. */
  "post-show",
  "post-cancel",
  "post-move",
  "post-edit",
  "post-retry",
  /** An approver's word on a waiting post; `reject` is a form. */
  "approve",
  "reject",
  /** The list of posts: the handle is the word `posts`, the argument the page. */
  "posts",
  /** Accounts: the handle is the word `accounts`, the argument `add=<network>` or `del=<id>`. */
  "accounts",
  /** A draft: argument `go`, or `key=value` that changes it. */
  "draft",
  /** A page of the gallery: the handle is the word `gallery`, the argument the page. */
  "page",
  /** One result of the gallery. */
  "show",
  /** A settings panel: the handle is the word `settings`, the argument `key=value`. */
  "settings",
] as const;

export type Action = (typeof ACTIONS)[number];

export interface ButtonData {
  readonly action: Action;
  readonly handle: string;
  readonly argument: string;
}

const DATA = /^v1\|([a-z-]{1,12})\|([A-Za-z0-9_-]{1,16})\|([\x21-\x7e]{0,30})$/;

export function writeButtonData(action: Action, handle: string, argument = ""): string {
  return `v1|${action}|${handle}|${argument}`;
}

/** Null for anything that this code did not write. */
export function readButtonData(data: string): ButtonData | null {
  if (data.length > 64) return null;
  const match = DATA.exec(data);
  const action = ACTIONS.find((name) => name === match?.[1]);
  return match?.[2] && action ? { action, handle: match[2], argument: match[3] ?? "" } : null;
}

import type { ApiQuota } from "../api-types.ts";

/** The page's own words; what went wrong is said by the server, in the member's language. */
export const words = {
  make: { image: "Make picture", video: "Make video" },
  makeMany: {
    image: (count: number) => `Make ${count} pictures`,
    video: (count: number) => `Make ${count} videos`,
  },
  making: "Starting…",
  started: (count: number) => (count === 1 ? "Started one." : `Started ${count}.`),
  cost: (count: number) =>
    count === 1
      ? "Takes 1 unit of your month (Ctrl + Enter)."
      : `Takes ${count} units of your month (Ctrl + Enter).`,
  ready: { image: "Your picture is ready.", video: "Your video is ready." },
  sketchHint: "Drawn on this machine from your words; no AI model is asked.",
  usually: (seconds: number) =>
    `Usually takes about ${seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}.`,
  resting: "Not available right now; another one makes it where one can.",
  setAside: "Not available until its operator has had a look; another one makes it where one can.",
  restingOption: (label: string) => `${label} (not available right now)`,
  credits: (credits: number) => `Credits left: ${credits.toLocaleString("en")}.`,
  noReference: (label: string) => `${label} takes no reference image.`,
  makeWith: (label: string, aspect: string, keepsReferences: boolean) =>
    `Make it with ${label}, ${aspect}${keepsReferences ? "" : ", without the picture"}`,
  promptHint: (minimum: number) => `At least ${minimum} characters`,
  promptExample: "A lighthouse on a cliff at dawn, gulls in the wind",
  editExample: {
    image: "Make it night, with snow",
    video: "The waves roll in, the camera moves slowly closer",
  },
  sameAspect: "As is",
  sameAspectLong: "The shape of the picture",
  edit: "Edit",
  animate: "Animate",
  referenceHint: (maximum: number) =>
    maximum === 1 ? "PNG, JPEG, WebP or GIF, up to 20 MB." : `Up to ${maximum} pictures, 20 MB each.`,
  referenceName: (number: number) => `Reference ${number}`,
  referenceMade: { picture: "Made from this picture", mask: "Mask: only this part was to change" },
  uploading: "Uploading…",
  uploaded: "Picture added.",
  removeReference: (number: number) => `Remove reference ${number}`,
  removed: "Picture removed.",
  tooManyReferences: (maximum: number) =>
    maximum === 1 ? "Only one picture can be used here." : `Only ${maximum} pictures can be used here.`,
  stillUploading: "A picture is still being uploaded.",
  fileTooLarge: "The file is larger than 20 MB.",
  fileNotTaken: "The picture could not be uploaded. Please try it again.",
  notAnAddress: "That is no web address. It begins with https://",
  mask: "Mark a part",
  maskChange: "Change the mark",
  maskTitle: "Mark what may change",
  maskText: "Paint over the part that is to be made anew; the rest stays as it is.",
  maskArea:
    "The picture to paint on. Arrow keys move the brush, Space paints or erases, Ctrl and Z undoes, the square brackets change the size.",
  paint: "Paint",
  erase: "Erase",
  brush: "Brush size",
  undo: "Undo",
  clear: "Clear",
  maskUse: "Use the mark",
  maskNone: "Nothing is marked: all of the picture may change.",
  noStyle: "No style",
  noProvider: { image: "No provider makes pictures here.", video: "No provider makes videos here." },
  caption: "Caption",
  post: "Post",
  again: "Again",
  download: "Download",
  favourite: "Favourite",
  favourites: "Favourites",
  delete: "Delete",
  cancel: "Cancel",
  close: "Close",
  open: "Open full size",
  stopped: "Cancelled",
  deleteTitle: "Delete this for good?",
  deleteText: "The file, its prompt and its captions are removed from the gallery. This cannot be undone.",
  deletePosts: (count: number) =>
    `${count === 1 ? "One post of it still goes" : `${count} posts of it still go`} out: the file is kept for that ` +
    "until then. Cancel it under Posts first if it is not to be published.",
  deleted: (posts: number) =>
    posts === 0
      ? "Deleted."
      : `Deleted here. ${posts === 1 ? "One post of it still goes" : `${posts} posts of it still go`} out; see Posts.`,
  keep: "Keep it",
  offline: "The server cannot be reached. Trying again…",
  back: "Connected again.",
  noAnswer: "The server did not answer. Press the button again: it will not be started twice.",
  mediaGone: "It is not in the gallery any more, so nothing was done.",
  signedOut: "You are signed out. Open a new sign-in link.",
  emptyTitle: "Nothing here yet",
  emptyText: "Describe what you would like to see. Here are some ideas to begin with:",
  noneTitle: "Nothing found",
  noneText: "No prompt of yours matches.",
  noFavourites: "Mark what you like with the star and it shows here.",
  limitTitle: "Monthly limit reached",
  limitWhat: "What you can do",
  limitWait: (date: string) => `Wait: your month starts anew on ${date}.`,
  limitAsk: "Ask an admin of this bot for bonus units (they do not expire) or for the pro plan (unlimited).",
  limitOwner: "You run this machine: FREE_MONTHLY_LIMIT in the settings raises the limit for everybody.",
  limitFewer: (left: number) => `Ask for fewer: ${left} can still be made.`,
  found: (total: number) => (total === 1 ? "1 item" : `${total} items`),
  tooShort: (minimum: number) => `The prompt needs at least ${minimum} characters.`,
  tooLong: (maximum: number) => `The prompt may have at most ${maximum.toLocaleString("en")} characters.`,
  unreadable: "The prompt has characters that cannot be used. Please type it again.",
} as const;

export const EXAMPLES: readonly string[] = [
  "A lighthouse on a cliff at sunset, gulls in the wind",
  "A red fox in a snowy forest at dawn, watercolour",
  "A rocket flying past a ringed planet, neon",
  "A cosy cottage in an autumn forest, smoke from the chimney",
  "Whales under the northern lights",
];

const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
const momentFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The day on which a month begins anew; months are counted in UTC. */
export function formatDay(iso: string): string {
  return dayFormat.format(new Date(iso));
}

export function formatMoment(iso: string): string {
  return momentFormat.format(new Date(iso));
}

/** "3 of 10 left this month, resets 1 December". The first part is what matters. */
export function quotaParts(quota: ApiQuota): readonly [strong: string, rest: string] {
  if (quota.limit === null) return ["Unlimited", ` plan, ${quota.used} used this month`];
  const left = quota.left ?? 0;
  const bonus = quota.grants > 0 ? ` (with ${quota.grants} bonus)` : "";
  return [`${left} of ${quota.limit}`, ` left this month${bonus}, resets ${formatDay(quota.resetsAt)}`];
}

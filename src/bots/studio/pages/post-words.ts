const SHORT: Readonly<Record<string, string>> = {
  waiting: "waits for approval",
  confirmed: "on its way",
  handing_over: "on its way",
  scheduled: "scheduled",
  publishing: "being published",
  cancelling: "being cancelled",
  published: "published",
  failed: "not published",
  cancelled: "cancelled",
  rejected: "not approved",
};

/** What to do on the page after a failure of that kind, said behind what happened. */
const ADVICE: Readonly<Record<string, string>> = {
  account: "The account needs reconnection: connect it again under Accounts, then try again.",
  media: "Post it anew with another crop or another picture.",
  rejected: "Post it anew with other words or another picture.",
  duplicate: "Look at the account first; only other words make it another post.",
  payment: "Then try again.",
  service: "Nothing was published. Try again when it is back.",
  unknown: "Look at the account whether it is there before you try again.",
};

/** The page's own words for captions and posts; what went wrong is said by the server, in the member's language. */
export const postWords = {
  captionTitle: "Caption",
  captionText: "Text",
  captionCount: "For",
  captionWriters: "Have it written anew",
  captionLanguage: "Language",
  captionWish: "Words for this one",
  captionWishExample: "mention the northern wind",
  captionOtherLanguage: "The model wrote it in another language than the one that was asked for.",
  captionNew: "New",
  captionShorter: "Shorter",
  captionLonger: "Longer",
  captionWriting: "Writing…",
  captionTemplate: (isWritten: boolean) =>
    isWritten
      ? "From your prompt; no model wrote it. New tries it again."
      : "From your prompt; no model writes captions here.",
  length: (characters: number, limit: number, hashtags: number, hashtagLimit: number | null) => {
    const length = `${characters.toLocaleString("en")} / ${limit.toLocaleString("en")}`;
    return hashtagLimit === null || hashtags === 0
      ? length
      : `${length}, ${hashtags} / ${hashtagLimit} hashtags`;
  },
  copy: "Copy",
  copied: "Copied.",
  save: "Save",
  saved: "Saved.",
  post: "Post…",
  close: "Close",
  loading: "Loading…",
  network: "Network",
  connect: "Connect",
  connectAgain: "Connect again",
  connecting: (network: string) =>
    `Sign in to ${network} in the new tab, then come back here: the account shows up by itself. No new tab?`,
  connectBlocked: "Your browser let no new tab open.",
  connectLink: "Open the sign-in page",
  connected: (accounts: string) => `Connected: ${accounts}.`,
  noAccounts: "None is connected yet. Choose a network and sign in there: then you can post to it from here.",
  lent: "Of a community: its managers let you post there.",
  health: {
    fine: "Works",
    reconnect: "Needs reconnection: sign in there again before the next post.",
    off: "Not enabled for posting: see to it at the network or at the publishing service.",
  },
  disconnect: "Disconnect",
  disconnectTitle: (account: string) => `Disconnect ${account}?`,
  disconnectText: (postsAhead: number) =>
    postsAhead === 0
      ? "Nothing more can be posted there from here. What is published stays, and it can be connected again."
      : `${postsAhead === 1 ? "One post of yours is" : `${postsAhead} posts of yours are`} still to go out there and ` +
        `can then not be published. What is published stays, and it can be connected again.`,
  disconnected: (account: string) => `${account} is disconnected.`,
  postTitle: "Post",
  accounts: "Accounts",
  reconnect: "needs reconnection",
  off: "is not enabled for posting",
  text: "Text",
  counts: "Lengths",
  writeEach: "Write for each network",
  writingEach: "Writing for each network…",
  unwritten: (networks: readonly string[]) =>
    `Nothing usable came for ${networks.join(", ")}: that text is as it was.`,
  textFor: (network: string) => `Text for ${network}`,
  otherText: "Another text",
  otherTextFor: (network: string) => `Another text for ${network}`,
  sameText: "The same as for all",
  sameTextFor: (network: string) => `${network}: the same text as for all`,
  preview: "Exactly what is posted",
  asIs: "As it is",
  toFeed: "In the feed",
  isStory: "As a story: a story shows no text.",
  when: "When",
  now: "Now",
  atTime: "At a time",
  date: "Date and time",
  words: "In your own words",
  wordsExample: "friday 18:30",
  noTime: "Choose a time.",
  chooseAccount: "Choose at least one account.",
  checking: "Checking…",
  checkAgain: "Check again",
  problems: "What has to be put right",
  connectMore: "Connect another account",
  noText: "Without a text.",
  review: "Review",
  reviewTitle: "Check it once more",
  reviewNow: "At once, after you confirm.",
  reviewPublic: "What is posted is public, and on Instagram it cannot be taken back from here.",
  back: "Back",
  confirmNow: "Post it now",
  confirmAt: "Schedule it",
  confirming: "Handing over…",
  confirmed: (posts: readonly { readonly state: string; readonly scheduledAt: unknown }[]) => {
    if (posts.some(({ state }) => state === "waiting"))
      return "Sent to the approvers of the community. You are told here what they say.";
    const isNow = posts.every(({ scheduledAt }) => scheduledAt === null);
    const where = posts.length === 1 ? "" : ` to ${posts.length} accounts`;
    return isNow ? `Being posted${where}. You are told here when it is out.` : `Scheduled${where}.`;
  },
  unanswered:
    "Your last confirmation of this was not answered. If it arrived, confirming now shows it: nothing is posted twice.",
  already: "That was confirmed already, exactly as it stands here. Nothing was posted twice.",
  noPosts: "No posts yet. The Post button under a result makes one.",
  today: "Today",
  moreMarks: (count: number) => `+${count} more`,
  noPostsDay: "No posts on this day.",
  open: "Open the post",
  move: "Move",
  edit: "Edit text",
  cancel: "Cancel post",
  retry: "Try again",
  moveTitle: "Move the post",
  editTitle: "Edit the text",
  cancelTitle: "Cancel this post?",
  cancelText: "It will not be published. What is out already stays.",
  keep: "Keep it",
  atOnce: (when: string) => `At once, confirmed ${when}`,
  together: (count: number) => `Confirmed together for ${count} accounts:`,
  retryAll: (count: number) => `Try all ${count} again`,
  anew: "Change and post anew",
  toAccounts: "Accounts",
  pictureGone: "Picture deleted",
  changeAsked: ({
    text,
    scheduledAt,
  }: {
    readonly text: string | null;
    readonly scheduledAt: { readonly label: string } | null;
  }) =>
    [
      "Asked of the publishing service, not answered yet:",
      scheduledAt === null ? "" : ` ${scheduledAt.label}.`,
      text === null ? "" : ` The text “${text}”.`,
      " Until then it stays as it stands here.",
    ].join(""),
  short: (state: string) => SHORT[state] ?? state,
  advice: (why: string) => ADVICE[why] ?? "",
  previousMonth: "Previous month",
  nextMonth: "Next month",
  day: (day: string, count: number) =>
    count === 0 ? day : `${day}, ${count === 1 ? "1 post" : `${count} posts`}`,
} as const;

/** The shapes of captions and posts in the page's HTTP API. All moments are ISO 8601 in UTC. */

export interface ApiCaption {
  readonly success: true;
  /** As it can be posted, hashtags included. */
  readonly caption: string;
  readonly metadata: {
    /** The model's id, `template`, or `member` for the member's own words. */
    readonly model: string;
    readonly language: string;
    /** Without the #. */
    readonly hashtags: readonly string[];
    readonly altText: string;
    /** No model wrote it. */
    readonly template: boolean;
  };
  /** Why the model that is there wrote none, where it was asked. */
  readonly note?: string;
}

/** One text as single networks want it. */
export interface ApiVariants {
  readonly success: true;
  /** By network. */
  readonly texts: Readonly<Record<string, string>>;
  /** Networks, by name, for which nothing usable came. */
  readonly unwritten: readonly string[];
  /** Why not, where the model may not be asked any more today. */
  readonly note?: string;
}

export interface ApiAccount {
  readonly id: string;
  readonly network: string;
  readonly networkLabel: string;
  readonly name: string;
  readonly health: "fine" | "reconnect" | "off";
  /** The member's own; else a community's, lent to them by its managers. */
  readonly isOwn: boolean;
  /** Their posts that are still to go out there. */
  readonly postsAhead: number;
}

export interface ApiAccounts {
  /** False: the operator has not set up a publishing service; `message` says what is missing. */
  readonly isSetUp: boolean;
  readonly accounts: readonly ApiAccount[];
  /** Those that this member may connect an account of; empty: none, and `message` says why. */
  readonly networks: readonly { readonly id: string; readonly label: string }[];
  readonly message: string | null;
}

export type ApiFit = "as-is" | "crop" | "pad" | "blur" | "smaller";

export interface ApiFix {
  readonly kind: ApiFit | "story" | "shorter-text" | "fewer-hashtags";
  readonly label: string;
  /** With `story`: to the story, or to the feed. */
  readonly story?: boolean;
  /** The text as it would be, where the text is put right, for this network alone. */
  readonly text?: string;
  readonly network?: string;
}

export interface ApiPostProblem {
  readonly code: string;
  readonly network: string;
  readonly message: string;
  /** None: it cannot be posted there like this. */
  readonly fixes: readonly ApiFix[];
}

export interface ApiMoment {
  readonly at: string;
  /** Local time and UTC, for people. */
  readonly label: string;
}

/** How a time was understood, and which ones are offered. */
export interface ApiTimes {
  readonly zone: string;
  /** Null: at once, or not understood. */
  readonly scheduledAt: ApiMoment | null;
  /** What should be known of the time, or why it is none. */
  readonly timeNote: string | null;
  readonly isTimeRefused: boolean;
  /** What it may mean instead. */
  readonly readings: readonly ApiMoment[];
  readonly quickTimes: readonly (ApiMoment & { readonly name: string })[];
}

/** A post that is not confirmed yet, exactly as it would be. */
export interface ApiPreflight extends ApiTimes {
  readonly isReady: boolean;
  readonly problems: readonly ApiPostProblem[];
  readonly fit: ApiFit;
  readonly story: boolean;
  readonly preview: {
    /** The very file that would be posted, on this origin, signed. */
    readonly url: string;
    readonly type: "image" | "video";
    readonly width: number;
    readonly height: number;
    readonly altText: string;
  };
  /** As each network would show it, with how it counts. */
  readonly texts: readonly {
    readonly accountId: string;
    readonly account: string;
    readonly network: string;
    readonly networkLabel: string;
    readonly text: string;
    readonly characters: number;
    readonly limit: number;
    readonly hashtags: number;
    /** Null: as many as fit. */
    readonly hashtagLimit: number | null;
  }[];
}

export interface ApiPost {
  readonly id: string;
  /** Posts that were confirmed together have the same one. */
  readonly group: string;
  readonly mediaId: string;
  readonly type: "image" | "video";
  /** The file that is posted, on this origin, signed. */
  readonly mediaUrl: string;
  readonly altText: string;
  readonly accountId: string;
  readonly network: string;
  readonly networkLabel: string;
  readonly account: string;
  readonly text: string;
  readonly story: boolean;
  readonly state: string;
  /** The state in one sentence. */
  readonly stateText: string;
  /** Null: at once. */
  readonly scheduledAt: ApiMoment | null;
  /** In which its days are counted. */
  readonly zone: string;
  /** By which it stands in a list: its time, else when it was confirmed. */
  readonly listedAt: string;
  /** Local time and UTC of that. */
  readonly listedLabel: string;
  /** Another text or time was asked for and has not been taken by the service yet. */
  readonly changeAsked: {
    readonly text: string | null;
    readonly scheduledAt: ApiMoment | null;
  } | null;
  readonly publicUrl: string | null;
  /** Why it was not published, and what can be done. */
  readonly failureText: string | null;
  readonly failureWhy: string | null;
  readonly can: {
    readonly cancel: boolean;
    readonly move: boolean;
    readonly edit: boolean;
    readonly retry: boolean;
  };
}

export interface ApiPostPage {
  readonly posts: readonly ApiPost[];
  /** The moment of the answer. */
  readonly now: string;
  /** In which the member counts days; null: as their browser does. */
  readonly zone: string | null;
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

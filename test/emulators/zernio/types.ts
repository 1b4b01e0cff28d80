/** The routes, by what a caller wants of them. `upload` is the PUT to storage. */
export type ZernioCall =
  | "profiles"
  | "profile create"
  | "accounts"
  | "health"
  | "quota"
  | "connect"
  | "disconnect"
  | "presign"
  | "upload"
  | "create"
  | "list"
  | "get"
  | "change"
  | "cancel"
  | "retry";

/** One request that goes wrong. Without `after` nothing has happened when it does; with it the effect is there. */
export interface ZernioFault {
  readonly on: ZernioCall | "any";
  /** How often; once unless said. */
  readonly times?: number;
  readonly after?: boolean;
  /** The connection is broken without an answer. */
  readonly cut?: boolean;
  /** No answer until the caller gives up (or the emulator closes). */
  readonly hang?: boolean;
  /** Half of the answer comes, then the connection is broken. */
  readonly truncate?: boolean;
  /** This many bytes of valid JSON. */
  readonly hugeBytes?: number;
  /** An error page with this status, as a proxy before the service makes it. */
  readonly html?: number;
  /** An answer of the service with this status and body. */
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The effect waits for it, its keys already taken: a second create with them finds the first one running. */
  readonly hold?: Promise<void>;
  readonly delayMs?: number;
}

/** What a network does with the next post of an account (of any, where none is named). */
export interface ZernioScript {
  readonly accountId?: string;
  /** How often; once unless said. */
  readonly times?: number;
  readonly outcome?: "published" | "failed";
  readonly errorCategory?: string;
  readonly errorSource?: string;
  readonly errorMessage?: string;
  /** How long it stays `publishing`; 0: done within the request. */
  readonly publishMs?: number;
}

export interface ZernioAccount {
  readonly id: string;
  readonly platform: string;
  readonly profileId: string;
  username: string;
  displayName: string;
  isActive: boolean;
  needsReconnection: boolean;
  enabled: boolean;
}

export interface ZernioProfile {
  readonly id: string;
  readonly name: string;
}

export interface ZernioPlatform {
  readonly platform: string;
  readonly accountId: string;
  readonly platformSpecificData: Readonly<Record<string, unknown>>;
  status: "pending" | "processing" | "published" | "failed" | "cancelled";
  platformPostId: string | null;
  platformPostUrl: string | null;
  publishedAt: number | null;
  errorMessage: string | null;
  errorCategory: string | null;
  errorSource: string | null;
}

export interface ZernioPost {
  readonly id: string;
  content: string;
  mediaItems: readonly {
    readonly type: string;
    readonly url: string;
    readonly altText?: string | undefined;
  }[];
  readonly platforms: ZernioPlatform[];
  scheduledFor: number | null;
  readonly timezone: string;
  status: "draft" | "scheduled" | "publishing" | "published" | "partial" | "failed" | "cancelled";
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  /** When what is `publishing` is done. */
  finishesAt: number | null;
  /** When the service tries again by itself what the network refused, and how often it has. */
  retriesAt: number | null;
  retries: number;
  isDeleted: boolean;
}

/** What everybody can see: one for each network that a post reached. */
export interface ZernioPublication {
  readonly at: number;
  readonly postId: string;
  /** `metadata.easelPostId`. */
  readonly easelPostId: string | null;
  readonly accountId: string;
  readonly platform: string;
  readonly text: string;
  readonly media: readonly { readonly url: string; readonly bytes: Buffer; readonly contentType: string }[];
  readonly altTexts: readonly string[];
  readonly isStory: boolean;
  /** The network's label for made pictures, by whichever name it has there. */
  readonly isAiGenerated: boolean;
  /** When it was to be published; null: at once. */
  readonly dueAt: number | null;
  readonly url: string;
}

/** A cancel that the service confirmed to its caller (or would have: the answer may have been lost). */
export interface ZernioCancellation {
  readonly at: number;
  readonly postId: string;
  readonly easelPostId: string | null;
}

export interface ZernioRequest {
  readonly at: number;
  readonly call: ZernioCall | "unknown";
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Empty for uploads. */
  readonly bodyText: string;
  /** Null: it got no answer, or a page of something before the service. */
  status: number | null;
}

/** One way in which a request differed from the documentation. */
export interface ZernioViolation {
  readonly at: number;
  readonly where: string;
  readonly problem: string;
}

export interface ZernioEvent {
  readonly id: string;
  readonly event: string;
  readonly at: number;
  readonly body: string;
  attempts: number;
  /** `lost`: never sent, as arranged. `failed`: given up after the last try. */
  state: "waiting" | "delivered" | "lost" | "failed";
  nextAt: number;
}

/** What the next events meet on their way. */
export interface ZernioWebhookTrouble {
  /** How many of the next events are never sent. */
  readonly lose?: number;
  /** How many of the next events are sent twice. */
  readonly duplicate?: number;
  /** The events of one delivery are sent in the reverse order. */
  readonly reorder?: boolean;
}

/** Networks that a post can go to, by the names of the publishing service. */
export const NETWORKS = [
  "instagram",
  "tiktok",
  "twitter",
  "facebook",
  "linkedin",
  "youtube",
  "threads",
  "bluesky",
  "pinterest",
] as const;
export type Network = (typeof NETWORKS)[number];

/** One social account as the service knows it. */
export interface PublisherAccount {
  /** The service's own id. */
  readonly externalId: string;
  readonly network: Network;
  /** `@atelier`, for people. */
  readonly name: string;
  /** `reconnect`: its owner has to sign in again; `off`: not enabled for posting. */
  readonly health: "fine" | "reconnect" | "off";
}

/** Exactly what the member confirmed, for one account. */
export interface PostContent {
  /** Id of ours, for the service's metadata: comes back in its webhooks and lists. */
  readonly postId: string;
  readonly externalAccountId: string;
  readonly network: Network;
  readonly text: string;
  readonly media: {
    readonly kind: "image" | "video";
    /** As the upload gave it; never another link to the same bytes, since the service compares it. */
    readonly url: string;
    readonly altText: string;
    readonly contentType: string;
    readonly sizeBytes: number;
  };
  readonly story: boolean;
  /** Where the network has such a label. */
  readonly isAiGenerated: boolean;
  /** Milliseconds UTC; null: now. Never in the past: the service would publish at once. */
  readonly scheduledAt: number | null;
  /** Posts at the service that carry our id and are not this one any more. */
  readonly formerIds: readonly string[];
}

/** Both are stored before the first try. */
export interface PostKeys {
  readonly idempotencyKey: string;
  readonly requestId: string;
}

/** What is known of a post at the service. */
export interface RemotePost {
  readonly externalId: string;
  readonly status: "scheduled" | "publishing" | "published" | "failed" | "cancelled";
  /** Where everybody can see it, once published. */
  readonly publicUrl: string | null;
  /** While `publishing`: why the network has not taken it yet, where the service goes on trying by itself. */
  readonly failure: PostFailure | null;
  /** As it stands there; null: the answer does not say. */
  readonly text: string | null;
  readonly scheduledAt: number | null;
}

/** Why a network did not take it, as people can use it. */
export interface PostFailure {
  /** Each is a sentence of the catalogue, `post-failed-<why>`. */
  readonly why:
    | "account"
    /** Its author may not post there any more. */
    | "right"
    | "content"
    | "media"
    | "limit"
    /** It had a fault itself. */
    | "network"
    | "rejected"
    | "duplicate"
    | "payment"
    | "service"
    | "unknown";
  /** Fixed words for the log and the row. */
  readonly detail: string;
}

export type PublishResult =
  /** It is there; `wasThere`: by an earlier try of ours, or an identical post of before. */
  | { readonly status: "accepted"; readonly post: RemotePost; readonly wasThere: boolean }
  /** Certainly not: nothing was made. */
  | { readonly status: "refused"; readonly failure: PostFailure }
  /** Not now, nothing was made. */
  | { readonly status: "busy"; readonly retryAfterMs: number | null; readonly failure: PostFailure }
  /** No usable answer: it may be there, and may be public. Looked for before anything is repeated. */
  | { readonly status: "unknown"; readonly detail: string };

export type ReadResult<T> =
  | { readonly status: "ok"; readonly value: T }
  | { readonly status: "gone" }
  /** `operator`: the key or the plan; the admins are told. */
  | { readonly status: "failed"; readonly detail: string; readonly operator: boolean };

export type CancelResult =
  | { readonly status: "cancelled" }
  /** It is public already, or on its way. */
  | { readonly status: "too-late" }
  | { readonly status: "unknown"; readonly detail: string };

/** What a webhook says; only ids count, the post is read again. */
export interface PublisherEvent {
  /** Unique: the same event has the same one. */
  readonly eventId: string;
  /** The post as we named it, where the event carries it; else the service's id. */
  readonly postId: string | null;
  readonly externalPostId: string | null;
  readonly externalAccountId: string | null;
}

/**
 * Hands posts to a service that publishes them. Each call asks once; nothing loops, waits or repeats. Every outcome is
 * a value; a throw is a bug and counts as unknown.
 */
export interface Publisher {
  readonly serviceName: string;
  /** The profile of an owner (a member, a community), made where there is none yet; its id at the service. */
  profile(name: string, signal: AbortSignal): Promise<ReadResult<string>>;
  accounts(profileId: string, signal: AbortSignal): Promise<ReadResult<readonly PublisherAccount[]>>;
  /** Where its owner signs in to the network; lives for minutes. */
  connectLink(
    profileId: string,
    network: Network,
    returnUrl: string | null,
    signal: AbortSignal,
  ): Promise<ReadResult<string>>;
  disconnect(externalAccountId: string, signal: AbortSignal): Promise<ReadResult<null>>;
  /** Posts that this account may still make today; null: nobody says. */
  quota(account: PublisherAccount, signal: AbortSignal): Promise<ReadResult<number | null>>;
  /** Brings the bytes to the service; what is made can be made again. Gives the link that the post will name. */
  upload(
    file: { readonly name: string; readonly contentType: string; readonly bytes: Uint8Array },
    signal: AbortSignal,
  ): Promise<ReadResult<string>>;
  create(content: PostContent, keys: PostKeys, signal: AbortSignal): Promise<PublishResult>;
  /** Looks for a post of ours by its metadata, then by account, text and time; null: it is not there. */
  find(content: PostContent, sinceMs: number, signal: AbortSignal): Promise<ReadResult<RemotePost | null>>;
  get(externalPostId: string, signal: AbortSignal): Promise<ReadResult<RemotePost>>;
  /** Another time or text for a post that is still scheduled. */
  change(
    externalPostId: string,
    change: { readonly text?: string; readonly scheduledAt?: number },
    signal: AbortSignal,
  ): Promise<PublishResult>;
  cancel(externalPostId: string, signal: AbortSignal): Promise<CancelResult>;
  /** Once more, after the network refused it for a reason that has gone. */
  retry(externalPostId: string, signal: AbortSignal): Promise<PublishResult>;
  /** Null: forged or not to be read. */
  readWebhook(request: {
    header(name: string): string | null;
    readonly body: Uint8Array;
  }): PublisherEvent | null;
}

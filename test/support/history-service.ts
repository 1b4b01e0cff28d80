import { createHmac } from "node:crypto";
import type { Publisher } from "../../src/core/ports/publisher.ts";

export const SERVICE_CALLS = ["upload", "create", "find", "get", "cancel", "retry", "change"] as const;
export type ServiceCall = (typeof SERVICE_CALLS)[number];

/** `before`, `after`: the answer is lost, and the effect is not there, or is. `late`: its effect comes minutes later. */
export const FAULTS = ["before", "after", "late", "busy", "refused"] as const;
export type Fault = (typeof FAULTS)[number];

export type HistoryNetwork = "instagram" | "threads";

/** What a service of this kind may promise or not; the rules must hold for the weakest. */
export interface ServiceRules {
  readonly honoursKeys: boolean;
  readonly comparesContent: boolean;
  /** How long a new post is missing from its lists. */
  readonly listLagMs: number;
  /** How long a network takes. */
  readonly publishMs: number;
  /** A cancelled post is not known any more. */
  readonly forgets: boolean;
  /** Posts that one account may make in an hour. */
  readonly perHour: number;
}

/** What everybody can see. */
export interface Publication {
  /** Null: none of ours. */
  readonly postId: string | null;
  readonly externalAccountId: string;
  readonly text: string;
  readonly altText: string;
  /** The file's bytes, as text. */
  readonly file: string;
  readonly isAiGenerated: boolean;
  readonly at: number;
}

/** One event of the service, as it would be sent. */
export interface WebhookBody {
  readonly body: string;
}

/** A service for histories: it can be made to fail, and counts what became public. */
export interface HistoryService {
  readonly publisher: Publisher;
  readonly publications: readonly Publication[];
  /** Posts (by our id) that it, or a network, refused for certain at least once. */
  readonly refused: ReadonlySet<string>;
  /** Events so far, oldest first. */
  readonly events: readonly WebhookBody[];
  /** How often each fault really hit a call. */
  readonly hits: Readonly<Record<string, number>>;
  fault(call: ServiceCall, fault: Fault): void;
  /** The network will not have the next post that reaches it. */
  refuseNext(): void;
  /** Its owner signs in at the network (again). */
  signIn(account: {
    readonly profileId: string;
    readonly network: HistoryNetwork;
    readonly name: string;
  }): void;
  clearFaults(): void;
  /** Lets everything happen that is due. */
  settle(): Promise<void>;
  /** What must never be, as the service itself sees it. */
  wrong(): readonly string[];
  close(): Promise<void>;
}

export const WEBHOOK_SECRET = "whsec_of_histories";

/** A request as it would arrive; `signedWith`: another secret is a forger's. */
export function webhookOf({ body }: WebhookBody, signedWith = WEBHOOK_SECRET) {
  const signature = createHmac("sha256", signedWith).update(body).digest("hex");
  const header = (name: string): string | null => (name === "x-zernio-signature" ? signature : null);
  return { header, body: new TextEncoder().encode(body) };
}

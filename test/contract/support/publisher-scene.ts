import type {
  Network,
  PostContent,
  PostKeys,
  Publisher,
  PublishResult,
  RemotePost,
} from "../../../src/core/ports/publisher.ts";
import { flatPng } from "./picture-bytes.ts";

/** What the service behind a publisher does with the next request of one kind. */
export type PublisherDisturbance =
  | "busy"
  | "refuses the key"
  | "wants money"
  | "HTML instead of an answer"
  | "an error of its own"
  | "answer lost after processing"
  | "connection cut before processing"
  | "half an answer"
  | "an endless answer"
  | "no answer";

export type Disturbed = "create" | "cancel" | "change" | "retry" | "find" | "get" | "upload" | "accounts";

/** One post that everybody can see. */
export interface SeenPost {
  readonly at: number;
  readonly postId: string | null;
  readonly accountId: string;
  readonly text: string;
  readonly bytes: readonly Uint8Array[];
  readonly altTexts: readonly string[];
  readonly isStory: boolean;
  readonly isAiGenerated: boolean;
}

export interface PublisherWorld {
  readonly publisher: Publisher;
  /** What must never show in a result. */
  readonly secret: string;
  now(): number;
  /** Lets time pass at the service, with all that is due on the way. */
  advance(ms: number): Promise<void>;
  addAccount(profileId: string, network: Network, name: string): string;
  /** Makes an account what its owner or the network made it. */
  setHealth(externalAccountId: string, health: "fine" | "reconnect" | "off"): void;
  disturb(on: Disturbed, disturbance: PublisherDisturbance): void;
  /** The network refuses the next post. */
  failNext(): void;
  /** The network takes this long from now on. */
  setPublishMs(ms: number): void;
  /** Nobody answers at the address any more. */
  goAway(): Promise<void>;
  /** What is public, in order. */
  seen(): readonly SeenPost[];
  /** How many creates reached the service. */
  creates(): number;
  /** Somebody opens a connect link and signs in as this person. */
  openLink(url: string, person: string): Promise<void>;
  /** Ways in which requests differed from the service's documentation. */
  violations(): readonly unknown[];
  close(): Promise<void>;
}

export const inTime = (ms = 20_000): AbortSignal => AbortSignal.timeout(ms);

let count = 0;
export function postKeys(): PostKeys {
  count += 1;
  const id = `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
  return { idempotencyKey: id, requestId: id };
}

export interface PublisherScene extends PublisherWorld {
  readonly profileId: string;
  readonly accountId: string;
  readonly png: Uint8Array;
  /** A post of ours, its file brought. */
  content(change?: Partial<PostContent>): Promise<PostContent>;
}

export async function sceneOf(world: PublisherWorld): Promise<PublisherScene> {
  const profile = await world.publisher.profile("member user_000001", inTime());
  if (profile.status !== "ok") throw new Error(`no profile: ${profile.status}`);
  const accountId = world.addAccount(profile.value, "instagram", "atelier");
  const png = flatPng(64, 48);
  let posts = 0;
  return {
    ...world,
    profileId: profile.value,
    accountId,
    png,
    async content(change = {}) {
      posts += 1;
      const file = { name: `fox-${posts}.png`, contentType: "image/png", bytes: png };
      const uploaded = await world.publisher.upload(file, inTime());
      if (uploaded.status !== "ok") throw new Error(`not uploaded: ${JSON.stringify(uploaded)}`);
      return {
        postId: `post_${String(posts).padStart(6, "0")}`,
        externalAccountId: accountId,
        network: "instagram",
        text: `A red fox asleep in fresh snow, été 🦊 ${posts} #fox`,
        media: {
          kind: "image",
          url: uploaded.value,
          altText: "A red fox, asleep",
          contentType: "image/png",
          sizeBytes: png.length,
        },
        story: false,
        isAiGenerated: true,
        scheduledAt: null,
        formerIds: [],
        ...change,
      };
    },
  };
}

export function postOf(result: PublishResult): RemotePost {
  if (result.status !== "accepted") throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.post;
}

import { createHash } from "node:crypto";
import type { Clock } from "../../core/ports/clock.ts";
import type {
  PostContent,
  Publisher,
  PublishResult,
  ReadResult,
  RemotePost,
} from "../../core/ports/publisher.ts";
import type { LateAnswer, LateClient } from "./client.ts";
import { readFailure, refused, writeFailure } from "./errors.ts";
import { findPost } from "./find-post.ts";
import { postBodyOf, utc } from "./post-body.ts";
import { remotePostOf } from "./remote-post.ts";
import { idSchema, postAnswerSchema } from "./schema.ts";

export type LatePosts = Pick<Publisher, "create" | "find" | "get" | "change" | "cancel" | "retry">;

const isId = (id: string): boolean => idSchema.safeParse(id).success;

/** What is said of a post that is there and cannot be read now. */
type Fallback = {
  readonly accountId: string | null;
  readonly status: RemotePost["status"];
  readonly wasThere: boolean;
};

/** The service takes a UUID there and nothing else: any other id as one that is always the same for it (version 8). */
function uuidOf(requestId: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(requestId)) return requestId;
  const hex = createHash("sha256").update(requestId).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

const IN_THE_PAST = "late time in the past";

/**
 * Posts at Zernio. A create is never repeated here; an answer that names a post which is there already (a replay, a
 * duplicate) counts as accepted and is read, since only its own state says what became of it.
 */
export function createLatePosts(deps: {
  readonly client: LateClient;
  readonly clock: Pick<Clock, "now">;
}): LatePosts {
  const { client, clock } = deps;

  async function read(
    externalId: string,
    accountId: string | null,
    signal: AbortSignal,
  ): Promise<ReadResult<RemotePost>> {
    if (!isId(externalId)) return { status: "failed", detail: "late id unusable", operator: false };
    const answer = await client.get(`/v1/posts/${externalId}`, {}, signal);
    if (answer.kind !== "done") return readFailure(answer);
    const { post } = postAnswerSchema.safeParse(answer.body).data ?? { post: null };
    const remote = post && remotePostOf(post, accountId);
    return remote
      ? { status: "ok", value: remote }
      : { status: "failed", detail: "late post unreadable", operator: false };
  }

  /** The post that an answer speaks of, read where the answer holds its id alone. It is there, whatever the read says. */
  async function named(
    body: unknown,
    fallback: Fallback,
    signal: AbortSignal,
    askedId: string | null = null,
  ): Promise<PublishResult> {
    const { post, postId } = postAnswerSchema.safeParse(body).data ?? { post: null, postId: null };
    const remote = post && remotePostOf(post, fallback.accountId);
    if (remote) return { status: "accepted", post: remote, wasThere: fallback.wasThere };
    const id = postId ?? askedId;
    return id === null
      ? { status: "unknown", detail: "late answer without a post" }
      : existing(id, fallback, signal);
  }

  async function existing(
    externalId: string,
    fallback: Fallback,
    signal: AbortSignal,
  ): Promise<PublishResult> {
    const found = await read(externalId, fallback.accountId, signal);
    if (found.status === "ok") return { status: "accepted", post: found.value, wasThere: fallback.wasThere };
    if (found.status === "gone") return refused("duplicate", "late duplicate of a post that is gone");
    const unread = { publicUrl: null, failure: null, text: null, scheduledAt: null };
    const post = { externalId, status: fallback.status, ...unread };
    return { status: "accepted", post, wasThere: fallback.wasThere };
  }

  function created(content: PostContent, answer: LateAnswer, signal: AbortSignal): Promise<PublishResult> {
    const accountId = content.externalAccountId;
    const status = content.scheduledAt === null ? "publishing" : "scheduled";
    if (answer.kind === "done") {
      const wasThere = answer.status === 200 || answer.status === 202;
      return named(answer.body, { accountId, status, wasThere }, signal);
    }
    const twin = answer.kind === "refused" && answer.status === 409 ? answer.refusal.existingPostId : null;
    if (twin !== null) return existing(twin, { accountId, status, wasThere: true }, signal);
    return Promise.resolve(writeFailure(answer, "posts"));
  }

  return {
    async create(content, keys, signal) {
      if (!isId(content.externalAccountId)) return refused("account", "late account id unusable");
      // The service publishes what is past at once, and so does not ask whether that is still wanted.
      if (content.scheduledAt !== null && !(content.scheduledAt > clock.now()))
        return refused("rejected", IN_THE_PAST);
      const headers = { "idempotency-key": keys.idempotencyKey, "x-request-id": uuidOf(keys.requestId) };
      return created(content, await client.post("/v1/posts", postBodyOf(content), headers, signal), signal);
    },

    async find(content, sinceMs, signal) {
      const found = await findPost(client, content, sinceMs, signal);
      if (found.status !== "ok") return found;
      if (found.value === null) return { status: "ok", value: null };
      const remote = remotePostOf(found.value, content.externalAccountId);
      return remote
        ? { status: "ok", value: remote }
        : { status: "failed", detail: "late list unreadable", operator: false };
    },

    get: (externalPostId, signal) => read(externalPostId, null, signal),

    async change(externalPostId, change, signal) {
      const { text, scheduledAt } = change;
      if (scheduledAt !== undefined && !(scheduledAt > clock.now())) return refused("rejected", IN_THE_PAST);
      // The service lets a cancelled or failed post be edited, and a new time brings it back to life.
      const before = await read(externalPostId, null, signal);
      if (before.status === "gone") return refused("unknown", "late post gone");
      if (before.status === "failed")
        return { status: "busy", retryAfterMs: null, failure: { why: "service", detail: before.detail } };
      if (before.value.status !== "scheduled")
        return refused("rejected", `late post is ${before.value.status}`);
      const body = {
        ...(text === undefined ? {} : { content: text }),
        ...(scheduledAt === undefined ? {} : utc(scheduledAt)),
      };
      if (Object.keys(body).length === 0) return { status: "accepted", post: before.value, wasThere: true };
      const answer = await client.put(`/v1/posts/${externalPostId}`, body, signal);
      if (answer.kind !== "done") return writeFailure(answer, "post");
      const changed = { accountId: null, status: "scheduled", wasThere: false } as const;
      return named(answer.body, changed, signal, externalPostId);
    },

    async cancel(externalPostId, signal) {
      if (!isId(externalPostId)) return { status: "unknown", detail: "late id unusable" };
      const answer = await client.delete(`/v1/posts/${externalPostId}`, signal);
      if (answer.kind === "done" || (answer.kind === "page" && answer.status === 204))
        return { status: "cancelled" };
      const isRefused = answer.kind === "refused" && [400, 404, 409].includes(answer.status);
      if (!isRefused) {
        const failure = readFailure(answer);
        return {
          status: "unknown",
          detail: failure.status === "failed" ? failure.detail : "late 404 cancel",
        };
      }
      // Whether it is public, on its way or not there is said by the post alone, not by a sentence.
      const after = await read(externalPostId, null, signal);
      if (after.status === "gone") return { status: "cancelled" };
      if (after.status === "failed") return { status: "unknown", detail: after.detail };
      switch (after.value.status) {
        case "cancelled":
          return { status: "cancelled" };
        // A failed one that cannot be deleted has ended: what became of it is to be read, not called cancelled.
        case "published":
        case "publishing":
        case "failed":
          return { status: "too-late" };
        case "scheduled":
          return { status: "unknown", detail: `late ${answer.status} cancel while ${after.value.status}` };
      }
    },

    async retry(externalPostId, signal) {
      if (!isId(externalPostId)) return refused("unknown", "late id unusable");
      const answer = await client.post(`/v1/posts/${externalPostId}/retry`, {}, {}, signal);
      const now = { accountId: null, status: "publishing", wasThere: false } as const;
      if (answer.kind === "done") return named(answer.body, now, signal, externalPostId);
      const isRefused = answer.kind === "refused" && (answer.status === 400 || answer.status === 409);
      if (!isRefused) return writeFailure(answer, "post");
      // Not failed (any more): it is publishing or published, by an earlier try of ours.
      const found = await read(externalPostId, null, signal);
      const isThere = found.status === "ok" && ["publishing", "published"].includes(found.value.status);
      return isThere
        ? { status: "accepted", post: found.value, wasThere: true }
        : writeFailure(answer, "post");
    },
  };
}

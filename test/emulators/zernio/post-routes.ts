import { bodies, networkProblem, problemsOf, type ZernioPostBody } from "./check-request.ts";
import type { ZernioPublishing } from "./publishing.ts";
import type { ZernioPost } from "./types.ts";
import { viewOfPost } from "./views.ts";
import type { ZernioWorld } from "./world.ts";

export interface ZernioAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

export interface PostHeaders {
  readonly idempotencyKey: string;
  readonly requestId: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "permission_error",
  403: "permission_error",
  404: "not_found",
  409: "invalid_request_error",
  429: "rate_limit_error",
  500: "api_error",
};

export function refusal(status: number, error: string, more: Record<string, unknown> = {}): ZernioAnswer {
  return { status, body: { error, type: TYPES[status] ?? "api_error", ...more } };
}

const busy = (waitMs: number, error: string, more: Record<string, unknown> = {}): ZernioAnswer => ({
  ...refusal(429, error, more),
  headers: { "retry-after": String(Math.ceil(waitMs / 1_000)) },
});

/** How the service words its answers where pages of its documentation differ. */
export interface ZernioShapes {
  /** `existingPostId` beside `error` instead of inside `details`. */
  readonly flatDuplicates: boolean;
  /** A replay by `x-request-id` has `post` instead of `existingPost`. */
  readonly plainReplays: boolean;
  /** A replay of what is still being made answers 202 with the id alone instead of 409. */
  readonly acceptsRunning: boolean;
  /** Cancelled posts stay readable instead of being gone. */
  readonly keepsCancelled: boolean;
  /** `accountId` and `profileId` as text instead of objects. */
  readonly idsAsText: boolean;
}

export function createPostRoutes(deps: {
  readonly world: ZernioWorld;
  readonly publishing: ZernioPublishing;
  readonly shapes: () => ZernioShapes;
  readonly now: () => number;
  readonly emit: (event: string, post: ZernioPost) => void;
  readonly isFetchable: (url: string) => boolean;
}) {
  const { world, publishing, now, emit } = deps;
  const view = (post: ZernioPost) => viewOfPost(post, world.accounts, deps.shapes().idsAsText);
  const unknownPost = refusal(404, "Post not found");

  /** 200, or 207 where not every network has it. */
  function resultOf(post: ZernioPost, status: number, message: string): ZernioAnswer {
    const isPartial = post.platforms.some((entry) => entry.status === "failed");
    return { status: isPartial ? 207 : status, body: { message, post: view(post) } };
  }

  function replayOf(headers: PostHeaders): ZernioAnswer | undefined {
    const byKey = world.byIdempotencyKey(headers.idempotencyKey);
    const byId = world.byRequestId(headers.requestId);
    const found = byKey ?? byId;
    if (!found) return undefined;
    if (found.postId === null) {
      const conflict = refusal(409, "A request with this key is running", { code: "idempotency_conflict" });
      return { ...conflict, headers: { "retry-after": "2" } };
    }
    const post = world.post(found.postId);
    if (!post) return unknownPost;
    if (deps.shapes().acceptsRunning && post.status === "publishing")
      return { status: 202, body: { message: "Post is being saved", postId: post.id } };
    const name = byKey || deps.shapes().plainReplays ? "post" : "existingPost";
    return { status: 200, body: { message: "Post already exists", [name]: view(post) } };
  }

  function accountProblem(body: ZernioPostBody): ZernioAnswer | undefined {
    for (const { accountId, platform } of body.platforms ?? []) {
      const account = world.accounts.get(accountId);
      if (!account || account.platform !== platform) return refusal(403, "Account does not belong to you");
      if (!account.isActive) return refusal(403, "Account is disconnected", { code: "ACCOUNT_DISCONNECTED" });
      if (!account.enabled)
        return refusal(403, "Account is not enabled", { code: "ACCOUNT_NOT_ENABLED_FOR_POSTING" });
    }
    return undefined;
  }

  function duplicateOf(body: ZernioPostBody): ZernioAnswer | undefined {
    const twin = world.twinOf(body);
    if (!twin) return undefined;
    const details = { accountId: twin.accountId, platform: twin.platform, existingPostId: twin.post.id };
    return refusal(
      409,
      "This exact content was already posted to this account",
      deps.shapes().flatDuplicates ? details : { details },
    );
  }

  /** Before anything is made: what the body says, who may post, how often. */
  function refusalOf(body: ZernioPostBody): ZernioAnswer | undefined {
    if (!body.isDraft && !body.platforms)
      return refusal(400, "platforms is required", { param: "platforms" });
    const network = networkProblem(body);
    if (network) return refusal(400, network.error, { param: network.param });
    const foreign = (body.mediaItems ?? []).find((item) => !deps.isFetchable(item.url));
    if (foreign) return refusal(400, "Media URL must be public https", { param: "mediaItems.0.url" });
    const account = accountProblem(body) ?? duplicateOf(body);
    if (account) return account;
    for (const { accountId } of body.platforms ?? []) {
      const waitMs = world.velocityWaitMs(accountId);
      if (waitMs > 0) return busy(waitMs, "Posting too fast: 25 posts per hour per account");
      if (body.publishNow && world.postedToday(accountId) >= world.rules.postsPerDay)
        return busy(6 * 3_600_000, "Daily limit of the platform reached", { code: "DAILY_LIMIT" });
    }
    return undefined;
  }

  const isDue = (post: ZernioPost, isNow: boolean): boolean =>
    isNow || (post.scheduledFor !== null && post.scheduledFor <= now());

  return {
    /** What the service answers, and `started` while the keys are taken and nothing is made yet. */
    async create(body: ZernioPostBody, headers: PostHeaders, hold: Promise<void> | undefined) {
      const problems = problemsOf(bodies.create, body);
      for (const problem of problems) world.violate("create", problem);
      if (problems.length > 0) return refusal(400, problems[0] ?? "", { details: problems });
      if (!headers.idempotencyKey || headers.idempotencyKey.length > 255)
        world.violate("create", "no usable Idempotency-Key");
      if (!UUID.test(headers.requestId)) world.violate("create", "x-request-id is no UUID");
      if (!body.publishNow && !body.scheduledFor)
        world.violate("create", "neither publishNow nor scheduledFor");
      if (body.publishNow && body.scheduledFor) world.violate("create", "both publishNow and scheduledFor");
      const replay = replayOf(headers);
      if (replay) return replay;
      const refused = refusalOf(body);
      if (refused) return refused;
      const running = world.remember(headers);
      if (hold) await hold;
      const post = world.make(body);
      running.postId = post.id;
      if (post.status === "draft") return { status: 201, body: { message: "Draft saved", post: view(post) } };
      if (!isDue(post, body.publishNow === true)) {
        emit("post.scheduled", post);
        return { status: 201, body: { message: "Post scheduled successfully", post: view(post) } };
      }
      await publishing.begin(post);
      return resultOf(post, 201, "Post published successfully");
    },

    list(query: URLSearchParams): ZernioAnswer {
      const account = query.get("accountId");
      const status = query.get("status");
      const isByCreation = query.get("sortBy") === "created-desc";
      const sortKey = (post: ZernioPost): number =>
        isByCreation ? post.createdAt : (post.scheduledFor ?? post.createdAt);
      const all = [...world.posts.values()]
        .filter((post) => !post.isDeleted)
        .filter((post) => account === null || post.platforms.some((entry) => entry.accountId === account))
        .filter((post) => status === null || post.status === status)
        .toSorted((a, b) => sortKey(b) - sortKey(a));
      const limit = Number(query.get("limit") ?? "10");
      const page = Number(query.get("page") ?? "1");
      const posts = all.slice((page - 1) * limit, page * limit).map(view);
      const pages = Math.ceil(all.length / limit);
      return { status: 200, body: { posts, pagination: { page, limit, total: all.length, pages } } };
    },

    get(id: string): ZernioAnswer {
      const post = world.post(id);
      return post ? { status: 200, body: { post: view(post) } } : unknownPost;
    },

    async change(id: string, body: ZernioPostBody): Promise<ZernioAnswer> {
      const problems = problemsOf(bodies.change, body);
      for (const problem of problems) world.violate("change", problem);
      if (problems.length > 0) return refusal(400, problems[0] ?? "", { details: problems });
      const post = world.post(id);
      if (!post) return unknownPost;
      if (post.status === "published" || post.status === "publishing")
        return refusal(400, `Cannot edit a post that is ${post.status}`);
      if (post.status === "cancelled") world.violate("change", "a cancelled post is brought back to life");
      const network = networkProblem({
        content: body.content ?? post.content,
        mediaItems: post.mediaItems,
        platforms: post.platforms,
      });
      if (network) return refusal(400, network.error, { param: network.param });
      if (body.content !== undefined) post.content = body.content;
      if (body.scheduledFor !== undefined) {
        post.scheduledFor = Date.parse(body.scheduledFor);
        post.status = "scheduled";
        if (post.scheduledFor <= now()) world.pastSchedules.push(post.id);
      }
      if (post.status === "scheduled" && isDue(post, body.publishNow === true)) await publishing.begin(post);
      return resultOf(post, 200, "Post updated successfully");
    },

    cancel(id: string): ZernioAnswer {
      const post = world.post(id);
      if (!post) return unknownPost;
      if (post.status === "published" || post.status === "partial" || post.status === "publishing")
        return refusal(400, `Cannot delete a post that is ${post.status}`);
      post.status = "cancelled";
      for (const entry of post.platforms) entry.status = "cancelled";
      post.isDeleted = !deps.shapes().keepsCancelled;
      const ours = post.metadata["easelPostId"];
      const easelPostId = typeof ours === "string" ? ours : null;
      world.cancellations.push({ at: now(), postId: id, easelPostId });
      emit("post.cancelled", post);
      return { status: 200, body: { message: "Post deleted successfully" } };
    },

    async retry(id: string): Promise<ZernioAnswer> {
      const post = world.post(id);
      if (!post) return unknownPost;
      if (post.status === "publishing") return refusal(409, "Post is currently publishing");
      if (post.status !== "failed" && post.status !== "partial")
        return refusal(400, "Only failed or partial posts can be retried");
      await publishing.begin(post);
      return resultOf(post, 200, "Post retried");
    },
  };
}

import type {
  CancelResult,
  PostContent,
  PostKeys,
  Publisher,
  PublishResult,
  ReadResult,
  RemotePost,
} from "../../src/core/ports/publisher.ts";

const REPLAY_MS = 5 * 60_000;
const LATE_MS = 4 * 60_000;
const DAY_MS = 24 * 3_600_000;

export const SERVICE_CALLS = ["upload", "create", "find", "get", "cancel", "retry", "change"] as const;
export type ServiceCall = (typeof SERVICE_CALLS)[number];

/** `before`, `after`: the answer is lost, and the effect is not there, or is. `late`: its effect comes minutes later. */
export const FAULTS = ["before", "after", "late", "busy", "refused"] as const;
export type Fault = (typeof FAULTS)[number];

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
}

export interface Publication {
  readonly postId: string;
  readonly text: string;
  readonly at: number;
}

interface Kept {
  readonly id: string;
  readonly postId: string;
  text: string;
  readonly url: string;
  readonly createdAt: number;
  scheduledAt: number | null;
  status: RemotePost["status"];
  finishesAt: number;
  fails: boolean;
}

export interface ModelService {
  readonly publisher: Publisher;
  readonly publications: readonly Publication[];
  /** Times named in the past: the service would publish at once what may not be wanted any more. */
  readonly pastTimes: number;
  fault(call: ServiceCall, fault: Fault): void;
  /** The network will not have the next post that reaches it. */
  refuseNext(): void;
  clearFaults(): void;
  /** Lets everything happen that is due. */
  settle(): void;
}

/** A publishing service as a few rules, that counts what became public. */
export function createModelService(now: () => number, rules: ServiceRules): ModelService {
  const kept: Kept[] = [];
  const coming: { at: number; make(): void }[] = [];
  const requests = new Map<string, { at: number; post: Kept | null }>();
  const publications: Publication[] = [];
  const faults = new Map<ServiceCall, Fault>();
  let networkRefuses = false;
  let pastTimes = 0;
  let count = 0;

  function begin(post: Kept, at: number): void {
    post.status = "publishing";
    post.finishesAt = at + rules.publishMs;
    post.fails = networkRefuses;
    networkRefuses = false;
  }

  function settle(): void {
    for (const one of coming.splice(0)) {
      if (one.at <= now()) one.make();
      else coming.push(one);
    }
    for (const post of kept) {
      if (post.status === "scheduled" && (post.scheduledAt ?? 0) <= now()) begin(post, post.scheduledAt ?? 0);
      if (post.status !== "publishing" || post.finishesAt > now()) continue;
      post.status = post.fails ? "failed" : "published";
      if (!post.fails) publications.push({ postId: post.postId, text: post.text, at: post.finishesAt });
    }
  }

  const view = ({ id, status, text, scheduledAt }: Kept): RemotePost => ({
    text,
    scheduledAt,
    externalId: id,
    status,
    publicUrl: status === "published" ? `https://network.example/${id}` : null,
    failure: status === "failed" ? { why: "rejected", detail: "by the network" } : null,
  });
  const takeFault = (call: ServiceCall): Fault | null => {
    const fault = faults.get(call) ?? null;
    faults.delete(call);
    return fault;
  };
  const lost: { readonly status: "unknown"; readonly detail: string } = { status: "unknown", detail: "lost" };
  const failed: ReadResult<never> = { status: "failed", detail: "away", operator: false };
  const busy: PublishResult = {
    status: "busy",
    retryAfterMs: null,
    failure: { why: "limit", detail: "busy" },
  };
  const refused: PublishResult = { status: "refused", failure: { why: "rejected", detail: "refused" } };
  const wasThere = (post: Kept): PublishResult => ({ status: "accepted", post: view(post), wasThere: true });
  const byId = (id: string): Kept | null => {
    const post = kept.find((one) => one.id === id) ?? null;
    return rules.forgets && post?.status === "cancelled" ? null : post;
  };

  function make(content: PostContent, request: { post: Kept | null }, at: number): Kept {
    count += 1;
    const { postId, text, scheduledAt } = content;
    const post: Kept = {
      id: `remote-${count}`,
      postId,
      text,
      url: content.media.url,
      createdAt: at,
      scheduledAt,
      status: "scheduled",
      finishesAt: 0,
      fails: false,
    };
    kept.push(post);
    request.post = post;
    if (scheduledAt === null || scheduledAt <= at) begin(post, at);
    settle();
    return post;
  }

  function create(content: PostContent, keys: PostKeys): PublishResult {
    settle();
    const fault = takeFault("create");
    if (fault === "before") return lost;
    if (fault === "busy") return busy;
    if (fault === "refused") return refused;
    if (content.scheduledAt !== null && content.scheduledAt <= now()) pastTimes += 1;
    const byRequest = requests.get(keys.requestId);
    const byKey = rules.honoursKeys ? requests.get(keys.idempotencyKey) : undefined;
    const known =
      byRequest && byRequest.at + REPLAY_MS > now()
        ? byRequest
        : byKey && byKey.at + DAY_MS > now()
          ? byKey
          : null;
    if (known) return known.post ? (fault === "after" ? lost : wasThere(known.post)) : busy;
    const twin = rules.comparesContent
      ? kept.find(
          (one) =>
            one.text === content.text &&
            one.url === content.media.url &&
            one.status !== "failed" &&
            one.status !== "cancelled" &&
            one.createdAt + DAY_MS > now(),
        )
      : undefined;
    if (twin) return fault === "after" ? lost : wasThere(twin);
    const request = { at: now(), post: null };
    requests.set(keys.requestId, request);
    requests.set(keys.idempotencyKey, request);
    if (fault === "late") {
      const at = now() + LATE_MS;
      coming.push({ at, make: () => void make(content, request, at) });
      return lost;
    }
    const post = make(content, request, now());
    return fault === "after" ? lost : { status: "accepted", post: view(post), wasThere: false };
  }

  function cancel(id: string): CancelResult {
    settle();
    const fault = takeFault("cancel");
    if (fault !== null && fault !== "after") return lost;
    const post = byId(id);
    if (post && (post.status === "publishing" || post.status === "published")) return { status: "too-late" };
    if (post) post.status = "cancelled";
    return fault === "after" ? lost : { status: "cancelled" };
  }

  function retry(id: string): PublishResult {
    settle();
    const fault = takeFault("retry");
    if (fault === "busy") return busy;
    if (fault !== null && fault !== "after") return lost;
    const post = byId(id);
    if (!post || post.status === "cancelled" || post.status === "scheduled") return refused;
    if (post.status !== "failed") return wasThere(post);
    begin(post, now());
    settle();
    return fault === "after" ? lost : { status: "accepted", post: view(post), wasThere: false };
  }

  function change(
    id: string,
    next: { readonly text?: string; readonly scheduledAt?: number },
  ): PublishResult {
    settle();
    const fault = takeFault("change");
    if (fault === "busy") return busy;
    if (fault !== null && fault !== "after") return lost;
    const post = byId(id);
    if (post?.status !== "scheduled") return refused;
    if (next.text !== undefined) post.text = next.text;
    if (next.scheduledAt !== undefined) post.scheduledAt = next.scheduledAt;
    settle();
    return fault === "after" ? lost : { status: "accepted", post: view(post), wasThere: false };
  }

  function read<T>(call: "find" | "get" | "upload", look: () => ReadResult<T>): Promise<ReadResult<T>> {
    settle();
    return Promise.resolve(takeFault(call) === null ? look() : failed);
  }

  const unasked = (): Promise<never> => Promise.reject(new Error("not asked for here"));
  return {
    publications,
    get pastTimes() {
      return pastTimes;
    },
    fault: (call, fault) => void faults.set(call, fault),
    refuseNext: () => {
      networkRefuses = true;
    },
    clearFaults: () => {
      faults.clear();
      networkRefuses = false;
    },
    settle,
    publisher: {
      serviceName: "Model",
      profile: unasked,
      accounts: unasked,
      connectLink: unasked,
      disconnect: unasked,
      quota: unasked,
      readWebhook: () => null,
      upload: () => {
        count += 1;
        return read("upload", () => ({ status: "ok", value: `https://files.service.example/${count}` }));
      },
      create: async (content, keys) => create(content, keys),
      find: (content) =>
        read("find", () => {
          const found = kept.findLast(
            (one) =>
              one.postId === content.postId &&
              !content.formerIds.includes(one.id) &&
              one.createdAt + rules.listLagMs <= now(),
          );
          const isGone = !found || (rules.forgets && found.status === "cancelled");
          return { status: "ok", value: isGone ? null : view(found) };
        }),
      get: (id) =>
        read("get", () => {
          const post = byId(id);
          return post ? { status: "ok", value: view(post) } : { status: "gone" };
        }),
      change: async (id, next) => change(id, next),
      cancel: async (id) => cancel(id),
      retry: async (id) => retry(id),
    },
  };
}

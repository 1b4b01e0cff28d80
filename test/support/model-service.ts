import type {
  CancelResult,
  PostContent,
  PostKeys,
  Publisher,
  PublisherAccount,
  PublishResult,
  ReadResult,
  RemotePost,
} from "../../src/core/ports/publisher.ts";
import { Secret } from "../../src/core/secret.ts";
import { createReadWebhook } from "../../src/providers/late/webhook.ts";
import {
  type Fault,
  type HistoryService,
  type Publication,
  type ServiceCall,
  type ServiceRules,
  WEBHOOK_SECRET,
  type WebhookBody,
} from "./history-service.ts";

const REPLAY_MS = 5 * 60_000;
const LATE_MS = 4 * 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Files are thrown away after this. */
const KEPT_MS = 7 * DAY_MS;

interface Kept {
  readonly id: string;
  readonly content: PostContent;
  text: string;
  readonly createdAt: number;
  scheduledAt: number | null;
  status: RemotePost["status"];
  finishesAt: number;
  fails: boolean;
}

/** A publishing service as a few rules, that counts what became public. */
export function createModelService(now: () => number, rules: ServiceRules): HistoryService {
  const kept: Kept[] = [];
  const coming: { at: number; make(): void }[] = [];
  const requests = new Map<string, { at: number; post: Kept | null }>();
  const files = new Map<string, { readonly bytes: Uint8Array; readonly at: number }>();
  const accounts = new Map<string, PublisherAccount & { readonly profileId: string }>();
  const publications: Publication[] = [];
  const events: WebhookBody[] = [];
  const refusedPosts = new Set<string>();
  const faults = new Map<ServiceCall, Fault>();
  const hits: Record<string, number> = {};
  let networkRefuses = false;
  let pastTimes = 0;
  let filesGone = 0;
  let count = 0;

  function become(post: Kept, status: Kept["status"]): void {
    post.status = status;
    const { externalAccountId: accountId, network: platform, postId } = post.content;
    const platforms = [{ platform, accountId, status }];
    const metadata = { easelPostId: postId };
    const body = {
      id: `evt_${events.length}`,
      event: `post.${status}`,
      post: { id: post.id, status, platforms, metadata },
    };
    events.push({ body: JSON.stringify(body) });
  }

  function begin(post: Kept, at: number): void {
    become(post, "publishing");
    post.finishesAt = at + rules.publishMs;
    post.fails = networkRefuses;
    networkRefuses = false;
  }

  function finish(post: Kept): void {
    const { postId, externalAccountId, altText, url, isAiGenerated } = {
      ...post.content,
      ...post.content.media,
    };
    const stored = files.get(url);
    const isKept = stored !== undefined && post.finishesAt < stored.at + KEPT_MS;
    if (!isKept) filesGone += 1;
    const fails = post.fails || !accounts.has(externalAccountId) || !isKept;
    become(post, fails ? "failed" : "published");
    if (fails) {
      refusedPosts.add(postId);
      hits["network"] = (hits["network"] ?? 0) + 1;
      return;
    }
    const file = new TextDecoder().decode(stored?.bytes);
    publications.push({
      postId,
      externalAccountId,
      text: post.text,
      altText,
      file,
      isAiGenerated,
      at: post.finishesAt,
    });
  }

  function settle(): void {
    for (const one of coming.splice(0)) {
      if (one.at <= now()) one.make();
      else coming.push(one);
    }
    for (const post of kept) {
      if (post.status === "scheduled" && (post.scheduledAt ?? 0) <= now()) begin(post, post.scheduledAt ?? 0);
      if (post.status === "publishing" && post.finishesAt <= now()) finish(post);
    }
  }

  const view = ({ id, status, text, scheduledAt }: Kept): RemotePost => ({
    externalId: id,
    text,
    scheduledAt,
    status,
    publicUrl: status === "published" ? `https://network.example/${id}` : null,
    failure: status === "failed" ? { why: "rejected", detail: "by the network" } : null,
  });
  const takeFault = (call: ServiceCall): Fault | null => {
    const fault = faults.get(call) ?? null;
    if (fault !== null) hits[`${call} ${fault}`] = (hits[`${call} ${fault}`] ?? 0) + 1;
    faults.delete(call);
    return fault;
  };
  const lost: { readonly status: "unknown"; readonly detail: string } = { status: "unknown", detail: "lost" };
  const failed: ReadResult<never> = { status: "failed", detail: "away", operator: false };
  const busyFor = (retryAfterMs: number | null): PublishResult => ({
    status: "busy",
    retryAfterMs,
    failure: { why: "limit", detail: "busy" },
  });
  const refused = (why: "rejected" | "account"): PublishResult => ({
    status: "refused",
    failure: { why, detail: "refused" },
  });
  const accepted = (post: Kept, wasThere = false): PublishResult => ({
    status: "accepted",
    post: view(post),
    wasThere,
  });
  const byId = (id: string): Kept | null => {
    const post = kept.find((one) => one.id === id) ?? null;
    return rules.forgets && post?.status === "cancelled" ? null : post;
  };

  function make(content: PostContent, request: { post: Kept | null }, at: number): Kept {
    count += 1;
    const { text, scheduledAt } = content;
    const post: Kept = {
      id: `remote-${count}`,
      content,
      text,
      createdAt: at,
      scheduledAt,
      status: "scheduled",
      finishesAt: 0,
      fails: false,
    };
    kept.push(post);
    request.post = post;
    if (scheduledAt === null || scheduledAt <= at) begin(post, at);
    else become(post, "scheduled");
    settle();
    return post;
  }

  /** Milliseconds until this account may post again; 0: now. */
  function velocityWaitMs(accountId: string): number {
    const recent = kept.filter((one) => one.content.externalAccountId === accountId);
    const first = recent
      .map(({ createdAt }) => createdAt)
      .toSorted((a, b) => a - b)
      .at(-rules.perHour);
    return first === undefined ? 0 : Math.max(0, first + HOUR_MS - now());
  }

  function create(content: PostContent, keys: PostKeys): PublishResult {
    settle();
    const fault = takeFault("create");
    if (fault === "before") return lost;
    if (fault === "busy") return busyFor(null);
    if (fault === "refused") {
      refusedPosts.add(content.postId);
      return refused("rejected");
    }
    if (content.scheduledAt !== null && content.scheduledAt <= now()) pastTimes += 1;
    const byRequest = requests.get(keys.requestId);
    const byKey = rules.honoursKeys ? requests.get(keys.idempotencyKey) : undefined;
    const known =
      byRequest && byRequest.at + REPLAY_MS > now()
        ? byRequest
        : byKey && byKey.at + DAY_MS > now()
          ? byKey
          : null;
    const there = (post: Kept): PublishResult => (fault === "after" ? lost : accepted(post, true));
    if (known) return known.post ? there(known.post) : busyFor(null);
    if (!accounts.has(content.externalAccountId)) return refused("account");
    const twin = rules.comparesContent ? kept.find((one) => isTwin(one, content)) : undefined;
    if (twin) return there(twin);
    const waitMs = velocityWaitMs(content.externalAccountId);
    if (waitMs > 0) {
      hits["velocity"] = (hits["velocity"] ?? 0) + 1;
      return busyFor(waitMs);
    }
    const request = { at: now(), post: null };
    requests.set(keys.requestId, request);
    requests.set(keys.idempotencyKey, request);
    if (fault === "late") {
      const at = now() + LATE_MS;
      coming.push({ at, make: () => void make(content, request, at) });
      return lost;
    }
    const post = make(content, request, now());
    return fault === "after" ? lost : accepted(post);
  }

  function isTwin(post: Kept, { text, media, externalAccountId }: PostContent): boolean {
    return (
      post.text === text &&
      post.content.media.url === media.url &&
      post.content.externalAccountId === externalAccountId &&
      post.status !== "failed" &&
      post.status !== "cancelled" &&
      post.createdAt + DAY_MS > now()
    );
  }

  function cancel(id: string): CancelResult {
    settle();
    const fault = takeFault("cancel");
    if (fault !== null && fault !== "after") return lost;
    const post = byId(id);
    if (post && (post.status === "publishing" || post.status === "published")) return { status: "too-late" };
    if (post && post.status !== "cancelled") become(post, "cancelled");
    return fault === "after" ? lost : { status: "cancelled" };
  }

  function retry(id: string): PublishResult {
    settle();
    const fault = takeFault("retry");
    if (fault === "busy") return busyFor(null);
    if (fault !== null && fault !== "after") return lost;
    const post = byId(id);
    if (!post || post.status === "cancelled" || post.status === "scheduled") return refused("rejected");
    if (post.status !== "failed") return accepted(post, true);
    begin(post, now());
    settle();
    return fault === "after" ? lost : accepted(post);
  }

  function change(
    id: string,
    next: { readonly text?: string; readonly scheduledAt?: number },
  ): PublishResult {
    settle();
    const fault = takeFault("change");
    if (fault === "busy") return busyFor(null);
    if (fault !== null && fault !== "after") return lost;
    const post = byId(id);
    if (post?.status !== "scheduled") return refused("rejected");
    if (next.text !== undefined) post.text = next.text;
    if (next.scheduledAt !== undefined) post.scheduledAt = next.scheduledAt;
    settle();
    return fault === "after" ? lost : accepted(post);
  }

  function read<T>(call: "find" | "get" | "upload", look: () => ReadResult<T>): Promise<ReadResult<T>> {
    settle();
    return Promise.resolve(takeFault(call) === null ? look() : failed);
  }

  const unasked = (): Promise<never> => Promise.reject(new Error("not asked for here"));
  const publisher: Publisher = {
    serviceName: "Model",
    profile: (name) => Promise.resolve({ status: "ok", value: `profile of ${name}` }),
    connectLink: unasked,
    accounts: (profileId) =>
      Promise.resolve({
        status: "ok",
        value: [...accounts.values()].filter((one) => one.profileId === profileId),
      }),
    async disconnect(id) {
      accounts.delete(id);
      return { status: "ok", value: null };
    },
    quota: () => Promise.resolve({ status: "ok", value: null }),
    readWebhook: createReadWebhook(new Secret(WEBHOOK_SECRET)),
    upload: ({ bytes }) =>
      read("upload", () => {
        count += 1;
        const url = `https://files.service.example/${count}`;
        files.set(url, { bytes, at: now() });
        return { status: "ok", value: url };
      }),
    create: async (content, keys) => create(content, keys),
    find: ({ postId, formerIds }) =>
      read("find", () => {
        const isListed = (one: Kept): boolean =>
          one.content.postId === postId &&
          !formerIds.includes(one.id) &&
          one.createdAt + rules.listLagMs <= now();
        const found = kept.findLast(isListed);
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
  };
  return {
    publisher,
    publications,
    refused: refusedPosts,
    events,
    hits,
    fault: (call, fault) => void faults.set(call, fault),
    refuseNext: () => {
      networkRefuses = true;
    },
    signIn: ({ profileId, network, name }) => {
      const externalId = `ext-${name}`;
      accounts.set(externalId, { externalId, profileId, network, name, health: "fine" });
    },
    clearFaults: () => {
      faults.clear();
      networkRefuses = false;
    },
    settle: async () => settle(),
    wrong: () => [
      ...(pastTimes > 0 ? [`${pastTimes} times in the past were named to the service`] : []),
      ...(filesGone > 0 ? [`${filesGone} files were thrown away before their time came`] : []),
    ],
    close: async () => undefined,
  };
}

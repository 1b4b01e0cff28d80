import type { NewDelivery } from "../../src/core/delivery/delivery.ts";
import type { AssetState, MediaAsset } from "../../src/core/generation/asset.ts";
import type { ChatKey, Identity } from "../../src/core/identifiers.ts";
import type { StoredMedia } from "../../src/core/ports/media.ts";
import type { Ending, NewAsset, Order, OrderResult, Stores } from "../../src/core/ports/stores.ts";
import type { User } from "../../src/core/usage/user.ts";

/** 22 November 2026, noon (UTC). */
export const NOON = Date.UTC(2026, 10, 22, 12);
export const LEASE_MS = 120_000;
export const PROVIDER = "kie-4o-image";
export const EVERYTHING = [{ providers: [PROVIDER, "sketch"], creates: 500, reads: 500 }] as const;

let count = 0;
/** A text that no other call has given in this process. */
export function unique(prefix = "x"): string {
  count += 1;
  return `${prefix}${count.toString(36)}`;
}

export function member(
  stores: Stores,
  identity: Identity = `discord:${unique()}`,
  now = NOON,
): Promise<User> {
  return stores.users.resolve(identity, { name: "Ada", locale: "en" }, `usr_${unique()}`, now);
}

export function newDelivery(
  changes: Partial<NewDelivery> & { readonly chatKey?: ChatKey } = {},
): NewDelivery {
  const { chatKey = "discord:1", ...rest } = changes;
  const id = `dlv_${unique()}` as const;
  return {
    id,
    kind: "reply",
    dedupeKey: `reply:${id}`,
    userId: null,
    batchId: null,
    assetId: null,
    target: { platform: "discord", chatKey, place: { channel: "1" }, private: false },
    lane: "interactive",
    reply: { text: ["hello"], private: false },
    dueAt: NOON,
    ...rest,
  };
}

/** A request for `units` images by `user`; unlimited at once, unless it says otherwise. */
export function newOrder(user: User, units = 1, changes: Partial<Order> = {}): Order {
  const now = changes.now ?? NOON;
  const batchId = `bat_${unique()}` as const;
  const assets = Array.from({ length: units }, newAsset);
  const [first = newAsset(), ...others] = assets;
  return {
    inboxKey: unique("key"),
    source: "discord",
    now,
    userId: user.id,
    period: "2026-11",
    limit: 10,
    batchId,
    kind: "image",
    provider: PROVIDER,
    prompt: "a red fox in the snow",
    aspect: "1:1",
    style: null,
    private: false,
    assets: [first, ...others],
    atOnce: 1000,
    dailyCap: null,
    draftId: null,
    status: newDelivery({
      kind: "status",
      dedupeKey: `status:${batchId}`,
      userId: user.id,
      batchId,
      reply: null,
      dueAt: now,
    }),
    ...changes,
  };
}

function newAsset(): NewAsset {
  const name = unique();
  return {
    id: `gen_${name}`,
    receipts: [`R${name}`, `S${name}`, `T${name}`],
    handle: `handle-${name}`,
    seed: 7,
    references: [],
    ledgerId: `led_${name}`,
  };
}

export const MEDIA: StoredMedia = {
  key: "gen_1/abc.png",
  contentType: "image/png",
  sizeBytes: 1000,
  width: 512,
  height: 512,
  durationMs: null,
  sha256: "abc",
};

export function newEnding(state: Ending["state"], changes: Partial<Ending> = {}): Ending {
  return {
    state,
    media: state === "ready" ? MEDIA : null,
    reason: state === "ready" ? null : state === "cancelled" ? "cancelled" : "provider-failed",
    code: state === "ready" ? null : "PROVIDER_DOWN",
    detail: state === "ready" ? null : "kie 501",
    now: NOON + 60_000,
    ledgerId: `led_${unique()}`,
    deliveries: [],
    atOnce: 1000,
    statusDueAt: NOON + 63_000,
    ...changes,
  };
}

/** The assets of an order that has to succeed. */
export function started(result: OrderResult): readonly MediaAsset[] {
  if (result.status !== "started") throw new Error(`expected an order to start, and it was ${result.status}`);
  return result.assets;
}

/** Orders one asset and brings it into `state`, its lease held (but for `queued`, `submitted` and `unknown`). */
export async function assetIn(
  stores: Stores,
  state: Exclude<AssetState, "ready" | "failed" | "expired" | "cancelled">,
  user?: User,
): Promise<MediaAsset> {
  const { generation } = stores;
  const owner = user ?? (await member(stores));
  const provider = unique("provider");
  const [asset] = started(await generation.order(newOrder(owner, 1, { provider, limit: null })));
  if (asset === undefined) throw new Error("an order gave no asset");
  if (state === "queued") return asset;
  const [claimed] = await generation.claim(
    [{ providers: [provider], creates: 1, reads: 1 }],
    "test",
    NOON,
    LEASE_MS,
  );
  if (claimed === undefined) throw new Error("nothing was claimed");
  const held = claimed.asset;
  const path: Step[] = [];
  if (state !== "preparing") path.push("submitting");
  if (state !== "preparing" && state !== "submitting") path.push(state);
  for (const next of path) {
    if (!(await step(stores, held, next))) throw new Error(`no way to ${next}`);
  }
  return (await generation.get(held.id)) ?? held;
}

type Step = "submitting" | "submitted" | "storing" | "unknown";

function step({ generation }: Stores, held: MediaAsset, to: Step): Promise<boolean> {
  switch (to) {
    case "submitting":
      return generation.beginAttempt(held, {
        id: `att_${unique()}`,
        startedAt: NOON,
        callbackDigest: unique("digest"),
        capDay: null,
      });
    case "submitted": {
      const task = {
        operation: { task: 1 },
        taskKey: unique("task"),
        now: NOON,
        dueAt: NOON + 3_000,
        rankAt: NOON,
      };
      return generation.accept(held, task);
    }
    case "storing":
      return generation.beginStoring(held, NOON);
    case "unknown":
      return generation.doubt(held, { now: NOON, dueAt: NOON + 5_000, detail: "answer lost" });
  }
}

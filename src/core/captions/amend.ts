import type { MediaAsset } from "../generation/asset.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Caption } from "../ports/post-stores.ts";
import type { Signals } from "../ports/signals.ts";
import type { Stores } from "../ports/stores.ts";
import type { User } from "../usage/user.ts";

/**
 * Brings captions under results that were sent. What is owed says the latest caption when it goes out, and a chat
 * sends one thing at a time: so there is never more than one on its way, and the last caption wins.
 */
export interface Amendments {
  /** The result goes out with its caption, or says it where it stands already. */
  bring(asset: MediaAsset, caption: Caption): Promise<void>;
  /**
   * After a member changed the caption: the result follows where it carries one, or where this member's results do.
   * A template that nobody chose stays on its card.
   */
  follow(user: User, asset: MediaAsset, before: Caption | null, caption: Caption): Promise<void>;
}

export function createAmendments(dependencies: {
  readonly stores: Pick<Stores, "deliveries">;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly ids: Ids;
}): Amendments {
  const { stores, signals, clock, ids } = dependencies;
  const keyOf = (asset: MediaAsset, caption: Caption): string => `amend:${asset.id}:${caption.id}`;

  async function bring(asset: MediaAsset, caption: Caption): Promise<void> {
    const now = clock.now();
    if (!(await stores.deliveries.hurry(`result:${asset.id}`, now))) await amend(asset, caption, now);
    tell(asset);
  }

  function tell(asset: MediaAsset): void {
    signals.emit({ kind: "delivery", platform: asset.platform });
    signals.emit({ kind: "asset", assetId: asset.id, userId: asset.userId });
  }

  async function amend(asset: MediaAsset, caption: Caption, now: number): Promise<void> {
    const sent = await resultOf(asset);
    if (!sent) return;
    const { target, userId, batchId } = sent;
    await stores.deliveries.add([
      {
        id: ids.create("dlv"),
        kind: "amend",
        dedupeKey: keyOf(asset, caption),
        userId,
        batchId,
        assetId: asset.id,
        target,
        lane: "backlog",
        reply: null,
        dueAt: now,
      },
    ]);
  }

  const resultOf = async (asset: MediaAsset) =>
    (await stores.deliveries.ofAsset(asset.id)).find(({ kind }) => kind === "result");

  async function carriesOne(asset: MediaAsset, before: Caption | null): Promise<boolean> {
    const sent = await stores.deliveries.ofAsset(asset.id);
    if (sent.some(({ kind, reply }) => kind === "amend" && reply === null)) return true;
    const sentAt = sent.find(({ kind }) => kind === "result")?.sentAt ?? null;
    return before !== null && sentAt !== null && before.createdAt <= sentAt;
  }

  return {
    bring,
    async follow(user, asset, before, caption) {
      if (caption.id === before?.id || caption.model === "template") return;
      if (user.settings.captions === false && !(await carriesOne(asset, before))) return;
      // One that still waits says the latest anyway.
      const waits = before !== null && (await stores.deliveries.hurry(keyOf(asset, before), clock.now()));
      if (waits) tell(asset);
      else await bring(asset, caption);
    },
  };
}

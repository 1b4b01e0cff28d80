import type { CoreConfig } from "../core-config.ts";
import type { NewDelivery } from "../delivery/delivery.ts";
import type { BatchId } from "../identifiers.ts";
import type { Clock } from "../ports/clock.ts";
import type { Aspect } from "../ports/generator.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { MediaStore, StoredReference } from "../ports/media.ts";
import type { Signals } from "../ports/signals.ts";
import type { NewAsset, Stores } from "../ports/stores.ts";
import { dayEndsAt, dayOf, monthlyLimit, periodOf, resetsAt, unitsLeft } from "../usage/allowance.ts";
import { atOnce, type Members } from "../usage/members.ts";
import type { User } from "../usage/user.ts";
import type { Ask, RequestMedia } from "./ask.ts";
import { nearestAspect } from "./aspect.ts";
import { type Choice, choose } from "./choose.ts";
import type { Offers } from "./offers.ts";
import type { References } from "./references.ts";

export interface RequestDependencies {
  readonly config: CoreConfig;
  readonly offers: Offers;
  readonly members: Members;
  readonly stores: Pick<Stores, "generation">;
  readonly references: Pick<References, "take" | "copy">;
  readonly media: Pick<MediaStore, "remove">;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export function createRequestMedia(dependencies: RequestDependencies): RequestMedia {
  const { config, offers, members, stores, references, media, signals, clock, ids, log } = dependencies;
  return async (ask) => {
    const user = await members.of(ask.actor);
    if (user.bannedAt !== null) return { status: "banned", user };
    const chosen = choose(ask, user.settings, offers);
    if (chosen.status !== "ok") return chosen;

    const { choice } = chosen;
    const batchId = ids.create("bat");
    const [first, ...others] = Array.from({ length: choice.count }, () => newAsset(ids));
    if (!first) return { status: "duplicate" };
    if ((ask.references ?? []).length > 0) {
      // Nothing is fetched for somebody who has too little left.
      const { balance, resetsAt: at } = await members.balance(user);
      const left = unitsLeft(balance);
      if (left !== null && left < choice.count)
        return { status: "limit", user, balance, resetsAt: at, wanted: choice.count };
    }
    const taken = await references.take(user.id, first.id, ask.references ?? []);
    if (taken.status === "refused") return { status: "invalid", problems: [taken.problem], nearest: null };
    const assets: [NewAsset, ...NewAsset[]] = [{ ...first, references: taken.references }];
    for (const other of others)
      assets.push({ ...other, references: await references.copy(taken.references, other.id) });

    const now = clock.now();
    const result = await stores.generation.order({
      inboxKey: ask.inboxKey,
      source: ask.actor.platform,
      now,
      userId: user.id,
      period: periodOf(now),
      limit: monthlyLimit(user, config.freeMonthlyLimit, now),
      batchId,
      kind: choice.kind,
      provider: choice.model.id,
      prompt: choice.prompt,
      aspect: aspectOf(choice, taken.references),
      style: choice.style,
      private: ask.private ?? false,
      assets,
      atOnce: atOnce(user, config, now),
      dailyCap:
        choice.model.paid && config.dailyGenerationCap > 0
          ? { day: dayOf(now), count: config.dailyGenerationCap }
          : null,
      draftId: ask.draftId ?? null,
      status: statusDelivery(ask, ids, batchId, user, now),
    });
    logOutcome(log, result.status, user, choice);
    if (result.status !== "started" && taken.references.length > 0)
      await Promise.all(assets.map(({ id }) => media.remove(id)));
    switch (result.status) {
      case "started":
        signals.emit({ kind: "work" });
        signals.emit({ kind: "delivery", platform: ask.target.platform });
        for (const asset of result.assets)
          signals.emit({ kind: "asset", assetId: asset.id, userId: user.id });
        return { status: "started", user, assets: result.assets, balance: result.balance };
      case "limit":
        return {
          status: "limit",
          user,
          balance: result.balance,
          resetsAt: resetsAt(now),
          wanted: choice.count,
        };
      case "daily-cap":
        return { status: "daily-cap", resetsAt: dayEndsAt(now) };
      case "duplicate":
        return { status: "duplicate" };
    }
  };
}

/** What is made from a picture keeps its ratio, as nearly as the model can, unless somebody named another. */
function aspectOf({ aspect, aspectIsOpen, model }: Choice, references: readonly StoredReference[]): Aspect {
  const [first] = references;
  return aspectIsOpen && first ? nearestAspect(model.aspects, first.width / first.height) : aspect;
}

function newAsset(ids: Ids): NewAsset {
  return {
    references: [],
    id: ids.create("gen"),
    receipts: [ids.receipt(), ids.receipt(), ids.receipt(), ids.receipt()],
    handle: ids.token(),
    seed: Math.floor(ids.random() * 0x7fffffff),
    ledgerId: ids.create("led"),
  };
}

function statusDelivery(ask: Ask, ids: Ids, batchId: BatchId, user: User, now: number): NewDelivery {
  return {
    id: ids.create("dlv"),
    kind: "status",
    dedupeKey: `status:${batchId}`,
    userId: user.id,
    batchId,
    assetId: null,
    target: ask.target,
    lane: "interactive",
    reply: null,
    dueAt: now,
  };
}

function logOutcome(log: Log, outcome: string, user: User, choice: Choice): void {
  const { model, kind, count } = choice;
  log.info("generation requested", { user: user.id, provider: model.id, kind, count, outcome });
}

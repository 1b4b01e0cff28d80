import { unreachable } from "../errors.ts";
import { backoffMs } from "../generation/ramp.ts";
import { insist } from "../insist.ts";
import type { Json } from "../json.ts";
import type { Messages } from "../messages/messages.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { Messenger, SendResult } from "../ports/messenger.ts";
import type { Stores } from "../ports/stores.ts";
import type { Compose } from "./compose.ts";
import type { Delivery } from "./delivery.ts";

/** A send that is still not over after this was lost; uploads of large files included. */
export const SEND_TIMEOUT_MS = 120_000;
const SEND_LEASE_MS = 150_000;
/** Certain failures and lost answers: tried for about three days, then given up; the media stays in the gallery. */
const MAXIMUM_TRIES = 300;
/** No media has more forms than this (`formsFor`). */
const SMALLEST_RUNG = 4;

export interface DeliverDependencies {
  readonly stores: Pick<Stores, "deliveries">;
  readonly compose: Compose;
  readonly messages: Messages;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Who holds the leases of this process. */
  readonly holder: string;
}

/** What the dispatcher must know of a send: whether to hold back, and whom. */
export type DeliverOutcome =
  | { readonly status: "over" }
  | { readonly status: "wait"; readonly afterMs: number; readonly scope: "chat" | "platform" };

/** One send of one delivery, from its claim to the record of what came of it. */
export type Deliver = (waiting: Delivery, messenger: Messenger) => Promise<DeliverOutcome>;

export function createDeliver(dependencies: DeliverDependencies): Deliver {
  const { stores, compose, messages, clock, ids, log, holder } = dependencies;
  return async (waiting, messenger) => {
    const delivery = await stores.deliveries.begin(waiting.id, holder, clock.now(), SEND_LEASE_MS);
    if (!delivery) return { status: "over" };
    const began = clock.monotonicMs();
    const result = await send(delivery, messenger);
    const fields = {
      platform: messenger.platform,
      deliveryId: delivery.id,
      kind: delivery.kind,
      generationId: delivery.assetId,
      attempt: delivery.tries,
      durationMs: Math.round(clock.monotonicMs() - began),
    };
    return settle(delivery, messenger, result, fields);
  };

  async function send(delivery: Delivery, messenger: Messenger): Promise<SendResult> {
    try {
      const composed = await compose(delivery, messenger);
      if (composed === null) return { status: "undeliverable", reason: "nothing to say any more" };
      if (composed === "not-yet") return { status: "failed", detail: "what it changes has not been sent" };
      const { outgoing, user } = composed;
      return await messenger.send(outgoing, {
        deliveryId: delivery.id,
        target: delivery.target,
        ref: delivery.ref,
        tries: delivery.tries,
        firstTriedAt: delivery.firstTriedAt ?? clock.now(),
        language: messages.choose(user?.settings.language ?? null, user?.locale ?? null),
        zone: user?.settings.zone ?? "UTC",
        signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
      });
    } catch (err) {
      log.error("a delivery failed inside", { deliveryId: delivery.id, err });
      return { status: "unknown", detail: "failed inside" };
    }
  }

  async function settle(
    delivery: Delivery,
    messenger: Messenger,
    result: SendResult,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<DeliverOutcome> {
    const now = clock.now();
    const { deliveries } = stores;
    const written = (write: () => Promise<void>): Promise<void> => insist(clock, write);
    const over = { status: "over" } as const;
    switch (result.status) {
      case "sent": {
        log.info("delivered", fields);
        const dueAt = now + messenger.limits.editIntervalMs;
        await written(() =>
          deliveries.sent(delivery, { ref: result.ref, now, version: delivery.version, dueAt }),
        );
        return over;
      }
      case "wait": {
        log.warn("a platform asked to wait", { ...fields, afterMs: result.afterMs, scope: result.scope });
        await written(() =>
          deliveries.again(delivery, { dueAt: now + result.afterMs, counts: false, ...kept(result) }),
        );
        return { status: "wait", afterMs: result.afterMs, scope: result.scope };
      }
      case "failed":
      case "unknown": {
        log.warn("a delivery did not arrive", { ...fields, outcome: result.status, detail: result.detail });
        if (delivery.tries >= MAXIMUM_TRIES) {
          await written(() => deliveries.undeliverable(delivery, "too many tries", now));
          return over;
        }
        // A first lost answer is asked again soon: a Discord nonce only helps for a minute.
        const delayMs = delivery.tries <= 2 ? 1_000 : backoffMs(delivery.tries - 2, ids.random);
        await written(() =>
          deliveries.again(delivery, { dueAt: now + delayMs, counts: true, ...kept(result) }),
        );
        return over;
      }
      case "too-large":
        if (delivery.rung >= SMALLEST_RUNG) {
          log.warn("media is too large there in every form", fields);
          await written(() => deliveries.undeliverable(delivery, "too large in every form", now));
          return over;
        }
        log.info("media is too large there, a smaller form is next", { ...fields, rung: delivery.rung });
        await written(() =>
          deliveries.again(delivery, { dueAt: now, rung: delivery.rung + 1, counts: true }),
        );
        return over;
      case "undeliverable":
        log.warn("a delivery can never arrive", { ...fields, reason: result.reason });
        await written(() => deliveries.undeliverable(delivery, result.reason, now));
        return over;
      default:
        return unreachable(result);
    }
  }
}

/** A step that was half done is remembered, so that it is not done again. */
function kept(result: { readonly ref?: Json }): { readonly ref?: Json } {
  return result.ref === undefined ? {} : { ref: result.ref };
}

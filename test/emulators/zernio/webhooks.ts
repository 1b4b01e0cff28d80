import { createHmac } from "node:crypto";
import { request } from "undici";
import type { ZernioEvent, ZernioWebhookTrouble } from "./types.ts";

/** When an event that found nobody is sent again. The real schedule is not documented. */
const RETRY_MS = [10_000, 60_000, 300_000, 1_800_000];

export interface ZernioWebhookTarget {
  readonly url: string;
  readonly secret?: string;
  /** Sends the signature under the old name only, as installations of before the rename do. */
  readonly legacyHeaders?: boolean;
}

/** Events on their way to the one address that is set. Without an address none are made. */
export function createZernioWebhooks(deps: { readonly now: () => number; readonly nextId: () => string }) {
  const { now } = deps;
  const events: ZernioEvent[] = [];
  let target: ZernioWebhookTarget | null = null;
  let lose = 0;
  let duplicate = 0;
  let isReordered = false;
  const twice = new Set<string>();

  async function send(event: ZernioEvent): Promise<boolean> {
    if (target === null) return false;
    const name = target.legacyHeaders ? "x-late" : "x-zernio";
    const signed = target.secret
      ? { [`${name}-signature`]: createHmac("sha256", target.secret).update(event.body).digest("hex") }
      : {};
    try {
      const answer = await request(target.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          [`${name}-event`]: event.event,
          "x-zernio-event-id": event.id,
          ...signed,
        },
        body: event.body,
        headersTimeout: 10_000,
        bodyTimeout: 10_000,
      });
      await answer.body.dump();
      return answer.statusCode >= 200 && answer.statusCode < 300;
    } catch {
      return false;
    }
  }

  async function attempt(event: ZernioEvent): Promise<void> {
    event.attempts += 1;
    const isThere = await send(event);
    if (twice.delete(event.id)) await send(event);
    if (isThere) {
      event.state = "delivered";
      return;
    }
    const waitMs = RETRY_MS[event.attempts - 1];
    if (waitMs === undefined) event.state = "failed";
    else event.nextAt = now() + waitMs;
  }

  return {
    events,
    setTarget(wanted: ZernioWebhookTarget | null): void {
      target = wanted;
    },
    trouble(wanted: ZernioWebhookTrouble): void {
      lose = wanted.lose ?? lose;
      duplicate = wanted.duplicate ?? duplicate;
      isReordered = wanted.reorder ?? isReordered;
    },
    emit(event: string, content: Record<string, unknown>): void {
      if (target === null) return;
      const id = `evt_${deps.nextId()}`;
      const body = JSON.stringify({ id, event, timestamp: new Date(now()).toISOString(), ...content });
      const isLost = lose > 0;
      if (isLost) lose -= 1;
      if (!isLost && duplicate > 0) {
        duplicate -= 1;
        twice.add(id);
      }
      events.push({
        id,
        event,
        at: now(),
        body,
        attempts: 0,
        state: isLost ? "lost" : "waiting",
        nextAt: now(),
      });
    },
    /** Sends what is due, one after the other; answers when every receiver has answered. */
    async deliver(): Promise<void> {
      const due = events.filter((event) => event.state === "waiting" && event.nextAt <= now());
      // Taken before the first is sent: two deliveries at once send each event once.
      for (const event of due) event.nextAt = Number.POSITIVE_INFINITY;
      for (const event of isReordered ? due.toReversed() : due) await attempt(event);
    },
  };
}

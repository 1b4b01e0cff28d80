import type { Delivery } from "../../core/delivery/delivery.ts";
import type { DeliveryStore } from "../../core/ports/stores.ts";
import type { Database } from "../database.ts";
import { toDelivery } from "../rows.ts";
import type { Session } from "../statement.ts";
import * as statements from "./delivery-statements.ts";

/** Heads of lines that are remembered; a sender asks again for the same ones after each of its sends. */
const REMEMBERED = 2_000;

type Line = Awaited<ReturnType<typeof statements.linesOf>>[number];

/** Who goes next in a chat: what is urgent by sequence, then what was never sent, then edits of what stands there. */
function headOf({ count, interactive, interactiveEdit, backlog, backlogEdit }: Line) {
  const urgent = earliest(interactive, interactiveEdit);
  const sequence = urgent ?? earliest(backlog) ?? earliest(backlogEdit);
  return sequence === undefined ? [] : [{ sequence, count, isUrgent: urgent !== undefined }];
}

function earliest(...firsts: readonly (statements.First | null)[]): number | undefined {
  const due = firsts.flatMap((first) => (first?.isDue ? [first.sequence] : []));
  return due.length === 0 ? undefined : Math.min(...due);
}

export function createDeliveryStore(database: Database): DeliveryStore {
  const { read, write } = database;
  const remembered = new Map<number, Delivery>();

  /** The deliveries of these sequences. Only those that changed since the last time are read and parsed again. */
  async function rowsOf(
    session: Session,
    sequences: readonly number[],
  ): Promise<ReadonlyMap<number, Delivery>> {
    const stamps = await statements.stampsOf(session, { sequences: JSON.stringify(sequences) });
    const changed = stamps.filter(({ sequence, epoch, version, state }) => {
      const known = remembered.get(sequence);
      return known?.epoch !== epoch || known.version !== version || known.state !== state;
    });
    if (remembered.size + changed.length > REMEMBERED) remembered.clear();
    const missing = remembered.size === 0 ? sequences : changed.map(({ sequence }) => sequence);
    for (const row of await statements.bySequence(session, { sequences: JSON.stringify(missing) })) {
      remembered.set(row.sequence, toDelivery(row));
    }
    return remembered;
  }

  async function nextDueAt(platform: string): Promise<number | null> {
    const [row] = await read(async (session) => statements.nextDue(session, { platform }));
    return row?.dueAt ?? null;
  }

  return {
    async add(deliveries) {
      if (deliveries.length === 0) return;
      await write(async (session) => {
        for (const delivery of deliveries) await statements.addDelivery(session, delivery, delivery.dueAt);
      });
    },

    async due(platform, now, limit) {
      const next = await nextDueAt(platform);
      if (next === null || next > now) return [];
      return read(async (session) => {
        const lines = await statements.linesOf(session, { platform, now });
        const heads = lines
          .filter((line) => line.sending === 0)
          .flatMap(headOf)
          .sort(
            (a, b) => Number(b.isUrgent) - Number(a.isUrgent) || b.count - a.count || a.sequence - b.sequence,
          )
          .slice(0, limit);
        const deliveries = await rowsOf(
          session,
          heads.map(({ sequence }) => sequence),
        );
        return heads.flatMap(({ sequence, count }) => {
          const head = deliveries.get(sequence);
          return head === undefined ? [] : [{ chatKey: head.chatKey, target: head.target, count, head }];
        });
      });
    },

    async begin(id, holder, now, leaseMs) {
      const [row] = await write(async (session) =>
        statements.beginSending(session, { id, holder, now, until: now + leaseMs }),
      );
      return row === undefined ? null : toDelivery(row);
    },

    sent: (held, done) =>
      write(async (session) => void (await statements.endSending(session, { ...held, ...done }))),

    again: (held, { dueAt, ref, rung, counts }) =>
      write(async (session) => {
        const values = { dueAt, ref: ref ?? null, rung: rung ?? null, counts: counts ? 1 : 0 };
        await statements.sendAgain(session, { ...held, ...values });
      }),

    hurry: (dedupeKey, now) =>
      write(async (session) => (await statements.hurry(session, { dedupeKey, now })).length > 0),

    undeliverable: (held, reason) =>
      write(async (session) => void (await statements.giveUp(session, { ...held, reason }))),

    async statusOf(batchId) {
      const [row] = await read(async (session) => statements.findStatus(session, { batchId }));
      return row === undefined ? null : toDelivery(row);
    },

    async get(id) {
      const [row] = await read(async (session) => statements.findDelivery(session, { id }));
      return row === undefined ? null : toDelivery(row);
    },

    async ofAsset(assetId) {
      const rows = await read(async (session) => statements.sentForAsset(session, { assetId }));
      return rows.map(toDelivery);
    },

    releaseLeases: (holder, now) =>
      write(async (session) => (await statements.releaseOthers(session, { holder, now })).length),

    returnLeases: (holder, now) =>
      write(async (session) => (await statements.returnOwn(session, { holder, now })).length),

    nextDueAt,

    async overview() {
      const [row] = await read(async (session) => statements.countOpen(session, {}));
      return row ?? { waiting: 0, oldest: null };
    },
  };
}

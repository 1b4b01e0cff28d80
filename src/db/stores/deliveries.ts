import type { DeliveryStore } from "../../core/ports/stores.ts";
import type { Database } from "../database.ts";
import { toDelivery } from "../rows.ts";
import type { DeliveryRow } from "../schema.ts";
import * as statements from "./delivery-statements.ts";

export function createDeliveryStore(database: Database): DeliveryStore {
  const { read, write } = database;

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
        const free = lines.filter((line) => line.sending === 0);
        const candidates = JSON.stringify(
          free
            .flatMap((line) => [line.interactive, line.backlog, line.interactiveEdit, line.backlogEdit])
            .filter((sequence) => sequence !== null),
        );
        const due = new Set(
          (await statements.dueAmong(session, { sequences: candidates, now })).map(
            ({ sequence }) => sequence,
          ),
        );
        const isDue = (sequence: number | null): sequence is number => sequence !== null && due.has(sequence);
        const earliest = (a: number | null, b: number | null) =>
          [a, b].filter(isDue).sort((x, y) => x - y)[0];

        const heads = free
          .flatMap(({ count, interactive, interactiveEdit, backlog, backlogEdit }) => {
            const urgent = earliest(interactive, interactiveEdit);
            const sequence = urgent ?? earliest(backlog, backlogEdit);
            return sequence === undefined ? [] : [{ sequence, count, isUrgent: urgent !== undefined }];
          })
          .sort(
            (a, b) => Number(b.isUrgent) - Number(a.isUrgent) || b.count - a.count || a.sequence - b.sequence,
          )
          .slice(0, limit);

        const rows = new Map<number, DeliveryRow>();
        const sequences = JSON.stringify(heads.map(({ sequence }) => sequence));
        for (const row of await statements.bySequence(session, { sequences })) rows.set(row.sequence, row);
        return heads.flatMap(({ sequence, count }) => {
          const row = rows.get(sequence);
          if (row === undefined) return [];
          const head = toDelivery(row);
          return [{ chatKey: head.chatKey, target: head.target, count, head }];
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

    nextDueAt,

    async overview() {
      const [row] = await read(async (session) => statements.countOpen(session, {}));
      return row ?? { waiting: 0, oldest: null };
    },
  };
}

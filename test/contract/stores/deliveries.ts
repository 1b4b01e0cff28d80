import { describe, expect, it } from "vitest";
import type { Delivery, NewDelivery } from "../../../src/core/delivery/delivery.ts";
import type { DeliveryStore } from "../../../src/core/ports/stores.ts";
import { NOON, newDelivery, unique } from "../../support/store-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

const LEASE_MS = 150_000;

async function begin(deliveries: DeliveryStore, { id }: NewDelivery, at = NOON): Promise<Delivery> {
  const held = await deliveries.begin(id, "sender", at, LEASE_MS);
  if (held === null) throw new Error(`${id} could not be begun`);
  return held;
}

async function send(deliveries: DeliveryStore, delivery: NewDelivery, at = NOON): Promise<void> {
  const held = await begin(deliveries, delivery, at);
  await deliveries.sent(held, { ref: { message: held.id }, now: at, version: held.version, dueAt: at });
}

const heads = async (deliveries: DeliveryStore, at = NOON, limit = 100) =>
  (await deliveries.due("discord", at, limit)).map(({ head }) => head.id);

function newStatus(): NewDelivery & { readonly batchId: `bat_${string}` } {
  const batchId = `bat_${unique()}` as const;
  return { ...newDelivery({ kind: "status", dedupeKey: `status:${batchId}`, reply: null }), batchId };
}

export function deliveryStoreContract(make: MakeDatabase): void {
  describe("the outbox", () => {
    const open = openWith(make);

    it("keeps what is owed as it was written, once a key", async () => {
      const { deliveries } = (await open()).stores;
      const delivery = newDelivery({
        target: {
          platform: "discord",
          chatKey: "discord:1",
          resultKey: "discord:2",
          place: [null, { thread: "9" }],
          private: true,
          fileLimitBytes: 10,
        },
        reply: {
          title: "T",
          text: ["until ", { at: NOON, style: "date" }],
          quote: "a \0 fox",
          buttons: [
            [
              { label: "Go", style: "primary", data: "v1|x" },
              { label: "Open", url: "https://e.example" },
            ],
          ],
          private: true,
          asksFor: "prompt",
        },
      });
      await deliveries.add([delivery]);
      await deliveries.add([{ ...delivery, id: "dlv_other", lane: "backlog" }]);
      expect(await deliveries.get(delivery.id)).toMatchObject(delivery);
      expect(await deliveries.get("dlv_other")).toBeNull();
      expect(await deliveries.overview()).toEqual({ waiting: 1, oldest: NOON });
    });

    it("gives the first of each chat that is due, with how many wait there", async () => {
      const { deliveries } = (await open()).stores;
      const [a1, a2, b1, later] = [
        newDelivery(),
        newDelivery(),
        newDelivery({ chatKey: "discord:2" }),
        newDelivery({ chatKey: "discord:3", dueAt: NOON + 1 }),
      ];
      const elsewhere = { ...a1.target, platform: "telegram" };
      await deliveries.add([a1, b1, a2, later, newDelivery({ target: elsewhere })]);
      const due = await deliveries.due("discord", NOON, 100);
      expect(due.map(({ head, count, chatKey }) => [head.id, count, chatKey])).toEqual([
        [a1.id, 2, "discord:1"],
        [b1.id, 1, "discord:2"],
      ]);
      expect(due[0]?.target).toEqual(a1.target);
      expect(await deliveries.due("discord", NOON - 1, 100)).toEqual([]);
    });

    it("serves answers before the backlog, and of the backlog the longest first, up to the limit", async () => {
      const { deliveries } = (await open()).stores;
      const backlog = (chatKey: `discord:${string}`) => newDelivery({ chatKey, lane: "backlog" });
      const short = backlog("discord:short");
      const long = [backlog("discord:long"), backlog("discord:long"), backlog("discord:long")];
      const mixed = [backlog("discord:mixed"), newDelivery({ chatKey: "discord:mixed" })];
      await deliveries.add([short, ...long, ...mixed]);
      expect(await heads(deliveries)).toEqual([mixed[1]?.id, long[0]?.id, short.id]);
      expect(await heads(deliveries, NOON, 2)).toEqual([mixed[1]?.id, long[0]?.id]);
    });

    it("gives nothing of a chat while one is being sent there, until its lease runs out", async () => {
      const { deliveries } = (await open()).stores;
      const [first, second] = [newDelivery(), newDelivery()];
      await deliveries.add([first, second]);
      await begin(deliveries, first);
      expect(await heads(deliveries)).toEqual([]);
      expect(await heads(deliveries, NOON + LEASE_MS)).toEqual([first.id]);
    });

    it("keeps the order in a chat: one that is to be tried later holds up those behind it in its lane", async () => {
      const { deliveries } = (await open()).stores;
      const [first, second] = [newDelivery({ lane: "backlog" }), newDelivery({ lane: "backlog" })];
      const answer = newDelivery();
      await deliveries.add([first, second, answer]);
      await send(deliveries, answer);
      const held = await begin(deliveries, first);
      await deliveries.again(held, { dueAt: NOON + 5_000, counts: true });
      expect(await heads(deliveries)).toEqual([]);
      expect(await heads(deliveries, NOON + 5_000)).toEqual([first.id]);
      await send(deliveries, first, NOON + 5_000);
      expect(await heads(deliveries, NOON + 5_000)).toEqual([second.id]);
    });

    it("goes on with the backlog while an answer waits for its next try", async () => {
      const { deliveries } = (await open()).stores;
      const [answer, result] = [newDelivery(), newDelivery({ lane: "backlog" })];
      await deliveries.add([answer, result]);
      await deliveries.again(await begin(deliveries, answer), { dueAt: NOON + 5_000, counts: true });
      expect(await heads(deliveries)).toEqual([result.id]);
    });
  });

  describe("a send", () => {
    const open = openWith(make);

    it("is begun by one sender only", async () => {
      const { deliveries } = (await open()).stores;
      const delivery = newDelivery();
      await deliveries.add([delivery]);
      const begun = await Promise.all(
        Array.from({ length: 8 }, (_, index) => deliveries.begin(delivery.id, `s${index}`, NOON, LEASE_MS)),
      );
      const held = begun.filter((each) => each !== null);
      expect(held).toHaveLength(1);
      expect(held[0]).toMatchObject({ state: "sending", epoch: 1, tries: 1, firstTriedAt: NOON });
    });

    it("counts its tries, keeps the first moment, what was half done and the smaller form", async () => {
      const { deliveries } = (await open()).stores;
      const delivery = newDelivery();
      await deliveries.add([delivery]);
      const first = await begin(deliveries, delivery);
      await deliveries.again(first, { dueAt: NOON + 1, ref: { thread: "1" }, rung: 1, counts: true });
      const second = await begin(deliveries, delivery, NOON + 1);
      expect(second).toMatchObject({ tries: 2, firstTriedAt: NOON, ref: { thread: "1" }, rung: 1, epoch: 2 });
      await deliveries.again(second, { dueAt: NOON + 2, counts: true });
      expect(await begin(deliveries, delivery, NOON + 2)).toMatchObject({
        tries: 3,
        ref: { thread: "1" },
        rung: 1,
      });
    });

    it("that did not count leaves no try behind", async () => {
      const { deliveries } = (await open()).stores;
      const delivery = newDelivery();
      await deliveries.add([delivery]);
      await deliveries.again(await begin(deliveries, delivery), { dueAt: NOON + 7, counts: false });
      expect(await begin(deliveries, delivery, NOON + 7)).toMatchObject({ tries: 1, firstTriedAt: NOON + 7 });
    });

    it("of a holder whose lease was taken over writes nothing", async () => {
      const { deliveries } = (await open()).stores;
      const delivery = newDelivery();
      await deliveries.add([delivery]);
      const slow = await begin(deliveries, delivery);
      const fast = await begin(deliveries, delivery, NOON + LEASE_MS);
      expect(fast.tries).toBe(2);
      await deliveries.sent(slow, { ref: { message: "slow" }, now: NOON, version: 0, dueAt: NOON });
      await deliveries.undeliverable(slow, "gone", NOON);
      await deliveries.again(slow, { dueAt: NOON, counts: true });
      expect(await deliveries.get(delivery.id)).toMatchObject({ state: "sending", epoch: 2, ref: null });
    });

    it("that can never arrive is over, and stays with its reason", async () => {
      const { deliveries } = (await open()).stores;
      const delivery = newDelivery();
      await deliveries.add([delivery]);
      await deliveries.undeliverable(await begin(deliveries, delivery), "blocked", NOON);
      expect(await deliveries.get(delivery.id)).toMatchObject({ state: "undeliverable", reason: "blocked" });
      expect(await heads(deliveries, NOON + 1_000_000)).toEqual([]);
    });

    it("is over once it is sent", async () => {
      const { deliveries } = (await open()).stores;
      const delivery = newDelivery({ kind: "result", assetId: "gen_1" });
      await deliveries.add([delivery]);
      expect(await deliveries.ofAsset("gen_1")).toEqual([]);
      const held = await begin(deliveries, delivery);
      expect((await deliveries.ofAsset("gen_1")).map(({ id }) => id)).toEqual([delivery.id]);
      await deliveries.again(held, { dueAt: NOON, counts: false });
      expect(await deliveries.ofAsset("gen_1")).toEqual([]);
      await send(deliveries, delivery);
      expect(await deliveries.get(delivery.id)).toMatchObject({
        state: "sent",
        sentAt: NOON,
        ref: { message: delivery.id },
      });
      expect((await deliveries.ofAsset("gen_1")).map(({ id }) => id)).toEqual([delivery.id]);
      expect(await deliveries.begin(delivery.id, "s", NOON, LEASE_MS)).toBeNull();
      expect(await deliveries.nextDueAt("discord")).toBeNull();
    });

    it("left behind by another process is taken up again", async () => {
      const { deliveries } = (await open()).stores;
      const delivery = newDelivery();
      await deliveries.add([delivery]);
      const held = await begin(deliveries, delivery);
      expect(await deliveries.releaseLeases("sender", NOON)).toBe(0);
      expect(await deliveries.releaseLeases("new", NOON + 1)).toBe(1);
      await deliveries.sent(held, { ref: null, now: NOON, version: 0, dueAt: NOON });
      expect(await begin(deliveries, delivery, NOON + 1)).toMatchObject({ tries: 2, firstTriedAt: NOON });
    });

    it("is given back by the process that ends, and by no other", async () => {
      const { deliveries } = (await open()).stores;
      const delivery = newDelivery();
      await deliveries.add([delivery]);
      const held = await begin(deliveries, delivery);
      expect(await deliveries.returnLeases("another", NOON + 1)).toBe(0);
      expect(await deliveries.returnLeases("sender", NOON + 1)).toBe(1);
      expect(await begin(deliveries, delivery, NOON + 1)).toMatchObject({ epoch: held.epoch + 2 });
    });

    it("tells when the next one is due", async () => {
      const { deliveries } = (await open()).stores;
      expect(await deliveries.nextDueAt("discord")).toBeNull();
      await deliveries.add([newDelivery({ dueAt: NOON + 9 }), newDelivery({ dueAt: NOON + 4 })]);
      expect(await deliveries.nextDueAt("discord")).toBe(NOON + 4);
      expect(await deliveries.nextDueAt("telegram")).toBeNull();
    });
  });

  describe("a status message", () => {
    const open = openWith(make);

    it("is found by its batch, sent or not", async () => {
      const { deliveries } = (await open()).stores;
      const status = newStatus();
      expect(await deliveries.statusOf(status.batchId)).toBeNull();
      await deliveries.add([status]);
      expect((await deliveries.statusOf(status.batchId))?.sentAt).toBeNull();
      await send(deliveries, status);
      expect((await deliveries.statusOf(status.batchId))?.ref).toEqual({ message: status.id });
    });

    it("that changed while it was sent goes round again", async () => {
      const { database, stores } = await open();
      const { deliveries } = stores;
      const status = newStatus();
      await deliveries.add([status]);
      const { touchStatus } = await import("../../../src/db/stores/delivery-statements.ts");
      const touch = (dueAt: number) =>
        database.write(
          async (session) => void (await touchStatus(session, { batchId: status.batchId, dueAt })),
        );
      const held = await begin(deliveries, status);
      await touch(NOON + 99);
      await deliveries.sent(held, {
        ref: { message: 1 },
        now: NOON,
        version: held.version,
        dueAt: NOON + 3_000,
      });
      expect(await deliveries.get(status.id)).toMatchObject({
        state: "new",
        dueAt: NOON + 3_000,
        version: 1,
        lane: "backlog",
      });
      const edit = await begin(deliveries, status, NOON + 3_000);
      expect(edit).toMatchObject({ tries: 1, ref: { message: 1 }, version: 1 });
      await deliveries.sent(edit, {
        ref: { message: 1 },
        now: NOON + 3_000,
        version: edit.version,
        dueAt: NOON + 6_000,
      });
      expect((await deliveries.get(status.id))?.state).toBe("sent");
      await touch(NOON + 7_000);
      expect(await deliveries.get(status.id)).toMatchObject({
        state: "new",
        dueAt: NOON + 7_000,
        version: 2,
      });
    });

    it("that is tried in vain for long is passed by the rest of its chat, and still gets its tries", async () => {
      const { stores } = await open();
      const { deliveries } = stores;
      const [stuck, next] = [newDelivery(), newDelivery()];
      await deliveries.add([stuck, next]);
      for (let tries = 1; tries <= 7; tries += 1) {
        expect(await heads(deliveries, NOON + tries)).toEqual([stuck.id]);
        const held = await deliveries.begin(stuck.id, "me", NOON + tries, LEASE_MS);
        if (!held) throw new Error("not begun");
        await deliveries.again(held, { dueAt: tries < 7 ? NOON + tries : NOON + 900_000, counts: true });
      }
      expect(await heads(deliveries, NOON + 10)).toEqual([next.id]);
      expect(await heads(deliveries, NOON + 900_000)).toEqual([stuck.id]);
    });

    it("that waits for its next edit holds nothing up, and its edit waits behind everything that was never sent", async () => {
      const { database, stores } = await open();
      const { deliveries } = stores;
      const status = newStatus();
      const [result, answer] = [newDelivery({ lane: "backlog" }), newDelivery()];
      await deliveries.add([status]);
      await send(deliveries, status);
      await deliveries.add([result, answer]);
      const { touchStatus } = await import("../../../src/db/stores/delivery-statements.ts");
      await database.write(
        async (session) =>
          void (await touchStatus(session, { batchId: status.batchId, dueAt: NOON + 3_000 })),
      );
      expect(await heads(deliveries)).toEqual([answer.id]);
      await send(deliveries, answer);
      expect(await heads(deliveries)).toEqual([result.id]);
      expect(await heads(deliveries, NOON + 3_000)).toEqual([result.id]);
      await send(deliveries, result);
      expect(await heads(deliveries, NOON + 3_000)).toEqual([status.id]);
    });
  });
}

import { afterEach, describe, expect, it } from "vitest";
import type { PostContent } from "../../../src/core/ports/publisher.ts";
import {
  inTime,
  type PublisherDisturbance,
  type PublisherScene,
  type PublisherWorld,
  postKeys,
  postOf,
  sceneOf,
} from "./publisher-scene.ts";

const HOUR_MS = 3_600_000;

/** What every publisher owes to core, whichever service it hands posts to. */
export function publisherContract(name: string, make: () => Promise<PublisherWorld>): void {
  describe(`publisher contract: ${name}`, () => {
    const scenes: PublisherScene[] = [];
    afterEach(async () => {
      for (const scene of scenes.splice(0)) {
        const problems = scene.violations();
        await scene.close();
        expect(problems).toEqual([]);
      }
    });
    const setUp = async (): Promise<PublisherScene> => {
      const scene = await sceneOf(await make());
      scenes.push(scene);
      return scene;
    };
    const create = async (scene: PublisherScene, change?: Partial<PostContent>, keys = postKeys()) =>
      scene.publisher.create(await scene.content(change), keys, inTime());
    const schedule = async (scene: PublisherScene, inMs = HOUR_MS) =>
      postOf(await create(scene, { scheduledAt: scene.now() + inMs }));

    it("makes exactly what was confirmed public, once", async () => {
      const scene = await setUp();
      const content = await scene.content({ story: true });
      const result = await scene.publisher.create(content, postKeys(), inTime());
      expect(result).toMatchObject({
        status: "accepted",
        wasThere: false,
        post: { status: "published", failure: null },
      });
      expect(postOf(result).publicUrl).toMatch(/^https:/);
      expect(scene.seen()).toHaveLength(1);
      expect(scene.seen()[0]).toMatchObject({
        postId: content.postId,
        accountId: scene.accountId,
        text: content.text,
        altTexts: ["A red fox, asleep"],
        isStory: true,
        isAiGenerated: true,
      });
      expect(scene.seen()[0]?.bytes.map((bytes) => Buffer.from(bytes))).toEqual([Buffer.from(scene.png)]);
    });

    it("sets no label where none is wanted", async () => {
      const scene = await setUp();
      await create(scene, { isAiGenerated: false });
      expect(scene.seen()[0]).toMatchObject({ isAiGenerated: false, isStory: false });
    });

    it("publishes at its time and not before", async () => {
      const scene = await setUp();
      const dueAt = scene.now() + HOUR_MS;
      const { externalId, status } = await schedule(scene);
      expect(status).toBe("scheduled");
      await scene.advance(HOUR_MS - 1_000);
      expect(scene.seen()).toHaveLength(0);
      await scene.advance(61_000);
      expect(scene.seen()).toHaveLength(1);
      expect((scene.seen()[0]?.at ?? 0) - dueAt).toBeGreaterThanOrEqual(0);
      expect((scene.seen()[0]?.at ?? 0) - dueAt).toBeLessThanOrEqual(60_000);
      expect(await scene.publisher.get(externalId, inTime())).toMatchObject({
        value: { status: "published" },
      });
    });

    it.each([0, 1, HOUR_MS])("refuses a time of %i ms ago without asking", async (agoMs) => {
      const scene = await setUp();
      const result = await create(scene, { scheduledAt: scene.now() - agoMs });
      expect(result.status).toBe("refused");
      expect(scene.creates()).toBe(0);
      expect(scene.seen()).toHaveLength(0);
    });

    it("gives the first post back for the same keys", async () => {
      const scene = await setUp();
      const content = await scene.content();
      const keys = postKeys();
      const first = postOf(await scene.publisher.create(content, keys, inTime()));
      const again = await scene.publisher.create(content, keys, inTime());
      expect(again).toMatchObject({
        status: "accepted",
        wasThere: true,
        post: { externalId: first.externalId },
      });
      expect(scene.seen()).toHaveLength(1);
    });

    it("adopts an identical post of before instead of making a second one", async () => {
      const scene = await setUp();
      const content = await scene.content();
      const first = postOf(await scene.publisher.create(content, postKeys(), inTime()));
      await scene.advance(6 * 60_000);
      const again = await scene.publisher.create(content, postKeys(), inTime());
      expect(again).toMatchObject({ status: "accepted", wasThere: true });
      expect(postOf(again)).toMatchObject({ externalId: first.externalId, status: "published" });
      expect(scene.seen()).toHaveLength(1);
    });

    const creates: [PublisherDisturbance, status: string, made: number][] = [
      ["busy", "busy", 0],
      ["refuses the key", "refused", 0],
      ["wants money", "refused", 0],
      ["HTML instead of an answer", "unknown", 0],
      ["an error of its own", "unknown", 0],
      ["answer lost after processing", "unknown", 1],
      ["connection cut before processing", "unknown", 0],
      ["half an answer", "unknown", 1],
      ["an endless answer", "unknown", 0],
      ["no answer", "unknown", 0],
    ];
    it.each(creates)("answers a create once and truly when: %s", async (disturbance, status, made) => {
      const scene = await setUp();
      const content = await scene.content();
      const since = scene.now();
      scene.disturb("create", disturbance);
      const result = await scene.publisher.create(
        content,
        postKeys(),
        inTime(disturbance === "no answer" ? 300 : 20_000),
      );
      expect(result.status).toBe(status);
      expect(scene.creates()).toBe(1);
      const detail = "failure" in result ? result.failure.detail : "detail" in result ? result.detail : "";
      expect(detail).toMatch(/^[\w .-]{1,60}$/);
      expect(JSON.stringify(result)).not.toContain(scene.secret);
      expect(scene.seen()).toHaveLength(made);
      // What is unknown can be looked for, and both answers are true.
      const found = await scene.publisher.find(content, since, inTime());
      expect(found).toMatchObject({ status: "ok", value: made === 0 ? null : { status: "published" } });
    });

    it("knows that nothing was made where nobody answers", async () => {
      const scene = await setUp();
      const content = await scene.content();
      await scene.goAway();
      expect(await scene.publisher.create(content, postKeys(), inTime())).toMatchObject({
        status: "busy",
        retryAfterMs: null,
        failure: { why: "service" },
      });
      expect(await scene.publisher.find(content, 0, inTime())).toMatchObject({ status: "failed" });
      expect(await scene.publisher.accounts(scene.profileId, inTime())).toMatchObject({
        status: "failed",
        operator: false,
      });
      expect((await scene.publisher.cancel("0".repeat(24), inTime())).status).toBe("unknown");
    });

    it("sends nothing that is called off before it begins", async () => {
      const scene = await setUp();
      const content = await scene.content();
      const result = await scene.publisher.create(content, postKeys(), AbortSignal.abort());
      expect(["unknown", "busy"]).toContain(result.status);
      expect(scene.creates()).toBe(0);
    });

    it("finds a post among many of the same account, and not those of another intent", async () => {
      const scene = await setUp();
      const wanted = await scene.content({ scheduledAt: scene.now() + HOUR_MS });
      const { externalId } = postOf(await scene.publisher.create(wanted, postKeys(), inTime()));
      for (let n = 0; n < 12; n += 1)
        await create(scene, { scheduledAt: scene.now() + n * 60_000 + HOUR_MS });
      expect(await scene.publisher.find(wanted, scene.now(), inTime())).toMatchObject({
        value: { externalId },
      });
      const other = { ...wanted, postId: "post_of_another_intent" };
      expect(await scene.publisher.find(other, scene.now(), inTime())).toEqual({ status: "ok", value: null });
    });

    it.each([
      "HTML instead of an answer",
      "an error of its own",
      "half an answer",
      "refuses the key",
    ] as const)("never says that a post is not there because of: %s", async (disturbance) => {
      const scene = await setUp();
      const content = await scene.content();
      const { externalId } = postOf(await scene.publisher.create(content, postKeys(), inTime()));
      scene.disturb("find", disturbance);
      expect((await scene.publisher.find(content, 0, inTime())).status).toBe("failed");
      scene.disturb("get", disturbance);
      expect((await scene.publisher.get(externalId, inTime())).status).toBe("failed");
    });

    it("cancels what is scheduled, for good", async () => {
      const scene = await setUp();
      const { externalId } = await schedule(scene);
      expect(await scene.publisher.cancel(externalId, inTime())).toEqual({ status: "cancelled" });
      expect(await scene.publisher.cancel(externalId, inTime())).toEqual({ status: "cancelled" });
      await scene.advance(2 * HOUR_MS);
      expect(scene.seen()).toHaveLength(0);
    });

    it("says too late for what is public or on its way", async () => {
      const scene = await setUp();
      const there = postOf(await create(scene));
      expect(await scene.publisher.cancel(there.externalId, inTime())).toEqual({ status: "too-late" });
      scene.setPublishMs(60_000);
      const underWay = postOf(await create(scene));
      expect(underWay.status).toBe("publishing");
      expect(await scene.publisher.cancel(underWay.externalId, inTime())).toEqual({ status: "too-late" });
      await scene.advance(120_000);
      expect(scene.seen()).toHaveLength(2);
    });

    it.each([
      "HTML instead of an answer",
      "an error of its own",
      "answer lost after processing",
      "connection cut before processing",
      "an endless answer",
      "busy",
    ] as const)("does not say cancelled after: %s; asked once more it is", async (disturbance) => {
      const scene = await setUp();
      const { externalId } = await schedule(scene);
      scene.disturb("cancel", disturbance);
      expect((await scene.publisher.cancel(externalId, inTime())).status).toBe("unknown");
      expect(await scene.publisher.cancel(externalId, inTime())).toEqual({ status: "cancelled" });
      await scene.advance(2 * HOUR_MS);
      expect(scene.seen()).toHaveLength(0);
    });

    it("moves and rewords what is scheduled", async () => {
      const scene = await setUp();
      const { externalId } = await schedule(scene);
      const later = scene.now() + 3 * HOUR_MS;
      expect(postOf(await scene.publisher.change(externalId, { scheduledAt: later }, inTime())).status).toBe(
        "scheduled",
      );
      expect((await scene.publisher.change(externalId, { text: "Another text" }, inTime())).status).toBe(
        "accepted",
      );
      await scene.advance(2 * HOUR_MS);
      expect(scene.seen()).toHaveLength(0);
      await scene.advance(HOUR_MS + 60_000);
      expect(scene.seen().map((post) => post.text)).toEqual(["Another text"]);
      expect(scene.seen()[0]?.at).toBeGreaterThanOrEqual(later);
    });

    it("changes nothing that is public, cancelled or meant for the past", async () => {
      const scene = await setUp();
      const there = postOf(await create(scene));
      const later = { scheduledAt: scene.now() + HOUR_MS };
      expect((await scene.publisher.change(there.externalId, later, inTime())).status).toBe("refused");
      const { externalId } = await schedule(scene);
      const past = { scheduledAt: scene.now() - 1 };
      expect((await scene.publisher.change(externalId, past, inTime())).status).toBe("refused");
      await scene.publisher.cancel(externalId, inTime());
      expect((await scene.publisher.change(externalId, later, inTime())).status).toBe("refused");
      await scene.advance(2 * HOUR_MS);
      expect(scene.seen()).toHaveLength(1);
    });

    it("tries again what the network refused, and nothing that is public", async () => {
      const scene = await setUp();
      scene.failNext();
      const failed = postOf(await create(scene));
      expect(failed).toMatchObject({ status: "failed", publicUrl: null });
      expect(failed.failure?.why).toMatch(/^\w+$/);
      expect(scene.seen()).toHaveLength(0);
      expect(await scene.publisher.retry(failed.externalId, inTime())).toMatchObject({
        status: "accepted",
        post: { status: "published" },
      });
      expect(await scene.publisher.retry(failed.externalId, inTime())).toMatchObject({
        status: "accepted",
        wasThere: true,
        post: { status: "published" },
      });
      expect(scene.seen()).toHaveLength(1);
    });

    it("says that a retry's outcome is unknown where its answer was lost", async () => {
      const scene = await setUp();
      scene.failNext();
      const { externalId } = postOf(await create(scene));
      scene.disturb("retry", "answer lost after processing");
      expect((await scene.publisher.retry(externalId, inTime())).status).toBe("unknown");
      expect(await scene.publisher.retry(externalId, inTime())).toMatchObject({
        status: "accepted",
        wasThere: true,
      });
      expect(scene.seen()).toHaveLength(1);
    });

    it("has one profile an owner, with its accounts alone and their health", async () => {
      const scene = await setUp();
      const again = await scene.publisher.profile("member user_000001", inTime());
      expect(again).toEqual({ status: "ok", value: scene.profileId });
      const other = await scene.publisher.profile("community com_000001", inTime());
      if (other.status !== "ok") throw new Error("no second profile");
      expect(other.value).not.toBe(scene.profileId);
      scene.addAccount(other.value, "twitter", "theirs");
      const ill = scene.addAccount(scene.profileId, "threads", "asleep");
      scene.setHealth(ill, "reconnect");
      const off = scene.addAccount(scene.profileId, "bluesky", "parked");
      scene.setHealth(off, "off");
      const accounts = await scene.publisher.accounts(scene.profileId, inTime());
      if (accounts.status !== "ok") throw new Error("no accounts");
      expect(accounts.value.map(({ network, name, health }) => [network, name, health])).toEqual([
        ["instagram", "@atelier", "fine"],
        ["threads", "@asleep", "reconnect"],
        ["bluesky", "@parked", "off"],
      ]);
    });

    it("connects an account by a link and lets it go again", async () => {
      const scene = await setUp();
      const link = await scene.publisher.connectLink(
        scene.profileId,
        "tiktok",
        "http://127.0.0.1:9/back?a=1",
        inTime(),
      );
      if (link.status !== "ok") throw new Error("no link");
      await scene.openLink(link.value, "fox.films");
      const names = async () => {
        const accounts = await scene.publisher.accounts(scene.profileId, inTime());
        return accounts.status === "ok" ? accounts.value.map(({ name }) => name) : [];
      };
      expect(await names()).toEqual(["@atelier", "@fox.films"]);
      expect(await scene.publisher.disconnect(scene.accountId, inTime())).toEqual({
        status: "ok",
        value: null,
      });
      expect(await names()).toEqual(["@fox.films"]);
      expect(await scene.publisher.disconnect(scene.accountId, inTime())).toEqual({ status: "gone" });
    });

    it("says what an account may still post today, where somebody says it", async () => {
      const scene = await setUp();
      const account = {
        externalId: scene.accountId,
        network: "instagram",
        name: "@atelier",
        health: "fine",
      } as const;
      const before = await scene.publisher.quota(account, inTime());
      await create(scene);
      const after = await scene.publisher.quota(account, inTime());
      if (before.status !== "ok" || after.status !== "ok") throw new Error("no quota");
      expect((before.value ?? 0) - (after.value ?? 0)).toBe(1);
      expect(await scene.publisher.quota({ ...account, network: "twitter" }, inTime())).toEqual({
        status: "ok",
        value: null,
      });
    });

    it("refuses a post of an account that cannot post, with the account as the reason", async () => {
      const scene = await setUp();
      scene.setHealth(scene.accountId, "off");
      expect(await create(scene)).toMatchObject({ status: "refused", failure: { why: "account" } });
      expect(scene.seen()).toHaveLength(0);
    });

    it("tells the operator of a key that is refused", async () => {
      const scene = await setUp();
      scene.disturb("accounts", "refuses the key");
      expect(await scene.publisher.accounts(scene.profileId, inTime())).toMatchObject({
        status: "failed",
        operator: true,
      });
      scene.disturb("upload", "refuses the key");
      const file = { name: "a.png", contentType: "image/png", bytes: scene.png };
      const upload = await scene.publisher.upload(file, inTime());
      expect(upload).toMatchObject({ status: "failed", operator: true });
      expect(JSON.stringify(upload)).not.toContain(scene.secret);
    });
  });
}

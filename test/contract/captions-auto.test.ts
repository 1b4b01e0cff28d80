/** Captions that results carry by default. */
import { afterEach, describe, expect, it } from "vitest";
import { type AutoCaptions, createAutoCaptions } from "../../src/core/captions/auto.ts";
import type { Captioning, Written } from "../../src/core/captions/captioning.ts";
import type { MediaAsset } from "../../src/core/generation/asset.ts";
import type { AssetId } from "../../src/core/identifiers.ts";
import type { Caption } from "../../src/core/ports/post-stores.ts";
import type { User } from "../../src/core/usage/user.ts";
import { silentLog } from "../support/databases.ts";
import { createEngine, type Engine } from "../support/engine.ts";
import { member, newOrder, started, unique } from "../support/store-fixtures.ts";

let engine: Engine;
afterEach(() => engine.close());

/** Processes on one database, whose model answers when the test lets it. */
async function setUp(processes = 1) {
  engine = await createEngine();
  const { stores, work } = engine;
  const asked: AssetId[] = [];
  const waiting: (() => void)[] = [];
  let isHeld = false;
  const unasked = (): never => {
    throw new Error("not asked for here");
  };
  const captioning: Captioning = {
    isWritten: true,
    wantedBy: (user) => user.settings.captions !== false,
    async write(user, asset): Promise<Written> {
      asked.push(asset.id);
      if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
      const caption: Caption = {
        id: `cap_${unique()}`,
        assetId: asset.id,
        userId: user.id,
        network: null,
        language: "en",
        text: "A fox keeps warm.",
        hashtags: [],
        altText: "",
        model: "gpt-test",
        createdAt: engine.now(),
      };
      await stores.captions.add(caption);
      return { caption, lack: null };
    },
    variant: unasked,
    own: unasked,
    latest: (asset) => stores.captions.latest(asset.id),
    altTextOf: unasked,
  };
  const all = Array.from({ length: processes }, () =>
    createAutoCaptions({ ...work, captioning, stores, log: silentLog }),
  );
  const settled = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) await new Promise(setImmediate);
  };
  return {
    asked,
    all,
    hold: () => {
      isHeld = true;
    },
    release: async () => {
      isHeld = false;
      for (const go of waiting.splice(0)) go();
      await settled();
    },
    async tick(...some: readonly AutoCaptions[]): Promise<void> {
      await Promise.all((some.length === 0 ? all : some).map((one) => one.tick()));
      await settled();
    },
    async results(count: number, user: User = engine.user): Promise<readonly MediaAsset[]> {
      const order = newOrder(user, count, { limit: null, now: engine.now() });
      const assets = started(await stores.generation.order(order));
      await engine.pass(15_000);
      return Promise.all(assets.map(({ id }) => engine.asset(id)));
    },
  };
}

const ids = (assets: readonly MediaAsset[]) => assets.map(({ id }) => id).sort();

describe("automatic captions", () => {
  it("are written for others, however many results are there of members who want none", async () => {
    const { tick, results, asked } = await setUp();
    const quiet = await member(engine.stores);
    await engine.stores.users.changeSettings(quiet.id, { captions: false });
    await results(45, quiet);
    const wanted = await results(1);
    await tick();
    expect(asked).toEqual(ids(wanted));
  });

  it("are not written later for what was made while they were off", async () => {
    const { tick, results, asked } = await setUp();
    await engine.stores.users.changeSettings(engine.user.id, { captions: false });
    await results(1);
    await tick();
    await engine.stores.users.changeSettings(engine.user.id, { captions: true });
    for (let minute = 0; minute < 12; minute += 1) {
      engine.skip(60_000);
      await tick();
    }
    expect(asked).toEqual([]);
    const next = await results(1);
    await tick();
    expect(asked).toEqual(ids(next));
  });

  it("are paid for once, however many processes are at work", async () => {
    const { tick, results, asked, hold, release } = await setUp(3);
    hold();
    const assets = await results(25);
    await tick();
    engine.skip(1_000);
    await tick();
    await release();
    await tick();
    expect([...asked].sort()).toEqual(ids(assets));
  });

  it("are at most twenty at once in a process, and the others follow", async () => {
    const { tick, results, asked, hold, release } = await setUp();
    hold();
    const assets = await results(30);
    await tick();
    expect(asked).toHaveLength(20);
    await tick();
    expect(asked).toHaveLength(20);
    await release();
    await tick();
    expect([...asked].sort()).toEqual(ids(assets));
  });

  it("are written by another process where the one that began them is gone", async () => {
    const { tick, results, asked, all, hold } = await setUp(2);
    const [first, second] = all;
    if (!first || !second) throw new Error("two are needed");
    hold();
    const [asset] = await results(1);
    await tick(first);
    engine.skip(119_000);
    await tick(second);
    expect(asked).toEqual([asset?.id]);
    engine.skip(1_000);
    await tick(second);
    expect(asked).toEqual([asset?.id, asset?.id]);
  });

  it("are not kept where the result was deleted meanwhile", async () => {
    const { tick, results, hold, release } = await setUp();
    hold();
    const [asset] = await results(1);
    if (!asset) throw new Error("no result");
    await tick();
    await engine.stores.gallery.remove(asset.id, engine.now());
    await release();
    expect(await engine.stores.captions.latest(asset.id)).toBeNull();
  });
});

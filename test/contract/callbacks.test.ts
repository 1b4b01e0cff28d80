/** Tasks that are named from outside the call that made them: callbacks, and answers that come too late. */
import { afterEach, describe, expect, it } from "vitest";
import type { MediaAsset } from "../../src/core/generation/asset.ts";
import { createCallbacks } from "../../src/core/generation/callbacks.ts";
import { lost } from "../../src/core/generation/submit.ts";
import { checkLedger } from "../../src/db/ledger-check.ts";
import { createEngine, type Engine } from "../support/engine.ts";
import { PROVIDER } from "../support/store-fixtures.ts";

const engines: Engine[] = [];
afterEach(async () => {
  for (const made of engines.splice(0)) {
    expect(await checkLedger(made.database)).toEqual([]);
    await made.close();
  }
});

/** An engine that gives out callback addresses, with the tokens it gave out. */
async function engine() {
  const tokens: string[] = [];
  const made = await createEngine({}, { callbackUrl: "https://easel.test/callbacks/scripted/x" });
  engines.push(made);
  const plain = made.work.ids;
  const ids = {
    ...plain,
    token: () => {
      const token = plain.token();
      tokens.push(token);
      return token;
    },
  };
  Object.assign(made.work, { ids });
  const callbacks = createCallbacks({ work: made.work, stores: made.stores, ids });
  return { made, callbacks, tokens };
}

const used = async ({ stores, user }: Engine): Promise<number> =>
  (await stores.users.balance(user.id, "2026-11")).used;
const LOST = { status: "unknown", detail: "scripted" } as const;

async function ask(made: Engine): Promise<MediaAsset["id"]> {
  const [asset] = await made.ask();
  if (!asset) throw new Error("nothing was asked");
  return asset.id;
}

describe("a create whose answer was lost", () => {
  it("is found again by its callback, made once, and settled", async () => {
    const { made, callbacks, tokens } = await engine();
    made.start(LOST);
    const id = await ask(made);
    await made.tick();
    expect(await made.asset(id)).toMatchObject({ state: "unknown" });
    await made.pass(30_000);
    expect(await callbacks.arrived(tokens.at(-1) ?? "", "kie-task-1")).toBe(true);
    await made.pass(10_000);
    expect(await made.asset(id)).toMatchObject({ state: "ready", operation: { task: "kie-task-1" } });
    expect(made.starts).toHaveLength(1);
    expect(await used(made)).toBe(1);
  });

  it("is waited for five minutes, then given back; its result is on the house when the callback comes later", async () => {
    const { made, callbacks, tokens } = await engine();
    made.start(LOST);
    const id = await ask(made);
    await made.tick();
    await made.pass(299_000);
    expect(await made.asset(id)).toMatchObject({ state: "unknown" });
    await made.pass(5_000);
    expect(await made.asset(id)).toMatchObject({ state: "failed", endReason: "answer-lost" });
    expect(await used(made)).toBe(0);
    expect(await callbacks.arrived(tokens.at(-1) ?? "", "kie-task-1")).toBe(true);
    await expect.poll(async () => (await made.asset(id)).state).toBe("ready");
    expect(await used(made)).toBe(0);
  });

  it("goes out on the house by a repeated callback when the first one was cut off", async () => {
    const { made, callbacks, tokens } = await engine();
    made.start(LOST);
    const id = await ask(made);
    await made.tick();
    await made.pass(310_000);
    const callbackDigest = made.work.ids.digest(tokens.at(-1) ?? "");
    await made.stores.generation.noteTask({ callbackDigest }, "kie-task-1", made.now());
    expect(await made.asset(id)).toMatchObject({ state: "failed", operation: null });
    expect(await callbacks.arrived(tokens.at(-1) ?? "", "kie-task-1")).toBe(true);
    await expect.poll(async () => (await made.asset(id)).state).toBe("ready");
    expect(await used(made)).toBe(0);
  });

  it("is found by a callback that came before the answer was given up", async () => {
    const { made, callbacks, tokens } = await engine();
    made.start(LOST);
    const id = await ask(made);
    const held = await made.claimAndDie();
    const token = made.work.ids.token();
    await made.stores.generation.beginAttempt(held, {
      id: "att_one",
      startedAt: made.now(),
      callbackDigest: made.work.ids.digest(token),
      capDay: null,
    });
    expect(tokens).toContain(token);
    expect(await callbacks.arrived(token, "kie-task-1")).toBe(true);
    expect(await made.asset(id)).toMatchObject({ state: "submitting" });
    await lost(made.work, held, made.work.offers.find(PROVIDER, "image"), "scripted", true);
    await made.pass(10_000);
    expect(await made.asset(id)).toMatchObject({ state: "ready", operation: { task: "kie-task-1" } });
    expect(made.starts).toHaveLength(0);
  });

  it("is found by a callback that came between the last look and the doubt", async () => {
    const { made, callbacks } = await engine();
    const id = await ask(made);
    const held = await made.claimAndDie();
    const token = made.work.ids.token();
    await made.stores.generation.beginAttempt(held, {
      id: "att_one",
      startedAt: made.now(),
      callbackDigest: made.work.ids.digest(token),
      capDay: null,
    });
    await callbacks.arrived(token, "kie-task-1");
    const dueAt = made.now() + 300_000;
    await made.stores.generation.doubt(held, { now: made.now(), dueAt, detail: "scripted" });
    await made.pass(10_000);
    expect(await made.asset(id)).toMatchObject({ state: "ready" });
  });

  it("is not given back before its callback when its answer comes after its lease was lost", async () => {
    const { made } = await engine();
    const id = await ask(made);
    const held = await made.claimAndDie();
    await made.stores.generation.beginAttempt(held, {
      id: "att_one",
      startedAt: made.now(),
      callbackDigest: "digest",
      capDay: null,
    });
    made.skip(121_000);
    await made.tick();
    expect(await made.asset(id)).toMatchObject({ state: "unknown" });
    const noted = await made.stores.generation.noteTask({ attemptId: "att_one" }, "late-task", made.now());
    expect(noted).toMatchObject({ isFirst: true, isCurrent: true });
    await made.pass(10_000);
    expect(await made.asset(id)).toMatchObject({ state: "ready", operation: { task: "late-task" } });
    expect(made.starts).toHaveLength(0);
  });
});

describe("a callback", () => {
  it("for a task that is known makes it looked at now rather than later", async () => {
    const { made, callbacks, tokens } = await engine();
    made.poll({ status: "pending" });
    const id = await ask(made);
    await made.tick();
    await made.pass(200_000);
    const dueAt = (await made.asset(id)).dueAt ?? 0;
    expect(dueAt - made.now()).toBeGreaterThan(1_000);
    made.poll({ status: "done", media: [{ url: "https://files.test/a.png" }] });
    expect(await callbacks.arrived(tokens.at(-1) ?? "", "task-1")).toBe(true);
    await made.tick();
    expect(await made.asset(id)).toMatchObject({ state: "ready" });
  });

  it("is believed in nothing: the task is read again, and may still be running", async () => {
    const { made, callbacks, tokens } = await engine();
    made.poll({ status: "pending" });
    const id = await ask(made);
    await made.tick();
    await made.pass(60_000);
    await callbacks.arrived(tokens.at(-1) ?? "", "task-1");
    await made.tick();
    expect(await made.asset(id)).toMatchObject({ state: "submitted" });
  });

  it("does nothing the second time", async () => {
    const { made, callbacks, tokens } = await engine();
    made.poll({ status: "pending" });
    const id = await ask(made);
    await made.tick();
    await made.pass(60_000);
    await callbacks.arrived(tokens.at(-1) ?? "", "task-1");
    await made.tick();
    const reads = made.polls.length;
    const before = await made.asset(id);
    for (let time = 0; time < 20; time += 1)
      expect(await callbacks.arrived(tokens.at(-1) ?? "", "task-1")).toBe(true);
    await made.tick();
    expect(made.polls).toHaveLength(reads);
    expect(await made.asset(id)).toEqual(before);
  });

  it("with a token that nobody was given is refused", async () => {
    const { made, callbacks } = await engine();
    await ask(made);
    await made.tick();
    expect(await callbacks.arrived("AAAAAAAAAAAAAAAA", "task-1")).toBe(false);
  });

  it("that names another task than the one that was accepted does nothing", async () => {
    const { made, callbacks, tokens } = await engine();
    made.poll({ status: "pending" });
    const id = await ask(made);
    await made.tick();
    await made.pass(60_000);
    const before = await made.asset(id);
    expect(await callbacks.arrived(tokens.at(-1) ?? "", "somebody-elses")).toBe(false);
    expect(await made.asset(id)).toEqual(before);
  });

  it("cannot make one lost create out of another one's task", async () => {
    const { made, callbacks, tokens } = await engine();
    made.poll({ status: "pending" });
    await ask(made);
    await made.tick();
    made.start(LOST);
    const id = await ask(made);
    await made.tick();
    expect(await callbacks.arrived(tokens.at(-1) ?? "", "task-1")).toBe(false);
    expect(await made.asset(id)).toMatchObject({ state: "unknown" });
  });

  it("after the end changes nothing", async () => {
    const { made, callbacks, tokens } = await engine();
    const id = await ask(made);
    await made.tick();
    await made.pass(10_000);
    const before = await made.asset(id);
    expect(before.state).toBe("ready");
    expect(await callbacks.arrived(tokens.at(-1) ?? "", "task-1")).toBe(true);
    await made.pass(5_000);
    expect(await made.asset(id)).toEqual(before);
    expect(await used(made)).toBe(1);
  });
});

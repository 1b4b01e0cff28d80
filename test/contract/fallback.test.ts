/** What happens when a provider is down: the next one of its kind, the breaker, the admins. */
import { afterEach, describe, expect, it } from "vitest";
import type { ProviderTrouble } from "../../src/core/generation/health.ts";
import type { Failure, ProbeResult } from "../../src/core/ports/generator.ts";
import { checkLedger } from "../../src/db/ledger-check.ts";
import { createEngine, type Engine, SECOND } from "../support/engine.ts";
import { PROVIDER } from "../support/store-fixtures.ts";

const engines: Engine[] = [];
async function engine(...changes: Parameters<typeof createEngine>): Promise<Engine> {
  const made = await createEngine(...changes);
  engines.push(made);
  return made;
}

afterEach(async () => {
  for (const made of engines.splice(0)) {
    expect(await checkLedger(made.database)).toEqual([]);
    await made.close();
  }
});

const failed = (kind: Failure["kind"], changes: Partial<Failure> = {}) =>
  ({ status: "failed", failure: { kind, code: "PROVIDER_DOWN", detail: "scripted", ...changes } }) as const;
const used = async ({ stores, user }: Engine): Promise<number> =>
  (await stores.users.balance(user.id, "2026-11")).used;
const down = failed("transient", { serviceDown: true });

async function end(made: Engine, withinMs = 5 * 60_000) {
  const [asset] = await made.ask();
  if (!asset) throw new Error("nothing was asked");
  await made.tick();
  await made.pass(withinMs);
  return made.asset(asset.id);
}

const TWO = { second: {} } as const;

describe("an asset whose provider gave up", () => {
  it("is made by the next one of its kind after three attempts, for the same unit", async () => {
    const made = await engine({}, TWO);
    made.start(failed("transient"));
    const asset = await end(made);
    expect(asset).toMatchObject({
      state: "ready",
      provider: SECOND,
      requestedProvider: PROVIDER,
      tried: [PROVIDER],
      attempts: 1,
    });
    expect(made.starts.map(({ request }) => request.model)).toEqual([PROVIDER, PROVIDER, PROVIDER, SECOND]);
    expect(await used(made)).toBe(1);
  });

  it("is made by the next one at once when the operator has to act", async () => {
    const made = await engine({}, TWO);
    made.start(failed("operator"));
    expect(await end(made)).toMatchObject({ state: "ready", provider: SECOND });
    expect(made.starts).toHaveLength(2);
  });

  it("goes to each provider once, and ends with the unit back when all have given up", async () => {
    const made = await engine({}, TWO);
    made.start(failed("transient"));
    made.startSecond(failed("transient"));
    const asset = await end(made);
    expect(asset).toMatchObject({ state: "failed", endReason: "provider-failed", tried: [PROVIDER] });
    expect(made.starts).toHaveLength(6);
    expect(await used(made)).toBe(0);
  });

  it("stays with a provider that is up, though time passes while that is looked at", async () => {
    const made = await engine({}, { ...TWO, slow: true });
    expect(await end(made)).toMatchObject({ state: "ready", provider: PROVIDER, tried: [] });
  });

  it.each([
    ["content", "content-refused"],
    ["input", "input-refused"],
  ] as const)("is not taken to another one for its %s", async (kind, endReason) => {
    const made = await engine({}, TWO);
    made.start(failed(kind));
    expect(await end(made)).toMatchObject({ state: "failed", endReason, provider: PROVIDER });
    expect(made.starts).toHaveLength(1);
  });

  it("is not taken to another one while nobody knows whether it was made", async () => {
    const made = await engine({}, TWO);
    made.start({ status: "unknown", detail: "scripted" });
    expect(await end(made)).toMatchObject({ state: "failed", endReason: "answer-lost", provider: PROVIDER });
    expect(made.starts).toHaveLength(1);
  });

  it("is never drawn by the sketch instead", async () => {
    const made = await engine({}, { second: { sketch: true, paid: false } });
    made.start(failed("operator"));
    expect(await end(made)).toMatchObject({ state: "failed", endReason: "provider-unavailable" });
  });

  it("is never made by one that costs when it was free before", async () => {
    const made = await engine({ paid: false, sketch: true }, TWO);
    made.start(failed("transient"));
    expect(await end(made)).toMatchObject({ state: "failed", provider: PROVIDER });
  });

  it("gets the aspect of the next one that is nearest to its own", async () => {
    const made = await engine({}, { second: { aspects: ["16:9", "4:5", "9:16"] } });
    made.start(failed("operator"));
    expect(await end(made)).toMatchObject({ aspect: "4:5", provider: SECOND });
  });

  it.each([
    [0.05, 0.19, SECOND],
    [0.05, 0.21, PROVIDER],
    [null, 5, SECOND],
    [0.05, null, SECOND],
  ])("that costs %s goes to one for %s: %s", async (cost, other, provider) => {
    const made = await engine({ costDollars: cost }, { second: { costDollars: other } });
    made.start(failed("operator"));
    expect(await end(made)).toMatchObject({ provider });
  });

  it("keeps the time it has from its first submission", async () => {
    const made = await engine({}, TWO);
    made.start(failed("transient"));
    made.poll({ status: "pending" });
    const [asset] = await made.ask();
    await made.tick();
    await made.pass(21 * 60_000);
    const ended = await made.asset(asset?.id ?? "gen_");
    expect(ended).toMatchObject({ state: "expired", endReason: "timed-out", provider: SECOND });
    expect((ended.endedAt ?? 0) - (ended.submittedAt ?? 0)).toBeLessThanOrEqual(20 * 60_000 + 1_000);
  });

  it("does not go to one that is down as well", async () => {
    const made = await engine({}, TWO);
    const second = made.work.offers.find(SECOND, "image");
    if (second)
      made.work.health.failed(second, {
        kind: "operator",
        code: "PROVIDER_AUTH",
        detail: "x",
        scope: "model",
      });
    made.start(failed("operator", { scope: "model" }));
    expect(await end(made)).toMatchObject({ state: "failed", endReason: "provider-unavailable" });
  });
});

describe("the breaker", () => {
  it("opens after five answers that the service is not there, and lets one through a minute later", async () => {
    const told: ProviderTrouble[] = [];
    const made = await engine({}, { told });
    made.start(down);
    const assets = [...(await made.ask(2))];
    await made.tick();
    await made.pass(30_000);
    expect(made.starts).toHaveLength(5);
    expect(told).toEqual([{ problem: "down", label: "Scripted", credits: null }]);
    // One of them has used up its three attempts, the other waits for the provider to come back.
    expect(
      (await Promise.all(assets.map(({ id }) => made.asset(id)))).map(({ state }) => state).sort(),
    ).toEqual(["failed", "queued"]);
    made.start({ status: "started", operation: { task: 1 }, taskKey: "task" });
    await made.pass(60_000);
    expect(made.starts).toHaveLength(6);
    expect(
      (await Promise.all(assets.map(({ id }) => made.asset(id)))).map(({ state }) => state).sort(),
    ).toEqual(["failed", "ready"]);
    expect(made.work.health.states()[0]).toMatchObject({ state: "up" });
  });

  it("sends what is asked for next to another one while it is open", async () => {
    const made = await engine({}, TWO);
    made.start(down);
    await made.ask(2);
    await made.tick();
    await made.pass(20_000);
    const before = made.starts.length;
    expect(await end(made, 20_000)).toMatchObject({ state: "ready", provider: SECOND, attempts: 1 });
    expect(made.starts.slice(before).map(({ request }) => request.model)).toEqual([SECOND]);
  });

  it("stays closed while the service answers, whatever it answers", async () => {
    const made = await engine();
    made.start(
      failed("busy"),
      failed("content"),
      failed("busy"),
      failed("input"),
      failed("busy"),
      failed("content"),
    );
    await made.ask(3);
    await made.tick();
    await made.pass(60_000);
    expect(made.work.health.states()[0]).toMatchObject({ state: "up" });
  });

  it("learns nothing from what was decided here, and gives the right to try back", async () => {
    const made = await engine();
    made.start(down);
    await made.ask(2);
    await made.tick();
    await made.pass(30_000);
    const model = made.work.offers.find(PROVIDER, "image");
    if (!model) return expect.unreachable();
    const failure = { kind: "input", code: "INPUT_INVALID", detail: "x", notAsked: true } as const;
    made.work.health.failed(model, failure);
    expect(made.work.health.isUp(model)).toBe(false);
    made.skip(60_000);
    expect(made.work.health.admit(model)).toBe(true);
    expect(made.work.health.admit(model)).toBe(false);
    made.work.health.failed(model, failure);
    expect(made.work.health.admit(model)).toBe(true);
  });

  it("stays closed when the service answers oddly: that says something about one request", async () => {
    const made = await engine();
    made.start({ status: "unknown", detail: "scripted" });
    await made.ask(6);
    await made.tick();
    expect(made.work.health.states()[0]).toMatchObject({ state: "up" });
  });

  it("counts a lost answer as a bad sign", async () => {
    const made = await engine();
    made.start({ status: "unknown", detail: "scripted", serviceDown: true });
    await made.ask(5);
    await made.tick();
    expect(made.work.health.states()[0]).toMatchObject({ state: "resting" });
  });

  it("gives a request back at once that waits for what only the operator can put right", async () => {
    const made = await engine();
    const model = made.work.offers.find(PROVIDER, "image");
    if (model) made.work.health.failed(model, { kind: "operator", code: "PROVIDER_AUTH", detail: "x" });
    expect(await end(made, 5_000)).toMatchObject({ state: "failed", endReason: "provider-unavailable" });
    expect(made.starts).toHaveLength(0);
    expect(await used(made)).toBe(0);
  });

  it("gives a request back that waited longer than an hour for it", async () => {
    const made = await engine();
    const model = made.work.offers.find(PROVIDER, "image");
    const [asset] = await made.ask();
    for (let minute = 0; minute < 70; minute += 1) {
      for (let time = 0; model && time < 5; time += 1) made.work.health.failed(model, down.failure);
      await made.pass(60_000);
    }
    expect(await made.asset(asset?.id ?? "gen_")).toMatchObject({
      state: "expired",
      endReason: "waited-too-long",
    });
    expect(made.starts).toHaveLength(0);
    expect(await used(made)).toBe(0);
  });
});

describe("a look at the account", () => {
  it("sets a provider aside without a request, and takes it back when all is well", async () => {
    const told: ProviderTrouble[] = [];
    let answer: ProbeResult = failedProbe("PROVIDER_AUTH");
    const made = await engine({}, { told, probe: () => answer });
    await made.work.health.probe();
    expect(made.work.health.states()[0]).toMatchObject({ state: "set-aside" });
    expect(told).toMatchObject([{ problem: "key" }]);
    answer = { status: "up", credits: 51.5 };
    await made.work.health.probe();
    expect(made.work.health.states()[0]).toMatchObject({ state: "up", credits: 51.5 });
  });

  it("tells the admins of too few credits, and no member", async () => {
    const told: ProviderTrouble[] = [];
    const made = await engine({}, { told, probe: () => ({ status: "up", credits: 0.5, fewCredits: true }) });
    await made.work.health.probe();
    expect(told).toEqual([{ problem: "few-credits", label: "Scripted", credits: 0.5 }]);
    expect(await end(made, 60_000)).toMatchObject({ state: "ready" });
  });

  it("that throws changes nothing", async () => {
    const made = await engine(
      {},
      {
        probe: () => {
          throw new Error("scripted");
        },
      },
    );
    await made.work.health.probe();
    expect(made.work.health.states()[0]).toMatchObject({ state: "up" });
  });
});

function failedProbe(code: Failure["code"]): ProbeResult {
  return { status: "down", failure: { kind: "operator", code, detail: "scripted" } };
}

import { afterEach, describe, expect, it } from "vitest";
import type {
  Aspect,
  Generator,
  GeneratorModel,
  PollResult,
  StartResult,
} from "../../src/core/ports/generator.ts";
import { typeOf } from "../../src/media/inspect.ts";

/** What the service behind a generator does with the next request. */
export type Disturbance =
  | "busy"
  | "refuses content"
  | "refuses the key"
  | "HTML instead of an answer"
  | "answer lost after processing"
  | "connection cut before processing"
  | "unreachable";

export interface GeneratorWorld {
  readonly generator: Generator;
  /** Takes seconds for each: one aspect a model is tried instead of all. */
  readonly isSlow?: boolean;
  /** What must never show in a result. */
  readonly secret: string;
  /** Arranges what happens to the next request; missing ones cannot happen to this generator. */
  readonly disturb: Partial<Record<Disturbance, () => Promise<void> | void>>;
  /** Requests to make something that reached the service so far. */
  asked(): number;
  /** How many of them made (and cost) something. */
  paid(): number;
  /** Ways in which requests differed from the service's documentation. */
  violations(): readonly unknown[];
  /** Lets time pass until a task is done. */
  finish(): void;
  /** The bytes behind a produced medium. */
  bytesOf(url: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

export function generateRequest(model: GeneratorModel, aspect: Aspect = model.aspects[0]) {
  const prompt = "A red fox asleep in fresh snow, morning light — été 🦊";
  return { model: model.id, kind: model.kind, prompt, aspect, style: null, seed: 7, references: [] };
}

export const callContext = (signal: AbortSignal = AbortSignal.timeout(60_000)) => ({
  signal,
  callbackUrl: null,
});

/** What every generator owes to core, whoever makes the media. */
export function generatorContract(name: string, make: () => Promise<GeneratorWorld>): void {
  describe(`generator contract: ${name}`, () => {
    const worlds: GeneratorWorld[] = [];
    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.close();
    });
    const setUp = async (): Promise<GeneratorWorld> => {
      const world = await make();
      worlds.push(world);
      return world;
    };
    const firstModel = (generator: Generator): GeneratorModel => {
      const [model] = generator.models;
      if (!model) throw new Error("a generator has models");
      return model;
    };

    async function mediaOf(world: GeneratorWorld, started: StartResult): Promise<Uint8Array> {
      let result: StartResult | PollResult = started;
      if (started.status === "started") {
        world.finish();
        const operation = JSON.parse(JSON.stringify(started.operation));
        result = await world.generator.poll(operation, callContext());
      }
      if (result.status !== "done") throw new Error(`not done: ${JSON.stringify(result)}`);
      const [media] = result.media;
      return media.bytes ?? world.bytesOf(media.url);
    }

    it("describes its models and its budget so that core can decide", async () => {
      const { generator } = await setUp();
      const ids = generator.models.map((model) => `${model.id} ${model.kind}`);
      expect(ids.length).toBeGreaterThan(0);
      expect(new Set(ids).size).toBe(ids.length);
      for (const model of generator.models) {
        expect(model.id).toMatch(/^[a-z][a-z0-9-]+$/);
        expect(model.label.trim()).toBe(model.label);
        expect(new Set(model.aspects).size).toBe(model.aspects.length);
        expect(model.typicalMs).toBeGreaterThan(0);
        expect(model.startTimeoutMs).toBeGreaterThanOrEqual(1_000);
        // What costs is never asked twice.
        expect(model.paid && model.repeatable).toBe(false);
      }
      const { creates, reads, concurrency } = generator.budget;
      for (const limit of [creates, reads]) expect(Math.min(limit.count, limit.perMs)).toBeGreaterThan(0);
      expect(concurrency).toBeGreaterThan(0);
    });

    it("makes media of the model's kind in every aspect, by documented requests only", async () => {
      const world = await setUp();
      let asked = 0;
      for (const model of world.generator.models) {
        for (const aspect of world.isSlow ? model.aspects.slice(0, 1) : model.aspects) {
          const started = await world.generator.start(generateRequest(model, aspect), callContext());
          asked += 1;
          const type = typeOf(await mediaOf(world, started));
          expect(type?.startsWith(model.kind), `${model.id} ${aspect}: ${type}`).toBe(true);
        }
      }
      expect(world.violations()).toEqual([]);
      expect(world.asked()).toBe(asked);
    });

    it("names each task by a key of its own, and an operation that survives the database", async () => {
      const world = await setUp();
      const model = firstModel(world.generator);
      const keys: string[] = [];
      for (let n = 0; n < 3; n += 1) {
        const started = await world.generator.start(generateRequest(model), callContext());
        if (started.status !== "started") continue;
        keys.push(started.taskKey);
        expect(JSON.parse(JSON.stringify(started.operation))).toEqual(started.operation);
        expect(JSON.stringify(started.operation).length).toBeLessThan(2_000);
      }
      expect(new Set(keys).size).toBe(keys.length);
    });

    it.each([null, 7, "x", [], {}, { api: "4o" }, { taskId: 5 }, { __proto__: null, api: "9" }])(
      "finds nothing in an operation that is not its own: %j",
      async (operation) => {
        const { generator } = await setUp();
        expect(["unreadable", "empty"]).toContain((await generator.poll(operation, callContext())).status);
      },
    );

    it("asks nothing when it is called off before it begins", async () => {
      const world = await setUp();
      const request = generateRequest(firstModel(world.generator));
      const result = await world.generator.start(request, callContext(AbortSignal.abort()));
      expect(["unknown", "failed"]).toContain(result.status);
      expect(world.asked()).toBe(0);
    });

    const outcomes: [Disturbance, status: string, kind: string | undefined, paid: readonly number[]][] = [
      ["busy", "failed", "busy", [0]],
      // Some services take a task, and its price, before they refuse it.
      ["refuses content", "failed", "content", [0, 1]],
      ["refuses the key", "failed", "operator", [0]],
      ["HTML instead of an answer", "unknown", undefined, [0]],
      ["answer lost after processing", "unknown", undefined, [1]],
      ["connection cut before processing", "unknown", undefined, [0]],
      ["unreachable", "failed", "transient", [0]],
    ];
    it.each(outcomes)("answers a value and asks once when: %s", async (disturbance, status, kind, paid) => {
      const world = await setUp();
      const arrange = world.disturb[disturbance];
      if (!arrange) return;
      await arrange();
      const before = world.asked();
      const request = generateRequest(firstModel(world.generator));
      let result = await world.generator.start(request, callContext());
      if (result.status === "started") {
        world.finish();
        const polled = await world.generator.poll(result.operation, callContext());
        if (polled.status === "failed") result = polled;
      }
      const failure = result.status === "failed" ? result.failure : undefined;
      const detail = failure?.detail ?? (result.status === "unknown" ? result.detail : "");
      expect({ status: result.status, kind: failure?.kind }).toEqual({ status, kind });
      expect(detail).toMatch(/^[\w .-]{1,60}$/);
      expect(JSON.stringify(result)).not.toContain(world.secret);
      expect(world.asked() - before).toBe(disturbance === "unreachable" ? 0 : 1);
      expect(paid).toContain(world.paid());
    });
  });
}

import sharp from "sharp";
import { afterEach, describe, expect, it } from "vitest";
import type {
  Aspect,
  GenerateRequest,
  Generator,
  GeneratorModel,
  PollResult,
  ReferenceImage,
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

/** What a look at the account meets. */
export type ProbeDisturbance = "refuses the key" | "HTML instead of an answer" | "unreachable";

export interface GeneratorWorld {
  readonly generator: Generator;
  /** Takes seconds for each: one aspect a model is tried instead of all. */
  readonly isSlow?: boolean;
  /** What must never show in a result. */
  readonly secret: string;
  /** Arranges what happens to the next request; missing ones cannot happen to this generator. */
  readonly disturb: Partial<Record<Disturbance, () => Promise<void> | void>>;
  /** Arranges what the next look at the account meets; wanted of every generator that has `probe`. */
  readonly disturbProbe?: Record<ProbeDisturbance, () => Promise<void> | void>;
  /** How many pictures came with the last request to make something, a mask not counted. */
  lastPictures?(): number;
  /** The task of the last request, whose answer was lost; wanted of every generator that has `adopt`. */
  lostTaskKey?(): string;
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

export function generateRequest(
  model: GeneratorModel,
  aspect: Aspect = model.aspects[0],
  references: readonly ReferenceImage[] = [],
): GenerateRequest {
  const prompt = "A red fox asleep in fresh snow, morning light — été 🦊";
  return { model: model.id, kind: model.kind, prompt, aspect, style: null, seed: 7, references, mask: null };
}

const SIDES = { width: 64, height: 48 };

/** Pictures as core hands them over, in turn PNG and JPEG, each of its own colour. */
export function referenceImages(count: number): Promise<ReferenceImage[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, at): Promise<ReferenceImage> => {
      const background = { r: (at * 40) % 256, g: 90, b: 140 };
      const picture = sharp({ create: { ...SIDES, channels: 3, background } });
      return at % 2 === 0
        ? { bytes: await picture.png().toBuffer(), contentType: "image/png", ...SIDES }
        : { bytes: await picture.jpeg().toBuffer(), contentType: "image/jpeg", ...SIDES };
    }),
  );
}

/** Transparent all over: everything may change. */
export async function maskImage(): Promise<ReferenceImage> {
  const background = { r: 0, g: 0, b: 0, alpha: 0 };
  const bytes = await sharp({ create: { ...SIDES, channels: 4, background } })
    .png()
    .toBuffer();
  return { bytes, contentType: "image/png", ...SIDES };
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
        expect(model.costDollars ?? 0).toBeGreaterThanOrEqual(0);
        expect(!model.paid && (model.costDollars ?? 0) > 0).toBe(false);
        // A mask says what to change in a picture that came with it.
        expect(model.takesMask && model.maxReferences === 0).toBe(false);
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

    it("takes as many pictures as its models say, with what is asked of them", async () => {
      const world = await setUp();
      for (const model of world.generator.models.filter(({ maxReferences }) => maxReferences > 0)) {
        for (const count of new Set([1, world.isSlow ? 1 : model.maxReferences])) {
          const request = generateRequest(model, model.aspects[0], await referenceImages(count));
          const before = world.asked();
          const started = await world.generator.start(request, callContext());
          const type = typeOf(await mediaOf(world, started));
          expect(type?.startsWith(model.kind), `${model.id} with ${count}: ${type}`).toBe(true);
          expect(world.asked() - before).toBe(1);
          if (world.lastPictures) expect(world.lastPictures(), model.id).toBe(count);
        }
      }
      expect(world.violations()).toEqual([]);
    });

    it("takes a mask where its models say so", async () => {
      const world = await setUp();
      for (const model of world.generator.models.filter(({ takesMask }) => takesMask)) {
        const plain = generateRequest(model, model.aspects[0], await referenceImages(1));
        const started = await world.generator.start({ ...plain, mask: await maskImage() }, callContext());
        expect(typeOf(await mediaOf(world, started))?.startsWith(model.kind)).toBe(true);
      }
      expect(world.violations()).toEqual([]);
    });

    it("looks at the account without asking for anything", async () => {
      const world = await setUp();
      if (!world.generator.probe) return;
      expect(await world.generator.probe(callContext())).toMatchObject({ status: "up" });
      expect(world.asked()).toBe(0);
      expect(world.violations()).toEqual([]);
    });

    const looks: [ProbeDisturbance, expected: object][] = [
      ["refuses the key", { kind: "operator" }],
      ["HTML instead of an answer", { kind: "transient", serviceDown: true }],
      ["unreachable", { kind: "transient", serviceDown: true }],
    ];
    it.each(looks)(
      "sees from the account that the service is down when: %s",
      async (disturbance, expected) => {
        const world = await setUp();
        if (!world.generator.probe) return;
        if (!world.disturbProbe) throw new Error(`${name} has a probe, and its world disturbs none`);
        await world.disturbProbe[disturbance]();
        const result = await world.generator.probe(callContext());
        expect(result).toMatchObject({ status: "down", failure: expected });
        if (result.status === "down") expect(result.failure.scope ?? "account").toBe("account");
        expect(JSON.stringify(result)).not.toContain(world.secret);
        expect(world.asked()).toBe(0);
      },
    );

    it("finds the task of a lost answer by its key alone", async () => {
      const world = await setUp();
      const { generator } = world;
      if (!generator.adopt) return;
      const lose = world.disturb["answer lost after processing"];
      if (!lose || !world.lostTaskKey) throw new Error(`${name} adopts, and its world loses no answer`);
      for (const model of generator.models) {
        await lose();
        const startedAt = Date.parse("2026-11-22T12:00:00Z");
        expect((await generator.start(generateRequest(model), callContext())).status).toBe("unknown");
        const operation = generator.adopt(model, world.lostTaskKey(), startedAt);
        expect(JSON.parse(JSON.stringify(operation))).toEqual(operation);
        world.finish();
        expect(await generator.poll(operation, callContext()), model.id).toMatchObject({ status: "done" });
        for (const key of ["", "x".repeat(10_000)]) {
          expect(generator.adopt(model, key, startedAt), model.id).toBeNull();
        }
      }
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
      if (disturbance === "refuses the key") expect(failure?.scope ?? "account").toBe("account");
      if (disturbance === "unreachable") expect(failure?.serviceDown).toBe(true);
      expect(paid).toContain(world.paid());
    });
  });
}

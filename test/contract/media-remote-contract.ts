import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../src/core/ports/clock.ts";
import type { MediaStore } from "../../src/core/ports/media.ts";
import { openMediaStore } from "../../src/media/registry.ts";
import type { FaultRule, ObjectFault, ObjectServer } from "../emulators/s3/object-server.ts";
import { mediaStoreContract, type StoreWorld } from "./media-store-contract.ts";
import { realClock } from "./support/real-clock.ts";

export interface RemoteService {
  readonly server: ObjectServer & {
    readonly objects: Map<string, { readonly bytes: Buffer; readonly contentType: string }>;
  };
  readonly mediaUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where the files are in the bucket. */
  readonly prefix: string;
  /** May never stand in an error. */
  readonly secrets: readonly string[];
}

interface RemoteWorld extends StoreWorld, RemoteService {
  /** Pauses between tries, in the order in which they were made. */
  readonly pausesMs: number[];
}

/** Longer waits are deadlines: they come two hundred times sooner; pauses between tries take no time. */
const DEADLINE_FROM_MS = 10_000;
const HURRY = 200;

function createHurriedClock(pausesMs: number[]): Clock {
  return {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    async sleep(delayMs, signal) {
      if (delayMs >= DEADLINE_FROM_MS)
        return delay(delayMs / HURRY, undefined, { ref: false, ...(signal && { signal }) }).catch(
          () => undefined,
        );
      pausesMs.push(delayMs);
    },
  };
}

async function openWorld(service: RemoteService, clock?: Clock): Promise<RemoteWorld> {
  const pausesMs: number[] = [];
  const opened = openMediaStore(service.mediaUrl, service.environment, {
    clock: clock ?? createHurriedClock(pausesMs),
  });
  return {
    ...service,
    store: opened.store,
    pausesMs,
    async plant(keys) {
      for (const key of keys)
        service.server.objects.set(`${service.prefix}${key}`, {
          bytes: Buffer.from("x"),
          contentType: "image/png",
        });
    },
    breakDown: () => service.server.close(),
    async close() {
      expect(service.server.errors).toEqual([]);
      await opened.close();
      await service.server.close();
    },
  };
}

const BYTES = Buffer.from("some media that is long enough to be cut in the middle of it");
const HASH = createHash("sha256").update(BYTES).digest("hex");
const KEY = `gen_1/${HASH}.png`;

/** Every operation by name, each with what it asks of the wire. */
const OPERATIONS: readonly (readonly [name: string, run: (store: MediaStore) => Promise<unknown>])[] = [
  ["put", (store) => store.put(KEY, BYTES, "image/png")],
  ["read", (store) => store.read(KEY)],
  ["stream", (store) => store.stream(KEY, { start: 1 })],
  ["remove", (store) => store.remove("gen_1")],
  ["keys", (store) => Array.fromAsync(store.keys(""))],
];

/** What stores on the network owe besides: repeated where that helps, honest where not, silent about credentials. */
export function remoteStoreContract(name: string, start: () => Promise<RemoteService>): void {
  mediaStoreContract(name, async () => openWorld(await start(), realClock));

  describe(`remote media store contract: ${name}`, () => {
    const worlds: RemoteWorld[] = [];
    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.close();
    });
    const setUp = async (...rules: FaultRule[]): Promise<RemoteWorld> => {
      const world = await openWorld(await start());
      worlds.push(world);
      for (const rule of rules) world.server.fault(rule);
      return world;
    };
    const stored = ({ server, prefix }: RemoteService): Buffer | undefined =>
      server.objects.get(`${prefix}${KEY}`)?.bytes;
    const plantMedia = ({ server, prefix }: RemoteService): void =>
      void server.objects.set(`${prefix}${KEY}`, { bytes: BYTES, contentType: "image/png" });
    const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => expect.unreachable("it worked"),
        (error: unknown) => error,
      );

    it("puts media under its prefix, with its type", async () => {
      const world = await setUp();
      await world.store.put(KEY, BYTES, "image/png");
      expect([...world.server.objects]).toEqual([
        [`${world.prefix}${KEY}`, { bytes: BYTES, contentType: "image/png" }],
      ]);
    });

    const passing: ObjectFault[] = [
      { kind: "error", status: 500, code: "InternalError" },
      { kind: "error", status: 503, code: "SlowDown" },
      { kind: "error", status: 429, code: "TooManyRequests" },
      { kind: "cut", when: "upload" },
      { kind: "cut", when: "before" },
      { kind: "cut", when: "after" },
      { kind: "silent" },
    ];
    it.each(passing.map(named))("puts again after %s", async (_, fault) => {
      const world = await setUp({ fault, times: 2 });
      await world.store.put(KEY, BYTES, "image/png");
      expect(stored(world)).toEqual(BYTES);
      expect(world.server.requests).toHaveLength(3);
      expect(world.pausesMs).toEqual([250, 1_000]);
    });

    it.each(passing.map(named))("gives up a put after three times %s", async (_, fault) => {
      const world = await setUp({ fault, times: 3 });
      const error = await failureOf(world.store.put(KEY, BYTES, "image/png"));
      expect(error).toMatchObject({ code: "STORE_UNAVAILABLE", retry: "backoff" });
      expect(world.server.requests).toHaveLength(3);
      // Never half a file: what is there is the whole, and only where the answer alone was lost.
      const isStored = fault.kind === "cut" && fault.when === "after";
      expect(stored(world)).toEqual(isStored ? BYTES : undefined);
      expect(await world.store.read(KEY)).toEqual(isStored ? BYTES : null);
    });

    const halves: ObjectFault[] = [
      { kind: "cut", when: "answer" },
      { kind: "wrong-length" },
      { kind: "stall" },
    ];
    const unread: ObjectFault[] = [
      { kind: "error", status: 500, code: "InternalError" },
      { kind: "cut", when: "before" },
      { kind: "silent" },
      ...halves,
    ];
    it.each(unread.map(named))("reads again after %s", async (_, fault) => {
      const world = await setUp({ method: "GET", fault, times: 2 });
      plantMedia(world);
      expect(Buffer.from((await world.store.read(KEY)) ?? [])).toEqual(BYTES);
      world.server.fault({ fault, times: 3 });
      expect(await failureOf(world.store.read(KEY))).toMatchObject({ code: "STORE_UNAVAILABLE" });
    });

    it.each(halves.map(named))(
      "ends a stream with an error after %s, as it is not whole",
      async (_, fault) => {
        const world = await setUp({ fault });
        plantMedia(world);
        const stream = await world.store.stream(KEY);
        expect(stream?.totalBytes).toBeGreaterThanOrEqual(BYTES.length);
        const error = await failureOf(Array.fromAsync(stream?.body ?? []));
        expect(error).toMatchObject({ code: "STORE_UNAVAILABLE" });
      },
    );

    it("ends a body that trickles", async () => {
      let nowMs = 0;
      const trickling: Clock = {
        ...createHurriedClock([]),
        monotonicMs: () => {
          nowMs += 45_000;
          return nowMs;
        },
      };
      const world = await openWorld(await start(), trickling);
      worlds.push(world);
      const bytes = Buffer.alloc(1_000_000);
      world.server.objects.set(`${world.prefix}${KEY}`, { bytes, contentType: "image/png" });
      expect(await failureOf(world.store.read(KEY))).toMatchObject({ context: { reason: "timeout" } });
    });

    it("gives the part that was asked for, also where the whole is sent", async () => {
      const world = await setUp({ fault: { kind: "ignore-range" }, times: 3 });
      plantMedia(world);
      for (const [start, end] of [
        [0, 3],
        [5, 20],
        [30, 999],
      ] as const) {
        const stream = await world.store.stream(KEY, { start, end });
        expect(stream?.totalBytes).toBe(BYTES.length);
        const text = Buffer.concat(await Array.fromAsync(stream?.body ?? [])).toString();
        expect(text).toBe(BYTES.subarray(start, end + 1).toString());
      }
    });

    it("finds out how long a file is that comes without its length", async () => {
      const world = await setUp({ fault: { kind: "no-length" } });
      plantMedia(world);
      const stream = await world.store.stream(KEY);
      expect(stream?.totalBytes).toBe(BYTES.length);
      expect(Buffer.concat(await Array.fromAsync(stream?.body ?? []))).toEqual(BYTES);
      world.server.fault({ fault: { kind: "no-length" } });
      expect(Buffer.from((await world.store.read(KEY)) ?? [])).toEqual(BYTES);
    });

    it.each(OPERATIONS)("does not repeat a %s that was refused", async (_, run) => {
      const world = await setUp({ fault: { kind: "error", status: 403, code: "AccessDenied" }, times: 9 });
      expect(await failureOf(run(world.store))).toMatchObject({
        code: "STORE_UNAVAILABLE",
        retry: "backoff",
        context: { status: 403, reason: "AccessDenied" },
      });
      expect(world.server.requests).toHaveLength(1);
    });

    it.each(OPERATIONS)("says so when a %s cannot reach it, and names no credential", async (_, run) => {
      const world = await setUp();
      await world.breakDown();
      const error = await failureOf(run(world.store));
      expect(error).toMatchObject({ code: "STORE_UNAVAILABLE", retry: "backoff" });
      expectSilence(error, world.secrets);
    });

    it("names no credential and no address in any error", async () => {
      const faults: ObjectFault[] = [
        ...passing,
        { kind: "error", status: 403, code: "SignatureDoesNotMatch" },
        { kind: "error", status: 400, code: "a code with <tags> and much too long ".repeat(9) },
        { kind: "cut", when: "answer" },
      ];
      for (const fault of faults) {
        const world = await setUp({ fault, times: 3 });
        plantMedia(world);
        expectSilence(await failureOf(world.store.read(KEY)), [...world.secrets, world.server.url, "<tags>"]);
      }
    });

    it("lists nothing of what others keep in the bucket", async () => {
      const world = await setUp();
      const foreign = [
        "elsewhere.txt",
        `${world.prefix}notes & "more" <b>.txt`,
        `${world.prefix}gen_1/deep/${HASH}.png`,
      ];
      for (const path of foreign)
        world.server.objects.set(path, { bytes: Buffer.from("theirs"), contentType: "text/plain" });
      await world.store.put(KEY, BYTES, "image/png");
      expect(await Array.fromAsync(world.store.keys(""))).toEqual([KEY]);
    });

    it("lists again after a page was lost, and leaves none out", async () => {
      const world = await setUp({ fault: { kind: "cut", when: "answer" } });
      plantMedia(world);
      expect(await Array.fromAsync(world.store.keys(""))).toEqual([KEY]);
    });
  });
}

/** For titles. */
function named(fault: ObjectFault): [name: string, fault: ObjectFault] {
  const { kind } = fault;
  if (kind === "error") return [`${fault.status} ${fault.code}`, fault];
  return [kind === "cut" ? `a cut (${fault.when})` : kind, fault];
}

function expectSilence(error: unknown, secrets: readonly string[]): void {
  const text = `${String(error)}\n${inspect(error, { depth: 10, showHidden: true })}\n${JSON.stringify(error)}`;
  for (const secret of secrets) expect(text).not.toContain(secret);
}

import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { createReadCallback } from "../../src/providers/kie/callback.ts";
import { KIE_MODELS } from "../../src/providers/kie/models.ts";
import type { KieEmulatorOptions, KieFault } from "../emulators/kie/index.ts";
import { callContext, generateRequest } from "./generator-contract.ts";
import { type KieScene, startKie } from "./support/kie-scene.ts";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function setUp(options: KieEmulatorOptions = {}): Promise<KieScene> {
  const scene = await startKie(options);
  endings.push(scene.close);
  return scene;
}

describe("KIE's account", () => {
  const probe = ({ generator }: KieScene) => generator.probe?.(callContext());

  it.each([
    [5916.25, false],
    [4, false],
    [3.99, true],
    [0, true],
    [-2, true],
  ])("with %d credits left has few: %s", async (credits, fewCredits) => {
    const scene = await setUp({ credits });
    expect(await probe(scene)).toEqual({ status: "up", credits, fewCredits });
    expect(scene.kie.creates).toEqual([]);
  });

  it.each<[string, Omit<KieFault, "on">, object]>([
    ["401", { code: 401 }, { kind: "operator", scope: "account" }],
    ["402", { code: 402 }, { kind: "operator", scope: "account" }],
    ["433", { code: 433 }, { kind: "operator", scope: "account" }],
    ["a page under 401", { html: 401 }, { kind: "operator", scope: "account" }],
    ["500", { code: 500 }, { kind: "transient", serviceDown: true }],
    ["a page under 503", { html: 503 }, { kind: "transient", serviceDown: true }],
    ["nothing", { cut: true }, { kind: "transient", serviceDown: true }],
  ])("is down when it answers %s", async (_name, fault, failure) => {
    const scene = await setUp();
    scene.kie.fault({ on: "credit", ...fault });
    expect(await probe(scene)).toMatchObject({ status: "down", failure });
    expect((await probe(scene))?.status).toBe("up");
  });

  it.each(["null", "{}", '"many"', "[7]"])("is down when the credits read %s", async (data) => {
    const scene = await setUp();
    const body = `{"code":200,"msg":"success","data":${data}}`;
    scene.kie.fault({ on: "credit", raw: { status: 200, contentType: "application/json", body } });
    const failure = { kind: "transient", serviceDown: true };
    expect(await probe(scene)).toMatchObject({ status: "down", failure });
  });

  it("reads credits that come as text", async () => {
    const scene = await setUp();
    const body = '{"code":200,"msg":"success","data":"12.5"}';
    scene.kie.fault({ on: "credit", raw: { status: 200, contentType: "application/json", body } });
    expect(await probe(scene)).toEqual({ status: "up", credits: 12.5, fewCredits: false });
  });

  it("without credits is the operator's problem, and nothing was started", async () => {
    const { kie, ask } = await setUp({ credits: 1 });
    expect(await ask("kie-gpt-image-2")).toMatchObject({
      status: "failed",
      failure: { kind: "operator", scope: "model", detail: "kie 402" },
    });
    expect(kie.paidCreates).toEqual([]);
  });
});

describe("a task of KIE whose answer was lost", () => {
  const every = KIE_MODELS.map(({ offer }) => [offer.id] as const);
  it.each(every)("%s is taken up by its id", async (id) => {
    const { kie, time, generator, modelOf, ask, start, poll } = await setUp();
    kie.fault({ on: "create", cut: true, after: true });
    expect((await ask(id)).status).toBe("unknown");
    const [task] = kie.tasks;
    const operation = generator.adopt?.(modelOf(id), task?.taskId ?? "", time.now) ?? null;
    expect((await poll(operation)).status).toBe("done");
    const { operation: usual } = await start(id);
    expect(Object.keys(operation as object)).toEqual(Object.keys(usual as object));
  });

  it.each(["", " ", "a b", "../x", "x?y=1", "x".repeat(201), "é"])("is none under the id %j", async (key) => {
    const { generator, modelOf } = await setUp();
    expect(generator.adopt?.(modelOf("kie-veo3"), key, 1)).toBeNull();
  });

  it("is none for a model of another kind", async () => {
    const { generator } = await setUp();
    expect(generator.adopt?.({ id: "kie-veo3", kind: "image" }, "t1", 1)).toBeNull();
    expect(generator.adopt?.({ id: "kie-none", kind: "image" }, "t1", 1)).toBeNull();
  });
});

describe("KIE's callbacks", () => {
  const families = ["kie-4o-image", "kie-flux-kontext", "kie-veo3", "kie-seedream-5"];

  async function receive(id: string, hmacKey: string | undefined, ownKey: string | undefined) {
    const { kie, time, generator, modelOf } = await setUp(hmacKey === undefined ? {} : { hmacKey });
    const key = ownKey === undefined ? undefined : new Secret(ownKey);
    const readCallback = createReadCallback({ key, clock: { now: () => time.now } });
    const read: ReturnType<typeof readCallback>[] = [];
    const receiver = createServer((incoming, answer) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const header = (name: string): string | null => [incoming.headers[name]].flat()[0] ?? null;
        read.push(readCallback({ header, body: Buffer.concat(chunks) }));
        answer.end("{}");
      });
    });
    await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
    endings.push(async () => receiver.close());
    const address = receiver.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const callbackUrl = `http://127.0.0.1:${port}/callbacks/kie/token`;
    const request = generateRequest(modelOf(id));
    const started = await generator.start(request, { ...callContext(), callbackUrl });
    await kie.deliverCallbacks();
    return { read, taskKey: started.status === "started" ? started.taskKey : "" };
  }

  it.each(families)("of %s name the task, signed or not", async (id) => {
    const keys = [["hook-key", "hook-key"], [], ["hook-key"]];
    for (const [theirs, ours] of keys) {
      const { read, taskKey } = await receive(id, theirs, ours);
      expect(read).toEqual([{ taskKey }]);
    }
  });

  it("count only when they are signed with our key", async () => {
    expect((await receive("kie-4o-image", undefined, "hook-key")).read).toEqual([null]);
    expect((await receive("kie-4o-image", "another", "hook-key")).read).toEqual([null]);
  });
});

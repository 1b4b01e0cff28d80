import sharp from "sharp";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openai } from "../../src/providers/openai/index.ts";
import { type Flavour, type ImageAnswer, startOpenAiEmulator } from "../emulators/openai/index.ts";
import {
  callContext,
  generateRequest,
  generatorContract,
  maskImage,
  referenceImages,
} from "./generator-contract.ts";
import { countingIds, silentLog } from "./support/adapter-dependencies.ts";
import { generatorOf, openAiWorld, SECRET } from "./support/generator-worlds.ts";
import { realClock } from "./support/real-clock.ts";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const end of endings.splice(0)) await end();
});

/** An account at OpenAI, or a server of one's own, each with nothing but its settings. */
async function setUp(flavour: Flavour, settings: Record<string, string> = {}, url?: string) {
  const service = await startOpenAiEmulator({ flavour });
  const baseUrl = url ?? service.baseUrl;
  const address = flavour === "openai" ? { OPENAI_BASE_URL: baseUrl } : { OPENAI_IMAGE_BASE_URL: baseUrl };
  const key = flavour === "openai" ? { OPENAI_API_KEY: SECRET } : {};
  const { generator, closeProvider } = generatorOf(openai, { ...address, ...key, ...settings });
  endings.push(closeProvider, service.close);
  const [offer] = generator.models;
  if (!offer) throw new Error("no model");
  const ask = (extra: object = {}, signal?: AbortSignal) =>
    generator.start({ ...generateRequest(offer), ...extra }, callContext(signal));
  const next = (answer: ImageAnswer, hold?: Promise<unknown>) =>
    service.script({ times: 1, answer, ...(hold ? { hold } : {}) });
  return { service, generator, offer, ask, next, closeProvider };
}

// The account at OpenAI is in the suite that goes over the registry; this is the way without any key.
generatorContract("openai (a stable-diffusion.cpp of one's own)", async () => {
  const { service, generator, closeProvider } = await setUp("sd-cpp");
  const world = openAiWorld(service, generator);
  // It refuses nothing for what it shows.
  const { "refuses content": _, ...disturb } = world.disturb;
  return { ...world, disturb, close: () => closeProvider().then(world.close) };
});

describe("an account at OpenAI", () => {
  it("is sent the key, the pictures as they are and the mask, and gives exactly the bytes", async () => {
    const { service, ask } = await setUp("openai");
    const references = await referenceImages(3);
    const mask = await maskImage();
    expect(await ask({ references, mask })).toEqual({
      status: "done",
      media: [{ bytes: await service.imageBytes(0) }],
    });
    const [call] = service.calls;
    expect([call?.key, call?.route]).toEqual([SECRET, "edits"]);
    expect(call?.pictures.map((bytes, at) => bytes.equals(references[at]?.bytes ?? Buffer.alloc(0)))).toEqual(
      [true, true, true],
    );
    expect(call?.mask?.equals(mask.bytes)).toBe(true);
    expect(call?.fields["prompt"]).toBe("A red fox asleep in fresh snow, morning light — été 🦊");
    expect(service.violations).toEqual([]);
  });

  it("learns nothing from the process's environment or of the library", async () => {
    for (const [name, value] of [
      ["OPENAI_API_KEY", "sk-process"],
      ["OPENAI_ADMIN_KEY", "sk-admin"],
      ["OPENAI_ORG_ID", "org-process"],
      ["OPENAI_PROJECT_ID", "proj-process"],
      ["OPENAI_BASE_URL", "http://127.0.0.1:1/v1"],
      ["OPENAI_CUSTOM_HEADERS", "x-canary: process"],
      ["OPENAI_LOG", "debug"],
    ] as const)
      vi.stubEnv(name, value);
    const { service, ask } = await setUp("openai");
    expect((await ask()).status).toBe("done");
    const { headers = {} } = service.calls[0] ?? {};
    expect(JSON.stringify(headers)).not.toMatch(/process|sk-admin|stainless/);
    expect(Object.keys(headers).sort()).toEqual([
      "accept",
      "authorization",
      "connection",
      "content-length",
      "content-type",
      "host",
    ]);
  });

  it.each<[ImageAnswer, string]>([
    [{ kind: "raw", httpStatus: 200, contentType: "text/html", body: "<html>" }, "unknown"],
    [{ kind: "raw", httpStatus: 200, contentType: "application/json", body: "" }, "unknown"],
    [{ kind: "raw", httpStatus: 200, contentType: "application/json", body: '{"data":' }, "unknown"],
    [{ kind: "raw", httpStatus: 204, contentType: "application/json", body: "" }, "unknown"],
    [{ kind: "raw", httpStatus: 429, contentType: "text/html", body: "<html>" }, "failed"],
    [{ kind: "html", httpStatus: 500 }, "unknown"],
    [{ kind: "html", httpStatus: 524 }, "unknown"],
    [{ kind: "refusal", httpStatus: 503 }, "failed"],
    [{ kind: "cut", when: "after" }, "unknown"],
    [{ kind: "image", spoilt: "truncated" }, "unknown"],
    [{ kind: "image", spoilt: "empty" }, "unknown"],
    [{ kind: "link", to: "another server" }, "unknown"],
    [{ kind: "image", spoilt: "data url" }, "done"],
    [{ kind: "image", type: "jpeg" }, "done"],
    [{ kind: "link", to: "this server" }, "done"],
  ])("asks once and answers a value for %j", async (answer, status) => {
    const { service, ask, next } = await setUp("openai");
    next(answer);
    expect((await ask()).status).toBe(status);
    expect(service.calls).toHaveLength(1);
  });

  it.each(["insufficient_quota", "billing_hard_limit_reached"])(
    "sees missing credit in %s, and asks once",
    async (code) => {
      const { service, ask, next } = await setUp("openai");
      next({
        kind: "refusal",
        httpStatus: 429,
        code,
        headers: { "retry-after": "1", "x-should-retry": "true" },
      });
      expect(await ask()).toMatchObject({ failure: { kind: "operator", scope: "account" } });
      expect(service.calls).toHaveLength(1);
    },
  );

  it("waits as long as a 429 says", async () => {
    const { ask, next } = await setUp("openai");
    next({ kind: "refusal", httpStatus: 429, headers: { "retry-after": "12" } });
    expect(await ask()).toMatchObject({ failure: { kind: "busy", retryAfterMs: 12_000 } });
  });

  it("ends at the deadline of core, without knowing what became of it", async () => {
    const { service, ask, next } = await setUp("openai");
    const gate = Promise.withResolvers<void>();
    next({ kind: "image" }, gate.promise);
    const controller = new AbortController();
    const asked = ask({}, controller.signal);
    await expect.poll(() => service.calls.length).toBe(1);
    controller.abort();
    expect(await asked).toEqual({ status: "unknown", detail: "openai timeout", serviceDown: true });
    gate.resolve();
  });

  it("cuts off an answer that has no end", async () => {
    const { ask, next } = await setUp("openai");
    const body = Buffer.alloc(85 * 1024 * 1024, "x");
    next({ kind: "raw", httpStatus: 200, contentType: "application/json", body });
    expect(await ask()).toEqual({ status: "unknown", detail: "openai too large", serviceDown: true });
  });

  it("knows that nothing was asked when nobody listens", async () => {
    const { ask } = await setUp("openai", {}, "http://127.0.0.1:1/v1");
    expect(await ask()).toMatchObject({ failure: { kind: "transient", serviceDown: true } });
  });

  it("sees that its model has ended before it asks for anything", async () => {
    const { service, generator } = await setUp("openai");
    service.list([{ id: "gpt-image-2", shutdown_date: "2020-01-01" }]);
    expect(await generator.probe?.(callContext())).toMatchObject({
      failure: { kind: "operator", scope: "model" },
    });
    expect(service.calls).toEqual([]);
  });
});

describe("a server of one's own", () => {
  const attack = "a fox <sd_cpp_extra_args>{}</sd_cpp_extra_args> <lora:x:1> | ugly";

  it.each(["sd-cpp", "localai"] as const)(
    "%s is sent no instructions of a member's, and no key",
    async (flavour) => {
      const { service, ask } = await setUp(flavour);
      expect((await ask({ prompt: attack })).status).toBe("done");
      expect(service.calls[0]?.fields["prompt"]).toBe("a fox , ugly");
      expect(service.calls[0]?.key).toBe("");
      expect(service.violations).toEqual([]);
    },
  );

  it("that answers a link gives the bytes behind it", async () => {
    const { service, ask, next } = await setUp("localai", {
      OPENAI_IMAGE_API_KEY: "local",
      OPENAI_IMAGE_MODEL: "sd-1.5",
    });
    next({ kind: "link", to: "this server" });
    expect(await ask()).toEqual({
      status: "done",
      media: [{ bytes: await service.imageBytes(0) }],
    });
    expect(service.calls[0]).toMatchObject({ key: "local", fields: { response_format: "b64_json" } });
  });

  it.each(["another server", "nothing", "a page"] as const)(
    "may be asked again when its link leads to %s",
    async (to) => {
      const { ask, next } = await setUp("localai");
      next({ kind: "link", to });
      expect(await ask()).toMatchObject({ failure: { kind: "transient", code: "PROVIDER_BAD_ANSWER" } });
    },
  );

  it("gets its pictures inside the words from then on where it has no edits, but no mask", async () => {
    const { ask, service } = await setUp("localai");
    const references = await referenceImages(2);
    expect(await ask({ references })).toMatchObject({
      failure: { kind: "transient", detail: "openai no edits" },
    });
    expect((await ask({ references })).status).toBe("done");
    expect(service.calls.map(({ route }) => route)).toEqual(["generations"]);
    expect(service.calls[0]?.pictures.map((bytes) => bytes.length)).toEqual(
      references.map(({ bytes }) => bytes.length),
    );
    expect(await ask({ references, mask: await maskImage() })).toMatchObject({ failure: { kind: "input" } });
    expect(service.violations).toEqual([]);
  });

  it("gets a mask that says by lightness what it says by transparency", async () => {
    const { ask, service } = await setUp("sd-cpp");
    expect((await ask({ references: await referenceImages(1), mask: await maskImage() })).status).toBe(
      "done",
    );
    const { channels } = await sharp(service.calls[0]?.mask ?? Buffer.alloc(0)).stats();
    expect(channels.map(({ min, max }) => [min, max])).toEqual([
      [255, 255],
      [255, 255],
      [255, 255],
      [0, 0],
    ]);
  });

  it("makes one picture at a time, slowly and for nothing", async () => {
    const { generator, offer } = await setUp("sd-cpp");
    expect(generator.budget.concurrency).toBe(1);
    expect(offer).toMatchObject({ startTimeoutMs: 1_200_000, paid: false, repeatable: true, costDollars: 0 });
  });

  it("is like OpenAI once it is given a key and a model of OpenAI's", async () => {
    const { generator, offer, ask, service } = await setUp("localai", { OPENAI_IMAGE_API_KEY: "gate" });
    expect(generator.budget.concurrency).toBe(4);
    expect(offer).toMatchObject({ startTimeoutMs: 180_000, paid: true, repeatable: false });
    expect((await ask()).status).toBe("done");
    expect(service.calls[0]?.fields).not.toHaveProperty("response_format");
  });
});

describe("the settings of OpenAI", () => {
  const offers = (settings: Record<string, string>): boolean => {
    const provider = openai.load(settings)?.({ clock: realClock, ids: countingIds(), log: silentLog });
    if (provider) endings.push(async () => provider.close?.());
    return provider?.generator !== undefined;
  };

  it.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ OPENAI_API_KEY: "" }, false],
    [{ OPENAI_BASE_URL: "http://127.0.0.1:1/v1" }, false],
    [{ OPENAI_IMAGE_MODEL: "sd-1.5" }, false],
    [{ OPENAI_IMAGE_BASE_URL: "https://api.openai.com/v1" }, false],
    [{ OPENAI_IMAGE_BASE_URL: "http://127.0.0.1:1/v1" }, true],
    [{ OPENAI_API_KEY: "sk" }, true],
    [{ OPENAI_IMAGE_API_KEY: "sk" }, true],
  ])("%j: pictures offered %s", (settings, expected) => {
    expect(offers(settings)).toBe(expected);
  });
});

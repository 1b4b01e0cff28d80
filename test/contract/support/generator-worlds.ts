import type { Clock } from "../../../src/core/ports/clock.ts";
import type { Generator } from "../../../src/core/ports/generator.ts";
import type { Environment } from "../../../src/core/ports/module.ts";
import type { ProviderModule } from "../../../src/providers/module.ts";
import { startGeminiEmulator } from "../../emulators/gemini/index.ts";
import { startKieEmulator } from "../../emulators/kie/index.ts";
import { type OpenAiEmulator, startOpenAiEmulator } from "../../emulators/openai/index.ts";
import type { GeneratorWorld } from "../generator-contract.ts";
import { countingIds, silentLog } from "./adapter-dependencies.ts";
import { realClock } from "./real-clock.ts";

/** What no answer may show. */
export const SECRET = "key-that-must-not-show";

async function bytesOf(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

/** The generator as the application gets it: from the module, by settings alone. */
export function generatorOf(module: ProviderModule, environment: Environment, clock: Clock = realClock) {
  const provider = module.load(environment)?.({ clock, ids: countingIds(), log: silentLog });
  if (!provider?.generator) throw new Error(`${module.id} has no generator with these settings`);
  return { generator: provider.generator, closeProvider: async () => provider.close?.() };
}

async function kieWorld(module: ProviderModule): Promise<GeneratorWorld> {
  const time = { now: Date.parse("2026-11-22T12:00:00Z") };
  const kie = await startKieEmulator({ now: () => time.now, createsPer10s: 1_000, callbacks: "manual" });
  const settings = { KIE_API_KEY: SECRET, KIE_API_URL: kie.url, KIE_UPLOAD_URL: kie.uploadUrl };
  kie.setDefaults({ durationMs: 5_000 });
  const { generator, closeProvider } = generatorOf(module, settings, { ...realClock, now: () => time.now });
  return {
    generator,
    secret: SECRET,
    disturb: {
      busy: () => kie.fault({ on: "create", code: 429 }),
      "refuses content": () => kie.script({ outcome: "refused" }),
      "refuses the key": () => kie.fault({ on: "create", code: 401 }),
      "HTML instead of an answer": () => kie.fault({ on: "create", html: 502 }),
      "answer lost after processing": () => kie.fault({ on: "create", cut: true, after: true }),
      "connection cut before processing": () => kie.fault({ on: "create", cut: true }),
      unreachable: kie.pause,
    },
    disturbProbe: {
      "refuses the key": () => kie.fault({ on: "credit", code: 401 }),
      "HTML instead of an answer": () => kie.fault({ on: "credit", html: 502 }),
      unreachable: kie.pause,
    },
    lostTaskKey: () => kie.tasks.at(-1)?.taskId ?? "",
    lastPictures: () => kie.creates.at(-1)?.references.length ?? 0,
    asked: () => kie.creates.length,
    paid: () => kie.paidCreates.length,
    violations: () => [...kie.violations, ...kie.foreignReferences, ...kie.errors],
    finish: () => {
      time.now += 10_000;
    },
    bytesOf,
    close: async () => {
      await closeProvider();
      await kie.close();
    },
  };
}

async function geminiWorld(module: ProviderModule): Promise<GeneratorWorld> {
  const gemini = await startGeminiEmulator();
  const settings = { GEMINI_API_KEY: SECRET, GEMINI_API_URL: gemini.url };
  const { generator, closeProvider } = generatorOf(module, settings);
  const next = (answer: Parameters<typeof gemini.script>[0]["answer"]) => () =>
    gemini.script({ times: 1, answer });
  return {
    generator,
    secret: SECRET,
    disturb: {
      busy: next({ kind: "error", httpStatus: 429, retryDelay: "36s" }),
      "refuses content": next({ kind: "finish", finishReason: "IMAGE_SAFETY" }),
      "refuses the key": next({ kind: "error", httpStatus: 403 }),
      "HTML instead of an answer": next({ kind: "html", httpStatus: 502 }),
      "answer lost after processing": next({ kind: "cut", when: "middle" }),
      "connection cut before processing": next({ kind: "cut", when: "before" }),
      unreachable: gemini.pause,
    },
    disturbProbe: {
      "refuses the key": () => gemini.look({ kind: "error", httpStatus: 400, reason: "API_KEY_INVALID" }),
      "HTML instead of an answer": () => gemini.look({ kind: "html", httpStatus: 502 }),
      unreachable: gemini.pause,
    },
    lastPictures: () => gemini.calls.at(-1)?.references ?? 0,
    asked: () => gemini.calls.length,
    paid: () => gemini.paidCalls.length,
    violations: () => [...gemini.violations, ...gemini.errors],
    finish: () => undefined,
    bytesOf,
    close: async () => {
      await closeProvider();
      await gemini.close();
    },
  };
}

/** What both an OpenAI account and a server of one's own can do to a request. */
export function openAiWorld(openai: OpenAiEmulator, generator: Generator): GeneratorWorld {
  const next = (answer: Parameters<typeof openai.script>[0]["answer"]) => () =>
    openai.script({ times: 1, answer });
  return {
    generator,
    secret: SECRET,
    disturb: {
      busy: next({
        kind: "refusal",
        httpStatus: 429,
        code: "rate_limit_exceeded",
        headers: { "retry-after": "7" },
      }),
      "refuses content": next({ kind: "refusal", httpStatus: 400, code: "moderation_blocked" }),
      "refuses the key": next({ kind: "refusal", httpStatus: 401, code: "invalid_api_key" }),
      "HTML instead of an answer": next({ kind: "html", httpStatus: 502 }),
      "answer lost after processing": next({ kind: "cut", when: "middle" }),
      "connection cut before processing": next({ kind: "cut", when: "before" }),
      unreachable: openai.close,
    },
    disturbProbe: {
      "refuses the key": () => openai.list(401),
      "HTML instead of an answer": () => openai.list(502),
      unreachable: openai.close,
    },
    lastPictures: () => openai.calls.at(-1)?.pictures.length ?? 0,
    asked: () => openai.calls.length,
    paid: () => openai.paidCalls.length,
    violations: () => [...openai.violations, ...openai.errors],
    finish: () => undefined,
    bytesOf,
    close: openai.close,
  };
}

async function openAiAccountWorld(module: ProviderModule): Promise<GeneratorWorld> {
  const openai = await startOpenAiEmulator({ keys: [SECRET] });
  const settings = { OPENAI_API_KEY: SECRET, OPENAI_BASE_URL: openai.baseUrl };
  const { generator, closeProvider } = generatorOf(module, settings);
  const world = openAiWorld(openai, generator);
  return { ...world, close: () => closeProvider().then(openai.close) };
}

function sketchWorld(module: ProviderModule): Promise<GeneratorWorld> {
  const { generator, closeProvider } = generatorOf(module, {});
  let asked = 0;
  const start: Generator["start"] = async (request, context) => {
    const result = await generator.start(request, context);
    if (result.status === "done") asked += 1;
    return result;
  };
  return Promise.resolve({
    generator: { ...generator, start },
    isSlow: true,
    secret: SECRET,
    disturb: {},
    asked: () => asked,
    paid: () => 0,
    violations: () => [],
    finish: () => undefined,
    bytesOf,
    close: closeProvider,
  });
}

/** The surroundings in which each provider of the registry is tried, by its id. */
export const generatorWorlds: Readonly<Record<string, (module: ProviderModule) => Promise<GeneratorWorld>>> =
  { gemini: geminiWorld, kie: kieWorld, openai: openAiAccountWorld, sketch: sketchWorld };

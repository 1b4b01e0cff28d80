import type { Generator } from "../../src/core/ports/generator.ts";
import { Secret } from "../../src/core/secret.ts";
import { createGeminiClient } from "../../src/providers/gemini/client.ts";
import { createGeminiGenerator } from "../../src/providers/gemini/generator.ts";
import { createKieClient } from "../../src/providers/kie/client.ts";
import { createKieGenerator } from "../../src/providers/kie/generator.ts";
import { createHttp } from "../../src/providers/shared/http.ts";
import { createArtist } from "../../src/providers/sketch/artist.ts";
import { createSketchGenerator } from "../../src/providers/sketch/index.ts";
import { startGeminiEmulator } from "../emulators/gemini/index.ts";
import { startKieEmulator } from "../emulators/kie/index.ts";
import { type GeneratorWorld, generatorContract } from "./generator-contract.ts";
import { realClock } from "./support/real-clock.ts";

const SECRET = "key-that-must-not-show";

async function bytesOf(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

generatorContract("kie", async (): Promise<GeneratorWorld> => {
  const time = { now: Date.parse("2026-11-22T12:00:00Z") };
  const kie = await startKieEmulator({ now: () => time.now, createsPer10s: 1_000, callbacks: "manual" });
  const http = createHttp({ clock: realClock });
  const client = createKieClient({ http, apiUrl: kie.url, key: new Secret(SECRET) });
  return {
    generator: createKieGenerator({
      client,
      clock: { ...realClock, now: () => time.now },
      trustedOrigins: [kie.url],
    }),
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
    asked: () => kie.creates.length,
    paid: () => kie.paidCreates.length,
    violations: () => [...kie.violations, ...kie.errors],
    finish: () => {
      time.now += 10_000;
    },
    bytesOf,
    close: async () => {
      await http.close();
      await kie.close();
    },
  };
});

generatorContract("sketch", async (): Promise<GeneratorWorld> => {
  const artist = createArtist({ processes: 2 });
  const plain = createSketchGenerator(artist);
  let asked = 0;
  const start: Generator["start"] = async (request, context) => {
    const result = await plain.start(request, context);
    if (result.status === "done") asked += 1;
    return result;
  };
  return {
    generator: { ...plain, start },
    isSlow: true,
    secret: SECRET,
    disturb: {},
    asked: () => asked,
    paid: () => 0,
    violations: () => [],
    finish: () => undefined,
    bytesOf,
    close: () => artist.close(),
  };
});

generatorContract("gemini", async (): Promise<GeneratorWorld> => {
  const gemini = await startGeminiEmulator();
  const client = createGeminiClient({
    apiUrl: gemini.url,
    key: new Secret(SECRET),
    model: "gemini-3.1-flash-image",
    clock: realClock,
  });
  const next = (answer: Parameters<typeof gemini.script>[0]["answer"]) => () =>
    gemini.script({ times: 1, answer });
  return {
    generator: createGeminiGenerator({ client, trustedOrigins: [gemini.url] }),
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
    asked: () => gemini.calls.length,
    paid: () => gemini.paidCalls.length,
    violations: () => [...gemini.violations, ...gemini.errors],
    finish: () => undefined,
    bytesOf,
    close: gemini.close,
  };
});

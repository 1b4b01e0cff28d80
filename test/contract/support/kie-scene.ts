import { randomBytes } from "node:crypto";
import type { Json } from "../../../src/core/json.ts";
import type { GenerateRequest, GeneratorModel, ReferenceImage } from "../../../src/core/ports/generator.ts";
import { Secret } from "../../../src/core/secret.ts";
import { createKieClient } from "../../../src/providers/kie/client.ts";
import { createKieGenerator } from "../../../src/providers/kie/generator.ts";
import { createKieUploads } from "../../../src/providers/kie/uploads.ts";
import { createHttp } from "../../../src/providers/shared/http.ts";
import { type KieEmulatorOptions, startKieEmulator } from "../../emulators/kie/index.ts";
import { makePng } from "../../emulators/shared/png.ts";
import { callContext, generateRequest } from "../generator-contract.ts";
import { realClock } from "./real-clock.ts";

export const KIE_KEY = new Secret("kie-key");

/** The generator against the emulator, with a clock of its own that `time` moves. */
export async function startKie(options: KieEmulatorOptions = {}) {
  const time = { now: Date.parse("2026-11-22T12:00:00Z") };
  const kie = await startKieEmulator({
    callbacks: "manual",
    now: () => time.now,
    createsPer10s: 1_000,
    ...options,
  });
  const http = createHttp({ clock: realClock });
  kie.setDefaults({ durationMs: 0 });
  const client = createKieClient({ http, apiUrl: kie.url, key: KIE_KEY });
  const ids = { token: () => randomBytes(12).toString("base64url") };
  const uploads = createKieUploads({ http, uploadUrl: kie.uploadUrl, key: KIE_KEY, ids });
  const trustedOrigins = [kie.url, kie.uploadUrl];
  const clock = { now: () => time.now };
  const generator = createKieGenerator({ client, uploads, clock, trustedOrigins });

  const modelOf = (id: string): GeneratorModel => {
    const model = generator.models.find((candidate) => candidate.id === id);
    if (!model) throw new Error(`no model ${id}`);
    return model;
  };
  const ask = (id: string, extra: Partial<GenerateRequest> = {}) =>
    generator.start({ ...generateRequest(modelOf(id)), ...extra }, callContext());
  async function start(id = "kie-4o-image", extra: Partial<GenerateRequest> = {}) {
    const started = await ask(id, extra);
    if (started.status !== "started") throw new Error(JSON.stringify(started));
    return started;
  }
  const poll = (operation: Json) => generator.poll(operation, callContext());
  async function linkOf(operation: Json): Promise<string> {
    const polled = await poll(operation);
    if (polled.status !== "done" || !polled.media[0].url) throw new Error(JSON.stringify(polled));
    return polled.media[0].url;
  }
  const close = async (): Promise<void> => {
    await http.close();
    await kie.close();
  };
  return { kie, time, generator, modelOf, ask, start, poll, linkOf, close };
}

export type KieScene = Awaited<ReturnType<typeof startKie>>;

export const picture = (seed: string, width = 320, height = 480): ReferenceImage => ({
  bytes: makePng({ width, height, seed }),
  contentType: "image/png",
  width,
  height,
});
export const pictures = (count: number): ReferenceImage[] =>
  Array.from({ length: count }, (_, index) => picture(`picture ${index}`));

import { createHmac } from "node:crypto";
import { createServer } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { startGeminiEmulator } from "../emulators/gemini/index.ts";
import { type KieEmulator, startKieEmulator } from "../emulators/kie/index.ts";
import { removeDataDirectory } from "../support/easel-process.ts";
import { discordPlace, telegramPlace } from "./places.ts";
import { crashRun, pointsOf } from "./recovery.ts";

/** From the lost answer of a create to the end, with the callback that names its task. */
const LOST = pointsOf([
  "generation.doubt 1",
  "generation.noteTask 1",
  "generation.notedTask 1",
  "generation.accept 1",
  "generation.end 1",
]);
/** From the provider that gave up to the one that makes it. */
const HANDED_ON = pointsOf(["generation.reroute 1", "generation.beginAttempt 2", "generation.accept 1"]);
const WEBHOOK_KEY = "webhook-key";
const directories: string[] = [];

afterAll(() => {
  for (const directory of directories) removeDataDirectory(directory);
});

/** A port that stays the same over a restart, as behind a public address. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Posts each task's callback again and again until somebody takes it, as a service does that insists. */
function insistOnCallbacks(kie: KieEmulator): { stop(): void } {
  const taken = new Set<string>();
  const post = async (taskId: string, url: string): Promise<void> => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", WEBHOOK_KEY).update(`${taskId}.${timestamp}`).digest("base64");
    const headers = {
      "content-type": "application/json",
      "x-webhook-timestamp": timestamp,
      "x-webhook-signature": signature,
    };
    const body = JSON.stringify({ code: 200, msg: "success", data: { taskId } });
    const answer = await fetch(url, { method: "POST", headers, body }).catch(() => null);
    if (answer?.ok) taken.add(taskId);
  };
  const timer = setInterval(() => {
    for (const { taskId, body } of kie.tasks) {
      const url = body["callBackUrl"];
      if (typeof url === "string" && !taken.has(taskId)) void post(taskId, url);
    }
  }, 300);
  return { stop: () => clearInterval(timer) };
}

describe.each([
  ["telegram", telegramPlace],
  ["discord", discordPlace],
] as const)("kill -9 on %s", (_name, makePlace) => {
  it.concurrent.each(LOST)(
    "%s: a create whose answer was lost is found by its callback, paid and delivered once",
    { timeout: 120_000 },
    async (point) => {
      const place = await makePlace();
      const kie = await startKieEmulator({ callbacks: "manual" });
      kie.setDefaults({ outcome: "success", durationMs: 300 });
      kie.fault({ on: "create", after: true, cut: true });
      const callbacks = insistOnCallbacks(kie);
      const port = String(await freePort());
      const env = {
        ...place.env,
        KIE_API_KEY: "key",
        KIE_API_URL: kie.url,
        KIE_UPLOAD_URL: kie.uploadUrl,
        KIE_WEBHOOK_KEY: WEBHOOK_KEY,
        PORT: port,
        PUBLIC_URL: `http://127.0.0.1:${port}`,
        POLL_INTERVAL_SECONDS: "0.5",
      };
      try {
        const { said, died } = await crashRun({ place, env, point, directories });
        expect(died, said).toBe("SIGKILL");
        expect(kie.paidCreates.length, said).toBe(1);
        expect(place.results(), said).toBe(1);
        expect(kie.violations, said).toEqual([]);
      } finally {
        callbacks.stop();
        await Promise.all([place.close(), kie.close()]);
      }
    },
  );
});

describe("kill -9 while a provider gives up", () => {
  it.concurrent.each(HANDED_ON)(
    "%s: what a provider gave up is made by the next one once, for one unit",
    { timeout: 120_000 },
    async (point) => {
      const place = await telegramPlace();
      const kie = await startKieEmulator();
      const gemini = await startGeminiEmulator();
      kie.setDefaults({ outcome: "success", durationMs: 300 });
      gemini.setDefault({ kind: "error", httpStatus: 403 });
      const env = {
        ...place.env,
        GEMINI_API_KEY: "key",
        GEMINI_API_URL: gemini.url,
        KIE_API_KEY: "key",
        KIE_API_URL: kie.url,
        KIE_UPLOAD_URL: kie.uploadUrl,
        POLL_INTERVAL_SECONDS: "0.5",
      };
      try {
        const { said, died } = await crashRun({ place, env, point, directories });
        expect(died, said).toBe("SIGKILL");
        expect(kie.paidCreates.length, said).toBeLessThanOrEqual(1);
        if (place.results() > 0) expect(kie.paidCreates.length, said).toBe(1);
        expect(gemini.paidCalls, said).toEqual([]);
        expect(kie.violations, said).toEqual([]);
      } finally {
        await Promise.all([place.close(), kie.close(), gemini.close()]);
      }
    },
  );
});

import { afterAll, describe, expect, it } from "vitest";
import { startKieEmulator } from "../emulators/kie/index.ts";
import { removeDataDirectory } from "../support/easel-process.ts";
import { discordPlace, telegramPlace } from "./places.ts";
import { crashRun, pointsOf } from "./recovery.ts";

/** Every committed step from the update to the delivery; the number is which call of it. */
const POINTS = pointsOf([
  "inbox.receive 1",
  "users.resolve 1",
  "generation.order 1",
  "generation.beginAttempt 1",
  "generation.accept 1",
  "generation.lookAgain 1",
  "generation.beginStoring 1",
  "generation.end 1",
  "deliveries.begin 1",
  "deliveries.sent 1",
  "deliveries.begin 2",
  "deliveries.sent 2",
  "deliveries.begin 3",
  "deliveries.sent 3",
]);
const directories: string[] = [];

afterAll(() => {
  for (const directory of directories) removeDataDirectory(directory);
});

describe.each([
  ["telegram", telegramPlace],
  ["discord", discordPlace],
] as const)("kill -9 on %s", (_name, makePlace) => {
  it.concurrent.each(POINTS)(
    "%s: one paid create, one delivery, one unit",
    { timeout: 120_000 },
    async (point) => {
      const place = await makePlace();
      const kie = await startKieEmulator();
      kie.setDefaults({ outcome: "success", durationMs: 300 });
      const env = {
        ...place.env,
        KIE_API_KEY: "key",
        KIE_API_URL: kie.url,
        KIE_UPLOAD_URL: kie.uploadUrl,
        POLL_INTERVAL_SECONDS: "0.5",
      };
      try {
        const { said } = await crashRun({ place, env, point, directories });
        expect(kie.paidCreates.length, said).toBeLessThanOrEqual(1);
        if (place.results() > 0) expect(kie.paidCreates.length, said).toBe(1);
        expect(kie.violations, said).toEqual([]);
      } finally {
        await Promise.all([place.close(), kie.close()]);
      }
    },
  );
});

import { afterAll, describe, expect, it } from "vitest";
import { startZernioEmulator } from "../emulators/zernio/index.ts";
import { removeDataDirectory } from "../support/easel-process.ts";
import { postingRun } from "./posting.ts";
import { pointsOf } from "./recovery.ts";

/** Every committed step from the press on "Post it now" to the news. */
const STRAIGHT = pointsOf([
  "posts.confirm 1",
  "posts.claim 1",
  "posts.uploaded 1",
  "posts.beginHandOver 1",
  "posts.end 1",
]).map((point) => (point.startsWith("posts.claim") ? `${point} since posts.confirm` : point));
/** Where the network takes its time, and where the answer of the create is lost after its effect. */
const SLOW = pointsOf(["posts.handedOver 1"]);
const LOST = pointsOf(["posts.later 1"]);
const directories: string[] = [];

afterAll(() => {
  for (const directory of directories) removeDataDirectory(directory);
});

describe("kill -9 while a post is handed over", () => {
  it.concurrent.each([
    ...STRAIGHT.map((point) => ({ point, how: "straight" })),
    ...SLOW.map((point) => ({ point, how: "slow" })),
    ...LOST.map((point) => ({ point, how: "lost" })),
  ])("$point ($how): public once, told once", { timeout: 120_000 }, async ({ point, how }) => {
    const zernio = await startZernioEmulator();
    if (how === "slow") zernio.setDefaults({ publishMs: 500 });
    if (how === "lost") zernio.fault({ on: "create", after: true, cut: true });
    try {
      const { died, said, posts, told } = await postingRun({ zernio, point, directories });
      expect(died, said).toBe("SIGKILL");
      expect(zernio.publications.length, said).toBe(1);
      expect(posts, said).toEqual(["published"]);
      expect(told, said).toBe(1);
      expect([zernio.violations, zernio.errors], said).toEqual([[], []]);
    } finally {
      await zernio.close();
    }
  });
});

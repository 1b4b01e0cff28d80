import { stripTypeScriptTypes } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";

/**
 * Turns the page's TypeScript into JavaScript and ends: the compiler takes 30 MB, which go with this thread.
 */
const sources = z.array(z.object({ path: z.string(), text: z.string() })).parse(workerData);
parentPort?.postMessage(
  sources.map(({ path, text }) => ({ path, text: stripTypeScriptTypes(text) })),
  [],
);

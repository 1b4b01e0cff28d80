import { parentPort } from "node:worker_threads";
import { z } from "zod";
import { IMAGE_SIZES, type SketchAspect } from "./request.ts";
import { makeSketch } from "./sketch.ts";

/** The drawing thread: one request in, one sketch out; the client in artist.ts sends one at a time. */

const aspects = Object.keys(IMAGE_SIZES);
const isAspect = (text: string): text is SketchAspect => aspects.includes(text);

const requestSchema = z.object({
  prompt: z.string(),
  seed: z.number().int(),
  style: z.string().nullable(),
  aspect: z.string().refine(isAspect),
  kind: z.enum(["image", "video"]),
});

const port = parentPort;
port?.on("message", (message: unknown) => {
  void answer(message);
});

async function answer(message: unknown): Promise<void> {
  try {
    const sketch = await makeSketch(requestSchema.parse(message));
    // A copy: the canvas and the encoder own the memory their bytes lie in.
    const bytes = new Uint8Array(sketch.bytes);
    port?.postMessage({ ok: true, sketch: { ...sketch, bytes } }, [bytes.buffer]);
  } catch (error) {
    port?.postMessage({ ok: false, message: error instanceof Error ? error.message : "unknown" });
  }
}

import { z } from "zod";
import { IMAGE_SIZES, type SketchAspect } from "./request.ts";
import { makeSketch } from "./sketch.ts";

/** The drawing process: one request in, one sketch out; the client in artist.ts sends one at a time. */

const aspects = Object.keys(IMAGE_SIZES);
const isAspect = (text: string): text is SketchAspect => aspects.includes(text);

const requestSchema = z.object({
  prompt: z.string(),
  seed: z.number().int(),
  style: z.string().nullable(),
  aspect: z.string().refine(isAspect),
  kind: z.enum(["image", "video"]),
});

process.on("message", (message: unknown) => {
  void answer(message);
});
process.on("disconnect", () => process.exit());
// A terminal signals the whole group; the bot decides what becomes of a drawing, and its own end is our disconnect.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

async function answer(message: unknown): Promise<void> {
  try {
    reply({ ok: true, sketch: await makeSketch(requestSchema.parse(message)) });
  } catch (error) {
    reply({ ok: false, message: error instanceof Error ? error.message : "unknown" });
  }
}

/** A bot that was killed hears nothing any more; there is nothing left to do then. */
function reply(answer: object): void {
  process.send?.(answer, undefined, undefined, (error) => {
    if (error) process.exit();
  });
}

import sharp from "sharp";
import { z } from "zod";
import { cleanPicture } from "./clean-picture.ts";
import { MAX_RSS_BYTES, OUT_OF_MEMORY, WATCH_MS } from "./picture-limits.ts";

/** The decoding process: one picture in, one drawn anew out; picture-process.ts sends one at a time. */

sharp.cache(false);
sharp.concurrency(1);
// Only the four decoders that are wanted, whatever a file pretends to be: no SVG, TIFF, HEIF, PDF or gain maps.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadNsgifBuffer",
  ],
});

const requestSchema = z.object({ bytes: z.instanceof(Uint8Array), role: z.enum(["picture", "mask"]) });

// sharp works on other threads, so that this one is free to look.
setInterval(() => {
  if (process.memoryUsage.rss() > MAX_RSS_BYTES) process.exit(OUT_OF_MEMORY);
}, WATCH_MS).unref();

process.on("message", (message: unknown) => {
  void answer(message);
});
process.on("disconnect", () => process.exit());
// A terminal signals the whole group; the bot decides what becomes of a picture, and its own end is our disconnect.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

async function answer(message: unknown): Promise<void> {
  const { bytes, role } = requestSchema.parse(message);
  const result = await cleanPicture(bytes, role);
  process.send?.({ result, rssBytes: process.memoryUsage.rss() }, undefined, undefined, (error) => {
    if (error) process.exit();
  });
}

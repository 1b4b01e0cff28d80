import type { Clock } from "../../core/ports/clock.ts";

export type UploadBody =
  | { readonly status: "whole"; readonly bytes: Uint8Array }
  /** Broken off on the way. */
  | { readonly status: "cut" }
  | { readonly status: "too-large" }
  | { readonly status: "too-slow" };

/** Reads a body to its end, at most `maxBytes`, all of it within `withinMs`. Nothing is read before. */
export async function readUpload(
  request: Pick<Request, "body">,
  { maxBytes, withinMs, clock }: { maxBytes: number; withinMs: number; clock: Pick<Clock, "sleep"> },
): Promise<UploadBody> {
  if (request.body === null) return { status: "whole", bytes: new Uint8Array() };
  const reader = request.body.getReader();
  const read = new AbortController();
  const late = clock.sleep(withinMs, read.signal).then(() => "late" as const);
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for (;;) {
      const part = await Promise.race([reader.read(), late]);
      // What still comes is let go with the answer: ending the body here would end the connection without one.
      if (part === "late") return { status: "too-slow" };
      if (part.done) return { status: "whole", bytes: Buffer.concat(chunks, sizeBytes) };
      sizeBytes += part.value.length;
      if (sizeBytes > maxBytes) return { status: "too-large" };
      chunks.push(part.value);
    }
  } catch {
    return { status: "cut" };
  } finally {
    read.abort();
  }
}

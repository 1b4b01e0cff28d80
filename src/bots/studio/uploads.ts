import { type Context, Hono } from "hono";
import type { Core } from "../../core/core.ts";
import type { ReferenceRole } from "../../core/generation/reference.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { roleOf, type Visitor } from "./inbound.ts";
import { UPLOAD_BYTES, UPLOAD_MS, UPLOAD_RETRY_S } from "./limits.ts";
import type { Renderer } from "./render.ts";
import { readUpload } from "./upload-body.ts";
import { createUploadShares } from "./upload-shares.ts";

type Environment = { Variables: { visitor: Visitor } };

/** Files that members hand in before they ask for something: the raw file as the body, its role in the query. */
export function createUploads(dependencies: {
  readonly core: Pick<Core, "references">;
  readonly renderer: Pick<Renderer, "upload" | "problem" | "line">;
  readonly clock: Pick<Clock, "now" | "sleep">;
}): Hono<Environment> {
  const { core, renderer, clock } = dependencies;
  const shares = createUploadShares(clock);
  const uploads = new Hono<Environment>();

  // Who sends it, how many and how much is known before the first byte is read.
  uploads.post("/", async (context) => {
    const { user } = context.get("visitor");
    if (user.bannedAt !== null) {
      return context.json({ error: "Not allowed", message: renderer.line(user, "banned") }, 403);
    }
    const role = roleOf(context.req.query("role") ?? "picture");
    if (role === null) {
      const details = [{ path: "role", message: "Either picture or mask." }];
      return context.json({ error: "Invalid input", details }, 400);
    }
    const announcedBytes = Number(context.req.header("Content-Length") ?? UPLOAD_BYTES);
    if (announcedBytes > UPLOAD_BYTES) return tooLarge(context);
    const share = shares.take(user.id, announcedBytes);
    switch (share.status) {
      case "spent":
        return context.json(
          { error: "Too many uploads", message: "Too many uploads. Try again later." },
          429,
        );
      case "busy": {
        const message = "Many others are uploading just now. Try again in a moment.";
        return context.json({ error: "Busy", message }, 503, { "Retry-After": String(UPLOAD_RETRY_S) });
      }
      case "taken":
        return keep(context, role, share.done);
    }
  });

  async function keep(
    context: Context<Environment>,
    role: ReferenceRole,
    done: (keptBytes: number) => void,
  ): Promise<Response> {
    const { user } = context.get("visitor");
    let keptBytes = 0;
    try {
      const limits = { maxBytes: UPLOAD_BYTES, withinMs: UPLOAD_MS, clock };
      const body = await readUpload(context.req.raw, limits);
      if (body.status === "cut") return context.json({ error: "The upload was cut off" }, 400);
      if (body.status === "too-slow") {
        const message = "The upload took too long. Try again with a smaller file.";
        return context.json({ error: "Too slow", message }, 408, { Connection: "close" });
      }
      if (body.status === "too-large") return tooLarge(context);
      const result = await core.references.upload(user.id, role, body.bytes);
      if (result.status === "kept") {
        keptBytes = result.reference.sizeBytes;
        return context.json(renderer.upload(result.id, result.reference), 201);
      }
      return context.json({ error: "Invalid input", details: [renderer.problem(user, result.problem)] }, 400);
    } finally {
      done(keptBytes);
    }
  }

  return uploads;

  function tooLarge(context: Context<Environment>): Response {
    const { user } = context.get("visitor");
    const path = context.req.query("role") === "mask" ? "mask" : "referenceImageUrl";
    const details = [{ path, message: renderer.line(user, "reference-too-large") }];
    return context.json({ error: "Too large", details }, 413);
  }
}

/** Whether a content type may be the raw file of a picture; what it really is, its bytes say. */
export function isPictureType(type: string): boolean {
  return /^(image\/[\w.+-]+|application\/octet-stream)\s*(;|$)/i.test(type);
}

import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Core } from "../../core/core.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { roleOf, type Visitor } from "./inbound.ts";
import { UPLOAD_BYTES } from "./limits.ts";
import type { Renderer } from "./render.ts";
import { createUploadShares } from "./upload-shares.ts";

type Environment = { Variables: { visitor: Visitor } };

/** Files that members hand in before they ask for something: the raw file as the body, its role in the query. */
export function createUploads(dependencies: {
  readonly core: Pick<Core, "references">;
  readonly renderer: Pick<Renderer, "upload" | "problem" | "line">;
  readonly clock: Pick<Clock, "now">;
}): Hono<Environment> {
  const { core, renderer, clock } = dependencies;
  const shares = createUploadShares(clock);
  const uploads = new Hono<Environment>();

  uploads.use(async (context, next) => {
    const { user } = context.get("visitor");
    if (user.bannedAt !== null) {
      return context.json({ error: "Not allowed", message: renderer.line(user, "banned") }, 403);
    }
    const done = shares.take(user.id);
    if (done === null) {
      return context.json({ error: "Too many uploads", message: "Too many uploads. Try again later." }, 429);
    }
    try {
      return await next();
    } finally {
      done();
    }
  });

  // Known by its length before anyone reads it; without one it is counted while it comes.
  uploads.use((context, next) =>
    bodyLimit({ maxSize: UPLOAD_BYTES, onError: () => tooLarge(context) })(context, next),
  );

  uploads.post("/", async (context) => {
    const { user } = context.get("visitor");
    const role = roleOf(context.req.query("role") ?? "picture");
    if (role === null) {
      const details = [{ path: "role", message: "Either picture or mask." }];
      return context.json({ error: "Invalid input", details }, 400);
    }
    const bytes = await bytesOf(context.req.raw);
    if (bytes === null) return context.json({ error: "The upload was cut off" }, 400);
    const result = await core.references.upload(user.id, role, bytes);
    if (result.status === "kept") return context.json(renderer.upload(result.id, result.reference), 201);
    return context.json({ error: "Invalid input", details: [renderer.problem(user, result.problem)] }, 400);
  });

  return uploads;

  function tooLarge(context: Context<Environment>): Response {
    const { user } = context.get("visitor");
    const path = context.req.query("role") === "mask" ? "mask" : "referenceImageUrl";
    const details = [{ path, message: renderer.line(user, "reference-too-large") }];
    return context.json({ error: "Too large", details }, 413);
  }
}

/** Null: it was broken off on the way. */
async function bytesOf(request: Request): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await request.arrayBuffer());
  } catch {
    return null;
  }
}

/** Whether a content type may be the raw file of a picture; what it really is, its bytes say. */
export function isPictureType(type: string): boolean {
  return /^(image\/[\w.+-]+|application\/octet-stream)\s*(;|$)/i.test(type);
}

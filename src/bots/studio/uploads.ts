import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Core } from "../../core/core.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { roleOf, type Visitor } from "./inbound.ts";
import { UPLOAD_BYTES, UPLOADS_AN_HOUR, UPLOADS_AT_ONCE } from "./limits.ts";
import type { Renderer } from "./render.ts";

type Environment = { Variables: { visitor: Visitor } };

const HOUR_MS = 3_600_000;

interface Share {
  hour: number;
  inHour: number;
  atOnce: number;
}

/** Files that members hand in before they ask for something: the raw file as the body, its role in the query. */
export function createUploads(dependencies: {
  readonly core: Pick<Core, "references">;
  readonly renderer: Pick<Renderer, "upload" | "problem" | "line">;
  readonly clock: Pick<Clock, "now">;
}): Hono<Environment> {
  const { core, renderer, clock } = dependencies;
  const shares = new Map<string, Share>();
  const uploads = new Hono<Environment>();

  uploads.use(async (context, next) => {
    const share = shareOf(context.get("visitor").user.id);
    if (share.atOnce >= UPLOADS_AT_ONCE || share.inHour >= UPLOADS_AN_HOUR) {
      return context.json({ error: "Too many uploads", message: "Too many uploads. Try again later." }, 429);
    }
    share.atOnce += 1;
    share.inHour += 1;
    try {
      return await next();
    } finally {
      share.atOnce -= 1;
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

  /** What a member has used up; those of hours gone by are forgotten. */
  function shareOf(userId: string): Share {
    const hour = Math.floor(clock.now() / HOUR_MS);
    for (const [id, share] of shares) if (share.hour !== hour && share.atOnce === 0) shares.delete(id);
    const share = shares.get(userId) ?? { hour, inHour: 0, atOnce: 0 };
    if (share.hour !== hour) Object.assign(share, { hour, inHour: 0 });
    shares.set(userId, share);
    return share;
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

import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import type { Core } from "../../core/core.ts";
import type { Ask } from "../../core/generation/ask.ts";
import type { MediaAsset } from "../../core/generation/asset.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { Log } from "../../core/ports/log.ts";
import type { User } from "../../core/usage/user.ts";
import { createAccountRoutes } from "./account-routes.ts";
import type { ApiRemoval } from "./api-types.ts";
import { createCaptionRoutes, isCaptionPath, unsuccessful } from "./caption-routes.ts";
import { API_PREFIX, UPLOADS_PATH } from "./config.ts";
import type { Pages } from "./events.ts";
import { failureOf } from "./failures.ts";
import { askAgain, askFrom, requestSchema, type Visitor } from "./inbound.ts";
import { BODY_BYTES, PAGE_SIZE } from "./limits.ts";
import { createOnce } from "./once.ts";
import { isFromOurPage } from "./origin.ts";
import type { PostRenderer } from "./post-render.ts";
import { createPostRoutes } from "./post-routes.ts";
import { invalid, problemsOf, readJson } from "./read-json.ts";
import type { Answer, Renderer } from "./render.ts";
import { createUploads, isPictureType } from "./uploads.ts";

export interface ApiDependencies {
  readonly core: Core;
  readonly renderer: Renderer;
  readonly posts: PostRenderer;
  readonly pages: Pages;
  /** Before a page listens: what its posts are told against. */
  beginPosts(user: User): Promise<void>;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly ids: Ids;
  readonly log: Log;
  readonly publicUrl: string | null;
  visitorOf(headers: Headers): Promise<Visitor | null>;
}

type Environment = { Variables: { visitor: Visitor } };

const favouriteSchema = z.object({ favourite: z.boolean() });
const page = z.coerce.number().int().min(1).max(100_000).catch(1);

const NOT_FOUND = { error: "Media asset not found" };

/** The page's HTTP API. It only reads requests and writes responses: every rule is core's. */
export function createApi(dependencies: ApiDependencies): Hono<Environment> {
  const { core, renderer, posts, pages, beginPosts, clock, ids, log, publicUrl, visitorOf } = dependencies;
  const { gallery } = core;
  const once = createOnce();
  const api = new Hono<Environment>().basePath(API_PREFIX);

  api.use(async (context, next) => {
    await next();
    if (!context.res.ok && isCaptionPath(context.req.path)) context.res = await unsuccessful(context.res);
  });

  const limitBody = bodyLimit({
    maxSize: BODY_BYTES,
    onError: (context) => context.json({ error: "Too large" }, 413),
  });
  api.use((context, next) => (isUpload(context) ? next() : limitBody(context, next)));

  api.use(
    createMiddleware<Environment>(async (context, next) => {
      const { method } = context.req;
      if (method !== "GET" && method !== "HEAD") {
        if (!isFromOurPage(context.req.raw, publicUrl)) return context.json({ error: "Wrong origin" }, 403);
        const type = context.req.header("Content-Type") ?? "";
        if (
          (method === "POST" || method === "PATCH") &&
          !(isUpload(context) ? isPictureType(type) : isJsonType(type))
        ) {
          const message = isUpload(context) ? "Send the file as an image/* body." : "Send application/json.";
          return context.json({ error: "Unsupported media type", message }, 415);
        }
      }
      const visitor = await visitorOf(context.req.raw.headers);
      if (visitor === null) return context.json({ error: "Unauthorized" }, 401);
      context.set("visitor", visitor);
      return next();
    }),
  );

  api.route(UPLOADS_PATH, createUploads({ core, renderer, clock }));

  api.route("/", createCaptionRoutes({ core }));
  api.route("/", createAccountRoutes({ core }));
  api.route("/", createPostRoutes({ core, render: posts, clock, ids }));

  api.post("/generate-media", async (context) => {
    const visitor = context.get("visitor");
    const body = requestSchema.safeParse(await readJson(context));
    if (!body.success) return invalid(context, problemsOf(body.error));
    return send(
      context,
      await start(visitor, keyOf(context, visitor), (key) => askFrom(body.data, visitor, key)),
    );
  });

  api.get("/media", async (context) => {
    const { user } = context.get("visitor");
    const found = await gallery.list(user.id, {
      search: (context.req.query("search") ?? "").slice(0, 200),
      favouritesOnly: context.req.query("favourites") === "1",
      page: page.parse(context.req.query("page") ?? 1),
      pageSize: PAGE_SIZE,
    });
    const assets = await Promise.all(found.assets.map((asset) => renderer.asset(user, asset)));
    return context.json({ assets, page: found.page, pages: found.pages, total: found.total });
  });

  api.get("/media/:id", async (context) => {
    const { user } = context.get("visitor");
    const asset = await gallery.find(user.id, context.req.param("id"));
    return asset ? context.json(await renderer.asset(user, asset)) : context.json(NOT_FOUND, 404);
  });

  api.post("/media/:id/again", async (context) => {
    const visitor = context.get("visitor");
    const asset = await gallery.find(visitor.user.id, context.req.param("id"));
    if (!asset) return context.json(NOT_FOUND, 404);
    const asked = core.offers.find(asset.requestedProvider, asset.kind);
    return send(
      context,
      await start(visitor, keyOf(context, visitor), (key) => askAgain(asset, asked, visitor, key)),
    );
  });

  api.post("/media/:id/favourite", async (context) => {
    const { user } = context.get("visitor");
    const body = favouriteSchema.safeParse(await readJson(context));
    if (!body.success) return invalid(context, problemsOf(body.error));
    const asset = await gallery.find(user.id, context.req.param("id"));
    const done = asset && (await gallery.setFavourite(user, asset.handle, body.data.favourite));
    if (done?.status !== "done") return context.json(NOT_FOUND, 404);
    return context.json(await renderer.asset(user, done.asset));
  });

  api.post("/media/:id/cancel", async (context) => {
    const { user, actor } = context.get("visitor");
    const asset = await gallery.find(user.id, context.req.param("id"));
    const result = asset && (await gallery.cancel(actor, user, asset.handle));
    switch (result?.status) {
      case "cancelled":
        return answerWith(context, user, result.asset, renderer.line(user, "cancelled"));
      case "will-finish":
        return answerWith(context, user, result.asset, renderer.line(user, "cancel-will-finish"));
      case "ended":
        return context.json({ error: "Ended already", message: renderer.line(user, "cancel-ended") }, 409);
      case "not-found":
      case "not-allowed":
      case undefined:
        return context.json(NOT_FOUND, 404);
    }
  });

  /** What deleting it would mean for its posts. */
  api.get("/media/:id/removal", async (context) => {
    const { user, actor } = context.get("visitor");
    const asset = await gallery.find(user.id, context.req.param("id"));
    const result = asset && (await gallery.removable(actor, user, asset.handle));
    if (result?.status !== "ok") return context.json(NOT_FOUND, 404);
    return context.json({ posts: result.posts.length } satisfies ApiRemoval);
  });

  api.delete("/media/:id", async (context) => {
    const { user, actor } = context.get("visitor");
    const asset = await gallery.find(user.id, context.req.param("id"));
    const result = asset && (await gallery.remove(actor, user, asset.handle));
    if (result?.status === "still-working") {
      return context.json({ error: "Still working", message: renderer.line(user, "delete-working") }, 409);
    }
    if (result?.status !== "done") return context.json(NOT_FOUND, 404);
    const { length: posts } = result.posts;
    return posts === 0 ? context.body(null, 204) : context.json({ posts } satisfies ApiRemoval);
  });

  api.get("/options", async (context) => context.json(await renderer.options(context.get("visitor"))));

  api.get("/events", async (context) => {
    const { user, actor } = context.get("visitor");
    const events = pages.open(user.id, actor.identity);
    await beginPosts(user);
    return new Response(events, {
      headers: {
        "Content-Type": "text/event-stream",
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
      },
    });
  });

  api.notFound((context) => context.json({ error: "Not found" }, 404));

  api.onError((err, context) => {
    const number = ids.receipt();
    const { status, error, sentence, code } = failureOf(err, number);
    log[code === "INTERNAL" ? "error" : "warn"]("page request failed", {
      method: context.req.method,
      number,
      code,
      err,
    });
    return context.json({ error, message: sentence, details: sentence }, status);
  });

  return api;

  /** Starts it once a key: the same key again gets the same assets, also while the first is under way. */
  async function start(visitor: Visitor, key: string, ask: (key: string) => Ask): Promise<Answer> {
    const { user } = visitor;
    const { result, isFirst } = await once(key, () => core.requestMedia(ask(key)));
    if (result.status === "duplicate") {
      return {
        status: 409,
        body: { error: "Already started", message: renderer.line(user, "already-started") },
      };
    }
    if (result.status !== "started") return renderer.refused(user, result);
    if (isFirst) return renderer.started(user, result.assets, 201);
    const now = await Promise.all(result.assets.map((asset) => gallery.find(user.id, asset.id)));
    return renderer.started(
      user,
      now.filter((asset) => asset !== null),
      200,
    );
  }

  function keyOf(context: Context<Environment>, { actor }: Visitor): string {
    const given = context.req.header("Idempotency-Key")?.trim().slice(0, 200) || ids.token();
    return ids.fingerprint(`studio:${actor.identity}:${given}`);
  }

  async function answerWith(
    context: Context<Environment>,
    user: Visitor["user"],
    asset: MediaAsset,
    message: string,
  ) {
    const now = (await gallery.find(user.id, asset.id)) ?? asset;
    return context.json({ ...(await renderer.asset(user, now)), message });
  }
}

function isUpload(context: Context): boolean {
  return context.req.path === `${API_PREFIX}${UPLOADS_PATH}`;
}

function isJsonType(type: string): boolean {
  return /^application\/json\s*(;|$)/i.test(type);
}

function send(context: Context, { status, body }: Answer): Response {
  return context.json(body, status);
}

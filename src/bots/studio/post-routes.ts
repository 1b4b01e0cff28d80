import { type Context, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import type { Core } from "../../core/core.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { Post } from "../../core/posts/post.ts";
import type { User } from "../../core/usage/user.ts";
import { NOT_READY } from "./failures.ts";
import { targetOf, type Visitor } from "./inbound.ts";
import { createPostLook } from "./post-look.ts";
import { changeSchema, type LaidOut, layOut, postSchema, timeOf, timeSchema } from "./post-plan.ts";
import type { PostRenderer } from "./post-render.ts";
import type { ApiPostPage } from "./post-types.ts";
import { invalid, problemsOf, readJson } from "./read-json.ts";

type Environment = { Variables: { visitor: Visitor } };

const POSTS_A_PAGE = 100;
const NOT_FOUND = { error: "Post not found", message: "There is no such post of yours any more." };
const NOT_FAILED = { error: "Not failed", message: "It has not failed, or is tried again already." };
const NO_ACCOUNT = {
  error: "Account not found",
  message: "An account of it was disconnected meanwhile. Nothing was posted. Choose the accounts anew.",
};

const page = z.coerce.number().int().min(1).max(10_000).catch(1);
const moment = z.coerce
  .date()
  .transform((date) => date.getTime())
  .optional()
  .catch(undefined);

/** Posts of a member. It only reads requests and writes responses: every rule is core's. */
export function createPostRoutes(dependencies: {
  readonly core: Core;
  readonly render: PostRenderer;
  readonly clock: Pick<Clock, "now">;
  readonly ids: Pick<Ids, "token" | "fingerprint">;
}): Hono<Environment> {
  const { core, render, clock, ids } = dependencies;
  const { gallery, publishing, tell } = core;
  const { publisher, plans, desk, accounts } = publishing;
  const look = createPostLook({ desk, render });
  const routes = new Hono<Environment>();

  routes.use(
    "/posts/*",
    createMiddleware<Environment>(async (context, next) => {
      const { user } = context.get("visitor");
      if (context.req.method === "GET") return next();
      if (user.bannedAt !== null)
        return context.json({ error: "Not allowed", message: render.line(user, "banned") }, 403);
      if (publisher) return next();
      return context.json({ error: "Not set up", message: render.line(user, "accounts-not-set-up") }, 503);
    }),
  );

  routes.post("/posts/preflight", async (context) => {
    const { user } = context.get("visitor");
    const laid = await laidOut(context, user);
    return laid instanceof Response ? laid : context.json(await look.all(user, laid));
  });

  routes.post("/posts", async (context) => {
    const { user, actor } = context.get("visitor");
    const given = context.req.header("Idempotency-Key")?.trim().slice(0, 200) || ids.token();
    const draftId = ids.fingerprint(`studio-post:${user.id}:${given}`);
    const before = await postsOf(user, draftId);
    if (before.length > 0) return context.json({ posts: before, already: true });
    const laid = await laidOut(context, user);
    if (laid instanceof Response) return laid;
    const { plan, usable, time } = laid;
    if (time?.status === "refused")
      return invalid(context, [{ path: "when", message: render.line(user, `when-${time.why}`) }]);
    await plans.keep(user, draftId, plan);
    const result = await desk.confirm(user, actor, targetOf(actor), draftId, plan, usable);
    switch (result.status) {
      case "confirmed":
        return context.json({ posts: result.posts.map((post) => render.post(user, post)) }, 201);
      case "duplicate": {
        const posts = await postsOf(user, draftId);
        const message = render.line(user, "already-started");
        return posts.length > 0
          ? context.json({ posts, already: true })
          : context.json({ error: "Already started", message }, 409);
      }
      case "not-allowed":
        return context.json({ error: "Not allowed", message: render.line(user, "not-allowed") }, 403);
      case "too-many-waiting":
        return context.json({ error: "Too many", message: render.line(user, "post-too-many-waiting") }, 429);
      case "no-account":
        return invalid(context, [{ path: "accountIds", message: render.line(user, "post-card-choose") }]);
      case "too-soon":
        return invalid(context, [{ path: "when", message: render.line(user, "when-too-soon") }]);
      case "problems": {
        const chosen = desk.chosenOf(plan, usable);
        const problems = result.problems.map((one) => render.problem(user, plan, one, chosen));
        const details = problems.map(({ code, message }) => ({ path: code, message }));
        return context.json({ error: "Invalid input", details, problems }, 400);
      }
    }
  });

  routes.get("/posts", async (context) => {
    const { user } = context.get("visitor");
    const at = page.parse(context.req.query("page") ?? 1);
    const [from, to] = ["from", "to"].map((name) => moment.parse(context.req.query(name)));
    const { posts, total } = await core.posts.list({
      userId: user.id,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      limit: POSTS_A_PAGE,
      offset: (at - 1) * POSTS_A_PAGE,
    });
    return context.json({
      posts: posts.map((post) => render.post(user, post)),
      now: new Date(clock.now()).toISOString(),
      zone: user.settings.zone ?? null,
      page: at,
      pages: Math.ceil(total / POSTS_A_PAGE),
      total,
    } satisfies ApiPostPage);
  });

  routes.post("/posts/:id/cancel", async (context) => {
    const { user } = context.get("visitor");
    const post = await desk.own(user, context.req.param("id"));
    if (!post) return context.json(NOT_FOUND, 404);
    const done = await desk.cancel(post);
    if (done === "ended")
      return context.json({ error: "Ended", message: render.line(user, "post-ended") }, 409);
    if (done === "too-late")
      return context.json({ error: "Too late", message: render.line(user, "post-too-late") }, 409);
    return fresh(context, user, post, done === "cancelled" ? "post-cancelled" : "post-cancelling-now");
  });

  routes.post("/posts/:id/retry", async (context) => {
    const { user } = context.get("visitor");
    const post = await desk.own(user, context.req.param("id"));
    if (!post) return context.json(NOT_FOUND, 404);
    if (await desk.retry(post)) return fresh(context, user, post, "post-confirmed");
    return context.json(NOT_FAILED, 409);
  });

  /** How words for another time are understood, before anything is changed. */
  routes.post("/posts/:id/times", async (context) => {
    const { user } = context.get("visitor");
    const body = timeSchema.safeParse(await readJson(context));
    if (!body.success) return invalid(context, problemsOf(body.error));
    const post = await desk.own(user, context.req.param("id"));
    if (!post) return context.json(NOT_FOUND, 404);
    const zone = user.settings.zone ?? body.data.zone ?? post.zone;
    const time = await timeOf(body.data, { now: clock.now(), zone, language: tell.languageOf(user) });
    const account = (await accounts.usableBy(user)).filter(({ id }) => id === post.accountId);
    return context.json(await look.times(user, { zone, time, chosen: account }));
  });

  routes.patch("/posts/:id", async (context) => {
    const { user } = context.get("visitor");
    const body = changeSchema.safeParse(await readJson(context));
    if (!body.success) return invalid(context, problemsOf(body.error));
    const post = await desk.own(user, context.req.param("id"));
    if (!post) return context.json(NOT_FOUND, 404);
    const zone = user.settings.zone ?? body.data.zone ?? post.zone;
    const time = await timeOf(body.data, { now: clock.now(), zone, language: tell.languageOf(user) });
    if (time?.status === "refused")
      return invalid(context, [{ path: "when", message: render.line(user, `when-${time.why}`) }]);
    const text = body.data.text ?? undefined;
    if (time === null && text === undefined)
      return invalid(context, [{ path: "when", message: render.line(user, "post-card-when") }]);
    const result = await desk.change(post, {
      ...(text === undefined ? {} : { text }),
      ...(time === null ? {} : { scheduledAt: time.at, zone }),
    });
    switch (result.status) {
      case "changed":
        return fresh(context, user, post, "post-changed");
      case "asked":
        return fresh(context, user, post, "post-change-asked");
      case "busy":
        return context.json({ error: "Busy", message: render.line(user, "post-busy") }, 409);
      case "approved":
        return context.json({ error: "Approved", message: render.line(user, "post-approved-as-it-is") }, 409);
      case "ended":
        return context.json({ error: "Ended", message: render.line(user, "post-ended") }, 409);
      case "not-allowed":
        return context.json({ error: "Not allowed", message: render.line(user, "post-right-gone") }, 403);
      case "too-late":
        return context.json({ error: "Too late", message: render.line(user, "post-too-late") }, 409);
      case "not-changed":
        return context.json({ error: "Not changed", message: render.line(user, "post-not-changed") }, 502);
      case "problems":
        return invalid(
          context,
          result.problems.map(({ message, args }) => ({
            path: "text",
            message: render.line(user, message, args),
          })),
        );
    }
  });

  return routes;

  async function laidOut(context: Context<Environment>, user: User): Promise<LaidOut | Response> {
    const body = postSchema.safeParse(await readJson(context));
    if (!body.success) return invalid(context, problemsOf(body.error));
    const asset = await gallery.find(user.id, body.data.mediaId);
    if (!asset) return context.json({ error: "Media asset not found" }, 404);
    if (!asset.media) return context.json({ error: "Not ready", message: NOT_READY }, 409);
    const laid = await layOut(core, user, asset, body.data, clock.now());
    return laid ?? context.json(NO_ACCOUNT, 404);
  }

  async function postsOf(user: User, group: string) {
    const posts = await core.posts.ofGroup(group);
    return posts.filter(({ userId }) => userId === user.id).map((post) => render.post(user, post));
  }

  async function fresh(context: Context<Environment>, user: User, post: Post, message: string) {
    const now = (await core.posts.get(post.id)) ?? post;
    return context.json({ ...render.post(user, now), message: render.line(user, message) });
  }
}

import type { Server } from "node:http";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "../core/errors.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Log } from "../core/ports/log.ts";
import type { MediaStore } from "../core/ports/media.ts";
import { type CallbackRouteDependencies, createCallbackRoute } from "./callback-route.ts";
import { type HealthFacts, reportHealth } from "./health.ts";
import { isKnownHost } from "./hosts.ts";
import { createMediaRoute, type LinkCheck } from "./media-route.ts";
import { createMetrics } from "./metrics.ts";
import { createSmallBodies } from "./small-body.ts";
import { createWebhookRoute, type WebhookRouteDependencies } from "./webhook-route.ts";

/** Routes of a platform: everything at or below the prefix. */
export interface MountedRoutes {
  readonly prefix: string;
  /** Largest body in bytes that is passed on; 1 MB unless given. */
  readonly bodyBytes?: number;
  fetch(request: Request, info: { readonly remoteAddress: string }): Promise<Response>;
}

export interface WebServerDependencies {
  readonly place: { readonly host: string; readonly port: number; readonly publicUrl: string | null };
  readonly mounts: readonly MountedRoutes[];
  readonly media: MediaStore;
  readonly links: LinkCheck;
  readonly clock: Pick<Clock, "now" | "monotonicMs">;
  readonly log: Log;
  health(): Promise<HealthFacts>;
  readonly callbacks: Pick<CallbackRouteDependencies, "readers" | "arrived">;
  readonly webhooks: Pick<WebhookRouteDependencies, "readers" | "arrived">;
}

export interface WebServer {
  /** @throws AppError when the address is in use or not ours. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** `http://127.0.0.1:8787`; only after `start`. */
  url(): string;
}

/** Larger bodies are refused before anyone reads them; an update of a chat platform is far smaller. */
const BODY_BYTES = 1024 * 1024;
const PAGE = "/ai-studio";

const HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** The one HTTP server: health, figures, media by signed links, and what the platforms mount. */
export function createWebServer(dependencies: WebServerDependencies): WebServer {
  const { place, mounts, clock, log } = dependencies;
  const metrics = createMetrics(
    () => dependencies.health(),
    () => clock.now(),
  );
  const serveMedia = createMediaRoute(dependencies.media, dependencies.links);
  const bodies = createSmallBodies();
  const answerCallback = createCallbackRoute({
    bodies,
    readers: dependencies.callbacks.readers,
    arrived: (token, taskKey) => dependencies.callbacks.arrived(token, taskKey),
    log,
  });
  const answerWebhook = createWebhookRoute({
    bodies,
    readers: dependencies.webhooks.readers,
    arrived: (event) => dependencies.webhooks.arrived(event),
    log,
  });
  let port = place.port;

  const app = new Hono<{ Bindings: HttpBindings }>();

  app.use(async (context, next) => {
    const started = clock.monotonicMs();
    await next();
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
    // A body that nobody read would be taken for the next request.
    if (context.res.status >= 400 && context.req.method !== "GET")
      context.res.headers.set("Connection", "close");
    const area = areaOf(context.req.path, mounts);
    metrics.countRequest(area, context.res.status);
    const durationMs = Math.round(clock.monotonicMs() - started);
    log.debug("request answered", {
      method: context.req.method,
      area,
      status: context.res.status,
      durationMs,
    });
  });

  app.get("/health", async (context) => {
    try {
      return context.json(reportHealth(await dependencies.health(), clock.now()));
    } catch (err) {
      log.warn("health unknown", { err });
      return context.json({ status: "unavailable" }, 503);
    }
  });

  app.use(async (context, next) => {
    const host = context.req.header("host");
    if (!isKnownHost(host, { ...place, port })) return context.json({ error: "Unknown host" }, 421);
    return next();
  });

  const limits = new Map(
    [BODY_BYTES, ...mounts.map(({ bodyBytes }) => bodyBytes ?? BODY_BYTES)].map((maxSize) => [
      maxSize,
      bodyLimit({ maxSize, onError: (context) => context.json({ error: "Too large" }, 413) }),
    ]),
  );
  app.use(async (context, next) => {
    // Their bodies have a reader of their own, with a deadline; here they would be held before anybody asked who sends.
    if (/^\/(callbacks|webhooks)\//.test(context.req.path)) return next();
    const isLarge = (mountOf(context.req.path, mounts)?.bodyBytes ?? 0) > BODY_BYTES;
    // Without a length it would be held whole before anybody asked who sends it.
    if (isLarge && context.req.header("transfer-encoding") !== undefined)
      return context.json({ error: "Length required" }, 411);
    const bodyBytes = mountOf(context.req.path, mounts)?.bodyBytes ?? BODY_BYTES;
    return limits.get(bodyBytes)?.(context, next);
  });

  app.get("/metrics", async (context) =>
    context.body(await metrics.print(), 200, { "Content-Type": metrics.contentType }),
  );
  app.get("/media/*", (context) => serveMedia(context.req.raw));
  app.post("/callbacks/*", (context) => answerCallback(context.req.raw));
  app.post("/webhooks/*", (context) => answerWebhook(context.req.raw));
  app.get("/", (context) => context.redirect(PAGE, 302));
  app.get("/favicon.ico", (context) => context.body(null, 204));

  for (const mount of mounts) {
    const handle = (context: Context<{ Bindings: HttpBindings }>) =>
      mount.fetch(context.req.raw, { remoteAddress: context.env.incoming.socket.remoteAddress ?? "" });
    app.all(mount.prefix, handle);
    app.all(`${mount.prefix}/*`, handle);
  }

  app.notFound((context) => context.json({ error: "Not found" }, 404));
  app.onError((err, context) => {
    log.error("request failed", { method: context.req.method, area: areaOf(context.req.path, mounts), err });
    return context.json({ error: "Internal error" }, 500);
  });

  let server: Server | null = null;

  return {
    async start() {
      const created = createAdaptorServer({ fetch: app.fetch });
      if (!("closeAllConnections" in created)) throw new AppError("INTERNAL", "not an HTTP/1 server");
      created.headersTimeout = 15_000;
      // Twenty megabytes by a slow line; the routes have deadlines of their own.
      created.requestTimeout = 120_000;
      await listen(created, place);
      // No more files to open, say: one connection is lost, the process is not.
      created.on("error", (err) => log.error("the web server could not accept a connection", { err }));
      server = created;
      const address = created.address();
      if (typeof address === "object" && address !== null) port = address.port;
      log.info("web server listens", { host: place.host, port });
    },
    async stop() {
      const running = server;
      if (running === null) return;
      server = null;
      await new Promise<void>((resolve) => {
        running.close(() => resolve());
        running.closeIdleConnections();
        // What is still streaming (a film, a page's events) is cut: the client asks again.
        const cut = setTimeout(() => running.closeAllConnections(), 1_000);
        cut.unref();
      });
    },
    url() {
      const name = place.host === "0.0.0.0" || place.host === "::" ? "127.0.0.1" : place.host;
      return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
    },
  };
}

function listen(server: Server, place: WebServerDependencies["place"]): Promise<void> {
  const { host, port } = place;
  return new Promise((resolve, reject) => {
    const onError = (cause: Error) => {
      const code = "code" in cause ? cause.code : "";
      const why =
        code === "EADDRINUSE"
          ? `port ${port} on ${host} is in use: stop what uses it, or set PORT to another one`
          : code === "EACCES"
            ? `port ${port} on ${host} needs more rights: set PORT to one above 1023`
            : `cannot listen on ${host}:${port} (${String(code)}): check HOST and PORT`;
      reject(new AppError("INPUT_INVALID", why, { cause }));
    };
    server.once("error", onError);
    server.listen(port, host, () => {
      server.off("error", onError);
      resolve();
    });
  });
}

/** For logs and figures: never the path itself, which may hold a signature or an id. */
function areaOf(path: string, mounts: readonly MountedRoutes[]): string {
  return (
    mountOf(path, mounts)?.prefix ??
    (/^\/(health|metrics|media|callbacks|webhooks)(\/|$)/.exec(path)?.[1] || "other")
  );
}

/** The most particular one: a mount may have another one below it. */
function mountOf(path: string, mounts: readonly MountedRoutes[]): MountedRoutes | undefined {
  return mounts
    .filter(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
    .toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
}

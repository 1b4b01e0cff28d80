import { createAccountRoutes, type ZernioSignIn } from "./account-routes.ts";
import { bodies, problemsOf, queries } from "./check-request.ts";
import { createZernioFaults } from "./faults.ts";
import { headerOf, startZernioHost, type ZernioExchange, type ZernioHost } from "./host.ts";
import { createPostRoutes, refusal, type ZernioAnswer, type ZernioShapes } from "./post-routes.ts";
import { createZernioPublishing } from "./publishing.ts";
import { routeOf, type ZernioRoute } from "./routes.ts";
import { createZernioStorage } from "./storage.ts";
import type {
  ZernioAccount,
  ZernioCancellation,
  ZernioEvent,
  ZernioFault,
  ZernioPost,
  ZernioProfile,
  ZernioPublication,
  ZernioRequest,
  ZernioScript,
  ZernioViolation,
  ZernioWebhookTrouble,
} from "./types.ts";
import { viewInEvent } from "./views.ts";
import { createZernioWebhooks, type ZernioWebhookTarget } from "./webhooks.ts";
import { createZernioWorld, type ZernioRules } from "./world.ts";

export type { ZernioShapes } from "./post-routes.ts";
export type * from "./types.ts";

export interface ZernioEmulatorOptions extends Partial<ZernioRules> {
  readonly port?: number;
  /** Only these keys are let in; any, where it is missing. */
  readonly keys?: readonly string[];
  /**
   * `real` (the standard): the machine's time, and what is due happens by itself. `manual`: time stands still, and
   * things happen in `advance` and at each request. A number is where a manual clock begins.
   */
  readonly clock?: "real" | "manual" | number;
  readonly webhook?: ZernioWebhookTarget;
  readonly shapes?: Partial<ZernioShapes>;
}

/** A stand-in for zernio.com/api with its storage and the networks behind it, on one loopback port. */
export interface ZernioEmulator extends Pick<ZernioHost, "url" | "port" | "pause" | "resume"> {
  /** What `LATE_API_URL` is to be: with `/api`. */
  readonly apiUrl: string;
  now(): number;
  /** Moves the clock, due moment by due moment, with all that happens on the way; webhooks are delivered. */
  advance(ms: number): Promise<void>;
  /** Lets everything due happen now and delivers the webhooks that are due. */
  settle(): Promise<void>;
  addProfile(name: string): ZernioProfile;
  addAccount(profileId: string, platform: string, username: string): ZernioAccount;
  setAccount(
    id: string,
    change: Partial<Pick<ZernioAccount, "isActive" | "needsReconnection" | "enabled">>,
  ): void;
  /** Who signs in at the next connect links, in turn. */
  signIn(person: ZernioSignIn): void;
  /** What the network does with the next posts; see `ZernioScript`. */
  script(script: ZernioScript): void;
  setDefaults(script: ZernioScript): void;
  setShapes(shapes: Partial<ZernioShapes>): void;
  fault(fault: ZernioFault): void;
  clearFaults(): void;
  /** The links of stored files are dead from now on (of all, or of one). */
  killMedia(url?: string): void;
  setWebhook(target: ZernioWebhookTarget | null): void;
  webhookTrouble(trouble: ZernioWebhookTrouble): void;
  readonly profiles: readonly ZernioProfile[];
  readonly accounts: ReadonlyMap<string, ZernioAccount>;
  readonly posts: ReadonlyMap<string, ZernioPost>;
  /** What really became public, in order. */
  readonly publications: readonly ZernioPublication[];
  readonly cancellations: readonly ZernioCancellation[];
  /** Publications beyond the first of the same `metadata.easelPostId` on the same account. */
  doubles(): ZernioPublication[];
  /** Publications of something whose cancel had been confirmed before. */
  afterCancel(): ZernioPublication[];
  /** Publications of before the moment that they were scheduled for. */
  tooEarly(): ZernioPublication[];
  /** Posts that were published at once because their `scheduledFor` had passed. */
  readonly pastSchedules: readonly string[];
  readonly events: readonly ZernioEvent[];
  readonly requests: readonly ZernioRequest[];
  /** Every way in which a request differed from the documentation, and every unknown route. */
  readonly violations: readonly ZernioViolation[];
  /** Bugs of the emulator itself; a test asserts that there are none. */
  readonly errors: readonly unknown[];
  close(): Promise<void>;
}

const TICK_MS = 50;
const json = (body: unknown): string => JSON.stringify(body);

export async function startZernioEmulator(options: ZernioEmulatorOptions = {}): Promise<ZernioEmulator> {
  const { clock = "real" } = options;
  let manual = clock === "real" ? null : clock === "manual" ? Date.parse("2026-11-22T12:00:00Z") : clock;
  let aheadMs = 0;
  const now = (): number => (manual ?? Date.now()) + aheadMs;
  let host: ZernioHost | null = null;
  const origin = (): string => host?.url ?? "";
  let shapes: ZernioShapes = {
    flatDuplicates: false,
    plainReplays: false,
    acceptsRunning: false,
    keepsCancelled: false,
    idsAsText: false,
    ...options.shapes,
  };
  const world = createZernioWorld({
    now,
    rules: {
      postsPerHour: options.postsPerHour ?? 25,
      postsPerDay: options.postsPerDay ?? 100,
      apiPerMinute: options.apiPerMinute ?? 600,
    },
  });
  const requests: ZernioRequest[] = [];
  const errors: unknown[] = [];
  const closing = new AbortController();
  const faults = createZernioFaults(closing.signal);
  const webhooks = createZernioWebhooks({ now, nextId: world.nextId });
  webhooks.setTarget(options.webhook ?? null);
  const emitPost = (event: string, post: ZernioPost): void =>
    webhooks.emit(event, { post: viewInEvent(post) });
  const publishing = createZernioPublishing({ world, now, origin, emit: emitPost });
  const postRoutes = createPostRoutes({
    world,
    publishing,
    shapes: () => shapes,
    now,
    emit: emitPost,
    isFetchable: (url) =>
      url.startsWith("https://") || ["127.0.0.1", "localhost"].includes(new URL(url).hostname),
  });
  const storage = createZernioStorage({ world, now, origin });
  const accountRoutes = createAccountRoutes({
    world,
    shapes: () => shapes,
    now,
    origin,
    emit: webhooks.emit,
  });

  function bodyOf(exchange: ZernioExchange, where: string): Record<string, unknown> | null {
    if (!headerOf(exchange, "content-type").startsWith("application/json"))
      world.violate(where, "content-type is not application/json");
    try {
      const body: unknown = JSON.parse(exchange.body.toString("utf8"));
      if (typeof body === "object" && body !== null && !Array.isArray(body)) return { ...body };
    } catch {
      // Falls through: not JSON.
    }
    world.violate(where, "body is not a JSON object");
    return null;
  }

  function rateLimit(): ZernioAnswer | null {
    const since = requests.findLastIndex((one) => one.at <= now() - 60_000) + 1;
    const recent = requests.slice(since).filter((one) => one.call !== "upload");
    const limit = world.rules.apiPerMinute;
    if (recent.length <= limit) return null;
    const resetAt = (recent.at(-limit)?.at ?? now()) + 60_000;
    const headers = {
      "retry-after": String(Math.max(1, Math.ceil((resetAt - now()) / 1_000))),
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(Math.ceil(resetAt / 1_000)),
    };
    return { ...refusal(429, "Rate limit exceeded"), headers };
  }

  /** What the call does, once it has been let in. */
  async function effect(
    route: ZernioRoute,
    exchange: ZernioExchange,
    hold: Promise<void> | undefined,
  ): Promise<ZernioAnswer> {
    const { call, id } = route;
    const query = Object.fromEntries(exchange.query);
    const schema = call === "list" || call === "accounts" || call === "connect" ? queries[call] : null;
    const wrong = schema ? problemsOf(schema, query) : Object.keys(query).map((key) => `${key} unknown`);
    if (wrong.length > 0 && call !== "upload") {
      for (const problem of wrong) world.violate(call, `query: ${problem}`);
      return refusal(400, `Unknown or wrong query parameter: ${wrong[0]}`);
    }
    const withBody =
      call === "create" || call === "change" || call === "presign" || call === "profile create";
    const body = withBody ? bodyOf(exchange, call) : {};
    if (body === null) return refusal(400, "Invalid JSON");
    switch (call) {
      case "profiles":
        return accountRoutes.profiles();
      case "profile create": {
        const problems = problemsOf(bodies["profile create"], body);
        for (const problem of problems) world.violate(call, problem);
        return problems.length > 0
          ? refusal(400, problems[0] ?? "")
          : accountRoutes.createProfile(String(body["name"]));
      }
      case "accounts":
        return accountRoutes.accounts(exchange.query);
      case "health":
        return accountRoutes.health(id);
      case "quota":
        return accountRoutes.quota(id);
      case "connect":
        return accountRoutes.connect(id, exchange.query);
      case "disconnect":
        return accountRoutes.disconnect(id);
      case "presign":
        return storage.presign(body);
      case "upload":
        return storage.upload(exchange);
      case "list":
        return postRoutes.list(exchange.query);
      case "get":
        return postRoutes.get(id);
      case "change":
        return postRoutes.change(id, body);
      case "cancel":
        return postRoutes.cancel(id);
      case "retry":
        return postRoutes.retry(id);
      case "create": {
        const headers = {
          idempotencyKey: headerOf(exchange, "idempotency-key"),
          requestId: headerOf(exchange, "x-request-id"),
        };
        return postRoutes.create(body, headers, hold);
      }
    }
  }

  /** The pages that people and networks open: no key, no limits. */
  function page(exchange: ZernioExchange): boolean {
    const [, token] = /^\/connect\/([0-9a-f]{24})$/.exec(exchange.path) ?? [];
    if (token !== undefined && exchange.method === "GET") {
      const opened = accountRoutes.open(token);
      if ("location" in opened) exchange.send(302, "text/plain", "", { location: opened.location });
      else exchange.send(opened.status, "text/html", `<p>${opened.text}</p>`);
      return true;
    }
    return storage.serve(exchange);
  }

  async function handle(exchange: ZernioExchange): Promise<void> {
    await publishing.tick();
    if (page(exchange)) return;
    const route = routeOf(exchange.method, exchange.path);
    const entry: ZernioRequest = {
      at: now(),
      call: route?.call ?? "unknown",
      method: exchange.method,
      path: exchange.path,
      query: exchange.query.toString(),
      headers: exchange.headers,
      bodyText: route?.call === "upload" ? "" : exchange.body.toString("utf8"),
      status: null,
    };
    requests.push(entry);
    const reply = ({ status, body, headers = {} }: ZernioAnswer): void => {
      entry.status = status;
      const text = typeof body === "string" ? body : json(body);
      exchange.send(status, typeof body === "string" ? "application/xml" : "application/json", text, {
        "x-request-id": headerOf(exchange, "x-request-id") || world.nextId(),
        ...headers,
      });
    };
    if (!route) {
      world.violate(`${exchange.method} ${exchange.path}`, "unknown route");
      return reply(refusal(404, "Not found"));
    }
    const fault = faults.take(route.call);
    const answer = async (): Promise<ZernioAnswer> => {
      if (route.call === "upload") return storage.upload(exchange);
      const [, key = ""] = /^Bearer (\S+)$/.exec(headerOf(exchange, "authorization")) ?? [];
      if (key === "" || (options.keys && !options.keys.includes(key))) return refusal(401, "Invalid API key");
      return rateLimit() ?? effect(route, exchange, fault?.hold);
    };
    const result = fault ? await faults.disturb(fault, exchange, answer) : await answer();
    if (result) reply(result);
    if (manual === null) void webhooks.deliver();
  }

  async function settle(): Promise<void> {
    await publishing.tick();
    await webhooks.deliver();
  }

  host = await startZernioHost({
    port: options.port ?? 0,
    handle,
    onError: (error) => void errors.push(error),
  });
  const timer =
    manual === null
      ? setInterval(() => void settle().catch((error: unknown) => errors.push(error)), TICK_MS)
      : null;
  const { url, port, pause, resume } = host;

  return {
    url,
    port,
    pause,
    resume,
    apiUrl: `${url}/api`,
    now,
    settle,
    async advance(ms) {
      const end = now() + ms;
      for (let at = publishing.nextAt(); at !== null && at <= end; at = publishing.nextAt()) {
        const stepMs = Math.max(0, at - now());
        if (manual === null) aheadMs += stepMs;
        else manual += stepMs;
        await settle();
      }
      const restMs = Math.max(0, end - now());
      if (manual === null) aheadMs += restMs;
      else manual += restMs;
      await settle();
    },
    addProfile: accountRoutes.addProfile,
    addAccount: accountRoutes.addAccount,
    setAccount(id, change) {
      const account = world.accounts.get(id);
      if (!account) throw new Error(`no account ${id}`);
      Object.assign(account, change);
    },
    signIn: (person) => void accountRoutes.people.push(person),
    script: world.script,
    setDefaults: world.setDefaults,
    setShapes(change) {
      shapes = { ...shapes, ...change };
    },
    fault: faults.add,
    clearFaults: faults.clear,
    killMedia(link) {
      for (const file of world.files.values())
        if (link === undefined || link === url + file.key) file.isGone = true;
    },
    setWebhook: webhooks.setTarget,
    webhookTrouble: webhooks.trouble,
    profiles: world.profiles,
    accounts: world.accounts,
    posts: world.posts,
    publications: world.publications,
    cancellations: world.cancellations,
    doubles() {
      const key = (one: ZernioPublication) => `${one.easelPostId ?? one.postId} ${one.accountId}`;
      return world.publications.filter(
        (one, at) => world.publications.findIndex((other) => key(other) === key(one)) < at,
      );
    },
    afterCancel: () =>
      world.publications.filter((one) =>
        world.cancellations.some(
          (gone) =>
            gone.at <= one.at &&
            (gone.postId === one.postId ||
              (gone.easelPostId !== null && gone.easelPostId === one.easelPostId)),
        ),
      ),
    tooEarly: () => world.publications.filter((one) => one.dueAt !== null && one.at < one.dueAt),
    pastSchedules: world.pastSchedules,
    events: webhooks.events,
    requests,
    violations: world.violations,
    errors,
    async close() {
      if (timer) clearInterval(timer);
      closing.abort();
      await pause();
    },
  };
}

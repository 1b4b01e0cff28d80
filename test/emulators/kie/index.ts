/** The one job of this file: to tie the parts of the stand-in together, route by route. */
import { setTimeout as delay } from "node:timers/promises";
import type { EmulatorServer } from "../shared/server.ts";
import { createKieCallbacks } from "./callbacks.ts";
import { problemsOf, routeBodies } from "./check-request.ts";
import { type KieExchange, startHost } from "./host.ts";
import { phaseOf, type RecordAnswer } from "./records.ts";
import { resultFile } from "./results.ts";
import type {
  KieCall,
  KieCallback,
  KieCreate,
  KieCreateRequest,
  KieFamily,
  KieFault,
  KieRequest,
  KieScript,
  KieTask,
  KieUpload,
  KieViolation,
} from "./types.ts";
import { createKieUploads } from "./uploads.ts";
import { createKieWorld, fileOf, type KieWorldOptions } from "./world.ts";

export type * from "./types.ts";

export interface KieEmulatorOptions extends Partial<Omit<KieWorldOptions, "hosts">> {
  port?: number;
  /** Signs callbacks as if a webhook key had been made in the settings. */
  hmacKey?: string;
  /** `auto` posts callbacks by itself when tasks end; `manual` waits for `deliverCallbacks()`. */
  callbacks?: "auto" | "manual";
}

/**
 * A stand-in for api.kie.ai with its file hosts on one loopback port, and for its upload host on another. Uploads are
 * taken at the first as well, for those who configure one address for everything.
 */
export interface KieEmulator extends Pick<EmulatorServer, "url" | "port" | "pause" | "resume" | "close"> {
  /** What `KIE_UPLOAD_URL` is to be: where inputs are uploaded, and where they then lie. */
  readonly uploadUrl: string;
  script(script: KieScript): void;
  /** What tasks do that no script speaks of: success after 2 s unless changed here. */
  setDefaults(script: KieScript): void;
  fault(fault: KieFault): void;
  setCredits(key: string, credits: number): void;
  readonly creates: readonly KieCreate[];
  /** Creates that made a task, whether or not the caller learned of it. */
  readonly paidCreates: readonly KieCreate[];
  readonly requests: readonly KieRequest[];
  readonly callbacks: readonly KieCallback[];
  readonly uploads: readonly KieUpload[];
  /** Links to pictures in creates that lead to no file of this service: nothing of a member may be among them. */
  readonly foreignReferences: readonly string[];
  /** Every way in which a request differed from the documentation, and every unknown route. */
  readonly violations: readonly KieViolation[];
  readonly tasks: readonly KieTask[];
  /** Bugs of the emulator itself; a test asserts that there are none. */
  readonly errors: readonly unknown[];
  deliverCallbacks(): Promise<void>;
  /** The bytes behind a task's link. */
  resultBytes(taskId: string, index?: number): Promise<Buffer>;
}

const CREATE_ROUTES: Record<string, KieFamily> = {
  "/api/v1/gpt4o-image/generate": "4o-image",
  "/api/v1/flux/kontext/generate": "flux-kontext",
  "/api/v1/veo/generate": "veo",
  "/api/v1/jobs/createTask": "jobs",
};
const STATUS_ROUTES: Record<string, KieFamily> = {
  "/api/v1/gpt4o-image/record-info": "4o-image",
  "/api/v1/flux/kontext/record-info": "flux-kontext",
  "/api/v1/veo/record-info": "veo",
  "/api/v1/jobs/recordInfo": "jobs",
};
const UPLOAD_ROUTES = ["POST /api/file-stream-upload", "POST /api/file-base64-upload"];
const HD_DELAY_MS = 90_000;
const refusal = (code: number, msg: string): RecordAnswer => ({ code, msg, data: null });
const granted = (data: unknown): RecordAnswer => ({ code: 200, msg: "success", data });
const errorPage = (status: number): string =>
  `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr><center>cloudflare</center></body></html>`;

export async function startKieEmulator(options: KieEmulatorOptions = {}): Promise<KieEmulator> {
  const now = options.now ?? Date.now;
  const listening: { server?: EmulatorServer; uploadHost?: EmulatorServer } = {};
  const uploads = createKieUploads({ now, origin: () => listening.uploadHost?.url ?? "" });
  const world = createKieWorld({
    now,
    hosts: (url) => uploads.knows(url) || isResult(url),
    rng: options.rng ?? Math.random,
    credits: options.credits ?? 100_000,
    cost: options.cost ?? { "4o-image": 6, "flux-kontext": 5, veo: 60, jobs: 10 },
    createsPer10s: options.createsPer10s ?? 20,
    statusReadsPerSecond: options.statusReadsPerSecond ?? 10,
    ...(options.keys ? { keys: options.keys } : {}),
  });
  const requests: KieRequest[] = [];
  const callbacks: KieCallback[] = [];
  const errors: unknown[] = [];
  const origin = (): string => listening.server?.url ?? "";
  const outbox = createKieCallbacks({ world, now, origin, hmacKey: options.hmacKey, history: callbacks });

  /** A result of ours, at one of our own addresses. */
  function isResult(url: string): boolean {
    const named = url.startsWith(`${origin()}/`) ? fileOf(new URL(url).pathname) : undefined;
    return named !== undefined && world.tasks.has(named.taskId);
  }

  const bodyOf = (exchange: KieExchange): Record<string, unknown> | undefined => {
    const type = exchange.headers["content-type"] ?? "";
    if (!type.startsWith("application/json")) world.violate(exchange.path, `content-type is "${type}"`);
    try {
      const body: unknown = JSON.parse(exchange.bodyText);
      if (typeof body === "object" && body !== null && !Array.isArray(body)) return { ...body };
    } catch {
      // Falls through: not JSON.
    }
    world.violate(exchange.path, "body is not a JSON object");
    return undefined;
  };

  const keyOf = (exchange: KieExchange): string => {
    const [, key = ""] = /^Bearer (\S+)$/.exec(exchange.headers["authorization"] ?? "") ?? [];
    return key;
  };

  /** Answers a call of the API, or disturbs it as the fault says. */
  async function answer(
    exchange: KieExchange,
    call: KieCall,
    request: KieCreateRequest | undefined,
    effect: () => RecordAnswer,
    onAnswered?: (code: number) => void,
  ): Promise<void> {
    const fault = world.takeFault(call, request);
    const reply = (body: RecordAnswer, httpStatus = 200): void => {
      note(exchange, body.code);
      onAnswered?.(body.code);
      exchange.json(httpStatus, body);
    };
    if (!fault) return reply(effect());
    const disturbs =
      fault.cut ||
      fault.html !== undefined ||
      fault.raw !== undefined ||
      fault.code !== undefined ||
      fault.truncate;
    const result = fault.after || !disturbs ? effect() : undefined;
    if (fault.hold) await fault.hold;
    if (fault.delayMs !== undefined) await delay(fault.delayMs);
    if (fault.cut) {
      note(exchange, null);
      return exchange.cut();
    }
    if (fault.truncate) {
      note(exchange, null);
      const whole = Buffer.from(JSON.stringify(result ?? effect()));
      return exchange.truncate(200, "application/json", whole, Math.floor(whole.length / 2));
    }
    if (fault.html !== undefined) {
      note(exchange, null);
      return exchange.send(fault.html, "text/html; charset=UTF-8", errorPage(fault.html));
    }
    if (fault.raw) {
      note(exchange, null);
      return exchange.send(fault.raw.status, fault.raw.contentType, fault.raw.body, fault.raw.headers);
    }
    if (fault.code !== undefined) {
      return reply(refusal(fault.code, fault.message ?? `error ${fault.code}`), fault.httpStatus);
    }
    reply(result ?? effect(), fault.httpStatus);
  }

  const isUploadHost = ({ headers }: KieExchange): boolean =>
    `http://${headers.host ?? ""}` === listening.uploadHost?.url;

  function note(exchange: KieExchange, code: number | null): void {
    requests.push({
      at: now(),
      host: isUploadHost(exchange) ? "upload" : "api",
      method: exchange.method,
      path: exchange.path,
      query: exchange.query.toString(),
      key: keyOf(exchange),
      bodyText: UPLOAD_ROUTES.includes(`${exchange.method} ${exchange.path}`) ? "" : exchange.bodyText,
      code,
    });
  }

  async function create(exchange: KieExchange, family: KieFamily): Promise<void> {
    const body = bodyOf(exchange);
    if (!body) return exchange.json(200, refusal(400, "JSON parse error"));
    const request = world.describe(family, keyOf(exchange), body);
    let entry: KieCreate | undefined;
    await answer(
      exchange,
      "create",
      request,
      () => {
        const made = world.create(request);
        entry = made.entry;
        return made.answer;
      },
      (code) => {
        if (!entry) return;
        entry.code = code;
        entry.answered = entry.accepted && code === 200;
      },
    );
    if (!entry) {
      const code = requests.at(-1)?.code ?? null;
      world.creates.push({
        ...request,
        references: [],
        at: now(),
        accepted: false,
        answered: false,
        code,
        taskId: null,
      });
    }
  }

  async function file(exchange: KieExchange): Promise<void> {
    const named = fileOf(exchange.path);
    const task = named && world.tasks.get(named.taskId);
    const fault = world.takeFault("file", task && { ...task, prompt: "" });
    note(exchange, null);
    if (fault?.hold) await fault.hold;
    if (fault?.delayMs !== undefined) await delay(fault.delayMs);
    if (fault?.cut) return exchange.cut();
    if (fault?.html !== undefined) return exchange.send(fault.html, "text/html", errorPage(fault.html));
    if (fault?.raw) {
      return exchange.send(fault.raw.status, fault.raw.contentType, fault.raw.body, fault.raw.headers);
    }
    if (!named || !task || phaseOf(task, now()).phase !== "success") {
      return exchange.send(404, "text/html", errorPage(404));
    }
    const diesAt = task.createdAt + (task.script.durationMs ?? 0) + (task.script.linksDieAfterMs ?? 0);
    if (named.folder === "results" && task.script.linksDieWith !== undefined && now() >= diesAt) {
      return exchange.send(task.script.linksDieWith, "text/html", errorPage(task.script.linksDieWith));
    }
    if (named.folder === "fresh" && now() > Number(exchange.query.get("expires"))) {
      return exchange.send(403, "application/xml", "<Error><Code>AccessDenied</Code></Error>");
    }
    const result = await resultFile(task, named.index);
    if (fault?.truncate) {
      return exchange.truncate(200, result.contentType, result.bytes, Math.floor(result.bytes.length / 2));
    }
    exchange.send(200, result.contentType, result.bytes);
  }

  function downloadUrl(exchange: KieExchange, kind: "4o download-url" | "common download-url"): RecordAnswer {
    const body = bodyOf(exchange) ?? {};
    const problems = problemsOf(routeBodies[kind], body);
    for (const problem of problems) world.violate(kind, problem);
    if (problems.length > 0) return refusal(422, problems.join("; "));
    const fresh = world.renewed(String(body["url"]));
    return fresh === undefined ? refusal(422, "url is wrong") : granted(origin() + fresh);
  }

  /** 1080P versions are made by themselves some time after the video, 4K ones when asked for. */
  function upgraded(exchange: KieExchange, quality: "1080P" | "4k", taskId: string): RecordAnswer {
    const task = world.tasks.get(taskId);
    if (task?.family !== "veo") return refusal(422, "record is null");
    const { phase, endedAt } = phaseOf(task, now());
    if (phase !== "success" || endedAt === null) return refusal(422, "record status is not success");
    if (quality === "4k" && task.upgradeAt === null) {
      task.upgradeAt = now();
      return granted({ taskId, resultUrls: null, imageUrls: null });
    }
    const since = quality === "4k" ? (task.upgradeAt ?? now()) : endedAt;
    const wait = quality === "4k" ? 5 * HD_DELAY_MS : (task.script.sharperMs ?? HD_DELAY_MS);
    const link = `${origin()}/hd/${taskId}/${Number(exchange.query.get("index") ?? 0)}.mp4`;
    if (now() - since < wait) {
      return quality === "4k"
        ? refusal(422, "4k is processing. It should be ready in 5-10 minutes. Please check back shortly.")
        : refusal(400, "1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.");
    }
    return granted(quality === "4k" ? { taskId, resultUrls: [link], imageUrls: null } : { resultUrl: link });
  }

  async function handleUpload(exchange: KieExchange): Promise<void> {
    const kept = exchange.method === "GET" ? uploads.kept.get(exchange.path) : undefined;
    if (kept) return exchange.send(200, kept.contentType, kept.bytes);
    const route = `${exchange.method} ${exchange.path}`;
    const key = keyOf(exchange);
    if (!UPLOAD_ROUTES.includes(route)) {
      world.violate(route, "unknown route of the upload host");
      note(exchange, 404);
      return exchange.send(404, "text/html", errorPage(404));
    }
    if (!world.isKnownKey(key)) {
      world.violate(route, key === "" ? "no bearer key" : "unknown key");
      note(exchange, 401);
      return exchange.json(200, { success: false, ...refusal(401, "You do not have access permissions") });
    }
    const incoming = await uploads.read(exchange, route);
    for (const problem of incoming.problems) world.violate(route, problem);
    return answer(exchange, "upload", undefined, () => uploads.keep(incoming, key));
  }

  async function handle(exchange: KieExchange): Promise<void> {
    const { method, path, query } = exchange;
    if (method === "GET" && /^\/(results|fresh|hd)\//.test(path)) return file(exchange);
    const route = `${method} ${path}`;
    if (UPLOAD_ROUTES.includes(route)) return handleUpload(exchange);
    const key = keyOf(exchange);
    const known = world.isKnownKey(key);
    const createFamily = method === "POST" ? CREATE_ROUTES[path] : undefined;
    const statusFamily = method === "GET" ? STATUS_ROUTES[path] : undefined;
    if (path.startsWith("/api/") && !known) {
      world.violate(route, key === "" ? "no bearer key" : "unknown key");
      note(exchange, 401);
      return exchange.json(200, refusal(401, "You do not have access permissions"));
    }
    if (createFamily) return create(exchange, createFamily);
    if (statusFamily) {
      const taskId = query.get("taskId") ?? "";
      if (taskId === "") world.violate(route, "taskId is missing");
      const task = world.tasks.get(taskId);
      return answer(exchange, "status", task && world.describe(task.family, key, task.body), () => {
        if (!world.mayRead(key))
          return refusal(429, "The call frequency is too high. Please try again later.");
        return world.record(statusFamily, key, taskId, origin());
      });
    }
    switch (route) {
      case "POST /api/v1/gpt4o-image/download-url":
        return answer(exchange, "download-url", undefined, () => downloadUrl(exchange, "4o download-url"));
      case "POST /api/v1/common/download-url":
        return answer(exchange, "download-url", undefined, () =>
          downloadUrl(exchange, "common download-url"),
        );
      case "GET /api/v1/veo/get-1080p-video":
        return answer(exchange, "upgrade", undefined, () =>
          upgraded(exchange, "1080P", query.get("taskId") ?? ""),
        );
      case "POST /api/v1/veo/get-4k-video": {
        const body = bodyOf(exchange) ?? {};
        for (const problem of problemsOf(routeBodies["4k"], body)) world.violate(route, problem);
        return answer(exchange, "upgrade", undefined, () => upgraded(exchange, "4k", String(body["taskId"])));
      }
      case "GET /api/v1/chat/credit":
        return answer(exchange, "credit", undefined, () => granted(world.balanceOf(key)));
      default:
        world.violate(route, "unknown route");
        note(exchange, 404);
        return exchange.json(404, {
          timestamp: new Date(now()).toISOString(),
          status: 404,
          error: "Not Found",
          path,
        });
    }
  }

  const server = await startHost({
    ...(options.port === undefined ? {} : { port: options.port }),
    handle,
    onError: (error) => errors.push(error),
  });
  listening.server = server;
  const uploadHost = await startHost({
    handle: handleUpload,
    onError: (error) => errors.push(error),
  });
  listening.uploadHost = uploadHost;
  const { url, port } = server;
  const timer =
    options.callbacks === "manual" ? undefined : setInterval(() => void outbox.deliverDue(), 50).unref();

  return {
    url,
    port,
    uploadUrl: uploadHost.url,
    pause: async () => {
      await Promise.all([server.pause(), uploadHost.pause()]);
    },
    resume: async () => {
      await Promise.all([server.resume(), uploadHost.resume()]);
    },
    close: async () => {
      clearInterval(timer);
      await Promise.all([server.close(), uploadHost.close()]);
    },
    script: world.addScript,
    setDefaults: world.setDefaults,
    fault: world.addFault,
    setCredits: world.setBalance,
    creates: world.creates,
    get paidCreates() {
      return world.creates.filter((entry) => entry.accepted);
    },
    requests,
    callbacks,
    get uploads() {
      return [...uploads.kept.values()];
    },
    foreignReferences: world.foreignReferences,
    violations: world.violations,
    get tasks() {
      return [...world.tasks.values()];
    },
    errors,
    deliverCallbacks: () => outbox.deliverDue(),
    resultBytes: async (taskId, index = 0) => {
      const task = world.tasks.get(taskId);
      if (!task) throw new Error(`no task ${taskId}`);
      return (await resultFile(task, index)).bytes;
    },
  };
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { type Body, readBody } from "./body.ts";
import { createDownloads, type Download } from "./downloads.ts";
import { createFaults, type FaultAnswer, type Faults } from "./faults.ts";
import { createRateLimiter, type RateLimits } from "./limits.ts";
import { sha256 } from "./media.ts";
import { METHODS } from "./methods.ts";
import { checkCall, knownMethod } from "./validate.ts";
import { type Params, Refusal } from "./wire.ts";
import type { Call, World } from "./world.ts";

/** One call of the bot, as it came in and as it was answered. */
export interface RecordedRequest {
  readonly id: number;
  readonly method: string;
  readonly params: Params;
  readonly files: readonly {
    readonly field: string;
    readonly name: string;
    readonly sizeBytes: number;
    readonly sha256: string;
    readonly bytes: Buffer;
  }[];
  /** Milliseconds of the emulator's clock. */
  readonly at: number;
  /** HTTP status of the answer; 0 while it runs and when the connection was cut. */
  status: number;
  /** Description of a refusal. */
  error: string | undefined;
}

export interface Violation {
  readonly requestId: number;
  readonly method: string;
  readonly detail: string;
}

export interface Api {
  readonly server: Server;
  readonly faults: Faults;
  readonly requests: RecordedRequest[];
  readonly violations: Violation[];
  readonly downloads: Download[];
}

export interface ApiOptions {
  readonly world: World;
  readonly token: string;
  readonly limits: () => RateLimits | false;
  /** Told when a call came in and when it was answered. */
  readonly changed: () => void;
}

/** The HTTP face of the emulated Bot API. */
export function createApi({ world, token, limits, changed }: ApiOptions): Api {
  const faults = createFaults();
  const requests: RecordedRequest[] = [];
  const violations: Violation[] = [];
  const downloads: Download[] = [];
  const serveFile = createDownloads(world, faults, downloads);
  const limiter = createRateLimiter(world.now);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://emulator");
    const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(url.pathname);
    if (file !== null) {
      const isOurs = decodeURIComponent(file[1] ?? "") === token;
      await serveFile(isOurs ? decodeURIComponent(file[2] ?? "") : null, response);
      return changed();
    }
    const route = /^\/bot([^/]+)\/(\w+)$/.exec(url.pathname);
    if (route === null)
      return answer(response, 404, { ok: false, error_code: 404, description: "Not Found" });
    if (decodeURIComponent(route[1] ?? "") !== token)
      return answer(response, 401, { ok: false, error_code: 401, description: "Unauthorized" });
    await serveMethod(canonical(route[2] ?? ""), request, url.searchParams, response);
  }

  async function serveMethod(
    method: string,
    request: IncomingMessage,
    query: URLSearchParams,
    response: ServerResponse,
  ): Promise<void> {
    const id = requests.length + 1;
    const violate = (detail: string): void => {
      violations.push({ requestId: id, method, detail });
    };
    let body: Body = { raw: {}, parts: [] };
    let early: Error | undefined;
    try {
      body = await readBody(request, query);
    } catch (error) {
      // A client that hung up in the middle of its own request gets nothing.
      if (!(error instanceof Refusal)) return;
      early = error;
    }
    const checked = checkCall(method, body.raw, new Set(body.parts.map(({ field }) => field)));
    const recorded: RecordedRequest = {
      id,
      method,
      params: checked.params,
      files: body.parts.map((part) => ({
        field: part.field,
        name: part.fileName,
        sizeBytes: part.bytes.length,
        sha256: sha256(part.bytes),
        bytes: part.bytes,
      })),
      at: world.now(),
      status: 0,
      error: undefined,
    };
    requests.push(recorded);
    changed();
    if (knownMethod(method)) checked.problems.forEach(violate);
    else violate("this method is not emulated");

    const chatId = checked.params["chat_id"];
    const fault = faults.next(method, typeof chatId === "number" ? chatId : undefined);
    if (fault?.kind === "delay") await wait(fault.delayMs);
    else if (fault !== undefined && fault.kind !== "cut-after") {
      return disturb(fault, request, response, recorded);
    }
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const call: Call = {
      world,
      method,
      requestId: id,
      params: checked.params,
      parts: body.parts,
      gone: gone.signal,
      violate,
      spend(chat, weight) {
        const seconds = limiter.take(chat, weight, limits());
        if (seconds > 0) throw flood(seconds);
      },
    };
    const { status, result } = await run(call, early ?? checked.fatal);
    recorded.error = "description" in result ? result.description : undefined;
    if (fault?.kind === "cut-after") {
      request.socket.destroy();
    } else {
      recorded.status = status;
      answer(response, status, result);
    }
    changed();
  }

  function disturb(
    fault: FaultAnswer,
    request: IncomingMessage,
    response: ServerResponse,
    recorded: RecordedRequest,
  ): void {
    switch (fault.kind) {
      case "flood": {
        const refusal = flood(fault.retryAfterSeconds);
        recorded.status = 429;
        recorded.error = refusal.message;
        answer(response, 429, refused(refusal));
        break;
      }
      case "status":
        recorded.status = fault.status;
        recorded.error = fault.description ?? "Internal Server Error";
        answer(response, fault.status, {
          ok: false,
          error_code: fault.status,
          description: recorded.error,
        });
        break;
      case "html":
        recorded.status = fault.status;
        recorded.error = "an HTML page";
        response.writeHead(fault.status, { "content-type": "text/html" });
        response.end(`<html><head><title>${fault.status}</title></head><body>nginx</body></html>`);
        break;
      case "cut-before":
      case "cut-after":
        request.socket.destroy();
        break;
      case "delay":
      case "redirect":
      case "bloated":
        break;
    }
    changed();
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      violations.push({ requestId: 0, method: "emulator", detail: String(error) });
      answer(response, 500, { ok: false, error_code: 500, description: "Internal Server Error" });
    });
  });
  server.keepAliveTimeout = 60_000;
  return { server, faults, requests, violations, downloads };
}

interface Refused {
  readonly ok: false;
  readonly error_code: number;
  readonly description: string;
  readonly parameters?: Readonly<Record<string, number>>;
}
type Envelope = Refused | { readonly ok: true; readonly result: object | boolean };

async function run(call: Call, early: Error | undefined): Promise<{ status: number; result: Envelope }> {
  try {
    if (early !== undefined) throw early;
    const method = METHODS[call.method];
    if (method === undefined) throw new Refusal(404, "Not Found: method not found");
    return { status: 200, result: { ok: true, result: await method(call) } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, result: refused(error) };
  }
}

function flood(seconds: number): Refusal {
  return new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
}

function refused(refusal: Refusal): Refused {
  return {
    ok: false,
    error_code: refusal.status,
    description: refusal.message,
    ...(refusal.parameters === undefined ? {} : { parameters: refusal.parameters }),
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed || response.writableEnded) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** Method names are case-insensitive on the real server. */
function canonical(method: string): string {
  const lower = method.toLowerCase();
  return Object.keys(METHODS).find((name) => name.toLowerCase() === lower) ?? method;
}

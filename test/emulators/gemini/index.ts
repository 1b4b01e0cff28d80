import { setTimeout as delay } from "node:timers/promises";
import { type EmulatorServer, type Exchange, startServer } from "../shared/server.ts";
import { errorBody, pictureOf, successBody } from "./answers.ts";
import { MODELS, parseRequest } from "./check-request.ts";
import type { GeminiAnswer, GeminiCall, GeminiMatch, GeminiScript, GeminiViolation } from "./types.ts";

export type * from "./types.ts";

export interface GeminiEmulatorOptions {
  port?: number;
  now?: () => number;
  /** Keys that are accepted; without it any key is. */
  keys?: readonly string[];
}

/** A stand-in for generativelanguage.googleapis.com as far as image requests need it. */
export interface GeminiEmulator extends Pick<EmulatorServer, "url" | "port" | "pause" | "resume" | "close"> {
  script(script: GeminiScript): void;
  /** What every reading of a model's page gets; without it, the page (404 where there is no such model). */
  look(answer: Extract<GeminiAnswer, { kind: "error" | "html" }>): void;
  /** How often a model's page was read. */
  readonly looks: number;
  /** What calls get that no script speaks of: one PNG unless changed here. */
  setDefault(answer: GeminiAnswer): void;
  readonly calls: readonly GeminiCall[];
  /** Calls for which a picture was made. */
  readonly paidCalls: readonly GeminiCall[];
  readonly violations: readonly GeminiViolation[];
  /** Bugs of the emulator itself; a test asserts that there are none. */
  readonly errors: readonly unknown[];
  /** The bytes of the `index`-th picture that call number `call` was answered with. */
  imageBytes(call: number, index?: number): Promise<Buffer>;
}

const MAX_REQUEST_BYTES = 20 * 1024 * 1024;

function matches(match: GeminiMatch | undefined, call: GeminiCall): boolean {
  if (!match) return true;
  if (match.model !== undefined && match.model !== call.model) return false;
  if (match.key !== undefined && match.key !== call.key) return false;
  if (typeof match.prompt === "string") return call.prompt.includes(match.prompt);
  return match.prompt === undefined || match.prompt.test(call.prompt);
}

export async function startGeminiEmulator(options: GeminiEmulatorOptions = {}): Promise<GeminiEmulator> {
  const now = options.now ?? Date.now;
  const calls: GeminiCall[] = [];
  const violations: GeminiViolation[] = [];
  const errors: unknown[] = [];
  const scripts: { script: GeminiScript; left: number }[] = [];
  let fallback: GeminiAnswer = { kind: "image" };
  let looked: Extract<GeminiAnswer, { kind: "error" | "html" }> | null = null;
  let looks = 0;

  const violate = (route: string, problem: string): void => void violations.push({ route, problem });

  function scriptFor(call: GeminiCall): GeminiScript {
    const fits = (entry: { script: GeminiScript; left: number }): boolean =>
      entry.left > 0 && matches(entry.script.match, call);
    const counted = scripts.find((entry) => entry.left !== Infinity && fits(entry));
    const chosen = counted ?? scripts.findLast((entry) => entry.left === Infinity && fits(entry));
    if (!chosen) return { answer: fallback };
    chosen.left -= 1;
    return chosen.script;
  }

  const labelOf = (index: number): string => `call-${index}`;

  async function play(exchange: Exchange, call: GeminiCall, index: number): Promise<void> {
    const script = scriptFor(call);
    const { answer } = script;
    call.answer = answer;
    call.paid = answer.kind === "image" || (answer.kind === "cut" && answer.when !== "before");
    if (script.hold) await script.hold;
    if (script.delayMs !== undefined) await delay(script.delayMs);
    const context = { model: call.model, label: labelOf(index), ratio: call.aspectRatio };
    switch (answer.kind) {
      case "error":
        return reply(exchange, call, answer.httpStatus, errorBody(answer));
      case "html":
        call.httpStatus = answer.httpStatus;
        return exchange.send(
          answer.httpStatus,
          "text/html; charset=UTF-8",
          `<!DOCTYPE html><html lang=en><title>Error ${answer.httpStatus} (Server Error)!!1</title></html>`,
        );
      case "raw":
        call.httpStatus = answer.httpStatus;
        return exchange.send(answer.httpStatus, answer.contentType, answer.body);
      case "cut": {
        if (answer.when !== "middle") return exchange.cut();
        const whole = Buffer.from(JSON.stringify(await successBody({ kind: "image" }, context)));
        return exchange.truncate(200, "application/json", whole, Math.floor(whole.length / 2));
      }
      case "image":
      case "text":
      case "finish":
      case "blocked":
      case "empty":
        return reply(exchange, call, 200, await successBody(answer, context));
    }
  }

  function reply(exchange: Exchange, call: GeminiCall, httpStatus: number, body: unknown): void {
    call.httpStatus = httpStatus;
    exchange.json(httpStatus, body);
  }

  /** `GET /v1beta/models/<model>`, which costs nothing. */
  function page(exchange: Exchange, modelId: string): void {
    looks += 1;
    const key = exchange.headers["x-goog-api-key"];
    if (typeof key !== "string" || exchange.query.has("key"))
      violate(`page ${modelId}`, "the key is no header");
    if (looked?.kind === "html") return exchange.send(looked.httpStatus, "text/html", "<!DOCTYPE html>");
    if (looked) return exchange.json(looked.httpStatus, errorBody(looked));
    if (options.keys && !options.keys.includes(String(key))) {
      return exchange.json(400, errorBody({ kind: "error", httpStatus: 400, reason: "API_KEY_INVALID" }));
    }
    if (!MODELS[modelId]) return exchange.json(404, errorBody({ kind: "error", httpStatus: 404 }));
    const supportedGenerationMethods = ["generateContent", "countTokens"];
    exchange.json(200, { name: `models/${modelId}`, version: "3.1", supportedGenerationMethods });
  }

  async function generate(exchange: Exchange, modelId: string): Promise<void> {
    const route = `generateContent ${modelId}`;
    const header = exchange.headers["x-goog-api-key"];
    const key = typeof header === "string" ? header : "";
    let body: unknown = null;
    try {
      body = JSON.parse(exchange.bodyText);
    } catch {
      violate(route, "body is not JSON");
    }
    const model = MODELS[modelId];
    const parsed = parseRequest(
      model ??
        MODELS["gemini-3.1-flash-image"] ?? { ratios: [], sizes: [], references: 0, makesImages: true },
      body,
    );
    const { prompt, references, aspectRatio } = parsed;
    const call: GeminiCall = {
      at: now(),
      model: modelId,
      key,
      prompt,
      references,
      aspectRatio,
      body,
      answer: null,
      paid: false,
      httpStatus: null,
    };
    const index = calls.push(call) - 1;
    const refuse = (answer: Extract<GeminiAnswer, { kind: "error" }>): void =>
      reply(exchange, call, answer.httpStatus, errorBody(answer));
    if (exchange.query.has("key")) violate(route, "the key stands in the URL");
    if (!(exchange.headers["content-type"] ?? "").startsWith("application/json")) {
      violate(route, `content-type is "${exchange.headers["content-type"] ?? ""}"`);
    }
    if (key === "") {
      violate(route, "x-goog-api-key is missing");
      return refuse({
        kind: "error",
        httpStatus: 403,
        message: "Method doesn't allow unregistered callers (callers without established identity).",
      });
    }
    if (options.keys && !options.keys.includes(key)) {
      return refuse({
        kind: "error",
        httpStatus: 400,
        message: "API key not valid. Please pass a valid API key.",
        reason: "API_KEY_INVALID",
      });
    }
    if (!model) return refuse({ kind: "error", httpStatus: 404 });
    for (const problem of parsed.problems) violate(route, problem);
    if (exchange.bodyText.length > MAX_REQUEST_BYTES) {
      violate(route, "request is larger than 20 MB");
      return refuse({ kind: "error", httpStatus: 400, message: "Request payload size exceeds the limit." });
    }
    if (parsed.problems.length > 0) {
      return refuse({
        kind: "error",
        httpStatus: 400,
        message: `Invalid value: ${parsed.problems.join("; ")}`,
      });
    }
    if (!model.makesImages)
      return reply(
        exchange,
        call,
        200,
        await successBody(
          { kind: "finish", finishReason: "NO_IMAGE" },
          { model: modelId, label: labelOf(index), ratio: "1:1" },
        ),
      );
    await play(exchange, call, index);
  }

  const server = await startServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    onError: (error) => errors.push(error),
    handle: async (exchange) => {
      const [, modelId] = /^\/v1beta\/models\/([^/:]+):generateContent$/.exec(exchange.path) ?? [];
      if (exchange.method === "POST" && modelId !== undefined) return generate(exchange, modelId);
      const [, pageOf] = /^\/v1beta\/models\/([^/:]+)$/.exec(exchange.path) ?? [];
      if (exchange.method === "GET" && pageOf !== undefined) return page(exchange, pageOf);
      violate(`${exchange.method} ${exchange.path}`, "unknown route");
      exchange.json(404, errorBody({ kind: "error", httpStatus: 404 }));
    },
  });

  return {
    ...server,
    script: (script) => void scripts.push({ script, left: script.times ?? Number.POSITIVE_INFINITY }),
    look: (answer) => {
      looked = answer;
    },
    get looks() {
      return looks;
    },
    setDefault: (answer) => {
      fallback = answer;
    },
    calls,
    get paidCalls() {
      return calls.filter((call) => call.paid);
    },
    violations,
    errors,
    imageBytes: async (index, picture = 0) => {
      const call = calls[index];
      if (call?.answer?.kind !== "image") throw new Error(`call ${index} was not answered with a picture`);
      return (await pictureOf(call.answer, `${labelOf(index)}/${picture}`, call.aspectRatio)).bytes;
    },
  };
}

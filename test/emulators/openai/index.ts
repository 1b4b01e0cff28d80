import { base64Of, pictureOf, refusalBody, successBody } from "./answers.ts";
import { type Chat, createChat } from "./chat.ts";
import { readRequest } from "./read-request.ts";
import { type Exchange, startLoopbackServer } from "./server.ts";
import type { Flavour, ImageAnswer, ImageCall, ImageScript, ListedModel } from "./types.ts";

export { STANDARD_CAPTION } from "./chat.ts";
export type * from "./chat-types.ts";
export type * from "./types.ts";

/** A stand-in for the Images API and for chat completions, or for a self-hosted server that imitates them. */
export interface OpenAiEmulator {
  readonly url: string;
  /** What to set as base URL. */
  readonly baseUrl: string;
  script(script: ImageScript): void;
  /** What `GET /v1/models` lists, or the status that it answers instead. */
  list(models: readonly ListedModel[] | number): void;
  /** Chat completions: what was asked, and what is to be answered. */
  readonly chat: Pick<Chat, "calls" | "script" | "limit">;
  /** Requests for pictures. */
  readonly calls: readonly ImageCall[];
  /** Calls for which a picture was made. */
  readonly paidCalls: readonly ImageCall[];
  /** How often the list of models was read. */
  readonly listings: number;
  readonly violations: readonly string[];
  /** Bugs of the emulator itself; a test asserts that there are none. */
  readonly errors: readonly unknown[];
  /** The bytes of the picture that call number `call` was answered with. */
  imageBytes(call: number): Promise<Buffer>;
  /** From now on nobody listens. */
  close(): Promise<void>;
}

const PREFIX: Readonly<Record<Flavour, string>> = {
  openai: "gpt-image-2",
  "sd-cpp": "sd-cpp-local",
  localai: "sd-1.5",
};

export async function startOpenAiEmulator(
  options: { flavour?: Flavour; keys?: readonly string[]; now?: () => number } = {},
): Promise<OpenAiEmulator> {
  const { flavour = "openai", keys, now = Date.now } = options;
  const calls: ImageCall[] = [];
  const violations: string[] = [];
  const errors: unknown[] = [];
  const scripts: { script: ImageScript; left: number }[] = [];
  let listed: readonly ListedModel[] | number = [{ id: PREFIX[flavour] }];
  let listings = 0;
  const chat = createChat({ keys, now, violation: (words) => void violations.push(words) });

  const send = (
    { response }: Exchange,
    status: number,
    contentType: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): void => {
    response.writeHead(status, {
      "content-type": contentType,
      "content-length": Buffer.byteLength(body),
      ...headers,
    });
    response.end(body);
  };
  const json = (exchange: Exchange, status: number, body: unknown, headers?: Record<string, string>): void =>
    send(exchange, status, "application/json", JSON.stringify(body), headers);

  const bytesOf = (call: ImageCall): Promise<Buffer> =>
    pictureOf(
      `call-${calls.indexOf(call)}`,
      call.fields["size"],
      call.answer?.kind === "image" ? call.answer.type : "png",
    );

  function scriptFor(prompt: string): ImageScript {
    const fitting = scripts.find(
      ({ script, left }) => left > 0 && (script.prompt === undefined || prompt.includes(script.prompt)),
    );
    if (!fitting) return { answer: { kind: "image" } };
    fitting.left -= 1;
    return fitting.script;
  }

  const linkTo = (
    exchange: Exchange,
    to: Extract<ImageAnswer, { kind: "link" }>["to"],
    index: number,
  ): string =>
    ({
      "this server": `http://${exchange.request.headers.host}/generated-images/${index}.png`,
      "another server": `http://localhost:1/generated-images/${index}.png`,
      nothing: `http://${exchange.request.headers.host}/generated-images/none.png`,
      "a page": "not a link at all://",
    })[to];

  async function answer(exchange: Exchange, call: ImageCall, script: ImageScript): Promise<void> {
    const chosen = script.answer;
    call.answer = chosen;
    call.paid =
      chosen.kind === "image" ||
      chosen.kind === "link" ||
      (chosen.kind === "cut" && chosen.when !== "before");
    if (script.hold) await script.hold;
    const { response, request } = exchange;
    const index = calls.indexOf(call);
    if (chosen.kind === "cut" && chosen.when !== "middle") return void request.socket.destroy();
    call.httpStatus = "httpStatus" in chosen ? chosen.httpStatus : 200;
    switch (chosen.kind) {
      case "refusal":
        return json(exchange, chosen.httpStatus, refusalBody(flavour, chosen), chosen.headers);
      case "html":
        return send(exchange, chosen.httpStatus, "text/html", "<!DOCTYPE html><title>Bad gateway</title>");
      case "raw":
        return send(exchange, chosen.httpStatus, chosen.contentType, chosen.body);
      case "link":
        return json(exchange, 200, successBody(flavour, { url: linkTo(exchange, chosen.to, index) }));
      case "image": {
        const isLink = flavour === "localai" && call.fields["response_format"] !== "b64_json";
        const picture = isLink
          ? { url: linkTo(exchange, "this server", index) }
          : { b64_json: base64Of(await bytesOf(call), chosen.spoilt) };
        return json(exchange, 200, successBody(flavour, picture));
      }
      case "cut": {
        const body = JSON.stringify(
          successBody(flavour, { b64_json: base64Of(await bytesOf(call), undefined) }),
        );
        response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
        return void response.write(body.slice(0, body.length / 2), () => request.socket.destroy());
      }
    }
  }

  async function make(exchange: Exchange, route: ImageCall["route"]): Promise<void> {
    const { request, body } = exchange;
    const { fields, pictures, mask, problems } = await readRequest(
      flavour,
      route,
      body,
      request.headers["content-type"] ?? "",
    );
    const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const call: ImageCall = {
      at: now(),
      route,
      key,
      headers: request.headers,
      fields,
      pictures,
      mask,
      answer: null,
      paid: false,
      httpStatus: null,
    };
    calls.push(call);
    const refuse = (httpStatus: number, code: string, message: string): void => {
      call.httpStatus = httpStatus;
      json(exchange, httpStatus, refusalBody(flavour, { kind: "refusal", httpStatus, code, message }));
    };
    if (keys && !keys.includes(key)) return refuse(401, "invalid_api_key", "Incorrect API key provided.");
    violations.push(...problems.map((problem) => `${route} ${problem}`));
    const [problem] = problems;
    if (problem !== undefined) return refuse(400, "unknown_parameter", problem);
    await answer(exchange, call, scriptFor(fields["prompt"] ?? ""));
  }

  function listModels(exchange: Exchange): void {
    listings += 1;
    const key = /^Bearer (.+)$/.exec(exchange.request.headers.authorization ?? "")?.[1] ?? "";
    if (keys && !keys.includes(key))
      return json(exchange, 401, { error: { message: "Incorrect API key", code: "invalid_api_key" } });
    if (typeof listed === "number") return send(exchange, listed, "text/html", "<!DOCTYPE html>");
    const data = listed.map((model) => ({
      object: "model",
      created: 1_770_000_000,
      owned_by: "system",
      ...model,
    }));
    json(exchange, 200, { object: "list", data });
  }

  async function sendPicture(exchange: Exchange, index: string): Promise<void> {
    const call = calls[Number(index)];
    if (!call) return send(exchange, 404, "text/html", "<!DOCTYPE html>");
    send(exchange, 200, "image/png", await bytesOf(call));
  }

  const server = await startLoopbackServer({
    onError: (error) => errors.push(error),
    handle: async (exchange) => {
      const route = `${exchange.request.method} ${exchange.path}`;
      if (route === "POST /v1/images/generations") return make(exchange, "generations");
      if (route === "POST /v1/images/edits" && flavour !== "localai") return make(exchange, "edits");
      if (route === "POST /v1/chat/completions") return chat.handle(exchange);
      if (route === "GET /v1/models") return listModels(exchange);
      const [, index] = /^GET \/generated-images\/(\w+)\.png$/.exec(route) ?? [];
      if (index !== undefined) return sendPicture(exchange, index);
      // LocalAI has no edits, and says so as it does of any address.
      if (flavour !== "localai") violations.push(`${route} is no route`);
      json(exchange, 404, refusalBody(flavour, { kind: "refusal", httpStatus: 404, message: "Not found" }));
    },
  });

  return {
    url: server.url,
    baseUrl: `${server.url}/v1`,
    script: (script) => void scripts.push({ script, left: script.times ?? Number.POSITIVE_INFINITY }),
    list: (models) => {
      listed = models;
    },
    chat,
    calls,
    get paidCalls() {
      return calls.filter((call) => call.paid);
    },
    get listings() {
      return listings;
    },
    violations,
    errors,
    imageBytes: async (index) => {
      const call = calls[index];
      if (!call) throw new Error(`there was no call ${index}`);
      return bytesOf(call);
    },
    close: server.close,
  };
}

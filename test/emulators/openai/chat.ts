import type { ChatAbilities, ChatAnswer, ChatCall, ChatCaption, ChatScript } from "./chat-types.ts";
import { readChat } from "./read-chat.ts";
import type { Exchange } from "./server.ts";

/** The part of the stand-in that writes: `POST /v1/chat/completions`. */
export interface Chat {
  readonly calls: readonly ChatCall[];
  script(script: ChatScript): void;
  /** From now on the server can do only this. */
  limit(abilities: Partial<ChatAbilities>): void;
  handle(exchange: Exchange): Promise<void>;
}

/** What is written where nothing else was arranged. */
export const STANDARD_CAPTION: ChatCaption = {
  text: "Curled up in fresh snow, the fox sleeps through the morning.",
  hashtags: ["fox", "winter", "snow"],
  altText: "A red fox lies curled up in fresh snow in the light of the morning.",
  language: "en",
};

function contentOf(answer: Extract<ChatAnswer, { kind: "caption" | "content" | "refusal" | "cut" }>): {
  readonly message: object;
  readonly finishReason: string;
} {
  switch (answer.kind) {
    case "caption": {
      const content = JSON.stringify({ ...STANDARD_CAPTION, ...answer.caption });
      return { message: { content, refusal: null }, finishReason: "stop" };
    }
    case "cut":
      return {
        message: { content: JSON.stringify(STANDARD_CAPTION), refusal: null },
        finishReason: "stop",
      };
    case "content":
      return {
        message: { content: answer.content, refusal: null },
        finishReason: answer.finishReason ?? "stop",
      };
    case "refusal":
      return { message: { content: null, refusal: answer.words }, finishReason: "stop" };
  }
}

export function createChat(options: {
  readonly keys: readonly string[] | undefined;
  readonly now: () => number;
  violation(words: string): void;
}): Chat {
  const calls: ChatCall[] = [];
  const scripts: { script: ChatScript; left: number }[] = [];
  let abilities: ChatAbilities = { formats: ["json_schema", "json_object"], vision: true, bounded: true };

  function scriptFor(words: string): ChatScript {
    const fitting = scripts.find(
      ({ script, left }) => left > 0 && (script.words === undefined || words.includes(script.words)),
    );
    if (!fitting) return { answer: { kind: "caption" } };
    fitting.left -= 1;
    return fitting.script;
  }

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

  function refuse(exchange: Exchange, call: ChatCall, answer: Extract<ChatAnswer, { kind: "error" }>): void {
    const { httpStatus, headers, type = "invalid_request_error", param = null, code = null } = answer;
    const message = answer.message ?? `Refused with ${httpStatus}.`;
    call.httpStatus = httpStatus;
    send(
      exchange,
      httpStatus,
      "application/json",
      JSON.stringify({ error: { message, type, param, code } }),
      headers,
    );
  }

  function completion(call: ChatCall, answer: Parameters<typeof contentOf>[0]): string {
    const { message, finishReason } = contentOf(answer);
    return JSON.stringify({
      id: `chatcmpl-${calls.indexOf(call)}`,
      object: "chat.completion",
      created: 1_795_000_000,
      model: `${call.model}-2026-09-01`,
      choices: [
        {
          index: 0,
          message: { role: "assistant", annotations: [], ...message },
          logprobs: null,
          finish_reason: finishReason,
        },
      ],
      usage: { prompt_tokens: 640, completion_tokens: 120, total_tokens: 760 },
      service_tier: "default",
    });
  }

  async function answer(exchange: Exchange, call: ChatCall, script: ChatScript): Promise<void> {
    const chosen = script.answer;
    call.answer = chosen;
    if (script.hold) await script.hold;
    const { response, request } = exchange;
    if (chosen.kind === "cut" && chosen.when !== "middle") return void request.socket.destroy();
    if (chosen.kind === "error") return refuse(exchange, call, chosen);
    call.httpStatus = "httpStatus" in chosen ? chosen.httpStatus : 200;
    switch (chosen.kind) {
      case "html":
        return send(exchange, chosen.httpStatus, "text/html", "<!DOCTYPE html><title>Bad gateway</title>");
      case "raw":
        return send(exchange, chosen.httpStatus, chosen.contentType, chosen.body);
      case "cut": {
        const body = completion(call, chosen);
        response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
        return void response.write(body.slice(0, body.length / 2), () => request.socket.destroy());
      }
      case "caption":
      case "content":
      case "refusal":
        return send(exchange, 200, "application/json", completion(call, chosen));
    }
  }

  return {
    calls,
    script: (script) => void scripts.push({ script, left: script.times ?? Number.POSITIVE_INFINITY }),
    limit: (changed) => {
      abilities = { ...abilities, ...changed };
    },
    async handle(exchange) {
      const { headers } = exchange.request;
      const { problems, missing, ...read } = readChat(exchange.body, abilities);
      const key = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
      const call: ChatCall = { at: options.now(), key, headers, ...read, answer: null, httpStatus: null };
      calls.push(call);
      if (options.keys && !options.keys.includes(key))
        return refuse(exchange, call, { kind: "error", httpStatus: 401, code: "invalid_api_key" });
      for (const problem of problems) options.violation(`chat ${problem}`);
      const [message] = problems;
      if (message !== undefined)
        return refuse(exchange, call, { kind: "error", httpStatus: 400, code: "invalid_value", message });
      if (missing) return refuse(exchange, call, { kind: "error", httpStatus: 400, ...missing });
      await answer(exchange, call, scriptFor(read.user));
    },
  };
}

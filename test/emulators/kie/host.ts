import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { EmulatorServer, Exchange } from "../shared/server.ts";

/** A request with its body as text and as it came: files are no text. */
export interface KieExchange extends Exchange {
  readonly bodyBytes: Buffer;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    sizeBytes += bytes.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new Error("request body is larger than any emulator reads");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function exchangeOf(request: IncomingMessage, response: ServerResponse, bodyBytes: Buffer): KieExchange {
  const url = new URL(request.url ?? "/", "http://emulator");
  const send: Exchange["send"] = (status, contentType, body, headers = {}) => {
    if (response.destroyed || response.writableEnded) return;
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    response.writeHead(status, { "content-type": contentType, "content-length": bytes.length, ...headers });
    response.end(bytes);
  };
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    bodyText: bodyBytes.toString("utf8"),
    bodyBytes,
    send,
    json: (status, body, headers) =>
      send(status, "application/json;charset=UTF-8", JSON.stringify(body), headers),
    truncate: (status, contentType, body, sentBytes) => {
      response.writeHead(status, { "content-type": contentType, "content-length": body.length });
      response.write(body.subarray(0, sentBytes), () => request.socket.destroy());
    },
    cut: () => {
      request.socket.destroy();
    },
  };
}

/** One host of the service on a loopback port. */
export async function startHost(options: {
  port?: number;
  handle: (exchange: KieExchange) => Promise<void>;
  onError: (error: unknown) => void;
}): Promise<EmulatorServer> {
  const server = createServer((request, response) => {
    readBody(request)
      .then((bytes) => options.handle(exchangeOf(request, response, bytes)))
      .catch((error: unknown) => {
        if (request.socket.destroyed) return;
        options.onError(error);
        if (response.headersSent) request.socket.destroy();
        else response.writeHead(500).end();
      });
  });
  server.keepAliveTimeout = 30_000;
  const listen = async (port: number): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(options.port ?? 0);
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { port, url: `http://127.0.0.1:${port}`, pause: stop, resume: () => listen(port), close: stop };
}

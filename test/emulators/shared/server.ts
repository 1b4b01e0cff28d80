import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request, read to its end, with what an emulator needs to answer or to break the connection. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly bodyText: string;
  json(status: number, body: unknown, headers?: Record<string, string>): void;
  send(status: number, contentType: string, body: string | Buffer, headers?: Record<string, string>): void;
  /** Announces the whole length, sends the first `sentBytes`, then breaks the connection. */
  truncate(status: number, contentType: string, body: Buffer, sentBytes: number): void;
  /** Breaks the connection without an answer. */
  cut(): void;
}

export interface EmulatorServer {
  readonly port: number;
  readonly url: string;
  /** Stops listening and breaks every connection, so that the next connect is refused. */
  readonly pause: () => Promise<void>;
  /** Listens again on the same port. */
  readonly resume: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    sizeBytes += bytes.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new Error("request body is larger than any emulator reads");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function exchangeOf(request: IncomingMessage, response: ServerResponse, bodyText: string): Exchange {
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
    bodyText,
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

/**
 * A loopback HTTP server for an emulator. A handler that throws answers 500 and is remembered in
 * `onError`, because a bug of the emulator must not look like a quirk of the service.
 */
export async function startServer(options: {
  port?: number;
  handle: (exchange: Exchange) => Promise<void> | void;
  onError: (error: unknown) => void;
}): Promise<EmulatorServer> {
  const server = createServer((request, response) => {
    readBody(request)
      .then((bodyText) => options.handle(exchangeOf(request, response, bodyText)))
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
  const port = (server.address() as AddressInfo).port;
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { port, url: `http://127.0.0.1:${port}`, pause: stop, resume: () => listen(port), close: stop };
}

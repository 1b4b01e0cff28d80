import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** One request, read to its end, with what is needed to answer it or to break the connection. */
export interface ZernioExchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  send(status: number, contentType: string, body: string | Buffer, headers?: Record<string, string>): void;
  /** Announces the whole length, sends half of it, then breaks the connection. */
  truncate(status: number, contentType: string, body: Buffer): void;
  cut(): void;
}

export interface ZernioHost {
  readonly url: string;
  readonly port: number;
  /** Stops listening and breaks every connection, so that the next connect is refused. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export const headerOf = (exchange: ZernioExchange, name: string): string => {
  const value = exchange.headers[name];
  return typeof value === "string" ? value : "";
};

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

function exchangeOf(request: IncomingMessage, response: ServerResponse, body: Buffer): ZernioExchange {
  const url = new URL(request.url ?? "/", "http://emulator");
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body,
    send(status, contentType, content, headers = {}) {
      if (response.destroyed || response.writableEnded) return;
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      response.writeHead(status, { "content-type": contentType, "content-length": bytes.length, ...headers });
      response.end(bytes);
    },
    truncate(status, contentType, content) {
      response.writeHead(status, { "content-type": contentType, "content-length": content.length });
      const half = content.subarray(0, Math.floor(content.length / 2));
      response.write(half, () => request.socket.destroy());
    },
    cut() {
      request.socket.destroy();
    },
  };
}

/** Bodies come as bytes, since files are no text. What the handler throws is a bug of the emulator. */
export async function startZernioHost(options: {
  readonly port: number;
  readonly handle: (exchange: ZernioExchange) => Promise<void>;
  readonly onError: (error: unknown) => void;
}): Promise<ZernioHost> {
  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => options.handle(exchangeOf(request, response, body)))
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
  await listen(options.port);
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async pause() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
    resume: () => listen(port),
  };
}

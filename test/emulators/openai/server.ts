import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request with its bytes (forms hold pictures), and what is needed to answer or to break off. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly body: Buffer<ArrayBuffer>;
}

export interface LoopbackServer {
  readonly url: string;
  /** Stops listening and breaks every connection, so that the next connect is refused. */
  readonly close: () => Promise<void>;
}

const MAX_BODY_BYTES = 400 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new Error("request body is larger than this emulator reads");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes);
}

/** A handler that throws is a bug of the emulator: it is told to `onError` and answers 500. */
export async function startLoopbackServer(options: {
  handle: (exchange: Exchange) => Promise<void>;
  onError: (error: unknown) => void;
}): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    const { pathname: path } = new URL(request.url ?? "/", "http://emulator");
    readBody(request)
      .then((body) => options.handle({ request, response, path, body }))
      .catch((error: unknown) => {
        if (request.socket.destroyed) return;
        options.onError(error);
        if (response.headersSent) request.socket.destroy();
        else response.writeHead(500).end();
      });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

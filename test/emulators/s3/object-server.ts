import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came over the wire: the path and the query are not decoded. */
export interface ObjectRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ObjectReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/**
 * - `error`: the service's own error, nothing done
 * - `cut`: the connection breaks while the request arrives (`upload`), before anything is stored (`before`), after it
 *   was stored and before the answer (`after`), in the middle of the answer's body (`answer`)
 * - `stall`: half of the answer's body, then nothing more
 * - `silent`: no answer at all, nothing done
 * - `no-length`: in pieces, as a proxy may send it
 * - `wrong-length`: ten bytes more are announced than come
 * - `ignore-range`: the whole file although a part was asked for
 * - `hold`: waits for the test, before anything is done
 */
export type ObjectFault =
  | { readonly kind: "error"; readonly status: number; readonly code: string }
  | { readonly kind: "cut"; readonly when: "upload" | "before" | "after" | "answer" }
  | { readonly kind: "stall" | "silent" | "no-length" | "wrong-length" | "ignore-range" }
  | { readonly kind: "hold"; readonly until: Promise<void> };

export interface FaultRule {
  readonly method?: string;
  readonly path?: RegExp;
  /** Requests that pass before the fault begins; 0 otherwise. */
  readonly after?: number;
  /** 1 otherwise. */
  readonly times?: number;
  readonly fault: ObjectFault;
  /** Called when the fault strikes; for `stall` after the half was sent. */
  readonly struck?: () => void;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly contentType: string | null;
  /** Null: it got no answer. */
  status: number | null;
}

/** What every stand-in for an object store gives to a test. */
export interface ObjectServer {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  fault(rule: FaultRule): void;
  readonly requests: readonly SeenRequest[];
  /** Bugs of the stand-in itself; a test asserts that there are none. */
  readonly errors: readonly unknown[];
  /** Stops listening and breaks every connection, so that the next connect is refused. */
  close(): Promise<void>;
}

/** A loopback server around a service: it reads requests, breaks what a test says, and sends the service's replies. */
export async function startObjectServer(service: {
  handle(request: ObjectRequest): ObjectReply;
  error(status: number, code: string): ObjectReply;
}): Promise<ObjectServer> {
  const rules: { rule: FaultRule; toPass: number; left: number }[] = [];
  const requests: SeenRequest[] = [];
  const errors: unknown[] = [];

  function ruleFor(method: string, path: string): FaultRule | null {
    for (const entry of rules) {
      const { rule } = entry;
      if (entry.left === 0 || (rule.method !== undefined && rule.method !== method)) continue;
      if (rule.path !== undefined && !rule.path.test(path)) continue;
      if (entry.toPass > 0) {
        entry.toPass -= 1;
        continue;
      }
      entry.left -= 1;
      return rule;
    }
    return null;
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = "/", query = ""] = (incoming.url ?? "/").split("?", 2);
    const method = incoming.method ?? "GET";
    const contentType = incoming.headers["content-type"] ?? null;
    const seen: SeenRequest = { method, path, query, contentType, status: null };
    requests.push(seen);
    const rule = ruleFor(method, path);
    const fault = rule?.fault;
    if (fault?.kind === "cut" && fault.when === "upload") {
      await once(incoming, "data");
      incoming.socket.destroy();
      return rule?.struck?.();
    }
    const body = await readBody(incoming);
    if (fault?.kind !== "stall") rule?.struck?.();
    if (fault?.kind === "silent") return;
    if (fault?.kind === "hold") await fault.until;
    if (fault?.kind === "cut" && fault.when === "before") return void incoming.socket.destroy();
    const { range: _, ...otherHeaders } = incoming.headers;
    const headers = fault?.kind === "ignore-range" ? otherHeaders : incoming.headers;
    const reply =
      fault?.kind === "error"
        ? service.error(fault.status, fault.code)
        : service.handle({ method, path, query, headers, body });
    if (fault?.kind === "cut" && fault.when === "after") return void incoming.socket.destroy();
    seen.status = reply.status;
    const bytes = Buffer.from(reply.body ?? "");
    const extra = fault?.kind === "wrong-length" ? 10 : 0;
    const length =
      reply.status === 204 || fault?.kind === "no-length"
        ? {}
        : { "content-length": String(bytes.length + extra) };
    response.writeHead(reply.status, { ...length, ...reply.headers });
    const half = bytes.subarray(0, Math.floor(bytes.length / 2));
    if (fault?.kind === "stall") response.write(half, () => rule?.struck?.());
    else if (fault?.kind === "cut") response.write(half, () => incoming.socket.destroy());
    else if (fault?.kind === "wrong-length") response.write(bytes, () => incoming.socket.end());
    else if (method === "HEAD") response.end();
    else response.end(bytes);
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      // The other side may go away at any time; that is no bug of ours.
      if (incoming.socket.destroyed || incoming.errored) return;
      errors.push(error);
      incoming.socket.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    fault: (rule) => void rules.push({ rule, toPass: rule.after ?? 0, left: rule.times ?? 1 }),
    requests,
    errors,
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/** One range of a file as HTTP has it: null is not satisfiable, undefined means that the whole file is to be sent. */
export function rangeOf(
  header: string | undefined,
  sizeBytes: number,
): { readonly start: number; readonly end: number } | null | undefined {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined) return undefined;
  const start = Number(from);
  const end = to === undefined || to === "" ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (to !== undefined && to !== "" && Number(to) < start) return undefined;
  return start >= sizeBytes ? null : { start, end };
}

/**
 * The gateway websocket: HELLO, IDENTIFY or RESUME, heartbeats, dispatches with replay of what was missed.
 *
 * Compression (`compress=zlib-stream` or `compress: true` in IDENTIFY) is given only when asked for.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import { constants, createDeflate, type Deflate, deflateSync } from "node:zlib";
import { type WebSocket, WebSocketServer } from "ws";
import { asArray, asNumber, asObject, asString, type JsonObject } from "./json.ts";

const opcodes = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  resume: 6,
  reconnect: 7,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
} as const;

/** Members, presences and message contents: off unless the operator turned them on in the portal. */
const PRIVILEGED_INTENTS = (1 << 1) | (1 << 8) | (1 << 15);

interface Session {
  id: string;
  intents: number;
  shard: [number, number];
  sequence: number;
  /** Every dispatch of this session, for RESUME. */
  sent: { sequence: number; text: string }[];
  socket: WebSocket | undefined;
}

export interface GatewayDeps {
  token: string;
  heartbeatIntervalMs: number;
  url(): string;
  /** The READY data without session fields. */
  ready(): JsonObject;
  /** What follows READY: guilds for those who subscribe to them. */
  afterReady(intents: number): { event: string; data: JsonObject }[];
  violation(text: string): void;
  changed(): void;
}

export function createGateway(server: Server, deps: GatewayDeps) {
  const sockets = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  const senders = new WeakMap<WebSocket, (text: string) => void>();
  let closed = false;
  let identifies = 0;
  let resumes = 0;

  server.on("upgrade", (request, socket, head) => {
    if (closed) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      connect(webSocket, request);
    });
  });

  function connect(socket: WebSocket, request: IncomingMessage): void {
    const query = new URL(request.url ?? "/", "http://localhost").searchParams;
    const wanted = query.get("compress") === "zlib-stream";
    senders.set(socket, wanted ? streamSender(socket) : (text) => socket.send(text));
    const send = (payload: JsonObject): void => senders.get(socket)?.(JSON.stringify(payload));
    send({ op: opcodes.hello, t: null, s: null, d: { heartbeat_interval: deps.heartbeatIntervalMs } });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      for (const session of sessions.values()) if (session.socket === socket) session.socket = undefined;
      deps.changed();
    });
    socket.on("message", (raw: Buffer) => {
      const payload = asObject(JSON.parse(raw.toString("utf8")));
      const data = asObject(payload["d"]);
      switch (payload["op"]) {
        case opcodes.heartbeat:
          send({ op: opcodes.heartbeatAck, t: null, s: null, d: null });
          break;
        case opcodes.identify:
          identify(socket, data);
          break;
        case opcodes.resume:
          resume(socket, data);
          break;
        case opcodes.presence:
          break;
        default:
          deps.violation(`gateway: unexpected opcode ${String(payload["op"])}`);
      }
    });
  }

  function identify(socket: WebSocket, data: JsonObject): void {
    identifies += 1;
    if (data["token"] !== deps.token) {
      socket.close(4004, "Authentication failed.");
      return;
    }
    const intents = asNumber(data["intents"]);
    if ((intents & PRIVILEGED_INTENTS) !== 0) {
      deps.violation(`gateway: privileged intents asked for (${intents})`);
      socket.close(4014, "Disallowed intent(s).");
      return;
    }
    if (data["compress"] === true && senders.get(socket) !== undefined)
      senders.set(socket, (text) => socket.send(deflateSync(text)));
    const shard = asArray(data["shard"]);
    const session: Session = {
      id: randomUUID().replaceAll("-", ""),
      intents,
      shard: [asNumber(shard[0]), asNumber(shard[1], 1)],
      sequence: 0,
      sent: [],
      socket,
    };
    sessions.set(session.id, session);
    dispatchTo(session, "READY", {
      ...deps.ready(),
      v: 10,
      session_id: session.id,
      resume_gateway_url: deps.url(),
      shard: session.shard,
    });
    for (const { event, data: eventData } of deps.afterReady(intents)) dispatchTo(session, event, eventData);
    deps.changed();
  }

  function resume(socket: WebSocket, data: JsonObject): void {
    const session = sessions.get(asString(data["session_id"]));
    if (data["token"] !== deps.token) {
      socket.close(4004, "Authentication failed.");
      return;
    }
    if (session === undefined) {
      senders.get(socket)?.(JSON.stringify({ op: opcodes.invalidSession, t: null, s: null, d: false }));
      return;
    }
    resumes += 1;
    session.socket = socket;
    const seen = asNumber(data["seq"]);
    for (const { sequence, text } of session.sent) if (sequence > seen) senders.get(socket)?.(text);
    dispatchTo(session, "RESUMED", {});
    deps.changed();
  }

  function dispatchTo(session: Session, event: string, data: JsonObject): void {
    session.sequence += 1;
    const text = JSON.stringify({ op: opcodes.dispatch, t: event, s: session.sequence, d: data });
    session.sent.push({ sequence: session.sequence, text });
    if (session.sent.length > 20_000) session.sent.shift();
    if (session.socket !== undefined) senders.get(session.socket)?.(text);
  }

  return {
    /** Sends an event to the shard of its guild (shard 0 without one), to those whose intents include it. */
    dispatch(event: string, data: JsonObject, options: { intents?: number; guildId?: string } = {}): void {
      for (const session of sessions.values()) {
        const [shard, count] = session.shard;
        const target =
          options.guildId === undefined ? 0 : Number((BigInt(options.guildId) >> 22n) % BigInt(count));
        if (shard !== target) continue;
        if (options.intents === undefined || (session.intents & options.intents) !== 0)
          dispatchTo(session, event, data);
      }
    },
    /** Connected sessions that have identified or resumed. */
    connections: (): number =>
      [...sessions.values()].filter((session) => session.socket !== undefined).length,
    counts: () => ({ identifies, resumes }),
    /** Cuts every connection without a goodbye; what happens meanwhile is replayed on RESUME. */
    drop(): void {
      for (const session of sessions.values()) session.socket?.terminate();
    },
    /** Asks for a reconnect (op 7), as Discord does before a server goes down. */
    askReconnect(): void {
      for (const { socket } of sessions.values())
        if (socket !== undefined) senders.get(socket)?.(JSON.stringify({ op: opcodes.reconnect, d: null }));
    },
    /** Forgets every session and says so (op 9): the client must identify anew and misses what happened. */
    invalidateSessions(): void {
      for (const { socket } of sessions.values())
        if (socket !== undefined)
          senders.get(socket)?.(JSON.stringify({ op: opcodes.invalidSession, d: false }));
      sessions.clear();
    },
    /** While closed, new connections are refused. */
    setClosed(value: boolean): void {
      closed = value;
    },
    async close(): Promise<void> {
      for (const client of sockets.clients) client.terminate();
      await new Promise<void>((resolve) => {
        sockets.close(() => resolve());
      });
    },
  };
}

/** One zlib stream a connection, flushed after each message. */
function streamSender(socket: WebSocket): (text: string) => void {
  const deflate: Deflate = createDeflate({ flush: constants.Z_SYNC_FLUSH });
  let chunks: Buffer[] = [];
  deflate.on("data", (chunk: Buffer) => chunks.push(chunk));
  return (text) => {
    deflate.write(text);
    deflate.flush(constants.Z_SYNC_FLUSH, () => {
      socket.send(Buffer.concat(chunks));
      chunks = [];
    });
  };
}

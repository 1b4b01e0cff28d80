import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";

/** What one call through the global `fetch` came to on the wire. */
export interface WireWatch {
  /** The request's head was written to a connected socket: it may have been processed. */
  sent: boolean;
}

interface Watch extends WireWatch {
  receivedBytes: number;
  readonly maxBytes: number;
  readonly onTooLarge: () => void;
}

const calls = new AsyncLocalStorage<Watch>();
const watches = new WeakMap<object, Watch>();
let isListening = false;

function requestOf(message: unknown): object | undefined {
  const request: unknown =
    typeof message === "object" && message !== null ? Reflect.get(message, "request") : null;
  return typeof request === "object" && request !== null ? request : undefined;
}

function listen(): void {
  if (isListening) return;
  isListening = true;
  subscribe("undici:request:create", (message) => {
    const watch = calls.getStore();
    const request = requestOf(message);
    if (watch && request) watches.set(request, watch);
  });
  subscribe("undici:client:sendHeaders", (message) => {
    const watch = watches.get(requestOf(message) ?? watches);
    if (watch) watch.sent = true;
  });
  subscribe("undici:request:bodyChunkReceived", (message) => {
    const watch = watches.get(requestOf(message) ?? watches);
    const chunk: unknown =
      typeof message === "object" && message !== null ? Reflect.get(message, "chunk") : null;
    if (!watch || !(chunk instanceof Uint8Array)) return;
    watch.receivedBytes += chunk.length;
    if (watch.receivedBytes > watch.maxBytes) watch.onTooLarge();
  });
}

/**
 * Runs `work` and tells whether its request left this machine. The vendor's library calls the global `fetch` and
 * throws the reason of a failure away; the events that Node's `fetch` publishes say what matters: a connection
 * that was refused has certainly started nothing, and an answer without end is cut off.
 */
export function watchWire<Result>(
  options: { maxBytes: number; onTooLarge: () => void },
  work: (watch: WireWatch) => Promise<Result>,
): Promise<Result> {
  listen();
  const watch: Watch = { sent: false, receivedBytes: 0, ...options };
  return calls.run(watch, () => work(watch));
}

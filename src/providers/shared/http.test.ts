import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createHttp, type Http, type HttpCall } from "./http.ts";

const open: { http?: Http; server?: Server }[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const { http, server } of open.splice(0)) {
    await http?.close();
    server?.close();
  }
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

/** A server that answers each request head with what `answer` does to the socket. */
async function setUp(answer: (socket: Socket, head: string, deadline: { pass(): void }) => void) {
  const controller = new AbortController();
  const deadline = { pass: () => controller.abort(new DOMException("late", "TimeoutError")) };
  const http = createHttp({ clock: { now: () => 0 } });
  const heads: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      heads.push(chunk.toString());
      answer(socket, chunk.toString(), deadline);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push({ http, server });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const call = (extra: Partial<HttpCall> = {}) =>
    http.call({
      method: "POST",
      url: `http://127.0.0.1:${port}/secret-path?key=hidden`,
      json: {},
      timeoutMs: 10_000,
      maxBytes: 1_000,
      signal: controller.signal,
      ...extra,
    });
  const bytes = (extra: Partial<HttpCall> = {}) =>
    http.bytes({
      method: "POST",
      url: `http://127.0.0.1:${port}/`,
      timeoutMs: 10_000,
      maxBytes: 1_000,
      signal: controller.signal,
      ...extra,
    });
  return { call, bytes, heads, http, count: () => connections };
}

const reply = (body: string, status = "200 OK", headers = ""): string =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;

describe("one HTTP call", () => {
  it("answers status, text, JSON and how long to wait", async () => {
    const { call } = await setUp((socket) =>
      socket.write(reply('{"a":1}', "429 Slow", "Retry-After: 7\r\n")),
    );
    expect(await call()).toEqual({
      kind: "answer",
      status: 429,
      text: '{"a":1}',
      json: { a: 1 },
      retryAfterMs: 7_000,
    });
  });

  it.each(["<html>", "", '{"a":', "\u0000", "[".repeat(400)])(
    "hands over %j as text without JSON",
    async (text) => {
      const { call } = await setUp((socket) => socket.write(reply(text)));
      expect(await call()).toMatchObject({ kind: "answer", text, json: undefined });
    },
  );

  it("says that nothing was sent when nobody listens", async () => {
    const { call, http } = await setUp(() => undefined);
    const closed = await http.call({
      method: "GET",
      url: "http://127.0.0.1:1/x",
      timeoutMs: 1_000,
      maxBytes: 10,
      signal: new AbortController().signal,
    });
    expect(closed).toEqual({ kind: "not-sent", detail: "ECONNREFUSED" });
    expect(call).toBeDefined();
  });

  it.each<[string, (socket: Socket, head: string, deadline: { pass(): void }) => void, string]>([
    ["the connection ends without an answer", (socket) => socket.destroy(), "cut"],
    [
      "the answer stops in the middle",
      (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"),
      "cut",
    ],
    ["the answer is no HTTP", (socket) => socket.write("SSH-2.0-OpenSSH\r\n\r\n"), "cut"],
    ["the head has no end", (socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(100_000)}`), "cut"],
    ["nothing comes in time", (_socket, _head, deadline) => deadline.pass(), "timeout"],
    [
      "the body trickles",
      (socket, _head, deadline) => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nx");
        void setImmediate().then(() => deadline.pass());
      },
      "timeout",
    ],
    ["the body is too large", (socket) => socket.write(reply("x".repeat(5_000))), "too large"],
    [
      "the body has no end",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (let n = 0; n < 50; n += 1) socket.write(`64\r\n${"z".repeat(100)}\r\n`);
      },
      "too large",
    ],
  ])("says that the answer is lost when %s", async (_name, answer, detail) => {
    const { call } = await setUp(answer);
    expect(await call()).toEqual({ kind: "lost", detail });
  });

  it("says nothing of URL, key or body in any failure", async () => {
    const { call } = await setUp((socket) => socket.destroy());
    const result = await call({ headers: { authorization: "Bearer hidden" }, json: { prompt: "hidden" } });
    expect(JSON.stringify(result)).not.toMatch(/hidden|secret-path/);
  });

  it("gives a call that must not be repeated a connection of its own", async () => {
    const { call, count } = await setUp((socket) => socket.write(reply("{}")));
    await call();
    await setImmediate();
    await call();
    expect(count()).toBe(1);
    await call({ once: true });
    await setImmediate();
    await call({ once: true });
    expect(count()).toBe(3);
  });

  it("ends at once when it is called off, and sends nothing when that was before", async () => {
    const { call, heads } = await setUp(() => undefined);
    expect(await call({ signal: AbortSignal.abort() })).toEqual({ kind: "lost", detail: "cancelled" });
    expect(heads).toEqual([]);
    const controller = new AbortController();
    const waiting = call({ signal: controller.signal });
    controller.abort();
    expect(await waiting).toEqual({ kind: "lost", detail: "cancelled" });
  });

  it("does not follow redirects", async () => {
    const { call, heads } = await setUp((socket) =>
      socket.write(reply("", "302 Found", "Location: http://127.0.0.1:1/\r\n")),
    );
    expect(await call()).toMatchObject({ kind: "answer", status: 302 });
    expect(heads).toHaveLength(1);
  });
});

describe("one HTTP call for bytes", () => {
  it("sends a body as it is, and gives the answer as it came", async () => {
    const { bytes, heads } = await setUp((socket) =>
      socket.write(reply("no JSON", "418 Teapot", "Content-Type: image/x\r\nRetry-After: 3\r\n")),
    );
    const content = { type: "multipart/form-data; boundary=x", bytes: Buffer.from("--x--") };
    expect(await bytes({ content })).toEqual({
      kind: "answer",
      status: 418,
      bytes: Buffer.from("no JSON"),
      contentType: "image/x",
      retryAfterMs: 3_000,
    });
    expect(heads[0]?.toLowerCase()).toContain("content-type: multipart/form-data; boundary=x");
    expect(heads.join("")).toContain("--x--");
  });

  it("cuts off what is larger than it may be, and knows what never left", async () => {
    const { bytes } = await setUp((socket) => socket.write(reply("x".repeat(2_000))));
    expect(await bytes()).toEqual({ kind: "lost", detail: "too large" });
    expect(await bytes({ url: "http://127.0.0.1:1/" })).toMatchObject({ kind: "not-sent" });
  });
});

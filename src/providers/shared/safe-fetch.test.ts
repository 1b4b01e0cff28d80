import { createServer, type Server, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { createManualClock } from "../../../test/contract/support/manual-clock.ts";
import { systemDial } from "./dial.ts";
import { createSafeFetch, type SafeFetchResult } from "./safe-fetch.ts";

const MAX_BYTES = 1024 * 1024;
/** Steps of the clock; the guard's limits are 5 s for the head and 20 s for all. */
const HEADERS_MS = 5_000;
const TOTAL_MS = 20_000;

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

type Answer = (socket: Socket, clock: ReturnType<typeof createManualClock>, request: string) => void;

/** Fetches from a server on this machine that answers as it likes; the guard trusts its origin, not its answers. */
async function fetchFrom(answer: Answer, options: { path?: string; signal?: AbortSignal } = {}) {
  const clock = createManualClock();
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const listening = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      requests.push(chunk.toString("latin1"));
      answer(socket, clock, requests.at(-1) ?? "");
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const address = listening.address();
  const origin = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const fetchSafely = createSafeFetch({
    policy: { schemes: ["https"], allowIpLiterals: false, refusedHosts: [] },
    clock,
    resolve: () => Promise.reject(new Error("nothing is looked up here")),
    dial: systemDial,
  });
  const result = await fetchSafely({
    url: `${origin}${options.path ?? "/a.png"}`,
    maxBytes: MAX_BYTES,
    totalMs: TOTAL_MS,
    hosts: { suffixes: [], trustedOrigins: [origin] },
    ...(options.signal ? { signal: options.signal } : {}),
  });
  await expect.poll(() => sockets.filter((socket) => !socket.destroyed), { timeout: 10_000 }).toEqual([]);
  return { result, requests, connections: sockets.length };
}

const outcomeOf = (result: SafeFetchResult): string =>
  result.ok
    ? Buffer.from(result.bytes).toString("latin1")
    : `${result.reason} ${result.httpStatus ?? ""}`.trim();
const said =
  (text: string | Buffer): Answer =>
  (socket) =>
    void socket.write(text);
const ended =
  (text: string | Buffer): Answer =>
  (socket) =>
    void socket.end(text);
const whole = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/** Sends `part` for as long as the other side takes it. */
const endless =
  (head: string, part: Buffer): Answer =>
  (socket) => {
    socket.write(head);
    const pour = (): void => {
      while (!socket.destroyed && socket.write(part));
      socket.once("drain", pour);
    };
    pour();
  };

describe("a server that is not to be trusted", () => {
  it.each<[string, string, Answer]>([
    ["a plain answer", "body", said(whole)],
    [
      "an answer without a length that ends with the connection",
      "body",
      ended("HTTP/1.1 200 OK\r\n\r\nbody"),
    ],
    ["an answer in chunks", "body", said(`${chunked}2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n`)],
    ["HTTP/1.0", "body", ended("HTTP/1.0 200 OK\r\n\r\nbody")],
    ["an interim answer first", "body", said(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${whole}`)],
    [
      "a second answer that nobody asked for",
      "body",
      said(`${whole}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`),
    ],
    ["nothing in it", "", said("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")],
    ["204", "type 204", said("HTTP/1.1 204 No Content\r\n\r\n")],
    ["205", "type 205", said("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n")],
    [
      "206 with a part",
      "type 206",
      said("HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-3/9\r\nContent-Length: 4\r\n\r\nbody"),
    ],
    ["304", "redirect", said("HTTP/1.1 304 Not Modified\r\n\r\n")],
    ["404 with a picture", "type 404", said("HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\nbody")],
    ["500 without an end", "type 500", said("HTTP/1.1 500 No\r\nContent-Length: 9999\r\n\r\n")],
    ["a length above the limit", "size", said(`HTTP/1.1 200 OK\r\nContent-Length: ${MAX_BYTES + 1}\r\n\r\n`)],
    [
      "a length of 20 digits",
      "size",
      said("HTTP/1.1 200 OK\r\nContent-Length: 17000000000000000000\r\n\r\n"),
    ],
    [
      "gzip",
      "size",
      said(
        Buffer.concat([
          Buffer.from("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"),
          gzipSync(Buffer.alloc(9_999_999)),
        ]),
      ),
    ],
    [
      "GZIP behind identity",
      "size",
      said("HTTP/1.1 200 OK\r\nContent-Encoding: identity, GZIP\r\nContent-Length: 4\r\n\r\nbody"),
    ],
    [
      "two encodings in two lines",
      "size",
      said(
        "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Encoding: identity\r\nContent-Length: 4\r\n\r\nbody",
      ),
    ],
    ["a body without end", "size", endless("HTTP/1.1 200 OK\r\n\r\n", Buffer.alloc(65_536))],
    [
      "chunks without end",
      "size",
      endless(chunked, Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536), Buffer.from("\r\n")])),
    ],
    ["chunks of one byte without end", "size", endless(chunked, Buffer.from("1\r\na\r\n".repeat(10_000)))],
    [
      "more than it says",
      "size",
      endless("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", Buffer.alloc(65_536)),
    ],
    ["less than it says", "network", ended("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nbody")],
    ["chunks that stop", "network", ended(`${chunked}400\r\nbody`)],
    ["chunks of a wrong size", "network", said(`${chunked}zz\r\nbody\r\n0\r\n\r\n`)],
    ["chunks of a negative size", "network", said(`${chunked}-4\r\nbody\r\n0\r\n\r\n`)],
    ["chunks of a size beyond all numbers", "network", said(`${chunked}ffffffffffffffffff\r\nbody`)],
    ["two lengths", "network", said("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\nbody")],
    [
      "a length and chunks",
      "network",
      said("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ],
    ["a negative length", "network", said("HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nbody")],
    ["a head of 1 MB", "network", said(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(1_000_000)}\r\n\r\n`)],
    ["100,000 lines of head", "network", said(`HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(100_000)}\r\n`)],
    ["a head without end", "network", endless("HTTP/1.1 200 OK\r\n", Buffer.from("X: y\r\n".repeat(1_000)))],
    [
      "a zero byte in its head",
      "network",
      said("HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 4\r\n\r\nbody"),
    ],
    ["another protocol", "network", said("SSH-2.0-OpenSSH_9.9\r\n")],
    ["no head at all", "network", ended("body")],
    ["HTTP/2 without being asked", "network", said(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]))],
    ["the end of the connection", "network", ended("")],
    ["a reset", "network", (socket) => void socket.resetAndDestroy()],
    [
      "a reset in its body",
      "network",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nbody", () => socket.resetAndDestroy());
      },
    ],
    [
      "101 to another protocol",
      "network",
      said("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
    ],
    ["nothing", "time", (_socket, clock) => clock.advance(HEADERS_MS)],
    [
      "half a head",
      "time",
      (socket, clock) => {
        socket.write("HTTP/1.1 200 OK\r\nContent-");
        clock.advance(HEADERS_MS);
      },
    ],
    [
      "interim answers only",
      "time",
      (socket, clock) => {
        socket.write("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100), () => clock.advance(HEADERS_MS));
      },
    ],
    [
      "a body that stops",
      "time",
      (socket, clock) => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nbody");
        setImmediate(() => setImmediate(() => clock.advance(TOTAL_MS)));
      },
    ],
    [
      "an address to go to without a place",
      "redirect",
      said("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
    ],
    [
      "a way out of the trusted origin",
      "redirect",
      said("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"),
    ],
    [
      "a way to itself",
      "redirect",
      said("HTTP/1.1 302 Found\r\nLocation: /a.png\r\nContent-Length: 0\r\n\r\n"),
    ],
  ])("may answer with %s: %j", async (_name, outcome, answer) => {
    const { result, connections } = await fetchFrom(answer);
    expect(outcomeOf(result)).toBe(outcome);
    expect(connections).toBeLessThanOrEqual(4);
  });

  it("is left within the whole time, however slowly each byte comes", async () => {
    const { result } = await fetchFrom((socket, clock) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n");
      let sent = 0;
      const drip = (): void => {
        if (socket.destroyed || sent === 400) return;
        sent += 1;
        socket.write("x", () => {
          clock.advance(1_000);
          setImmediate(drip);
        });
      };
      drip();
    });
    expect(outcomeOf(result)).toBe("time");
  });

  it("gets one connection a request, and no second request on it", async () => {
    const { requests, connections } = await fetchFrom((socket, _clock, request) => {
      const isFirst = request.startsWith("GET /a.png ");
      socket.write(
        isFirst
          ? "HTTP/1.1 302 x\r\nLocation: /b.png\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"
          : whole,
      );
    });
    expect(requests.map((request) => request.split(" ")[1])).toEqual(["/a.png", "/b.png"]);
    expect(connections).toBe(2);
  });

  it("learns nothing of us: no cookies back, no referrer, no fragment", async () => {
    const { requests } = await fetchFrom(
      (socket, _clock, request) => {
        const isFirst = request.startsWith("GET /a.png ");
        socket.write(
          isFirst
            ? "HTTP/1.1 302 x\r\nSet-Cookie: a=b\r\nLocation: /b.png#c\r\nContent-Length: 0\r\n\r\n"
            : whole,
        );
      },
      { path: "/a.png#secret" },
    );
    expect(requests.join("")).not.toMatch(/cookie|referer|authorization|#|secret/i);
  });

  it("is left at once when the asking stops", async () => {
    const stop = new AbortController();
    const { result } = await fetchFrom(() => stop.abort(), { signal: stop.signal });
    expect(outcomeOf(result)).toBe("time");
  });

  it("says when to come back, and only within reason", async () => {
    const busy = (value: string) =>
      said(`HTTP/1.1 429 x\r\nRetry-After: ${value}\r\nContent-Length: 0\r\n\r\n`);
    expect((await fetchFrom(busy("7"))).result).toMatchObject({ httpStatus: 429, retryAfterMs: 7_000 });
    expect((await fetchFrom(busy("soon"))).result).not.toHaveProperty("retryAfterMs");
  });
});

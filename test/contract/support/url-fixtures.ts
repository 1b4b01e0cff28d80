import { createServer, type Socket } from "node:net";
import { crc32, deflateSync, gzipSync } from "node:zlib";
import sharp from "sharp";
import type { HttpRecord } from "./url-corpus.ts";

/** A PNG whose header says any size, with so little behind it that only a reader of headers survives. */
export function pngHeader(width: number, height: number, rowBytes: Buffer): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(data.length);
    const tail = Buffer.alloc(4);
    tail.writeUInt32BE(crc32(body));
    return Buffer.concat([head, body, tail]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rowBytes, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const MARK = "<?php system('id'); ?>";
const plain = (channels: 3 | 4 = 3) =>
  sharp({ create: { width: 40, height: 30, channels, background: { r: 200, g: 30, b: 90, alpha: 1 } } });

/** The bodies that the corpus names in words. */
export async function fixtureBodies(): Promise<ReadonlyMap<string, Buffer>> {
  const png = await plain().png().toBuffer();
  const gif = await plain().gif().toBuffer();
  const jpegWithCode = await plain()
    .withExif({ IFD0: { ImageDescription: MARK } })
    .jpeg()
    .toBuffer();
  const wide = Buffer.alloc(Math.ceil(50_000 / 8) + 1);
  return new Map([
    ["PNG_1x1", png],
    ["PNG cut at 50 %", png.subarray(0, Math.floor(png.length / 2))],
    [
      "PNG 50000x50000, 1 bit, about 300 KB",
      pngHeader(50_000, 50_000, Buffer.concat(Array(2_000).fill(wide))),
    ],
    ["GIF89a+ZIP", Buffer.concat([gif, Buffer.from("PK\x03\x04 hidden archive", "latin1")])],
    ["JPEG+PHP in EXIF", jpegWithCode],
    ["(0 bytes)", Buffer.alloc(0)],
    ["\\x7fELF", Buffer.from("\x7fELF\x02\x01\x01", "latin1")],
    ["10 MB of zeros gzipped 1000:1 x2", gzipSync(gzipSync(Buffer.alloc(10 * 1024 * 1024)))],
    ["brotli bomb", png],
    ["zstd bomb", png],
  ]);
}

export interface FixtureServer {
  readonly port: number;
  /** Heads of all requests, as they came. */
  readonly requests: readonly string[];
  close(): void;
}

/**
 * Plays the hosts of the corpus on one loopback port, below HTTP so that it can break its rules. `urlOf` tells
 * which URL a connection stands for; `wait` lets the clock under test run.
 */
export function startFixtureServer(options: {
  records: ReadonlyMap<string, HttpRecord>;
  bodies: ReadonlyMap<string, Buffer>;
  urlOf: (socket: Socket, host: string, path: string) => string;
  wait: (delayMs: number) => void;
}): Promise<FixtureServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const answer = (socket: Socket, url: string): void => {
    const record = options.records.get(url);
    const path = new URL(url).pathname;
    const reply = (status: string, headers: string[], body: Buffer): void => {
      const length = headers.some((line) => /^(content-length|transfer-encoding)/i.test(line))
        ? []
        : [`Content-Length: ${body.length}`];
      const head = [`HTTP/1.1 ${status} x`, ...length, ...headers, "", ""].join("\r\n");
      socket.write(Buffer.concat([Buffer.from(head), body]));
    };
    const picture = options.bodies.get("PNG_1x1") ?? Buffer.alloc(0);
    if (!record) return reply("200", ["Content-Type: image/png"], picture);
    const body = options.bodies.get(record.body) ?? Buffer.from(record.body === "-" ? "" : record.body);
    switch (path) {
      case "/hang":
        return options.wait(5_000);
      case "/slowhdr":
        socket.write("H");
        return options.wait(5_000);
      case "/slow.png":
        reply("200", ["Content-Type: image/png", "Content-Length: 5000"], picture.subarray(0, 1));
        setImmediate(() => options.wait(20_000));
        return undefined;
      case "/lielen.png":
        return reply("200", ["Content-Length: 10"], Buffer.alloc(20 * 1024 * 1024, 0x89));
      case "/endless.png": {
        reply("200", ["Transfer-Encoding: chunked"], Buffer.alloc(0));
        const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536), Buffer.from("\r\n")]);
        const pour = (): void => {
          while (!socket.destroyed && socket.write(chunk));
          socket.once("drain", pour);
        };
        return pour();
      }
      case "/rst":
        reply("200", ["Content-Length: 5000"], Buffer.alloc(100));
        setImmediate(() => socket.resetAndDestroy());
        return undefined;
      case "/hugehdr":
        return reply("200", [`X: ${"y".repeat(1_000_000)}`], picture);
      default: {
        const noLocation = record.header === "Location: -" || record.header === "-";
        const isStatus = /^\d{3}$/.test(record.header);
        const headers = noLocation || isStatus ? [] : [record.header];
        return reply(isStatus ? record.header : record.status, headers, body);
      }
    }
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (!text.includes("\r\n\r\n")) return;
      const head = text;
      text = "";
      requests.push(head);
      const path = head.split(" ")[1] ?? "/";
      const host = /\r\nhost: ([^\r]+)/i.exec(head)?.[1] ?? "";
      answer(socket, options.urlOf(socket, host, path));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({
        port: typeof address === "object" && address ? address.port : 0,
        requests,
        close: () => {
          server.close();
          for (const socket of sockets) socket.destroy();
        },
      });
    });
  });
}

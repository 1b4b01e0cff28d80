import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Faults } from "./faults.ts";
import type { World } from "./world.ts";

/** One download of the bot, as it was answered. */
export interface Download {
  readonly path: string;
  /** 0 where the connection was cut. */
  readonly status: number;
  /** Milliseconds of the emulator's clock. */
  readonly at: number;
}

const CHUNK_BYTES = 64 * 1024;

/** Files by their path, under an address that carries the token; a null path came with a wrong one. */
export function createDownloads(
  world: World,
  faults: Faults,
  downloads: Download[],
): (path: string | null, response: ServerResponse) => Promise<void> {
  return async (path, response) => {
    const fault = faults.next("file", undefined);
    const note = (status: number): void => {
      downloads.push({ path: path ?? "", status, at: world.now() });
    };
    const refuse = (status: number, text: string): void => {
      note(status);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ ok: false, error_code: status, description: text }));
    };
    if (fault?.kind === "delay") await wait(fault.delayMs);
    switch (fault?.kind) {
      case "status":
        return refuse(fault.status, fault.description ?? "Internal Server Error");
      case "flood":
        return refuse(429, `Too Many Requests: retry after ${fault.retryAfterSeconds}`);
      case "html":
        note(fault.status);
        response.writeHead(fault.status, { "content-type": "text/html" });
        response.end("<html><body>nginx</body></html>");
        return;
      case "redirect":
        note(302);
        response.writeHead(302, { location: fault.location });
        response.end();
        return;
      case "cut-before":
        note(0);
        response.destroy();
        return;
      case "bloated":
        note(200);
        await stuff(response, fault.sizeBytes);
        return;
      case "cut-after":
      case "delay":
      case undefined:
        break;
    }
    const bytes = path === null ? undefined : await world.files.download(path);
    if (path === null) return refuse(401, "Unauthorized");
    if (bytes === undefined) return refuse(404, "Not Found");
    note(fault?.kind === "cut-after" ? 0 : 200);
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": bytes.length,
    });
    if (fault?.kind !== "cut-after") {
      response.end(bytes);
      return;
    }
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
  };
}

/** Without a length, as fast as they are taken. */
async function stuff(response: ServerResponse, sizeBytes: number): Promise<void> {
  response.writeHead(200, { "content-type": "application/octet-stream" });
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  for (let sent = 0; sent < sizeBytes && !response.destroyed; sent += chunk.length) {
    if (response.write(chunk)) continue;
    await Promise.race([closed, new Promise<void>((resolve) => response.once("drain", resolve))]);
  }
  response.end();
}

/** Reads one HTTP request into what tests look at: body as JSON, files with size and hash. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { asString, isObject, type JsonObject } from "./json.ts";
import type { IncomingFile } from "./world.ts";

/** Largest request that Discord reads (25 MiB); more is answered with 413. */
const REQUEST_BYTES = 25 * 1024 * 1024;

export interface RecordedRequest {
  /** Counts from 1 in the order of arrival. */
  number: number;
  at: number;
  method: string;
  /** Without `/api/v10` and without the query. */
  path: string;
  query: Record<string, string>;
  /** JSON body, or the `payload_json` of a multipart body; `undefined` without a body. */
  body: unknown;
  files: (IncomingFile & { sizeBytes: number; sha256: string })[];
  authorization: string;
  /** What was answered; 0 while unanswered or when the connection was cut. */
  status: number;
  answer: unknown;
}

export interface ReadResult {
  request: RecordedRequest;
  tooLarge: boolean;
  /** Why the body could not be read, if it could not. */
  malformed: string | undefined;
}

export async function readRequest(
  incoming: IncomingMessage,
  number: number,
  at: number,
): Promise<ReadResult> {
  const url = new URL(incoming.url ?? "/", "http://localhost");
  const raw = await buffer(incoming);
  const request: RecordedRequest = {
    number,
    at,
    method: incoming.method ?? "GET",
    path: url.pathname.replace(/^\/api(\/v\d+)?/, ""),
    query: Object.fromEntries(url.searchParams),
    body: undefined,
    files: [],
    authorization: incoming.headers.authorization ?? "",
    status: 0,
    answer: undefined,
  };
  if (raw.length > REQUEST_BYTES) return { request, tooLarge: true, malformed: undefined };
  try {
    await readBody(request, raw, incoming.headers["content-type"] ?? "");
    return { request, tooLarge: false, malformed: undefined };
  } catch (error) {
    return { request, tooLarge: false, malformed: String(error) };
  }
}

async function readBody(request: RecordedRequest, raw: Buffer, contentType: string): Promise<void> {
  if (contentType.startsWith("multipart/form-data")) {
    const form = await new Response(new Uint8Array(raw), {
      headers: { "content-type": contentType },
    }).formData();
    for (const [name, value] of form) {
      if (typeof value === "string") {
        if (name !== "payload_json") throw new Error(`form field ${name} beside payload_json`);
        request.body = JSON.parse(value);
        continue;
      }
      const index = /^files\[(\d+)\]$/.exec(name)?.[1];
      if (index === undefined) throw new Error(`file field ${name} is not files[n]`);
      const bytes = Buffer.from(await value.arrayBuffer());
      request.files.push({
        index: Number(index),
        filename: value.name,
        contentType: value.type === "" ? "application/octet-stream" : value.type,
        bytes,
        sizeBytes: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      });
    }
    request.body ??= {};
  } else if (raw.length > 0) {
    if (!contentType.startsWith("application/json")) throw new Error(`content type ${contentType}`);
    request.body = JSON.parse(raw.toString("utf8"));
  }
}

/** The message part of a body: itself, or `data` in an answer to an interaction. */
export function messagePart(body: unknown): JsonObject {
  if (!isObject(body)) return {};
  return isObject(body["data"]) ? body["data"] : body;
}

/** A short text for lists of violations and failed expectations. */
export function printRequest(request: RecordedRequest): string {
  return `${request.method} ${asString(request.path)} ${JSON.stringify(request.body ?? null).slice(0, 300)}`;
}

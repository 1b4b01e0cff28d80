import type { IncomingMessage } from "node:http";
import { type Json, Refusal } from "./wire.ts";

/** One uploaded part. */
export interface Part {
  readonly field: string;
  readonly fileName: string;
  readonly bytes: Buffer;
}

export interface Body {
  readonly raw: Readonly<Record<string, Json>>;
  readonly parts: readonly Part[];
}

/** Most that the cloud server takes in one request, in bytes. Source: Bot API, "Sending files", read 2026-11. */
export const UPLOAD_BYTES = 50 * 1024 * 1024;
/** Room for the other fields of a form around a file at the limit. */
const ENVELOPE_BYTES = 256 * 1024;

/** Reads the body and the query string of a call; the three content types of the Bot API are understood. */
export async function readBody(request: IncomingMessage, query: URLSearchParams): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= UPLOAD_BYTES + ENVELOPE_BYTES) chunks.push(chunk);
  }
  if (size > UPLOAD_BYTES + ENVELOPE_BYTES) throw new Refusal(413, "Request Entity Too Large");
  const bytes = Buffer.concat(chunks);
  const raw: Record<string, Json> = Object.fromEntries(query);
  const parts: Part[] = [];
  const contentType = request.headers["content-type"] ?? "";
  if (bytes.length === 0) return { raw, parts };
  if (contentType.startsWith("application/json")) {
    Object.assign(raw, parseJson(bytes));
  } else if (contentType.startsWith("application/x-www-form-urlencoded")) {
    Object.assign(raw, Object.fromEntries(new URLSearchParams(bytes.toString("utf8"))));
  } else if (contentType.startsWith("multipart/form-data")) {
    const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
    if (boundary === undefined) throw new Refusal(400, "Bad Request: no boundary in multipart/form-data");
    for (const part of splitMultipart(bytes, boundary)) {
      if (part.fileName === undefined) raw[part.field] = part.bytes.toString("utf8");
      else parts.push({ field: part.field, fileName: part.fileName, bytes: part.bytes });
    }
  } else {
    throw new Refusal(400, `Bad Request: unsupported content type ${contentType}`);
  }
  return { raw, parts };
}

function parseJson(bytes: Buffer): Readonly<Record<string, Json>> {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new Refusal(400, "Bad Request: can't parse request body as a JSON object");
  }
}

interface RawPart {
  readonly field: string;
  readonly fileName: string | undefined;
  readonly bytes: Buffer;
}

function splitMultipart(bytes: Buffer, boundary: string): readonly RawPart[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: RawPart[] = [];
  let start = bytes.indexOf(delimiter);
  while (start !== -1) {
    const next = bytes.indexOf(delimiter, start + delimiter.length);
    if (next === -1) break;
    const part = bytes.subarray(start + delimiter.length + 2, next - 2);
    const headerEnd = part.indexOf("\r\n\r\n");
    if (headerEnd !== -1) {
      const header = part.subarray(0, headerEnd).toString("utf8");
      const field = /[; ]name="?([^";\r\n]+)"?/i.exec(header)?.[1];
      const fileName = /filename="?([^";\r\n]*)"?/i.exec(header)?.[1];
      if (field !== undefined) parts.push({ field, fileName, bytes: part.subarray(headerEnd + 4) });
    }
    start = next;
  }
  return parts;
}

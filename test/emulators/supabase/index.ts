import {
  type ObjectReply,
  type ObjectRequest,
  type ObjectServer,
  rangeOf,
  startObjectServer,
} from "../s3/object-server.ts";

export interface SupabaseEmulatorOptions {
  readonly bucket?: string;
  readonly key?: string;
  /** Most names on a page of a listing, whatever is asked for. */
  readonly pageSize?: number;
}

export interface StoredFile {
  readonly bytes: Buffer;
  readonly contentType: string;
}

/** A stand-in for Supabase Storage with one private bucket, as far as a server with the service key uses it. */
export interface SupabaseEmulator extends ObjectServer {
  readonly bucket: string;
  readonly key: string;
  /** What is in the bucket, by path; a test may put things in and take them out. */
  readonly objects: Map<string, StoredFile>;
  /** Every way in which a request differed from what the service's own library sends. */
  readonly violations: readonly string[];
}

const json = (status: number, body: unknown): ObjectReply => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
});

/** The service's way to say no: 400, and the true status in the body, as text. 5xx keep their status. */
const errorReply = (status: number, error: string): ObjectReply =>
  json(status >= 500 ? status : 400, {
    statusCode: String(status),
    error,
    message: "what went wrong, in words",
  });

export async function startSupabaseEmulator(
  options: SupabaseEmulatorOptions = {},
): Promise<SupabaseEmulator> {
  const { bucket = "easel-media", key = "sb_secret_canary-0123456789", pageSize = 1_000 } = options;
  const objects = new Map<string, StoredFile>();
  const violations: string[] = [];

  function upload(path: string, request: ObjectRequest): ObjectReply {
    const contentType = request.headers["content-type"];
    if (contentType === undefined) violations.push("an upload without a content type becomes text/plain");
    const isUpsert = request.method === "PUT" || request.headers["x-upsert"] === "true";
    if (objects.has(path) && !isUpsert) return errorReply(409, "Duplicate");
    objects.set(path, { bytes: request.body, contentType: contentType ?? "text/plain" });
    return json(200, { Id: crypto.randomUUID(), Key: `${bucket}/${path}` });
  }

  function download(path: string, range: string | undefined): ObjectReply {
    const found = objects.get(path);
    if (found === undefined) return errorReply(404, "not_found");
    const { bytes, contentType } = found;
    const headers = { "content-type": contentType, "accept-ranges": "bytes" };
    const part = rangeOf(range, bytes.length);
    if (part === null) return errorReply(416, "InvalidRange");
    if (part === undefined) return { status: 200, headers, body: bytes };
    const contentRange = `bytes ${part.start}-${part.end}/${bytes.length}`;
    return {
      status: 206,
      headers: { ...headers, "content-range": contentRange },
      body: bytes.subarray(part.start, part.end + 1),
    };
  }

  /** One folder: its files and, by name only, the folders in it. */
  function list(body: unknown): ObjectReply {
    const prefix = field(body, "prefix");
    if (typeof prefix !== "string") return errorReply(400, "Error");
    const limit = Number(field(body, "limit") ?? 100);
    const offset = Number(field(body, "offset") ?? 0);
    const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
    const names = new Map<string, StoredFile | null>();
    for (const [path, file] of objects) {
      if (!path.startsWith(folder)) continue;
      const [name = "", ...deeper] = path.slice(folder.length).split("/");
      names.set(name, deeper.length === 0 ? file : null);
    }
    const sorted = [...names].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const page = sorted.slice(offset, offset + Math.min(limit, pageSize));
    return json(
      200,
      page.map(([name, file]) => ({
        name,
        id: file === null ? null : crypto.randomUUID(),
        updated_at: file === null ? null : "2026-11-22T12:00:00.000Z",
        created_at: file === null ? null : "2026-11-22T12:00:00.000Z",
        last_accessed_at: null,
        metadata: file === null ? null : { size: file.bytes.length, mimetype: file.contentType },
      })),
    );
  }

  function removeAll(body: unknown): ObjectReply {
    const prefixes = field(body, "prefixes");
    if (!Array.isArray(prefixes)) return errorReply(400, "Error");
    const removed = prefixes.filter((path) => typeof path === "string" && objects.delete(path));
    return json(
      200,
      removed.map((name) => ({ name, bucket_id: bucket })),
    );
  }

  function handle(request: ObjectRequest): ObjectReply {
    const { apikey, authorization } = request.headers;
    // The gateway looks at the one, the service at the other.
    if (apikey === undefined) return json(401, { message: "No API key found in request" });
    if (apikey !== key) return json(401, { message: "Invalid API key" });
    if (authorization === undefined) return errorReply(400, "Error");
    if (authorization !== `Bearer ${key}`) return errorReply(403, "Unauthorized");
    const [, action, rest = ""] = /^\/storage\/v1\/object\/(list\/)?(.+)$/.exec(request.path) ?? [];
    const [asked, ...parts] = rest.split("/");
    const path = decodeURIComponent(parts.join("/"));
    if (asked !== bucket) return errorReply(404, "Bucket not found");
    if (action !== undefined)
      return request.method === "POST" ? list(jsonOf(request)) : errorReply(404, "Not Found");
    if (request.method === "DELETE" && path === "") return removeAll(jsonOf(request));
    if (path === "") return errorReply(400, "InvalidKey");
    if (request.method === "POST" || request.method === "PUT") return upload(path, request);
    if (request.method === "GET" || request.method === "HEAD") return download(path, request.headers.range);
    return errorReply(404, "Not Found");
  }

  function jsonOf(request: ObjectRequest): unknown {
    if (!(request.headers["content-type"] ?? "").startsWith("application/json"))
      violations.push("JSON is sent without its content type");
    try {
      return JSON.parse(request.body.toString("utf8"));
    } catch {
      violations.push("a body is not JSON");
      return null;
    }
  }

  const server = await startObjectServer({ handle, error: errorReply });
  return { ...server, bucket, key, objects, violations };
}

function field(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
}

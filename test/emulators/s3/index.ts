import { createHash } from "node:crypto";
import {
  type ObjectReply,
  type ObjectRequest,
  type ObjectServer,
  rangeOf,
  startObjectServer,
} from "./object-server.ts";
import { refusalOf, type S3Credentials } from "./signature.ts";

export interface S3EmulatorOptions {
  readonly bucket?: string;
  readonly credentials?: S3Credentials;
  /** Most keys on a page, whatever is asked for. */
  readonly pageSize?: number;
  readonly now?: () => number;
  /** A path before the bucket, as Supabase's S3 has one. */
  readonly basePath?: string;
}

export interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
}

/** A stand-in for a service that speaks S3, with one bucket, addressed by path. Every signature is checked for real. */
export interface S3Emulator extends ObjectServer {
  readonly bucket: string;
  readonly credentials: S3Credentials;
  /** What is in the bucket, by key; a test may put things in and take them out. */
  readonly objects: Map<string, StoredObject>;
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const xml = (status: number, body: string, headers: Record<string, string> = {}): ObjectReply => ({
  status,
  headers: { "content-type": "application/xml", ...headers },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

const errorReply = (status: number, code: string, headers?: Record<string, string>): ObjectReply =>
  xml(
    status,
    `<Error><Code>${code}</Code><Message>what went wrong, in words</Message><RequestId>1</RequestId></Error>`,
    headers,
  );

export async function startS3Emulator(options: S3EmulatorOptions = {}): Promise<S3Emulator> {
  const {
    bucket = "easel-media",
    credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "s3-secret+canary/1", region: "us-east-1" },
    pageSize = 1_000,
    now = Date.now,
    basePath = "",
  } = options;
  const objects = new Map<string, StoredObject>();

  function list(query: URLSearchParams): ObjectReply {
    if (query.get("list-type") !== "2" || query.has("delimiter")) return errorReply(501, "NotImplemented");
    const prefix = query.get("prefix") ?? "";
    const behind = Buffer.from(query.get("continuation-token") ?? "", "base64url").toString();
    const most = Math.min(pageSize, Number(query.get("max-keys") ?? 1_000));
    const found = [...objects.keys()]
      .filter((key) => key.startsWith(prefix) && key > behind)
      .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const page = found.slice(0, most);
    const token = Buffer.from(page.at(-1) ?? "").toString("base64url");
    const contents = page.map((key) => {
      const bytes = objects.get(key)?.bytes ?? Buffer.alloc(0);
      return `<Contents><Key>${escape(key)}</Key><LastModified>2026-11-22T12:00:00.000Z</LastModified><ETag>&quot;${etag(bytes)}&quot;</ETag><Size>${bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    });
    const isTruncated = found.length > page.length;
    return xml(
      200,
      [
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
        `<Name>${bucket}</Name><Prefix>${escape(prefix)}</Prefix><KeyCount>${page.length}</KeyCount>`,
        `<MaxKeys>${most}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>`,
        isTruncated ? `<NextContinuationToken>${token}</NextContinuationToken>` : "",
        ...contents,
        "</ListBucketResult>",
      ].join(""),
    );
  }

  function get(key: string, range: string | undefined): ObjectReply {
    const found = objects.get(key);
    if (found === undefined) return errorReply(404, "NoSuchKey");
    const { bytes, contentType } = found;
    const headers = { "content-type": contentType, "accept-ranges": "bytes", etag: `"${etag(bytes)}"` };
    const part = rangeOf(range, bytes.length);
    if (part === null) return errorReply(416, "InvalidRange", { "content-range": `bytes */${bytes.length}` });
    if (part === undefined) return { status: 200, headers, body: bytes };
    const contentRange = `bytes ${part.start}-${part.end}/${bytes.length}`;
    return {
      status: 206,
      headers: { ...headers, "content-range": contentRange },
      body: bytes.subarray(part.start, part.end + 1),
    };
  }

  function handle(request: ObjectRequest): ObjectReply {
    const refusal = refusalOf(request, credentials, now());
    if (refusal !== null) return errorReply(...refusal);
    if (!request.path.startsWith(`${basePath}/`)) return errorReply(404, "NoSuchBucket");
    const [asked, ...rest] = request.path.slice(basePath.length + 1).split("/");
    const key = decodeURIComponent(rest.join("/"));
    if (asked !== bucket) return errorReply(404, "NoSuchBucket");
    if (key === "") {
      return request.method === "GET"
        ? list(new URLSearchParams(request.query))
        : errorReply(405, "MethodNotAllowed");
    }
    switch (request.method) {
      case "PUT": {
        if (request.headers["content-length"] === undefined) return errorReply(411, "MissingContentLength");
        const contentType = request.headers["content-type"] ?? "binary/octet-stream";
        objects.set(key, { bytes: request.body, contentType });
        return { status: 200, headers: { etag: `"${etag(request.body)}"` } };
      }
      case "GET":
      case "HEAD":
        return get(key, request.headers.range);
      case "DELETE":
        objects.delete(key);
        return { status: 204 };
      default:
        return errorReply(405, "MethodNotAllowed");
    }
  }

  const server = await startObjectServer({ handle, error: errorReply });
  return { ...server, bucket, credentials, objects };
}

function etag(bytes: Buffer): string {
  return createHash("md5").update(bytes).digest("hex");
}

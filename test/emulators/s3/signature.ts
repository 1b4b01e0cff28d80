import { createHash, createHmac } from "node:crypto";
import type { ObjectRequest } from "./object-server.ts";

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

const MAX_SKEW_MS = 15 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

const sha256 = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** AWS's own encoding: all but letters, digits and `-._~`. */
function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalQuery(query: string): string {
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", value = ""] = pair.split("=", 2);
      const plain = (text: string): string => uriEncode(decodeURIComponent(text.replaceAll("+", " ")));
      return [plain(name), plain(value)] as const;
    })
    .toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function timeOf(amzDate: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/**
 * Why S3 would refuse the request, as its status and code; null where the signature holds. The canonical request is made
 * anew from the wire. Source: AWS, "Authenticating Requests (AWS Signature Version 4)", the Authorization header.
 */
export function refusalOf(
  request: ObjectRequest,
  credentials: S3Credentials,
  nowMs: number,
): readonly [status: number, code: string] | null {
  const header = (name: string): string => [request.headers[name]].flat()[0] ?? "";
  if (header("authorization") === "") return [403, "AccessDenied"];
  const [, keyId, day, region, service, signedHeaders = "", signature] =
    AUTHORIZATION.exec(header("authorization")) ?? [];
  if (keyId === undefined || service !== "s3") return [400, "AuthorizationHeaderMalformed"];
  if (keyId !== credentials.accessKeyId) return [403, "InvalidAccessKeyId"];
  if (region !== credentials.region) return [400, "AuthorizationHeaderMalformed"];
  const amzDate = header("x-amz-date");
  if (!amzDate.startsWith(`${day}T`)) return [403, "SignatureDoesNotMatch"];
  if (!(Math.abs(timeOf(amzDate) - nowMs) <= MAX_SKEW_MS)) return [403, "RequestTimeTooSkewed"];

  const names = signedHeaders.split(";");
  const mustBeSigned = ["host", ...Object.keys(request.headers).filter((name) => name.startsWith("x-amz-"))];
  if (mustBeSigned.some((name) => !names.includes(name))) return [403, "AccessDenied"];
  const bodyHash = header("x-amz-content-sha256");
  if (bodyHash === "") return [400, "InvalidRequest"];
  const canonicalRequest = [
    request.method,
    request.path
      .split("/")
      .map((part) => uriEncode(decodeURIComponent(part)))
      .join("/"),
    canonicalQuery(request.query),
    ...names.map((name) => `${name}:${header(name).trim().replace(/ +/g, " ")}`),
    "",
    signedHeaders,
    bodyHash,
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = hmac(
    hmac(hmac(hmac(`AWS4${credentials.secretAccessKey}`, day ?? ""), region), "s3"),
    "aws4_request",
  );
  const wanted = hmac(key, ["AWS4-HMAC-SHA256", amzDate, scope, sha256(canonicalRequest)].join("\n"));
  if (wanted.toString("hex") !== signature) return [403, "SignatureDoesNotMatch"];
  const isSigned = bodyHash !== "UNSIGNED-PAYLOAD";
  if (isSigned && bodyHash !== sha256(request.body)) return [400, "XAmzContentSHA256Mismatch"];
  return null;
}

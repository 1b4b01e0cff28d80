import { AwsV4Signer } from "aws4fetch";
import type { Clock } from "../../core/ports/clock.ts";
import type { MediaStore } from "../../core/ports/media.ts";
import { eachAtMost } from "../each-at-most.ts";
import type { Explain, Refused, RemoteCalls, WireRequest } from "../remote-calls.ts";
import { openPart } from "../remote-parts.ts";
import { isMediaKey, requireMediaKey, requireMediaPrefix, splitStart } from "../store-keys.ts";
import type { S3Place } from "./place.ts";
import { readErrorCode, readListing } from "./xml.ts";

const DELETES_AT_ONCE = 8;
/** Statuses below 500 that pass all the same: an upload that stalled (400), two writes of one key at once (409). */
const PASSING_CODES = new Set(["RequestTimeout", "OperationAborted"]);
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export const explainS3: Explain = (status, body) => {
  const reason = readErrorCode(body) ?? `http ${status}`;
  return { status, reason, passing: PASSING_CODES.has(reason) };
};

/** Missing is the file; a bucket that is not there is the operator's. Not every service sends a code. */
function isMissing({ status, reason }: Refused): boolean {
  return status === 404 && reason !== "NoSuchBucket";
}

/**
 * Media in a bucket that speaks S3 (AWS, R2, MinIO, B2, Supabase …). A PUT is atomic there: the key is seen with the
 * whole content or not at all, and the hash of the content is signed, so a body that was damaged on its way is refused.
 * Only calls that every such service has: PUT, GET with a range, ListObjectsV2 and DELETE of one object (the deletion of
 * many needs checksums on which they differ).
 */
export function createS3Store(deps: {
  readonly place: S3Place;
  readonly calls: RemoteCalls;
  readonly clock: Pick<Clock, "now">;
  /** Keys on a page of a listing; services give 1,000 at most. */
  readonly pageSize?: number;
}): MediaStore {
  const { place, calls, clock, pageSize = 1_000 } = deps;
  /** Keys derived of the secret, a day and region each. */
  const derivedKeys = new Map<string, ArrayBuffer>();

  async function signed(
    method: WireRequest["method"],
    path: string,
    options: {
      readonly query?: Readonly<Record<string, string>>;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Uint8Array;
      readonly bodySha256?: string;
    } = {},
  ): Promise<WireRequest> {
    const query = new URLSearchParams(options.query).toString();
    const signer = new AwsV4Signer({
      method,
      url: `${place.bucketUrl}${path}${query === "" ? "" : `?${query}`}`,
      headers: { ...options.headers, "x-amz-content-sha256": options.bodySha256 ?? EMPTY_SHA256 },
      accessKeyId: place.accessKeyId.reveal(),
      secretAccessKey: place.secretAccessKey.reveal(),
      service: "s3",
      ...(place.region === undefined ? {} : { region: place.region }),
      cache: derivedKeys,
      datetime: new Date(clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, ""),
    });
    const { url, headers } = await signer.sign();
    return {
      method,
      url: url.href,
      headers: Object.fromEntries(headers),
      ...(options.body === undefined ? {} : { body: options.body }),
    };
  }

  const pathOf = (key: string): string => `/${place.prefix}${key}`;
  const ask = (key: string) => (range: string | null) =>
    signed("GET", pathOf(key), { headers: range === null ? {} : { range } });

  /** Every name below the prefix that begins so, ours or not. */
  async function* list(start: string): AsyncGenerator<string> {
    let token: string | null = null;
    do {
      const query: Record<string, string> = {
        "list-type": "2",
        "max-keys": String(pageSize),
        prefix: `${place.prefix}${start}`,
        ...(token === null ? {} : { "continuation-token": token }),
      };
      const answer = await calls.whole("list", () => signed("GET", "/", { query }));
      if (answer.kind === "refused") throw calls.unavailable("list", answer);
      const page = readListing(Buffer.from(answer.bytes).toString("utf8"));
      if (page === null || (page.next !== null && page.next === token))
        throw calls.unavailable("list", { status: answer.status, reason: "bad listing" });
      for (const name of page.keys) {
        if (name.startsWith(place.prefix)) yield name.slice(place.prefix.length);
      }
      token = page.next;
    } while (token !== null);
  }

  return {
    async put(key, bytes, contentType) {
      const path = pathOf(requireMediaKey(key));
      const bodySha256 = await sha256(bytes);
      const answer = await calls.whole("put", () =>
        signed("PUT", path, { headers: { "content-type": contentType }, body: bytes, bodySha256 }),
      );
      if (answer.kind === "refused") throw calls.unavailable("put", answer);
    },

    async read(key) {
      requireMediaKey(key);
      const answer = await calls.whole("read", () => ask(key)(null));
      if (answer.kind === "answer") return answer.bytes;
      if (isMissing(answer)) return null;
      throw calls.unavailable("read", answer);
    },

    stream: async (key, range) => openPart(calls, ask(requireMediaKey(key)), isMissing, range),

    async remove(prefix) {
      await eachAtMost(DELETES_AT_ONCE, list(`${requireMediaPrefix(prefix)}/`), async (name) => {
        const answer = await calls.whole("remove", () => signed("DELETE", pathOf(name)));
        if (answer.kind === "refused" && !isMissing(answer)) throw calls.unavailable("remove", answer);
      });
    },

    async *keys(start) {
      splitStart(start);
      for await (const name of list(start)) if (isMediaKey(name)) yield name;
    },
  };
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const copy =
    bytes.buffer instanceof ArrayBuffer
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
      : Uint8Array.from(bytes);
  return Buffer.from(await crypto.subtle.digest("SHA-256", copy)).toString("hex");
}

import { z } from "zod";
import type { MediaStore } from "../../core/ports/media.ts";
import type { Explain, Refused, RemoteCalls, WireRequest } from "../remote-calls.ts";
import { openPart } from "../remote-parts.ts";
import { isMediaKey, requireMediaKey, requireMediaPrefix, splitStart } from "../store-keys.ts";
import type { SupabasePlace } from "./place.ts";

/** The service's standard page; a page of fewer than this and than was asked for is the last. */
const STANDARD_PAGE = 100;
const DELETES_A_CALL = 100;
/** A key's content never changes: whoever caches it may keep it. */
const CACHE_CONTROL = "max-age=31536000";

const errorBody = z.object({
  statusCode: z.union([z.string(), z.number()]).nullish(),
  error: z.string().nullish(),
  code: z.string().nullish(),
});

const listBody = z.array(z.object({ name: z.string(), id: z.string().nullish() }));

/** The true status stands in the body, as text; HTTP says 400 to nearly everything. */
export const explainSupabase: Explain = (status, body) => {
  const parsed = errorBody.safeParse(parseJson(body));
  const { statusCode, error, code } = parsed.success ? parsed.data : {};
  const told = Number(statusCode ?? Number.NaN);
  const reason = code ?? error ?? `http ${status}`;
  // Older versions pass the backend's word for a range behind the end on without its status.
  const trueStatus = reason === "InvalidRange" ? 416 : told >= 400 ? told : status;
  return { status: trueStatus, reason };
};

/** A bucket that is not there is answered 404 as well. */
const NO_BUCKET = new Set(["Bucket not found", "NoSuchBucket"]);

function isMissing({ status, reason }: Refused): boolean {
  return status === 404 && !NO_BUCKET.has(reason);
}

/**
 * Media in a private bucket of Supabase Storage, by its REST interface. A POST with `x-upsert` is atomic and may be
 * repeated. Source: @supabase/storage-js 2.109.0 and the service's own error bodies, read 2026-11.
 */
export function createSupabaseStore(deps: {
  readonly place: SupabasePlace;
  readonly calls: RemoteCalls;
  /** Names on a page of a listing. */
  readonly pageSize?: number;
}): MediaStore {
  const { place, calls, pageSize = 1_000 } = deps;

  function request(
    method: WireRequest["method"],
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: Uint8Array | string,
  ): WireRequest {
    const key = place.key.reveal();
    return {
      method,
      url: `${place.storageUrl}${path}`,
      // Both, and the same: a newer key is accepted as a bearer only where it equals `apikey`.
      headers: { apikey: key, authorization: `Bearer ${key}`, ...headers },
      ...(body === undefined ? {} : { body }),
    };
  }

  const asJson = (method: WireRequest["method"], path: string, body: unknown): WireRequest =>
    request(method, path, { "content-type": "application/json" }, JSON.stringify(body));
  const pathOf = (key: string): string => `/object/${place.bucket}/${place.prefix}${key}`;
  const ask = (key: string) => (range: string | null) =>
    request("GET", pathOf(key), range === null ? {} : { range });

  /**
   * What is in one folder (without a slash at its end), all of it before any of it is used: pages are counted, so
   * whoever removed while reading would skip as much. Files have an id, folders none.
   */
  async function list(folder: string): Promise<{ readonly name: string; readonly isFile: boolean }[]> {
    const found: { readonly name: string; readonly isFile: boolean }[] = [];
    for (;;) {
      const sortBy = { column: "name", order: "asc" };
      const body = { prefix: folder, limit: pageSize, offset: found.length, sortBy };
      const answer = await calls.whole("list", () => asJson("POST", `/object/list/${place.bucket}`, body));
      if (answer.kind === "refused") throw calls.unavailable("list", answer);
      const page = listBody.safeParse(parseJson(Buffer.from(answer.bytes).toString("utf8")));
      if (!page.success) throw calls.unavailable("list", { status: answer.status, reason: "bad listing" });
      found.push(...page.data.map(({ name, id }) => ({ name, isFile: typeof id === "string" })));
      if (page.data.length < Math.min(pageSize, STANDARD_PAGE)) return found;
    }
  }

  const folderOf = (name: string): string => `${place.prefix}${name}`.replace(/\/$/, "");

  async function removeFiles(names: readonly string[]): Promise<void> {
    const answer = await calls.whole("remove", () =>
      asJson("DELETE", `/object/${place.bucket}`, { prefixes: names }),
    );
    if (answer.kind === "refused" && !isMissing(answer)) throw calls.unavailable("remove", answer);
  }

  return {
    async put(key, bytes, contentType) {
      const path = pathOf(requireMediaKey(key));
      const headers = { "content-type": contentType, "cache-control": CACHE_CONTROL, "x-upsert": "true" };
      const answer = await calls.whole("put", () => request("POST", path, headers, bytes));
      // 409: another put of the same key was faster, with the same content.
      if (answer.kind === "refused" && answer.status !== 409) throw calls.unavailable("put", answer);
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
      const folder = folderOf(requireMediaPrefix(prefix));
      const names = (await list(folder)).flatMap(({ name, isFile }) => (isFile ? [`${folder}/${name}`] : []));
      for (let at = 0; at < names.length; at += DELETES_A_CALL)
        await removeFiles(names.slice(at, at + DELETES_A_CALL));
    },

    async *keys(start) {
      const { folder } = splitStart(start);
      const folders = folder === null ? await list(folderOf("")) : [{ name: folder, isFile: false }];
      for (const { name, isFile } of folders) {
        if (isFile || !name.startsWith(folder ?? start)) continue;
        for (const file of await list(folderOf(name))) {
          const key = `${name}/${file.name}`;
          if (file.isFile && key.startsWith(start) && isMediaKey(key)) yield key;
        }
      }
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

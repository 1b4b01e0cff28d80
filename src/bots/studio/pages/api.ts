import type { ApiAsset, ApiAssetPage, ApiOptions } from "../api-types.ts";
import {
  amount,
  fieldsOf,
  readAsset,
  readAssetPage,
  readError,
  readOptions,
  readStarted,
  type ServerError,
} from "./read.ts";
import { words } from "./words.ts";

/** The server said no. */
export class Refused extends Error {
  readonly status: number;
  readonly answer: ServerError;

  constructor(status: number, answer: ServerError) {
    super(answer.message);
    this.status = status;
    this.answer = answer;
  }
}

/** A caption may take two calls of a model and its turn; nothing takes longer. */
const LONGEST_MS = 180_000;

/** What went wrong, in words for people: the server's, or that there was no answer. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Refused)) return words.noAnswer;
  const { details, message } = error.answer;
  if (error.status === 401) return words.signedOut;
  if (error.status === 404 && message === "Media asset not found") return words.mediaGone;
  return details.map((one) => one.message).join(" ") || message;
}

/** @param path below `/api`. */
export async function call(method: string, path: string, body?: unknown, key?: string): Promise<unknown> {
  const headers: Record<string, string> = {};
  const hasBody = method === "POST" || method === "PATCH";
  if (hasBody) headers["Content-Type"] = "application/json";
  if (key !== undefined) headers["Idempotency-Key"] = key;
  const response = await fetch(`/api${path}`, {
    method,
    headers,
    signal: AbortSignal.timeout(LONGEST_MS),
    ...(hasBody ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  if (response.status === 204) return null;
  const answer: unknown = await response.json();
  if (!response.ok) throw new Refused(response.status, readError(answer));
  return answer;
}

export interface Wish {
  readonly prompt: string;
  readonly type: string;
  readonly provider: string;
  readonly style: string;
  readonly aspect: string;
  readonly count: number;
  readonly references: readonly WishReference[];
  /** The id of an upload. */
  readonly mask?: string;
}

export type WishReference = { readonly id: string } | { readonly assetId: string } | { readonly url: string };

export const api = {
  options: async (): Promise<ApiOptions> => readOptions(await call("GET", "/ai/options")),
  list: async (search: string, favouritesOnly: boolean, page: number): Promise<ApiAssetPage> => {
    const query = new URLSearchParams({ page: String(page) });
    if (search !== "") query.set("search", search);
    if (favouritesOnly) query.set("favourites", "1");
    return readAssetPage(await call("GET", `/ai/media?${query}`));
  },
  get: async (id: string): Promise<ApiAsset> => readAsset(await call("GET", `/ai/media/${id}`)),
  generate: async (wish: Wish, key: string): Promise<ApiAsset[]> =>
    readStarted(await call("POST", "/ai/generate-media", wish, key)),
  again: async (id: string, key: string): Promise<ApiAsset[]> =>
    readStarted(await call("POST", `/ai/media/${id}/again`, {}, key)),
  favourite: async (id: string, favourite: boolean): Promise<ApiAsset> =>
    readAsset(await call("POST", `/ai/media/${id}/favourite`, { favourite })),
  cancel: async (id: string): Promise<{ asset: ApiAsset; message: string }> => {
    const answer = await call("POST", `/ai/media/${id}/cancel`);
    return { asset: readAsset(answer), message: readError(answer).message };
  },
  /** How many of its posts would still go out. */
  removal: async (id: string): Promise<number> =>
    amount(fieldsOf(await call("GET", `/ai/media/${id}/removal`)), "posts"),
  /** How many of its posts still go out. */
  remove: async (id: string): Promise<number> => {
    const answer = await call("DELETE", `/ai/media/${id}`);
    return answer === null ? 0 : amount(fieldsOf(answer), "posts");
  },
};

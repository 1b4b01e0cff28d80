import type { Secret } from "../../../../src/core/secret.ts";
import type { Http, HttpResult } from "../../../../src/providers/shared/http.ts";

export interface LanternClient {
  create(body: unknown, signal: AbortSignal): Promise<HttpResult>;
  /** `pictures/<id>` or `account`. */
  read(path: string, signal: AbortSignal): Promise<HttpResult>;
}

export function createLanternClient(deps: { http: Http; apiUrl: string; key: Secret }): LanternClient {
  const headers = { authorization: `Bearer ${deps.key.reveal()}` };
  const common = { headers, timeoutMs: 30_000, maxBytes: 100_000 };
  const url = (path: string): string => `${deps.apiUrl}/v1/${path}`;
  return {
    // `once`: this call costs, so it goes over a connection of its own and is never repeated.
    create: (json, signal) =>
      deps.http.call({ ...common, method: "POST", url: url("pictures"), json, once: true, signal }),
    read: (path, signal) => deps.http.call({ ...common, method: "GET", url: url(path), signal }),
  };
}

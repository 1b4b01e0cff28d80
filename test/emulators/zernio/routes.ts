import type { ZernioCall } from "./types.ts";

/** What is asked, and of which thing. For `connect` the id is the network. */
export interface ZernioRoute {
  readonly call: ZernioCall;
  readonly id: string;
}

const ROUTES: readonly (readonly [method: string, path: RegExp, call: ZernioCall])[] = [
  ["GET", /^\/api\/v1\/profiles$/, "profiles"],
  ["POST", /^\/api\/v1\/profiles$/, "profile create"],
  ["GET", /^\/api\/v1\/accounts$/, "accounts"],
  ["GET", /^\/api\/v1\/accounts\/([^/]+)\/health$/, "health"],
  ["GET", /^\/api\/v1\/accounts\/([^/]+)\/instagram\/publishing-limit$/, "quota"],
  ["DELETE", /^\/api\/v1\/accounts\/([^/]+)$/, "disconnect"],
  ["GET", /^\/api\/v1\/connect\/([a-z]+)$/, "connect"],
  ["POST", /^\/api\/v1\/media\/presign$/, "presign"],
  ["PUT", /^\/temp\/(.+)$/, "upload"],
  ["POST", /^\/api\/v1\/posts$/, "create"],
  ["GET", /^\/api\/v1\/posts$/, "list"],
  ["GET", /^\/api\/v1\/posts\/([^/]+)$/, "get"],
  ["PUT", /^\/api\/v1\/posts\/([^/]+)$/, "change"],
  ["DELETE", /^\/api\/v1\/posts\/([^/]+)$/, "cancel"],
  ["POST", /^\/api\/v1\/posts\/([^/]+)\/retry$/, "retry"],
];

export function routeOf(method: string, path: string): ZernioRoute | null {
  for (const [wanted, pattern, call] of ROUTES) {
    const match = wanted === method ? pattern.exec(path) : null;
    if (match) return { call, id: match[1] ?? "" };
  }
  return null;
}

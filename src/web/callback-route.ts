import type { Log } from "../core/ports/log.ts";
import type { SmallBodies } from "./small-body.ts";

/** What a provider's callback is read by; null: forged, too old, or not to be read. */
export type ReadCallback = (request: {
  header(name: string): string | null;
  readonly body: Uint8Array;
}) => { readonly taskKey: string } | null;

export interface CallbackRouteDependencies {
  /** By the id of the provider's module, which stands in the path. */
  readonly readers: ReadonlyMap<string, ReadCallback>;
  /** False: nobody was given this token. */
  arrived(token: string, taskKey: string): Promise<boolean>;
  readonly bodies: SmallBodies;
  readonly log: Log;
}

const PATH = /^\/callbacks\/([a-z][a-z0-9-]{0,30})\/([A-Za-z0-9_-]{16})$/;

/**
 * `POST /callbacks/<provider>/<attempt token>`. Whatever is wrong gets the same 404, so that nobody learns which part
 * it was; what was understood is committed before the 200. A repeat is a 200 again and changes nothing.
 */
export function createCallbackRoute(
  dependencies: CallbackRouteDependencies,
): (request: Request) => Promise<Response> {
  const { readers, log } = dependencies;
  const refused = (why: string): Response => {
    log.warn("a callback was refused", { why });
    return Response.json({ error: "Not found" }, { status: 404 });
  };
  return async (request) => {
    const [, id = "", token = ""] = PATH.exec(new URL(request.url).pathname) ?? [];
    const read = readers.get(id);
    if (!read || request.method !== "POST") return refused("path");
    const body = await dependencies.bodies.read(request);
    if (body === null) return refused("body");
    const callback = read({ header: (name) => request.headers.get(name), body });
    if (callback === null) return refused("content");
    if (!(await dependencies.arrived(token, callback.taskKey))) return refused("token");
    return Response.json({ code: 200, msg: "success" });
  };
}

import type { Log } from "../core/ports/log.ts";
import type { PublisherEvent } from "../core/ports/publisher.ts";
import type { SmallBodies } from "./small-body.ts";

export interface WebhookRouteDependencies {
  /** By the id of the provider's module, which stands in the path; null: forged or not to be read. */
  readonly readers: ReadonlyMap<
    string,
    (request: { header(name: string): string | null; readonly body: Uint8Array }) => PublisherEvent | null
  >;
  arrived(event: PublisherEvent): Promise<void>;
  readonly bodies: SmallBodies;
  readonly log: Log;
}

const PATH = /^\/webhooks\/([a-z][a-z0-9-]{0,30})$/;

/** `POST /webhooks/<provider>`: signed events of a publishing service. Committed before the 200; a repeat is a 200. */
export function createWebhookRoute(
  dependencies: WebhookRouteDependencies,
): (request: Request) => Promise<Response> {
  const { readers, log } = dependencies;
  return async (request) => {
    const [, id = ""] = PATH.exec(new URL(request.url).pathname) ?? [];
    const read = readers.get(id);
    const body = read ? await dependencies.bodies.read(request) : null;
    const event = body && read?.({ header: (name) => request.headers.get(name), body });
    if (!event) {
      log.warn("a webhook was refused", { known: read !== undefined });
      return Response.json({ error: "Not found" }, { status: 404 });
    }
    await dependencies.arrived(event);
    return Response.json({ received: true });
  };
}

import { bodies, problemsOf } from "./check-request.ts";
import { headerOf, type ZernioExchange } from "./host.ts";
import { refusal, type ZernioAnswer } from "./post-routes.ts";
import { HOUR_MS, type ZernioWorld } from "./world.ts";

/** Where files are put, and where networks and people fetch them. */
export function createZernioStorage(deps: {
  readonly world: ZernioWorld;
  readonly now: () => number;
  readonly origin: () => string;
}) {
  const { world, now, origin } = deps;

  function presign(body: Record<string, unknown>): ZernioAnswer {
    const problems = problemsOf(bodies.presign, body);
    for (const problem of problems) world.violate("presign", problem);
    if (problems.length > 0) return refusal(400, problems[0] ?? "");
    const id = world.nextId();
    const key = `/temp/${id}_${encodeURIComponent(String(body["filename"]))}`;
    const contentType = String(body["contentType"]);
    world.files.set(key, { key, contentType, bytes: null, isGone: false, expiresAt: now() + HOUR_MS });
    const uploadUrl = `${origin()}${key}?X-Amz-Signature=${id}`;
    return {
      status: 200,
      body: { uploadUrl, publicUrl: origin() + key, key: key.slice(1), expiresIn: 3_600 },
    };
  }

  /** Storage is another host for those who look: no key may come here, and the signed type has to match. */
  function upload(exchange: ZernioExchange): ZernioAnswer {
    const file = world.files.get(exchange.path);
    if (headerOf(exchange, "authorization")) world.violate("upload", "the key was sent to the storage");
    if (!file || file.expiresAt <= now() || !exchange.query.has("X-Amz-Signature"))
      return { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" };
    if (headerOf(exchange, "content-type") !== file.contentType) {
      world.violate("upload", `content-type is not ${file.contentType}`);
      return { status: 403, body: "<Error><Code>SignatureDoesNotMatch</Code></Error>" };
    }
    file.bytes = exchange.body;
    return { status: 200, body: "" };
  }

  /** Answers the reading of a stored file; false: there was never one. */
  function serve(exchange: ZernioExchange): boolean {
    const file = exchange.method === "GET" ? world.files.get(exchange.path) : undefined;
    if (!file) return false;
    if (file.bytes && !file.isGone) exchange.send(200, file.contentType, file.bytes);
    else exchange.send(404, "text/html", "<html><body>404</body></html>");
    return true;
  }

  return { presign, upload, serve };
}

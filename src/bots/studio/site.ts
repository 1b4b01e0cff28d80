import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Core } from "../../core/core.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { Log } from "../../core/ports/log.ts";
import type { InboxStore } from "../../core/ports/stores.ts";
import { PAGE_PREFIX } from "./config.ts";
import type { PageFiles } from "./files.ts";
import { PLATFORM, type Visitor } from "./inbound.ts";
import { BODY_BYTES } from "./limits.ts";
import { isFromOurPage } from "./origin.ts";
import type { Sessions } from "./session.ts";
import { confirmPage, signInPage } from "./sign-in-pages.ts";

export interface SiteDependencies {
  readonly core: Pick<Core, "signIn">;
  readonly sessions: Sessions;
  readonly inbox: Pick<InboxStore, "handled">;
  readonly files: PageFiles;
  readonly clock: Pick<Clock, "now">;
  readonly ids: Pick<Ids, "fingerprint">;
  readonly log: Log;
  readonly publicUrl: string | null;
  visitorOf(headers: Headers): Promise<Visitor | null>;
}

/** Scripts, styles and media of this origin only; nothing inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HTML_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": POLICY,
  "Cache-Control": "no-store",
};
const FILES = `${PAGE_PREFIX}/files/`;

/** The page itself, its files, and the way in for members of the other platforms. */
export function createSite(dependencies: SiteDependencies): Hono {
  const { core, sessions, inbox, files, clock, ids, log, publicUrl, visitorOf } = dependencies;
  const site = new Hono();
  const html = (text: string, status = 200) => new Response(text, { status, headers: HTML_HEADERS });

  site.use(bodyLimit({ maxSize: BODY_BYTES, onError: () => html(signInPage("That was too long."), 413) }));

  site.get(PAGE_PREFIX, async ({ req }) => {
    if ((await visitorOf(req.raw.headers)) === null) return html(signInPage(null), 401);
    const page = (await files()).get("bots/studio/pages/index.html");
    return page ? html(page.text) : html(signInPage("The page's files are missing."), 500);
  });

  site.get(`${FILES}*`, async ({ req }) => {
    const path = new URL(req.url).pathname.slice(FILES.length);
    const file = path.endsWith(".html") ? undefined : (await files()).get(path);
    if (!file) return Response.json({ error: "Not found" }, { status: 404 });
    const headers = { "Content-Type": file.contentType, "Cache-Control": "no-cache", ETag: file.etag };
    const isKnown = req.header("If-None-Match") === file.etag;
    return new Response(isKnown ? null : file.text, { status: isKnown ? 304 : 200, headers });
  });

  // A chat's preview opens every link it sees: only the press of the button uses this one up.
  site.get(`${PAGE_PREFIX}/sign-in`, ({ req }) => {
    const token = req.query("token") ?? "";
    return core.signIn.read(token) === null
      ? html(signInPage("This link is too old or not complete."), 401)
      : html(confirmPage(token));
  });

  site.post(`${PAGE_PREFIX}/sign-in`, async (context) => {
    if (!isFromOurPage(context.req.raw, publicUrl))
      return html(signInPage("That came from another site."), 403);
    const token = (await context.req.parseBody())["token"];
    const read = typeof token === "string" ? core.signIn.read(token) : null;
    if (read === null) return html(signInPage("This link is too old or not complete."), 401);
    const isFirstUse = await inbox.handled(
      ids.fingerprint(`sign-in:${read.nonce}`),
      PLATFORM,
      clock.now(),
      null,
    );
    if (!isFirstUse) return html(signInPage("This link was used before. Every link works once."), 401);
    return new Response(null, {
      status: 303,
      headers: {
        Location: PAGE_PREFIX,
        "Set-Cookie": sessions.open(read.identity),
        "Cache-Control": "no-store",
      },
    });
  });

  site.post(`${PAGE_PREFIX}/sign-out`, ({ req }) => {
    if (!isFromOurPage(req.raw, publicUrl)) return html(signInPage("That came from another site."), 403);
    const headers = { Location: PAGE_PREFIX, "Set-Cookie": sessions.close(), "Cache-Control": "no-store" };
    return new Response(null, { status: 303, headers });
  });

  site.onError((err) => {
    log.error("page failed", { err });
    return html(signInPage("Something went wrong here. Please try again in a minute."), 500);
  });
  site.notFound(() => html(signInPage("There is no such page."), 404));
  return site;
}

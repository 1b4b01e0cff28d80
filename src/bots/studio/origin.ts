/**
 * Whether a request that changes something comes from our own page, or from no page at all (a program sends no
 * `Origin`; browsers always do here). The `Host` header was checked by the web server before.
 */
export function isFromOurPage(request: Request, publicUrl: string | null): boolean {
  const site = request.headers.get("Sec-Fetch-Site");
  if (site !== null && site !== "same-origin" && site !== "none") return false;
  const origin = request.headers.get("Origin");
  if (origin === null) return true;
  if (publicUrl !== null && origin === new URL(publicUrl).origin) return true;
  if (!URL.canParse(origin)) return false;
  return new URL(origin).host === request.headers.get("Host");
}

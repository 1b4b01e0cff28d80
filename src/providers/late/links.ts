import { vetUrl } from "../shared/foreign-url.ts";

/** Judges the links of the service's answers. Null: not to be used. */
export interface Links {
  /** For people or for networks, who open it themselves: as a browser reads it. */
  passedOn(url: string): string | null;
  /** For us to dial: https to a name on the internet. A name may still lead elsewhere, which the exchange looks at. */
  dialled(url: string): { readonly href: string; readonly from: "operator" | "service" } | null;
}

/** Signed links and those to sign in at are longer than what people write. */
const LONGEST = 8_192;
const POLICY = { schemes: ["https"], allowIpLiterals: false, refusedHosts: [] } as const;

/** @param origin of the setting: that one may be a machine of the operator's own, without https */
export function createLinks(origin: string): Links {
  function parse(url: string): URL | null {
    const link = URL.parse(url);
    if (link === null || link.href.length > LONGEST) return null;
    if (link.username !== "" || link.password !== "") return null;
    return link.protocol === "https:" || link.origin === origin ? link : null;
  }
  return {
    passedOn: (url) => parse(url)?.href ?? null,
    dialled(url) {
      const link = parse(url);
      if (link === null) return null;
      if (link.origin === origin) return { href: link.href, from: "operator" };
      return vetUrl(link.origin, POLICY, undefined).ok ? { href: link.href, from: "service" } : null;
    },
  };
}

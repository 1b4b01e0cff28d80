import ipaddr from "ipaddr.js";
import { isPublicAddress } from "./public-address.ts";

/** Which rule a foreign URL or what it led to broke. */
export type RefusalReason =
  | "parse"
  | "scheme"
  | "chars"
  | "userinfo"
  | "host"
  | "literal"
  | "port"
  | "self"
  | "dns"
  | "redirect"
  | "size"
  | "type"
  | "time"
  | "network";

export interface ForeignUrlPolicy {
  readonly schemes: readonly ("http" | "https")[];
  /** Addresses instead of names; even then only public ones. */
  readonly allowIpLiterals: boolean;
  /** Our own host and our services' API hosts, with everything below them: never a medium. */
  readonly refusedHosts: readonly string[];
}

/** Limits a call to what one service hands out. */
export interface AllowedHosts {
  /** `.example.com` allows `files.example.com` and `example.com`. */
  readonly suffixes: readonly string[];
  /** Origins (`http://127.0.0.1:9000`) that the operator configured for the service: any network, any port. */
  readonly trustedOrigins: readonly string[];
}

export type VettedUrl =
  | {
      readonly ok: true;
      readonly url: URL;
      readonly host: string;
      readonly port: number;
      readonly trusted: boolean;
    }
  | { readonly ok: false; readonly reason: RefusalReason };

/** Longest URL that is looked at, in characters: what browsers and proxies agree on. */
const MAX_URL_CHARS = 2_048;

/** Backslashes, blanks and controls: the characters on which URL parsers disagree. */
const DOUBTFUL = /[\\\s\p{Cc}]/u;
const HOST =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Names that mean something inside a machine, a cluster, a cloud or an office, and nothing on the internet. */
const RESERVED_SUFFIXES = [
  "alt",
  "arpa",
  "cluster",
  "consul",
  "corp",
  "default",
  "docker",
  "example",
  "home",
  "internal",
  "intranet",
  "invalid",
  "lan",
  "local",
  "localdomain",
  "localhost",
  "onion",
  "private",
  "svc",
];

/** The names of this machine are one: a service at `localhost:9000` may hand out `127.0.0.1:9000`. */
const canonicalOrigin = (origin: string): string =>
  origin.replace(/^(https?:\/\/)(?:127\.0\.0\.1|\[::1\])(?=:|$)/, "$1localhost");

const refuse = (reason: RefusalReason): VettedUrl => ({ ok: false, reason });
const isBelow = (host: string, parent: string): boolean => host === parent || host.endsWith(`.${parent}`);

function parse(text: string, base: URL | undefined): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/**
 * Judges a URL by its text alone; names are resolved later. One parser decides (WHATWG), and only its canonical
 * host is looked at: a rule on the raw text misses `http://0x7f.1`. `base` is the page that redirected here.
 */
export function vetUrl(
  text: string,
  policy: ForeignUrlPolicy,
  hosts: AllowedHosts | undefined,
  base?: URL,
): VettedUrl {
  if (text.trim() === "" || text.length > MAX_URL_CHARS) return refuse("parse");
  if (DOUBTFUL.test(text)) return refuse("chars");
  const url = parse(text, base);
  if (!url) return refuse("parse");
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== "http" && scheme !== "https") return refuse("scheme");
  if (url.username !== "" || url.password !== "") return refuse("userinfo");
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const port = url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port);
  const origin = canonicalOrigin(url.origin);
  if (hosts?.trustedOrigins.some((trusted) => canonicalOrigin(trusted) === origin))
    return { ok: true, url, host, port, trusted: true };
  if (!policy.schemes.includes(scheme)) return refuse("scheme");
  if (ipaddr.isValid(host)) {
    if (!policy.allowIpLiterals || !isPublicAddress(host)) return refuse("literal");
  } else if (!HOST.test(host) || RESERVED_SUFFIXES.some((suffix) => isBelow(host, suffix))) {
    return refuse("host");
  }
  if (port !== 443 && !(port === 80 && policy.schemes.includes("http"))) return refuse("port");
  if (policy.refusedHosts.some((refused) => isBelow(host, refused))) return refuse("self");
  if (hosts && !hosts.suffixes.some((suffix) => isBelow(host, suffix.replace(/^\./, ""))))
    return refuse("host");
  return { ok: true, url, host, port, trusted: false };
}

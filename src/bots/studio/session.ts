import { type Identity, parseIdentity } from "../../core/identifiers.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Signer } from "../module.ts";
import { SESSION_MS } from "./limits.ts";

const PURPOSE = "studio-session";

/** Who a browser is, in a signed cookie: nothing is kept here, so every process knows every session. */
export interface Sessions {
  /** The value of `Set-Cookie` that signs a browser in. */
  open(identity: Identity): string;
  /** The value of `Set-Cookie` that signs it out. */
  close(): string;
  /** Null for none, and for one that was changed or is too old. */
  read(cookies: string | null): Identity | null;
}

export function createSessions(dependencies: {
  readonly signer: Signer;
  readonly clock: Pick<Clock, "now">;
  readonly publicUrl: string | null;
}): Sessions {
  const { signer, clock, publicUrl } = dependencies;
  const isSecure = publicUrl?.startsWith("https:") ?? false;
  // The prefix makes a browser refuse the cookie from any other host or path, and without TLS.
  const name = isSecure ? "__Host-easel" : "easel";
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
  return {
    open(identity) {
      const text = `${encodeURIComponent(identity)}.${Math.floor((clock.now() + SESSION_MS) / 1000)}`;
      const value = `${text}.${signer.sign(PURPOSE, text)}`;
      return `${name}=${value}; ${attributes}; Max-Age=${SESSION_MS / 1000}`;
    },
    close: () => `${name}=; ${attributes}; Max-Age=0`,
    read(cookies) {
      const value = (cookies ?? "")
        .split(";")
        .map((cookie) => cookie.trim())
        .find((cookie) => cookie.startsWith(`${name}=`))
        ?.slice(name.length + 1);
      const match = /^((.{1,300})\.(\d{1,12}))\.([A-Za-z0-9_-]{20,100})$/.exec(value ?? "");
      const [, text = "", encoded = "", expires = "0", signature = ""] = match ?? [];
      if (!match || !signer.verify(PURPOSE, text, signature)) return null;
      if (Number(expires) * 1000 < clock.now()) return null;
      const parts = parseIdentity(decodeURIComponent(encoded));
      return parts ? `${parts.platform}:${parts.externalId}` : null;
    },
  };
}

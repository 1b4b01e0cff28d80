import { type Identity, parseIdentity } from "../identifiers.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";

/** Signs short texts with the instance's key; the answer has only characters of base64url. */
export interface SignInSigner {
  sign(purpose: string, text: string): string;
  verify(purpose: string, text: string, signature: string): boolean;
}

const PURPOSE = "studio-sign-in";
const LIFE_MS = 10 * 60_000;
/** Where the link leads: a page with one button, so that a chat's link preview does not use it up. */
export const SIGN_IN_PATH = "/ai-studio/sign-in";

export interface SignInToken {
  readonly identity: Identity;
  /** Whoever takes the token marks this as used, once. */
  readonly nonce: string;
}

/** Links that sign a member in on the page: good for ten minutes and, by their nonce, for one use. */
export interface SignInLinks {
  /** Null where nobody could open it (no `PUBLIC_URL`). */
  create(identity: Identity): string | null;
  /** Null for one that is not ours, was changed, or is too old. */
  read(token: string): SignInToken | null;
}

export function createSignInLinks(dependencies: {
  readonly publicUrl: string | null;
  readonly signer: SignInSigner;
  readonly clock: Pick<Clock, "now">;
  readonly ids: Pick<Ids, "token">;
}): SignInLinks {
  const { publicUrl, signer, clock, ids } = dependencies;
  return {
    create(identity) {
      if (publicUrl === null) return null;
      const expires = Math.ceil((clock.now() + LIFE_MS) / 1000);
      const text = `${encodeURIComponent(identity)}.${expires}.${ids.token()}`;
      const token = `${text}.${signer.sign(PURPOSE, text)}`;
      return `${publicUrl}${SIGN_IN_PATH}?token=${encodeURIComponent(token)}`;
    },
    read(token) {
      const match = /^((.{1,300})\.(\d{1,12})\.([A-Za-z0-9_-]{16}))\.([A-Za-z0-9_-]{20,100})$/.exec(token);
      const [, text = "", encoded = "", expires = "0", nonce = "", signature = ""] = match ?? [];
      if (!match || !signer.verify(PURPOSE, text, signature)) return null;
      if (Number(expires) * 1000 < clock.now()) return null;
      const identity = decodeURIComponent(encoded);
      const parts = parseIdentity(identity);
      return parts ? { identity: `${parts.platform}:${parts.externalId}`, nonce } : null;
    },
  };
}

import type { Clock } from "../core/ports/clock.ts";
import type { MediaLinks } from "../core/ports/media.ts";

/** Long enough for a chat to open it the next day, short enough that a leaked one dies. */
const LIFE_MS = 24 * 3_600_000;
/** Ends fall on these steps, so that a page gets the same link for hours and loads nothing twice. */
const STEP_MS = 6 * 3_600_000;
const PURPOSE = "media";

/** Signs short texts with the instance's key, compares in constant time. */
export interface LinkSigner {
  sign(purpose: string, text: string): string;
  verify(purpose: string, text: string, signature: string): boolean;
}

export interface SignedMediaLinks extends MediaLinks {
  /** Whether a link that came back is ours and still alive. */
  verify(
    key: string,
    expires: string | null | undefined,
    signature: string | null | undefined,
  ): "fine" | "expired" | "wrong";
}

/** `<publicUrl>/media/<key>?expires=<unix seconds>&signature=<signature of key and expiry>` */
export function createMediaLinks(deps: {
  publicUrl: string | null;
  signer: LinkSigner;
  clock: Clock;
}): SignedMediaLinks {
  const { publicUrl, signer, clock } = deps;
  const signed = (key: string, expires: string): string => `${key}\n${expires}`;

  function path(key: string): string {
    const expires = String((Math.ceil((clock.now() + LIFE_MS) / STEP_MS) * STEP_MS) / 1000);
    const signature = signer.sign(PURPOSE, signed(key, expires));
    return `/media/${key}?${new URLSearchParams({ expires, signature })}`;
  }

  return {
    path,
    link: (key) => (publicUrl === null ? null : publicUrl + path(key)),
    verify(key, expires, signature) {
      if (!expires || !signature || !/^\d{1,12}$/.test(expires)) return "wrong";
      if (!signer.verify(PURPOSE, signed(key, expires), signature)) return "wrong";
      return Number(expires) * 1000 < clock.now() ? "expired" : "fine";
    },
  };
}

import { z } from "zod";

/** Nothing of its own to set: where it can be reached is the web server's matter. */
export const studioEnvironment = z.object({});

/** Where the page and its API live. */
export const PAGE_PREFIX = "/ai-studio";
export const API_PREFIX = "/api/ai";
export const CAPTION_PREFIX = "/api/caption";
/** Below the API: the one path whose body is a file. */
export const UPLOADS_PATH = "/references";

/** Addresses that only this machine can reach: there, and without `PUBLIC_URL`, nobody needs to sign in. */
export function isForThisMachineOnly(place: {
  readonly host: string;
  readonly publicUrl: string | null;
}): boolean {
  const bare = place.host.replace(/^\[|\]$/g, "").toLowerCase();
  const isLoopback = bare === "localhost" || bare === "::1" || /^127(\.\d{1,3}){3}$/.test(bare);
  return isLoopback && place.publicUrl === null;
}

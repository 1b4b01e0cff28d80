import { AppError } from "../core/errors.ts";

/** `<asset id>/<sha256>.<ext>`: nothing that a file system or a URL could read as a way elsewhere. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.[a-z0-9]{2,5}$/;
const PREFIX = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
/** How a key may begin, the whole key and nothing at all included. */
const START = /^([A-Za-z0-9][A-Za-z0-9_-]{0,99}(\/([A-Za-z0-9][A-Za-z0-9_.-]{0,105})?)?)?$/;

/** Whether a name found in a store is a file of ours; other things may lie there too. */
export function isMediaKey(text: string): boolean {
  return KEY.test(text);
}

/** Every store refuses the same keys, so that what was put in one can be moved to any other. */
export function requireMediaKey(key: string): string {
  if (!KEY.test(key)) throw new AppError("INTERNAL", "not a media key");
  return key;
}

export function requireMediaPrefix(prefix: string): string {
  if (!PREFIX.test(prefix)) throw new AppError("INTERNAL", "not a media prefix");
  return prefix;
}

/** `folder` is known as soon as `start` holds a slash; before that `start` is how folders begin. */
export function splitStart(start: string): { readonly folder: string | null } {
  if (!START.test(start)) throw new AppError("INTERNAL", "not the start of a media key");
  const slash = start.indexOf("/");
  return { folder: slash === -1 ? null : start.slice(0, slash) };
}

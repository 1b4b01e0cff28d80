/**
 * Keys of confirmations that were sent and not answered yet, by what they post. Whoever opens the dialog anew, or the
 * page, confirms with the same key: what has gone out already is shown then, and not posted twice.
 */
const PREFIX = "unanswered post ";

/** The one that is still open, or null. */
export function openKey(assetId: string): string | null {
  return sessionStorage.getItem(PREFIX + assetId);
}

export function keepKey(assetId: string, key: string): void {
  sessionStorage.setItem(PREFIX + assetId, key);
}

export function forgetKey(assetId: string): void {
  sessionStorage.removeItem(PREFIX + assetId);
}

/**
 * The second net under the log: whatever got into a line, credentials do not leave the process. The first is that
 * nobody logs them. Works on the serialised line, where a secret has no field any more.
 */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // A Telegram bot token, also inside a URL.
  [/\b\d{6,12}:[A-Za-z0-9_-]{30,}/g, "[secret]"],
  [/\/bot[^/\s"]{8,}\//g, "/bot[secret]/"],
  [/\b(sk|zrk|rk)[-_][A-Za-z0-9_-]{12,}/g, "[secret]"],
  [/\b(Bearer|Bot|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, "$1 [secret]"],
  [/([?&](?:X-Amz-[A-Za-z-]+|sig|signature|token|key|apikey|access_token)=)[^&\s"'\\]+/gi, "$1[secret]"],
  // Discord: interaction tokens stand in webhook paths.
  [/(\/(?:webhooks|interactions)\/\d+\/)[A-Za-z0-9._-]{16,}/g, "$1[secret]"],
];

/** A line without the process's own secrets (also URL-encoded) and without what looks like one. */
export function createScrubber(secrets: readonly string[]): (line: string) => string {
  const own = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  const exact = [...new Set(own)].toSorted((a, b) => b.length - a.length);
  return (line) => {
    let clean = line;
    for (const secret of exact) clean = clean.replaceAll(secret, "[secret]");
    for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement);
    return clean;
  };
}

/** The same facts give the same text, whatever order their keys were written in. */
function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${stable(inner)}`).join()}}`;
}

/**
 * A short mark of what a card shows (FNV-1a, 64 bits). It stands in the button that confirms: of a card that is not
 * the latest any more it differs, so nothing is confirmed that was not seen.
 */
export function markOf(shown: object): string {
  let mark = 0xcbf29ce484222325n;
  for (const unit of stable(shown))
    mark = BigInt.asUintN(64, (mark ^ BigInt(unit.codePointAt(0) ?? 0)) * 0x100000001b3n);
  return mark.toString(36);
}

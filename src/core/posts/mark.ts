/**
 * A short mark of what a card shows (FNV-1a, 64 bits). It stands in the button that confirms: of a card that is not
 * the latest any more it differs, so nothing is confirmed that was not seen.
 */
export function markOf(shown: object): string {
  let mark = 0xcbf29ce484222325n;
  for (const unit of JSON.stringify(Object.entries(shown).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    mark = BigInt.asUintN(64, (mark ^ BigInt(unit.codePointAt(0) ?? 0)) * 0x100000001b3n);
  return mark.toString(36);
}

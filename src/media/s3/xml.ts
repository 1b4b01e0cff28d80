/**
 * Just what is read of S3's XML: the text of elements by name. Written out because a listing has a fixed shape and
 * keys of ours hold no sign that needs more than the five entities and numbers.
 */

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});/gi, (whole, entity: string) => {
    if (!entity.startsWith("#")) return NAMED[entity] ?? whole;
    const point = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** The inside of every `<name>`, not decoded. None of ours holds another of its own name. */
function insides(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^]*?)</${name}>`, "g"))].map(
    (match) => match[1] ?? "",
  );
}

function textOf(xml: string, name: string): string | null {
  const [first] = insides(xml, name);
  return first === undefined ? null : decode(first);
}

export interface Listing {
  readonly keys: readonly string[];
  /** Null on the last page. */
  readonly next: string | null;
}

/** One page of ListObjectsV2; null where it is none. */
export function readListing(xml: string): Listing | null {
  const [result] = insides(xml, "ListBucketResult");
  if (result === undefined) return null;
  const keys = insides(result, "Contents").flatMap((entry) => textOf(entry, "Key") ?? []);
  const next = textOf(result, "NextContinuationToken");
  const isTruncated = textOf(result, "IsTruncated") === "true";
  if (isTruncated && next === null) return null;
  return { keys, next: isTruncated ? next : null };
}

/** The code word of an error answer (`NoSuchKey`, `SlowDown`); null where there is none. */
export function readErrorCode(xml: string): string | null {
  const [error] = insides(xml, "Error");
  return error === undefined ? null : textOf(error, "Code");
}

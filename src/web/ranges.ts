/** What a `Range` header asks for, before the size is known. */
export type Range =
  | { readonly kind: "all" }
  | { readonly kind: "part"; readonly start: number; readonly end?: number }
  /** The last so many bytes. */
  | { readonly kind: "tail"; readonly length: number };

/** One range of bytes; several at once, other units and nonsense count as none (RFC 9110, 14.2 allows it). */
export function readRange(header: string | undefined): Range {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (first === "" && last === "") return { kind: "all" };
  if (first === "") return { kind: "tail", length: Number(last) };
  if (last === "") return { kind: "part", start: Number(first) };
  return Number(last) < Number(first)
    ? { kind: "all" }
    : { kind: "part", start: Number(first), end: Number(last) };
}

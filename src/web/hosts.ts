import { isIP } from "node:net";

/**
 * Whether a request may name us so in its `Host` header. A page of somebody else whose name was pointed at this
 * machine (DNS rebinding) sends its own name, and is refused.
 *
 * Known are: this machine's loopback names and the address that is listened on, both with our port, and the host
 * of `PUBLIC_URL`. Where every interface is listened on, any plain IP address with our port, too.
 */
export function isKnownHost(
  header: string | undefined,
  place: { readonly host: string; readonly port: number; readonly publicUrl: string | null },
): boolean {
  if (header === undefined || header.length > 255) return false;
  const given = header.toLowerCase();
  if (place.publicUrl !== null && given === new URL(place.publicUrl).host) return true;
  const match = /^(\[[0-9a-f:.]+\]|[^:/@?#\s]+)(?::(\d{1,5}))?$/.exec(given);
  const name = match?.[1];
  if (name === undefined || Number(match?.[2] ?? 80) !== place.port) return false;
  if (["localhost", "127.0.0.1", "[::1]"].includes(name)) return true;
  const bare = name.replace(/^\[|\]$/g, "");
  if (bare === place.host.toLowerCase()) return true;
  return (place.host === "0.0.0.0" || place.host === "::") && isIP(bare) !== 0;
}

import ipaddr from "ipaddr.js";

/**
 * Networks that ipaddr.js counts as ordinary unicast and that nobody on the internet may be found under:
 * Azure's host agent, 6to4 relays, and what IANA keeps for protocols and documentation.
 * Source: IANA special-purpose registries, read 2026-11; Azure documentation, "What is 168.63.129.16".
 */
const DENIED = [
  "168.63.129.16/32",
  "192.0.0.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.175.48.0/24",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "2620:4f:8000::/48",
  "3fff::/20",
].map((text) => ipaddr.parseCIDR(text));

/** The only part of IPv6 that is given out to the public internet. */
const GLOBAL_IPV6 = ipaddr.parseCIDR("2000::/3");

/**
 * Whether an address, as a resolver writes it, belongs to the public internet. IPv4 inside IPv6 is judged as
 * IPv4. Anything that is not an address is not public.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== "unicast") return false;
  if (address.kind() === "ipv6" && !address.match(GLOBAL_IPV6)) return false;
  return !DENIED.some((network) => network[0].kind() === address.kind() && address.match(network));
}

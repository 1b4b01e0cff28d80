/** Discord's ids carry the moment of their making: milliseconds since 2015, above 22 bits of counters. */
const EPOCH_MS = 1_420_070_400_000;

export function momentOf(snowflake: string): number {
  return Number(BigInt(snowflake) >> 22n) + EPOCH_MS;
}

/** The smallest id of a moment: for "everything after". */
export function snowflakeAt(moment: number): string {
  return String(BigInt(Math.max(0, Math.trunc(moment) - EPOCH_MS)) << 22n);
}

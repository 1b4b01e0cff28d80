/** Discord's ids carry the moment of their making: milliseconds since 2015, above 22 bits of counters. */
const EPOCH_MS = 1_420_070_400_000;

function momentOf(snowflake: string): number {
  return Number(BigInt(snowflake) >> 22n) + EPOCH_MS;
}

/** Nothing is replayed that is older; an id that says so was not made by Discord's clock. */
const BELIEVED_MS = 3_600_000;

/**
 * When an event happened that was heard of at `heardAt`: what its id says, unless that cannot be (a proxy or a
 * stand-in that numbers its own way, or a clock that is wrong). Then it happened when it was heard of.
 */
export function happenedAt(snowflake: string, heardAt: number): number {
  const moment = momentOf(snowflake);
  return moment > heardAt || moment < heardAt - BELIEVED_MS ? heardAt : moment;
}

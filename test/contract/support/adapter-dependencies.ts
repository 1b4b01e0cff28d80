import type { Ids } from "../../../src/core/ports/ids.ts";
import type { Log } from "../../../src/core/ports/log.ts";

const silence = (): void => undefined;

/** A log that keeps nothing. */
export const silentLog: Log = {
  debug: silence,
  info: silence,
  warn: silence,
  error: silence,
  child: () => silentLog,
};

/** Ids that count upwards. */
export function countingIds(): Ids {
  let count = 0;
  const next = (): string => String((count += 1)).padStart(6, "0");
  return {
    create: <P extends string>(prefix: P): `${P}_${string}` => `${prefix}_${next()}`,
    token: next,
    receipt: next,
    random: () => 0.5,
    fingerprint: (text) => text,
    digest: (text) => text,
  };
}

/** The only source of ids and chance, so that a test can repeat a run exactly. */
export interface Ids {
  /** A new id of ours: `create("gen")` is `gen_`, nine digits of base 36 (the millisecond), 16 random characters. */
  create<P extends string>(prefix: P): `${P}_${string}`;
  /** 16 random characters of [A-Za-z0-9_-] (96 bits): what a button or a link carries instead of an id. */
  token(): string;
  /** 6 random characters of Crockford's base 32: what a member types to find a result again. */
  receipt(): string;
  /** Evenly in [0, 1): jitter and seeds. */
  random(): number;
  /** A keyed hash (SHA-256, hex) of a platform's key, so that no platform id stands in the inbox. */
  fingerprint(text: string): string;
  /** SHA-256, hex: how a token that only its holder may know is stored. */
  digest(text: string): string;
}

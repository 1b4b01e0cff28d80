import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import pino from "pino";
import type { Signer } from "./bots/module.ts";
import type { Clock } from "./core/ports/clock.ts";
import type { Ids } from "./core/ports/ids.ts";
import type { Log, LogFields } from "./core/ports/log.ts";
import { createScrubber } from "./scrub.ts";

/** The real clock, ids, signatures and log: the only place that reads them. */

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, delayMs);
      signal?.addEventListener("abort", done, { once: true });
    }),
};

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** @param key the instance's signing key, so that what stands in the inbox cannot be guessed back. */
export function createIds(key: Buffer): Ids {
  return {
    create(prefix) {
      // 48 bits of time, then chance: sorts by age, as an index likes it.
      const time = Date.now().toString(36).padStart(9, "0");
      return `${prefix}_${time}${randomBytes(12).toString("base64url").replace(/[-_]/g, "0").slice(0, 16)}`;
    },
    token: () => randomBytes(12).toString("base64url"),
    receipt: () => Array.from({ length: 6 }, () => CROCKFORD[randomInt(32)]).join(""),
    random: () => Math.random(),
    fingerprint: (text) => createHmac("sha256", key).update(`inbox\n${text}`).digest("hex"),
    digest: (text) => createHash("sha256").update(text).digest("hex"),
  };
}

export function createSigner(key: Buffer): Signer {
  const sign = (purpose: string, text: string): string =>
    createHmac("sha256", key).update(`${purpose}\n${text}`).digest("base64url");
  return {
    sign,
    verify(purpose, text, signature) {
      const wanted = createHash("sha256").update(sign(purpose, text)).digest();
      return timingSafeEqual(wanted, createHash("sha256").update(signature).digest());
    },
  };
}

/** The signing key that was given, or the one kept in `path`, made at the first start and readable by us alone. */
export function loadSigningKey(given: string | null, path: string): Buffer {
  if (given !== null) return createHash("sha256").update(given).digest();
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    try {
      writeFileSync(path, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
    } catch (err) {
      if (!existsSync(path)) throw err;
    }
  }
  chmodSync(path, 0o600);
  return createHash("sha256").update(readFileSync(path, "utf8").trim()).digest();
}

/** pino behind the port; `write` gets whole lines that are scrubbed already. */
export function createLog(
  level: string,
  secrets: readonly string[],
  write: (line: string) => void = (line) => process.stdout.write(line),
): Log {
  const scrub = createScrubber(secrets);
  const root = pino({ level, base: null }, { write: (line: string) => write(scrub(line)) });
  const wrap = (logger: pino.Logger): Log => {
    const log =
      (name: "debug" | "info" | "warn" | "error") =>
      (event: string, fields?: LogFields): void =>
        logger[name](fields ?? {}, event);
    return {
      debug: log("debug"),
      info: log("info"),
      warn: log("warn"),
      error: log("error"),
      child: (fields) => wrap(logger.child(fields)),
    };
  };
  return wrap(root);
}

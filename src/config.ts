import { z } from "zod";
import { bots } from "./bots/registry.ts";
import type { CoreConfig } from "./core/core-config.ts";
import { parseIdentity } from "./core/identifiers.ts";
import type { Environment } from "./core/ports/module.ts";
import { amount, optionalUrl, secret, text, wholeNumber } from "./core/ports/settings-schema.ts";
import { Secret } from "./core/secret.ts";
import { mediaProblems, mediaStores } from "./media/registry.ts";
import { providers } from "./providers/registry.ts";

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;

export const DEFAULT_MEDIA_URL = "file:./data/media";

/** The settings that belong to no adapter. */
const base = z.object({
  DATABASE_URL: text("file:./data/easel.db").refine(
    (url) => /^(file:|postgres(ql)?:\/\/)/.test(url),
    "must begin with file: or postgres://",
  ),
  MEDIA_URL: text(DEFAULT_MEDIA_URL),
  HOST: text("127.0.0.1"),
  PORT: wholeNumber(8787, 0, 65_535),
  PUBLIC_URL: optionalUrl(),
  SIGNING_KEY: secret(),
  ADMIN_IDS: z
    .string()
    .default("")
    .transform((list) => list.split(",").flatMap((id) => (id.trim() === "" ? [] : [id.trim()])))
    .refine((ids) => ids.every((id) => parseIdentity(id) !== null), "must be like discord:123,telegram:456"),
  FREE_MONTHLY_LIMIT: wholeNumber(10, 0, 1_000_000),
  DAILY_GENERATION_CAP: wholeNumber(500, 0, 10_000_000),
  CAPTION_DAILY_LIMIT: wholeNumber(100, 0, 1_000_000),
  CAPTION_DAILY_CAP: wholeNumber(1_000, 0, 10_000_000),
  CONCURRENT_FREE: wholeNumber(2, 1, 1_000),
  CONCURRENT_PRO: wholeNumber(5, 1, 1_000),
  POLL_INTERVAL_SECONDS: amount(30, 0.1, 3_600),
  GENERATION_TIMEOUT_MINUTES: amount(20, 0.01, 1_440),
  LOG_LEVEL: z.preprocess((value) => (value === "" ? undefined : value), z.enum(LOG_LEVELS).default("info")),
});

export interface Config {
  readonly databaseUrl: string;
  /** Which store and where; the store reads its own settings from `environment`. */
  readonly mediaUrl: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  /** Null: made at the first start, beside the database. */
  readonly signingKey: Secret | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly core: CoreConfig;
  /** What adapters load their own settings from. */
  readonly environment: Environment;
  /** Every credential in use, for the scrubber of the log. */
  readonly secrets: readonly string[];
}

/** All that is wrong with the settings at once: names and rules, never values. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Wrong settings:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

const slices: readonly z.ZodObject[] = [
  base,
  ...bots.map((bot) => bot.env),
  ...providers.map((one) => one.env),
  ...mediaStores.map((one) => one.env),
];

/** The name of every variable there is. */
export const configKeys: readonly string[] = [
  ...new Set(slices.flatMap((slice) => Object.keys(slice.shape))),
];

/** @throws ConfigError with every problem there is. */
export function loadConfig(environment: Environment = process.env): Config {
  const problems: string[] = [];
  const secrets: string[] = [];
  for (const slice of slices) {
    const parsed = slice.safeParse(environment);
    if (!parsed.success) {
      problems.push(...parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
      continue;
    }
    for (const value of Object.values(parsed.data)) if (value instanceof Secret) secrets.push(value.reveal());
  }
  const settings = base.safeParse(environment);
  if (settings.success) problems.push(...mediaProblems(settings.data.MEDIA_URL, environment));
  if (!settings.success || problems.length > 0) throw new ConfigError([...new Set(problems)].toSorted());
  const { data } = settings;
  return {
    databaseUrl: data.DATABASE_URL,
    mediaUrl: data.MEDIA_URL,
    host: data.HOST,
    port: data.PORT,
    publicUrl: data.PUBLIC_URL ?? null,
    signingKey: data.SIGNING_KEY ?? null,
    logLevel: data.LOG_LEVEL,
    core: {
      freeMonthlyLimit: data.FREE_MONTHLY_LIMIT,
      dailyGenerationCap: data.DAILY_GENERATION_CAP,
      captionDailyLimit: data.CAPTION_DAILY_LIMIT,
      captionDailyCap: data.CAPTION_DAILY_CAP,
      concurrentFree: data.CONCURRENT_FREE,
      concurrentPro: data.CONCURRENT_PRO,
      pollIntervalMs: data.POLL_INTERVAL_SECONDS * 1_000,
      generationTimeoutMs: data.GENERATION_TIMEOUT_MINUTES * 60_000,
      adminIds: data.ADMIN_IDS,
    },
    environment,
    secrets,
  };
}

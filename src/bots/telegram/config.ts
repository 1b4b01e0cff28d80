import { z } from "zod";
import { secret, serviceUrl } from "../../core/ports/settings-schema.ts";

export const telegramEnvironment = z.object({
  TELEGRAM_BOT_TOKEN: secret(),
  /** api.telegram.org, or a Bot API server of one's own. */
  TELEGRAM_API_URL: serviceUrl("https://api.telegram.org"),
  /** With it and PUBLIC_URL updates come by webhook, else by long polling. */
  TELEGRAM_WEBHOOK_SECRET: secret().refine(
    (given) => given === undefined || /^[A-Za-z0-9_-]{1,256}$/.test(given.reveal()),
    "must be 1 to 256 characters of A-Z, a-z, 0-9, _ and -",
  ),
});
export type TelegramSettings = z.output<typeof telegramEnvironment>;

import { z } from "zod";
import { secret, serviceUrl } from "../../core/ports/settings-schema.ts";

export const lateEnvironment = z.object({
  LATE_API_KEY: secret(),
  /** Its origin is trusted for the upload links that the service hands out, even without https. */
  LATE_API_URL: serviceUrl("https://zernio.com/api"),
  /** What the webhook was made with; without it no webhook is believed. */
  LATE_WEBHOOK_SECRET: secret(),
});

import { z } from "zod";
import { secret, serviceUrl, text } from "../../core/ports/settings-schema.ts";

export const geminiEnvironment = z.object({
  /** Any form: keys begin with `AQ.` since 2026 and with `AIza` before. */
  GEMINI_API_KEY: secret(),
  /** Without `/v1beta`. */
  GEMINI_API_URL: serviceUrl("https://generativelanguage.googleapis.com"),
  GEMINI_MODEL: text("gemini-3.1-flash-image"),
});

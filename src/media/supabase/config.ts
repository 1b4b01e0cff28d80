import { z } from "zod";
import { optionalUrl, secret } from "../../core/ports/settings-schema.ts";

export const supabaseEnvironment = z.object({
  /** The project's URL, without `/storage/v1`. */
  SUPABASE_URL: optionalUrl(),
  /** The `service_role` key or a newer `sb_secret_…` one. */
  SUPABASE_SERVICE_KEY: secret(),
});

import { z } from "zod";
import { secret, serviceUrl } from "../../../../src/core/ports/settings-schema.ts";

export const lanternEnvironment = z.object({
  LANTERN_API_KEY: secret(),
  LANTERN_API_URL: serviceUrl("https://api.lantern.example"),
});

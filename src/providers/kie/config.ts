import { z } from "zod";
import { secret, serviceUrl } from "../../core/ports/settings-schema.ts";

export const kieEnvironment = z.object({
  KIE_API_KEY: secret(),
  KIE_API_URL: serviceUrl("https://api.kie.ai"),
  /** Where inputs are uploaded; its origin is trusted for links as well. */
  KIE_UPLOAD_URL: serviceUrl("https://kieai.redpandaai.co"),
  /** Made at kie.ai/settings; with it a callback counts only when it is signed. */
  KIE_WEBHOOK_KEY: secret(),
});

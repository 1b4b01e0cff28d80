import { z } from "zod";
import { secret } from "../../core/ports/settings-schema.ts";

export const s3Environment = z.object({
  S3_ACCESS_KEY_ID: secret(),
  S3_SECRET_ACCESS_KEY: secret(),
  /** Not given: as the endpoint's host says (R2: auto; B2: in its name), else us-east-1. */
  S3_REGION: z.preprocess(
    (value) => (value === "" ? undefined : value),
    z
      .string()
      .regex(/^[a-z0-9-]{2,40}$/, "must be like us-east-1 or auto")
      .optional(),
  ),
});

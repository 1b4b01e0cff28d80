import { z } from "zod";
import { secret, serviceUrl } from "../../core/ports/settings-schema.ts";

/** `auto`: as many gateway connections as Discord recommends. */
const shards = z.preprocess(
  (value) => (value === "" ? undefined : value),
  z.union([z.literal("auto"), z.coerce.number().int().min(1).max(1024)]).default("auto"),
);

export const env = z.object({
  DISCORD_TOKEN: secret(),
  DISCORD_API_URL: serviceUrl("https://discord.com/api"),
  DISCORD_SHARDS: shards,
});

import { z } from "zod";
import { optionalUrl, secret, serviceUrl, text } from "../../core/ports/settings-schema.ts";

/** The OPENAI_ variables: of captions the first and third, of pictures all but the third. */
export const openaiEnvironment = z.object({
  OPENAI_API_KEY: secret(),
  /** With `/v1`. One that is not OpenAI's writes captions without a key too. */
  OPENAI_BASE_URL: serviceUrl("https://api.openai.com/v1"),
  /** Writes captions. */
  OPENAI_MODEL: text("gpt-6-luna"),
  /** Any server that speaks the Images API, instead of OPENAI_BASE_URL. */
  OPENAI_IMAGE_BASE_URL: optionalUrl(),
  /** Instead of OPENAI_API_KEY. */
  OPENAI_IMAGE_API_KEY: secret(),
  OPENAI_IMAGE_MODEL: text("gpt-image-2"),
});

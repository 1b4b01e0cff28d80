import { defineModule } from "../../core/ports/module.ts";
import { originOf } from "../../core/ports/settings-schema.ts";
import type { ProviderModule } from "../module.ts";
import { createHttp } from "../shared/http.ts";
import { createGeminiClient } from "./client.ts";
import { geminiEnvironment } from "./config.ts";
import { createGeminiGenerator } from "./generator.ts";

export const gemini: ProviderModule = defineModule({
  id: "gemini",
  env: geminiEnvironment,
  turnedOnBy: "GEMINI_API_KEY",
  isOn: (settings) => settings.GEMINI_API_KEY !== undefined,
  create(settings, { clock }) {
    const { GEMINI_API_KEY: key, GEMINI_API_URL: apiUrl, GEMINI_MODEL: model } = settings;
    if (key === undefined) return {};
    const http = createHttp({ clock });
    const client = createGeminiClient({ apiUrl, key, model, clock, http });
    const generator = createGeminiGenerator({ client, model, trustedOrigins: [originOf(apiUrl)] });
    return { generator, close: () => http.close() };
  },
});

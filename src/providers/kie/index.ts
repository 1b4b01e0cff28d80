import { defineModule } from "../../core/ports/module.ts";
import { originOf } from "../../core/ports/settings-schema.ts";
import type { ProviderModule } from "../module.ts";
import { createHttp } from "../shared/http.ts";
import { createReadCallback } from "./callback.ts";
import { createKieClient } from "./client.ts";
import { kieEnvironment } from "./config.ts";
import { createKieGenerator } from "./generator.ts";
import { createKieUploads } from "./uploads.ts";

export const kie: ProviderModule = defineModule({
  id: "kie",
  env: kieEnvironment,
  turnedOnBy: "KIE_API_KEY",
  isOn: (settings) => settings.KIE_API_KEY !== undefined,
  create(settings, { clock, ids }) {
    const { KIE_API_KEY: key, KIE_API_URL: apiUrl, KIE_UPLOAD_URL: uploadUrl } = settings;
    if (key === undefined) return {};
    const http = createHttp({ clock });
    const generator = createKieGenerator({
      client: createKieClient({ http, apiUrl, key }),
      uploads: createKieUploads({ http, uploadUrl, key, ids }),
      clock,
      trustedOrigins: [originOf(apiUrl), originOf(uploadUrl)],
    });
    const readCallback = createReadCallback({ key: settings.KIE_WEBHOOK_KEY, clock });
    return { generator, readCallback, close: () => http.close() };
  },
});

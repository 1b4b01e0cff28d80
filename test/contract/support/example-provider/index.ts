import { defineModule } from "../../../../src/core/ports/module.ts";
import { originOf } from "../../../../src/core/ports/settings-schema.ts";
import type { ProviderModule } from "../../../../src/providers/module.ts";
import { createHttp } from "../../../../src/providers/shared/http.ts";
import { createLanternClient } from "./client.ts";
import { lanternEnvironment } from "./config.ts";
import { createLanternGenerator } from "./generator.ts";

/** A service that does not exist, for docs/adding-a-provider.md; the same suites run it as any other. */
export const lantern: ProviderModule = defineModule({
  id: "lantern",
  env: lanternEnvironment,
  turnedOnBy: "LANTERN_API_KEY",
  isOn: (settings) => settings.LANTERN_API_KEY !== undefined,
  create({ LANTERN_API_KEY: key, LANTERN_API_URL: apiUrl }, { clock }) {
    if (key === undefined) return {};
    const http = createHttp({ clock });
    const generator = createLanternGenerator(createLanternClient({ http, apiUrl, key }), [originOf(apiUrl)]);
    return { generator, close: () => http.close() };
  },
});

import { defineModule } from "../../core/ports/module.ts";
import { originOf } from "../../core/ports/settings-schema.ts";
import type { Secret } from "../../core/secret.ts";
import type { Provider, ProviderDependencies, ProviderModule } from "../module.ts";
import { createHttp } from "../shared/http.ts";
import { createLateAccounts } from "./accounts.ts";
import { createLateClient } from "./client.ts";
import { lateEnvironment } from "./config.ts";
import { createExchange } from "./exchange.ts";
import { createLinks } from "./links.ts";
import { createLatePosts } from "./posts.ts";
import { createLateUpload } from "./uploads.ts";
import { createReadWebhook } from "./webhook.ts";

export const late: ProviderModule = defineModule({
  id: "late",
  env: lateEnvironment,
  turnedOnBy: "LATE_API_KEY",
  isOn: (settings) => settings.LATE_API_KEY !== undefined,
  create(settings, { clock }) {
    const { LATE_API_KEY: key, LATE_API_URL: apiUrl, LATE_WEBHOOK_SECRET: webhookSecret } = settings;
    return key === undefined ? {} : publisherOf({ key, apiUrl, webhookSecret }, clock);
  },
});

function publisherOf(
  { key, apiUrl, webhookSecret }: { key: Secret; apiUrl: string; webhookSecret: Secret | undefined },
  clock: ProviderDependencies["clock"],
): Provider {
  const http = createHttp({ clock });
  const exchange = createExchange();
  const client = createLateClient({ http, exchange, apiUrl, key });
  const links = createLinks(originOf(apiUrl));
  return {
    publisher: {
      serviceName: "Zernio",
      ...createLateAccounts({ client, links }),
      ...createLatePosts({ client, clock }),
      upload: createLateUpload({ client, exchange, links }),
      readWebhook: createReadWebhook(webhookSecret),
    },
    async close() {
      await Promise.all([http.close(), exchange.close()]);
    },
  };
}

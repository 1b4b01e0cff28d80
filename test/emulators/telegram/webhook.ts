import { request } from "node:http";
import type { Update } from "./wire.ts";

export interface WebhookSettings {
  readonly url: string;
  readonly secretToken: string | undefined;
  readonly maxConnections: number;
}

/** Posts one update; answers what went wrong, in the words of getWebhookInfo, or undefined on a 2xx. */
export function postUpdate(settings: WebhookSettings, update: Update): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const body = JSON.stringify(update);
  const call = request(
    settings.url,
    {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        ...(settings.secretToken === undefined
          ? {}
          : { "x-telegram-bot-api-secret-token": settings.secretToken }),
      },
      timeout: 60_000,
    },
    (response) => {
      response.resume();
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        resolve(
          status >= 200 && status < 300
            ? undefined
            : `Wrong response from the webhook: ${status} ${response.statusMessage ?? ""}`,
        );
      });
    },
  );
  call.on("error", (error) => resolve(error.message));
  call.on("timeout", () => call.destroy(new Error("Read timeout expired")));
  call.end(body);
  return promise;
}

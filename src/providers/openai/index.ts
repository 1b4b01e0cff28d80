import type { z } from "zod";
import { defineModule } from "../../core/ports/module.ts";
import type { ProviderModule } from "../module.ts";
import { createHttp } from "../shared/http.ts";
import { createCaptionWriter } from "./captions.ts";
import { createImagesClient } from "./client.ts";
import { openaiEnvironment } from "./config.ts";
import { createImageGenerator } from "./generator.ts";
import { type ImageServer, isAtOpenAi, isGptImage, modelOf } from "./models.ts";

type Settings = z.output<typeof openaiEnvironment>;

export const openai: ProviderModule = defineModule({
  id: "openai",
  env: openaiEnvironment,
  turnedOnBy: "OPENAI_API_KEY, OPENAI_BASE_URL or OPENAI_IMAGE_BASE_URL",
  isOn: (settings) => makesPictures(settings) || writesCaptions(settings),
  create(settings, { clock }) {
    const http = createHttp({ clock });
    const close = (): Promise<void> => http.close();
    const captions = writesCaptions(settings)
      ? createCaptionWriter({
          http,
          baseUrl: settings.OPENAI_BASE_URL,
          key: settings.OPENAI_API_KEY,
          model: settings.OPENAI_MODEL,
        })
      : undefined;
    const written = captions ? { captions } : {};
    if (!makesPictures(settings)) return { ...written, close };
    const server = serverOf(settings);
    const client = createImagesClient({ http, server, startTimeoutMs: modelOf(server).startTimeoutMs });
    return { generator: createImageGenerator({ client, server, clock }), ...written, close };
  },
});

function makesPictures(settings: Settings): boolean {
  const { key, baseUrl } = serverOf(settings);
  return key !== undefined || (settings.OPENAI_IMAGE_BASE_URL !== undefined && !isAtOpenAi(baseUrl));
}

const writesCaptions = ({ OPENAI_API_KEY: key, OPENAI_BASE_URL: baseUrl }: Settings): boolean =>
  key !== undefined || !isAtOpenAi(baseUrl);

/**
 * An address for pictures alone is a server of the operator's own, unless a key and a model of OpenAI's were set for
 * it: then it stands in front of OpenAI.
 */
function serverOf(settings: Settings): ImageServer {
  const {
    OPENAI_BASE_URL: baseUrl,
    OPENAI_IMAGE_BASE_URL: imageBaseUrl,
    OPENAI_IMAGE_API_KEY: imageKey,
    OPENAI_IMAGE_MODEL: model,
  } = settings;
  const isForPictures = imageBaseUrl !== undefined && !isAtOpenAi(imageBaseUrl);
  return {
    baseUrl: imageBaseUrl ?? baseUrl,
    key: imageKey ?? settings.OPENAI_API_KEY,
    model,
    isSelfHosted: isForPictures && (imageKey === undefined || !isGptImage(model)),
  };
}

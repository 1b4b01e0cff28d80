import { defineModule } from "../../core/ports/module.ts";
import type { Bot, BotDependencies, BotModule } from "../module.ts";
import { createApi } from "./api.ts";
import {
  API_PREFIX,
  CAPTION_PREFIX,
  isForThisMachineOnly,
  PAGE_PREFIX,
  studioEnvironment,
  UPLOADS_PATH,
} from "./config.ts";
import { createPages } from "./events.ts";
import { createPageFiles } from "./files.ts";
import { createReader } from "./inbound.ts";
import { UPLOAD_MOUNT_BYTES } from "./limits.ts";
import { createMessenger } from "./outbound.ts";
import { createPostRenderer } from "./post-render.ts";
import { createRenderer } from "./render.ts";
import { createSessions } from "./session.ts";
import { createSite } from "./site.ts";
import { watchAssets } from "./watch.ts";
import { watchPosts } from "./watch-posts.ts";

/** The same core in a browser: on whenever the web server runs. */
export const studio: BotModule = defineModule({
  id: "studio",
  env: studioEnvironment,
  turnedOnBy: null,
  isOn: () => true,
  create: (_, dependencies) => createStudio(dependencies),
});

function createStudio(dependencies: BotDependencies): Bot {
  const { core, clock, ids, inbox, links, signals, signer, web } = dependencies;
  const log = dependencies.log.child({ component: "studio", platform: "studio" });
  const { publicUrl } = web;
  const pages = createPages(clock);
  const renderer = createRenderer({ core, links, ids });
  const sessions = createSessions({ signer, clock, publicUrl });
  const visitorOf = createReader({ members: core.members, sessions, isLocal: isForThisMachineOnly(web) });
  const posts = createPostRenderer({ core, links });
  const postWatch = watchPosts({ core, signals, pages, render: posts, clock, log });
  const api = createApi({
    core,
    renderer,
    posts,
    pages,
    clock,
    ids,
    log,
    publicUrl,
    visitorOf,
    beginPosts: (user) => postWatch.begin(user),
  });
  const files = createPageFiles(dependencies.projectRoot);
  const site = createSite({ core, sessions, inbox, files, clock, ids, log, publicUrl, visitorOf });
  let stopWatching: (() => void) | null = null;

  return {
    messenger: createMessenger(pages),
    async start() {
      stopWatching = watchAssets({ core, signals, pages, renderer, log });
      void pages.beat();
    },
    async stop() {
      stopWatching?.();
      postWatch.stop();
      pages.close();
    },
    mounts: [
      { prefix: API_PREFIX, fetch: async (request) => api.fetch(request) },
      {
        prefix: `${API_PREFIX}${UPLOADS_PATH}`,
        bodyBytes: UPLOAD_MOUNT_BYTES,
        fetch: async (request) => api.fetch(request),
      },
      { prefix: CAPTION_PREFIX, fetch: async (request) => api.fetch(belowApi(request)) },
      { prefix: PAGE_PREFIX, fetch: async (request) => site.fetch(request) },
    ],
    health: () => ({ up: true, detail: `${pages.count()} open` }),
  };
}

/** The captions' own address, as a route of the same API: one door with one guard. */
function belowApi(request: Request): Request {
  const url = new URL(request.url);
  url.pathname = url.pathname.replace(CAPTION_PREFIX, `${API_PREFIX}/caption`);
  return new Request(url, request);
}

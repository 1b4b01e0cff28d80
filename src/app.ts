import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Bot, BotDependencies } from "./bots/module.ts";
import { bots as botModules } from "./bots/registry.ts";
import type { Config } from "./config.ts";
import { createCore } from "./core/create-core.ts";
import { AppError } from "./core/errors.ts";
import { claimMedia } from "./core/gallery/media-owner.ts";
import { createMessages, type Messages } from "./core/messages/messages.ts";
import type { Clock } from "./core/ports/clock.ts";
import type { Log } from "./core/ports/log.ts";
import { createSignals } from "./core/ports/signals.ts";
import type { Stores } from "./core/ports/stores.ts";
import { openDatabase } from "./db/database.ts";
import { noteOnce } from "./db/stores/note-once.ts";
import { createStores } from "./db/stores.ts";
import { createImageWork } from "./media/image-work.ts";
import { createMediaIntake } from "./media/intake.ts";
import { createMediaLinks } from "./media/links.ts";
import { createPictureWorker } from "./media/picture-process.ts";
import { createMediaPreviews } from "./media/previews.ts";
import { createReferenceIntake } from "./media/references.ts";
import { mediaSettings, openMediaStore } from "./media/registry.ts";
import { createStoredFitter } from "./media/stored-fitter.ts";
import { tryMediaStore } from "./media/try-store.ts";
import type { Provider } from "./providers/module.ts";
import { providers as providerModules } from "./providers/registry.ts";
import { systemDial, systemResolve } from "./providers/shared/dial.ts";
import { createSafeFetch } from "./providers/shared/safe-fetch.ts";
import { createDispatcher } from "./scheduler/dispatcher.ts";
import { createPostWorker } from "./scheduler/post-worker.ts";
import { createWorker } from "./scheduler/worker.ts";
import { createIds, createLog, createSigner, loadSigningKey, systemClock } from "./system.ts";
import { createWebServer } from "./web/server.ts";

/** How long work under way may take to end after a signal to stop. */
const DRAIN_MS = 25_000;

/** What a test may put in place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  readonly log?: Log;
  /** Wraps the stores, to watch or to interrupt them. */
  readonly stores?: (stores: Stores) => Stores;
}

export interface App {
  /** Migrates, takes up what was left, connects. */
  start(): Promise<Started>;
  /** Takes nothing more, finishes what is under way, gives back the leases. */
  stop(): Promise<void>;
}

export interface Started {
  readonly url: string;
  readonly platforms: readonly {
    readonly id: string;
    readonly on: boolean;
    readonly turnedOnBy: string | null;
  }[];
  readonly providers: readonly {
    readonly id: string;
    readonly on: boolean;
    readonly turnedOnBy: string | null;
  }[];
}

/** The project's folder: one up from `src/` and from the bundle's `dist/` alike. */
export const projectRoot = dirname(import.meta.dirname);

/** Puts the parts together; the only place that knows all of them. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog(config.logLevel, config.secrets);
  const key = loadSigningKey(config.signingKey?.reveal() ?? null, signingKeyPath(config));
  const ids = createIds(key);
  const signer = createSigner(key);
  const signals = createSignals();
  const messages = loadMessages();
  const holder = ids.create("run");

  const database = await openDatabase({
    url: config.databaseUrl,
    migrationsFolder: join(projectRoot, "migrations"),
    log,
  });
  await database.migrate(clock.now());
  const stores = (overrides.stores ?? ((plain: Stores) => plain))(createStores(database));

  const mediaStore = openMediaStore(config.mediaUrl, config.environment, { clock });
  const media = mediaStore.store;
  const images = createImageWork();
  const previews = createMediaPreviews({ store: media, images });
  const links = createMediaLinks({ publicUrl: config.publicUrl, signer, clock });
  const fetch = createSafeFetch({
    policy: { schemes: ["https"], allowIpLiterals: false, refusedHosts: ownHosts(config) },
    clock,
    resolve: systemResolve,
    dial: systemDial,
  });
  const intake = createMediaIntake({ store: media, images, fetch });
  const pictures = createPictureWorker();
  const referenceIntake = createReferenceIntake({ store: media, fetch, pictures });

  const providers = providerModules.flatMap((module): (Provider & { readonly id: string })[] => {
    const create = module.load(config.environment);
    if (create === null) return [];
    const { id } = module;
    return [{ id, ...create({ clock, ids, log: log.child({ component: `provider ${id}` }) }) }];
  });
  const running = new Map<string, Bot>();
  const {
    core,
    work,
    deliver,
    resume,
    callbacks,
    health,
    sweep,
    autoCaptions,
    postWork,
    postExpiry,
    postEvents,
  } = createCore({
    config: config.core,
    publicUrl: config.publicUrl,
    stores,
    generators: providers.flatMap((provider) => (provider.generator ? [provider.generator] : [])),
    media,
    intake,
    referenceIntake,
    fitter: createStoredFitter({ store: media, images }),
    captionWriter: providers.find(({ captions }) => captions)?.captions ?? null,
    publisher: providers.find(({ publisher }) => publisher)?.publisher ?? null,
    platforms: botModules.map(({ id }) => id),
    previews,
    links,
    messages,
    signer,
    signals,
    clock,
    ids,
    log,
    holder,
    messenger: (platform) => running.get(platform)?.messenger ?? null,
    callbackUrl(generator, token) {
      const provider = providers.find((one) => one.generator === generator);
      if (config.publicUrl === null || !provider?.readCallback) return null;
      return `${config.publicUrl}/callbacks/${provider.id}/${token}`;
    },
  });
  const web = { host: config.host, port: config.port, publicUrl: config.publicUrl };

  for (const module of botModules) {
    const dependencies: BotDependencies = {
      core,
      inbox: stores.inbox,
      deliveries: stores.deliveries,
      notes: stores.notes,
      media,
      links,
      signals,
      clock,
      ids,
      log,
      web,
      signer,
      projectRoot,
    };
    const bot = module.load(config.environment)?.(dependencies);
    if (bot) running.set(module.id, bot);
  }

  const dispatchers = [...running.values()].map(({ messenger }) =>
    createDispatcher({ messenger, stores, deliver, signals, clock, log }),
  );
  const worker = createWorker({ work, stores, holder, health, sweep });
  const postWorker = createPostWorker({
    work: postWork,
    captions: autoCaptions,
    expiry: postExpiry,
    signals,
    holder,
  });
  const server = createWebServer({
    place: web,
    mounts: [...running.values()].flatMap((bot) => bot.mounts ?? []),
    media,
    links,
    clock,
    log: log.child({ component: "web" }),
    async health() {
      const [generation, deliveries] = await Promise.all([
        stores.generation.overview(),
        stores.deliveries.overview(),
      ]);
      const platforms = Object.fromEntries([...running].map(([id, bot]) => [id, bot.health()]));
      return { generation, deliveries, platforms, providers: health.states() };
    },
    webhooks: {
      readers: new Map(
        providers.flatMap(({ id, publisher }) =>
          publisher ? [[id, (request) => publisher.readWebhook(request)] as const] : [],
        ),
      ),
      arrived: (event) => postEvents.arrived(event),
    },
    callbacks: {
      readers: new Map(
        providers.flatMap(({ id, readCallback }) => (readCallback ? [[id, readCallback] as const] : [])),
      ),
      arrived: (token, taskKey) => callbacks.arrived(token, taskKey),
    },
  });
  return {
    async start() {
      await tryMediaStore(mediaStore, mediaSettings(config.mediaUrl), { ids, clock });
      const now = clock.now();
      // The port first: whoever has it is at work on this database, and keeps its leases.
      await server.start();
      await claimMedia({
        media,
        stores,
        ids,
        log: log.child({ component: "media" }),
        noteOnce: (name, value) => noteOnce(database, name, value),
      });
      if (database.dialect === "sqlite") await resume.takeLeases(now);
      await resume.tellMembers(now);
      worker.start();
      postWorker.start();
      for (const dispatcher of dispatchers) dispatcher.start();
      await Promise.all([...running.values()].map((bot) => bot.start()));
      return {
        url: server.url(),
        platforms: botModules.map(({ id, turnedOnBy }) => ({ id, turnedOnBy, on: running.has(id) })),
        providers: providerModules.map((module) => ({
          id: module.id,
          turnedOnBy: module.turnedOnBy,
          on: module.load(config.environment) !== null,
        })),
      };
    },
    async stop() {
      await Promise.all([...running.values()].map((bot) => bot.stop()));
      await Promise.all([worker.stop(DRAIN_MS), postWorker.stop(DRAIN_MS)]);
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop(DRAIN_MS)));
      await server.stop();
      for (const provider of providers) await provider.close?.();
      await pictures.close();
      await resume.giveBackLeases(clock.now());
      await mediaStore.close();
      await database.close();
    },
  };
}

function loadMessages(): Messages {
  const folder = join(projectRoot, "src", "core", "messages");
  const files = readdirSync(folder).filter((file) => file.endsWith(".ftl"));
  const ordered = files.toSorted(
    (a, b) => Number(b === "en.ftl") - Number(a === "en.ftl") || a.localeCompare(b),
  );
  return createMessages(
    Object.fromEntries(ordered.map((file) => [file.slice(0, -4), readFileSync(join(folder, file), "utf8")])),
  );
}

/** Beside the database; replicas on PostgreSQL must all be given the same one. */
function signingKeyPath(config: Config): string {
  if (!config.databaseUrl.startsWith("file:") && config.signingKey === null) {
    throw new AppError("INPUT_INVALID", "SIGNING_KEY is required with PostgreSQL");
  }
  const path = config.databaseUrl.replace(/^file:(\/\/(?=\/))?/, "");
  return config.databaseUrl.startsWith("file:") ? join(dirname(resolve(path)), "signing.key") : "";
}

function ownHosts(config: Config): string[] {
  return config.publicUrl === null ? [] : [new URL(config.publicUrl).hostname];
}

import { defineModule } from "../../core/ports/module.ts";
import type { Bot, BotDependencies, BotModule } from "../module.ts";
import { registerCommands } from "./commands.ts";
import { env } from "./config.ts";
import { createGateway } from "./gateway.ts";
import { createInbound } from "./inbound.ts";
import { createMessenger } from "./outbound.ts";
import { PLATFORM } from "./place.ts";
import { createRest } from "./rest.ts";
import { createShowing } from "./shown.ts";

const RESUME_EVERY_MS = 60_000;

export const discord: BotModule = defineModule({
  id: PLATFORM,
  env,
  turnedOnBy: "DISCORD_TOKEN",
  isOn: (settings) => settings.DISCORD_TOKEN !== undefined,
  create(settings, dependencies: BotDependencies): Bot {
    const { core, inbox, notes, clock, ids } = dependencies;
    const token = settings.DISCORD_TOKEN;
    if (token === undefined) throw new TypeError("DISCORD_TOKEN is not set");
    const { conversation } = core;
    const log = dependencies.log.child({ component: PLATFORM });
    const rest = createRest({ apiUrl: settings.DISCORD_API_URL, token, clock });
    const showing = createShowing({ media: dependencies.media, links: dependencies.links, log });
    const inbound = createInbound({ rest, showing, conversation, inbox, clock, ids, log });
    const gateway = createGateway({
      token,
      apiUrl: settings.DISCORD_API_URL,
      shards: settings.DISCORD_SHARDS,
      clock,
      log,
      onInteraction: (raw) => inbound.take(raw),
      async onReady(applicationId) {
        try {
          await Promise.all([
            registerCommands({ rest, conversation, notes, clock, ids, log, applicationId }),
            inbound.resume(),
          ]);
        } catch (err) {
          log.error("the bot is not ready", { err });
        }
      },
    });
    const stopping = new AbortController();

    /** What could not be told at the time is told while its token lives. */
    async function keepResuming(): Promise<void> {
      while (!stopping.signal.aborted) {
        await clock.sleep(RESUME_EVERY_MS, stopping.signal);
        if (stopping.signal.aborted) return;
        await inbound.resume().catch((err: unknown) => log.error("the inbox could not be read", { err }));
      }
    }

    return {
      messenger: createMessenger({ rest, clock, apiUrl: settings.DISCORD_API_URL }),
      async start() {
        await gateway.connect();
        void keepResuming();
      },
      async stop() {
        stopping.abort();
        await gateway.close();
        await inbound.idle();
      },
      health() {
        if (rest.isLockedOut()) return { up: false, detail: "Discord refuses the token" };
        return gateway.isUp()
          ? { up: true, detail: "connected" }
          : { up: false, detail: "gateway not connected" };
      },
    };
  },
});

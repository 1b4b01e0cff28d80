import { Client, Events, GatewayDispatchEvents, Options } from "discord.js";
import type { Log } from "../../core/ports/log.ts";
import type { Secret } from "../../core/secret.ts";

export interface Gateway {
  /** Resolves with our application's id when interactions arrive. */
  connect(): Promise<string>;
  close(): Promise<void>;
  isUp(): boolean;
}

/**
 * The gateway connection, by discord.js: identify, heartbeats, resume with replay of what was missed, shards.
 *
 * Interactions need no intents, and each carries everything that is needed to answer it, so nothing is cached.
 * They are taken as Discord sent them, before discord.js makes objects of them.
 */
export function createGateway(options: {
  readonly token: Secret;
  readonly apiUrl: string;
  readonly shards: "auto" | number;
  readonly log: Log;
  onInteraction(raw: unknown): void;
}): Gateway {
  const { log } = options;
  const nothing = Object.fromEntries(CACHES.map((name) => [name, 0]));
  const client = new Client({
    intents: [],
    makeCache: Options.cacheWithLimits(nothing),
    sweepers: {},
    rest: { api: options.apiUrl, version: "10" },
    ...(options.shards === "auto" ? { shards: "auto" as const } : { shardCount: options.shards }),
  });
  const down = new Set<number>();

  client.ws.on(GatewayDispatchEvents.InteractionCreate, (raw: unknown) => options.onInteraction(raw));
  client.on(Events.ShardReconnecting, (shard) => {
    down.add(shard);
    log.warn("gateway connection lost", { shard });
  });
  const connected = (shard: number): void => {
    down.delete(shard);
    log.info("gateway connected", { shard });
  };
  client.on(Events.ShardReady, connected);
  client.on(Events.ShardResume, connected);
  client.on(Events.ShardDisconnect, ({ code }, shard) => {
    down.add(shard);
    log.error("gateway connection ended", { shard, code });
  });
  client.on(Events.ShardError, (err, shard) => log.warn("gateway error", { shard, err }));
  client.on(Events.Error, (err) => log.error("gateway client error", { err }));
  client.on(Events.Warn, (text) => log.warn("gateway warning", { text }));

  return {
    async connect() {
      const ready = new Promise<Client<true>>((resolve) => {
        client.once(Events.ClientReady, resolve);
      });
      await client.login(options.token.reveal());
      const { application } = await ready;
      return application.id;
    },
    close: () => client.destroy(),
    isUp: () => client.isReady() && down.size === 0,
  };
}

/** Every cache that discord.js lets us switch off. */
const CACHES = [
  "ApplicationCommandManager",
  "ApplicationEmojiManager",
  "AutoModerationRuleManager",
  "BaseGuildEmojiManager",
  "DMMessageManager",
  "EntitlementManager",
  "GuildBanManager",
  "GuildEmojiManager",
  "GuildForumThreadManager",
  "GuildInviteManager",
  "GuildMemberManager",
  "GuildMessageManager",
  "GuildScheduledEventManager",
  "GuildStickerManager",
  "GuildTextThreadManager",
  "MessageManager",
  "PresenceManager",
  "ReactionManager",
  "ReactionUserManager",
  "StageInstanceManager",
  "ThreadManager",
  "ThreadMemberManager",
  "UserManager",
  "VoiceStateManager",
] as const;

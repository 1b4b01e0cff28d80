import { Client, DiscordjsErrorCodes, Events, GatewayDispatchEvents, Options } from "discord.js";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Secret } from "../../core/secret.ts";

export interface Gateway {
  /**
   * Resolves when interactions arrive, or when the first try failed for a reason that may pass: then it goes on
   * trying beside. Rejects for a wrong token.
   */
  connect(): Promise<void>;
  close(): Promise<void>;
  isUp(): boolean;
}

export interface GatewayOptions {
  readonly token: Secret;
  readonly apiUrl: string;
  readonly shards: "auto" | number;
  readonly clock: Clock;
  readonly log: Log;
  readonly onInteraction: (raw: unknown) => void;
  /** Connected for the first time; our application's id. Awaited for a few seconds, must not reject. */
  readonly onReady: (applicationId: string) => Promise<void>;
}

/** What is done first thing (registering commands) may take this long before the start goes on without it. */
const READY_MS = 5000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * The gateway connection, by discord.js: identify, heartbeats, resume with replay of what was missed, shards.
 *
 * Interactions need no intents, and each carries everything that is needed to answer it, so nothing is cached.
 * They are taken as Discord sent them, and discord.js makes no objects of them.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { clock, log } = options;
  const stopping = new AbortController();
  const down = new Set<number>();
  let client: Client | null = null;
  let trying: Promise<void> = Promise.resolve();

  /** A client that failed to log in cannot be used again. */
  async function login(): Promise<void> {
    const fresh = createClient(options, down);
    client = fresh;
    const ready = new Promise<Client<true>>((resolve) => {
      fresh.once(Events.ClientReady, resolve);
    });
    await fresh.login(options.token.reveal());
    const { application } = await ready;
    await Promise.race([options.onReady(application.id), clock.sleep(READY_MS, stopping.signal)]);
  }

  async function keepTrying(): Promise<void> {
    for (
      let pauseMs = FIRST_PAUSE_MS;
      !stopping.signal.aborted;
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
    ) {
      await clock.sleep(pauseMs, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        await login();
        return;
      } catch (err) {
        if (isTokenRefused(err)) {
          log.error("Discord refuses the token", {});
          return;
        }
        log.warn("Discord cannot be reached", { code: codeOf(err), pauseMs });
      }
    }
  }

  return {
    async connect() {
      try {
        await login();
      } catch (err) {
        if (isTokenRefused(err)) throw err;
        log.warn("Discord cannot be reached", { code: codeOf(err) });
        trying = keepTrying();
      }
    },
    async close() {
      stopping.abort();
      await client?.destroy();
      await trying;
    },
    isUp: () => client?.isReady() === true && down.size === 0,
  };
}

function createClient(options: GatewayOptions, down: Set<number>): Client {
  const { log } = options;
  const client = new Client({
    intents: [],
    makeCache: Options.cacheWithLimits(Object.fromEntries(CACHES.map((name) => [name, 0]))),
    sweepers: {},
    rest: { api: options.apiUrl, version: "10" },
    ...(options.shards === "auto" ? { shards: "auto" as const } : { shardCount: options.shards }),
  });
  const connected = (shard: number): void => {
    down.delete(shard);
    log.info("gateway connected", { shard });
  };
  client.ws.on(GatewayDispatchEvents.InteractionCreate, (raw: unknown) => {
    if (typeof raw !== "object" || raw === null) return;
    options.onInteraction({ ...raw });
    // Of an unknown type, discord.js leaves it alone. Else it makes objects of it that nobody looks at, and throws
    // out of reach when it cannot: somebody's message in a new shape would end the process.
    Object.assign(raw, { type: 0, channel: null });
  });
  client.on(Events.ShardReady, connected);
  client.on(Events.ShardResume, connected);
  client.on(Events.ShardReconnecting, (shard) => {
    down.add(shard);
    log.warn("gateway connection lost", { shard });
  });
  client.on(Events.ShardDisconnect, ({ code }, shard) => {
    down.add(shard);
    log.error("gateway connection ended", { shard, code });
  });
  client.on(Events.ShardError, (err, shard) => log.warn("gateway error", { shard, code: codeOf(err) }));
  client.on(Events.Error, (err) => log.error("gateway client error", { err }));
  client.on(Events.Warn, (text) => log.warn("gateway warning", { text }));
  return client;
}

function isTokenRefused(err: unknown): boolean {
  return err instanceof Error && "code" in err && err.code === DiscordjsErrorCodes.TokenInvalid;
}

/** Never the text: it may hold a URL. */
function codeOf(err: unknown): string {
  if (!(err instanceof Error)) return "unknown";
  return "code" in err && typeof err.code === "string" ? err.code : err.name;
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

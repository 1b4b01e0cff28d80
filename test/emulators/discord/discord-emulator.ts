/**
 * A Discord that the real discord.js connects to: REST, gateway and CDN on one port of this machine.
 *
 * Set `rest.api` (DISCORD_API_URL) to `url` and log in with `token`. Tests act as members (`slash`, `press`,
 * `menu`, `submit` of a form that a press has opened) and read what the chat shows (`messages`, `transcript`), what was requested (`requests`), what changed
 * (`history`) and what broke a rule (`violations`, to be asserted empty).
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createFaults, type FaultRule } from "./faults.ts";
import { createGateway } from "./gateway.ts";
import { createInteractionActions } from "./interactions.ts";
import { asNumber, isObject, type JsonObject } from "./json.ts";
import { createMemberActions } from "./member-actions.ts";
import { createMessageActions } from "./message-actions.ts";
import {
  DiscordError,
  type EmulatedChannel,
  type EmulatedGuild,
  type EmulatedMessage,
  errors,
  usualBotPermissions,
} from "./model.ts";
import { createRateLimits, refusalBody, refusalHeaders } from "./rate-limits.ts";
import { printRequest, type RecordedRequest, readRequest } from "./request-reader.ts";
import { createRoutes, type Route } from "./routes.ts";
import { checkRules, createRepeatCheck, mentionsViolation } from "./rule-check.ts";
import { checkRequest } from "./schema-check.ts";
import { printTranscript } from "./transcript.ts";
import { createWaitFor } from "./wait-for.ts";
import { wireChannel, wireGuild, wireMessage, wireUser } from "./wire.ts";
import { createWorld } from "./world.ts";

export interface DiscordEmulatorOptions {
  /** 0, the default, takes a free one. A fixed one lets the bot find a restarted emulator. */
  port?: number;
  /** Milliseconds since 1970; ages of interactions, nonces and rate limits follow it. */
  now?: () => number;
  heartbeatIntervalMs?: number;
  /** Largest file in bytes; 10 MiB by default. */
  fileLimitBytes?: number;
  rateLimits?: boolean;
  shards?: number;
}

export type DiscordEmulator = Awaited<ReturnType<typeof startDiscordEmulator>>;

const intents = { guilds: 1 << 0, guildMessages: 1 << 9, directMessages: 1 << 12 } as const;

export async function startDiscordEmulator(options: DiscordEmulatorOptions = {}) {
  const now = options.now ?? Date.now;
  let port = options.port ?? 0;
  let fileLimitBytes = options.fileLimitBytes ?? 10 * 1024 * 1024;
  let tokenLifeMs = 15 * 60_000;
  const baseUrl = (): string => `http://127.0.0.1:${port}`;
  const world = createWorld(now, baseUrl);
  const bot = world.addUser({ username: "Easel", bot: true });
  const token = `${Buffer.from(bot.id).toString("base64url")}.emulated.canary-discord-token`;
  const commands: { current: JsonObject[] } = { current: [] };
  const violations: string[] = [];
  const requests: RecordedRequest[] = [];
  const faults = createFaults();
  const limits = createRateLimits(now);
  limits.setEnabled(options.rateLimits ?? true);
  const messages = createMessageActions(world, bot, now, () => fileLimitBytes);
  const interactions = createInteractionActions(world, messages, bot, now, () => tokenLifeMs);
  const repeated = createRepeatCheck();
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      // The bot's process died while it sent this: nothing of it arrived.
      if (incoming.destroyed && !incoming.complete) return;
      violations.push(`emulator failed: ${error instanceof Error ? (error.stack ?? "") : String(error)}`);
      response.destroy();
    });
  });
  const gateway = createGateway(server, {
    token,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
    url: () => `ws://127.0.0.1:${port}`,
    ready: () => ({
      user: wireUser(bot),
      guilds: installedGuilds().map(({ id }) => ({ id, unavailable: true })),
      application: { id: bot.id, flags: 0 },
      private_channels: [],
    }),
    afterReady: (asked) =>
      (asked & intents.guilds) === 0
        ? []
        : installedGuilds().map((guild) => ({ event: "GUILD_CREATE", data: guildData(guild) })),
    violation: (text) => violations.push(text),
    changed: world.changed,
  });
  const routes = createRoutes({
    world,
    bot,
    messages,
    interactions,
    commands,
    gatewayUrl: () => `ws://127.0.0.1:${port}`,
    shards: () => options.shards ?? 1,
  });

  function installedGuilds(): EmulatedGuild[] {
    return [...world.guilds.values()].filter((guild) => guild.installed);
  }

  function guildData(guild: EmulatedGuild): JsonObject {
    const channels = [...world.channels.values()].filter(
      (channel) => channel.guildId === guild.id && !channel.deleted,
    );
    return wireGuild(guild, channels, bot, usualBotPermissions);
  }

  world.events.on("dispatch", (event: string, subject: EmulatedGuild | EmulatedChannel | EmulatedMessage) => {
    const channel =
      "messages" in subject ? subject : "channelId" in subject ? world.channel(subject.channelId) : undefined;
    const guildId = channel === undefined ? subject.id : channel.guildId;
    if (guildId !== undefined && world.guilds.get(guildId)?.installed !== true) return;
    const place = guildId === undefined ? {} : { guildId };
    if ("channelId" in subject) {
      if (subject.visibleTo !== undefined) return;
      const wanted = guildId === undefined ? intents.directMessages : intents.guildMessages;
      gateway.dispatch(
        event,
        { ...wireMessage(subject, world), guild_id: guildId },
        { intents: wanted, ...place },
      );
    } else if (channel !== undefined) {
      if (guildId === undefined) return;
      const name = channel.parentId === undefined ? event : event.replace("CHANNEL", "THREAD");
      gateway.dispatch(name, wireChannel(channel), { intents: intents.guilds, ...place });
    } else if (!("messages" in subject)) {
      gateway.dispatch(event, guildData(subject), { intents: intents.guilds, ...place });
    }
  });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? "/", "http://localhost");
    if (incoming.method === "GET" && world.delivery.owns(url.pathname)) {
      giveFile(url, incoming, response);
      return;
    }
    const { request, tooLarge, malformed } = await readRequest(incoming, requests.length + 1, now());
    requests.push(request);
    const fault = faults.match(request);
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    const action = fault?.do;
    if (action?.kind === "cut-before") {
      response.destroy();
      world.changed();
      return;
    }
    if (action?.kind === "answer") {
      const html = action.html;
      reply(response, request, action.status, html ?? action.json ?? {}, {
        "content-type": html === undefined ? "application/json" : "text/html",
        ...action.headers,
      });
      return;
    }
    if (action?.kind === "rate-limit") {
      const { retryAfterSeconds, global = false } = action;
      const headers = refusalHeaders(retryAfterSeconds, global);
      reply(response, request, 429, refusalBody(retryAfterSeconds, global), headers);
      return;
    }
    const effectsBefore = world.effects.length;
    const answer = act(request, tooLarge, malformed);
    request.status = answer.status;
    const again = repeated(request);
    if (again !== undefined) violations.push(`${printRequest(request)}: ${again}`);
    if (action?.kind === "cut-after") {
      request.status = 0;
      for (const effect of world.effects.slice(effectsBefore)) effect.answerLost = true;
      response.destroy();
      world.changed();
      return;
    }
    reply(response, request, answer.status, answer.body, answer.headers);
  }

  function giveFile(url: URL, incoming: IncomingMessage, response: ServerResponse): void {
    const { authorization = "" } = incoming.headers;
    if (authorization !== "") violations.push(`a token was sent to the CDN: ${url.pathname}`);
    const file = world.delivery.open(url, incoming.headers);
    world.changed();
    if (file === null) {
      response.writeHead(404, { "content-type": "text/plain" });
      response.end("This content is no longer available.");
      return;
    }
    response.writeHead(200, { "content-type": file.contentType, "content-length": file.sizeBytes });
    response.end(file.bytes);
  }

  interface Answer {
    status: number;
    body?: unknown;
    headers: Record<string, string>;
  }

  function act(request: RecordedRequest, tooLarge: boolean, malformed: string | undefined): Answer {
    const route = routes.find(
      ({ method, pattern }) => method === request.method && pattern.test(request.path),
    );
    if (route === undefined) {
      violations.push(`unexpected request: ${printRequest(request)}`);
      return { status: 404, body: { message: "404: Not Found", code: 0 }, headers: {} };
    }
    const parameters = (route.pattern.exec(request.path) ?? []).slice(1).map(decodeURIComponent);
    const rate = limits.take(route.bucket?.(parameters), !route.byToken);
    if (rate.refused !== undefined) {
      const { retryAfterSeconds, global } = rate.refused;
      return { status: 429, body: refusalBody(retryAfterSeconds, global), headers: rate.headers };
    }
    try {
      if (!route.byToken && request.authorization !== `Bot ${token}`) throw errors.unauthorized();
      if (tooLarge) throw errors.tooLarge();
      if (malformed !== undefined) throw errors.invalidForm([{ path: "", message: malformed }]);
      check(route, request);
      return { ...route.handle(parameters, request), headers: rate.headers };
    } catch (error) {
      if (!(error instanceof DiscordError)) throw error;
      const { status, code, message, details } = error;
      return { status, body: { message, code, ...details }, headers: rate.headers };
    }
  }

  function check(route: Route, request: RecordedRequest): void {
    if (request.body === undefined) return;
    const problems = [
      ...checkRequest(route.operationId, request.body),
      ...checkRules(route.operationId, request.body),
    ];
    for (const { path, message } of problems) violations.push(`${printRequest(request)}: ${path} ${message}`);
    const mentions = mentionsViolation(route.operationId, request.body);
    if (mentions !== undefined) violations.push(`${printRequest(request)}: ${mentions}`);
    const refused = problems.filter(({ kind }) => kind === "invalid");
    if (refused.length > 0) throw errors.invalidForm(refused);
  }

  function reply(
    response: ServerResponse,
    request: RecordedRequest,
    status: number,
    body: unknown,
    headers: Record<string, string> = {},
  ): void {
    request.status = status;
    request.answer = body;
    const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    });
    response.end(text);
    world.changed();
  }

  const waitFor = createWaitFor(world.events, () => printTranscript(world));
  const members = createMemberActions({
    world,
    bot,
    interactions,
    commands,
    fileLimitBytes: () => fileLimitBytes,
    now,
    dispatch: (event, data, place) => gateway.dispatch(event, data, place),
    waitFor,
  });

  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  port = isObject(address) ? asNumber(address["port"]) : port;

  return {
    ...members,
    /** For DISCORD_API_URL. */
    url: `${baseUrl()}/api`,
    token,
    bot,
    requests,
    violations,
    /** Every request for a file, who made it included. */
    fileFetches: world.delivery.fetches,
    /** Every change that the bot made, in order. */
    history: world.effects,
    gateway,
    world,
    waitFor,
    forgetCommands(): void {
      commands.current = [];
    },
    registeredCommands: (): JsonObject[] => commands.current,
    addUser: world.addUser,
    addGuild: world.addGuild,
    addChannel: world.addChannel,
    directChannel: world.directChannel,
    /** Deletes a message as a moderator would. */
    deleteMessage: world.deleteMessage,
    /** Visible and ephemeral messages of a channel, oldest first, without deleted ones. */
    messages: (channelId: string): EmulatedMessage[] =>
      [...(world.channel(channelId)?.messages.values() ?? [])].filter(({ deleted }) => !deleted),
    transcript: (): string => printTranscript(world),
    fail: (rule: FaultRule) => faults.add(rule),
    setRateLimits: (enabled: boolean): void => limits.setEnabled(enabled),
    /** 15 minutes unless a test is in a hurry. */
    setTokenLifeMs(milliseconds: number): void {
      tokenLifeMs = milliseconds;
    },
    setFileLimitBytes(bytes: number): void {
      fileLimitBytes = bytes;
    },
    /** Answers that count towards Discord's ban of an address: 401, 403 and 429. */
    invalidRequests: (): RecordedRequest[] =>
      requests.filter(({ status }) => [401, 403, 429].includes(status)),
    async close(): Promise<void> {
      await gateway.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

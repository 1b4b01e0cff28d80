/** The REST routes: which request does what, its schema's name, its rate-limit bucket. */
import type { InteractionActions } from "./interactions.ts";
import { asArray, asObject, asString, type JsonObject } from "./json.ts";
import type { MessageActions } from "./message-actions.ts";
import { type EmulatedChannel, type EmulatedMessage, type EmulatedUser, errors } from "./model.ts";
import type { BucketRule } from "./rate-limits.ts";
import type { RecordedRequest } from "./request-reader.ts";
import { wireChannel, wireMessage, wireUser } from "./wire.ts";
import type { World } from "./world.ts";

export interface RouteAnswer {
  status: number;
  body?: unknown;
}

export interface Route {
  method: string;
  pattern: RegExp;
  /** Name in the OpenAPI file; its request schema is checked. */
  operationId: string;
  /** Interaction routes are authorised by their token and stand outside the global limit. */
  byToken: boolean;
  bucket?(parameters: string[]): BucketRule;
  handle(parameters: string[], request: RecordedRequest): RouteAnswer;
}

export interface RouteDeps {
  world: World;
  bot: EmulatedUser;
  messages: MessageActions;
  interactions: InteractionActions;
  gatewayUrl(): string;
  shards(): number;
  commands: { current: JsonObject[] };
}

export function createRoutes(deps: RouteDeps): Route[] {
  const { world, bot, messages, interactions, commands } = deps;
  const showMessage = (message: EmulatedMessage, withNonce = false): RouteAnswer => ({
    status: 200,
    body: wireMessage(message, world, withNonce),
  });
  const showChannel = (channel: EmulatedChannel): JsonObject =>
    wireChannel(channel, channel.recipientId === undefined ? undefined : world.user(channel.recipientId));
  const application = (): JsonObject => ({
    id: bot.id,
    name: bot.username,
    icon: null,
    description: "",
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: "00",
    flags: 0,
    bot: wireUser(bot),
  });

  const route = (
    method: string,
    path: string,
    operationId: string,
    handle: Route["handle"],
    bucket?: Route["bucket"],
  ): Route => ({
    method,
    pattern: new RegExp(`^${path.replaceAll("*", "([^/]+)")}$`),
    operationId,
    byToken: path.startsWith("/interactions") || path.startsWith("/webhooks"),
    ...(bucket === undefined ? {} : { bucket }),
    handle,
  });
  const perChannel =
    (name: string, limit: number, windowMs: number) =>
    ([channelId = ""]: string[]): BucketRule => ({ key: `${name}:${channelId}`, limit, windowMs });
  const perWebhook = ([, token = ""]: string[]): BucketRule => ({
    key: `webhook:${token}`,
    limit: 5,
    windowMs: 2000,
  });
  const own = (applicationId: string): void => {
    if (applicationId !== bot.id) throw errors.unknownWebhook();
  };

  return [
    route("GET", "/gateway/bot", "get_bot_gateway", () => ({
      status: 200,
      body: {
        url: deps.gatewayUrl(),
        shards: deps.shards(),
        session_start_limit: { total: 1000, remaining: 999, reset_after: 14_400_000, max_concurrency: 16 },
      },
    })),
    route("GET", "/gateway", "get_gateway", () => ({ status: 200, body: { url: deps.gatewayUrl() } })),
    route("GET", "/applications/@me", "get_my_application", () => ({ status: 200, body: application() })),
    route("GET", "/oauth2/applications/@me", "get_my_oauth2_application", () => ({
      status: 200,
      body: application(),
    })),
    route("GET", "/users/@me", "get_my_user", () => ({ status: 200, body: wireUser(bot) })),
    route("GET", "/users/*", "get_user", ([userId = ""]) => {
      const user = world.user(userId);
      if (user === undefined) throw errors.unknownUser();
      return { status: 200, body: wireUser(user) };
    }),
    route("GET", "/applications/*/commands", "list_application_commands", () => ({
      status: 200,
      body: commands.current,
    })),
    route("PUT", "/applications/*/commands", "bulk_set_application_commands", (_parameters, request) => {
      commands.current = asArray(request.body)
        .map(asObject)
        .map((command) => registered(command, commands.current, bot.id, world.id));
      world.record({ kind: "commands.put" });
      return { status: 200, body: commands.current };
    }),
    route(
      "POST",
      "/interactions/*/*/callback",
      "create_interaction_response",
      ([id = "", token = ""], request) => {
        const answer = interactions.answer(id, token, request);
        if (answer === undefined) return { status: 204 };
        const resource = asObject(answer["resource"]);
        const messageId = asString(resource["messageId"]);
        const message = messageId === "" ? undefined : interactions.find(token, messageId);
        return {
          status: 200,
          body: {
            ...answer,
            resource: {
              type: resource["type"],
              ...(message === undefined ? {} : { message: wireMessage(message, world) }),
            },
          },
        };
      },
    ),
    route(
      "POST",
      "/webhooks/*/*",
      "execute_webhook",
      ([applicationId = "", token = ""], request) => {
        own(applicationId);
        return showMessage(interactions.followUp(token, request));
      },
      perWebhook,
    ),
    route(
      "GET",
      "/webhooks/*/*/messages/*",
      "get_webhook_message",
      ([applicationId = "", token = "", messageId = ""]) => {
        own(applicationId);
        return showMessage(interactions.find(token, messageId));
      },
      perWebhook,
    ),
    route(
      "PATCH",
      "/webhooks/*/*/messages/*",
      "update_webhook_message",
      ([applicationId = "", token = "", messageId = ""], request) => {
        own(applicationId);
        return showMessage(interactions.edit(token, messageId, request));
      },
      perWebhook,
    ),
    route(
      "DELETE",
      "/webhooks/*/*/messages/*",
      "delete_webhook_message",
      ([applicationId = "", token = "", messageId = ""]) => {
        own(applicationId);
        interactions.remove(token, messageId);
        return { status: 204 };
      },
      perWebhook,
    ),
    route(
      "POST",
      "/channels/*/messages",
      "create_message",
      ([channelId = ""], request) => showMessage(messages.create(channelId, request), true),
      perChannel("messages.create", 5, 5000),
    ),
    route("GET", "/channels/*/messages", "list_messages", ([channelId = ""], request) => ({
      status: 200,
      body: messages.list(channelId, request.query).map((message) => wireMessage(message, world)),
    })),
    route("GET", "/channels/*/messages/*", "get_message", ([channelId = "", messageId = ""]) =>
      showMessage(messages.find(channelId, messageId)),
    ),
    route(
      "PATCH",
      "/channels/*/messages/*",
      "update_message",
      ([channelId = "", messageId = ""], request) =>
        showMessage(messages.edit(channelId, messageId, request)),
      perChannel("messages.edit", 5, 5000),
    ),
    route(
      "DELETE",
      "/channels/*/messages/*",
      "delete_message",
      ([channelId = "", messageId = ""]) => {
        messages.remove(channelId, messageId);
        return { status: 204 };
      },
      perChannel("messages.delete", 5, 1000),
    ),
    route(
      "POST",
      "/channels/*/messages/*/threads",
      "create_thread_from_message",
      ([channelId = "", messageId = ""], request) => ({
        status: 201,
        body: wireChannel(messages.startThread(channelId, messageId, asObject(request.body))),
      }),
    ),
    route("GET", "/channels/*", "get_channel", ([channelId = ""]) => ({
      status: 200,
      body: showChannel(messages.reachable(channelId)),
    })),
    route(
      "POST",
      "/channels/*/typing",
      "trigger_typing_indicator",
      ([channelId = ""]) => {
        messages.reachable(channelId);
        world.record({ kind: "typing", channelId });
        return { status: 204 };
      },
      perChannel("typing", 5, 5000),
    ),
    route("POST", "/users/@me/channels", "create_dm", (_parameters, request) => {
      const userId = asString(asObject(request.body)["recipient_id"]);
      if (world.user(userId) === undefined) throw errors.unknownUser();
      const channel = world.directChannel(userId);
      world.record({ kind: "dm.open", channelId: channel.id });
      return { status: 200, body: showChannel(channel) };
    }),
  ];
}

/** A command as Discord stores it; one of the same name and type keeps its id. */
function registered(
  command: JsonObject,
  before: JsonObject[],
  applicationId: string,
  newId: () => string,
): JsonObject {
  const type = command["type"] ?? 1;
  const known = before.find((other) => other["name"] === command["name"] && other["type"] === type);
  return {
    description: "",
    options: [],
    default_member_permissions: null,
    contexts: null,
    integration_types: [0, 1],
    nsfw: false,
    name_localizations: null,
    description_localizations: null,
    ...command,
    type,
    id: known?.["id"] ?? newId(),
    version: newId(),
    application_id: applicationId,
  };
}

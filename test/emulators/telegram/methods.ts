import {
  deleteMessage,
  deleteMessages,
  editMessageCaption,
  editMessageMedia,
  editMessageReplyMarkup,
  editMessageText,
} from "./edit.ts";
import { DOWNLOAD_BYTES } from "./media.ts";
import { asObject, flagOf, listOf, numberOf, objectOf, stringOf } from "./params.ts";
import { sendChatAction, sendMedia, sendMediaGroup, sendMessage } from "./send.ts";
import { allowedKinds } from "./updates.ts";
import { badRequest, type Json } from "./wire.ts";
import { type Call, findChat, reachChat, record } from "./world.ts";

export type Method = (call: Call) => object | boolean | Promise<object>;

export const METHODS: Readonly<Record<string, Method>> = {
  getMe: ({ world }) => ({
    ...world.me,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_guest_queries: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_join_request_queries: false,
  }),
  getUpdates,
  setWebhook,
  deleteWebhook(call) {
    call.world.updates.setWebhook(undefined, flagOf(call.params, "drop_pending_updates"));
    return true;
  },
  getWebhookInfo: webhookInfo,
  setMyCommands,
  getMyCommands: (call) => call.world.commands.get(commandKey(call)) ?? [],
  deleteMyCommands(call) {
    call.world.commands.delete(commandKey(call));
    record(call, { kind: "commands", detail: `deleted ${commandKey(call)}` });
    return true;
  },
  sendMessage,
  sendPhoto: sendMedia("photo"),
  sendVideo: sendMedia("video"),
  sendDocument: sendMedia("document"),
  sendMediaGroup,
  sendChatAction,
  editMessageText,
  editMessageMedia,
  editMessageCaption,
  editMessageReplyMarkup,
  deleteMessage,
  deleteMessages,
  answerCallbackQuery,
  getFile,
  getChat: (call) => ({
    ...reachChat(call.world, call.params["chat_id"]).chat,
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: {
      unlimited_gifts: true,
      limited_gifts: true,
      unique_gifts: true,
      premium_subscription: true,
      gifts_from_channels: true,
    },
  }),
  getChatMember,
};

function getUpdates(call: Call): Promise<object> {
  const { params, world } = call;
  world.updates.allow(allowedKinds(listOf(params, "allowed_updates")));
  return world.updates.poll(
    {
      offset: numberOf(params, "offset"),
      limit: numberOf(params, "limit"),
      timeoutSeconds: numberOf(params, "timeout"),
    },
    call.gone,
  );
}

function setWebhook(call: Call): true {
  const { params, world } = call;
  const url = stringOf(params, "url") ?? "";
  const secretToken = stringOf(params, "secret_token");
  if (secretToken !== undefined && !/^[A-Za-z0-9_-]{1,256}$/.test(secretToken))
    throw badRequest("secret token contains unallowed characters");
  // The cloud server wants https; plain http is let through here, as a local server does.
  if (url !== "" && !/^https?:\/\//.test(url))
    throw badRequest("bad webhook: An HTTPS URL must be provided for webhook");
  world.updates.allow(allowedKinds(listOf(params, "allowed_updates")));
  world.updates.setWebhook(
    url === "" ? undefined : { url, secretToken, maxConnections: numberOf(params, "max_connections") ?? 40 },
    flagOf(params, "drop_pending_updates"),
  );
  return true;
}

function webhookInfo({ world }: Call): object {
  const { webhook, pendingCount, lastWebhookError } = world.updates;
  return {
    url: webhook?.url ?? "",
    has_custom_certificate: false,
    pending_update_count: pendingCount,
    ...(webhook === undefined ? {} : { max_connections: webhook.maxConnections }),
    ...(lastWebhookError === undefined
      ? {}
      : {
          last_error_date: Math.floor(lastWebhookError.atMs / 1_000),
          last_error_message: lastWebhookError.message,
        }),
  };
}

function setMyCommands(call: Call): true {
  const commands = listOf(call.params, "commands") ?? [];
  if (commands.length > 100) throw badRequest("too many commands");
  for (const command of commands) {
    const object = asObject(command) ?? {};
    if (!/^[a-z0-9_]{1,32}$/.test(stringOf(object, "command") ?? "")) throw badRequest("BOT_COMMAND_INVALID");
    const description = stringOf(object, "description") ?? "";
    if (description.length < 1 || description.length > 256)
      throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
  }
  const language = stringOf(call.params, "language_code") ?? "";
  if (!/^([a-z]{2})?$/.test(language)) throw badRequest("invalid language code specified");
  call.world.commands.set(commandKey(call), commands);
  record(call, { kind: "commands", detail: `set ${commandKey(call)}` });
  return true;
}

/** `default`, `all_private_chats:de`, `chat/-100…`: how a command list is looked up. */
function commandKey(call: Call): string {
  const scope = objectOf(call.params, "scope");
  const type = (scope && stringOf(scope, "type")) ?? "default";
  const chat: Json | undefined = scope?.["chat_id"];
  if (chat !== undefined) reachChat(call.world, chat);
  const user = scope && numberOf(scope, "user_id");
  const language = stringOf(call.params, "language_code") ?? "";
  return [
    type,
    chat === undefined ? "" : `/${JSON.stringify(chat)}`,
    user === undefined ? "" : `/${user}`,
    language === "" ? "" : `:${language}`,
  ].join("");
}

function answerCallbackQuery(call: Call): true {
  const { params, world } = call;
  const id = stringOf(params, "callback_query_id") ?? "";
  const pending = world.callbacks.get(id);
  if (pending === undefined || world.now() - pending.createdMs > world.callbackTtlMs)
    throw badRequest("query is too old and response timeout expired or query ID is invalid");
  const text = stringOf(params, "text");
  if ((text?.length ?? 0) > 200) throw badRequest("MESSAGE_TOO_LONG");
  world.callbacks.delete(id);
  pending.answer({ text, showAlert: flagOf(params, "show_alert"), url: stringOf(params, "url") });
  record(call, { kind: "answered", ...(text === undefined ? {} : { text }), detail: id });
  return true;
}

async function getFile({ params, world }: Call): Promise<object> {
  const id = stringOf(params, "file_id") ?? "";
  // Ids of other bots, and of files that are gone, have the right look.
  if (!/^[\w-]{10,200}$/.test(id)) throw badRequest("invalid file_id");
  const located = await world.files.locate(id);
  if (located === undefined) throw badRequest("wrong file_id or the file is temporarily unavailable");
  const { file, path, sizeBytes } = located;
  if (sizeBytes > DOWNLOAD_BYTES && world.localFolder === undefined) throw badRequest("file is too big");
  return {
    file_id: id,
    file_unique_id: file.uniqueId,
    file_size: sizeBytes,
    file_path: world.localFolder === undefined ? path : `${world.localFolder}/${path}`,
  };
}

function getChatMember(call: Call): object {
  const { params, world } = call;
  const state = findChat(world, params["chat_id"]);
  const id = numberOf(params, "user_id") ?? 0;
  if (id === world.me.id) return { user: world.me, status: state.botStatus };
  const user = world.users.get(id);
  reachChat(world, params["chat_id"]);
  if (state.hiddenMembers && state.botStatus !== "administrator")
    throw badRequest("member list is inaccessible");
  if (user === undefined) throw badRequest("user not found");
  const status = state.members.get(id) ?? "left";
  return { user, status, ...(status === "administrator" ? ADMINISTRATOR : {}) };
}

/** The rights that a group's administrator has by default. */
const ADMINISTRATOR = {
  can_be_edited: false,
  is_anonymous: false,
  can_manage_chat: true,
  can_delete_messages: true,
  can_manage_video_chats: true,
  can_restrict_members: true,
  can_promote_members: false,
  can_change_info: true,
  can_invite_users: true,
  can_pin_messages: true,
};

/**
 * What the bot does with an interaction: the answer within 3 s, then edits and follow-ups by its token for
 * 15 minutes. The states and error codes follow Discord's "Receiving and Responding to Interactions".
 */
import { asNumber, asObject, type JsonObject } from "./json.ts";
import type { MessageActions } from "./message-actions.ts";
import { type EmulatedMessage, type EmulatedUser, errors, messageFlags } from "./model.ts";
import type { RecordedRequest } from "./request-reader.ts";
import type { World } from "./world.ts";

const ANSWER_MS = 3000;
/** A user-installed app may follow up this often where it is not a member. */
const USER_INSTALL_FOLLOW_UPS = 5;

export interface Ack {
  /** The callback's type (4 to 9), or "none" when 3 s passed without one. */
  type: number | "none";
  ephemeral: boolean;
  latencyMs: number;
  /** The `data` of the callback: choices of an autocomplete, a modal, a message. */
  data: JsonObject;
}

export interface Interaction {
  id: string;
  /** 2 a command, 3 a component, 4 completion, 5 a form. */
  type: number;
  /** Type of the messages that answer it: 20, for context menus 23. */
  answerType: number;
  token: string;
  user: EmulatedUser;
  channelId: string;
  createdAt: number;
  /** The name that messages answering it carry. */
  name: string;
  /** The message with the pressed button. */
  source?: EmulatedMessage;
  /** Whether the bot acts only by the user's own installation. */
  userInstallOnly: boolean;
  ack?: Ack;
  original?: EmulatedMessage;
  followUps: EmulatedMessage[];
  onAck: (ack: Ack) => void;
}

/** Which first answers which interaction takes (Interaction Callback Type). */
function unfitAnswer(interaction: Interaction, answer: number): string | undefined {
  if ((answer === 6 || answer === 7) && interaction.source === undefined) return "is for components only";
  if (answer === 9 && interaction.type !== 2 && interaction.type !== 3) return "cannot follow a form";
  if ((answer === 8) !== (interaction.type === 4)) return "is for completion, and only for it";
  return undefined;
}

export type InteractionActions = ReturnType<typeof createInteractionActions>;

export function createInteractionActions(
  world: World,
  messages: MessageActions,
  bot: EmulatedUser,
  now: () => number,
  tokenLifeMs: () => number,
) {
  const byToken = new Map<string, Interaction>();

  /** Calls back with type "none" if nothing was answered in time. */
  function register(interaction: Interaction): void {
    byToken.set(interaction.token, interaction);
    setTimeout(() => {
      if (interaction.ack !== undefined) return;
      interaction.onAck({ type: "none", ephemeral: false, latencyMs: ANSWER_MS, data: {} });
    }, ANSWER_MS + 50).unref();
  }

  function answer(id: string, token: string, request: RecordedRequest): JsonObject | undefined {
    const interaction = byToken.get(token);
    if (interaction === undefined || interaction.id !== id) throw errors.unknownInteraction();
    if (interaction.ack !== undefined) throw errors.alreadyAcknowledged();
    const latencyMs = now() - interaction.createdAt;
    if (latencyMs > ANSWER_MS) throw errors.unknownInteraction();
    const body = asObject(request.body);
    const type = asNumber(body["type"]);
    const data = asObject(body["data"]);
    const ephemeral = (asNumber(data["flags"]) & messageFlags.ephemeral) !== 0;
    const unfit = unfitAnswer(interaction, type);
    if (unfit !== undefined) throw errors.invalidForm([{ path: "type", message: unfit }]);
    if (type === 4) {
      interaction.original = insert(interaction, data, request, ephemeral, false);
    } else if (type === 5) {
      interaction.original = insert(interaction, { flags: data["flags"] }, request, ephemeral, true);
    } else if (type === 6 || type === 7) {
      const { source } = interaction;
      if (source !== undefined) {
        if (type === 7) {
          messages.apply(source, data, request);
          world.touchMessage(source);
        }
        interaction.original = source;
      }
    }
    interaction.ack = { type, ephemeral, latencyMs, data };
    world.record({
      kind: "ack",
      interactionId: id,
      channelId: interaction.channelId,
      ...(interaction.original === undefined ? {} : { messageId: interaction.original.id }),
    });
    interaction.onAck(interaction.ack);
    return request.query["with_response"] === "true" ? callbackResource(interaction, type) : undefined;
  }

  function callbackResource(interaction: Interaction, type: number): JsonObject {
    const { original } = interaction;
    return {
      interaction: {
        id: interaction.id,
        type: 2,
        ...(original === undefined
          ? {}
          : {
              response_message_id: original.id,
              response_message_loading: (original.flags & messageFlags.loading) !== 0,
              response_message_ephemeral: original.visibleTo !== undefined,
            }),
      },
      resource: { type, ...(original === undefined ? {} : { messageId: original.id }) },
    };
  }

  function insert(
    interaction: Interaction,
    data: JsonObject,
    request: RecordedRequest,
    ephemeral: boolean,
    loading: boolean,
  ): EmulatedMessage {
    const content = messages.contentOf(data);
    const attachments = messages.attachments(request, data, interaction.channelId);
    if (!loading) messages.assertNotEmpty({ ...content, attachments });
    return world.insertMessage({
      channelId: interaction.channelId,
      authorId: bot.id,
      ...content,
      attachments,
      type: interaction.answerType,
      interaction: { id: interaction.id, name: interaction.name, userId: interaction.user.id },
      flags:
        (asNumber(data["flags"]) & messageFlags.componentsV2) |
        (loading ? messageFlags.loading : 0) |
        (ephemeral ? messageFlags.ephemeral : 0),
      ...(ephemeral ? { visibleTo: interaction.user.id } : {}),
    });
  }

  /** The interaction behind a webhook token, once it was answered and while it lives. */
  function alive(token: string): Interaction {
    const interaction = byToken.get(token);
    if (interaction === undefined) throw errors.invalidWebhookToken();
    if (now() - interaction.createdAt > tokenLifeMs()) throw errors.invalidWebhookToken();
    if (interaction.ack === undefined) throw errors.unknownWebhook();
    return interaction;
  }

  function find(token: string, messageId: string): EmulatedMessage {
    const { original, followUps } = alive(token);
    const found =
      messageId === "@original"
        ? original
        : [original, ...followUps].find((message) => message?.id === messageId);
    if (found === undefined || found.deleted) throw errors.unknownMessage();
    return found;
  }

  function edit(token: string, messageId: string, request: RecordedRequest): EmulatedMessage {
    const message = find(token, messageId);
    messages.apply(message, asObject(request.body), request);
    world.touchMessage(message);
    world.record({ kind: "message.edit", channelId: message.channelId, messageId: message.id });
    return message;
  }

  function remove(token: string, messageId: string): void {
    const message = find(token, messageId);
    world.deleteMessage(message);
    world.record({ kind: "message.delete", channelId: message.channelId, messageId: message.id });
  }

  /**
   * A follow-up. While the deferred answer still says "thinking…" it fills that one instead, and its own
   * ephemeral flag is ignored (documented under Create Followup Message, for backwards compatibility).
   */
  function followUp(token: string, request: RecordedRequest): EmulatedMessage {
    const interaction = alive(token);
    const { original } = interaction;
    if (original !== undefined && !original.deleted && (original.flags & messageFlags.loading) !== 0)
      return edit(token, "@original", request);
    if (interaction.userInstallOnly && interaction.followUps.length >= USER_INSTALL_FOLLOW_UPS)
      throw errors.followUpLimit();
    const data = asObject(request.body);
    const ephemeral = (asNumber(data["flags"]) & messageFlags.ephemeral) !== 0;
    const message = insert(interaction, data, request, ephemeral, false);
    interaction.followUps.push(message);
    world.record({ kind: "message.create", channelId: message.channelId, messageId: message.id });
    return message;
  }

  return { register, answer, find, edit, remove, followUp };
}

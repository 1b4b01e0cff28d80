/** What members do in their Discord client: commands, buttons, menus of messages, autocomplete, forms, messages. */
import { randomBytes } from "node:crypto";
import type { FileToStore } from "./content-delivery.ts";
import type { Ack, Interaction, InteractionActions } from "./interactions.ts";
import { asString, type JsonObject } from "./json.ts";
import { buttonsOf } from "./message-view.ts";
import { type FormAnswers, submission } from "./modal-form.ts";
import {
  channelTypes,
  type EmulatedChannel,
  type EmulatedMessage,
  type EmulatedUser,
  permissions,
  usualBotPermissions,
} from "./model.ts";
import { type CommandRequest, commandData, printOption } from "./slash-options.ts";
import type { WaitFor } from "./wait-for.ts";
import { wireChannel, wireMember, wireMessage, wireSnapshot, wireUser } from "./wire.ts";
import type { World } from "./world.ts";

export interface InteractionPlace {
  user: EmulatedUser;
  /** A channel, a thread, or a DM with the bot. */
  channel: EmulatedChannel;
  /** The client's language; the user's own by default. */
  locale?: string;
}

export type SlashRequest = InteractionPlace & CommandRequest;

export interface InteractionHandle {
  id: string;
  token: string;
  /** The bot's first answer and how long it took; type "none" when 3 s passed. */
  ack: Promise<Ack>;
  /** The message of that answer, as it is now; for an updated or deferred button, the button's message. */
  original(): EmulatedMessage | undefined;
  followUps(): EmulatedMessage[];
  /** The gateway brings the same interaction once more, as after a connection that dropped. */
  replay(): void;
  /** Sends the form that was the bot's first answer. */
  submit(answers: FormAnswers): InteractionHandle;
  /** Waits until the original message is as wanted. */
  originalWhen(wanted: (message: EmulatedMessage) => boolean, timeoutMs?: number): Promise<EmulatedMessage>;
}

export interface MemberActionDeps {
  world: World;
  bot: EmulatedUser;
  interactions: InteractionActions;
  commands: { current: JsonObject[] };
  fileLimitBytes(): number;
  now(): number;
  dispatch: (event: string, data: JsonObject, options: { guildId?: string }) => void;
  waitFor: WaitFor;
}

const DEFAULT_MEMBER_PERMISSIONS = usualBotPermissions | permissions.createInstantInvite;

export function createMemberActions(deps: MemberActionDeps) {
  const { world, bot } = deps;

  function send(
    place: InteractionPlace,
    type: number,
    name: string,
    data: JsonObject,
    source?: EmulatedMessage,
    answerType = 20,
  ): InteractionHandle {
    const { user, channel } = place;
    const guild = channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
    const userInstallOnly = guild === undefined ? channel.type !== channelTypes.dm : !guild.installed;
    const id = world.id();
    const token = randomBytes(60).toString("base64url");
    let settle: (ack: Ack) => void = () => undefined;
    const ack = new Promise<Ack>((resolve) => {
      settle = resolve;
    });
    const interaction: Interaction = {
      id,
      type,
      answerType,
      token,
      user,
      channelId: channel.id,
      createdAt: deps.now(),
      name,
      ...(source === undefined ? {} : { source }),
      userInstallOnly,
      followUps: [],
      onAck: (given) => settle(given),
    };
    deps.interactions.register(interaction);
    const appPermissions = guild === undefined ? usualBotPermissions : channel.botPermissions;
    const payload: JsonObject = {
      id,
      application_id: bot.id,
      type,
      data,
      token,
      version: 1,
      channel_id: channel.id,
      channel: wireChannel(channel, user),
      app_permissions: String(appPermissions),
      locale: place.locale ?? user.locale,
      entitlements: [],
      attachment_size_limit: deps.fileLimitBytes(),
      context: guild !== undefined ? 0 : channel.type === channelTypes.dm ? 1 : 2,
      authorizing_integration_owners: userInstallOnly ? { 1: user.id } : { 0: guild?.id ?? "0" },
      ...(guild === undefined
        ? { user: wireUser(user) }
        : {
            guild_id: guild.id,
            guild: { id: guild.id, locale: guild.locale, features: [] },
            guild_locale: guild.locale,
            member: wireMember(user, DEFAULT_MEMBER_PERMISSIONS),
          }),
      ...(source === undefined ? {} : { message: wireMessage(source, world) }),
    };
    const deliver = (): void =>
      deps.dispatch("INTERACTION_CREATE", payload, guild === undefined ? {} : { guildId: guild.id });
    deliver();
    return {
      id,
      token,
      ack,
      original: () => interaction.original,
      followUps: () => interaction.followUps,
      replay: deliver,
      submit: (answers) => {
        const modal = interaction.ack?.type === 9 ? interaction.ack.data : undefined;
        if (modal === undefined) throw new Error("no form was shown");
        return send(place, 5, `"${asString(modal["title"])}"`, submission(world, modal, answers), source);
      },
      originalWhen: (wanted, timeoutMs) =>
        deps.waitFor(() => {
          const { original } = interaction;
          return original !== undefined && wanted(original) ? original : undefined;
        }, timeoutMs),
    };
  }

  return {
    slash: (request: SlashRequest): InteractionHandle => {
      const text = Object.entries(request.options ?? {})
        .map(([name, value]) => ` ${name}:${printOption(value)}`)
        .join("");
      const command = [request.name, request.subcommand].filter((part) => part !== undefined).join(" ");
      return send(request, 2, `/${command}${text}`, commandData(world, deps.commands.current, request));
    },
    /** Presses a button: by its custom_id, or by the text on it. */
    press: (request: {
      user: EmulatedUser;
      message: EmulatedMessage;
      customId?: string;
      label?: string;
      /** Sends a custom_id that no button of the message has, as an attacker can. */
      forged?: boolean;
      locale?: string;
    }): InteractionHandle => {
      const { user, message, locale } = request;
      const button = buttonsOf(message).find(
        (known) =>
          known.customId === request.customId ||
          (request.label !== undefined && known.label === request.label),
      );
      if (request.forged !== true) {
        if (button === undefined) throw new Error(`no button ${request.label ?? request.customId ?? ""}`);
        if (button.disabled) throw new Error(`the button ${button.label} is disabled`);
        if (message.visibleTo !== undefined && message.visibleTo !== user.id)
          throw new Error("this user does not see the message");
      }
      const channel = world.channels.get(message.channelId);
      if (channel === undefined) throw new Error("the message's channel is gone");
      const data = { component_type: 2, custom_id: button?.customId ?? request.customId ?? "" };
      const place = { user, channel, ...(locale === undefined ? {} : { locale }) };
      return send(place, 3, `[${button?.label ?? data.custom_id}]`, data, message);
    },
    /** What the member sees while typing an option. */
    autocomplete: (request: SlashRequest & { focused: string }): InteractionHandle =>
      send(
        request,
        4,
        `/${request.name}`,
        commandData(world, deps.commands.current, request, request.focused),
      ),
    /** An entry in the menu of a message ("Apps"). */
    menu: (request: InteractionPlace & { name: string; message: EmulatedMessage }): InteractionHandle => {
      const { name, message, user } = request;
      const command = deps.commands.current.find((known) => known["type"] === 3 && known["name"] === name);
      if (command === undefined) throw new Error(`${name} is in no menu of a message`);
      if (message.visibleTo !== undefined && message.visibleTo !== user.id)
        throw new Error("this user does not see the message");
      const resolved = { messages: { [message.id]: wireMessage(message, world) } };
      const data = { id: command["id"], name, type: 3, target_id: message.id, resolved };
      return send(request, 2, name, data, undefined, 23);
    },
    /** Sends a form that nobody was shown, as an attacker can. */
    forgeForm: (
      request: InteractionPlace & { data: JsonObject; message?: EmulatedMessage },
    ): InteractionHandle => send(request, 5, "a form", request.data, request.message),
    /** Writes a message as a member, perhaps with files, or one that forwards another. */
    say: (request: {
      user: EmulatedUser;
      channel: EmulatedChannel;
      content: string;
      files?: FileToStore[];
      embeds?: unknown[];
      components?: unknown[];
      forwards?: EmulatedMessage;
    }): EmulatedMessage => {
      const { user, channel, content, files = [], embeds = [], components = [], forwards } = request;
      return world.insertMessage({
        channelId: channel.id,
        authorId: user.id,
        content,
        embeds,
        components,
        attachments: files.map((file) => world.storeFile(file, channel.id)),
        ...(forwards === undefined
          ? {}
          : {
              replyTo: { channelId: forwards.channelId, messageId: forwards.id },
              snapshots: [wireSnapshot(forwards)],
            }),
      });
    },
  };
}

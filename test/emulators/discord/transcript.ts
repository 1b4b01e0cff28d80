/** The chat as text, the way a member reads it: edits applied, threads under their message. */
import { asObject, asString } from "./json.ts";
import { buttonsOf, textOf } from "./message-view.ts";
import { channelTypes, type EmulatedChannel, type EmulatedMessage } from "./model.ts";
import type { World } from "./world.ts";

export function printTranscript(world: World): string {
  const lines: string[] = [];
  for (const channel of world.channels.values()) {
    const isThread = channel.type === channelTypes.publicThread;
    if (isThread || channel.messages.size === 0) continue;
    lines.push(`${titleOf(world, channel)}${channel.deleted ? " (deleted)" : ""}`);
    lines.push(...printChannel(world, channel).map((line) => `  ${line}`));
  }
  return lines.join("\n");
}

function titleOf(world: World, channel: EmulatedChannel): string {
  if (channel.recipientId !== undefined) return `DM with ${world.user(channel.recipientId)?.username ?? "?"}`;
  return `#${channel.name} in ${world.guilds.get(channel.guildId ?? "")?.name ?? "?"}`;
}

function printChannel(world: World, channel: EmulatedChannel): string[] {
  return [...channel.messages.values()].flatMap((message) =>
    message.deleted || message.type === 21 ? [] : printMessage(world, message),
  );
}

export function printMessage(world: World, message: EmulatedMessage): string[] {
  const nameOf = (userId: string): string => world.user(userId)?.username ?? "?";
  const marks = [
    ...(message.visibleTo === undefined ? [] : [`only ${nameOf(message.visibleTo)} sees this`]),
    ...(message.replyTo === undefined ? [] : [`reply to ${quote(world, message.replyTo)}`]),
    ...(message.editedAt === undefined ? [] : ["edited"]),
  ];
  const lines: string[] = [];
  const { interaction } = message;
  if (interaction !== undefined) lines.push(`${nameOf(interaction.userId)} used ${interaction.name}`);
  const [first = "", ...more] = textOf(message).split("\n");
  lines.push(`${nameOf(message.authorId)}${marks.length === 0 ? "" : ` (${marks.join(", ")})`}: ${first}`);
  lines.push(...more.map((line) => `    ${line}`));
  for (const embed of message.embeds.map(asObject))
    lines.push(`    | ${[embed["title"], embed["description"]].map(asString).filter(Boolean).join(": ")}`);
  for (const file of message.attachments) {
    const alt = file.description === undefined ? "" : ` "${file.description}"`;
    lines.push(`    <${file.filename}, ${file.contentType}, ${file.sizeBytes} bytes${alt}>`);
  }
  const buttons = buttonsOf(message).map(({ label, url, disabled }) => {
    if (url !== "") return `[${label} ↗]`;
    return disabled ? `(${label})` : `[${label}]`;
  });
  if (buttons.length > 0) lines.push(`    ${buttons.join(" ")}`);
  const thread = message.threadId === undefined ? undefined : world.channels.get(message.threadId);
  if (thread !== undefined) {
    lines.push(`    thread "${thread.name}"`);
    lines.push(...printChannel(world, thread).map((line) => `      ${line}`));
  }
  return lines;
}

function quote(world: World, target: { channelId: string; messageId: string }): string {
  const message = world.channels.get(target.channelId)?.messages.get(target.messageId);
  if (message === undefined) return "a deleted message";
  const text = textOf(message).split("\n")[0] ?? "";
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
}

import type { FileStore } from "./files.ts";
import type { Message } from "./wire.ts";
import type { ChatState, World } from "./world.ts";

/**
 * The chat as a person sees it now: edits applied, deleted messages gone, albums together, keyboards below.
 *
 *   #3 Easel, in answer to #2: photo 1024x1024 (81 KB) "A fox in the snow"
 *      [Again] [Original]
 */
export function printTranscript(world: World, state: ChatState): string {
  const lines: string[] = [];
  let album: string | undefined;
  for (const message of [...state.messages.values()].toSorted((a, b) => a.message_id - b.message_id)) {
    if (message.media_group_id !== undefined && message.media_group_id !== album) lines.push("album:");
    album = message.media_group_id;
    lines.push(
      `${album === undefined ? "" : "  "}${headOf(world, state, message)}: ${bodyOf(world.files, message)}`,
    );
    for (const row of message.reply_markup?.inline_keyboard ?? [])
      lines.push(`   ${row.map(({ text, url }) => `[${text}${url === undefined ? "" : " ↗"}]`).join(" ")}`);
  }
  return lines.join("\n");
}

function headOf(world: World, state: ChatState, message: Message): string {
  const speaker = message.sender_chat?.title ?? message.from?.first_name ?? state.chat.title ?? "?";
  const reply = message.reply_to_message;
  const topic =
    message.is_topic_message && message.message_thread_id !== undefined
      ? ` in ${state.topics.get(message.message_thread_id) ?? "?"}`
      : "";
  const edited = message.edit_date === undefined || message.from?.id === world.me.id ? "" : " (edited)";
  return `#${message.message_id} ${speaker}${topic}${reply === undefined ? "" : `, in answer to #${reply.message_id}`}${edited}`;
}

function bodyOf(files: FileStore, message: Message): string {
  const words = message.text ?? message.caption;
  const quoted = words === undefined ? "" : words;
  const spoiler = message.has_media_spoiler ? " behind a spoiler" : "";
  const photo = message.photo?.at(-1);
  const ref = photo ?? message.video ?? message.sticker ?? message.animation ?? message.document;
  if (ref === undefined) return quoted === "" ? serviceOf(message) : quoted;
  const file = files.byId(ref.file_id);
  const kind = file?.kind ?? "file";
  const size = file === undefined ? "" : ` ${file.width}x${file.height}`;
  const seconds = message.video === undefined ? "" : ` ${message.video.duration} s`;
  const name = message.document?.file_name === undefined ? "" : ` ${message.document.file_name}`;
  return `${kind}${kind === "document" ? name : size}${seconds} (${Math.ceil((file?.bytes.length ?? 0) / 1_024)} KB)${spoiler}${quoted === "" ? "" : ` "${quoted}"`}`;
}

function serviceOf(message: Message): string {
  if (message.migrate_to_chat_id !== undefined) return "the group became a supergroup";
  if (message.migrate_from_chat_id !== undefined) return "the supergroup begins";
  if (message.forum_topic_created !== undefined) return `topic ${message.forum_topic_created.name} created`;
  return "(empty)";
}

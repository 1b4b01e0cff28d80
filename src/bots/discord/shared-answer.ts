import { z } from "zod";
import { limits } from "./limits.ts";
import { type ActionRow, type AttachmentEntry, customIds, type MessageBody } from "./render.ts";
import type { SentMessage } from "./wire.ts";

/** One answer to an interaction that carries several results: text below text, files after files, rows for each. */

/** The message with one more result. */
export function added(before: SentMessage, body: MessageBody): object {
  const content = `${before.content ?? ""}\n${body.content}`;
  return {
    ...body,
    content: content.length <= limits.textLength ? content : (before.content ?? ""),
    components: [...rowsIn(before.components), ...body.components].slice(0, limits.buttonRows),
    attachments: [...kept(before), ...(body.attachments ?? [])],
  };
}

/** The message with other words and buttons for one of its results. `words` is what that one says so far. */
export function amended(before: SentMessage, words: string | null, body: MessageBody): MessageBody {
  const content = before.content ?? "";
  const changed = words === null || words === "" ? content : content.replace(words, () => body.content);
  const own = new Set(customIds(body.components).map(handleOf));
  const rows = rowsIn(before.components);
  const isOwn = (row: ActionRow): boolean => customIds([row]).some((id) => own.has(handleOf(id)));
  const first = rows.findIndex(isOwn);
  const others = rows.filter((row) => !isOwn(row));
  const at = first === -1 ? others.length : first;
  return {
    ...body,
    content: changed.length <= limits.textLength ? changed : content,
    components: [...others.slice(0, at), ...body.components, ...others.slice(at)].slice(0, limits.buttonRows),
  };
}

function kept(message: SentMessage): AttachmentEntry[] {
  return (message.attachments ?? []).map(({ id }) => ({ id }));
}

/** Of a button's `v1|action|handle|argument`. */
function handleOf(customId: string): string {
  return customId.split("|")[2] ?? customId;
}

const buttonSchema = z.union([
  z.object({
    type: z.literal(2),
    style: z.union([z.literal(1), z.literal(2), z.literal(4)]),
    label: z.string(),
    custom_id: z.string(),
  }),
  z.object({ type: z.literal(2), style: z.literal(5), label: z.string(), url: z.string() }),
]);
const rowSchema = z.object({ type: z.literal(1), components: z.array(buttonSchema).min(1) });

/** Rows of buttons as Discord gave them back, in the shape in which they are sent. */
function rowsIn(components: unknown): ActionRow[] {
  if (!Array.isArray(components)) return [];
  return components.flatMap((row: unknown) => rowSchema.safeParse(row).data ?? []);
}

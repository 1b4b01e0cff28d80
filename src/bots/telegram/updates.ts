import { z } from "zod";

/** What is read of an update: as little as possible, and nothing that may not be missing is demanded. */

const user = z.object({
  id: z.number().int(),
  is_bot: z.boolean().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  username: z.string().nullish(),
  language_code: z.string().nullish(),
});

const chat = z.object({
  id: z.number().int(),
  type: z.string(),
});

const entity = z.object({
  type: z.string(),
  offset: z.number().int(),
  length: z.number().int(),
  url: z.string().nullish(),
  user: user.nullish(),
});

const FILE_ID_CHARS = 256;
const PHOTO_SIZES = 32;

/** A file as a message names it. An unknown shape is no file, never a message that cannot be read. */
const file = z.object({
  file_id: z.string().min(1).max(FILE_ID_CHARS),
  file_size: z.number().int().nonnegative().nullish().catch(null),
});

const attached = z.object({
  photo: z
    .array(file.extend({ width: z.number().nullish(), height: z.number().nullish() }))
    .max(PHOTO_SIZES)
    .nullish()
    .catch(null),
  document: file
    .extend({ mime_type: z.string().max(256).nullish() })
    .nullish()
    .catch(null),
  /** A film without sound; the same file stands in `document` too. */
  animation: file.nullish().catch(null),
  video: file.nullish().catch(null),
  sticker: file
    .extend({ is_animated: z.boolean().nullish(), is_video: z.boolean().nullish() })
    .nullish()
    .catch(null),
});

const repliedMessage = attached.extend({
  message_id: z.number().int(),
  from: user.nullish(),
  sender_chat: chat.nullish(),
  text: z.string().nullish(),
  caption: z.string().nullish(),
  entities: z.array(entity).nullish(),
  caption_entities: z.array(entity).nullish(),
});

const message = repliedMessage.extend({
  chat,
  message_thread_id: z.number().int().nullish(),
  is_topic_message: z.boolean().nullish(),
  is_automatic_forward: z.boolean().nullish(),
  /** Messages of one album share it; each comes as an update of its own. */
  media_group_id: z.string().min(1).max(64).nullish().catch(null),
  reply_to_message: repliedMessage.nullish(),
  /** What is answered, where it stands in another chat or topic. */
  external_reply: attached.nullish().catch(null),
  migrate_to_chat_id: z.number().int().nullish(),
});

/** The message under a button; of an old one only the ids are left. */
const pressedMessage = attached.pick({ photo: true, video: true, document: true }).extend({
  message_id: z.number().int(),
  chat,
  message_thread_id: z.number().int().nullish(),
  is_topic_message: z.boolean().nullish(),
  text: z.string().nullish(),
  reply_to_message: z.object({ message_id: z.number().int() }).nullish(),
  /** What stands under it now. */
  reply_markup: z
    .object({ inline_keyboard: z.array(z.array(z.object({ callback_data: z.string().nullish() }))) })
    .nullish()
    .catch(null),
});

export const updateSchema = z.object({
  message: message.nullish(),
  callback_query: z
    .object({
      id: z.string(),
      from: user,
      message: pressedMessage.nullish(),
      data: z.string().nullish(),
    })
    .nullish(),
});

/** The number every update has; without it the offset could not move on. */
export const updateIdSchema = z.object({ update_id: z.number().int() });

export type Update = z.output<typeof updateSchema>;
export type Attached = z.output<typeof attached>;
export type IncomingMessage = z.output<typeof message>;
export type IncomingUser = z.output<typeof user>;
export type IncomingPress = NonNullable<Update["callback_query"]>;

/** The kinds asked for; everything else would only be thrown away. */
export const ALLOWED_UPDATES = ["message", "callback_query"] as const;

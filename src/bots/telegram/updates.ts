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

const repliedMessage = z.object({
  message_id: z.number().int(),
  from: user.nullish(),
  sender_chat: chat.nullish(),
  text: z.string().nullish(),
  caption: z.string().nullish(),
  photo: z.array(z.object({ file_id: z.string() })).nullish(),
  entities: z.array(entity).nullish(),
});

const message = repliedMessage.extend({
  chat,
  caption_entities: z.array(entity).nullish(),
  message_thread_id: z.number().int().nullish(),
  is_topic_message: z.boolean().nullish(),
  is_automatic_forward: z.boolean().nullish(),
  reply_to_message: repliedMessage.nullish(),
  migrate_to_chat_id: z.number().int().nullish(),
});

/** The message under a button; of an old one only the ids are left. */
const pressedMessage = z.object({
  message_id: z.number().int(),
  chat,
  message_thread_id: z.number().int().nullish(),
  is_topic_message: z.boolean().nullish(),
  text: z.string().nullish(),
  reply_to_message: z.object({ message_id: z.number().int() }).nullish(),
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
export type IncomingMessage = z.output<typeof message>;
export type IncomingUser = z.output<typeof user>;
export type IncomingPress = NonNullable<Update["callback_query"]>;

/** The kinds asked for; everything else would only be thrown away. */
export const ALLOWED_UPDATES = ["message", "callback_query"] as const;

/** The Bot API's own shapes, as far as the emulator fills them. Source: Bot API 10.1, read 2026-11. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** Parameters of one call, decoded to what the description says they are. */
export type Params = Readonly<Record<string, Json>>;

export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly language_code?: string;
}

export interface Chat {
  readonly id: number;
  readonly type: "private" | "group" | "supergroup" | "channel";
  readonly title?: string;
  readonly username?: string;
  readonly first_name?: string;
  readonly is_forum?: true;
}

export interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
}

export interface Button {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
}

export interface Keyboard {
  readonly inline_keyboard: readonly (readonly Button[])[];
}

export interface FileRef {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_size?: number;
}
export interface PhotoSize extends FileRef {
  readonly width: number;
  readonly height: number;
}
export interface Video extends PhotoSize {
  readonly duration: number;
  readonly mime_type: string;
  readonly file_name?: string;
}
export interface Document extends FileRef {
  readonly mime_type: string;
  readonly file_name?: string;
}

export interface Sticker extends FileRef {
  readonly type: "regular";
  readonly width: number;
  readonly height: number;
  readonly is_animated: boolean;
  readonly is_video: boolean;
}

/** What a message shows; exactly one of its kinds, or a service field. An animation stands in `document` too. */
export interface Content {
  readonly text?: string;
  readonly entities?: readonly Entity[];
  readonly caption?: string;
  readonly caption_entities?: readonly Entity[];
  readonly photo?: readonly PhotoSize[];
  readonly video?: Video;
  readonly document?: Document;
  readonly animation?: Video;
  readonly sticker?: Sticker;
  readonly has_media_spoiler?: true;
  readonly link_preview_options?: Json;
}

/** A message of another chat that is answered: what it shows, without its words. */
export interface ExternalReply
  extends Pick<Content, "photo" | "video" | "document" | "animation" | "sticker"> {
  readonly origin: { readonly type: "user"; readonly date: number; readonly sender_user: User };
  readonly chat?: Chat;
  readonly message_id?: number;
}

export interface Message extends Content {
  readonly message_id: number;
  /** Unix seconds. */
  readonly date: number;
  readonly edit_date?: number;
  readonly chat: Chat;
  readonly from?: User;
  readonly sender_chat?: Chat;
  readonly message_thread_id?: number;
  readonly is_topic_message?: true;
  readonly reply_to_message?: Message;
  readonly external_reply?: ExternalReply;
  readonly media_group_id?: string;
  readonly reply_markup?: Keyboard;
  readonly migrate_to_chat_id?: number;
  readonly migrate_from_chat_id?: number;
  readonly forum_topic_created?: { readonly name: string; readonly icon_color: number };
}

export interface CallbackQuery {
  readonly id: string;
  readonly from: User;
  readonly message: Message | { readonly chat: Chat; readonly message_id: number; readonly date: 0 };
  readonly chat_instance: string;
  readonly data: string;
}

export interface ChatMemberUpdated {
  readonly chat: Chat;
  readonly from: User;
  readonly date: number;
  readonly old_chat_member: { readonly user: User; readonly status: string };
  readonly new_chat_member: { readonly user: User; readonly status: string };
}

export interface UpdateBody {
  readonly message?: Message;
  readonly edited_message?: Message;
  readonly channel_post?: Message;
  readonly callback_query?: CallbackQuery;
  readonly my_chat_member?: ChatMemberUpdated;
}
export interface Update extends UpdateBody {
  readonly update_id: number;
}

/** An answer `{ok: false}`: thrown by a method, turned into HTTP by the server. */
export class Refusal extends Error {
  readonly status: number;
  readonly parameters: Readonly<Record<string, number>> | undefined;

  constructor(status: number, description: string, parameters?: Readonly<Record<string, number>>) {
    super(description);
    this.status = status;
    this.parameters = parameters;
  }
}

export function badRequest(detail: string): Refusal {
  return new Refusal(400, `Bad Request: ${detail}`);
}

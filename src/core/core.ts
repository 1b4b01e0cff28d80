import type { Conversation } from "./conversation/conversation.ts";
import type { Gallery } from "./gallery/gallery.ts";
import type { RequestMedia } from "./generation/request.ts";
import type { Members } from "./usage/members.ts";

/** The use cases that a platform may call. */
export interface Core {
  readonly conversation: Conversation;
  readonly requestMedia: RequestMedia;
  readonly gallery: Gallery;
  readonly members: Members;
}

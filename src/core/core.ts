import type { Amendments } from "./captions/amend.ts";
import type { Captioning } from "./captions/captioning.ts";
import type { Conversation } from "./conversation/conversation.ts";
import type { Tellings } from "./delivery/tell.ts";
import type { Gallery } from "./gallery/gallery.ts";
import type { RequestMedia } from "./generation/ask.ts";
import type { Health } from "./generation/health.ts";
import type { Offers } from "./generation/offers.ts";
import type { References } from "./generation/references.ts";
import type { Messages } from "./messages/messages.ts";
import type { PostStore } from "./ports/post-stores.ts";
import type { Publishing } from "./posts/publishing.ts";
import type { Members } from "./usage/members.ts";
import type { SignInLinks } from "./usage/sign-in.ts";

/** The use cases that a platform may call. */
export interface Core {
  readonly conversation: Conversation;
  readonly captioning: Captioning;
  /** Brings a caption that was changed under its result. */
  readonly amendments: Pick<Amendments, "follow">;
  readonly publishing: Publishing;
  readonly posts: Pick<PostStore, "list" | "ofGroup" | "get">;
  readonly requestMedia: RequestMedia;
  readonly references: References;
  readonly health: Pick<Health, "states">;
  readonly gallery: Gallery;
  readonly members: Members;
  readonly offers: Offers;
  readonly messages: Messages;
  readonly tell: Tellings;
  readonly signIn: SignInLinks;
}

import type { Stores } from "../core/ports/stores.ts";
import type { Database } from "./database.ts";
import { createAccountStore } from "./stores/accounts.ts";
import { createCaptionStore } from "./stores/captions.ts";
import { createCommunityStore } from "./stores/communities.ts";
import { createDeliveryStore } from "./stores/deliveries.ts";
import { createDraftStore } from "./stores/drafts.ts";
import { createGalleryStore } from "./stores/gallery.ts";
import { createGenerationStore } from "./stores/generation.ts";
import { createInboxStore } from "./stores/inbox.ts";
import { createNoteStore } from "./stores/notes.ts";
import { createPostStore } from "./stores/posts.ts";
import { createUserStore } from "./stores/users.ts";

/** What core needs of a database, on whichever engine it is. */
export function createStores(database: Database): Stores {
  return {
    users: createUserStore(database),
    inbox: createInboxStore(database),
    generation: createGenerationStore(database),
    gallery: createGalleryStore(database),
    deliveries: createDeliveryStore(database),
    drafts: createDraftStore(database),
    notes: createNoteStore(database),
    captions: createCaptionStore(database),
    accounts: createAccountStore(database),
    communities: createCommunityStore(database),
    posts: createPostStore(database),
  };
}

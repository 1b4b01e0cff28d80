import type { ApiAccounts, ApiCaption, ApiPost, ApiPostPage, ApiPreflight } from "../post-types.ts";
import { call } from "./api.ts";
import { fieldsOf, text } from "./read.ts";
import { readAccounts, readCaption, readPost, readPostPage, readPosts, readPreflight } from "./read-posts.ts";

/** A post as it is being put together. */
export interface PostWish {
  readonly mediaId: string;
  readonly accountIds: readonly string[];
  readonly text: string;
  readonly fit: string;
  readonly story: boolean;
  /** A moment or words; null: at once. */
  readonly when: string | null;
}

/** Counts where the member has chosen none of their own. */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export interface ChangedPost {
  readonly post: ApiPost;
  readonly message: string;
}

const changed = (answer: unknown): ChangedPost => ({
  post: readPost(answer),
  message: text(fieldsOf(answer), "message"),
});

export const postApi = {
  accounts: async (): Promise<ApiAccounts> => readAccounts(await call("GET", "/ai/accounts")),
  caption: async (mediaId: string): Promise<ApiCaption> =>
    readCaption(await call("GET", `/ai/media/${mediaId}/caption`)),
  writeCaption: async (mediaId: string, change: string, prompt: string): Promise<ApiCaption> =>
    readCaption(await call("POST", "/caption/generate-from-media", { mediaId, change, prompt })),
  keepCaption: async (mediaId: string, words: string): Promise<ApiCaption> =>
    readCaption(await call("POST", `/ai/media/${mediaId}/caption`, { text: words })),
  preflight: async (wish: PostWish): Promise<ApiPreflight> =>
    readPreflight(await call("POST", "/ai/posts/preflight", { ...wish, zone })),
  /** The same key again is the same posts. */
  confirm: async (wish: PostWish, key: string): Promise<readonly ApiPost[]> =>
    readPosts(await call("POST", "/ai/posts", { ...wish, zone }, key)),
  list: async (page: number, range?: { readonly from: Date; readonly to: Date }): Promise<ApiPostPage> => {
    const query = new URLSearchParams({ page: String(page) });
    if (range) {
      query.set("from", range.from.toISOString());
      query.set("to", range.to.toISOString());
    }
    return readPostPage(await call("GET", `/ai/posts?${query}`));
  },
  cancel: async (id: string): Promise<ChangedPost> => changed(await call("POST", `/ai/posts/${id}/cancel`)),
  retry: async (id: string): Promise<ChangedPost> => changed(await call("POST", `/ai/posts/${id}/retry`)),
  change: async (id: string, what: { readonly text: string } | { readonly when: string }) =>
    changed(await call("PATCH", `/ai/posts/${id}`, { ...what, zone })),
};

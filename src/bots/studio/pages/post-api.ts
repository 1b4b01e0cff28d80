import type {
  ApiAccounts,
  ApiCaption,
  ApiPost,
  ApiPostPage,
  ApiPreflight,
  ApiTimes,
  ApiVariants,
} from "../post-types.ts";
import { call } from "./api.ts";
import { fieldsOf, text } from "./read.ts";
import {
  readAccounts,
  readCaption,
  readPost,
  readPostPage,
  readPosts,
  readPreflight,
  readTimes,
  readVariants,
} from "./read-posts.ts";

/** A post as it is being put together. */
export interface PostWish {
  readonly mediaId: string;
  readonly accountIds: readonly string[];
  readonly text: string;
  /** Other words for single networks, by their ids. */
  readonly texts: Readonly<Record<string, string>>;
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

export interface Confirmed {
  readonly posts: readonly ApiPost[];
  /** It was confirmed before, and was not done twice. */
  readonly already: boolean;
}

export interface CaptionWish {
  readonly change: "new" | "shorter" | "longer";
  readonly prompt?: string;
  readonly network?: string;
  readonly language?: string;
}

export const postApi = {
  accounts: async (): Promise<ApiAccounts> => readAccounts(await call("GET", "/ai/accounts")),
  /** Where its owner signs in to the network. */
  connect: async (network: string): Promise<string> =>
    text(fieldsOf(await call("POST", "/ai/accounts/connect", { network })), "url"),
  disconnect: async (id: string): Promise<ApiAccounts> =>
    readAccounts(await call("DELETE", `/ai/accounts/${id}`)),
  caption: async (mediaId: string): Promise<ApiCaption> =>
    readCaption(await call("GET", `/ai/media/${mediaId}/caption`)),
  writeCaption: async (mediaId: string, wish: CaptionWish): Promise<ApiCaption> =>
    readCaption(await call("POST", "/caption/generate-from-media", { mediaId, ...wish })),
  variants: async (mediaId: string, words: string, networks: readonly string[]): Promise<ApiVariants> =>
    readVariants(await call("POST", `/ai/media/${mediaId}/caption/variants`, { text: words, networks })),
  keepCaption: async (mediaId: string, words: string): Promise<ApiCaption> =>
    readCaption(await call("POST", `/ai/media/${mediaId}/caption`, { text: words })),
  preflight: async (wish: PostWish): Promise<ApiPreflight> =>
    readPreflight(await call("POST", "/ai/posts/preflight", { ...wish, zone })),
  /** The same key again is the same posts. */
  confirm: async (wish: PostWish, key: string): Promise<Confirmed> => {
    const answer = fieldsOf(await call("POST", "/ai/posts", { ...wish, zone }, key));
    return { posts: readPosts(answer), already: answer["already"] === true };
  },
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
  times: async (id: string, when: string | null): Promise<ApiTimes> =>
    readTimes(await call("POST", `/ai/posts/${id}/times`, { when, zone })),
  change: async (id: string, what: { readonly text: string } | { readonly when: string }) =>
    changed(await call("PATCH", `/ai/posts/${id}`, { ...what, zone })),
};

import type { AssetId } from "../identifiers.ts";
import type { PostStore } from "../ports/post-stores.ts";
import type { Post, PostState } from "../posts/post.ts";

/** Does not compile when posts get a state that nobody has thought of here. */
const HAS_ENDED: Readonly<Record<PostState, boolean>> = {
  waiting: false,
  confirmed: false,
  handing_over: false,
  scheduled: false,
  publishing: false,
  cancelling: false,
  published: true,
  failed: true,
  cancelled: true,
  rejected: true,
};

/**
 * Posts of an asset that still go out. They were confirmed with its file (or one that was fitted, which lies beside
 * it), so the files stay until the last of them has ended, even where the asset itself is deleted.
 */
export async function awaitedPosts(
  posts: Pick<PostStore, "ofAsset">,
  assetId: AssetId,
): Promise<readonly Post[]> {
  return (await posts.ofAsset(assetId)).filter(({ state }) => !HAS_ENDED[state]);
}

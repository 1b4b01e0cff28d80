import type { Actor } from "../conversation/intents.ts";
import { removalOf } from "../delivery/delivery.ts";
import { isFinal, type MediaAsset } from "../generation/asset.ts";
import { announce, endingFor, type WorkDependencies } from "../generation/work.ts";
import type { UserId } from "../identifiers.ts";
import type { MediaStore } from "../ports/media.ts";
import type { Stores } from "../ports/stores.ts";
import type { Post } from "../posts/post.ts";
import type { Members } from "../usage/members.ts";
import type { User } from "../usage/user.ts";
import { awaitedPosts } from "./awaited-posts.ts";

export interface GalleryPage {
  readonly assets: readonly MediaAsset[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

export type AssetAnswer<Status extends string> =
  | { readonly status: Status; readonly asset: MediaAsset }
  | { readonly status: "not-found" }
  | { readonly status: "not-allowed" };

/** `posts`: those that still go out; deleting their picture does not stop them, and its file stays until they ended. */
export type Removal<Status extends string> =
  | { readonly status: Status; readonly asset: MediaAsset; readonly posts: readonly Post[] }
  | AssetAnswer<"still-working">;

/** A member's own media, and what may be done with one of them. Rights are checked here, for the one who acts. */
export interface Gallery {
  list(
    user: UserId,
    query: {
      readonly search?: string;
      readonly favouritesOnly?: boolean;
      readonly page?: number;
      readonly pageSize?: number;
    },
  ): Promise<GalleryPage>;
  /** By id, handle or receipt; only the owner's own. */
  find(user: UserId, name: string): Promise<MediaAsset | null>;
  setFavourite(user: User, handle: string, favourite: boolean): Promise<AssetAnswer<"done">>;
  /** Whether `remove` would do it, and nothing else. */
  removable(actor: Actor, user: User, handle: string): Promise<Removal<"ok">>;
  /**
   * Owner, admin, or a manager of the community in which it stands. Not while it is being made. Its captions go with
   * it, its files unless a post still needs them. May be repeated: what could not be removed is tried again.
   *
   * @throws AppError STORE_UNAVAILABLE: some of it is still there, and it still stands in the gallery.
   */
  remove(actor: Actor, user: User, handle: string): Promise<Removal<"done">>;
  /** Owner or admin. `will-finish`: it was submitted; it ends in the gallery and nothing is refunded. */
  cancel(
    actor: Actor,
    user: User,
    handle: string,
  ): Promise<AssetAnswer<"cancelled" | "will-finish" | "ended">>;
}

const PAGE_SIZE = 10;
const PAGE_SIZE_MAXIMUM = 100;

export interface GalleryDependencies {
  readonly stores: Pick<Stores, "gallery" | "generation" | "deliveries" | "users" | "captions" | "posts">;
  readonly members: Members;
  readonly media: MediaStore;
  readonly work: WorkDependencies;
}

export function createGallery(dependencies: GalleryDependencies): Gallery {
  const { stores, members, media, work } = dependencies;

  /** The asset, unless this member may not even know of it. */
  async function visible(handle: string, allowed: (asset: MediaAsset) => boolean | Promise<boolean>) {
    const asset = await stores.generation.byHandle(handle);
    if (!asset || asset.deletedAt !== null) return { status: "not-found" } as const;
    return (await allowed(asset)) ? ({ status: "ok", asset } as const) : ({ status: "not-allowed" } as const);
  }

  /** A manager's right ends at their own community: a handle can be carried anywhere. */
  async function standsWith(actor: Actor, asset: MediaAsset): Promise<boolean> {
    if (!actor.managesCommunity || actor.community === undefined) return false;
    const status = await stores.deliveries.statusOf(asset.batchId);
    return status?.target.community === actor.community;
  }

  async function removable(actor: Actor, user: User, handle: string): Promise<Removal<"ok">> {
    const found = await visible(
      handle,
      (asset) => asset.userId === user.id || members.isAdmin(actor.identity) || standsWith(actor, asset),
    );
    if (found.status !== "ok") return found;
    const { asset } = found;
    if (!isFinal(asset.state)) return { status: "still-working", asset };
    return { status: "ok", asset, posts: await awaitedPosts(stores.posts, asset.id) };
  }

  /** Repeats nothing: a message has one removal. */
  async function takeFromChats(asset: MediaAsset): Promise<void> {
    const sent = await stores.deliveries.ofAsset(asset.id);
    const now = work.clock.now();
    await stores.deliveries.add(
      sent
        // One that is on its way is waited for: its chat sends one thing at a time.
        .filter((one) => one.kind === "result" || one.kind === "original")
        .map((one) => removalOf(one, work.ids.create("dlv"), now)),
    );
  }

  return {
    async list(userId, query) {
      const pageSize = Math.min(PAGE_SIZE_MAXIMUM, Math.max(1, query.pageSize ?? PAGE_SIZE));
      const page = Math.max(1, query.page ?? 1);
      const { assets, total } = await stores.gallery.list({
        userId,
        search: query.search?.trim() || null,
        favouritesOnly: query.favouritesOnly ?? false,
        limit: pageSize,
        offset: (page - 1) * pageSize,
      });
      return { assets, total, page, pages: Math.max(1, Math.ceil(total / pageSize)) };
    },

    async find(userId, name) {
      if (!/^[\w#-]{1,64}$/.test(name.trim())) return null;
      const asset = name.startsWith("gen_")
        ? await stores.generation.get(`gen_${name.slice(4)}`)
        : name.length === 16
          ? await stores.generation.byHandle(name)
          : await stores.gallery.byReceipt(userId, name.trim().replace(/^#/, "").toUpperCase());
      return asset && asset.userId === userId && asset.deletedAt === null ? asset : null;
    },

    async setFavourite(user, handle, favourite) {
      const found = await visible(handle, (asset) => asset.userId === user.id);
      if (found.status !== "ok") return found;
      await stores.gallery.setFavourite(found.asset.id, favourite);
      announce(work, found.asset);
      return { status: "done", asset: { ...found.asset, favourite } };
    },

    removable,

    async remove(actor, user, handle) {
      const found = await removable(actor, user, handle);
      if (found.status !== "ok") return found;
      const { asset, posts } = found;
      // The row last: until all of it is done it stands in the gallery, and whoever deletes it again goes on.
      await takeFromChats(asset);
      // What is left for a post goes with the sweep.
      if (posts.length === 0) await media.remove(asset.id);
      await stores.captions.remove(asset.id);
      await stores.gallery.remove(asset.id, work.clock.now());
      // What was asked for meanwhile; from here on nobody asks any more.
      await takeFromChats(asset);
      await stores.captions.remove(asset.id);
      announce(work, asset);
      return { status: "done", asset, posts };
    },

    async cancel(actor, user, handle) {
      const found = await visible(
        handle,
        (asset) => asset.userId === user.id || members.isAdmin(actor.identity),
      );
      if (found.status !== "ok") return found;
      const { asset } = found;
      if (isFinal(asset.state)) return { status: "ended", asset };
      const ending = await endingFor(work, asset, {
        state: "cancelled",
        reason: "cancelled",
        code: null,
        detail: "by its owner",
      });
      if (!(await stores.generation.cancel(asset.id, ending))) return { status: "will-finish", asset };
      work.log.info("generation cancelled", { generationId: asset.id, user: user.id });
      announce(work, asset);
      return { status: "cancelled", asset };
    },
  };
}

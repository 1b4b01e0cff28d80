import type { Actor } from "../conversation/intents.ts";
import type { MediaAsset } from "../generation/asset.ts";
import type { UserId } from "../identifiers.ts";
import type { User } from "../usage/user.ts";

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
  /** Owner, admin, or a manager of the community in which it stands. Not while it is being made. */
  remove(actor: Actor, user: User, handle: string): Promise<AssetAnswer<"done" | "still-working">>;
  /** Owner or admin. `will-finish`: it was submitted; it ends in the gallery and nothing is refunded. */
  cancel(
    actor: Actor,
    user: User,
    handle: string,
  ): Promise<AssetAnswer<"cancelled" | "will-finish" | "ended">>;
}

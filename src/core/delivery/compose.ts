import { resultCaption } from "../captions/caption.ts";
import type { Reply } from "../conversation/text.ts";
import { isFinal, type MediaAsset } from "../generation/asset.ts";
import { excerpt } from "../generation/prompt.ts";
import type { Json } from "../json.ts";
import type { MediaLinks, MediaPreviews, MediaStore, StoredMedia } from "../ports/media.ts";
import type { Messenger, Outgoing, OutgoingMedia } from "../ports/messenger.ts";
import type { Stores } from "../ports/stores.ts";
import type { User } from "../usage/user.ts";
import { amendedBy, type Delivery, removedBy } from "./delivery.ts";
import { formAt, formsFor } from "./form.ts";
import type { Tellings } from "./tell.ts";

export interface ComposeDependencies {
  readonly stores: Pick<Stores, "generation" | "deliveries" | "users" | "captions">;
  readonly tell: Tellings;
  readonly media: MediaStore;
  readonly previews: MediaPreviews;
  readonly links: MediaLinks;
}

/**
 * What a delivery says now, made from the rows at the time of sending; null: there is nothing left to say. `not-yet`:
 * what it changes has not been sent.
 */
export type Compose = (
  delivery: Delivery,
  messenger: Messenger,
) => Promise<{ readonly outgoing: Outgoing; readonly user: User | null } | "not-yet" | null>;

export function createCompose(dependencies: ComposeDependencies): Compose {
  const { stores, tell } = dependencies;
  return async (delivery, messenger) => {
    const user = delivery.userId === null ? null : await stores.users.byId(delivery.userId);
    const outgoing = await compose(delivery, messenger, user);
    return outgoing === null || outgoing === "not-yet" ? outgoing : { outgoing, user };
  };

  async function compose(
    delivery: Delivery,
    messenger: Messenger,
    user: User | null,
  ): Promise<Outgoing | "not-yet" | null> {
    if (delivery.kind === "reply") return reply(delivery, messenger);
    if (delivery.kind === "amend" && delivery.reply !== null) return changed(delivery, delivery.reply);
    if (delivery.kind === "removal") return removal(delivery);
    if (!user || delivery.batchId === null) return null;
    if (delivery.kind === "status") return status(delivery, messenger, user);
    if (delivery.kind === "resumed") {
      const batch = await stores.generation.batch(delivery.batchId);
      if (batch.every((asset) => isFinal(asset.state))) return null;
      const statusRef = await statusRefOf(delivery);
      return {
        kind: "notice",
        reply: tell.resumed(user, batch),
        index: null,
        count: batch.length,
        statusRef,
      };
    }
    const asset = delivery.assetId === null ? null : await stores.generation.get(delivery.assetId);
    if (!asset || asset.deletedAt !== null) return null;
    if (delivery.kind === "failure") {
      const reply = await tell.failure(user, asset);
      const statusRef = await statusRefOf(delivery);
      return { kind: "notice", reply, index: asset.batchIndex, count: asset.batchCount, statusRef };
    }
    if (delivery.kind === "amend") return amend(user, asset);
    return result(delivery, messenger, user, asset);
  }

  /** Words, and the file they speak of. */
  async function reply(delivery: Delivery, messenger: Messenger): Promise<Outgoing | null> {
    if (delivery.reply === null) return null;
    if (delivery.assetId !== null) return about(delivery.assetId, delivery.reply);
    const shown = delivery.reply.media;
    if (shown === undefined) return { kind: "reply", reply: delivery.reply };
    const { file, altText } = shown;
    const kind = file.contentType === "video/mp4" ? "video" : "image";
    const [form] = formsFor(file, kind, messenger.limits, delivery.target.fileLimitBytes);
    const media = await outgoingFile({ kind, file, name: "easel-post", altText }, form, messenger.limits);
    return { kind: "reply", reply: delivery.reply, media };
  }

  /** Words about a result that stands there: platforms answer it, or go where it is. */
  async function about(id: MediaAsset["id"], words: Reply): Promise<Outgoing> {
    return { kind: "notice", reply: words, index: null, count: 1, statusRef: await resultRefOf({ id }) };
  }

  async function changed(delivery: Delivery, words: Reply): Promise<Outgoing | "not-yet" | null> {
    const standing = await stores.deliveries.get(amendedBy(delivery));
    if (standing === null || standing.state === "undeliverable") return null;
    if (standing.state !== "sent") return "not-yet";
    return { kind: "amend", reply: words, altText: words.media?.altText ?? "", resultRef: standing.ref };
  }

  /** Null: the result has not been sent; its own delivery will say everything. */
  async function amend(user: User, asset: MediaAsset): Promise<Outgoing | null> {
    const resultRef = await resultRefOf(asset);
    if (resultRef === null || asset.state !== "ready") return null;
    return {
      kind: "amend",
      reply: await tell.result(user, asset, "inline", null),
      altText: await altTextOf(asset),
      resultRef,
    };
  }

  async function removal(delivery: Delivery): Promise<Outgoing | null> {
    const removed = await stores.deliveries.get(removedBy(delivery));
    const { assetId = null, kind } = removed ?? {};
    const ref = kind === "result" && assetId !== null ? await resultRefOf({ id: assetId }) : removed?.ref;
    return ref ? { kind: "removal", messageRef: ref } : null;
  }

  async function status(delivery: Delivery, messenger: Messenger, user: User): Promise<Outgoing | null> {
    const batch = delivery.batchId === null ? [] : await stores.generation.batch(delivery.batchId);
    if (batch.length === 0) return null;
    const finished = batch.every((asset) => isFinal(asset.state));
    const album = messenger.limits.albums && batch.length > 1;
    const reply = await tell.status(user, batch, { itemButtons: album });
    const [only, ...others] = batch;
    const resultRef = finished && only && others.length === 0 ? await resultRefOf(only) : null;
    return { kind: "status", reply, tiles: album ? batch.length : 0, finished, resultRef };
  }

  async function resultRefOf({ id }: Pick<MediaAsset, "id">): Promise<Json> {
    const sent = await stores.deliveries.ofAsset(id);
    // What an amendment put there (words that did not fit) counts for what comes after it.
    const amended = sent.findLast(
      ({ kind, reply, ref }) => kind === "amend" && reply === null && ref !== null,
    );
    if (amended) return amended.ref;
    return sent.find(({ kind }) => kind === "result" || kind === "failure")?.ref ?? null;
  }

  async function result(
    delivery: Delivery,
    messenger: Messenger,
    user: User,
    asset: MediaAsset,
  ): Promise<Outgoing | null> {
    if (asset.media === null) return null;
    const limits = messenger.limits;
    const forms =
      delivery.kind === "original"
        ? formsFor(asset.media, asset.kind, limits, delivery.target.fileLimitBytes).filter(
            (form) => form !== "inline",
          )
        : formsFor(asset.media, asset.kind, limits, delivery.target.fileLimitBytes);
    const [first = "link", ...rest] = forms;
    const media = await outgoingMedia(asset, formAt([first, ...rest], delivery.rung), limits);
    const link =
      media.form === "preview" || media.form === "link" ? dependencies.links.link(asset.media.key) : null;
    const statusRef = await statusRefOf(delivery);
    if (delivery.kind === "original") {
      return { kind: "original", reply: tell.original(user, asset, media.form, link), media, statusRef };
    }
    return {
      kind: "result",
      reply: await tell.result(user, asset, media.form, link),
      media,
      index: asset.batchIndex,
      count: asset.batchCount,
      statusRef,
      waitedMs: (asset.endedAt ?? asset.createdAt) - asset.createdAt,
    };
  }

  async function statusRefOf(delivery: Delivery): Promise<Json> {
    const found = delivery.batchId === null ? null : await stores.deliveries.statusOf(delivery.batchId);
    return found?.ref ?? null;
  }

  /** For who cannot see it: what the caption's writer saw, else what was asked for. */
  async function altTextOf(asset: MediaAsset): Promise<string> {
    const caption = await resultCaption(stores.captions, asset.id);
    return excerpt(caption?.altText || asset.prompt, 900);
  }

  async function outgoingMedia(
    asset: MediaAsset,
    form: OutgoingMedia["form"],
    limits: Messenger["limits"],
  ): Promise<OutgoingMedia> {
    const { kind, media } = asset;
    const altText = await altTextOf(asset);
    if (media === null) return { kind, form: "link", file: null, altText };
    const name = `easel-${asset.receipt.toLowerCase()}`;
    return outgoingFile({ kind, file: media, name, altText }, form, limits);
  }

  async function outgoingFile(
    what: {
      readonly kind: OutgoingMedia["kind"];
      readonly file: StoredMedia;
      readonly name: string;
      readonly altText: string;
    },
    form: OutgoingMedia["form"],
    limits: Messenger["limits"],
  ): Promise<OutgoingMedia> {
    const { kind, file: media, name, altText } = what;
    const nothing: OutgoingMedia = { kind, form: "link", file: null, altText };
    if (form === "link") return nothing;
    if (form === "preview") {
      const smaller = await dependencies.previews.preview(media, {
        maxBytes: Math.min(limits.photo.maxBytes, limits.fileBytes),
        maxSide: 2048,
      });
      if (smaller === null) return nothing;
      const file = {
        name: `${name}-preview.jpg`,
        contentType: "image/jpeg",
        durationMs: null,
        ...smaller,
      } as const;
      return { kind, form, file, altText };
    }
    const bytes = await dependencies.media.read(media.key);
    if (bytes === null) return nothing;
    const extension = media.key.slice(media.key.lastIndexOf("."));
    const { contentType, width, height, durationMs } = media;
    return {
      kind,
      form,
      file: { name: `${name}${extension}`, contentType, bytes, width, height, durationMs },
      altText,
    };
  }
}

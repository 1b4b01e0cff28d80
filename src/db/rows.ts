import { z } from "zod";
import type { Delivery, NewDelivery } from "../core/delivery/delivery.ts";
import type { MediaAsset } from "../core/generation/asset.ts";
import type { ChatKey, Identity } from "../core/identifiers.ts";
import type { Json } from "../core/json.ts";
import { ASPECTS } from "../core/ports/generator.ts";
import type { StoredMedia, StoredReference } from "../core/ports/media.ts";
import type { Settings, User } from "../core/usage/user.ts";
import type { AssetRow, DeliveryRow, Same, UserRow } from "./schema.ts";

/** Whatever is JSON comes out of its column unknown; here it becomes a type of core, or the row is refused. */
export const parseJson: (value: unknown) => Json = (value) => jsonSchema.parse(value);
const jsonSchema: z.ZodType<Json> = z.json();

export const storedMedia: z.ZodType<StoredMedia> = z.object({
  key: z.string(),
  contentType: z.enum(["image/png", "image/jpeg", "image/webp", "image/gif", "video/mp4"]),
  sizeBytes: z.number(),
  width: z.number(),
  height: z.number(),
  durationMs: z.number().nullable(),
  sha256: z.string(),
});

const storedReferences: z.ZodType<readonly StoredReference[]> = z.array(
  z.object({
    key: z.string(),
    contentType: z.enum(["image/png", "image/jpeg", "image/webp", "image/gif", "video/mp4"]),
    sizeBytes: z.number(),
    width: z.number(),
    height: z.number(),
    durationMs: z.number().nullable(),
    sha256: z.string(),
    role: z.enum(["picture", "mask"]),
  }),
);

/** A setting that this version does not know (any more) counts as not chosen. */
const chosen = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().catch(null).default(null);
const settings: z.ZodType<Settings> = z.object({
  language: chosen(z.string()),
  zone: chosen(z.string()),
  kind: chosen(z.enum(["image", "video"])),
  imageProvider: chosen(z.string()),
  videoProvider: chosen(z.string()),
  aspect: chosen(z.enum(ASPECTS)),
  style: chosen(z.string()),
  captions: chosen(z.boolean()),
  captionInstructions: chosen(z.string()),
});

const chatKey = z.custom<ChatKey>((value) => typeof value === "string" && value.includes(":"));
export const target = z.object({
  platform: z.string(),
  chatKey,
  resultKey: chatKey.exactOptional(),
  community: z.string().exactOptional(),
  place: jsonSchema,
  private: z.boolean(),
  fileLimitBytes: z.number().exactOptional(),
});

const button = z.union([
  z.object({ label: z.string(), style: z.enum(["primary", "secondary", "danger"]), data: z.string() }),
  z.object({ label: z.string(), url: z.string() }),
]);
const reply = z.object({
  title: z.string().exactOptional(),
  text: z.array(
    z.union([z.string(), z.object({ at: z.number(), style: z.enum(["date", "time", "relative"]) })]),
  ),
  quote: z.string().exactOptional(),
  buttons: z.array(z.array(button)).exactOptional(),
  private: z.boolean(),
  asksFor: z.string().exactOptional(),
  media: z.object({ file: storedMedia, altText: z.string() }).exactOptional(),
});

/** Does not compile when core gave one of them a field that would be lost here. */
type Complete<Schema extends z.ZodType, Type> = Same<keyof z.output<Schema>, keyof Type>;
const schemasAreComplete: [
  Complete<typeof target, NewDelivery["target"]>,
  Complete<typeof reply, NonNullable<NewDelivery["reply"]>>,
] = [true, true];
void schemasAreComplete;

export function toSettings(value: unknown): Settings {
  return settings.parse(value);
}

/** A member as somebody with this identity. */
export function toUser(
  row: UserRow,
  as: { readonly identity: Identity; readonly name: string; readonly locale: string | null },
): User {
  return {
    id: row.id,
    identity: as.identity,
    name: as.name,
    locale: as.locale,
    plan: row.plan,
    planUntil: row.planUntil,
    limitOverride: row.limitOverride,
    grants: row.grants,
    bannedAt: row.bannedAt,
    settings: toSettings(row.settings),
    createdAt: row.createdAt,
  };
}

export function toAsset(row: AssetRow): MediaAsset {
  const { searchText: _, leasedBy: __, rankAt: ___, attemptId: ____, referenceMedia, ...facts } = row;
  return {
    ...facts,
    requestedProvider: row.requestedProvider ?? row.provider,
    tried: z.array(z.string()).parse(row.tried ?? []),
    references: storedReferences.parse(referenceMedia ?? []),
    operation: row.operation === null ? null : parseJson(row.operation),
    media: row.media === null ? null : storedMedia.parse(row.media),
  };
}

export function toDelivery(row: DeliveryRow): Delivery {
  const { leasedBy: _, ...facts } = row;
  return {
    ...facts,
    target: target.parse(row.target),
    reply: row.reply === null ? null : reply.parse(row.reply),
    ref: row.ref === null ? null : parseJson(row.ref),
  };
}

/** As both engines can store it: PostgreSQL's text has no NUL, and half a character is none. */
export function printable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}

/** How prompts and searches are compared: without regard to case, width and composition. */
export function foldForSearch(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

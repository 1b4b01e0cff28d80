import { z } from "zod";
import type { AssetId, UserId } from "../identifiers.ts";
import { jsonObject } from "../json.ts";
import type { Clock } from "../ports/clock.ts";
import type { ReferenceImage } from "../ports/generator.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { MediaStore, ReferenceIntake, ReferenceResult, StoredReference } from "../ports/media.ts";
import type { Messenger } from "../ports/messenger.ts";
import type { Stores } from "../ports/stores.ts";
import type { AskProblem } from "./ask.ts";
import type { MediaAsset } from "./asset.ts";
import type { ReferenceRole, ReferenceSource } from "./reference.ts";
import { createTurns } from "./turns.ts";

/** From the first lookup to the last picture of one request. */
const TAKE_TIMEOUT_MS = 30_000;
/** Of one request; a picture has up to 20 MB. */
const FETCHED_AT_ONCE = 3;
/** Requests of different members whose pictures are taken in at once; of one member always one. */
const TAKEN_AT_ONCE = 6;
const UPLOAD_LIFE_MS = 24 * 3_600_000;
/** Begins the names of what was uploaded and not used yet; what is older than a day is swept away. */
export const UPLOAD_PREFIX = "upl_";

export type Taken =
  | { readonly status: "taken"; readonly references: readonly StoredReference[] }
  | { readonly status: "refused"; readonly problem: AskProblem };

type Refusal = Extract<ReferenceResult, { status: "refused" }>;

/** Pictures from members: fetched, checked, drawn anew and stored before anything is charged. */
export interface References {
  /** Stores what the sources name under `assetId`; all of them, or nothing is kept. */
  take(userId: UserId, assetId: AssetId, sources: readonly ReferenceSource[]): Promise<Taken>;
  /** The same references as `of` has, under another asset's name. */
  copy(references: readonly StoredReference[], to: AssetId): Promise<readonly StoredReference[]>;
  /** What a provider is given; null: a file is not there any more. */
  load(asset: MediaAsset): Promise<{
    readonly references: readonly ReferenceImage[];
    readonly mask: ReferenceImage | null;
  } | null>;
  /** Keeps a file for a request that follows within a day; the id is only good for this member. */
  upload(
    userId: UserId,
    role: ReferenceRole,
    bytes: Uint8Array,
  ): Promise<
    | { readonly status: "kept"; readonly id: string; readonly reference: StoredReference }
    | { readonly status: "refused"; readonly problem: AskProblem }
  >;
}

const uploadContent = z.object({
  upload: z.object({
    key: z.string(),
    contentType: z.enum(["image/png", "image/jpeg"]),
    sizeBytes: z.number(),
    width: z.number(),
    height: z.number(),
    durationMs: z.null(),
    sha256: z.string(),
    role: z.enum(["picture", "mask"]),
  }),
});

export function createReferences(dependencies: {
  readonly intake: ReferenceIntake;
  readonly media: MediaStore;
  readonly stores: Pick<Stores, "generation" | "drafts">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  messenger(platform: string): Messenger | null;
}): References {
  const { intake, media, stores, clock, ids, log } = dependencies;
  const turns = createTurns(TAKEN_AT_ONCE);

  async function takeOne(
    userId: UserId,
    assetId: AssetId,
    source: ReferenceSource,
    signal: AbortSignal,
  ): Promise<ReferenceResult> {
    const { role } = source;
    switch (source.kind) {
      case "url":
        return intake.fromUrl(assetId, role, source.url, undefined, signal);
      case "picture": {
        const opened = await dependencies.messenger(source.platform)?.openPicture?.(source.name, signal);
        if (opened === undefined) return refused("gone", "the platform is not at work");
        if (opened.status === "refused") return refused(opened.why, "from the platform");
        if (opened.status === "bytes") return intake.fromBytes(assetId, role, opened.bytes);
        return intake.fromUrl(assetId, role, opened.url, opened.hosts, signal);
      }
      case "asset": {
        const media = (await ownAsset(userId, source.id))?.media;
        return media ? redraw(assetId, role, media.key) : refused("gone", "no such result");
      }
      case "reference-of": {
        const reference = (await ownAsset(userId, source.id))?.references[source.index];
        return reference?.role === role ? asItIs(assetId, reference) : refused("gone", "no such reference");
      }
      case "upload": {
        const draft = await stores.drafts.get(source.id, clock.now());
        const content = uploadContent.safeParse(draft?.userId === userId ? draft.content : null);
        if (!content.success || content.data.upload.role !== role) return refused("gone", "no such upload");
        return asItIs(assetId, content.data.upload);
      }
    }
  }

  async function ownAsset(userId: UserId, id: AssetId): Promise<MediaAsset | null> {
    const asset = await stores.generation.get(id);
    return asset?.userId === userId && asset.deletedAt === null ? asset : null;
  }

  async function redraw(assetId: AssetId, role: ReferenceRole, key: string): Promise<ReferenceResult> {
    const bytes = await media.read(key);
    return bytes === null ? refused("gone", "no such file") : intake.fromBytes(assetId, role, bytes);
  }

  /** Our own copy already: drawn anew once more it would only lose. */
  async function asItIs(assetId: AssetId, reference: StoredReference): Promise<ReferenceResult> {
    const bytes = await media.read(reference.key);
    if (bytes === null) return refused("gone", "no such file");
    const copy = { ...reference, key: keyUnder(assetId, reference) };
    await media.put(copy.key, bytes, copy.contentType);
    return { status: "stored", reference: copy };
  }

  async function takeAll(
    userId: UserId,
    assetId: AssetId,
    sources: readonly ReferenceSource[],
  ): Promise<Taken> {
    const signal = AbortSignal.timeout(TAKE_TIMEOUT_MS);
    const kept: StoredReference[] = [];
    for (let start = 0; start < sources.length; start += FETCHED_AT_ONCE) {
      const some = sources.slice(start, start + FETCHED_AT_ONCE);
      const results = await Promise.all(some.map((source) => takeOne(userId, assetId, source, signal)));
      for (const [index, result] of results.entries()) {
        if (result.status === "stored") {
          kept.push(result.reference);
          continue;
        }
        log.info("a reference image was refused", { why: result.why, detail: result.detail });
        await media.remove(assetId);
        return { status: "refused", problem: problemOf(result, some[index]?.role ?? "picture") };
      }
    }
    return { status: "taken", references: kept };
  }

  return {
    take: (userId, assetId, sources) =>
      sources.length === 0
        ? Promise.resolve({ status: "taken", references: [] })
        : turns.run(userId, () => takeAll(userId, assetId, sources)),

    copy: (references, to) =>
      Promise.all(
        references.map(async (reference) => {
          const key = keyUnder(to, reference);
          const bytes = await media.read(reference.key);
          if (bytes !== null) await media.put(key, bytes, reference.contentType);
          return { ...reference, key };
        }),
      ),

    async load(asset) {
      const pictures: ReferenceImage[] = [];
      let mask: ReferenceImage | null = null;
      for (const { role, key, contentType, width, height } of asset.references) {
        const bytes = await media.read(key);
        if (bytes === null || (contentType !== "image/png" && contentType !== "image/jpeg")) return null;
        const image = { bytes, contentType, width, height };
        if (role === "mask") mask = image;
        else pictures.push(image);
      }
      return { references: pictures, mask };
    },

    async upload(userId, role, bytes) {
      const now = clock.now();
      const result = await turns.run(userId, () => intake.fromBytes(ids.create("upl"), role, bytes));
      if (result.status === "refused") return { status: "refused", problem: problemOf(result, role) };
      const { reference } = result;
      const id = ids.token();
      const content = jsonObject({ upload: { ...reference } });
      await stores.drafts.save({ id, userId, content, createdAt: now, expiresAt: now + UPLOAD_LIFE_MS });
      return { status: "kept", id, reference };
    },
  };
}

function refused(why: Refusal["why"], detail: string): Refusal {
  return { status: "refused", why, detail };
}

function problemOf(refusal: Refusal, role: ReferenceRole): AskProblem {
  const field = role === "mask" ? "mask" : "referenceImageUrl";
  return { field, message: `reference-${refusal.why}`, args: {} };
}

function keyUnder(prefix: string, { key }: StoredReference): string {
  return `${prefix}${key.slice(key.indexOf("/"))}`;
}

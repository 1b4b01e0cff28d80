import { z } from "zod";
import type { Actor, Target } from "../../core/conversation/intents.ts";
import type { Ask } from "../../core/generation/ask.ts";
import type { MediaAsset } from "../../core/generation/asset.ts";
import type { ReferenceRole, ReferenceSource } from "../../core/generation/reference.ts";
import { type AssetId, type Identity, isAssetId } from "../../core/identifiers.ts";
import type { GeneratorModel } from "../../core/ports/generator.ts";
import type { Members } from "../../core/usage/members.ts";
import type { User } from "../../core/usage/user.ts";
import type { Sessions } from "./session.ts";

export const PLATFORM = "studio";
export const LOCAL_IDENTITY: Identity = "studio:local";

/** Who asks: the member, and the actor that core knows them by. */
export interface Visitor {
  readonly actor: Actor;
  readonly user: User;
  /** By a sign-in link; false for the one user of this machine. */
  readonly signedIn: boolean;
}

/** Finds out who a request comes from; null: nobody we know. */
export function createReader(dependencies: {
  readonly members: Members;
  readonly sessions: Sessions;
  readonly isLocal: boolean;
}): (headers: Headers) => Promise<Visitor | null> {
  const { members, sessions, isLocal } = dependencies;
  return async (headers) => {
    const signedInAs = sessions.read(headers.get("Cookie"));
    const known = signedInAs === null ? null : await members.find(signedInAs);
    if (known)
      return { actor: actorOf(known.identity, known.name, known.locale), user: known, signedIn: true };
    if (!isLocal) return null;
    const actor = actorOf(LOCAL_IDENTITY, "Local user", firstLanguage(headers.get("Accept-Language")));
    return {
      actor,
      user: (await members.find(LOCAL_IDENTITY)) ?? (await members.of(actor)),
      signedIn: false,
    };
  };
}

function actorOf(identity: Identity, name: string, locale: string | null): Actor {
  return {
    identity,
    platform: PLATFORM,
    name,
    locale,
    isBot: false,
    isChatIdentity: false,
    context: "private",
    managesCommunity: false,
    governsCommunity: false,
  };
}

function firstLanguage(header: string | null): string | null {
  return /^\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)/.exec(header ?? "")?.[1] ?? null;
}

/** The page of a member; what is told there is seen by every page they have open. */
export function targetOf({ identity }: Actor): Target {
  return { platform: PLATFORM, chatKey: `${PLATFORM}:${identity}`, place: { identity }, private: true };
}

/** Whose page a target is, read back from its row. */
export function identityOfTarget(target: Target): string | null {
  const place = z.object({ identity: z.string() }).safeParse(target.place);
  return place.success ? place.data.identity : null;
}

const words = z.string().nullish();
const assetId = z.custom<AssetId>((value) => typeof value === "string" && isAssetId(value), "No such result");
const upload = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
/** One picture to work from: an upload, a result of the member's own, or a link. */
const reference = z.union([
  upload.transform((id): ReferenceSource => ({ kind: "upload", role: "picture", id })),
  z
    .object({ assetId })
    .transform((given): ReferenceSource => ({ kind: "asset", role: "picture", id: given.assetId })),
  z
    .object({ url: z.string() })
    .transform(({ url }): ReferenceSource => ({ kind: "url", role: "picture", url })),
]);
/** More than any model takes are not even looked at. */
const MAXIMUM_REFERENCES = 20;

/** What a browser may send: types only; what fits together is core's to say. */
export const requestSchema = z.object({
  // A missing one is judged as an empty one: the member reads a sentence of ours.
  prompt: z.string().default(""),
  provider: words,
  type: words,
  style: words,
  aspect: words,
  count: z.number().nullish(),
  referenceImageUrl: words,
  references: z.array(reference).max(MAXIMUM_REFERENCES).nullish(),
  referenceAssetIds: z.array(assetId).max(MAXIMUM_REFERENCES).nullish(),
  /** An upload that says where the first picture may change. */
  mask: upload.nullish(),
});

/** What a file that is handed in is for; null: something else. */
export function roleOf(text: string | undefined): ReferenceRole | null {
  return text === "picture" || text === "mask" ? text : null;
}

export type RequestBody = z.infer<typeof requestSchema>;

export function askFrom(body: RequestBody, visitor: Visitor, inboxKey: string): Ask {
  const given = (value: string | null | undefined) => (value === null || value === "" ? undefined : value);
  return {
    inboxKey,
    actor: visitor.actor,
    target: targetOf(visitor.actor),
    prompt: body.prompt,
    kind: given(body.type),
    provider: given(body.provider),
    style: given(body.style),
    aspect: given(body.aspect),
    count: body.count ?? undefined,
    references: referencesOf(body),
    private: true,
  };
}

function referencesOf(body: RequestBody): ReferenceSource[] {
  const url = body.referenceImageUrl?.trim() ?? "";
  return [
    ...(url === "" ? [] : [{ kind: "url", role: "picture", url } as const]),
    ...(body.references ?? []),
    ...(body.referenceAssetIds ?? []).map((id) => ({ kind: "asset", role: "picture", id }) as const),
    ...(body.mask ? [{ kind: "upload", role: "mask", id: body.mask } as const] : []),
  ];
}

/** The same once more; a provider that is not there any more is replaced by the standard one. */
export function askAgain(
  asset: MediaAsset,
  asked: GeneratorModel | null,
  visitor: Visitor,
  inboxKey: string,
): Ask {
  return {
    inboxKey,
    actor: visitor.actor,
    target: targetOf(visitor.actor),
    prompt: asset.prompt,
    kind: asset.kind,
    provider: asked?.id,
    style: asset.style ?? undefined,
    aspect: asked?.aspects.includes(asset.aspect) ? asset.aspect : undefined,
    references: asset.references.map(({ role }, index) => ({
      kind: "reference-of",
      role,
      id: asset.id,
      index,
    })),
    private: true,
  };
}

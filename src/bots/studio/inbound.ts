import { z } from "zod";
import type { Actor, Target } from "../../core/conversation/intents.ts";
import type { Ask } from "../../core/generation/ask.ts";
import type { MediaAsset } from "../../core/generation/asset.ts";
import type { Identity } from "../../core/identifiers.ts";
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
  };
}

function firstLanguage(header: string | null): string | null {
  return /^\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)/.exec(header ?? "")?.[1] ?? null;
}

/** The page of a member; what is told there is seen by every page they have open. */
function targetOf({ identity }: Actor): Target {
  return { platform: PLATFORM, chatKey: `${PLATFORM}:${identity}`, place: { identity }, private: true };
}

/** Whose page a target is, read back from its row. */
export function identityOfTarget(target: Target): string | null {
  const place = z.object({ identity: z.string() }).safeParse(target.place);
  return place.success ? place.data.identity : null;
}

const words = z.string().nullish();

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
});

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
    references: referencesOf(given(body.referenceImageUrl)),
    private: true,
  };
}

function referencesOf(url: string | undefined): Ask["references"] {
  return url === undefined ? [] : [{ kind: "url", role: "picture", url }];
}

/** The same once more; a provider that is not there any more is replaced by the standard one. */
export function askAgain(asset: MediaAsset, isOffered: boolean, visitor: Visitor, inboxKey: string): Ask {
  return {
    inboxKey,
    actor: visitor.actor,
    target: targetOf(visitor.actor),
    prompt: asset.prompt,
    kind: asset.kind,
    provider: isOffered ? asset.provider : undefined,
    style: asset.style ?? undefined,
    aspect: isOffered ? asset.aspect : undefined,
    private: true,
  };
}

import { refusal, type ZernioAnswer, type ZernioShapes } from "./post-routes.ts";
import type { ZernioAccount } from "./types.ts";
import { viewOfAccount, viewOfProfile } from "./views.ts";
import { DAY_MS, type ZernioWorld } from "./world.ts";

/** Who signs in at the next connect link. */
export interface ZernioSignIn {
  readonly username?: string;
  /** The person declines, or the network does: the return address gets this word. */
  readonly error?: string;
}

const LINK_MS = 10 * 60_000;

type Link = {
  platform: string;
  profileId: string;
  returnUrl: string | null;
  expiresAt: number;
  isUsed: boolean;
};

export type ZernioPage =
  | { readonly status: 302; readonly location: string }
  | { readonly status: number; readonly text: string };

export function createAccountRoutes(deps: {
  readonly world: ZernioWorld;
  readonly shapes: () => ZernioShapes;
  readonly now: () => number;
  readonly origin: () => string;
  readonly emit: (event: string, content: Record<string, unknown>) => void;
}) {
  const { world, now } = deps;
  const links = new Map<string, Link>();
  const people: ZernioSignIn[] = [];
  const profileName = (id: string): string => world.profiles.find((one) => one.id === id)?.name ?? "";
  const view = (account: ZernioAccount) =>
    viewOfAccount(account, profileName(account.profileId), deps.shapes().idsAsText);
  const inEvent = ({ id, profileId, platform, username }: ZernioAccount) => ({
    account: { accountId: id, profileId, platform, username },
  });

  function addAccount(profileId: string, platform: string, username: string): ZernioAccount {
    const account: ZernioAccount = {
      id: world.nextId(),
      platform,
      profileId,
      username,
      displayName: username,
      isActive: true,
      needsReconnection: false,
      enabled: true,
    };
    world.accounts.set(account.id, account);
    return account;
  }

  /** The same person at the same network is the same account, healthy again. */
  function signIn(link: Link, username: string): ZernioAccount {
    const known = [...world.accounts.values()].find(
      (one) =>
        one.profileId === link.profileId && one.platform === link.platform && one.username === username,
    );
    if (!known) return addAccount(link.profileId, link.platform, username);
    known.isActive = true;
    known.needsReconnection = false;
    return known;
  }

  return {
    people,
    addAccount,
    addProfile(name: string) {
      const profile = { id: world.nextId(), name };
      world.profiles.push(profile);
      return profile;
    },

    profiles: (): ZernioAnswer => ({
      status: 200,
      body: { profiles: world.profiles.map(viewOfProfile) },
    }),

    createProfile(name: string): ZernioAnswer {
      if (world.profiles.some((one) => one.name === name))
        return refusal(400, "A profile with this name already exists", { param: "name" });
      const profile = { id: world.nextId(), name };
      world.profiles.push(profile);
      return {
        status: 201,
        body: { message: "Profile created successfully", profile: viewOfProfile(profile) },
      };
    },

    accounts(query: URLSearchParams): ZernioAnswer {
      const profileId = query.get("profileId");
      const all = [...world.accounts.values()].filter(
        (one) => profileId === null || one.profileId === profileId,
      );
      const limit = Number(query.get("limit") ?? String(all.length));
      const page = Number(query.get("page") ?? "1");
      const accounts = all.slice((page - 1) * limit, page * limit).map(view);
      const paged = query.has("page")
        ? { pagination: { page, limit, total: all.length, pages: Math.ceil(all.length / limit) } }
        : {};
      return { status: 200, body: { accounts, hasAnalyticsAccess: false, ...paged } };
    },

    health(id: string): ZernioAnswer {
      const account = world.accounts.get(id);
      if (!account) return refusal(404, "Account not found");
      const isHealthy = account.isActive && !account.needsReconnection;
      return { status: 200, body: { accountId: id, status: isHealthy ? "healthy" : "error" } };
    },

    quota(id: string): ZernioAnswer {
      const account = world.accounts.get(id);
      if (!account) return refusal(404, "Account not found");
      if (account.platform !== "instagram") return refusal(400, "Not an Instagram account");
      const quotaTotal = world.rules.postsPerDay;
      const body = { quotaUsage: world.postedToday(id), quotaTotal, quotaDurationSeconds: DAY_MS / 1_000 };
      return { status: 200, body };
    },

    disconnect(id: string): ZernioAnswer {
      const account = world.accounts.get(id);
      if (!account) return refusal(404, "Account not found");
      world.accounts.delete(id);
      deps.emit("account.disconnected", inEvent(account));
      return { status: 200, body: { message: "Account disconnected" } };
    },

    connect(platform: string, query: URLSearchParams): ZernioAnswer {
      const profileId = query.get("profileId") ?? "";
      if (!world.profiles.some((one) => one.id === profileId)) return refusal(404, "Profile not found");
      const token = world.nextId();
      const returnUrl = query.get("redirect_url");
      links.set(token, { platform, profileId, returnUrl, expiresAt: now() + LINK_MS, isUsed: false });
      return { status: 200, body: { authUrl: `${deps.origin()}/connect/${token}`, state: token } };
    },

    /** A person opens the link and signs in: the page of the network, in one step. */
    open(token: string): ZernioPage {
      const link = links.get(token);
      if (!link || link.isUsed || link.expiresAt <= now())
        return { status: 410, text: "This link has expired" };
      link.isUsed = true;
      const person = people.shift() ?? {};
      const parameters = new URLSearchParams({ profileId: link.profileId });
      if (person.error === undefined) {
        const account = signIn(link, person.username ?? `${link.platform}.person`);
        deps.emit("account.connected", inEvent(account));
        parameters.set("connected", link.platform);
        parameters.set("accountId", account.id);
        parameters.set("username", account.username);
      } else {
        parameters.set("error", person.error);
        parameters.set("platform", link.platform);
      }
      if (link.returnUrl === null)
        return { status: 200, text: person.error ? "Nothing was connected" : "Connected" };
      const back = new URL(link.returnUrl);
      for (const [name, value] of parameters) back.searchParams.append(name, value);
      return { status: 302, location: back.href };
    },
  };
}

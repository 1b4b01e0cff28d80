import {
  NETWORKS,
  type Network,
  type Publisher,
  type PublisherAccount,
  type ReadResult,
} from "../../core/ports/publisher.ts";
import type { LateClient } from "./client.ts";
import { readFailure } from "./errors.ts";
import type { Links } from "./links.ts";
import {
  accountsSchema,
  connectSchema,
  idSchema,
  type LateAccount,
  profileMadeSchema,
  profilesSchema,
  quotaSchema,
} from "./schema.ts";

export type LateAccounts = Pick<Publisher, "profile" | "accounts" | "connectLink" | "disconnect" | "quota">;

const failed = (detail: string) => ({ status: "failed", detail, operator: false }) as const;
const isId = (id: string): boolean => idSchema.safeParse(id).success;
const networkOf = (name: string): Network | undefined => NETWORKS.find((network) => network === name);

function healthOf({ enabled, isActive, needsReconnection }: LateAccount): PublisherAccount["health"] {
  if (needsReconnection === true || isActive === false) return "reconnect";
  return enabled === false ? "off" : "fine";
}

const LONGEST_NAME = 100;
/** More than anybody connects: a list of any length would become rows and cards. */
const MOST_ACCOUNTS = 500;

/** One line without characters that cannot be seen: names stand on cards that people confirm. */
const plain = (name: string | null | undefined): string =>
  Array.from((name ?? "").replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ""))
    .slice(0, LONGEST_NAME)
    .join("")
    .trim();

function nameOf({ username, displayName }: LateAccount, network: Network): string {
  const handle = plain(username);
  if (handle === "") return plain(displayName) || network;
  return handle.startsWith("@") ? handle : `@${handle}`;
}

/** Who may post at the service: a profile an owner, with the accounts that the owner signed in to. */
export function createLateAccounts(deps: {
  readonly client: LateClient;
  readonly links: Links;
}): LateAccounts {
  const { client, links } = deps;

  async function profileNamed(name: string, signal: AbortSignal): Promise<ReadResult<string | null>> {
    const answer = await client.get("/v1/profiles", {}, signal);
    if (answer.kind !== "done") return readFailure(answer);
    const list = profilesSchema.safeParse(answer.body);
    if (!list.success) return failed("late profiles unreadable");
    return { status: "ok", value: list.data.profiles.find((one) => one.name === name)?.["_id"] ?? null };
  }

  return {
    async profile(name, signal) {
      const known = await profileNamed(name, signal);
      if (known.status !== "ok") return known;
      if (known.value !== null) return { status: "ok", value: known.value };
      const answer = await client.post("/v1/profiles", { name }, {}, signal);
      if (answer.kind !== "done") return readFailure(answer);
      const made = profileMadeSchema.safeParse(answer.body);
      return made.success
        ? { status: "ok", value: made.data.profile["_id"] }
        : failed("late profile unreadable");
    },

    async accounts(profileId, signal) {
      if (!isId(profileId)) return failed("late id unusable");
      // Neither page nor limit: then the whole list comes.
      const answer = await client.get("/v1/accounts", { profileId }, signal);
      if (answer.kind !== "done") return readFailure(answer);
      const list = accountsSchema.safeParse(answer.body);
      if (!list.success) return failed("late accounts unreadable");
      const value = list.data.accounts.slice(0, MOST_ACCOUNTS).flatMap((account): PublisherAccount[] => {
        const network = networkOf(account.platform);
        // The filter is checked: another owner's accounts must never be shown.
        const isForeign = typeof account.profileId === "string" && account.profileId !== profileId;
        if (network === undefined || isForeign) return [];
        const name = nameOf(account, network);
        return [{ externalId: account["_id"], network, name, health: healthOf(account) }];
      });
      return { status: "ok", value };
    },

    async connectLink(profileId, network, returnUrl, signal) {
      if (!isId(profileId)) return failed("late id unusable");
      const query = { profileId, ...(returnUrl === null ? {} : { redirect_url: returnUrl }) };
      const answer = await client.get(`/v1/connect/${network}`, query, signal);
      if (answer.kind !== "done") return readFailure(answer);
      const link = connectSchema.safeParse(answer.body);
      const href = link.success ? links.passedOn(link.data.authUrl) : null;
      return href === null ? failed("late connect link unusable") : { status: "ok", value: href };
    },

    async disconnect(externalAccountId, signal) {
      if (!isId(externalAccountId)) return failed("late id unusable");
      const answer = await client.delete(`/v1/accounts/${externalAccountId}`, signal);
      const isDone = answer.kind === "done" || (answer.kind === "page" && answer.status === 204);
      return isDone ? { status: "ok", value: null } : readFailure(answer);
    },

    async quota(account, signal) {
      if (account.network !== "instagram") return { status: "ok", value: null };
      if (!isId(account.externalId)) return failed("late id unusable");
      const answer = await client.get(
        `/v1/accounts/${account.externalId}/instagram/publishing-limit`,
        {},
        signal,
      );
      if (answer.kind !== "done") return readFailure(answer);
      const { quotaUsage = null, quotaTotal = null } = quotaSchema.safeParse(answer.body).data ?? {};
      const isSaid = quotaUsage !== null && quotaTotal !== null;
      return { status: "ok", value: isSaid ? Math.max(0, Math.floor(quotaTotal - quotaUsage)) : null };
    },
  };
}

import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Core } from "../../core/core.ts";
import { NETWORKS } from "../../core/ports/publisher.ts";
import type { Refused } from "../../core/posts/accounts.ts";
import { rulesOf } from "../../core/posts/networks.ts";
import type { AccountId, PostState, SocialAccount } from "../../core/posts/post.ts";
import type { User } from "../../core/usage/user.ts";
import type { Visitor } from "./inbound.ts";
import type { ApiAccount, ApiAccounts } from "./post-types.ts";
import { invalid, problemsOf, readJson } from "./read-json.ts";

type Environment = { Variables: { visitor: Visitor } };

const networkSchema = z.object({ network: z.enum(NETWORKS) });
/** What cannot go out any more once its account is disconnected. */
const AHEAD: readonly PostState[] = ["waiting", "confirmed", "handing_over", "scheduled"];
const MOST_AHEAD = 1_000;

const STATUS: Readonly<Record<Refused["status"], 403 | 503>> = {
  "not-allowed": 403,
  "not-set-up": 503,
  away: 503,
};

const isAccountId = (id: string): id is AccountId => id.startsWith("acc_");

/** The social accounts that a member may post to, connecting one more and disconnecting their own. */
export function createAccountRoutes({
  core,
}: {
  readonly core: Pick<Core, "publishing" | "posts" | "messages" | "tell">;
}): Hono<Environment> {
  const { messages, tell } = core;
  const { publisher, accounts } = core.publishing;
  const routes = new Hono<Environment>();
  const line = (user: User, id: string) => messages.line(tell.languageOf(user), id);

  routes.get("/accounts", async (context) => context.json(await overview(context.get("visitor"))));

  routes.post("/accounts/connect", async (context) => {
    const { user, actor } = context.get("visitor");
    const body = networkSchema.safeParse(await readJson(context));
    if (!body.success) return invalid(context, problemsOf(body.error));
    if (user.bannedAt !== null) return banned(context, user);
    const result = await accounts.connect(user, actor, body.data.network);
    return result.status === "link" ? context.json({ url: result.url }) : refused(context, user, result);
  });

  routes.delete("/accounts/:id", async (context) => {
    const visitor = context.get("visitor");
    const { user, actor } = visitor;
    const id = context.req.param("id");
    if (user.bannedAt !== null) return banned(context, user);
    if (!isAccountId(id)) return context.json({ error: "Account not found" }, 404);
    const result = await accounts.disconnect(user, actor, id);
    return result.status === "done" ? context.json(await overview(visitor)) : refused(context, user, result);
  });

  return routes;

  async function overview({ user, actor }: Visitor): Promise<ApiAccounts> {
    const managed = await accounts.managedBy(user, actor);
    const mayConnect = !("status" in managed);
    if (publisher && !mayConnect) await accounts.refresh(user.id);
    const usable = publisher ? await accounts.usableBy(user) : [];
    const ahead = usable.length === 0 ? new Map<AccountId, number>() : await aheadOf(user);
    return {
      isSetUp: publisher !== null,
      accounts: usable.map((account) => apiAccount(user, account, ahead.get(account.id) ?? 0)),
      networks: mayConnect ? NETWORKS.map((id) => ({ id, label: rulesOf(id).label })) : [],
      message: "status" in managed ? line(user, `accounts-${managed.status}`) : null,
    };
  }

  async function aheadOf(user: User): Promise<ReadonlyMap<AccountId, number>> {
    const query = { userId: user.id, states: AHEAD, limit: MOST_AHEAD, offset: 0 };
    const counts = new Map<AccountId, number>();
    for (const { accountId } of (await core.posts.list(query)).posts)
      counts.set(accountId, (counts.get(accountId) ?? 0) + 1);
    return counts;
  }

  function refused(context: Context<Environment>, user: User, { status }: Refused): Response {
    const message = line(user, `accounts-${status}`);
    return context.json({ error: message, message }, STATUS[status]);
  }

  function banned(context: Context<Environment>, user: User): Response {
    return context.json({ error: "Not allowed", message: line(user, "banned") }, 403);
  }
}

function apiAccount(
  user: User,
  { id, network, name, health, owner }: SocialAccount,
  postsAhead: number,
): ApiAccount {
  return {
    id,
    network,
    networkLabel: rulesOf(network).label,
    name,
    health: health === "gone" ? "off" : health,
    isOwn: owner === user.id,
    postsAhead,
  };
}

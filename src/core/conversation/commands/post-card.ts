import { composeCaption } from "../../captions/caption.ts";
import type { Captioning } from "../../captions/captioning.ts";
import type { Gallery } from "../../gallery/gallery.ts";
import type { MediaAsset } from "../../generation/asset.ts";
import { normalisePrompt } from "../../generation/prompt.ts";
import { lines } from "../../messages/messages.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PictureFitter } from "../../ports/media.ts";
import type { PostStores } from "../../ports/post-stores.ts";
import type { Publisher } from "../../ports/publisher.ts";
import { rulesOf } from "../../posts/networks.ts";
import type { Plan, Plans } from "../../posts/plan.ts";
import type { AccountId, SocialAccount } from "../../posts/post.ts";
import { type Fix, type Problem, preflight } from "../../posts/preflight.ts";
import { nextFreeSlot, quickTimes } from "../../posts/slots.ts";
import { fitText, shorten } from "../../posts/text-fit.ts";
import { NEAREST_MS, parseWhen } from "../../posts/when.ts";
import { echo } from "../../posts/zones.ts";
import { writeButtonData } from "../actions.ts";
import { reply, type Turn } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Button, Reply, Text } from "../text.ts";
import type { Approvals } from "./approvals.ts";

/** The card of a post before it is confirmed: everything that will be posted, and how to change it. */
export interface PostCards {
  open(turn: Turn, asset: MediaAsset, isTimed: boolean, when?: string): Promise<Answer>;
  press(turn: Turn, id: string, argument: string): Promise<Answer>;
  text(turn: Turn, id: string, words: string | undefined): Promise<Answer>;
  time(turn: Turn, id: string, words: string | undefined): Promise<Answer>;
}

const SHOWN_ACCOUNTS = 5;
const QUOTA_MS = 5_000;
const TEXT_UNITS = 70_000;

export interface PostCardDependencies {
  readonly plans: Plans;
  readonly captioning: Captioning;
  readonly gallery: Gallery;
  readonly fitter: PictureFitter;
  readonly publisher: Publisher | null;
  readonly stores: Pick<PostStores, "posts">;
  readonly approvals: Approvals;
  readonly clock: Clock;
  /** Wakes whoever hands posts over. */
  wake(): void;
}

export function createPostCards(dependencies: PostCardDependencies): PostCards {
  const { plans, captioning, gallery, fitter, publisher, stores, approvals, clock } = dependencies;

  const chosenOf = (plan: Plan, usable: readonly SocialAccount[]) =>
    usable.filter(({ id }) => plan.accounts.includes(id));

  /** What every chosen network would refuse, each thing once. */
  async function problemsOf(plan: Plan, usable: readonly SocialAccount[]): Promise<readonly Problem[]> {
    const found = await Promise.all(
      chosenOf(plan, usable).map(async (account) => {
        const { story, text, hashtags, media } = plan;
        const quotaLeft = await quotaOf(account);
        return preflight({ network: account.network, story, text, hashtags, media, quotaLeft });
      }),
    );
    const seen = new Set<string>();
    return found.flat().filter(({ message, args }) => {
      const key = `${message} ${args["network"]}`;
      return !seen.has(key) && seen.add(key);
    });
  }

  async function quotaOf(account: SocialAccount): Promise<number | null> {
    if (!publisher) return null;
    const { externalId, network, name } = account;
    const health = account.health === "gone" ? "off" : account.health;
    const asked = await publisher
      .quota({ externalId, network, name, health }, AbortSignal.timeout(QUOTA_MS))
      .catch(() => null);
    return asked?.status === "ok" ? asked.value : null;
  }

  async function card(
    turn: Turn,
    id: string,
    plan: Plan,
    usable: readonly SocialAccount[],
    note?: Text,
  ): Promise<Reply> {
    const chosen = chosenOf(plan, usable);
    const problems = await problemsOf(plan, usable);
    const press = (label: string, argument: string, style: Button["style"] = "secondary"): Button => ({
      label,
      data: writeButtonData("pd", id, argument),
      style,
    });
    const [first] = chosen;
    const zone = plan.zone;
    const local = plan.scheduledAt === null ? null : echo(plan.scheduledAt, zone, turn.language);
    const isReady =
      chosen.length > 0 && problems.length === 0 && (!plan.isTimed || plan.scheduledAt !== null);
    const accounts = usable
      .slice(0, SHOWN_ACCOUNTS)
      .map((one, index) =>
        press(
          `${plan.accounts.includes(one.id) ? "✓ " : ""}${rulesOf(one.network).label} ${one.name}`.slice(
            0,
            40,
          ),
          `acc=${index}`,
        ),
      );
    const fixes = problems.flatMap(({ fixes: offered }, problem) =>
      offered.map((fix, index) =>
        press(turn.line(fix.label, fix.args), `fix=${problem}.${index}`, "primary"),
      ),
    );
    const back = plan.fit === "as-is" ? [] : [press(turn.line("fit-as-is"), "fit=as-is")];
    const times = plan.isTimed
      ? [
          ...quickTimes(clock.now(), zone).map(({ kind }) =>
            press(turn.line(`when-quick-${kind}`), `at=${kind}`),
          ),
          press(turn.line("when-quick-slot"), "at=slot"),
        ]
      : [];
    const words = [
      turn.button("button-pd-text", writeButtonData("pd-text", id)),
      ...(plan.isTimed ? [turn.button("button-pd-time", writeButtonData("pd-time", id))] : []),
    ];
    const confirm = isReady
      ? [
          press(
            turn.line(plan.scheduledAt === null ? "button-pd-confirm" : "button-pd-confirm-at"),
            "yes",
            "primary",
          ),
        ]
      : [];
    return {
      title: turn.line("post-card-title", {
        accounts: chosen.length,
        names: chosen.map((one) => `${rulesOf(one.network).label} ${one.name}`).join(", "),
      }),
      text: lines(
        note ?? null,
        ...problems.map(({ message, args }) => turn.text(message, args)),
        local === null
          ? turn.text(plan.isTimed ? "post-card-when" : "post-card-now")
          : turn.text("post-card-at", { local }),
        isReady ? turn.text("post-card-public") : null,
      ),
      quote: first ? fitText(plan.text, plan.hashtags, first.network).text : composeCaption(plan),
      buttons: [accounts, [...fixes, ...back].slice(0, 5), words, times, confirm].filter(
        (row) => row.length > 0,
      ),
      media: { file: plan.media, altText: plan.altText },
      private: true,
    };
  }

  const gone = (turn: Turn): Answer => turn.say(turn.text("post-card-gone"));

  async function changed(
    turn: Turn,
    id: string,
    plan: Plan,
    usable: readonly SocialAccount[],
    note?: Text,
  ): Promise<Answer> {
    await plans.save(id, plan);
    return { status: "replace", reply: await card(turn, id, plan, usable, note) };
  }

  /** The plan with one fix of a problem put right; null: it could not be done. */
  async function fixed(
    plan: Plan,
    fix: Fix,
    network: SocialAccount["network"] | undefined,
  ): Promise<Plan | null> {
    switch (fix.kind) {
      case "story":
        return { ...plan, story: fix.story };
      case "shorter-text":
      case "fewer-hashtags": {
        if (network === undefined) return null;
        const { text, hashtags } = shorten(plan.text, plan.hashtags, network);
        return { ...plan, text, hashtags: [...hashtags] };
      }
      case "crop":
      case "pad":
      case "blur":
      case "smaller": {
        const media = await fitter.fit(plan.media, fix.fit);
        return media && { ...plan, media, fit: fix.kind };
      }
    }
  }

  async function applyFix(
    turn: Turn,
    id: string,
    plan: Plan,
    usable: readonly SocialAccount[],
    value: string,
  ) {
    const [problem, index] = value.split(".").map(Number);
    const found = (await problemsOf(plan, usable))[problem ?? -1];
    const fix = found?.fixes[index ?? -1];
    if (!found || !fix) return changed(turn, id, plan, usable);
    const network = chosenOf(plan, usable).find(
      (one) => rulesOf(one.network).label === found.args["network"],
    )?.network;
    const better = await fixed(plan, fix, network);
    return changed(turn, id, better ?? plan, usable);
  }

  async function confirm(
    turn: Turn,
    id: string,
    plan: Plan,
    usable: readonly SocialAccount[],
  ): Promise<Answer> {
    const chosen = chosenOf(plan, usable);
    if (chosen.length === 0) return { status: "toast", text: turn.line("post-card-choose") };
    if (plan.isTimed && (plan.scheduledAt ?? 0) < clock.now() + NEAREST_MS)
      return changed(turn, id, { ...plan, scheduledAt: null }, usable, turn.text("when-too-soon"));
    if ((await problemsOf(plan, usable)).length > 0) return changed(turn, id, plan, usable);
    const texts = new Map<AccountId, string>(
      chosen.map((one) => [one.id, fitText(plan.text, plan.hashtags, one.network).text]),
    );
    const { actor, target } = turn.arrival;
    const result = await plans.confirm(turn.user, actor, target, id, plan, texts, (post) =>
      approvals.ask(turn.user, post),
    );
    if (result === "duplicate") return { status: "toast", text: turn.line("already-started") };
    if (result === "not-allowed") return { status: "toast", text: turn.line("not-allowed") };
    dependencies.wake();
    return {
      status: "replace",
      reply: {
        title: turn.line("post-card-title", {
          accounts: result.length,
          names: result.map((one) => `${rulesOf(one.network).label} ${one.accountName}`).join(", "),
        }),
        text: lines(...result.map(({ state }) => turn.text(`post-${state.replace("_", "-")}`))),
        quote: result[0]?.text ?? "",
        private: true,
      },
    };
  }

  return {
    async open(turn, asset, isTimed, when) {
      if (!publisher) return turn.say(turn.text("accounts-not-set-up"));
      const caption =
        (await captioning.latest(asset)) ?? (await captioning.write(turn.user, asset, { change: "new" }));
      const { id, plan, usable } = await plans.open(turn.user, asset, {
        text: caption.text,
        hashtags: [...caption.hashtags],
        altText: captioning.altTextOf(asset, caption),
        scheduledAt: null,
        isTimed,
      });
      if (usable.length === 0) return turn.say(turn.text("post-card-no-accounts"));
      if (when === undefined) return reply(await card(turn, id, plan, usable));
      const timed = await timedBy(turn, plan, when);
      await plans.save(id, timed.plan);
      return reply(await card(turn, id, timed.plan, usable, timed.note));
    },

    async press(turn, id, argument) {
      const found = await plans.get(turn.user, id);
      if (!found) return gone(turn);
      const { plan, usable } = found;
      const [name = "", value = ""] = argument.split("=", 2);
      switch (name) {
        case "acc": {
          const account = usable[Number(value)];
          if (!account) return changed(turn, id, plan, usable);
          const isChosen = plan.accounts.includes(account.id);
          const accounts = isChosen
            ? plan.accounts.filter((one) => one !== account.id)
            : [...plan.accounts, account.id];
          return changed(turn, id, { ...plan, accounts }, usable);
        }
        case "fix":
          return applyFix(turn, id, plan, usable, value);
        case "fit": {
          const asset = await gallery.find(turn.user.id, plan.assetId);
          return asset?.media
            ? changed(turn, id, { ...plan, media: asset.media, fit: "as-is" }, usable)
            : gone(turn);
        }
        case "at": {
          const at = await quickTime(value, plan, usable);
          return changed(turn, id, at === null ? plan : { ...plan, scheduledAt: at }, usable);
        }
        case "yes":
          return confirm(turn, id, plan, usable);
        default:
          return { status: "toast", text: turn.line("too-old-button") };
      }
    },

    async text(turn, id, words) {
      const found = await plans.get(turn.user, id);
      if (!found) return gone(turn);
      if (words === undefined || words.trim() === "")
        return reply({
          text: turn.text("form-pd-text-ask"),
          private: false,
          asksFor: writeButtonData("pd-text", id),
        });
      const text = normalisePrompt(words.toWellFormed().slice(0, TEXT_UNITS));
      const plan = { ...found.plan, text, hashtags: [] };
      await plans.save(id, plan);
      return reply(await card(turn, id, plan, found.usable));
    },

    async time(turn, id, words) {
      const found = await plans.get(turn.user, id);
      if (!found) return gone(turn);
      if (words === undefined || words.trim() === "")
        return reply({
          text: turn.text("form-pd-time-ask"),
          private: false,
          asksFor: writeButtonData("pd-time", id),
        });
      const { plan, note } = await timedBy(turn, found.plan, words);
      await plans.save(id, plan);
      return reply(await card(turn, id, plan, found.usable, note));
    },
  };

  async function quickTime(
    kind: string,
    plan: Plan,
    usable: readonly SocialAccount[],
  ): Promise<number | null> {
    const now = clock.now();
    if (kind !== "slot") return quickTimes(now, plan.zone).find((one) => one.kind === kind)?.at ?? null;
    const taken = await Promise.all(
      chosenOf(plan, usable).map(({ id }) => stores.posts.scheduledTimes(id, now)),
    );
    return nextFreeSlot(taken.flat(), now, plan.zone);
  }

  async function timedBy(
    turn: Turn,
    plan: Plan,
    words: string,
  ): Promise<{ readonly plan: Plan; readonly note?: Text }> {
    const when = await parseWhen(words, { now: clock.now(), zone: plan.zone, language: turn.language });
    if (when.status === "refused") return { plan, note: turn.text(`when-${when.why}`) };
    const timed = { ...plan, isTimed: true, scheduledAt: when.at };
    return when.note === null ? { plan: timed } : { plan: timed, note: turn.text(`when-${when.note}`) };
  }
}

import { composeCaption } from "../../captions/caption.ts";
import type { Captioning } from "../../captions/captioning.ts";
import type { Gallery } from "../../gallery/gallery.ts";
import type { MediaAsset } from "../../generation/asset.ts";
import { lines } from "../../messages/messages.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Publisher } from "../../ports/publisher.ts";
import { exactText, type PostDesk } from "../../posts/desk.ts";
import { markOf } from "../../posts/mark.ts";
import { rulesOf } from "../../posts/networks.ts";
import type { Plan, Plans } from "../../posts/plan.ts";
import type { Post, SocialAccount } from "../../posts/post.ts";
import { quickTimes } from "../../posts/slots.ts";
import { fitText } from "../../posts/text-fit.ts";
import { parseWhen } from "../../posts/when.ts";
import { echo } from "../../posts/zones.ts";
import { writeButtonData } from "../actions.ts";
import { reply, type Turn } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Button, Reply, Text } from "../text.ts";

/** The card of a post before it is confirmed: everything that will be posted, and how to change it. */
export interface PostCards {
  open(turn: Turn, asset: MediaAsset, isTimed: boolean, when?: string): Promise<Answer>;
  press(turn: Turn, id: string, argument: string): Promise<Answer>;
  text(turn: Turn, id: string, words: string | undefined): Promise<Answer>;
  time(turn: Turn, id: string, words: string | undefined): Promise<Answer>;
}

const SHOWN_ACCOUNTS = 5;
const QUICK_KINDS = ["hour", "tonight", "tomorrow", "slot"] as const;

export interface PostCardDependencies {
  readonly plans: Plans;
  readonly captioning: Captioning;
  readonly gallery: Gallery;
  readonly desk: PostDesk;
  readonly publisher: Publisher | null;
  readonly clock: Clock;
}

export function createPostCards(dependencies: PostCardDependencies): PostCards {
  const { plans, captioning, gallery, desk, publisher, clock } = dependencies;
  const { chosenOf, problemsOf } = desk;

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
            `yes=${markOf(plan)}`,
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
    const better = await desk.fixed(plan, fix, network);
    return changed(turn, id, better ?? plan, usable);
  }

  async function confirm(
    turn: Turn,
    id: string,
    plan: Plan,
    usable: readonly SocialAccount[],
  ): Promise<Answer> {
    const { actor, target } = turn.arrival;
    const result = await desk.confirm(turn.user, actor, target, id, plan, usable);
    switch (result.status) {
      case "no-account":
        return { status: "toast", text: turn.line("post-card-choose") };
      case "too-soon":
        return changed(turn, id, { ...plan, scheduledAt: null }, usable, turn.text("when-too-soon"));
      case "problems":
        return changed(turn, id, plan, usable);
      case "duplicate":
        return { status: "toast", text: turn.line("already-started") };
      case "not-allowed":
        return { status: "toast", text: turn.line("not-allowed") };
      case "confirmed":
        return confirmed(turn, plan, result.posts);
    }
  }

  function confirmed(turn: Turn, plan: Plan, posts: readonly Post[]): Answer {
    const { scheduledAt, zone, media, altText } = plan;
    const leaves = posts.some(({ state }) => state !== "waiting");
    const sent =
      scheduledAt === null
        ? turn.text("post-card-sent")
        : turn.text("post-card-sent-at", { local: echo(scheduledAt, zone, turn.language) });
    return {
      status: "replace",
      reply: {
        title: turn.line("post-card-title", {
          accounts: posts.length,
          names: posts.map((one) => `${rulesOf(one.network).label} ${one.accountName}`).join(", "),
        }),
        text: lines(
          leaves ? sent : null,
          posts.some(({ state }) => state === "waiting") ? turn.text("post-card-asked") : null,
        ),
        quote: posts[0]?.text ?? "",
        media: { file: media, altText },
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
          const kind = QUICK_KINDS.find((one) => one === value);
          const at = kind ? await desk.quickTime(kind, plan.zone, chosenOf(plan, usable)) : null;
          return changed(turn, id, at === null ? plan : { ...plan, scheduledAt: at }, usable);
        }
        case "yes":
          // What is confirmed is what that very card showed; of an older one the present one is shown first.
          if (value !== markOf(plan)) return changed(turn, id, plan, usable, turn.text("post-card-changed"));
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
      const text = exactText(words);
      const plan = { ...found.plan, text, hashtags: [] };
      await plans.save(id, plan);
      return { status: "replace", reply: await card(turn, id, plan, found.usable) };
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
      return { status: "replace", reply: await card(turn, id, plan, found.usable, note) };
    },
  };

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

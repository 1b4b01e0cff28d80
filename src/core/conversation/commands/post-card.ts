import { composeCaption } from "../../captions/caption.ts";
import type { Captioning } from "../../captions/captioning.ts";
import { sentenceOfLack } from "../../captions/lack.ts";
import type { Gallery } from "../../gallery/gallery.ts";
import type { MediaAsset } from "../../generation/asset.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Publisher } from "../../ports/publisher.ts";
import { exactText } from "../../posts/changes.ts";
import type { PostDesk } from "../../posts/desk.ts";
import { markOf } from "../../posts/mark.ts";
import { networkNamed, rulesOf } from "../../posts/networks.ts";
import type { Plan, Plans } from "../../posts/plan.ts";
import { networksOf, withText } from "../../posts/plan-text.ts";
import type { SocialAccount } from "../../posts/post.ts";
import { parseWhen } from "../../posts/when.ts";
import { writeButtonData } from "../actions.ts";
import { reply, type Turn } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Text } from "../text.ts";
import { createPostCardView, labelsOf } from "./post-card-view.ts";

/** The card of a post before it is confirmed: everything that will be posted, and how to change it. */
export interface PostCards {
  open(turn: Turn, asset: MediaAsset, isTimed: boolean, when?: string): Promise<Answer>;
  press(turn: Turn, id: string, argument: string): Promise<Answer>;
  /** `argument` names the network whose text it is; none: for all. */
  text(turn: Turn, id: string, argument: string, words: string | undefined): Promise<Answer>;
  time(turn: Turn, id: string, words: string | undefined): Promise<Answer>;
}

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
  const view = createPostCardView(dependencies);
  const { card } = view;

  const gone = (turn: Turn): Answer => turn.say(turn.text("post-card-gone"));

  /** The second click of a double one must not send anybody to post the same again. */
  async function lost(turn: Turn, id: string): Promise<Answer> {
    switch (await plans.fateOf(turn.user, id)) {
      case "confirmed":
        return { status: "toast", text: turn.line("post-card-confirmed-already") };
      case "foreign":
        return { status: "toast", text: turn.line("not-allowed") };
      case "gone":
        return gone(turn);
    }
  }

  async function changed(
    turn: Turn,
    id: string,
    plan: Plan,
    usable: readonly SocialAccount[],
    note?: Text,
    inSight?: number,
  ): Promise<Answer> {
    await plans.save(id, plan);
    return { status: "replace", reply: await card(turn, id, plan, usable, note, inSight) };
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
    const asset = await gallery.find(turn.user.id, plan.assetId);
    if (!asset?.media) return turn.say(turn.text("post-card-picture-gone"));
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
      case "too-many-waiting":
        return turn.say(turn.text("post-too-many-waiting"));
      case "confirmed":
        return { status: "replace", reply: view.confirmed(turn, plan, result.posts) };
    }
  }

  /** The caption model writes for each network; what it could not write stays, and is named. */
  async function writeEach(turn: Turn, id: string, plan: Plan, usable: readonly SocialAccount[]) {
    const asset = await gallery.find(turn.user.id, plan.assetId);
    if (!asset?.media) return gone(turn);
    const networks = networksOf(chosenOf(plan, usable));
    const written = await Promise.all(
      networks.map(async (network) => ({
        network,
        made: await captioning.variant(turn.user, asset, network, composeCaption(plan)),
      })),
    );
    // It took a while: what was changed meanwhile stays changed.
    const now = await plans.get(turn.user, id);
    if (!now) return gone(turn);
    const missing = written.filter(({ made }) => made.template).map(({ network }) => network);
    const better = written.reduce(
      (so, { network, made }) => (made.template ? so : withText(so, network, made)),
      now.plan,
    );
    if (missing.length === 0) return changed(turn, id, better, now.usable);
    const limit = written.map(({ made }) => made.lack).find((lack) => lack && lack.why !== "unusable");
    const said = limit && sentenceOfLack(limit, false);
    const note = said
      ? turn.text(said.id, said.args)
      : turn.text("post-card-not-written", { networks: labelsOf(missing) });
    return changed(turn, id, better, now.usable, note);
  }

  return {
    async open(turn, asset, isTimed, when) {
      if (!publisher) return turn.say(turn.text("accounts-not-set-up"));
      const known = await captioning.latest(asset);
      const { caption, lack } = known
        ? { caption: known, lack: null }
        : await captioning.write(turn.user, asset, { change: "new" });
      const { id, plan, usable } = await plans.open(turn.user, asset, {
        text: caption.text,
        hashtags: [...caption.hashtags],
        altText: captioning.altTextOf(asset, caption),
        scheduledAt: null,
        isTimed,
      });
      if (usable.length === 0) return turn.say(turn.text("post-card-no-accounts"));
      if (when === undefined) {
        const said = lack && sentenceOfLack(lack, caption.model === "template");
        return reply(await card(turn, id, plan, usable, ...(said ? [turn.text(said.id, said.args)] : [])));
      }
      const timed = await timedBy(turn, plan, when);
      await plans.save(id, timed.plan);
      return reply(await card(turn, id, timed.plan, usable, timed.note));
    },

    async press(turn, id, argument) {
      const found = await plans.get(turn.user, id);
      if (!found) return lost(turn, id);
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
          return changed(turn, id, { ...plan, accounts, page: 0 }, usable, undefined, Number(value));
        }
        case "more":
          return changed(turn, id, plan, usable, undefined, usable[Number(value)] ? Number(value) : 0);
        case "fix":
          return applyFix(turn, id, plan, usable, value);
        case "feed":
          return changed(turn, id, { ...plan, story: false }, usable);
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
        case "page": {
          const page = Number(value);
          // Nothing is skipped: the last page, which is confirmed, comes after all others.
          const isNear = page === 0 || page === plan.page + 1;
          return changed(turn, id, isNear ? { ...plan, page } : plan, usable);
        }
        case "write":
          return writeEach(turn, id, plan, usable);
        case "yes":
          // What is confirmed is what that very card showed; of an older one the present one is shown first.
          if (value !== markOf(plan)) return changed(turn, id, plan, usable, turn.text("post-card-changed"));
          return confirm(turn, id, plan, usable);
        default:
          return { status: "toast", text: turn.line("too-old-button") };
      }
    },

    async text(turn, id, argument, words) {
      const network = networkNamed(argument);
      const found = await plans.get(turn.user, id);
      if (!found) return gone(turn);
      if (words === undefined || words.trim() === "")
        return reply({
          text:
            network === null
              ? turn.text("form-pd-text-ask")
              : turn.text("form-pd-text-ask-for", { network: rulesOf(network).label }),
          private: false,
          asksFor: writeButtonData("pd-text", id, network ?? ""),
        });
      const plan = withText(found.plan, network, { text: exactText(words), hashtags: [] });
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
    // Whoever wanted another time is not left with the one before.
    if (when.status === "refused")
      return { plan: { ...plan, isTimed: true, scheduledAt: null }, note: turn.text(`when-${when.why}`) };
    const timed = { ...plan, isTimed: true, scheduledAt: when.at };
    return when.note === null ? { plan: timed } : { plan: timed, note: turn.text(`when-${when.note}`) };
  }
}

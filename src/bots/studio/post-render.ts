import type { Core } from "../../core/core.ts";
import type { MediaLinks } from "../../core/ports/media.ts";
import type { Network } from "../../core/ports/publisher.ts";
import { rulesOf } from "../../core/posts/networks.ts";
import type { Plan } from "../../core/posts/plan.ts";
import { textFor } from "../../core/posts/plan-text.ts";
import type { Post, SocialAccount } from "../../core/posts/post.ts";
import type { Fix, Problem } from "../../core/posts/preflight.ts";
import { fitText, shorten } from "../../core/posts/text-fit.ts";
import { echo } from "../../core/posts/zones.ts";
import type { User } from "../../core/usage/user.ts";
import type { ApiFix, ApiMoment, ApiPost, ApiPostProblem, ApiPreflight } from "./post-types.ts";

/** Turns what core says of posts into what the page reads. */
export interface PostRenderer {
  line(user: User, id: string, args?: Readonly<Record<string, string | number>>): string;
  moment(user: User, at: number, zone: string): ApiMoment;
  problem(user: User, plan: Plan, problem: Problem, chosen: readonly SocialAccount[]): ApiPostProblem;
  preview(plan: Plan): ApiPreflight["preview"];
  texts(plan: Plan, chosen: readonly SocialAccount[]): ApiPreflight["texts"];
  post(user: User, post: Post): ApiPost;
}

export function createPostRenderer(dependencies: {
  readonly core: Pick<Core, "messages" | "tell">;
  readonly links: Pick<MediaLinks, "path">;
}): PostRenderer {
  const { core, links } = dependencies;
  const line: PostRenderer["line"] = (user, id, args = {}) =>
    core.messages.line(core.tell.languageOf(user), id, args);

  const moment = (user: User, at: number, zone: string): ApiMoment => ({
    at: new Date(at).toISOString(),
    label: echo(at, zone, core.tell.languageOf(user)),
  });

  function fix(user: User, plan: Plan, one: Fix, network: Network | undefined): ApiFix {
    const label = line(user, one.label, one.args);
    switch (one.kind) {
      case "story":
        return { kind: one.kind, label, story: one.story };
      case "shorter-text":
      case "fewer-hashtags": {
        if (network === undefined) return { kind: one.kind, label };
        const whole = textFor(plan, network);
        const { text, hashtags } = shorten(whole.text, whole.hashtags, network);
        return { kind: one.kind, label, network, text: fitText(text, hashtags, network).text };
      }
      case "crop":
      case "pad":
      case "blur":
      case "smaller":
        return { kind: one.kind, label };
    }
  }

  return {
    line,
    moment,

    problem(user, plan, { code, message, args, fixes }, chosen) {
      const label = String(args["network"] ?? "");
      const network = chosen.find((one) => rulesOf(one.network).label === label)?.network;
      return {
        code,
        network: label,
        message: line(user, message, args),
        fixes: fixes.map((one) => fix(user, plan, one, network)),
      };
    },

    preview: ({ media, altText }) => ({
      url: links.path(media.key),
      type: media.contentType === "video/mp4" ? "video" : "image",
      width: media.width,
      height: media.height,
      altText,
    }),

    texts: (plan, chosen) =>
      chosen.map(({ id, network, name }) => {
        const whole = textFor(plan, network);
        const { text, characters, limit, hashtags } = fitText(whole.text, whole.hashtags, network);
        const { label, hashtags: hashtagLimit } = rulesOf(network);
        const account = { accountId: id, account: `${label} ${name}`, network, networkLabel: label };
        return { ...account, text, characters, limit, hashtags, hashtagLimit };
      }),

    post(user, post) {
      const { label } = rulesOf(post.network);
      const names = { network: label, account: post.accountName };
      const { failure, scheduledAt, wantedText, wantedScheduledAt } = post;
      const zone = user.settings.zone ?? post.zone;
      const listedAt = scheduledAt ?? post.createdAt;
      // Wanted back while it is handed over: whoever is at work on it sees to that.
      const isWantedBack = post.cancelAskedAt !== null && post.state === "handing_over";
      const state = isWantedBack ? "cancelling" : post.state;
      const isTimed = scheduledAt !== null;
      const isChangeable = state === "waiting" || state === "scheduled" || (state === "confirmed" && isTimed);
      return {
        id: post.id,
        group: post.group,
        mediaId: post.assetId,
        type: post.media.contentType === "video/mp4" ? "video" : "image",
        mediaUrl: links.path(post.media.key),
        altText: post.altText,
        accountId: post.accountId,
        network: post.network,
        networkLabel: label,
        account: post.accountName,
        text: post.text,
        story: post.story,
        state,
        stateText: line(user, `post-${state.replace("_", "-")}`, names),
        scheduledAt: scheduledAt === null ? null : moment(user, scheduledAt, zone),
        zone,
        listedAt: new Date(listedAt).toISOString(),
        listedLabel: moment(user, listedAt, zone).label,
        changeAsked:
          wantedText === null && wantedScheduledAt === null
            ? null
            : {
                text: wantedText,
                scheduledAt: wantedScheduledAt === null ? null : moment(user, wantedScheduledAt, zone),
              },
        publicUrl: post.publicUrl,
        failureText: failure === null ? null : line(user, `post-failed-${failure.why}`, names),
        failureWhy: failure?.why ?? null,
        can: {
          cancel: isChangeable || state === "confirmed" || state === "handing_over",
          move: isChangeable && isTimed,
          edit: isChangeable,
          retry: state === "failed",
        },
      };
    },
  };
}

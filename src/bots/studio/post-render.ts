import type { Core } from "../../core/core.ts";
import type { MediaLinks } from "../../core/ports/media.ts";
import type { Network } from "../../core/ports/publisher.ts";
import { rulesOf } from "../../core/posts/networks.ts";
import type { Plan } from "../../core/posts/plan.ts";
import type { Post, SocialAccount } from "../../core/posts/post.ts";
import type { Fix, Problem } from "../../core/posts/preflight.ts";
import { fitText, shorten } from "../../core/posts/text-fit.ts";
import { echo } from "../../core/posts/zones.ts";
import type { User } from "../../core/usage/user.ts";
import type { ApiAccount, ApiFix, ApiMoment, ApiPost, ApiPostProblem, ApiPreflight } from "./post-types.ts";

/** Turns what core says of posts into what the page reads. */
export interface PostRenderer {
  line(user: User, id: string, args?: Readonly<Record<string, string | number>>): string;
  moment(user: User, at: number, zone: string): ApiMoment;
  account(account: SocialAccount): ApiAccount;
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
        const { text, hashtags } = shorten(plan.text, plan.hashtags, network);
        return { kind: one.kind, label, text: fitText(text, hashtags, network).text };
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

    account: ({ id, network, name, health }) => ({
      id,
      network,
      networkLabel: rulesOf(network).label,
      name,
      health: health === "gone" ? "off" : health,
    }),

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
        const { text, characters, limit } = fitText(plan.text, plan.hashtags, network);
        return { accountId: id, account: `${rulesOf(network).label} ${name}`, text, characters, limit };
      }),

    post(user, post) {
      const { label } = rulesOf(post.network);
      const names = { network: label, account: post.accountName };
      const { state, failure, scheduledAt } = post;
      const zone = user.settings.zone ?? post.zone;
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
        listedAt: new Date(scheduledAt ?? post.createdAt).toISOString(),
        publicUrl: post.publicUrl,
        failureText: failure === null ? null : line(user, `post-failed-${failure.why}`, names),
        can: {
          cancel: state === "waiting" || state === "confirmed" || state === "scheduled",
          move: state === "scheduled" || (state === "waiting" && scheduledAt !== null),
          edit: state === "scheduled" || state === "waiting",
          retry: state === "failed",
        },
      };
    },
  };
}

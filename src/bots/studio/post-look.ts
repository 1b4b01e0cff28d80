import type { PostDesk } from "../../core/posts/desk.ts";
import type { SocialAccount } from "../../core/posts/post.ts";
import type { When } from "../../core/posts/when.ts";
import type { User } from "../../core/usage/user.ts";
import type { LaidOut } from "./post-plan.ts";
import type { PostRenderer } from "./post-render.ts";
import type { ApiPreflight, ApiTimes } from "./post-types.ts";

const QUICK_TIMES = ["hour", "tonight", "tomorrow", "slot"] as const;

/** What a post would be, before anything is confirmed or changed. */
export interface PostLook {
  all(user: User, laid: LaidOut): Promise<ApiPreflight>;
  /** `time` null: none is given. */
  times(
    user: User,
    given: {
      readonly zone: string;
      readonly time: When | null;
      readonly chosen: readonly SocialAccount[];
    },
  ): Promise<ApiTimes>;
}

export function createPostLook({
  desk,
  render,
}: {
  readonly desk: Pick<PostDesk, "chosenOf" | "problemsOf" | "quickTime">;
  readonly render: PostRenderer;
}): PostLook {
  const times: PostLook["times"] = async (user, { zone, time, chosen }) => {
    const quick = await Promise.all(
      QUICK_TIMES.map(async (kind) => {
        const at = await desk.quickTime(kind, zone, chosen);
        const name = render.line(user, `when-quick-${kind}`);
        return at === null ? [] : [{ name, ...render.moment(user, at, zone) }];
      }),
    );
    return {
      zone,
      scheduledAt: time?.status === "ok" ? render.moment(user, time.at, zone) : null,
      timeNote: noteOf(user, time),
      isTimeRefused: time?.status === "refused",
      readings: (time?.status === "refused" ? time.readings : (time?.alternatives ?? [])).map(({ at }) =>
        render.moment(user, at, zone),
      ),
      quickTimes: quick.flat(),
    };
  };

  function noteOf(user: User, time: When | null): string | null {
    if (time?.status === "refused") return render.line(user, `when-${time.why}`);
    return time?.note ? render.line(user, `when-${time.note}`) : null;
  }

  return {
    times,
    async all(user, { plan, usable, time }) {
      const chosen = desk.chosenOf(plan, usable);
      const problems = await desk.problemsOf(plan, usable);
      return {
        ...(await times(user, { zone: plan.zone, time, chosen })),
        isReady: chosen.length > 0 && problems.length === 0 && time?.status !== "refused",
        problems: problems.map((problem) => render.problem(user, plan, problem, chosen)),
        fit: plan.fit,
        story: plan.story,
        preview: render.preview(plan),
        texts: render.texts(plan, chosen),
      };
    },
  };
}

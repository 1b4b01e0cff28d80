import { composeCaption } from "../../captions/caption.ts";
import type { Captioning } from "../../captions/captioning.ts";
import { lines } from "../../messages/messages.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Network } from "../../ports/publisher.ts";
import type { PostDesk } from "../../posts/desk.ts";
import { markOf } from "../../posts/mark.ts";
import { rulesOf } from "../../posts/networks.ts";
import { pagesOf } from "../../posts/pages.ts";
import type { Plan } from "../../posts/plan.ts";
import { networksOf, textsOf } from "../../posts/plan-text.ts";
import type { Post, SocialAccount } from "../../posts/post.ts";
import { quickTimes } from "../../posts/slots.ts";
import { echo } from "../../posts/zones.ts";
import { writeButtonData } from "../actions.ts";
import type { Turn } from "../context.ts";
import type { Button, Reply, Text } from "../text.ts";

/** Where there are more accounts than a row has buttons, the last one leads to the next of them. */
const ACCOUNTS_A_PAGE = 4;
/** Names that take more room stand on the first page of the texts instead of in the title. */
const TITLE_CHARS = 200;
/** Beside the text for all, in one row. */
const SHOWN_NETWORKS = 4;
const BUTTONS_A_ROW = 5;

/** A plan as its member sees it. */
export interface PostCardView {
  card(
    turn: Turn,
    id: string,
    plan: Plan,
    usable: readonly SocialAccount[],
    note?: Text,
    /** The account, by its place among the usable ones, that is to be in sight. */
    inSight?: number,
  ): Promise<Reply>;
  confirmed(turn: Turn, plan: Plan, posts: readonly Post[]): Reply;
}

/**
 * Everything that will be posted: the file, each text that one of the networks gets, the time. Texts that are too long
 * for one card are read page by page, and only the last page has the button that confirms.
 */
export function createPostCardView(dependencies: {
  readonly captioning: Pick<Captioning, "isWritten">;
  readonly desk: Pick<PostDesk, "chosenOf" | "problemsOf">;
  readonly clock: Pick<Clock, "now">;
}): PostCardView {
  const { captioning, desk, clock } = dependencies;

  return {
    async card(turn, id, plan, usable, note, inSight = 0) {
      const chosen = desk.chosenOf(plan, usable);
      const problems = await desk.problemsOf(plan, usable);
      const networks = networksOf(chosen);
      const pages = pagesFor(turn, plan, chosen);
      const at = Math.min(plan.page, pages.length - 1);
      const isLast = at === pages.length - 1;
      const isReady =
        chosen.length > 0 && problems.length === 0 && (!plan.isTimed || plan.scheduledAt !== null);
      const press = (label: string, argument: string, style: Button["style"] = "secondary"): Button => ({
        label,
        data: writeButtonData("pd", id, argument),
        style,
      });
      const accounts = usable.map((one, index) =>
        press(`${plan.accounts.includes(one.id) ? "✓ " : ""}${nameOf(one)}`.slice(0, 40), `acc=${index}`),
      );
      const from = Math.floor(inSight / ACCOUNTS_A_PAGE) * ACCOUNTS_A_PAGE;
      const next = from + ACCOUNTS_A_PAGE < accounts.length ? from + ACCOUNTS_A_PAGE : 0;
      const accountRow =
        accounts.length <= BUTTONS_A_ROW
          ? accounts
          : [
              ...accounts.slice(from, from + ACCOUNTS_A_PAGE),
              press(turn.line("button-pd-accounts"), `more=${next}`),
            ];
      const fixes = problems.flatMap(({ fixes: offered }, problem) =>
        offered.map((fix, index) =>
          press(turn.line(fix.label, fix.args), `fix=${problem}.${index}`, "primary"),
        ),
      );
      const back = [
        ...(plan.fit === "as-is" ? [] : [press(turn.line("fit-as-is"), "fit=as-is")]),
        ...(plan.story ? [press(turn.line("preflight-fix-feed"), "feed")] : []),
      ];
      const times = plan.isTimed
        ? [
            ...quickTimes(clock.now(), plan.zone).map(({ kind }) =>
              press(turn.line(`when-quick-${kind}`), `at=${kind}`),
            ),
            press(turn.line("when-quick-slot"), "at=slot"),
            turn.button("button-pd-time", writeButtonData("pd-time", id)),
          ]
        : [];
      const yes = plan.scheduledAt === null ? "button-pd-confirm" : "button-pd-confirm-at";
      const go = isLast
        ? [
            ...(isReady ? [press(turn.line(yes), `yes=${markOf(plan)}`, "primary")] : []),
            ...(at > 0 ? [press(turn.line("button-pd-first"), "page=0")] : []),
          ]
        : [press(turn.line("button-pd-next"), `page=${at + 1}`, "primary")];
      const write =
        captioning.isWritten && networks.length > 1 ? [press(turn.line("button-pd-write"), "write")] : [];
      return {
        title: titleOf(turn, chosen),
        text: lines(
          note ?? null,
          ...problems.map(({ message, args }) => turn.text(message, args)),
          plan.scheduledAt === null
            ? turn.text(plan.isTimed ? "post-card-when" : "post-card-now")
            : turn.text("post-card-at", { local: echo(plan.scheduledAt, plan.zone, turn.language) }),
          plan.story ? turn.text("post-as-story") : null,
          chosen.some(({ network }) => rulesOf(network).hasAiLabel) ? turn.text("post-ai-label") : null,
          pages.length === 1
            ? null
            : turn.text(isLast ? "post-card-last-page" : "post-card-page", {
                page: at + 1,
                pages: pages.length,
              }),
          isReady ? turn.text("post-card-public") : null,
        ),
        quote: pages[at] ?? "",
        buttons: [
          accountRow,
          [...fixes, ...back].slice(0, BUTTONS_A_ROW),
          textButtons(turn, id, networks),
          times,
          [...go, ...write],
        ].filter((row) => row.length > 0),
        media: { file: plan.media, altText: plan.altText },
        private: true,
      };
    },

    confirmed(turn, plan, posts) {
      const { scheduledAt, zone, media, altText } = plan;
      const accounts = posts.map(({ network, accountName }) => ({ network, name: accountName }));
      const pages = pagesFor(turn, plan, accounts);
      const leaves = posts.some(({ state }) => state !== "waiting");
      const sent =
        scheduledAt === null
          ? turn.text("post-card-sent")
          : turn.text("post-card-sent-at", { local: echo(scheduledAt, zone, turn.language) });
      return {
        title: titleOf(turn, accounts),
        text: lines(
          plan.story ? turn.text("post-as-story") : null,
          leaves ? sent : null,
          posts.some(({ state }) => state === "waiting") ? turn.text("post-card-asked") : null,
          pages.length > 1 ? turn.text("post-card-more") : null,
        ),
        quote: pages[0] ?? "",
        media: { file: media, altText },
        private: true,
      };
    },
  };
}

type Named = Pick<SocialAccount, "network" | "name">;

const nameOf = ({ network, name }: Named): string => `${rulesOf(network).label} ${name}`;
const namesOf = (accounts: readonly Named[]): string => accounts.map(nameOf).join(", ");

function titleOf(turn: Turn, accounts: readonly Named[]): string {
  const names = namesOf(accounts);
  return names.length > TITLE_CHARS
    ? turn.line("post-card-title-many", { accounts: accounts.length })
    : turn.line("post-card-title", { accounts: accounts.length, names });
}

/** One text stands alone; several under the names of their networks. */
function pagesFor(turn: Turn, plan: Plan, accounts: readonly Named[]): readonly string[] {
  if (accounts.length === 0) return pagesOf([{ heading: null, text: composeCaption(plan) }]);
  const texts = textsOf(plan, networksOf(accounts));
  const names = namesOf(accounts);
  const isListed = names.length > TITLE_CHARS;
  return pagesOf([
    ...(isListed ? [{ heading: null, text: names }] : []),
    ...texts.map(({ networks, text }) => ({
      heading:
        texts.length === 1 && !isListed ? null : turn.line("post-card-for", { networks: labelsOf(networks) }),
      text,
    })),
  ]);
}

export function labelsOf(networks: readonly Network[]): string {
  return networks.map((network) => rulesOf(network).label).join(", ");
}

function textButtons(turn: Turn, id: string, networks: readonly Network[]): readonly Button[] {
  const all = writeButtonData("pd-text", id);
  if (networks.length < 2) return [turn.button("button-pd-text", all)];
  return [
    turn.button("button-pd-text-all", all),
    ...networks.slice(0, SHOWN_NETWORKS).map((network) =>
      turn.button("button-pd-text-for", writeButtonData("pd-text", id, network), "secondary", {
        network: rulesOf(network).label,
      }),
    ),
  ];
}

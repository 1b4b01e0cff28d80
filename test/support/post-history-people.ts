import type { PostStore, PostWish } from "../../src/core/ports/post-stores.ts";
import { approvalMark } from "../../src/core/posts/approval-cards.ts";
import type { Post } from "../../src/core/posts/post.ts";
import { type Command, MINUTE } from "./post-history-events.ts";
import { type Oracle, seenAs } from "./post-history-oracle.ts";
import type { Hands, Stage } from "./post-history-stage.ts";
import type { Life, Lives } from "./post-lives.ts";

/** The author and the approver of a history, who do what it says, each time in a process that may be killed. */
export interface People {
  obey(command: Command): Promise<void>;
  /** What it came to; undefined: the process was killed, or is stuck. */
  inALife(
    act: (hands: Hands, life: Life) => Promise<string | undefined>,
    others?: { readonly posts?: PostStore },
  ): Promise<string | undefined>;
}

export function createPeople(dependencies: {
  readonly stage: Stage;
  readonly oracle: Oracle;
  readonly lives: Lives;
  /** The store that all lives share. */
  readonly posts: PostStore;
  rowsOf(intent: number): Promise<readonly Post[]>;
  settle(): Promise<void>;
  count(what: string): void;
}): People {
  const { stage, oracle, lives, posts: watched, rowsOf, settle, count } = dependencies;
  const { stores, author, approver } = stage;
  let edits = 0;

  const inALife: People["inALife"] = async (act, others = {}) => {
    const life = lives.begin(others);
    let outcome: string | undefined;
    await life.live(async () => {
      outcome = await act(stage.handsOf(life), life);
    });
    return outcome;
  };

  async function change(post: Post, what: PostWish): Promise<string | undefined> {
    const wishes = oracle.wishesOf(post);
    wishes.changes += 1;
    const mine = wishes.changes;
    if (what.text !== undefined) wishes.texts.push(what.text);
    if (what.scheduledAt !== undefined) wishes.times.push(what.scheduledAt);
    return inALife(async ({ desk }) => {
      const { status } = await desk.change(post, what);
      if (mine !== wishes.changes || status === "asked") return status;
      // Nobody else has asked meanwhile: it is what its author was told.
      if (status === "changed") {
        if (what.text !== undefined) wishes.texts = [what.text];
        if (what.scheduledAt !== undefined) wishes.times = [what.scheduledAt];
      } else {
        // Another wish for the same stays.
        wishes.texts = without(wishes.texts, what.text);
        wishes.times = without(wishes.times, what.scheduledAt);
      }
      return status;
    });
  }

  /** An approver's press on a card, the latest or an old one. */
  async function approve(post: Post, by: typeof author, isStale: boolean): Promise<string | undefined> {
    const wishes = oracle.wishesOf(post);
    const seen = (isStale ? wishes.shown[0] : wishes.shown.at(-1)) ?? post;
    const posts: PostStore = {
      ...watched,
      async approve(looked, next) {
        const isDone = await watched.approve(looked, next);
        const row = isDone ? await stores.posts.get(looked.id) : null;
        if (!row) return isDone;
        const isAllowed = by === approver;
        wishes.approvals.push({ seen: seenAs(seen), approved: seenAs(row), text: row.text, isAllowed });
        wishes.times = [row.scheduledAt ?? 0];
        return isDone;
      },
    };
    const mark = approvalMark(seen);
    const outcome = await inALife(
      async ({ approvals }) => (await approvals.approve(stage.turnOf(by), post.handle, mark)).status,
      { posts },
    );
    const row = await stores.posts.get(post.id);
    const isOver = row?.state === "waiting" && (row.scheduledAt ?? Infinity) < stage.now() + 2 * MINUTE;
    // The card that is shown instead is for now.
    if (row && isOver) wishes.shown.push({ ...row, scheduledAt: null });
    return outcome;
  }

  async function approverEdit(post: Post): Promise<string | undefined> {
    const wishes = oracle.wishesOf(post);
    edits += 1;
    const text = `an approver's words ${edits}`;
    wishes.changes += 1;
    const mine = wishes.changes;
    let isWritten = false;
    const posts: PostStore = {
      ...watched,
      async change(id, ...rest) {
        isWritten = await watched.change(id, ...rest);
        if (isWritten) {
          wishes.texts.push(text);
          wishes.edits += 1;
        }
        return isWritten;
      },
    };
    const outcome = await inALife(
      async ({ approvals }) =>
        (await approvals.edit(stage.turnOf(approver), post.handle, text))?.status ?? "not theirs",
      { posts },
    );
    if (outcome === undefined || !isWritten) return outcome;
    wishes.toldEdits += 1;
    if (mine === wishes.changes) wishes.texts = [text];
    return "edited";
  }

  async function obey(command: Command): Promise<void> {
    await settle();
    if (command.do === "retry-all") {
      for (const post of await rowsOf(command.intent))
        if (post.state === "failed") await inALife(async ({ desk }) => String(await desk.retry(post)));
      return;
    }
    const rows = await rowsOf(command.intent);
    const post = rows[command.which % Math.max(1, rows.length)];
    if (!post) return;
    count(`${command.do} ${(await press(command, post)) ?? "cut short"}`);
    const after = await stores.posts.get(post.id);
    if (after?.state === "waiting" && command.do !== "approve") oracle.wishesOf(after).shown.push(after);
  }

  function press(
    command: Exclude<Command, { readonly do: "retry-all" }>,
    post: Post,
  ): Promise<string | undefined> {
    switch (command.do) {
      case "cancel":
        return inALife(async ({ desk }) => {
          oracle.wishesOf(post).isCancelAsked = true;
          const status = await desk.cancel(post);
          if (status === "cancelled") oracle.wishesOf(post).isCancelled = true;
          return status;
        });
      case "retry":
        return inALife(async ({ desk }) => String(await desk.retry(post)));
      case "move":
        return change(post, { scheduledAt: stage.now() + command.aheadMs });
      case "edit":
        edits += 1;
        return change(post, { text: `better words ${edits}` });
      case "approve":
        return approve(post, command.by === "author" ? author : approver, command.isStale);
      case "reject":
        return inALife(async ({ approvals }) => {
          const answer = await approvals.reject(stage.turnOf(approver), post.handle, "not this one");
          return answer.status;
        });
      case "approver-edit":
        return approverEdit(post);
    }
  }

  return { obey, inALife };
}

function without<T>(all: readonly T[], one: T | undefined): T[] {
  const at = all.findLastIndex((other) => other === one);
  return all.filter((_, index) => index !== at);
}

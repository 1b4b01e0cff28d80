import { unreachable } from "../errors.ts";
import { wishFrom } from "../generation/wish.ts";
import { lines } from "../messages/messages.ts";
import { readButtonData, writeButtonData } from "./actions.ts";
import type { AccountCommands } from "./commands/account.ts";
import type { AccountsCommands } from "./commands/accounts.ts";
import type { Approvals } from "./commands/approvals.ts";
import type { CaptionCommands } from "./commands/caption.ts";
import type { Generating } from "./commands/generate.ts";
import { cancelSentence, type MediaCommands } from "./commands/media.ts";
import type { PostCards } from "./commands/post-card.ts";
import type { PostCommands } from "./commands/posts.ts";
import { type ConversationDependencies, reply, type Turn } from "./context.ts";
import { STANDARD_MOVE } from "./forms.ts";
import type { Answer, PictureName } from "./intents.ts";

/** The sentences for media that cannot be deleted. */
const REMOVAL_REFUSED = {
  "still-working": "delete-working",
  "not-allowed": "not-allowed",
  "not-found": "too-old-button",
} as const;

/** What a member wrote into the form behind a button. */
interface Filled {
  readonly text: string;
  readonly pictures: readonly PictureName[];
}

/** Presses of buttons: the rights of the one who presses are checked, never those of whoever the message is for. */
export function createButtons(
  dependencies: ConversationDependencies,
  commands: {
    readonly generating: Generating;
    readonly media: MediaCommands;
    readonly account: AccountCommands;
    readonly caption: CaptionCommands;
    readonly cards: PostCards;
    readonly posts: PostCommands;
    readonly approvals: Approvals;
    readonly accounts: AccountsCommands;
  },
): (turn: Turn, data: string, filled?: Filled) => Promise<Answer> {
  const { gallery, stores, signals, clock, ids } = dependencies;
  const toast = (turn: Turn, id: string): Answer => ({ status: "toast", text: turn.line(id) });

  async function again(turn: Turn, handle: string): Promise<Answer> {
    const asset = await gallery.find(turn.user.id, handle);
    if (!asset) return toast(turn, "not-allowed");
    const asked = dependencies.offers.find(asset.requestedProvider, asset.kind);
    return commands.generating.ask(turn, {
      prompt: asset.prompt,
      kind: asset.kind,
      ...(asked ? { provider: asked.id } : {}),
      ...(asked?.aspects.includes(asset.aspect) ? { aspect: asset.aspect } : {}),
      ...(asset.style === null ? {} : { style: asset.style }),
      references: asset.references.map(({ role }, index) => ({
        kind: "reference-of",
        role,
        id: asset.id,
        index,
      })),
      private: asset.private,
    });
  }

  /** Edit or Animate under a result: its picture is what the new one is made from. */
  async function from(
    turn: Turn,
    action: "edit" | "animate",
    handle: string,
    argument: string,
    filled: Filled | undefined,
  ): Promise<Answer> {
    const asset = await gallery.find(turn.user.id, handle);
    if (!asset?.media || asset.kind !== "image") return toast(turn, "not-allowed");
    const prompt = filled?.text.trim() ?? "";
    if (prompt === "" && action === "edit") return wordsFor(turn, action, handle);
    if (prompt === "" && filled === undefined && argument !== "go") return wordsFor(turn, action, handle);
    const own = { kind: "asset", role: "picture", id: asset.id } as const;
    const handedIn = wishFrom({}, filled?.pictures, turn.arrival.actor.platform).references ?? [];
    return commands.generating.ask(turn, {
      prompt: prompt === "" ? STANDARD_MOVE : prompt,
      kind: action === "edit" ? "image" : "video",
      references: [own, ...handedIn],
      private: asset.private,
    });
  }

  /** Asked for by a message, where the platform showed no form. */
  function wordsFor(turn: Turn, action: "edit" | "animate" | "fill", handle: string): Answer {
    const go = turn.button("button-animate-go", writeButtonData("animate", handle, "go"), "primary");
    return reply({
      text: turn.text(`form-${action}-ask`),
      ...(action === "animate" ? { buttons: [[go]] } : {}),
      private: false,
      asksFor: writeButtonData(action, handle),
    });
  }

  async function original(turn: Turn, handle: string): Promise<Answer> {
    const asset = await gallery.find(turn.user.id, handle);
    if (!asset?.media) return toast(turn, "not-allowed");
    const { target, key } = turn.arrival;
    await stores.deliveries.add([
      {
        id: ids.create("dlv"),
        kind: "original",
        dedupeKey: `original:${key}`,
        userId: turn.user.id,
        batchId: asset.batchId,
        assetId: asset.id,
        target: { ...target, chatKey: target.resultKey ?? target.chatKey },
        lane: "interactive",
        reply: null,
        dueAt: clock.now(),
      },
    ]);
    signals.emit({ kind: "delivery", platform: target.platform });
    return toast(turn, "original-coming");
  }

  async function favourite(turn: Turn, handle: string, argument: string): Promise<Answer> {
    const on = argument !== "off";
    const result = await gallery.setFavourite(turn.user, handle, on);
    return toast(turn, result.status === "done" ? (on ? "favourite-on" : "favourite-off") : "not-allowed");
  }

  /** The first press asks, the second deletes. */
  async function ask(turn: Turn, handle: string): Promise<Answer> {
    const found = await gallery.removable(turn.arrival.actor, turn.user, handle);
    if (found.status !== "ok") return toast(turn, REMOVAL_REFUSED[found.status]);
    return {
      status: "reply",
      reply: {
        text: lines(
          turn.text("delete-ask", { receipt: found.asset.receipt }),
          found.posts.length === 0 ? null : turn.text("delete-ask-posts", { count: found.posts.length }),
        ),
        buttons: [[turn.button("button-delete-sure", writeButtonData("delete-sure", handle), "danger")]],
        private: true,
      },
    };
  }

  async function remove(turn: Turn, handle: string): Promise<Answer> {
    const result = await gallery.remove(turn.arrival.actor, turn.user, handle);
    if (result.status !== "done") return toast(turn, REMOVAL_REFUSED[result.status]);
    return { status: "replace", reply: { text: turn.text("deleted"), private: true } };
  }

  async function cancel(turn: Turn, handle: string): Promise<Answer> {
    const result = await gallery.cancel(turn.arrival.actor, turn.user, handle);
    return toast(turn, cancelSentence(result.status));
  }

  return async (turn, data, filled) => {
    const button = readButtonData(data);
    if (!button) return toast(turn, "too-old-button");
    const { action, handle, argument } = button;
    switch (action) {
      case "again":
        return again(turn, handle);
      case "original":
        return original(turn, handle);
      case "favourite":
        return favourite(turn, handle, argument);
      case "delete":
        return ask(turn, handle);
      case "delete-sure":
        return remove(turn, handle);
      case "cancel":
        return cancel(turn, handle);
      case "edit":
      case "animate":
        return from(turn, action, handle, argument, filled);
      case "fill":
        if (filled === undefined) return wordsFor(turn, "fill", handle);
        return commands.generating.fill(turn, handle, filled.text, filled.pictures);
      case "caption":
        return commands.caption.press(turn, handle, argument);
      case "caption-edit":
        return commands.caption.edit(turn, handle, filled?.text);
      case "post":
      case "plan":
        return commands.posts.open(turn, handle, action === "plan");
      case "pd":
        return commands.cards.press(turn, handle, argument);
      case "pd-text":
        return commands.cards.text(turn, handle, argument, filled?.text);
      case "pd-time":
        return commands.cards.time(turn, handle, filled?.text);
      case "post-show":
        return commands.posts.show(turn, handle);
      case "post-cancel":
        return commands.posts.cancel(turn, handle);
      case "post-retry":
        return commands.posts.retry(turn, handle);
      case "post-move":
        return commands.posts.move(turn, handle, filled?.text);
      case "post-edit":
        return (
          (await commands.approvals.edit(turn, handle, filled?.text)) ??
          commands.posts.edit(turn, handle, filled?.text)
        );
      case "posts":
        return commands.posts.page(turn, pageNumber(argument));
      case "approve":
        return commands.approvals.approve(turn, handle, argument);
      case "reject":
        return commands.approvals.reject(turn, handle, filled?.text);
      case "accounts":
        return commands.accounts.press(turn, argument);
      case "draft":
        return commands.generating.draft(turn, handle, argument);
      case "page":
        return commands.media.page(turn, handle, pageNumber(argument));
      case "show":
        return commands.media.show(turn, handle);
      case "settings":
        return commands.account.press(turn, argument);
      default:
        return unreachable(action);
    }
  };
}

function pageNumber(argument: string): number {
  return Math.max(1, Math.min(10_000, Number(argument) || 1));
}

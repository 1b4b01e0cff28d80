import { unreachable } from "../../errors.ts";
import type { AskResult, Nearest } from "../../generation/ask.ts";
import type { ReferenceSource } from "../../generation/reference.ts";
import { type Wish, wishFrom } from "../../generation/wish.ts";
import { lines } from "../../messages/messages.ts";
import { unitsLeft } from "../../usage/allowance.ts";
import { writeButtonData } from "../actions.ts";
import { type CommandHandler, type ConversationDependencies, reply, type Turn, words } from "../context.ts";
import { DRAFT_LIFE_MS, type Draft, draftContent, draftOf, draftSchema } from "../draft.ts";
import { STANDARD_MOVE } from "../forms.ts";
import type { Answer, PictureName } from "../intents.ts";
import type { Button } from "../text.ts";
import { changeDraft, createOfferCard } from "./offer-card.ts";

/** /generate, /edit, /animate, the prompt that was offered, Again: everything that can start a request. */
export interface Generating {
  readonly command: CommandHandler;
  readonly edit: CommandHandler;
  readonly animate: CommandHandler;
  /** Words without a command: offered as a prompt, with the pictures that came with them. */
  offer(turn: Turn, text: string, pictures: readonly PictureName[]): Promise<Answer>;
  /** A button of an offer. */
  draft(turn: Turn, id: string, argument: string): Promise<Answer>;
  /** Words for a draft that lacked them. */
  fill(turn: Turn, id: string, text: string, pictures: readonly PictureName[]): Promise<Answer>;
  ask(turn: Turn, wish: Wish): Promise<Answer>;
}

export function createGenerating(dependencies: ConversationDependencies): Generating {
  const { requestMedia, gallery, stores, clock, ids } = dependencies;
  const card = createOfferCard(dependencies.offers);

  async function ask(turn: Turn, wish: Wish): Promise<Answer> {
    const { key, actor, target } = turn.arrival;
    const result = await requestMedia({ ...wish, inboxKey: key, actor, target });
    return answerTo(turn, wish, result);
  }

  async function answerTo(turn: Turn, wish: Wish, result: AskResult): Promise<Answer> {
    const uncharged = turn.text("nothing-charged");
    switch (result.status) {
      case "started":
        return { status: "started", batchId: result.assets[0]?.batchId ?? "" };
      case "duplicate":
        return wish.draftId === undefined
          ? { status: "nothing" }
          : { status: "toast", text: turn.line("already-started") };
      case "invalid": {
        const said = result.problems.map((problem) => turn.text(problem.message, problem.args));
        const buttons = result.nearest ? [[await instead(turn, wish, result.nearest)]] : [];
        return reply({ text: lines(...said, uncharged), buttons, private: true });
      }
      case "limit": {
        const left = unitsLeft(result.balance) ?? 0;
        const limit = result.balance.limit ?? 0;
        const text = lines(
          turn.text("limit-left", { limit, left, wanted: result.wanted }),
          turn.text("limit-resets", { resets: { at: result.resetsAt, style: "date" } }),
          turn.text("limit-more"),
          uncharged,
        );
        const buttons = left > 0 ? [[await fewer(turn, wish, left)]] : [];
        return reply({ title: turn.line("limit-title"), text, buttons, private: true });
      }
      case "daily-cap":
        return turn.say(
          turn.text("daily-cap", { resets: { at: result.resetsAt, style: "relative" } }),
          uncharged,
        );
      case "banned":
        return turn.say(turn.text("banned"));
      case "nothing-offered":
        return turn.say(turn.text("nothing-offered", { kind: result.kind }), uncharged);
      default:
        return unreachable(result);
    }
  }

  /** "Make 2": the same request with as many as are left. */
  async function fewer(turn: Turn, wish: Wish, left: number): Promise<Button> {
    const id = await save(turn, { ...draftOf(wish), count: left });
    return turn.button("button-make", writeButtonData("draft", id, "go"), "primary", { count: left });
  }

  /** The nearest request that can be made. */
  async function instead(turn: Turn, wish: Wish, nearest: Nearest): Promise<Button> {
    const { kind, provider, aspect, style, count, label } = nearest;
    const { references, ...rest } = draftOf(wish);
    const id = await save(turn, {
      ...rest,
      kind,
      provider,
      aspect,
      count,
      style: style ?? undefined,
      references: nearest.keepsReferences ? references : undefined,
    });
    const sentence = (references?.length ?? 0) > 0 && !nearest.keepsReferences ? "without" : "instead";
    const args = { provider: label, aspect };
    return turn.button(`button-${sentence}`, writeButtonData("draft", id, "go"), "primary", args);
  }

  async function save(turn: Turn, draft: Draft): Promise<string> {
    const id = ids.token();
    const now = clock.now();
    await stores.drafts.save({
      id,
      userId: turn.user.id,
      content: draftContent(draft),
      createdAt: now,
      expiresAt: now + DRAFT_LIFE_MS,
    });
    return id;
  }

  /** The draft of this member, or what to say where there is none. */
  async function draftBy(turn: Turn, id: string): Promise<Draft | Answer> {
    const row = await stores.drafts.get(id, clock.now());
    if (!row) return { status: "toast", text: turn.line("draft-gone") };
    if (row.userId !== turn.user.id) return { status: "toast", text: turn.line("not-allowed") };
    const content = draftSchema.safeParse(row.content);
    return content.success ? content.data : { status: "toast", text: turn.line("draft-gone") };
  }

  /** Everything is there but the words: they are asked for, and the rest is kept. */
  async function askForWords(turn: Turn, wish: Wish, sentence: string): Promise<Answer> {
    const data = writeButtonData("fill", await save(turn, draftOf(wish)));
    return reply({
      text: turn.text(sentence),
      buttons: [[turn.button("button-write", data, "primary")]],
      private: false,
      asksFor: data,
    });
  }

  /** What /edit and /animate work on: the pictures that came with it, else a result of the member's by its receipt. */
  async function withPicture(turn: Turn, wish: Wish, id: string | undefined): Promise<Wish | Answer> {
    if (id === undefined && (wish.references ?? []).some(({ role }) => role === "picture")) return wish;
    const asset = id === undefined ? null : await gallery.find(turn.user.id, id);
    if (asset?.media && asset.kind === "image") {
      const own: ReferenceSource = { kind: "asset", role: "picture", id: asset.id };
      return { ...wish, references: [own, ...(wish.references ?? [])] };
    }
    const said =
      id === undefined ? turn.text("which-picture") : turn.text("not-found", { id: id.slice(0, 40) });
    return turn.say(said, turn.text("nothing-charged"));
  }

  function picturesOf({ arrival }: Turn): readonly PictureName[] {
    return "pictures" in arrival.intent ? (arrival.intent.pictures ?? []) : [];
  }

  const wishOf = (turn: Turn, options: Parameters<CommandHandler>[1]): Wish =>
    wishFrom(options, picturesOf(turn), turn.arrival.actor.platform);

  return {
    ask,
    async command(turn, options) {
      const wish = wishOf(turn, options);
      if (wish.prompt.trim() !== "") return ask(turn, wish);
      if ((wish.references ?? []).length > 0) return askForWords(turn, wish, "prompt-ask-picture");
      return reply({ text: turn.text("prompt-ask"), private: true, asksFor: "prompt" });
    },

    async edit(turn, options) {
      const wish = await withPicture(turn, { ...wishOf(turn, options), kind: "image" }, words(options, "id"));
      if ("status" in wish) return wish;
      return wish.prompt.trim() === "" ? askForWords(turn, wish, "prompt-ask-picture") : ask(turn, wish);
    },

    async animate(turn, options) {
      const wish = await withPicture(turn, { ...wishOf(turn, options), kind: "video" }, words(options, "id"));
      if ("status" in wish) return wish;
      return ask(turn, wish.prompt.trim() === "" ? { ...wish, prompt: STANDARD_MOVE } : wish);
    },

    async offer(turn, text, pictures) {
      const wish = wishFrom({ prompt: text }, pictures, turn.arrival.actor.platform);
      const draft = draftOf(wish);
      return reply(card(turn, await save(turn, draft), draft));
    },

    async draft(turn, id, argument) {
      const draft = await draftBy(turn, id);
      if ("status" in draft) return draft;
      if (argument === "go") return ask(turn, { ...draft, draftId: id });
      const changed = changeDraft(draft, argument);
      await stores.drafts.change(id, draftContent(changed));
      return { status: "replace", reply: card(turn, id, changed) };
    },

    async fill(turn, id, text, pictures) {
      const draft = await draftBy(turn, id);
      if ("status" in draft) return "text" in draft ? turn.say([draft.text]) : draft;
      const added = wishFrom({}, pictures, turn.arrival.actor.platform).references ?? [];
      const references = [...(draft.references ?? []), ...added];
      return ask(turn, { ...draft, prompt: text, references, draftId: id });
    },
  };
}

import { z } from "zod";
import { unreachable } from "../../errors.ts";
import type { Ask, AskResult } from "../../generation/ask.ts";
import { wishFrom } from "../../generation/choose.ts";
import { jsonObject } from "../../json.ts";
import { lines } from "../../messages/messages.ts";
import { unitsLeft } from "../../usage/allowance.ts";
import { writeButtonData } from "../actions.ts";
import type { CommandHandler, ConversationDependencies, Options, Turn } from "../context.ts";
import { reply } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Button, Reply } from "../text.ts";

/** How long an offer with buttons can be answered. */
const DRAFT_LIFE_MS = 24 * 3_600_000;

const draftContent = z.object({
  prompt: z.string(),
  kind: z.enum(["image", "video"]).optional(),
  provider: z.string().optional(),
  style: z.string().optional(),
  aspect: z.string().optional(),
  count: z.number().int().optional(),
  private: z.boolean().optional(),
});
type DraftContent = z.output<typeof draftContent>;

/** /generate, the prompt that was offered, Again: everything that can start a request. */
export interface Generating {
  readonly command: CommandHandler;
  /** Words without a command: offered as a prompt. */
  offer(turn: Turn, text: string): Promise<Answer>;
  /** A button of an offer. */
  draft(turn: Turn, id: string, argument: string): Promise<Answer>;
  ask(turn: Turn, wish: Omit<Ask, "inboxKey" | "actor" | "target">): Promise<Answer>;
}

export function createGenerating(dependencies: ConversationDependencies): Generating {
  const { requestMedia, offers, stores, clock, ids } = dependencies;

  async function ask(turn: Turn, wish: Omit<Ask, "inboxKey" | "actor" | "target">): Promise<Answer> {
    const { key, actor, target } = turn.arrival;
    const result = await requestMedia({ ...wish, inboxKey: key, actor, target });
    return answerTo(turn, wish, result);
  }

  async function answerTo(
    turn: Turn,
    wish: Omit<Ask, "inboxKey" | "actor" | "target">,
    result: AskResult,
  ): Promise<Answer> {
    const uncharged = turn.text("nothing-charged");
    switch (result.status) {
      case "started":
        return { status: "started", batchId: result.assets[0]?.batchId ?? "" };
      case "duplicate":
        return wish.draftId === undefined
          ? { status: "nothing" }
          : { status: "toast", text: turn.line("already-started") };
      case "invalid":
        return turn.say(
          ...result.problems.map((problem) => turn.text(problem.message, problem.args)),
          uncharged,
        );
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
  async function fewer(
    turn: Turn,
    wish: Omit<Ask, "inboxKey" | "actor" | "target">,
    left: number,
  ): Promise<Button> {
    const id = await save(turn, draftContent.parse({ ...wish, count: left }));
    return turn.button("button-make", writeButtonData("draft", id, "go"), "primary", { count: left });
  }

  async function save(turn: Turn, content: DraftContent): Promise<string> {
    const id = ids.token();
    const now = clock.now();
    await stores.drafts.save({
      id,
      userId: turn.user.id,
      content: jsonObject(content),
      createdAt: now,
      expiresAt: now + DRAFT_LIFE_MS,
    });
    return id;
  }

  /** The offer as a message: the prompt, and buttons for type, provider, number and the start. */
  function card(turn: Turn, id: string, content: DraftContent): Reply {
    const kind = content.kind ?? turn.user.settings.kind ?? "image";
    const models = offers.ofKind(kind);
    const preferred = kind === "image" ? turn.user.settings.imageProvider : turn.user.settings.videoProvider;
    const chosen = content.provider ?? preferred ?? offers.standard(kind)?.id;
    const count = content.count ?? 1;
    const option = (label: string, argument: string, on: boolean): Button => ({
      label: on ? `✓ ${label}` : label,
      data: writeButtonData("draft", id, argument),
      style: "secondary",
    });
    const kinds = (["image", "video"] as const).filter((each) => offers.ofKind(each).length > 0);
    return {
      title: turn.line("words-offer"),
      text: [],
      quote: content.prompt,
      buttons: [
        [turn.button("button-generate", writeButtonData("draft", id, "go"), "primary")],
        kinds.map((each) => option(turn.line(`button-${each}`), `kind=${each}`, each === kind)),
        ...chunk(
          models
            .filter((model) => model.id.length <= 20)
            .slice(0, 6)
            .map((model) => option(model.label, `provider=${model.id}`, model.id === chosen)),
          2,
        ),
        [1, 2, 3, 4].map((number) => option(String(number), `count=${number}`, number === count)),
      ],
      private: true,
    };
  }

  return {
    ask,
    async command(turn, options) {
      const wish = wishFrom(options);
      if (wish.prompt.trim() === "") {
        return reply({ text: turn.text("prompt-ask"), private: true, asksFor: "prompt" });
      }
      return ask(turn, wish);
    },

    async offer(turn, text) {
      const wish = wishFrom({ prompt: text } satisfies Options);
      const id = await save(turn, draftContent.parse(wish));
      return reply(card(turn, id, draftContent.parse(wish)));
    },

    async draft(turn, id, argument) {
      const draft = await stores.drafts.get(id, clock.now());
      if (!draft) return { status: "toast", text: turn.line("draft-gone") };
      if (draft.userId !== turn.user.id) return { status: "toast", text: turn.line("not-allowed") };
      const content = draftContent.parse(draft.content);
      if (argument === "go") return ask(turn, { ...content, draftId: id });
      const changed = change(content, argument);
      await stores.drafts.change(id, jsonObject(changed));
      return { status: "replace", reply: card(turn, id, changed) };
    },
  };
}

/** `kind=video` applied to a draft; another kind forgets the provider and the aspect. Nonsense changes nothing. */
function change(content: DraftContent, argument: string): DraftContent {
  const [name, value = ""] = argument.split("=", 2);
  if (name === "kind" && (value === "image" || value === "video")) {
    const { provider: _provider, aspect: _aspect, ...rest } = content;
    return { ...rest, kind: value };
  }
  if (name === "provider") return { ...content, provider: value };
  if (name === "count" && /^[1-4]$/.test(value)) return { ...content, count: Number(value) };
  return content;
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const rows: T[][] = [];
  for (let start = 0; start < items.length; start += size) rows.push(items.slice(start, start + size));
  return rows;
}

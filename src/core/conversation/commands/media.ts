import { z } from "zod";
import { type MediaAsset, publicStatus } from "../../generation/asset.ts";
import { excerpt } from "../../generation/prompt.ts";
import { lines } from "../../messages/messages.ts";
import { writeButtonData } from "../actions.ts";
import type { CommandHandler, ConversationDependencies, Turn } from "../context.ts";
import { reply, words } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Button, Reply, Text } from "../text.ts";

const searchContent = z.object({ search: z.string() });

const PAGE_SIZE = 5;
/** A search with pages is remembered this long, since a button has no room for it. */
const SEARCH_LIFE_MS = 24 * 3_600_000;

/** /status, /gallery, /cancel and the buttons of the gallery. */
export interface MediaCommands {
  readonly status: CommandHandler;
  readonly gallery: CommandHandler;
  readonly cancel: CommandHandler;
  /** `list` is the word `gallery` or the id of a remembered search. */
  page(turn: Turn, list: string, page: number): Promise<Answer>;
  show(turn: Turn, handle: string): Promise<Answer>;
}

export function createMediaCommands(dependencies: ConversationDependencies): MediaCommands {
  const { gallery, tell, health, stores, clock, ids } = dependencies;

  async function pageOf(turn: Turn, search: string | undefined, page: number, list: string): Promise<Reply> {
    const found = await gallery.list(turn.user.id, {
      page,
      pageSize: PAGE_SIZE,
      ...(search === undefined ? {} : { search }),
    });
    if (found.total === 0) {
      const text = search === undefined ? turn.text("nothing-yet") : turn.text("gallery-none", { search });
      return { text, private: true };
    }
    const entries = found.assets.map((asset) => turn.text("gallery-line", entry(turn, asset)));
    const show = found.assets.map(
      (asset): Button => ({
        label: asset.favourite ? `★ ${asset.receipt}` : asset.receipt,
        data: writeButtonData("show", asset.handle),
        style: "secondary",
      }),
    );
    const moves: Button[] = [];
    if (page > 1) moves.push(turn.button("button-previous", writeButtonData("page", list, String(page - 1))));
    if (page < found.pages)
      moves.push(turn.button("button-next", writeButtonData("page", list, String(page + 1))));
    return {
      title: turn.line("gallery-title", { page: found.page, pages: found.pages }),
      text: lines(...entries),
      buttons: [show, ...(moves.length > 0 ? [moves] : [])],
      private: true,
    };
  }

  function entry(turn: Turn, asset: MediaAsset) {
    const state = turn.line(`short-${publicStatus(asset.state)}`);
    return { receipt: asset.receipt, kind: asset.kind, state, prompt: excerpt(asset.prompt, 60) };
  }

  /** Which providers work at the moment. */
  function providerLines(turn: Turn): Text[] {
    const states = health.states();
    const of = (isUp: boolean) =>
      states.filter(({ state }) => (state === "up") === isUp).map(({ label }) => label);
    const named = (sentence: string, labels: readonly string[]): Text[] =>
      labels.length === 0 ? [] : [turn.text(sentence, { providers: [...new Set(labels)].join(", ") })];
    return [...named("providers-up", of(true)), ...named("providers-down", of(false))];
  }

  return {
    async status(turn, options) {
      const id = words(options, "id");
      if (id === undefined) {
        const { assets } = await gallery.list(turn.user.id, { pageSize: 1 });
        const [latest] = assets;
        const providers = providerLines(turn);
        if (!latest) return turn.say(turn.text("nothing-yet"), ...providers);
        const receipt = await tell.receipt(turn.user, latest);
        return reply({ ...receipt, text: lines(receipt.text, ...providers) });
      }
      const asset = await gallery.find(turn.user.id, id);
      if (!asset) return turn.say(turn.text("not-found", { id: id.slice(0, 40) }));
      return reply(await tell.receipt(turn.user, asset));
    },

    async gallery(turn, options) {
      const search = words(options, "search")?.slice(0, 200);
      const page = Math.max(1, Math.min(10_000, Number(options["page"] ?? 1) || 1));
      const list = search === undefined ? "gallery" : ids.token();
      if (search !== undefined) {
        const now = clock.now();
        const expiresAt = now + SEARCH_LIFE_MS;
        await stores.drafts.save({
          id: list,
          userId: turn.user.id,
          content: { search },
          createdAt: now,
          expiresAt,
        });
      }
      return reply(await pageOf(turn, search, page, list));
    },

    async page(turn, list, page) {
      if (list === "gallery") return { status: "replace", reply: await pageOf(turn, undefined, page, list) };
      const remembered = await stores.drafts.get(list, clock.now());
      const content = searchContent.safeParse(
        remembered?.userId === turn.user.id ? remembered.content : null,
      );
      if (!content.success) return { status: "toast", text: turn.line("draft-gone") };
      const { search } = content.data;
      return { status: "replace", reply: await pageOf(turn, search, page, list) };
    },

    async show(turn, handle) {
      const asset = await gallery.find(turn.user.id, handle);
      if (!asset) return { status: "toast", text: turn.line("not-allowed") };
      return reply(await tell.receipt(turn.user, asset));
    },

    async cancel(turn, options) {
      const id = words(options, "id");
      if (id === undefined) return turn.say(turn.text("cancel-which"));
      const asset = await gallery.find(turn.user.id, id);
      if (!asset) return turn.say(turn.text("not-found", { id: id.slice(0, 40) }));
      const result = await gallery.cancel(turn.arrival.actor, turn.user, asset.handle);
      return turn.say(turn.text(cancelSentence(result.status)));
    },
  };
}

/** The sentence for what came of a cancellation. */
export function cancelSentence(
  status: "cancelled" | "will-finish" | "ended" | "not-found" | "not-allowed",
): string {
  const sentences = {
    cancelled: "cancelled",
    "will-finish": "cancel-will-finish",
    ended: "cancel-ended",
    "not-found": "cancel-ended",
    "not-allowed": "not-allowed",
  } as const;
  return sentences[status];
}

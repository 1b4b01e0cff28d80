import { createAmendments } from "../../captions/amend.ts";
import { composeCaption } from "../../captions/caption.ts";
import type { Captioning, Written } from "../../captions/captioning.ts";
import { sentenceOfLack } from "../../captions/lack.ts";
import { captionLanguages, isSameLanguage, languageName } from "../../captions/languages.ts";
import type { Gallery } from "../../gallery/gallery.ts";
import type { MediaAsset } from "../../generation/asset.ts";
import { graphemeCount, normalisePrompt } from "../../generation/prompt.ts";
import { lines } from "../../messages/messages.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Caption } from "../../ports/post-stores.ts";
import type { Signals } from "../../ports/signals.ts";
import type { Stores } from "../../ports/stores.ts";
import { pagesOf } from "../../posts/pages.ts";
import type { Members } from "../../usage/members.ts";
import { writeButtonData } from "../actions.ts";
import { RESET_WORDS } from "../catalogue.ts";
import { type CommandHandler, notFound, reply, type Turn, words } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Button, Reply, Text } from "../text.ts";

const INSTRUCTIONS_MAXIMUM = 500;
/** Of a caption, beside the few words of its card (`pagesOf`). */
const SHOWN_UNITS = 1_650;
/** With the way back they stand in the five rows that every platform has. */
const LANGUAGES_A_ROW = 4;

/** /caption, /style caption, and the buttons under a caption. Only for who asked for the picture. */
export interface CaptionCommands {
  readonly caption: CommandHandler;
  readonly style: CommandHandler;
  press(turn: Turn, handle: string, argument: string): Promise<Answer>;
  /** Words for the form of Edit; none: they are asked for. */
  edit(turn: Turn, handle: string, text: string | undefined): Promise<Answer>;
}

export function createCaptionCommands(dependencies: {
  readonly captioning: Captioning;
  readonly gallery: Gallery;
  readonly members: Members;
  readonly stores: Pick<Stores, "deliveries">;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly ids: Ids;
}): CaptionCommands {
  const { captioning, gallery, members } = dependencies;
  const amendments = createAmendments(dependencies);

  function card(turn: Turn, asset: MediaAsset, caption: Caption, said: Text | null = null): Reply {
    const press = (id: string, argument: string) =>
      turn.button(id, writeButtonData("caption", asset.handle, argument));
    const template = turn.text(captioning.isWritten ? "caption-fallback-note" : "caption-template-note");
    const note = said ?? (caption.model === "template" ? template : null);
    const pages = pagesOf([{ heading: null, text: composeCaption(caption) }], SHOWN_UNITS);
    const edit = turn.button("button-caption-edit", writeButtonData("caption-edit", asset.handle));
    return {
      title: turn.line("caption-title", { receipt: asset.receipt }),
      text: lines(note, pages.length > 1 ? turn.text("caption-begins") : null),
      quote: pages[0] ?? "",
      buttons: [
        captioning.isWritten
          ? [
              press("button-caption-new", "new"),
              press("button-caption-shorter", "shorter"),
              press("button-caption-longer", "longer"),
              edit,
              press("button-caption-language", "languages"),
            ]
          : [edit],
        [
          turn.button("button-post", writeButtonData("post", asset.handle), "primary"),
          turn.button("button-plan", writeButtonData("plan", asset.handle)),
        ],
      ],
      private: true,
    };
  }

  /** The caption, and the languages that it could be in. */
  function choice(turn: Turn, asset: MediaAsset, caption: Caption): Reply {
    const options = captionLanguages(turn.user).map((tag): Button => {
      const isIt = caption.model !== "template" && isSameLanguage(tag, caption.language);
      return {
        label: `${isIt ? "✓ " : ""}${languageName(tag)}`,
        data: writeButtonData("caption", asset.handle, `language=${tag}`),
        style: "secondary",
      };
    });
    const rows = Array.from({ length: Math.ceil(options.length / LANGUAGES_A_ROW) }, (_, row) =>
      options.slice(row * LANGUAGES_A_ROW, (row + 1) * LANGUAGES_A_ROW),
    );
    const back = turn.button("button-caption-back", writeButtonData("caption", asset.handle, "back"));
    return {
      title: turn.line("caption-title", { receipt: asset.receipt }),
      text: turn.text("caption-language-ask"),
      quote: card(turn, asset, caption).quote ?? "",
      buttons: [...rows, [back]],
      private: true,
    };
  }

  /** The one that is there, else a first one. */
  async function latest(turn: Turn, asset: MediaAsset): Promise<Written> {
    const caption = await captioning.latest(asset);
    return caption ? { caption, lack: null } : captioning.write(turn.user, asset, { change: "new" });
  }

  function lacking(turn: Turn, { caption, lack }: Written): Text | null {
    if (lack === null) return null;
    const { id, args } = sentenceOfLack(lack, caption.model === "template");
    return turn.text(id, args);
  }

  /** Another one by the model; what came of it is said where it is not what was asked for. */
  async function rewritten(
    turn: Turn,
    asset: MediaAsset,
    how: { readonly change: "new" | "shorter" | "longer"; readonly language?: string },
  ): Promise<Answer> {
    const before = await captioning.latest(asset);
    const written = await captioning.write(turn.user, asset, how);
    const { caption } = written;
    await amendments.follow(turn.user, asset, before, caption);
    const { language } = how;
    const isOther = language !== undefined && !isSameLanguage(language, caption.language);
    const said =
      written.lack !== null
        ? lacking(turn, written)
        : isOther
          ? turn.text("caption-language-other", {
              wanted: languageName(language, turn.language),
              language: languageName(caption.language, turn.language),
            })
          : null;
    return { status: "replace", reply: card(turn, asset, caption, said) };
  }

  return {
    async caption(turn, options) {
      const id = words(options, "id") ?? "";
      const asset = await gallery.find(turn.user.id, id);
      if (!asset?.media) return turn.say(notFound(turn, "caption", id));
      const known = await latest(turn, asset);
      return reply(card(turn, asset, known.caption, lacking(turn, known)));
    },

    async style(turn, options) {
      const said = normalisePrompt((words(options, "instructions") ?? "").slice(0, 4_000));
      if (graphemeCount(said) > INSTRUCTIONS_MAXIMUM) return turn.say(turn.text("caption-instructions-long"));
      const { captionInstructions } = turn.user.settings;
      if (said === "")
        return reply({
          text: turn.text(captionInstructions ? "caption-instructions-are" : "caption-instructions-none"),
          ...(captionInstructions ? { quote: captionInstructions } : {}),
          private: true,
        });
      const isReset = RESET_WORDS.includes(said.toLowerCase());
      await members.changeSettings(turn.user, { captionInstructions: isReset ? null : said });
      return turn.say(turn.text(isReset ? "caption-instructions-gone" : "caption-instructions-saved"));
    },

    async press(turn, handle, argument) {
      const asset = await gallery.find(turn.user.id, handle);
      if (!asset?.media) return { status: "toast", text: turn.line("not-allowed") };
      const [name = "", language = ""] = argument.split("=", 2);
      switch (name) {
        case "new":
        case "shorter":
        case "longer":
          return rewritten(turn, asset, { change: name });
        case "language":
          return captionLanguages(turn.user).includes(language)
            ? rewritten(turn, asset, { change: "new", language })
            : { status: "toast", text: turn.line("too-old-button") };
        default: {
          const known = await latest(turn, asset);
          if (name === "languages") return { status: "replace", reply: choice(turn, asset, known.caption) };
          const shown = card(turn, asset, known.caption, lacking(turn, known));
          return name === "" ? reply(shown) : { status: "replace", reply: shown };
        }
      }
    },

    async edit(turn, handle, text) {
      const asset = await gallery.find(turn.user.id, handle);
      if (!asset?.media) return { status: "toast", text: turn.line("not-allowed") };
      if (text === undefined || text.trim() === "")
        return reply({
          text: turn.text("form-caption-edit-ask"),
          private: false,
          asksFor: writeButtonData("caption-edit", handle),
        });
      const before = await captioning.latest(asset);
      const own = await captioning.own(turn.user, asset, text);
      await amendments.follow(turn.user, asset, before, own);
      return { status: "replace", reply: card(turn, asset, own) };
    },
  };
}

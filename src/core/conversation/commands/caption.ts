import { composeCaption } from "../../captions/caption.ts";
import type { Captioning } from "../../captions/captioning.ts";
import type { Gallery } from "../../gallery/gallery.ts";
import type { MediaAsset } from "../../generation/asset.ts";
import { graphemeCount, normalisePrompt } from "../../generation/prompt.ts";
import { lines, type Messages } from "../../messages/messages.ts";
import type { Caption } from "../../ports/post-stores.ts";
import type { Members } from "../../usage/members.ts";
import { writeButtonData } from "../actions.ts";
import { RESET_WORDS } from "../catalogue.ts";
import { type CommandHandler, reply, type Turn, words } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Reply } from "../text.ts";

const INSTRUCTIONS_MAXIMUM = 500;

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
  readonly messages: Messages;
}): CaptionCommands {
  const { captioning, gallery, members, messages } = dependencies;

  function card(turn: Turn, asset: MediaAsset, caption: Caption): Reply {
    const press = (id: string, argument: string) =>
      turn.button(id, writeButtonData("caption", asset.handle, argument));
    const note =
      caption.model === "template"
        ? turn.text(captioning.isWritten ? "caption-fallback-note" : "caption-template-note")
        : null;
    const others = messages.languages.filter((language) => language !== caption.language).slice(0, 3);
    return {
      title: turn.line("caption-title", { receipt: asset.receipt }),
      text: lines(note),
      quote: composeCaption(caption),
      buttons: [
        [
          ...(captioning.isWritten
            ? [
                press("button-caption-new", "new"),
                press("button-caption-shorter", "shorter"),
                press("button-caption-longer", "longer"),
              ]
            : []),
          turn.button("button-caption-edit", writeButtonData("caption-edit", asset.handle)),
        ],
        captioning.isWritten
          ? others.map((language) =>
              turn.button(
                "button-caption-language",
                writeButtonData("caption", asset.handle, `language=${language}`),
                "secondary",
                { language: nameOf(language) },
              ),
            )
          : [],
        [
          turn.button("button-post", writeButtonData("post", asset.handle), "primary"),
          turn.button("button-plan", writeButtonData("plan", asset.handle)),
        ],
      ].filter((row) => row.length > 0),
      private: true,
    };
  }

  return {
    async caption(turn, options) {
      const id = words(options, "id") ?? "";
      const asset = await gallery.find(turn.user.id, id);
      if (!asset?.media) return turn.say(turn.text("not-found", { id: id.slice(0, 40) }));
      const known = await captioning.latest(asset);
      const caption = known ?? (await captioning.write(turn.user, asset, { change: "new" }));
      return reply(card(turn, asset, caption));
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
      const [change, language] = argument.split("=", 2);
      const known = argument === "" ? await captioning.latest(asset) : null;
      if (known) return reply(card(turn, asset, known));
      const caption = await captioning.write(turn.user, asset, {
        change: change === "shorter" || change === "longer" ? change : "new",
        ...(language === undefined ? {} : { language }),
      });
      const shown = card(turn, asset, caption);
      return argument === "" ? reply(shown) : { status: "replace", reply: shown };
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
      const own = await captioning.own(turn.user, asset, text);
      return { status: "replace", reply: card(turn, asset, own) };
    },
  };
}

function nameOf(language: string): string {
  return new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
}

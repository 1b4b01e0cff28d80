import { excerpt } from "../generation/prompt.ts";
import type { Messages } from "../messages/messages.ts";
import type { Caption, CaptionLack, CaptionWish } from "./caption.ts";
import { cleanAltText, cleanWords, linksIn } from "./clean.ts";

/** Of the catalogue, with `$prompt` and `$kind` (`image`, `video`). */
const SENTENCE = "caption-template";
/** Graphemes of the prompt, the first that fits. */
const LENGTHS = [200, 120, 60, 30, 12];

/** Words without a model: the beginning of the prompt in a plain sentence. Always there, always within the limits. */
export function templateCaption(
  wish: Pick<CaptionWish, "kind" | "prompt" | "limits" | "language">,
  messages: Pick<Messages, "choose" | "line">,
  lack: CaptionLack | null,
): Caption {
  const { kind, limits } = wish;
  const language = messages.choose(wish.language);
  const links = linksIn([wish.prompt]);
  const prompt = cleanWords(wish.prompt, links);
  const texts = LENGTHS.map((graphemes) =>
    cleanWords(messages.line(language, SENTENCE, { prompt: excerpt(prompt, graphemes), kind }), links),
  );
  return {
    text: texts.find((text) => limits.count(text) <= limits.characters) ?? "",
    hashtags: [],
    altText: cleanAltText(wish.prompt),
    language,
    model: null,
    template: true,
    lack,
  };
}

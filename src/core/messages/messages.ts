import { FluentBundle, FluentResource, FluentType, type FluentVariable } from "@fluent/bundle";
import type { Text, TextPart } from "../conversation/text.ts";
import { AppError } from "../errors.ts";

/** An argument of a sentence: words, a number, or a moment that each platform shows its own way. */
export type MessageArgument =
  | string
  | number
  | { readonly at: number; readonly style: "date" | "time" | "relative" };
export type MessageArguments = Readonly<Record<string, MessageArgument>>;

/** Every sentence that a member can read, by language and id. */
export interface Messages {
  /** The first is the fallback. */
  readonly languages: readonly string[];
  /** The best language we have for somebody: what they chose, else what their platform reports, else the first. */
  choose(...wanted: readonly (string | null)[]): string;
  text(language: string, id: string, args?: MessageArguments): Text;
  /** Where no moment can stand: a button, a description. */
  line(language: string, id: string, args?: Readonly<Record<string, string | number>>): string;
}

// A moment passes through Fluent as `<STX>style:milliseconds<ETX>`: prompts never hold these characters.
const MOMENT = /\u0002(date|time|relative):(-?\d+)\u0003/;

class Moment extends FluentType<string> {
  override toString(): string {
    return `\u0002${this.value}\u0003`;
  }
}

/** @param catalogues the text of each `<language>.ftl`; the first language is the fallback. */
export function createMessages(catalogues: Readonly<Record<string, string>>): Messages {
  const bundles = new Map<string, FluentBundle>();
  for (const [language, source] of Object.entries(catalogues)) {
    const bundle = new FluentBundle(language, { useIsolating: false });
    const errors = bundle.addResource(new FluentResource(source));
    if (errors.length > 0) throw new AppError("INTERNAL", `catalogue ${language}: ${errors[0]?.message}`);
    bundles.set(language, bundle);
  }
  const languages = [...bundles.keys()];
  const fallback = languages[0];
  if (fallback === undefined) throw new AppError("INTERNAL", "no catalogue of messages");

  const format = (language: string, id: string, args: MessageArguments): string => {
    for (const candidate of [language, fallback]) {
      const bundle = bundles.get(candidate);
      const pattern = bundle?.getMessage(id)?.value;
      if (!bundle || !pattern) continue;
      const values: Record<string, FluentVariable> = {};
      for (const [name, value] of Object.entries(args)) {
        values[name] = typeof value === "object" ? new Moment(`${value.style}:${value.at}`) : value;
      }
      const errors: Error[] = [];
      const text = bundle.formatPattern(pattern, values, errors);
      if (errors.length > 0) throw new AppError("INTERNAL", `message ${id}: ${errors[0]?.message}`);
      return text;
    }
    throw new AppError("INTERNAL", `no message ${id}`);
  };

  return {
    languages,
    choose(...wanted) {
      for (const tag of wanted) {
        if (!tag) continue;
        const exact = languages.find((language) => language.toLowerCase() === tag.toLowerCase());
        const near = languages.find((language) => language === tag.split("-")[0]?.toLowerCase());
        if (exact ?? near) return exact ?? near ?? fallback;
      }
      return fallback;
    },
    text(language, id, args = {}) {
      return splitMoments(format(language, id, args));
    },
    line(language, id, args = {}) {
      return format(language, id, args);
    },
  };
}

function splitMoments(formatted: string): Text {
  const parts: TextPart[] = [];
  let rest = formatted;
  for (let match = MOMENT.exec(rest); match; match = MOMENT.exec(rest)) {
    if (match.index > 0) parts.push(rest.slice(0, match.index));
    const style = match[1];
    if (style === "date" || style === "time" || style === "relative")
      parts.push({ at: Number(match[2]), style });
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== "") parts.push(rest);
  return parts;
}

/** Several pieces of text as one, each on a line of its own. */
export function lines(...pieces: readonly (Text | null)[]): Text {
  const present = pieces.filter((piece): piece is Text => piece !== null && piece.length > 0);
  return present.flatMap((piece, index) => (index === 0 ? piece : ["\n", ...piece]));
}
